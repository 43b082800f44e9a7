//! One layer in the words of a precision: where its words are, and its factors.

use super::{
    Attenuation, Feedback, Interneurons, LayerSpecification, LearningRates, Mode, Specification,
    Teacher,
};
use crate::shape::{BuildError, amount, coefficient, gain};
use crate::{Number, Precision};

/// One layer, 1 .. N: where its words are, its conductances and its rates.
///
/// The caller lends an array of them, one a layer, to
/// [`Microcircuit::new`](super::Microcircuit::new), which fills it in.
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

/// Words of each family of a layer, in storage order: `Family::ALL`.
pub(super) const fn families(
    s: &Specification<'_>,
    [below, size, above]: [usize; 3],
) -> [usize; 6] {
    let bias = s.bias as usize;
    let stores_down = !matches!(s.feedback, Feedback::Transposed) as usize;
    let stores_ip = !matches!(s.interneurons, Interneurons::Tied) as usize;
    let stores_pi = matches!(s.interneurons, Interneurons::Learned) as usize;
    [
        size * below,
        bias * size,
        stores_down * size * above,
        stores_ip * above * size,
        stores_ip * bias * above,
        stores_pi * size * above,
    ]
}

/// Where a layer's words are.
pub(super) fn place<P: Precision>(
    s: &Specification<'_>,
    [below, size, above]: [usize; 3],
    neuron: usize,
    word: usize,
) -> Layer<P> {
    let words = families(s, [below, size, above]);
    let up = word;
    let thresholds = up + words[0];
    let down = thresholds + words[1];
    let ip = down + words[2];
    let ip_bias = ip + words[3];
    let pi = ip_bias + words[4];
    let weights_end = pi + words[5];
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
pub(super) fn conduct<P: Precision>(
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
pub(super) fn gains<P: Precision>(
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
