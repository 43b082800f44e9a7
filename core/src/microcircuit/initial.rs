//! Initial weights: random, or the self-predicting state.

use super::{Family, Feedback, Interneurons, Layer, Microcircuit};
use crate::random::{Key, stream};
use crate::rule::{part, part_mut};
use crate::{Number, Precision};

/// A uniform distribution, from the lower to the upper end.
pub type Range = (f64, f64);

/// How weights begin. Every precision rounds the same real numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Initial {
    /// `W^PP_{k,k-1}`.
    pub up: Range,
    /// Thresholds of the pyramidal neurons.
    pub bias: Range,
    /// `W^PP_{k,k+1}`.
    pub down: Range,
    /// `W^IP` and its thresholds, where the state is not self-predicting.
    pub ip: Range,
    /// `W^PI`, where the state is not self-predicting.
    pub pi: Range,
    /// Whether `W^PI` = -`W^PP_{k,k+1}` and `W^IP` = (`a_{k+1}` / `a_I`) `W^PP_{k+1,k}`.
    pub self_predicting: bool,
    /// Seed of the draws.
    pub seed: u64,
}

impl Default for Initial {
    fn default() -> Self {
        let unit = (-1.0, 1.0);
        Self {
            up: unit,
            bias: (0.0, 0.0),
            down: unit,
            ip: unit,
            pi: unit,
            self_predicting: true,
            seed: 1,
        }
    }
}

impl<P: Precision> Microcircuit<'_, P> {
    /// Draws all weights.
    pub fn initialise(&self, weights: &mut [P::Weight], initial: &Initial) {
        for (k, l) in self.layers.iter().enumerate() {
            for (family, start, words, range) in [
                (Family::Up, l.up, l.size * l.below, initial.up),
                (Family::Bias, l.bias, l.down - l.bias, initial.bias),
                (Family::Down, l.down, l.ip - l.down, initial.down),
                (Family::Ip, l.ip, l.ip_bias - l.ip, initial.ip),
                (Family::IpBias, l.ip_bias, l.pi - l.ip_bias, initial.ip),
                (Family::Pi, l.pi, l.weights_end - l.pi, initial.pi),
            ] {
                let key = Key::new(initial.seed, 0, family.stream(stream::INITIAL, k + 1));
                let (low, high) = range;
                for (i, w) in part_mut(weights, start, words).iter_mut().enumerate() {
                    *w = P::Weight::from_f64(low + (high - low) * key.uniform(i as u32));
                }
            }
        }
        if initial.self_predicting {
            self.self_predict(weights);
        }
    }

    /// Puts the interneurons' weights into the self-predicting state of the others.
    pub fn self_predict(&self, weights: &mut [P::Weight]) {
        if self.interneurons == Interneurons::Tied {
            return;
        }
        for (l, above) in self.layers.iter().zip(self.layers.iter().skip(1)) {
            let factor = l.self_predicting;
            copy_scaled::<P>(weights, l.ip, above.up, l.above * l.size, factor);
            if self.bias {
                copy_scaled::<P>(weights, l.ip_bias, above.bias, l.above, factor);
            }
            if self.interneurons == Interneurons::Mirrored {
                continue;
            }
            if self.feedback == Feedback::Transposed {
                cancel_transposed(weights, l, above);
            } else {
                copy_scaled::<P>(weights, l.pi, l.down, l.size * l.above, -1.0);
            }
        }
    }

    /// The weights of one family of layer `k` (1 .. N): rows of postsynaptic neurons.
    pub fn family<'w>(
        &self,
        weights: &'w [P::Weight],
        family: Family,
        k: usize,
    ) -> &'w [P::Weight] {
        let Some(l) = k.checked_sub(1).and_then(|k| self.layers.get(k)) else {
            return &[];
        };
        let (start, end) = match family {
            Family::Up => (l.up, l.bias),
            Family::Bias => (l.bias, l.down),
            Family::Down => (l.down, l.ip),
            Family::Ip => (l.ip, l.ip_bias),
            Family::IpBias => (l.ip_bias, l.pi),
            Family::Pi => (l.pi, l.weights_end),
        };
        part(weights, start, end - start)
    }
}

fn copy_scaled<P: Precision>(
    weights: &mut [P::Weight],
    target: usize,
    source: usize,
    words: usize,
    factor: f64,
) {
    for i in 0..words {
        let w = weights.get(source + i).copied().unwrap_or_default();
        if let Some(target) = weights.get_mut(target + i) {
            *target = P::Weight::from_f64(factor * w.to_f64());
        }
    }
}

/// `W^PI_{k,k}` = -(`W^PP_{k+1,k}`)^T.
fn cancel_transposed<P: Precision>(weights: &mut [P::Weight], l: &Layer<P>, above: &Layer<P>) {
    for i in 0..l.size {
        for j in 0..l.above {
            let w = weights
                .get(above.up + j * l.size + i)
                .copied()
                .unwrap_or_default();
            if let Some(target) = weights.get_mut(l.pi + i * l.above + j) {
                *target = P::Weight::from_f64(-w.to_f64());
            }
        }
    }
}
