//! Plasticity: rules (7) to (10), with or without the low-pass of time constant `tau_w`.

use super::state::State;
use super::{Family, Microcircuit, Mode};
use crate::precision::{Draw, Filter};
use crate::random::{Key, stream};
use crate::record::Observe;
use crate::rule::{Activity, part, part_mut};
use crate::{Precision, Rounding};

/// Where one family of one layer is, and who it is.
#[derive(Clone, Copy)]
struct Place {
    family: Family,
    layer: usize,
    start: usize,
}

/// One call of learning: what all families have in common.
struct Learning<'l, P: Precision> {
    filter: Option<Filter<P>>,
    learns: bool,
    rounding: Rounding,
    seed: u64,
    step: u64,
    weights: &'l mut [P::Weight],
    traces: &'l mut [P::Trace],
}

impl<P: Precision> Learning<'_, P> {
    /// W += gain post pre^T, through the low-pass if there is one.
    #[inline(always)]
    fn apply<O: Observe>(
        &mut self,
        place: Place,
        gain: Option<P::Gain>,
        post: &[P::Potential],
        pre: &[P::Rate],
        observer: &mut O,
    ) {
        let Some(gain) = gain else { return };
        let key = Key::new(
            self.seed,
            self.step,
            place.family.stream(stream::ROUNDING, place.layer),
        );
        let draw = Draw {
            rounding: self.rounding,
            key,
        };
        let words = post.len() * pre.len();
        let weights = part_mut(self.weights, place.start, words);
        if let Some(filter) = self.filter {
            let traces = part_mut(self.traces, place.start, words);
            P::filtered(weights, traces, post, gain, pre, filter, draw, observer);
        } else if self.learns {
            P::rank_one(weights, post, gain, pre, draw, observer);
        }
    }
}

/// Rules (7) to (10) on all layers: (7) soma and presynaptic rates below, (8) interneurons and
/// rates of the layer, (9) -vA and rates of the interneurons, (10) inverse and rates above.
#[inline(always)]
pub(super) fn learn<P: Precision, O: Observe>(
    network: &Microcircuit<'_, P>,
    weights: &mut [P::Weight],
    activity: &mut Activity<'_, P>,
    rounding: Rounding,
    observer: &mut O,
) {
    let clock = activity.clock;
    let learns = clock.since_switch > network.learning_lag;
    let State {
        error,
        apical,
        inverse,
        input_rate,
        rate,
        nudged,
        traces,
        ..
    } = network.state(activity);
    let mut learning = Learning::<P> {
        filter: network.trace_filter.map(|k| Filter { k, learns }),
        learns,
        rounding,
        seed: network.seed,
        step: clock.step,
        weights,
        traces,
    };
    let one: &[P::Rate] = &[network.one];
    for (k, layer) in network.layers.iter().enumerate() {
        let gains = &layer.gains;
        let first = network.interneuron(layer);
        let below = if layer.neuron == 0 {
            &*input_rate
        } else {
            part(rate, layer.neuron.saturating_sub(layer.below), layer.below)
        };
        let own = part(rate, layer.neuron, layer.size);
        let inter = part(rate, first, layer.above);
        let rates = if network.mode == Mode::TwoStep {
            &*nudged
        } else {
            &*rate
        };
        let above = part(rates, layer.neuron + layer.size, layer.above);
        // phi(u) - phi(vB^), phi(uI) - phi(vI^), vA, phi(u) - phi(top-down part)
        let soma = part(error, layer.neuron, layer.size);
        let interneuron = part(error, first, layer.above);
        let apical = part(apical, layer.neuron, layer.size);
        let inverse = part(inverse, layer.neuron, layer.size);
        // In a loop, so that the kernels are compiled once. What a layer lacks has no gain.
        for (family, start, gain, post, pre) in [
            (Family::Up, layer.up, gains.up, soma, below),
            (Family::Bias, layer.bias, gains.bias, soma, one),
            (Family::Ip, layer.ip, gains.ip, interneuron, own),
            (
                Family::IpBias,
                layer.ip_bias,
                gains.ip_bias,
                interneuron,
                one,
            ),
            (Family::Pi, layer.pi, gains.pi, apical, inter),
            (Family::Down, layer.down, gains.down, inverse, above),
        ] {
            let place = Place {
                family,
                layer: k + 1,
                start,
            };
            learning.apply(place, gain, post, pre, observer);
        }
    }
}
