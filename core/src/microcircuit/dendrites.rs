//! Dendritic potentials: equation (3), basal; (4), apical; (5), of interneurons. Both modes have them.

use super::alignment::add_noise;
use super::state::State;
use super::{Feedback, Interneurons, Layer, Microcircuit, Mode};
use crate::kernel::Into;
use crate::record::Observe;
use crate::rule::part;
use crate::{Batch, Precision};

/// The pyramidal neurons or the interneurons of a layer.
#[derive(Clone, Copy)]
pub(super) enum Cells<'l, P: Precision> {
    Pyramidal(&'l Layer<P>),
    Interneurons(&'l Layer<P>),
}

impl<P: Precision> Microcircuit<'_, P> {
    /// Where the words of some cells are: first and count.
    #[inline(always)]
    pub(super) fn place(&self, cells: Cells<'_, P>) -> (usize, usize) {
        match cells {
            Cells::Pyramidal(l) => (l.neuron, l.size),
            Cells::Interneurons(l) => (self.interneuron(l), l.above),
        }
    }

    /// Equation (3): `vB_k` = `W^PP_{k,k-1}` `r_{k-1}`, and equation (5): `vI_k` = `W^IP_{k,k}`
    /// `r_k`, each with its threshold. Tied interneurons have no weights: vI is such that
    /// `a_I` vI = `a_{k+1}` `vB_{k+1}`, so the layer above must have its potentials already.
    #[inline(always)]
    pub(super) fn dendrite<B: Batch<P>, O: Observe>(
        &self,
        cells: Cells<'_, P>,
        batch: &B,
        weights: &[P::Weight],
        state: &mut State<'_, P>,
        observer: &mut O,
    ) {
        let n = state.samples;
        let (start, len) = self.place(cells);
        let ones = batch.ones(self.one);
        let (pre, columns, w, bias) = match cells {
            Cells::Pyramidal(l) if l.neuron == 0 => (&*state.input_rate, self.input, l.up, l.bias),
            Cells::Pyramidal(l) => {
                let below = l.neuron.saturating_sub(l.below);
                (n.part(state.rate, below, l.below), l.below, l.up, l.bias)
            }
            Cells::Interneurons(l) if self.interneurons == Interneurons::Tied => {
                let pyramidal = self.pyramidal();
                let Some((basal, inter)) = state.dendrite.split_at_mut_checked(n.0 * pyramidal)
                else {
                    return;
                };
                let above = n.part(basal, l.neuron + l.size, l.above);
                let inter = n.part_mut(inter, start.saturating_sub(pyramidal), len);
                for (v, &above) in inter.iter_mut().zip(above) {
                    *v = P::scale(l.tied, above, observer);
                }
                return;
            }
            Cells::Interneurons(l) => {
                let own = n.part(state.rate, l.neuron, l.size);
                (own, l.size, l.ip, l.ip_bias)
            }
        };
        let v = n.part_mut(state.dendrite, start, len);
        let thresholds = part(weights, bias, if self.bias { len } else { 0 });
        // In a loop, here and below, so that the product is compiled once.
        let products = [
            (part(weights, w, len * columns), pre, Into::Store),
            (thresholds, ones.as_ref(), Into::Add),
        ];
        for (w, x, into) in products {
            batch.mat_vec(w, x, v, into, observer);
        }
        let noisy = self.mode == Mode::Full && self.alignment.is_some();
        if let (Cells::Pyramidal(_), true) = (cells, noisy) {
            // The output has none.
            add_noise::<P, O>(v, None, n.part(state.inverse, start, len), observer);
        }
    }

    /// Equation (4): `vA_k` = `W^PP_{k,k+1}` `r_{k+1}` + `W^PI_{k,k}` `r^I_k`. With `nudged`, the
    /// rates above are those after the top-down sweep.
    #[inline(always)]
    pub(super) fn apical<B: Batch<P>, O: Observe>(
        &self,
        layer: &Layer<P>,
        batch: &B,
        weights: &[P::Weight],
        state: &mut State<'_, P>,
        nudged: bool,
        observer: &mut O,
    ) {
        if !layer.hidden() {
            return;
        }
        let n = state.samples;
        let rates = if nudged { &*state.nudged } else { &*state.rate };
        let above = n.part(rates, layer.neuron + layer.size, layer.above);
        let inter = n.part(state.rate, self.interneuron(layer), layer.above);
        let top_down = n.part_mut(state.top_down, layer.neuron, layer.size);
        let apical = n.part_mut(state.apical, layer.neuron, layer.size);
        let words = layer.size * layer.above;
        let feedback = match self.feedback {
            // The bottom-up weights of the layer above, which begins where this one ends.
            Feedback::Transposed => (layer.weights_end, true),
            Feedback::Fixed
            | Feedback::Learned
            | Feedback::KolenPollack
            | Feedback::PhaselessAlignment => (layer.down, false),
        };
        let (cancelling, into) = match self.interneurons {
            Interneurons::Learned => ((layer.pi, false), Into::Add),
            Interneurons::Mirrored | Interneurons::Tied => (feedback, Into::Subtract),
        };
        let products = [(feedback, above, Into::Store), (cancelling, inter, into)];
        for ((start, transposed), x, into) in products {
            let w = part(weights, start, words);
            if transposed {
                batch.mat_vec_transposed(w, x, apical, into, observer);
            } else {
                batch.mat_vec(w, x, apical, into, observer);
            }
            if into == Into::Store {
                for (top_down, &apical) in top_down.iter_mut().zip(&*apical) {
                    *top_down = apical;
                }
            }
        }
    }
}
