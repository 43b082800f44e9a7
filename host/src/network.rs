//! From a configuration to a network in a precision: the only place that turns names into types.

mod circuit;
mod initial;
mod memory;

pub use circuit::{Circuit, Layers};
pub(crate) use initial::{array_name, shape};
pub use initial::{take_weights, weights_of};
pub use memory::Memory;

use crate::config::{self, Config};
use apical_core::backprop::{Backprop, Description};
use apical_core::microcircuit::{
    Attenuation, Feedback, Initial, Interneurons, LayerSpecification, LearningRates, Microcircuit,
    Mode, Specification, Teacher,
};
use apical_core::{Activation, BuildError, Precision, Rounding};

/// Binds `$p` to the type of a configured precision and evaluates `$body`: a new precision is one
/// line here.
#[macro_export]
macro_rules! with_precision {
    ($precision:expr, $p:ident => $body:expr) => {
        match $precision {
            $crate::config::Precision::F64 => {
                type $p = apical_core::F64;
                $body
            }
            $crate::config::Precision::F32 => {
                type $p = apical_core::F32;
                $body
            }
            $crate::config::Precision::I8 => {
                type $p = apical_core::I8;
                $body
            }
            $crate::config::Precision::I16 => {
                type $p = apical_core::I16;
                $body
            }
            $crate::config::Precision::I16x32 => {
                type $p = apical_core::I16x32;
                $body
            }
            $crate::config::Precision::I32 => {
                type $p = apical_core::I32;
                $body
            }
        }
    };
}

/// The name of a precision type, as in a configuration.
pub fn precision_name<P: Precision>() -> String {
    let of = std::any::TypeId::of::<P>;
    config::Precision::ALL
        .iter()
        .find(|name| with_precision!(name, Q => std::any::TypeId::of::<Q>() == of()))
        .map_or_else(|| "this precision".to_owned(), ToString::to_string)
}

/// A rounding mode by its name.
pub fn rounding(name: config::Rounding) -> Rounding {
    match name {
        config::Rounding::Stochastic => Rounding::Stochastic,
        config::Rounding::Nearest => Rounding::Nearest,
        config::Rounding::Floor => Rounding::Floor,
        config::Rounding::Zero => Rounding::Zero,
    }
}

/// An activation function by its name.
pub fn activation(name: &config::Activation) -> Activation {
    match *name {
        config::Activation::Logistic => Activation::Logistic,
        config::Activation::Softplus { gamma, beta, theta } => {
            Activation::Softplus { gamma, beta, theta }
        }
        config::Activation::Tanh => Activation::Tanh,
        config::Activation::HardSigmoid => Activation::HardSigmoid,
        config::Activation::Rectified => Activation::Rectified,
    }
}

/// A network's description in real numbers, owned.
#[derive(Debug, Clone)]
pub struct Blueprint {
    sizes: Vec<usize>,
    layers: Vec<LayerSpecification>,
    rest: Specification<'static>,
    initial: Initial,
    rule: config::Rule,
}

