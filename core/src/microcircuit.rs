//! The dendritic cortical microcircuit of Sacramento, Ponte Costa, Bengio and Senn (`NeurIPS` 2018).
//!
//! Layers k = 0 (input) .. N (output). Hidden layers hold pyramidal neurons with a soma u, a basal
//! dendrite vB and an apical dendrite vA, and as many interneurons as the layer above has
//! pyramidal neurons. The output has no apical dendrite. `docs/model.md` lists every equation with
//! the function that holds it; "(7)" in a comment is equation 7 of the paper.
//!
//! [`Microcircuit`] is the configuration: small, constant, shared. Weights and [`Activity`] are
//! the caller's.
//!
//! [`Activity`]: crate::rule::Activity

mod alignment;
mod building;
mod dendrites;
mod errors;
mod full;
mod initial;
mod layer;
mod noise;
mod plasticity;
mod specification;
mod state;
mod storage;
mod two_step;
mod variables;

pub use initial::{Initial, Range};
pub use layer::Layer;
pub use specification::{
    Alignment, Attenuation, Feedback, Interneurons, LayerSpecification, LearningRates, Mode, Noise,
    NoiseConvention, Specification, Teacher,
};

use crate::activation::Phi;
use crate::record::Observe;
use crate::rule::{Activity, Rule, Samples, Variable};
use crate::shape::Storage;
use crate::{Batch, Precision, Rounding};

/// A microcircuit's configuration in the words of one precision.
#[derive(Clone, Copy, Debug)]
pub struct Microcircuit<'a, P: Precision> {
    layers: &'a [Layer<P>],
    input: usize,
    phi: Phi<P>,
    mode: Mode,
    bias: bool,
    feedback: Feedback,
    interneurons: Interneurons,
    /// Reversal potentials when the teacher is a conductance.
    reversal: Option<(P::Potential, P::Potential)>,
    /// dt / `tau_0`; `None` when the input is not filtered.
    input_filter: Option<P::Coefficient>,
    /// dt / `tau_w`; `None` when plasticity is not filtered.
    trace_filter: Option<P::Coefficient>,
    /// To an error as a rate; `None` where it is 1.
    error_scale: Option<P::Coefficient>,
    /// Of phaseless alignment; `None` with other feedback.
    alignment: Option<alignment::Factors<P>>,
    /// What a decay takes of a weight; `None` without decay.
    weight_decay: Option<P::Gain>,
    /// Noise of one step per unit of [`crate::random::Key::noise`]; `None` without noise.
    noise: Option<P::Coefficient>,
    learning_lag: u32,
    reset_traces: bool,
    seed: u64,
    one: P::Rate,
}

impl<P: Precision> Microcircuit<'_, P> {
    /// The layers 1 .. N.
    pub fn layers(&self) -> &[Layer<P>] {
        self.layers
    }

    /// Neurons of the input.
    pub fn input_size(&self) -> usize {
        self.input
    }

    /// The activation function.
    pub fn phi(&self) -> &Phi<P> {
        &self.phi
    }

    /// The seed of all random draws.
    pub fn seed(&self) -> u64 {
        self.seed
    }
}

impl<P: Precision> Rule<P> for Microcircuit<'_, P> {
    fn storage(&self) -> Storage {
        let at = self.layout();
        let weights = self.layers.last().map_or(0, |top| top.weights_end);
        Storage {
            weights,
            traces: if self.trace_filter.is_some() {
                weights
            } else {
                0
            },
            potentials: at.potentials(),
            rates: at.rates(),
        }
    }

    fn variable(&self, index: usize) -> Option<Variable> {
        variables::variable(self, index)
    }

    fn switch(&self, activity: &mut Activity<'_, P>) {
        activity.clock.since_switch = 0;
        if self.reset_traces {
            activity.traces.fill(<P::Trace as crate::Number>::ZERO);
        }
    }

    #[inline(always)]
    fn step_batch<B: Batch<P>, O: Observe>(
        &self,
        batch: &B,
        weights: &[P::Weight],
        activity: &mut Activity<'_, P>,
        input: &[P::Rate],
        teacher: Option<&[P::Potential]>,
        observer: &mut O,
    ) {
        match self.mode {
            Mode::Full => full::step(self, batch, weights, activity, input, teacher, observer),
            Mode::TwoStep => {
                two_step::step(self, batch, weights, activity, input, teacher, observer);
            }
        }
        activity.clock.tick();
    }

    #[inline(always)]
    fn learn_batch<B: Batch<P>, O: Observe>(
        &self,
        batch: &B,
        weights: &mut [P::Weight],
        activity: &mut Activity<'_, P>,
        rounding: Rounding,
        observer: &mut O,
    ) {
        plasticity::learn(self, batch, weights, activity, rounding, observer);
    }

    fn outputs<'b>(&self, activity: &'b Activity<'_, P>, samples: usize) -> &'b [P::Rate] {
        self.layers.last().map_or(&[], |top| {
            Samples(samples).part(activity.rates, self.input + top.neuron, top.size)
        })
    }
}

/// The kinds of weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Family {
    /// `W^PP_{k,k-1}`, basal: layer below to soma.
    Up,
    /// Threshold of the pyramidal neurons, an input fixed at 1.
    Bias,
    /// `W^PP_{k,k+1}`, apical: layer above to apical dendrite.
    Down,
    /// `W^IP_{k,k}`: pyramidal neurons to interneurons.
    Ip,
    /// Threshold of the interneurons.
    IpBias,
    /// `W^PI_{k,k}`: interneurons to apical dendrites.
    Pi,
}

impl Family {
    /// All families, in storage order.
    pub const ALL: [Self; 6] = [
        Self::Up,
        Self::Bias,
        Self::Down,
        Self::Ip,
        Self::IpBias,
        Self::Pi,
    ];

    /// The name used in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Bias => "bias",
            Self::Down => "down",
            Self::Ip => "ip",
            Self::IpBias => "ip_bias",
            Self::Pi => "pi",
        }
    }

    /// The random stream of layer `k` of this family within one use.
    pub(crate) const fn stream(self, base: u32, k: usize) -> u32 {
        base + 4096 * self as u32 + k as u32
    }
}
