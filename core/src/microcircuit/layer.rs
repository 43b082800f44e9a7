//! One layer in the words of a precision, and the building of a network out of its description.

use super::alignment::Factors;
use super::{
    Attenuation, Feedback, Interneurons, LayerSpecification, LearningRates, Microcircuit, Mode,
    NoiseConvention, Specification, Teacher,
};
use crate::random::NOISE_VARIANCE;
use crate::shape::{self, BuildError, amount, coefficient, gain};
use crate::{Number, Precision};
use core::cmp::Ordering;

/// One layer, 1 .. N: where its words are, its conductances and its rates.
///
/// The caller lends an array of them, one a layer, to [`Microcircuit::new`], which fills it in.
#[derive(Clone, Copy, Debug, Default)]
pub struct Layer<P: Precision> {
    /// Neurons of this layer.
    pub(super) size: usize,
    /// Neurons of the layer below.
    pub(super) below: usize,
    /// Neurons of the layer above, which is how many interneurons this one has; 0 in the output.
    pub(super) above: usize,
    /// Pyramidal neurons in the layers 1 .. k-1: where this layer's words begin.
    pub(super) neuron: usize,
    /// Where each family of this layer begins in the weights.
    pub(super) up: usize,
    pub(super) bias: usize,
    pub(super) down: usize,
    pub(super) ip: usize,
    pub(super) ip_bias: usize,
    pub(super) pi: usize,
    /// Where this layer's weights end.
    pub(super) weights_end: usize,
    /// `a_k`.
    pub(super) attenuation: P::Coefficient,
    /// `a_I`.
    pub(super) attenuation_interneuron: P::Coefficient,
    /// The self-predicting factor `a_{k+1}` / `a_I`: `W^IP` over the `W^PP` it follows.
    pub(super) self_predicting: f64,
    /// The same in the words of the precision, for tied interneurons.
    pub(super) tied: P::Coefficient,
    /// Euler factors of the soma: of u, of vB, of vA (or of the teacher in the output).
    pub(super) soma: [P::Coefficient; 3],
    /// Euler factor of u in the output without a teacher, or with one of conductances.
    pub(super) soma_free: P::Coefficient,
    /// `g_som` dt / (`E_exc` - `E_inh`).
    pub(super) conductance: P::Coefficient,
    /// Euler factors of the interneuron: of u, of vI, of u above.
    pub(super) interneuron: [P::Coefficient; 3],
    /// `lambda_k`, or `lambda_N` in the output; its complement to one.
    pub(super) mixing: [P::Coefficient; 2],
    /// `lambda_I` and its complement to one.
    pub(super) mixing_interneuron: [P::Coefficient; 2],
    /// Learning rates times dt; `None` for what is not plastic.
    pub(super) gains: Gains<P>,
}

/// Learning rates in the words of a precision; `None` for what is not plastic.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Gains<P: Precision> {
    pub(super) up: Option<P::Gain>,
    pub(super) bias: Option<P::Gain>,
    pub(super) down: Option<P::Gain>,
    pub(super) ip: Option<P::Gain>,
    pub(super) ip_bias: Option<P::Gain>,
    /// Negative: rule (9) multiplies it by vA.
    pub(super) pi: Option<P::Gain>,
}

impl<P: Precision> Layer<P> {
    /// Neurons of this layer.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Whether there is a layer above.
    pub fn hidden(&self) -> bool {
        self.above > 0
    }

    /// `a_k`, the attenuation from the basal dendrite to the soma, as stored.
    pub fn attenuation(&self) -> f64 {
        self.attenuation.to_f64()
    }

    /// `W^IP` over the `W^PP` it follows in the self-predicting state; hidden layers.
    pub fn self_predicting(&self) -> f64 {
        self.self_predicting
    }
}

/// Steady-state factors of one layer in real numbers.
struct Steady {
    attenuation: f64,
    attenuation_interneuron: f64,
    lambda: f64,
    lambda_interneuron: f64,
}

