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

/// Rules (7) to (10) on all layers.
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
    let one = [network.one];
    for (k, layer) in network.layers.iter().enumerate() {
        let at = |family, start| Place {
            family,
            layer: k + 1,
            start,
        };
        let gains = &layer.gains;
        let below = if layer.neuron == 0 {
            &*input_rate
        } else {
            part(rate, layer.neuron.saturating_sub(layer.below), layer.below)
        };
        // (7) bottom-up: phi(u) - phi(vB^), presynaptic rates below
        let post = part(error, layer.neuron, layer.size);
        learning.apply(at(Family::Up, layer.up), gains.up, post, below, observer);
        learning.apply(
            at(Family::Bias, layer.bias),
            gains.bias,
            post,
            &one,
            observer,
        );
        if !layer.hidden() {
            continue;
        }
        // (8) to the interneurons: phi(uI) - phi(vI^), presynaptic rates of this layer
        let own = part(rate, layer.neuron, layer.size);
        let first = network.interneuron(layer);
        let post = part(error, first, layer.above);
        learning.apply(at(Family::Ip, layer.ip), gains.ip, post, own, observer);
        learning.apply(
            at(Family::IpBias, layer.ip_bias),
            gains.ip_bias,
            post,
            &one,
            observer,
        );
        // (9) from the interneurons: -vA, presynaptic rates of the interneurons
        let post = part(apical, layer.neuron, layer.size);
        let inter = part(rate, first, layer.above);
        learning.apply(at(Family::Pi, layer.pi), gains.pi, post, inter, observer);
        // (10) top-down: phi(u) - phi(top-down part), presynaptic rates above
        let post = part(inverse, layer.neuron, layer.size);
        let rates = if network.mode == Mode::TwoStep {
            &*nudged
        } else {
            &*rate
        };
        let above = part(rates, layer.neuron + layer.size, layer.above);
        learning.apply(
            at(Family::Down, layer.down),
            gains.down,
            post,
            above,
            observer,
        );
    }
}