impl Blueprint {
    /// The network of a configuration with this seed.
    pub fn new(config: &Config, seed: u64) -> Self {
        let (network, learning) = (&config.network, &config.learning);
        let count = network.layers.len().saturating_sub(1);
        let conductances = config.conductances();
        let at = |values: &[f64], k: usize| values.get(k).copied().unwrap_or(0.0);
        let hidden = network.hidden().saturating_sub(1);
        // Core adds the samples' changes up; rates are those of their mean.
        let share = 1.0 / learning.batch as f64;
        let up = match network.rule {
            config::Rule::Microcircuit => learning.up_rates(&conductances.lambda_hidden()),
            // No error was made smaller on its way down.
            config::Rule::Backpropagation => learning.up.expand(count),
        };
        let [down, ip, pi] = [
            (&learning.down, count.saturating_sub(1)),
            (&learning.pyramidal_to_interneuron, count.saturating_sub(1)),
            (&learning.interneuron_to_pyramidal, count.saturating_sub(1)),
        ]
        .map(|(rates, layers)| rates.expand(layers));
        let layers = (0..count)
            .map(|k| LayerSpecification {
                leak: at(&conductances.leak, k),
                basal: conductances.basal,
                dendritic: conductances.dendritic,
                // The output has no apical dendrite; only the wrong attenuation asks for one.
                apical: match network.attenuation {
                    config::Attenuation::WrongOutput => at(&conductances.apical, k.min(hidden)),
                    _ => at(&conductances.apical, k),
                },
                somatic: conductances.somatic,
                rates: LearningRates {
                    up: at(&up, k),
                    bias: at(&up, k) * learning.bias_factor,
                    down: at(&down, k),
                    ip: at(&ip, k),
                    ip_bias: at(&ip, k) * learning.bias_factor,
                    pi: at(&pi, k),
                }
                .scaled(share),
            })
            .collect();
        let two_step = network.mode == config::Mode::TwoStep;
        let rest = Specification {
            activation: activation(&network.activation),
            mode: if two_step { Mode::TwoStep } else { Mode::Full },
            bias: network.bias,
            feedback: match network.feedback {
                config::Feedback::Fixed => Feedback::Fixed,
                config::Feedback::Transposed => Feedback::Transposed,
                config::Feedback::Learned => Feedback::Learned,
                config::Feedback::KolenPollack => Feedback::KolenPollack,
                config::Feedback::PhaselessAlignment => Feedback::PhaselessAlignment,
            },
            interneurons: match network.interneurons {
                config::Interneurons::Learned => Interneurons::Learned,
                config::Interneurons::Mirrored => Interneurons::Mirrored,
                config::Interneurons::Tied => Interneurons::Tied,
            },
            attenuation: match network.attenuation {
                config::Attenuation::Dendritic => Attenuation::Dendritic,
                config::Attenuation::Dropped => Attenuation::Dropped,
                config::Attenuation::WrongOutput => Attenuation::WrongOutput,
            },
            teacher: match conductances.teacher {
                config::Teacher::Nudging => Teacher::Nudging,
                config::Teacher::Conductance => Teacher::Conductance {
                    excitatory: conductances.e_exc,
                    inhibitory: conductances.e_inh,
                },
            },
            noise: config.noise.parameters(),
            dt: config.time.dt,
            weight_decay: learning.weight_decay,
            error_scale: learning.error_scale,
            alignment: config.alignment.parameters(),
            tau_input: config.time.tau_input,
            tau_weights: learning.tau_w,
            learning_lag: learning.learning_lag,
            reset_traces: learning.reset_traces,
            seed,
            ..Specification::default()
        };
        let range = |[low, high]: [f64; 2]| (low, high);
        let initial = Initial {
            up: range(network.init_up),
            bias: range(network.init_bias),
            down: range(network.init_down),
            ip: range(network.init_ip),
            pi: range(network.init_pi),
            self_predicting: network.initial == config::Initial::SelfPredicting,
            seed,
        };
        Self {
            sizes: network.layers.clone(),
            layers,
            rest,
            initial,
            rule: network.rule,
        }
    }

    /// The description that core builds from.
    pub fn specification(&self) -> Specification<'_> {
        Specification {
            sizes: &self.sizes,
            layers: &self.layers,
            ..self.rest
        }
    }

    /// How weights begin.
    pub fn initial(&self) -> &Initial {
        &self.initial
    }

    /// The same network with all learning rates and the decay of weights times `factor`.
    #[must_use]
    pub fn slowed(mut self, factor: f64) -> Self {
        for layer in &mut self.layers {
            layer.rates = layer.rates.scaled(factor);
        }
        self.rest.weight_decay *= factor;
        self.rest.alignment.decay *= factor;
        self
    }

    /// The same network without noise, for tests and read-outs.
    #[must_use]
    pub fn quiet(mut self) -> Self {
        self.rest.noise.sigma = 0.0;
        self.rest.alignment.sigma = 0.0;
        self
    }

    /// Storage for the layers that [`build`](Self::build) fills in.
    pub fn layers<P: Precision>(&self) -> Layers<P> {
        Layers::new(self.rule, self.layers.len())
    }

    /// Builds the network, with the rule that it is to learn by.
    ///
    /// # Errors
    /// When a value cannot be held by the precision's formats.
    pub fn build<'l, P: Precision>(
        &self,
        layers: &'l mut Layers<P>,
    ) -> Result<Circuit<'l, P>, BuildError> {
        match layers {
            Layers::Microcircuit(layers) => {
                Microcircuit::new(&self.specification(), layers).map(Circuit::Microcircuit)
            }
            Layers::Backprop(layers) => {
                let rates: Vec<f64> = self.layers.iter().map(|layer| layer.rates.up).collect();
                let description = Description {
                    sizes: &self.sizes,
                    rates: &rates,
                    activation: self.rest.activation,
                    bias: self.rest.bias,
                    error_scale: self.rest.error_scale,
                    weight_decay: self.rest.weight_decay,
                    seed: self.rest.seed,
                };
                Backprop::new(&description, layers).map(Circuit::Backprop)
            }
        }
    }
}
