//! Two-step mode: the paper's simplification for MNIST.
//!
//! First a bottom-up sweep without feedback, u = a vB. Then a top-down sweep through the steady
//! states: the output is nudged by the teacher; in each hidden layer from the top down, the
//! interneurons are nudged by the layer above, the apical potential follows, and the soma mixes it
//! in. Presynaptic rates of rules (7) and (8) are those of the bottom-up sweep, which made the
//! predictions; those of rules (9) and (10) are the nudged ones.

use super::alignment::add_noise;
use super::dendrites::Cells;
use super::state::State;
use super::{Layer, Microcircuit};
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
    let state = &mut network.state(activity, batch.samples());
    network.draw_alignment(step, state, observer);
    let inputs = state
        .input
        .iter_mut()
        .zip(state.input_rate.iter_mut())
        .zip(input);
    for ((wide, rate), &input) in inputs {
        *wide = P::widen(input);
        *rate = input;
    }
    // Each sweep handles pyramidal neurons and interneurons in one loop, so that the activation is
    // compiled once in it.
    for (k, layer) in network.layers.iter().enumerate() {
        let below = k.checked_sub(1).and_then(|k| network.layers.get(k));
        let interneurons = below.map(|l| (Cells::Interneurons(l), l.attenuation_interneuron));
        for of in [
            Some((Cells::Pyramidal(layer), layer.attenuation)),
            interneurons,
        ] {
            let Some((cells, a)) = of else { continue };
            network.dendrite(cells, batch, weights, state, observer);
            predict(network, batch, state, a, network.place(cells), observer);
        }
    }

    for layer in network.layers.iter().rev() {
        for interneurons in [true, false] {
            if interneurons && layer.hidden() {
                nudge_interneurons(network, state, layer, observer);
                let place = network.place(Cells::Interneurons(layer));
                settle(network, batch, state, place, observer);
            } else if !interneurons {
                if layer.hidden() {
                    network.apical(layer, batch, weights, state, true, observer);
                    mix_apical(layer, state, observer);
                } else if let Some(teacher) = teacher {
                    nudge_output(state, layer, teacher, observer);
                }
                let place = network.place(Cells::Pyramidal(layer));
                settle(network, batch, state, place, observer);
            }
        }
    }
    network.errors(batch, state, observer);
}

/// u = a v, phi of it as the prediction, and its rate before the top-down sweep. What noise there is
/// has that rate only, and is over by the top-down sweep.
#[inline(always)]
fn predict<P: Precision, B: Batch<P>, O: Observe>(
    network: &Microcircuit<'_, P>,
    batch: &B,
    state: &mut State<'_, P>,
    a: P::Coefficient,
    (start, len): (usize, usize),
    observer: &mut O,
) {
    let n = state.samples;
    let v = n.part(state.dendrite, start, len);
    let u = n.part_mut(state.soma, start, len);
    let prediction = n.part_mut(state.prediction, start, len);
    let mut rate = n.part_mut(state.rate, start, len);
    // Free until the top-down sweep.
    let noisy = n.part_mut(state.error, start, len);
    let noise = match network.alignment {
        Some(_) => n.part(state.inverse, start, len),
        None => &[],
    };
    observer.apart(
        #[inline(always)]
        |observer| {
            for (u, &v) in u.iter_mut().zip(v) {
                *u = P::scale(a, v, observer);
            }
        },
    );
    // With the noise and without: in a loop that cannot be unrolled, so that the activation, by far
    // the most of it, is compiled once.
    let passes = if noise.is_empty() { 1 } else { 2 };
    for left in (0..core::hint::black_box(passes)).rev() {
        let mut potentials = &*u;
        if left == 1 {
            for (noisy, &u) in noisy.iter_mut().zip(&*u) {
                *noisy = u;
            }
            add_noise::<P, O>(noisy, Some(a), noise, observer);
            potentials = noisy;
        }
        let rate = core::mem::take(&mut rate);
        batch.fire(&network.phi, potentials, prediction, rate, observer);
    }
}

/// u = a vB + lambda vA: the apical potential joins what the bottom-up sweep left.
#[inline(always)]
fn mix_apical<P: Precision, O: Observe>(
    layer: &Layer<P>,
    state: &mut State<'_, P>,
    observer: &mut O,
) {
    let n = state.samples;
    let u = n.part_mut(state.soma, layer.neuron, layer.size);
    let apical = n.part(state.apical, layer.neuron, layer.size);
    let [lambda, _] = layer.mixing;
    observer.apart(
        #[inline(always)]
        |observer| {
            for (u, &apical) in u.iter_mut().zip(apical) {
                let change = P::scale(lambda, apical, observer);
                *u = P::add(*u, change, observer);
            }
        },
    );
}

/// `u_N` = (1 - `lambda_N`) `vB^_N` + `lambda_N` `u_trgt`.
#[inline(always)]
fn nudge_output<P: Precision, O: Observe>(
    state: &mut State<'_, P>,
    layer: &Layer<P>,
    teacher: &[P::Potential],
    observer: &mut O,
) {
    let [lambda, rest] = layer.mixing;
    let soma = state.samples.part_mut(state.soma, layer.neuron, layer.size);
    observer.apart(
        #[inline(always)]
        |observer| {
            for (u, &target) in soma.iter_mut().zip(teacher) {
                *u = P::mix([(rest, *u), (lambda, target), Default::default()], observer);
            }
        },
    );
}

/// `u^I_k` = (1 - `lambda_I`) `vI^_k` + `lambda_I` `u^P_{k+1}`.
#[inline(always)]
fn nudge_interneurons<P: Precision, O: Observe>(
    network: &Microcircuit<'_, P>,
    state: &mut State<'_, P>,
    layer: &Layer<P>,
    observer: &mut O,
) {
    let (n, pyramidal) = (state.samples, network.pyramidal());
    let Some((somata, inter)) = state.soma.split_at_mut_checked(n.0 * pyramidal) else {
        return;
    };
    let above = n.part(somata, layer.neuron + layer.size, layer.above);
    let start = network.interneuron(layer).saturating_sub(pyramidal);
    let [lambda, rest] = layer.mixing_interneuron;
    let inter = n.part_mut(inter, start, layer.above);
    observer.apart(
        #[inline(always)]
        |observer| {
            for (u, &above) in inter.iter_mut().zip(above) {
                *u = P::mix([(rest, *u), (lambda, above), Default::default()], observer);
            }
        },
    );
}

/// phi(u) after nudging, wide in `error`, and as rates: of pyramidal neurons beside those of the
/// bottom-up sweep, of interneurons in their place.
#[inline(always)]
fn settle<P: Precision, B: Batch<P>, O: Observe>(
    network: &Microcircuit<'_, P>,
    batch: &B,
    state: &mut State<'_, P>,
    (start, len): (usize, usize),
    observer: &mut O,
) {
    let n = state.samples;
    let pyramidal = start < network.pyramidal();
    let rates = if pyramidal {
        &mut *state.nudged
    } else {
        &mut *state.rate
    };
    let rates = n.part_mut(rates, start, len);
    let u = n.part(state.soma, start, len);
    let wide = n.part_mut(state.error, start, len);
    batch.fire(&network.phi, u, wide, rates, observer);
}
