//! Plasticity: rules (7) to (10), with or without the low-pass of time constant `tau_w`.

use super::state::State;
use super::{Family, Feedback, Microcircuit, Mode};
use crate::precision::{DECAY_INTERVAL, Draw, Filter};
use crate::random::{Key, stream};
use crate::record::Observe;
use crate::rule::{Activity, part_mut};
use crate::{Batch, Precision, Rounding};

/// Where one family of one layer is, and who it is.
#[derive(Clone, Copy)]
struct Place {
    family: Family,
    layer: usize,
    start: usize,
}

/// One call of learning: what all families have in common.
struct Learning<'l, P: Precision, B> {
    batch: &'l B,
    filter: Option<Filter<P>>,
    learns: bool,
    rounding: Rounding,
    seed: u64,
    step: u64,
    weights: &'l mut [P::Weight],
    traces: &'l mut [P::Trace],
}

impl<P: Precision, B: Batch<P>> Learning<'_, P, B> {
    /// How a write of a family is rounded, and with which random words: an interneuron and the neuron
    /// that it follows round with the same ones. Two random walks of their own would make two of the
    /// weights that rule (8) keeps alike (docs/results/mnist.md has what that costs in 16 bits).
    #[inline(always)]
    fn draw(&self, place: Place, stream: u32) -> Draw {
        let (family, layer) = match place.family {
            Family::Ip => (Family::Up, place.layer + 1),
            Family::IpBias => (Family::Bias, place.layer + 1),
            family => (family, place.layer),
        };
        let stream = family.stream(stream, layer);
        Draw {
            rounding: self.rounding,
            key: Key::new(self.seed, self.step, stream),
        }
    }

    /// W -= fraction W, in the steps in which weights decay.
    #[inline(always)]
    fn decay<O: Observe>(
        &mut self,
        place: Place,
        fraction: P::Gain,
        words: usize,
        observer: &mut O,
    ) {
        let draw = self.draw(place, stream::DECAY);
        let weights = part_mut(self.weights, place.start, words);
        P::decay(weights, fraction, draw, observer);
    }

    /// W += gain post pre^T, summed over the samples, through the low-pass if there is one.
    #[inline(always)]
    fn apply<O: Observe>(
        &mut self,
        place: Place,
        gain: Option<P::Gain>,
        words: usize,
        post: &[P::Potential],
        pre: &[P::Rate],
        observer: &mut O,
    ) {
        let Some(gain) = gain else { return };
        let draw = self.draw(place, stream::ROUNDING);
        let weights = part_mut(self.weights, place.start, words);
        if let Some(filter) = self.filter {
            let traces = part_mut(self.traces, place.start, words);
            self.batch
                .filtered(weights, traces, post, gain, pre, filter, draw, observer);
        } else if self.learns {
            self.batch.update(weights, post, gain, pre, draw, observer);
        }
    }
}

/// Rules (7) to (10) on all layers: (7) soma and presynaptic rates below, (8) interneurons and
/// rates of the layer, (9) -vA and rates of the interneurons, (10) inverse and rates above. Kolen and
/// Pollack's rule has the rates of the layer and the errors above: (7) of the layer above, transposed.
/// Phaseless alignment has the noise of the layer and the high-passed rates above.
#[inline(always)]
pub(super) fn learn<P: Precision, B: Batch<P>, O: Observe>(
    network: &Microcircuit<'_, P>,
    batch: &B,
    weights: &mut [P::Weight],
    activity: &mut Activity<'_, P>,
    rounding: Rounding,
    observer: &mut O,
) {
    let clock = activity.clock;
    let learns = clock.since_switch > network.learning_lag;
    let State {
        samples: n,
        error,
        apical,
        inverse,
        input_rate,
        rate,
        nudged,
        error_rate,
        traces,
        ..
    } = network.state(activity, batch.samples());
    let mut learning = Learning {
        batch,
        filter: network.trace_filter.map(|k| Filter { k, learns }),
        learns,
        rounding,
        seed: network.seed,
        step: clock.step,
        weights,
        traces,
    };
    let decay = learns && clock.step.is_multiple_of(u64::from(DECAY_INTERVAL));
    let ones = batch.ones(network.one);
    let one = ones.as_ref();
    for (k, layer) in network.layers.iter().enumerate() {
        let gains = &layer.gains;
        let first = network.interneuron(layer);
        let below = if layer.neuron == 0 {
            &*input_rate
        } else {
            n.part(rate, layer.neuron.saturating_sub(layer.below), layer.below)
        };
        let own = n.part(rate, layer.neuron, layer.size);
        let inter = n.part(rate, first, layer.above);
        let rates = match network.feedback {
            Feedback::KolenPollack | Feedback::PhaselessAlignment => &*error_rate,
            _ if network.mode == Mode::TwoStep => &*nudged,
            _ => &*rate,
        };
        let above = n.part(rates, layer.neuron + layer.size, layer.above);
        // phi(u) - phi(vB^), phi(uI) - phi(vI^), vA, phi(u) - phi(top-down part)
        let soma = n.part(error, layer.neuron, layer.size);
        let interneuron = n.part(error, first, layer.above);
        let apical = n.part(apical, layer.neuron, layer.size);
        let inverse = n.part(inverse, layer.neuron, layer.size);
        // In a loop, so that the kernels are compiled once. What a layer lacks has no gain.
        let (size, up, cross) = (layer.size, layer.below, layer.above);
        for ((family, start, gain), words, post, pre) in [
            ((Family::Up, layer.up, gains.up), size * up, soma, below),
            ((Family::Bias, layer.bias, gains.bias), size, soma, one),
            (
                (Family::Ip, layer.ip, gains.ip),
                cross * size,
                interneuron,
                own,
            ),
            (
                (Family::IpBias, layer.ip_bias, gains.ip_bias),
                cross,
                interneuron,
                one,
            ),
            (
                (Family::Pi, layer.pi, gains.pi),
                size * cross,
                apical,
                inter,
            ),
            (
                (Family::Down, layer.down, gains.down),
                size * cross,
                inverse,
                above,
            ),
        ] {
            let place = Place {
                family,
                layer: k + 1,
                start,
            };
            learning.apply(place, gain, words, post, pre, observer);
            let fraction = match (family, network.feedback) {
                (Family::Up | Family::Ip, _) | (Family::Down, Feedback::KolenPollack) => {
                    network.weight_decay
                }
                (Family::Down, _) => network.alignment.and_then(|factors| factors.decay),
                (Family::Bias | Family::IpBias | Family::Pi, _) => None,
            };
            if let Some(fraction) = fraction.filter(|_| gain.is_some() && decay) {
                learning.decay(place, fraction, words, observer);
            }
        }
    }
}
