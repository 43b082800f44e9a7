//! From a configuration to a network in a precision: the only place that turns names into types.

mod initial;

pub(crate) use initial::{array_name, shape};
pub use initial::{take_weights, weights_of};

use crate::config::{self, Config};
use apical_core::microcircuit::{
    Attenuation, Feedback, Initial, Interneurons, Layer, LayerSpecification, LearningRates,
    Microcircuit, Mode, Noise, NoiseConvention, Specification, Teacher,
};
use apical_core::rule::{Activity, Clock, Rule};
use apical_core::shape::Storage;
use apical_core::{Activation, BuildError, Number, Precision, Rounding};

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
        let up = learning.up_rates(&conductances.lambda_hidden());
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
            },
            interneurons: match network.interneurons {
                config::Interneurons::Learned => Interneurons::Learned,
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
            noise: Noise {
                sigma: config.noise.sigma,
                convention: match config.noise.convention {
                    config::NoiseConvention::PerStep => NoiseConvention::PerStep,
                    config::NoiseConvention::EulerMaruyama => NoiseConvention::EulerMaruyama,
                },
            },
            dt: config.time.dt,
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
            bias: (0.0, 0.0),
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

    /// The same network with all learning rates times `factor`.
    #[must_use]
    pub fn slowed(mut self, factor: f64) -> Self {
        for layer in &mut self.layers {
            layer.rates = layer.rates.scaled(factor);
        }
        self
    }

    /// The same network without noise, for tests and read-outs.
    #[must_use]
    pub fn quiet(mut self) -> Self {
        self.rest.noise.sigma = 0.0;
        self
    }

    /// Storage for the layers that [`build`](Self::build) fills in.
    pub fn layers<P: Precision>(&self) -> Vec<Layer<P>> {
        vec![Layer::default(); self.layers.len()]
    }

    /// Builds the network.
    ///
    /// # Errors
    /// When a value cannot be held by the precision's formats.
    pub fn build<'l, P: Precision>(
        &self,
        layers: &'l mut [Layer<P>],
    ) -> Result<Microcircuit<'l, P>, BuildError> {
        Microcircuit::new(&self.specification(), layers)
    }
}

/// Weights and one activity, owned.
#[derive(Debug, Clone)]
pub struct Memory<P: Precision> {
    /// Weights and biases.
    pub weights: Vec<P::Weight>,
    /// Potentials and errors.
    pub potentials: Vec<P::Potential>,
    /// Rates.
    pub rates: Vec<P::Rate>,
    /// Low-pass filtered plasticity.
    pub traces: Vec<P::Trace>,
    /// Time.
    pub clock: Clock,
}

impl<P: Precision> Memory<P> {
    /// All zeros.
    pub fn new(storage: Storage) -> Self {
        Self {
            weights: vec![P::Weight::ZERO; storage.weights],
            potentials: vec![P::Potential::ZERO; storage.potentials],
            rates: vec![P::Rate::ZERO; storage.rates],
            traces: vec![P::Trace::ZERO; storage.traces],
            clock: Clock::default(),
        }
    }

    /// Zeros, and weights as drawn.
    pub fn initial(network: &Microcircuit<'_, P>, initial: &Initial) -> Self {
        let mut memory = Self::new(network.storage());
        network.initialise(&mut memory.weights, initial);
        memory
    }

    /// Weights and activity as the core takes them. The clock is a copy: give it back.
    pub fn parts(&mut self) -> (&mut [P::Weight], Activity<'_, P>) {
        let activity = Activity {
            potentials: &mut self.potentials,
            rates: &mut self.rates,
            traces: &mut self.traces,
            clock: self.clock,
        };
        (&mut self.weights, activity)
    }

    /// The digest of weights, activity and clock.
    pub fn digest(&mut self) -> u64 {
        let (weights, activity) = self.parts();
        apical_core::rule::digest(weights, &activity)
    }

    /// The state as bytes: little-endian words of each format, weights first, then the clock.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        words_to_bytes(&self.weights, &mut bytes);
        words_to_bytes(&self.traces, &mut bytes);
        words_to_bytes(&self.potentials, &mut bytes);
        words_to_bytes(&self.rates, &mut bytes);
        bytes.extend(self.clock.step.to_le_bytes());
        bytes.extend(self.clock.since_switch.to_le_bytes());
        bytes
    }

    /// Puts back what [`to_bytes`](Self::to_bytes) gave; `None` when the length is another one.
    pub fn restore(&mut self, mut bytes: &[u8]) -> Option<()> {
        let rest = &mut bytes;
        let weights = bytes_to_words(self.weights.len(), rest)?;
        let traces = bytes_to_words(self.traces.len(), rest)?;
        let potentials = bytes_to_words(self.potentials.len(), rest)?;
        let rates = bytes_to_words(self.rates.len(), rest)?;
        let step = u64::from_le_bytes(*rest.split_off(..8)?.first_chunk()?);
        let since_switch = u32::from_le_bytes(*rest.split_off(..4)?.first_chunk()?);
        if !rest.is_empty() {
            return None;
        }
        *self = Self {
            weights,
            potentials,
            rates,
            traces,
            clock: Clock { step, since_switch },
        };
        Some(())
    }
}

fn words_to_bytes<T: Number>(words: &[T], bytes: &mut Vec<u8>) {
    for word in words {
        bytes.extend(&word.to_bits().to_le_bytes()[..T::BYTES]);
    }
}

fn bytes_to_words<T: Number>(count: usize, rest: &mut &[u8]) -> Option<Vec<T>> {
    let bytes = rest.split_off(..count.checked_mul(T::BYTES)?)?;
    let word = |chunk: &[u8]| {
        let mut bits = [0; 8];
        bits[..chunk.len()].copy_from_slice(chunk);
        T::from_bits(u64::from_le_bytes(bits))
    };
    Some(bytes.chunks_exact(T::BYTES).map(word).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use apical_core::I16;

    #[test]
    fn state_goes_through_bytes() {
        let config = Config::default();
        let blueprint = Blueprint::new(&config, 3);
        let mut layers = blueprint.layers::<I16>();
        let network = blueprint.build(&mut layers).unwrap();
        let mut memory = Memory::initial(&network, blueprint.initial());
        memory.clock.step = 77;
        let bytes = memory.to_bytes();
        let mut other = Memory::<I16>::new(network.storage());
        assert!(other.restore(&bytes[1..]).is_none());
        other.restore(&bytes).unwrap();
        assert_eq!(other.digest(), memory.digest());
        assert_eq!(network.storage().bytes::<I16>() + 12, bytes.len());
    }
}
