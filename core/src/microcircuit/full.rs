//! Full mode: explicit Euler steps of equations (1) to (5).
//!
//! Order of a step: rates of the old potentials; dendritic potentials; errors; then all somata at
//! once from the old values (an interneuron sees the old soma above it). Plasticity afterwards uses
//! what this step computed, so learning before or after the somata have moved is the same.

use super::alignment::add_noise;
use super::state::State;
use super::{Feedback, Interneurons, Layer, Microcircuit, Mode};
use crate::kernel::Into;
use crate::random::{Key, stream};
use crate::record::Observe;
use crate::rule::{Activity, part};
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
    rates(network, batch, &mut state, observer);
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

/// r = phi(u). The wide value stays in `error`, from which the prediction is taken off later.
#[inline(always)]
fn rates<P: Precision, B: Batch<P>, O: Observe>(
    network: &Microcircuit<'_, P>,
    batch: &B,
    state: &mut State<'_, P>,
    observer: &mut O,
) {
    for (wide, &u) in state.error.iter_mut().zip(&*state.soma) {
        *wide = u;
    }
    batch.activate(&network.phi, state.error);
    observer.apart(
        #[inline(always)]
        |observer| {
            for (rate, &wide) in state.rate.iter_mut().zip(&*state.error) {
                *rate = P::rate(wide, observer);
            }
        },
    );
}

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

    /// phi(u) - phi(v^) of rules (7) and (8), and phi(u) - phi(top-down part) of rule (10). Both
    /// are differences of nearly equal rates and are formed in the width of potentials. For Kolen and
    /// Pollack's rule the rates that the layer above saw, and its errors as rates.
    #[inline(always)]
    pub(super) fn errors<B: Batch<P>, O: Observe>(
        &self,
        batch: &B,
        state: &mut State<'_, P>,
        observer: &mut O,
    ) {
        if self.feedback == Feedback::Learned {
            for (inverse, &top_down) in state.inverse.iter_mut().zip(&*state.top_down) {
                *inverse = top_down;
            }
            batch.activate(&self.phi, state.inverse);
            observer.apart(
                #[inline(always)]
                |observer| {
                    for (inverse, &wide) in state.inverse.iter_mut().zip(&*state.error) {
                        *inverse = P::sub(wide, *inverse, observer);
                    }
                },
            );
        }
        if self.feedback == Feedback::KolenPollack {
            let seen = if self.mode == Mode::TwoStep {
                &*state.prediction
            } else {
                &*state.error
            };
            for (rate, &seen) in state.inverse.iter_mut().zip(seen) {
                *rate = seen;
            }
        }
        self.high_pass(state, observer);
        observer.apart(
            #[inline(always)]
            |observer| {
                for (error, &prediction) in state.error.iter_mut().zip(&*state.prediction) {
                    *error = P::sub(*error, prediction, observer);
                }
            },
        );
        if self.feedback == Feedback::KolenPollack {
            observer.apart(
                #[inline(always)]
                |observer| {
                    for (rate, &error) in state.error_rate.iter_mut().zip(&*state.error) {
                        *rate = self.as_rate(error, observer);
                    }
                },
            );
        }
    }

    /// An error, or another small number, times the error scale, as top-down weights multiply it.
    #[inline(always)]
    pub(super) fn as_rate<O: Observe>(&self, error: P::Potential, observer: &mut O) -> P::Rate {
        let scaled = match self.error_scale {
            Some(scale) => P::scale(scale, error, observer),
            None => error,
        };
        P::rate(scaled, observer)
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

/// sigma xi of equations (1) and (2), for every soma and interneuron.
#[cfg_attr(target_pointer_width = "64", inline(always))]
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(super) fn noise<P: Precision, O: Observe>(
    amplitude: Option<P::Coefficient>,
    key: Key,
    somata: &mut [P::Potential],
    observer: &mut O,
) {
    let Some(amplitude) = amplitude else { return };
    let mut first = 0;
    for group in somata.chunks_mut(16) {
        // Words first, then potentials: two loops that vectorise each in its own width.
        let mut words = [0; 16];
        for (lane, word) in words.iter_mut().enumerate() {
            *word = key.noise(first + lane as u32);
        }
        for (u, &word) in group.iter_mut().zip(&words) {
            *u = P::add(*u, P::noise(word, amplitude), observer);
        }
        first += 16;
    }
}