impl Steady {
    fn new(layer: &LayerSpecification, output: bool, attenuation: Attenuation) -> Self {
        let LayerSpecification {
            leak,
            basal,
            dendritic,
            apical,
            somatic,
            ..
        } = *layer;
        // The output has no apical dendrite: its attenuation must not contain g_A.
        let load = if output && attenuation != Attenuation::WrongOutput {
            0.0
        } else {
            apical
        };
        let dropped = attenuation == Attenuation::Dropped;
        Self {
            attenuation: if dropped {
                1.0
            } else {
                basal / (leak + basal + load)
            },
            attenuation_interneuron: if dropped {
                1.0
            } else {
                dendritic / (leak + dendritic)
            },
            lambda: if output {
                somatic / (leak + basal + somatic)
            } else {
                apical / (leak + basal + apical)
            },
            lambda_interneuron: somatic / (leak + dendritic + somatic),
        }
    }
}

/// Steps in a time; at least one when the time is not zero.
fn steps(parameter: &'static str, time: f64, dt: f64) -> Result<u32, BuildError> {
    let count = amount(parameter, time)? / dt + 0.5;
    if count < f64::from(u32::MAX) {
        Ok(count as u32)
    } else {
        let accepted = (0.0, f64::from(u32::MAX - 1) * dt);
        Err(BuildError::out_of_range(parameter, time, accepted))
    }
}

impl<'a, P: Precision> Microcircuit<'a, P> {
    /// Builds a network out of its description, in `layers`, of which it uses as many as
    /// `specification.layers` has.
    ///
    /// # Errors
    /// When a shape is impossible, a parameter out of range or beyond the precision's formats, or
    /// two choices exclude each other.
    pub fn new(
        specification: &Specification<'_>,
        layers: &'a mut [Layer<P>],
    ) -> Result<Self, BuildError> {
        let s = specification;
        shape::check(s.sizes)?;
        let count = s.sizes.len() - 1;
        if s.layers.len() != count {
            let given = s.layers.len();
            return Err(BuildError::Length {
                parameter: "layers",
                needed: count,
                given,
            });
        }
        let given = layers.len();
        let Some(layers) = layers.get_mut(..count) else {
            return Err(BuildError::Length {
                parameter: "storage of layers",
                needed: count,
                given,
            });
        };
        check_choices(s)?;
        let full = s.mode == Mode::Full;
        if full && !(s.dt > 0.0 && s.dt.is_finite()) {
            let accepted = (f64::MIN_POSITIVE, f64::MAX);
            return Err(BuildError::out_of_range("time.dt", s.dt, accepted));
        }
        let dt = if full { s.dt } else { 1.0 };

        let (mut neuron, mut word) = (0, 0);
        for (k, (layer, description)) in layers.iter_mut().zip(s.layers).enumerate() {
            let size_of = |k: usize| s.sizes.get(k).copied().unwrap_or(0);
            let (below, size, above) = (size_of(k), size_of(k + 1), size_of(k + 2));
            let (output, next) = (above == 0, s.layers.get(k + 1).unwrap_or(description));
            *layer = place(s, [below, size, above], neuron, word);
            (neuron, word) = (neuron + size, layer.weights_end);
            conduct(layer, s, description, next, output, k + 2 == count, dt)?;
            layer.gains = gains(s, &description.rates, output, dt)?;
        }

        let reversal = match s.teacher {
            Teacher::Nudging => None,
            Teacher::Conductance {
                excitatory,
                inhibitory,
            } => {
                for (name, value) in [
                    ("teacher.excitatory", excitatory),
                    ("teacher.inhibitory", inhibitory),
                ] {
                    if !P::Potential::holds(value) {
                        let largest = P::Potential::largest();
                        return Err(BuildError::out_of_range(name, value, (-largest, largest)));
                    }
                }
                Some((
                    P::Potential::from_f64(excitatory),
                    P::Potential::from_f64(inhibitory),
                ))
            }
        };
        let filter = |name, tau: f64| -> Result<Option<P::Coefficient>, BuildError> {
            if !full || amount(name, tau)? == 0.0 {
                return Ok(None);
            }
            if tau < dt {
                return Err(BuildError::out_of_range(name, tau, (dt, f64::MAX)));
            }
            coefficient::<P>(name, dt / tau).map(Some)
        };
        let amplitude = match s.noise.convention {
            NoiseConvention::PerStep => dt * s.noise.sigma,
            NoiseConvention::EulerMaruyama => libm::sqrt(dt) * s.noise.sigma,
        } / libm::sqrt(NOISE_VARIANCE);
        Ok(Self {
            layers,
            input: s.sizes.first().copied().unwrap_or(0),
            phi: s.activation.phi::<P>()?,
            mode: s.mode,
            bias: s.bias,
            feedback: s.feedback,
            interneurons: s.interneurons,
            reversal,
            input_filter: filter("time.tau_input", s.tau_input)?,
            trace_filter: filter("learning.tau_w", s.tau_weights)?,
            noise: if amount("noise.sigma", s.noise.sigma)? == 0.0 {
                None
            } else {
                Some(coefficient::<P>("noise.sigma", amplitude)?)
            },
            error_scale: shape::error_scale::<P>(s.error_scale)?.map(|[scale, _]| scale),
            alignment: Factors::new(s)?,
            weight_decay: shape::weight_decay::<P>("learning.weight_decay", s.weight_decay)?,
            learning_lag: if full {
                steps("learning.learning_lag", s.learning_lag, dt)?
            } else {
                0
            },
            reset_traces: s.reset_traces,
            seed: s.seed,
            one: P::Rate::from_f64(1.0),
        })
    }
}

