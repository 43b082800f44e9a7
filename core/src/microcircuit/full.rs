//! Full mode: explicit Euler steps of equations (1) to (5).
//!
//! Order of a step: rates of the old potentials; dendritic potentials; errors; then all somata at
//! once from the old values (an interneuron sees the old soma above it). Plasticity afterwards uses
//! what this step computed, so learning before or after the somata have moved is the same.

use super::dendrites::Cells;
use super::noise::noise;
use super::state::State;
use super::{Layer, Microcircuit};
use crate::random::{Key, stream};
use crate::record::Observe;
use crate::rule::Activity;
use crate::{Batch, Precision};

#[inline(always)]
pub(super) fn step<P: Precision, B: Batch<P>, O: Observe>(
    network: &Microcircuit<'_, P>,
    batch: &B,
    weights: &[P::Weight],
    activity: &mut Activity<'_, P>,
    input: &[P::Rate],
    teacher: Option<&[P::Potential]>,
    observer: &mut O,
) {
    let step = activity.clock.step;
    let key = Key::new(network.seed, step, stream::NOISE);
    let mut state = network.state(activity, batch.samples());
    low_pass_input(network, &mut state, input, observer);
    network.draw_alignment(step, &mut state, observer);
    // The wide rates stay in `error`, from which the predictions are taken off later.
    batch.fire(&network.phi, state.soma, state.error, state.rate, observer);
    for (k, layer) in network.layers.iter().enumerate() {
        let below = k.checked_sub(1).and_then(|k| network.layers.get(k));
        for of in [
            Some(Cells::Pyramidal(layer)),
            below.map(Cells::Interneurons),
        ] {
            let Some(cells) = of else { continue };
            network.dendrite(cells, batch, weights, &mut state, observer);
        }
    }
    for layer in network.layers {
        network.apical(layer, batch, weights, &mut state, false, observer);
    }
    network.predictions(batch, &mut state, observer);
    network.errors(batch, &mut state, observer);
    interneurons(network, &mut state, observer);
    for layer in network.layers {
        if layer.hidden() {
            hidden(layer, &mut state, observer);
        } else {
            output(network, layer, &mut state, teacher, observer);
        }
    }
    noise::<P, O>(network.noise, key, state.soma, observer);
}

/// The input pattern reaches the network through a low-pass of time constant `tau_0`.
#[inline(always)]
fn low_pass_input<P: Precision, O: Observe>(
    network: &Microcircuit<'_, P>,
    state: &mut State<'_, P>,
    input: &[P::Rate],
    observer: &mut O,
) {
    let words = state
        .input
        .iter_mut()
        .zip(state.input_rate.iter_mut())
        .zip(input);
    if let Some(k) = network.input_filter {
        observer.apart(
            #[inline(always)]
            |observer| {
                for ((filtered, rate), &input) in words {
                    let distance = P::sub(P::widen(input), *filtered, observer);
                    let step = P::scale(k, distance, observer);
                    *filtered = P::add(*filtered, step, observer);
                    *rate = P::rate(*filtered, observer);
                }
            },
        );
    } else {
        for ((filtered, rate), &input) in words {
            *filtered = P::widen(input);
            *rate = input;
        }
    }
}

impl<P: Precision> Microcircuit<'_, P> {
    /// phi(`vB^_k`) = phi(`a_k` `vB_k`) and phi(`vI^_k`) = phi(`a_I` `vI_k`).
    #[inline(always)]
    fn predictions<B: Batch<P>, O: Observe>(
        &self,
        batch: &B,
        state: &mut State<'_, P>,
        observer: &mut O,
    ) {
        let n = state.samples;
        for layer in self.layers {
            for (a, start, len) in [
                (layer.attenuation, layer.neuron, layer.size),
                (
                    layer.attenuation_interneuron,
                    self.interneuron(layer),
                    layer.above,
                ),
            ] {
                let v = n.part(state.dendrite, start, len);
                let prediction = n.part_mut(state.prediction, start, len);
                observer.apart(
                    #[inline(always)]
                    |observer| {
                        for (prediction, &v) in prediction.iter_mut().zip(v) {
                            *prediction = P::scale(a, v, observer);
                        }
                    },
                );
            }
        }
        batch.activate(&self.phi, state.prediction);
    }
}

