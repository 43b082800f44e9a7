//! Where each variable is in the storage that the caller lends.
//!
//! Neurons are numbered pyramidal first, layer by layer from 1 to N, then the interneurons of the
//! layers 1 to N-1. Interneuron j of layer k follows neuron j of layer k+1, so the interneurons'
//! words are the pyramidal ones of the layers 2 to N, shifted.

use super::{Feedback, Microcircuit, Mode};
use crate::Precision;
use crate::rule::{Activity, Rest, Samples};

/// How many words of each kind there are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    pub(super) input: usize,
    pub(super) pyramidal: usize,
    pub(super) interneurons: usize,
    pub(super) hidden: usize,
    /// Words for what top-down weights learn from: as many as hidden neurons, or none.
    pub(super) inverse: usize,
    /// Words for the rates after the top-down sweep: as many as pyramidal neurons, or none.
    pub(super) nudged: usize,
    /// Words for what top-down weights multiply above them, as rates: as `nudged`.
    pub(super) error_rate: usize,
    /// Words for low-passed rates, which phaseless alignment needs: as `nudged`.
    pub(super) low_passed: usize,
}

impl Layout {
    /// Of a network with so many inputs, and so many pyramidal neurons in the first layer, in the hidden
    /// ones and in all.
    pub(super) const fn new(
        input: usize,
        [first, hidden, pyramidal]: [usize; 3],
        feedback: Feedback,
        mode: Mode,
    ) -> Self {
        let (inverse, error_rate, low_passed) = match feedback {
            Feedback::Fixed | Feedback::Transposed => (0, 0, 0),
            Feedback::Learned => (hidden, 0, 0),
            Feedback::KolenPollack => (hidden, pyramidal, 0),
            Feedback::PhaselessAlignment => (hidden, pyramidal, pyramidal),
        };
        Self {
            input,
            pyramidal,
            interneurons: pyramidal - first,
            hidden,
            inverse,
            nudged: match mode {
                Mode::Full => 0,
                Mode::TwoStep => pyramidal,
            },
            error_rate,
            low_passed,
        }
    }
    pub(super) const fn neurons(&self) -> usize {
        self.pyramidal + self.interneurons
    }
    pub(super) const fn potentials(&self) -> usize {
        self.input + 4 * self.neurons() + 2 * self.hidden + self.inverse + self.low_passed
    }
    pub(super) const fn rates(&self) -> usize {
        self.input + self.neurons() + self.nudged + self.error_rate
    }
    /// The same for so many samples.
    const fn batch(self, samples: usize) -> Self {
        Self {
            input: self.input * samples,
            pyramidal: self.pyramidal * samples,
            interneurons: self.interneurons * samples,
            hidden: self.hidden * samples,
            inverse: self.inverse * samples,
            nudged: self.nudged * samples,
            error_rate: self.error_rate * samples,
            low_passed: self.low_passed * samples,
        }
    }
}

/// The variables of one activity.
pub(super) struct State<'s, P: Precision> {
    /// Samples that the activity holds.
    pub(super) samples: Samples,
    /// The input, low-pass filtered.
    pub(super) input: &'s mut [P::Potential],
    /// Somatic potentials u of all neurons.
    pub(super) soma: &'s mut [P::Potential],
    /// Dendritic potentials: vB of pyramidal neurons, vI of interneurons.
    pub(super) dendrite: &'s mut [P::Potential],
    /// phi of the dendritic prediction, phi(a vB).
    pub(super) prediction: &'s mut [P::Potential],
    /// phi(u) - phi(a vB), formed before any rounding to a rate.
    pub(super) error: &'s mut [P::Potential],
    /// vA of hidden pyramidal neurons.
    pub(super) apical: &'s mut [P::Potential],
    /// The top-down part of vA.
    pub(super) top_down: &'s mut [P::Potential],
    /// What top-down weights learn from: phi(u) - phi(top-down part) by rule (10), the rates that the
    /// layer above saw by Kolen and Pollack's, the noise by phaseless alignment.
    pub(super) inverse: &'s mut [P::Potential],
    /// Low-passed rates of pyramidal neurons; with phaseless alignment.
    pub(super) low_passed: &'s mut [P::Potential],
    /// Rates of the input.
    pub(super) input_rate: &'s mut [P::Rate],
    /// Rates of all neurons; in two-step mode, of pyramidal neurons before the top-down sweep.
    pub(super) rate: &'s mut [P::Rate],
    /// Rates of pyramidal neurons after the top-down sweep; two-step mode.
    pub(super) nudged: &'s mut [P::Rate],
    /// Errors of pyramidal neurons with Kolen and Pollack's rule, high-passed rates with phaseless
    /// alignment, times the error scale.
    pub(super) error_rate: &'s mut [P::Rate],
    /// Low-pass filtered plasticity, placed as the weights.
    pub(super) traces: &'s mut [P::Trace],
}

impl<P: Precision> Microcircuit<'_, P> {
    pub(super) fn layout(&self) -> Layout {
        match (self.layers.first(), self.layers.last()) {
            (Some(first), Some(last)) => {
                let neurons = [first.size, last.neuron, last.neuron + last.size];
                Layout::new(self.input, neurons, self.feedback, self.mode)
            }
            _ => Layout::new(0, [0; 3], self.feedback, self.mode),
        }
    }

    /// Pyramidal neurons: where the interneurons' words begin.
    #[inline(always)]
    pub(super) fn pyramidal(&self) -> usize {
        self.layers.last().map_or(0, |top| top.neuron + top.size)
    }

    /// Where the interneurons of the layer with these numbers begin among all neurons.
    #[inline(always)]
    pub(super) fn interneuron(&self, layer: &super::Layer<P>) -> usize {
        let first = self.layers.first().map_or(0, |first| first.size);
        (self.pyramidal() + layer.neuron + layer.size).saturating_sub(first)
    }

    #[inline(always)]
    pub(super) fn state<'s>(
        &self,
        activity: &'s mut Activity<'_, P>,
        samples: usize,
    ) -> State<'s, P> {
        let at = self.layout().batch(samples);
        let n = at.neurons();
        let mut potentials = Rest(&mut *activity.potentials);
        let mut rates = Rest(&mut *activity.rates);
        State {
            samples: Samples(samples),
            input: potentials.take(at.input),
            soma: potentials.take(n),
            dendrite: potentials.take(n),
            prediction: potentials.take(n),
            error: potentials.take(n),
            apical: potentials.take(at.hidden),
            top_down: potentials.take(at.hidden),
            inverse: potentials.take(at.inverse),
            low_passed: potentials.take(at.low_passed),
            input_rate: rates.take(at.input),
            rate: rates.take(n),
            nudged: rates.take(at.nudged),
            error_rate: rates.take(at.error_rate),
            traces: &mut *activity.traces,
        }
    }
}