/// Choices that exclude each other.
fn check_choices(s: &Specification<'_>) -> Result<(), BuildError> {
    let conflict = |parameter, with| Err(BuildError::Conflict { parameter, with });
    match s.mode {
        Mode::Full if s.attenuation == Attenuation::Dropped => conflict(
            "network.attenuation = \"dropped\"",
            "network.mode = \"full\"",
        ),
        Mode::TwoStep if s.noise.sigma != 0.0 => {
            conflict("noise.sigma", "network.mode = \"two-step\"")
        }
        Mode::TwoStep if s.tau_weights != 0.0 => {
            conflict("learning.tau_w", "network.mode = \"two-step\"")
        }
        _ => match s.teacher {
            // No order at all, with a NaN, is no better than the wrong one.
            Teacher::Conductance {
                excitatory,
                inhibitory,
            } if excitatory.partial_cmp(&inhibitory) != Some(Ordering::Greater) => {
                conflict("teacher.excitatory", "a larger teacher.inhibitory")
            }
            _ => Ok(()),
        },
    }
}

/// Where a layer's words are.
fn place<P: Precision>(
    s: &Specification<'_>,
    [below, size, above]: [usize; 3],
    neuron: usize,
    word: usize,
) -> Layer<P> {
    let bias = usize::from(s.bias);
    let stores_down = usize::from(s.feedback != Feedback::Transposed);
    let stores_ip = usize::from(s.interneurons != Interneurons::Tied);
    let stores_pi = usize::from(s.interneurons == Interneurons::Learned);
    let up = word;
    let thresholds = up + size * below;
    let down = thresholds + bias * size;
    let ip = down + stores_down * size * above;
    let ip_bias = ip + stores_ip * above * size;
    let pi = ip_bias + stores_ip * bias * above;
    let weights_end = pi + stores_pi * size * above;
    Layer {
        size,
        below,
        above,
        neuron,
        up,
        bias: thresholds,
        down,
        ip,
        ip_bias,
        pi,
        weights_end,
        ..Layer::default()
    }
}

