//! Where each variable is in the storage that the caller lends.
//!
//! Neurons are numbered pyramidal first, layer by layer from 1 to N, then the interneurons of the
//! layers 1 to N-1. Interneuron j of layer k follows neuron j of layer k+1, so the interneurons'
//! words are the pyramidal ones of the layers 2 to N, shifted.

use super::{Family, Feedback, Interneurons, Microcircuit, Mode};
use crate::Precision;
use crate::record::Quantity;
use crate::rule::{Activity, Variable, take};

/// How many words of each kind there are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    input: usize,
    pyramidal: usize,
    interneurons: usize,
    hidden: usize,
    /// Words for the error of rule (10): as many as hidden neurons, or none.
    inverse: usize,
    /// Words for the rates after the top-down sweep: as many as pyramidal neurons, or none.
    nudged: usize,
}

impl Layout {
    pub(super) const fn neurons(&self) -> usize {
        self.pyramidal + self.interneurons
    }
    pub(super) const fn potentials(&self) -> usize {
        self.input + 4 * self.neurons() + 2 * self.hidden + self.inverse
    }
    pub(super) const fn rates(&self) -> usize {
        self.input + self.neurons() + self.nudged
    }
}

/// The variables of one activity.
pub(super) struct State<'s, P: Precision> {
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
    /// phi(u) - phi(top-down part), for rule (10).
    pub(super) inverse: &'s mut [P::Potential],
    /// Rates of the input.
    pub(super) input_rate: &'s mut [P::Rate],
    /// Rates of all neurons; in two-step mode, of pyramidal neurons before the top-down sweep.
    pub(super) rate: &'s mut [P::Rate],
    /// Rates of pyramidal neurons after the top-down sweep; two-step mode.
    pub(super) nudged: &'s mut [P::Rate],
    /// Low-pass filtered plasticity, placed as the weights.
    pub(super) traces: &'s mut [P::Trace],
}

impl<P: Precision> Microcircuit<'_, P> {
    pub(super) fn layout(&self) -> Layout {
        let (first, last) = match (self.layers.first(), self.layers.last()) {
            (Some(first), Some(last)) => (first.size, last),
            _ => {
                return Layout {
                    input: 0,
                    pyramidal: 0,
                    interneurons: 0,
                    hidden: 0,
                    inverse: 0,
                    nudged: 0,
                };
            }
        };
        let pyramidal = last.neuron + last.size;
        Layout {
            input: self.input,
            pyramidal,
            interneurons: pyramidal - first,
            hidden: last.neuron,
            inverse: if self.feedback == Feedback::Learned {
                last.neuron
            } else {
                0
            },
            nudged: if self.mode == Mode::TwoStep {
                pyramidal
            } else {
                0
            },
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
    pub(super) fn state<'s>(&self, activity: &'s mut Activity<'_, P>) -> State<'s, P> {
        let at = self.layout();
        let n = at.neurons();
        let potentials = &mut &mut *activity.potentials;
        let rates = &mut &mut *activity.rates;
        State {
            input: take(potentials, at.input),
            soma: take(potentials, n),
            dendrite: take(potentials, n),
            prediction: take(potentials, n),
            error: take(potentials, n),
            apical: take(potentials, at.hidden),
            top_down: take(potentials, at.hidden),
            inverse: take(potentials, at.inverse),
            input_rate: take(rates, at.input),
            rate: take(rates, n),
            nudged: take(rates, at.nudged),
            traces: &mut *activity.traces,
        }
    }
}

/// The variable with this number: weights layer by layer, then activity.
pub(super) fn variables<P: Precision>(
    network: &Microcircuit<'_, P>,
    mut index: usize,
) -> Option<Variable> {
    let at = network.layout();
    let n = at.neurons();
    let mut found = None;
    let mut offer = |name, layer, storage, start: usize, rows: usize, columns: usize| {
        if rows * columns == 0 || found.is_some() {
            return;
        }
        if index == 0 {
            let range = start..start + rows * columns;
            found = Some(Variable {
                name,
                layer,
                storage,
                range,
                columns,
            });
        } else {
            index -= 1;
        }
    };
    let bias = usize::from(network.bias);
    let down = usize::from(network.feedback != Feedback::Transposed);
    let own = usize::from(network.interneurons == Interneurons::Learned);
    for storage in [Quantity::Weight, Quantity::Trace] {
        if storage == Quantity::Trace && network.trace_filter.is_none() {
            continue;
        }
        let mut layer = 1;
        for l in network.layers {
            for (family, start, rows, columns) in [
                (Family::Up, l.up, l.size, l.below),
                (Family::Bias, l.bias, bias * l.size, 1),
                (Family::Down, l.down, down * l.size, l.above),
                (Family::Ip, l.ip, own * l.above, l.size),
                (Family::IpBias, l.ip_bias, own * bias * l.above, 1),
                (Family::Pi, l.pi, own * l.size, l.above),
            ] {
                offer(family.name(), layer, storage, start, rows, columns);
            }
            layer += 1;
        }
    }
    offer("input", 0, Quantity::Potential, 0, at.input, 1);
    let blocks = [
        ["u", "u_i"],
        ["v_b", "v_i"],
        ["prediction", "prediction_i"],
        ["error", "error_i"],
    ];
    let mut start = at.input;
    for [pyramidal, interneuron] in blocks {
        let mut layer = 1;
        for l in network.layers {
            offer(
                pyramidal,
                layer,
                Quantity::Potential,
                start + l.neuron,
                l.size,
                1,
            );
            layer += 1;
        }
        layer = 1;
        for l in network.layers {
            let first = start + network.interneuron(l);
            offer(interneuron, layer, Quantity::Potential, first, l.above, 1);
            layer += 1;
        }
        start += n;
    }
    let rows = [
        ("v_a", at.hidden),
        ("top_down", at.hidden),
        ("inverse", at.inverse),
    ];
    for (name, words) in rows {
        let mut layer = 1;
        for l in network.layers.iter().filter(|l| l.hidden() && words > 0) {
            offer(
                name,
                layer,
                Quantity::Potential,
                start + l.neuron,
                l.size,
                1,
            );
            layer += 1;
        }
        start += words;
    }
    offer("r", 0, Quantity::Rate, 0, at.input, 1);
    let mut layer = 1;
    for l in network.layers {
        offer("r", layer, Quantity::Rate, at.input + l.neuron, l.size, 1);
        offer(
            "r_i",
            layer,
            Quantity::Rate,
            at.input + network.interneuron(l),
            l.above,
            1,
        );
        let nudged = at.input + n + l.neuron;
        offer(
            "r_nudged",
            layer,
            Quantity::Rate,
            nudged,
            l.size * usize::from(at.nudged > 0),
            1,
        );
        layer += 1;
    }
    found
}