/// Equation (2), interneurons: the nudging current is `g_som` (`u^P_{k+1}` - `u^I_k`).
#[inline(always)]
fn interneurons<P: Precision, O: Observe>(
    network: &Microcircuit<'_, P>,
    state: &mut State<'_, P>,
    observer: &mut O,
) {
    let (n, pyramidal) = (state.samples, network.pyramidal());
    let Some((somata, inter)) = state.soma.split_at_mut_checked(n.0 * pyramidal) else {
        return;
    };
    for layer in network.layers.iter().filter(|layer| layer.hidden()) {
        let start = network.interneuron(layer);
        let above = n.part(somata, layer.neuron + layer.size, layer.above);
        let v = n.part(state.dendrite, start, layer.above);
        let u = n.part_mut(inter, start.saturating_sub(pyramidal), layer.above);
        let [c_u, c_v, c_above] = layer.interneuron;
        observer.apart(
            #[inline(always)]
            |observer| {
                for ((u, &v), &above) in u.iter_mut().zip(v).zip(above) {
                    let change = P::mix([(c_u, *u), (c_v, v), (c_above, above)], observer);
                    *u = P::add(*u, change, observer);
                }
            },
        );
    }
}

/// Equation (1): the soma of a hidden pyramidal neuron.
#[inline(always)]
fn hidden<P: Precision, O: Observe>(layer: &Layer<P>, state: &mut State<'_, P>, observer: &mut O) {
    let n = state.samples;
    let u = n.part_mut(state.soma, layer.neuron, layer.size);
    let basal = n.part(state.dendrite, layer.neuron, layer.size);
    let apical = n.part(state.apical, layer.neuron, layer.size);
    let [c_u, c_b, c_a] = layer.soma;
    observer.apart(
        #[inline(always)]
        |observer| {
            for ((u, &basal), &apical) in u.iter_mut().zip(basal).zip(apical) {
                let change = P::mix([(c_u, *u), (c_b, basal), (c_a, apical)], observer);
                *u = P::add(*u, change, observer);
            }
        },
    );
}

/// Equation (2), output: no apical dendrite; the teaching current when there is a teacher.
#[inline(always)]
fn output<P: Precision, O: Observe>(
    network: &Microcircuit<'_, P>,
    layer: &Layer<P>,
    state: &mut State<'_, P>,
    teacher: Option<&[P::Potential]>,
    observer: &mut O,
) {
    let n = state.samples;
    let u = n.part_mut(state.soma, layer.neuron, layer.size);
    let basal = n.part(state.dendrite, layer.neuron, layer.size);
    let [c_u, c_b, c_t] = layer.soma;
    let free = layer.soma_free;
    match (teacher, network.reversal) {
        (None, _) => {
            for (u, &basal) in u.iter_mut().zip(basal) {
                let change = P::mix([(free, *u), (c_b, basal), Default::default()], observer);
                *u = P::add(*u, change, observer);
            }
        }
        (Some(teacher), None) => {
            for ((u, &basal), &target) in u.iter_mut().zip(basal).zip(teacher) {
                let change = P::mix([(c_u, *u), (c_b, basal), (c_t, target)], observer);
                *u = P::add(*u, change, observer);
            }
        }
        (Some(teacher), Some((excitatory, inhibitory))) => {
            for ((u, &basal), &target) in u.iter_mut().zip(basal).zip(teacher) {
                let change = P::mix([(free, *u), (c_b, basal), Default::default()], observer);
                let current = synaptic_current::<P, O>(
                    layer.conductance,
                    target,
                    *u,
                    excitatory,
                    inhibitory,
                    observer,
                );
                let change = P::add(change, current, observer);
                *u = P::add(*u, change, observer);
            }
        }
    }
}

/// The teacher as conductances: dt [`g_exc` (`E_exc` - u) + `g_inh` (`E_inh` - u)] with `g_exc` =
/// `g_som` (`u_trgt` - `E_inh`) / (`E_exc` - `E_inh`), `g_inh` = -`g_som` (`u_trgt` - `E_exc`) /
/// (`E_exc` - `E_inh`).
#[inline(always)]
fn synaptic_current<P: Precision, O: Observe>(
    factor: P::Coefficient,
    target: P::Potential,
    u: P::Potential,
    excitatory: P::Potential,
    inhibitory: P::Potential,
    observer: &mut O,
) -> P::Potential {
    let above_inhibitory = P::sub(target, inhibitory, observer);
    let below_excitatory = P::sub(excitatory, target, observer);
    let g_exc = P::scale(factor, above_inhibitory, observer);
    let g_inh = P::scale(factor, below_excitatory, observer);
    let drive_exc = P::sub(excitatory, u, observer);
    let drive_inh = P::sub(inhibitory, u, observer);
    let exc = P::multiply(g_exc, drive_exc, observer);
    let inh = P::multiply(g_inh, drive_inh, observer);
    P::add(exc, inh, observer)
}