/// A layer's conductances as factors of its equations.
fn conduct<P: Precision>(
    layer: &mut Layer<P>,
    s: &Specification<'_>,
    description: &LayerSpecification,
    next: &LayerSpecification,
    output: bool,
    next_is_output: bool,
    dt: f64,
) -> Result<(), BuildError> {
    let &LayerSpecification {
        leak,
        basal,
        dendritic,
        apical,
        somatic,
        ..
    } = description;
    for (name, value) in [
        ("conductances.leak", leak),
        ("conductances.basal", basal),
        ("conductances.dendritic", dendritic),
        ("conductances.apical", apical),
        ("conductances.somatic", somatic),
    ] {
        amount(name, value)?;
    }
    for (name, value) in [
        ("conductances.basal", basal),
        ("conductances.dendritic", dendritic),
    ] {
        if value == 0.0 {
            let accepted = (f64::MIN_POSITIVE, f64::MAX);
            return Err(BuildError::out_of_range(name, value, accepted));
        }
    }
    let total = leak + basal + dendritic + apical + somatic;
    // The sum of a step's factors stays below 8, so that fixed-point sums of products are exact;
    // beyond 2 an Euler step overshoots anyway.
    let largest = 2.0 * dt * total;
    if s.mode == Mode::Full && largest >= 8.0 {
        return Err(BuildError::out_of_range(
            "time.dt x conductances",
            dt * total,
            (0.0, 4.0),
        ));
    }
    let steady = Steady::new(description, output, s.attenuation);
    let above = Steady::new(next, next_is_output, s.attenuation);
    let c = |value| coefficient::<P>("conductances", value);
    layer.attenuation = c(steady.attenuation)?;
    layer.attenuation_interneuron = c(steady.attenuation_interneuron)?;
    layer.self_predicting = above.attenuation / steady.attenuation_interneuron;
    layer.tied = c(layer.self_predicting)?;
    layer.mixing = [c(steady.lambda)?, c(1.0 - steady.lambda)?];
    layer.mixing_interneuron = [
        c(steady.lambda_interneuron)?,
        c(1.0 - steady.lambda_interneuron)?,
    ];
    if s.mode == Mode::Full {
        let drive = if output { somatic } else { apical };
        layer.soma = [
            c(-dt * (leak + basal + drive))?,
            c(dt * basal)?,
            c(dt * drive)?,
        ];
        layer.soma_free = c(-dt * (leak + basal))?;
        layer.interneuron = [
            c(-dt * (leak + dendritic + somatic))?,
            c(dt * dendritic)?,
            c(dt * somatic)?,
        ];
        if let Teacher::Conductance {
            excitatory,
            inhibitory,
        } = s.teacher
        {
            layer.conductance = c(dt * somatic / (excitatory - inhibitory))?;
        }
    }
    Ok(())
}

/// A layer's learning rates times dt.
fn gains<P: Precision>(
    s: &Specification<'_>,
    rates: &LearningRates,
    output: bool,
    dt: f64,
) -> Result<Gains<P>, BuildError> {
    let of = |name, rate: f64, used: bool| {
        let rate = amount(name, rate)?;
        gain::<P>(name, if used { rate * dt } else { 0.0 })
    };
    let learned = s.interneurons != Interneurons::Tied;
    Ok(Gains {
        up: of("learning.up", rates.up, true)?,
        bias: of("learning.bias", rates.bias, s.bias)?,
        down: of(
            "learning.down",
            match s.feedback {
                // What it is multiplied by is a rate, and larger by this.
                Feedback::KolenPollack | Feedback::PhaselessAlignment => rates.down / s.error_scale,
                _ => rates.down,
            },
            !output && !matches!(s.feedback, Feedback::Fixed | Feedback::Transposed),
        )?,
        ip: of(
            "learning.pyramidal_to_interneuron",
            rates.ip,
            !output && learned,
        )?,
        ip_bias: of(
            "learning.interneuron_bias",
            rates.ip_bias,
            !output && learned && s.bias,
        )?,
        pi: {
            let rate = amount("learning.interneuron_to_pyramidal", rates.pi)?;
            let used = !output && s.interneurons == Interneurons::Learned;
            let rate = if used { -rate * dt } else { 0.0 };
            gain::<P>("learning.interneuron_to_pyramidal", rate)?
        },
    })
}
