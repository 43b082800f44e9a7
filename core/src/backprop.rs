//! Backpropagation of errors: the control that the other rules are compared with.
//!
//! The feedforward network is the microcircuit's without attenuation: `u_k` = `W_k` `r_{k-1}` + `b_k`,
//! `r_k` = phi(`u_k`). The errors are those that the microcircuit approximates with weak feedback and
//! transposed top-down weights (`docs/model.md`): `delta_N` = phi'(`u_N`) (`u_trgt` - `u_N`), matched in
//! potential, and `delta_k` = phi'(`u_k`) `W_{k+1}`^T `delta_{k+1}`. Learning is `W_k` += eta
//! `delta_k` `r_{k-1}`^T, with the rounding of any other rule.
//!
//! Errors go down as rates, because that is what the kernels multiply with weights. In rates of few
//! bits a small error would be lost, so errors are multiplied by [`Description::error_scale`] before
//! they are rounded and divided by it afterwards ("loss scaling" in low-precision training).

use crate::activation::Phi;
use crate::kernel::Into;
use crate::microcircuit::{Family, Initial};
use crate::precision::{DECAY_INTERVAL, Draw};
use crate::random::{Key, stream};
use crate::record::{Observe, Quantity};
use crate::rule::{Activity, Rest, Rule, Samples, Variable, part, part_mut};
use crate::shape::{self, BuildError, Storage};
use crate::{Activation, Batch, Number, Precision, Rounding};

/// A network in real numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Description<'s> {
    /// Neurons of each layer, the input first.
    pub sizes: &'s [usize],
    /// Learning rates of the weights of the layers 1 .. N, per step.
    pub rates: &'s [f64],
    /// Potential to rate, everywhere.
    pub activation: Activation,
    /// Whether neurons have learnable thresholds, at the rate of the layer's weights.
    pub bias: bool,
    /// What errors are multiplied by while they are rates. 1 changes nothing.
    pub error_scale: f64,
    /// What share of itself a weight loses in an update, thresholds excepted. Done once in
    /// [`DECAY_INTERVAL`] updates.
    pub weight_decay: f64,
    /// Seed of the rounding.
    pub seed: u64,
}

/// One layer, 1 .. N: where its words are, and its learning rate.
#[derive(Clone, Copy, Debug, Default)]
pub struct Layer<P: Precision> {
    size: usize,
    below: usize,
    /// Neurons in the layers 1 .. k-1: where this layer's words begin.
    neuron: usize,
    /// Where its weights and its thresholds begin.
    up: usize,
    bias: usize,
    gain: Option<P::Gain>,
}

/// A network's configuration in the words of one precision.
#[derive(Clone, Copy, Debug)]
pub struct Backprop<'a, P: Precision> {
    layers: &'a [Layer<P>],
    input: usize,
    neurons: usize,
    weights: usize,
    phi: Phi<P>,
    bias: bool,
    /// To an error as a rate and back; `None` where both are 1.
    scale: Option<[P::Coefficient; 2]>,
    /// What a decay takes of a weight; `None` without decay.
    decay: Option<P::Gain>,
    seed: u64,
    one: P::Rate,
}

impl<'a, P: Precision> Backprop<'a, P> {
    /// Builds a network in `layers`, of which it uses as many as there are learning rates.
    ///
    /// # Errors
    /// When a shape is impossible or a parameter is beyond the precision's formats.
    pub fn new(
        description: &Description<'_>,
        layers: &'a mut [Layer<P>],
    ) -> Result<Self, BuildError> {
        let d = description;
        let layers = shape::layers(d.sizes, ("learning.up", d.rates.len()), layers)?;
        let (mut neuron, mut word) = (0, 0);
        let shapes = d.sizes.iter().zip(d.sizes.iter().skip(1));
        for ((layer, (&below, &size)), &rate) in layers.iter_mut().zip(shapes).zip(d.rates) {
            let rate = shape::amount("learning.up", rate)?;
            *layer = Layer {
                size,
                below,
                neuron,
                up: word,
                bias: word + size * below,
                gain: shape::gain::<P>("learning.up", rate)?,
            };
            neuron += size;
            word += size * (below + usize::from(d.bias));
        }
        Ok(Self {
            layers,
            input: d.sizes.first().copied().unwrap_or(0),
            neurons: neuron,
            weights: word,
            phi: d.activation.phi::<P>()?,
            bias: d.bias,
            scale: shape::error_scale::<P>(d.error_scale)?,
            decay: shape::weight_decay::<P>("learning.weight_decay", d.weight_decay)?,
            seed: d.seed,
            one: P::Rate::from_f64(1.0),
        })
    }

    /// Draws weights and thresholds: the numbers of a microcircuit that begins like this.
    pub fn initialise(&self, weights: &mut [P::Weight], initial: &Initial) {
        for (k, layer) in (1..).zip(self.layers) {
            let thresholds = if self.bias { layer.size } else { 0 };
            for (family, start, count, (low, high)) in [
                (Family::Up, layer.up, layer.size * layer.below, initial.up),
                (Family::Bias, layer.bias, thresholds, initial.bias),
            ] {
                let key = Key::new(initial.seed, 0, family.stream(stream::INITIAL, k));
                for (word, i) in part_mut(weights, start, count).iter_mut().zip(0..) {
                    *word = P::Weight::from_f64(low + (high - low) * key.uniform(i));
                }
            }
        }
    }

    /// Layers above the input.
    pub fn depth(&self) -> usize {
        self.layers.len()
    }

    /// The weights of a family in layer `k`, 1 .. N, row by row; empty where there are none.
    pub fn family<'w>(
        &self,
        weights: &'w [P::Weight],
        family: Family,
        k: usize,
    ) -> &'w [P::Weight] {
        let Some(layer) = k.checked_sub(1).and_then(|k| self.layers.get(k)) else {
            return &[];
        };
        match family {
            Family::Up => part(weights, layer.up, layer.size * layer.below),
            Family::Bias if self.bias => part(weights, layer.bias, layer.size),
            _ => &[],
        }
    }

    fn state<'b>(&self, activity: &'b mut Activity<'_, P>, samples: usize) -> State<'b, P> {
        let (neurons, inputs) = (self.neurons * samples, self.input * samples);
        let mut potentials = Rest(&mut *activity.potentials);
        let mut rates = Rest(&mut *activity.rates);
        State {
            samples: Samples(samples),
            soma: potentials.take(neurons),
            slope: potentials.take(neurons),
            error: potentials.take(neurons),
            input: rates.take(inputs),
            rate: rates.take(neurons),
            error_rate: rates.take(neurons),
        }
    }
}

/// One activity, cut into its arrays; all but the input have a word for each neuron.
struct State<'b, P: Precision> {
    samples: Samples,
    soma: &'b mut [P::Potential],
    slope: &'b mut [P::Potential],
    error: &'b mut [P::Potential],
    input: &'b mut [P::Rate],
    rate: &'b mut [P::Rate],
    error_rate: &'b mut [P::Rate],
}

impl<P: Precision> Rule<P> for Backprop<'_, P> {
    fn storage(&self) -> Storage {
        Storage {
            weights: self.weights,
            traces: 0,
            potentials: 3 * self.neurons,
            rates: self.input + 2 * self.neurons,
        }
    }

    fn variable(&self, index: usize) -> Option<Variable> {
        // By number: the arrays of a layer stand together.
        let (potential, rate) = (Quantity::Potential, Quantity::Rate);
        if index == 0 {
            return Some(variable("r", 0, rate, 0, (self.input, 1)));
        }
        let arrays = if self.bias { 7 } else { 6 };
        let (k, mut which) = ((index - 1) / arrays, (index - 1) % arrays);
        which += usize::from(which > 0 && !self.bias);
        let l = self.layers.get(k)?;
        let (n, column) = (self.neurons, (l.size, 1));
        Some(match which {
            0 => variable(
                Family::Up.name(),
                k + 1,
                Quantity::Weight,
                l.up,
                (l.size, l.below),
            ),
            1 => variable(Family::Bias.name(), k + 1, Quantity::Weight, l.bias, column),
            2 => variable("u", k + 1, potential, l.neuron, column),
            3 => variable("slope", k + 1, potential, n + l.neuron, column),
            4 => variable("error", k + 1, potential, 2 * n + l.neuron, column),
            5 => variable("r", k + 1, rate, self.input + l.neuron, column),
            _ => variable("r_error", k + 1, rate, self.input + n + l.neuron, column),
        })
    }

    fn switch(&self, activity: &mut Activity<'_, P>) {
        activity.clock.since_switch = 0;
    }

    #[inline(always)]
    fn step_batch<B: Batch<P>, O: Observe>(
        &self,
        batch: &B,
        weights: &[P::Weight],
        activity: &mut Activity<'_, P>,
        input: &[P::Rate],
        teacher: Option<&[P::Potential]>,
        observer: &mut O,
    ) {
        let mut state = self.state(activity, batch.samples());
        for (rate, &input) in state.input.iter_mut().zip(input) {
            *rate = input;
        }
        for layer in self.layers {
            self.forward(layer, batch, weights, &mut state, observer);
        }
        match teacher {
            Some(teacher) => self.backward(batch, weights, &mut state, teacher, observer),
            None => state.error.fill(P::Potential::ZERO),
        }
        activity.clock.tick();
    }

    #[inline(always)]
    fn learn_batch<B: Batch<P>, O: Observe>(
        &self,
        batch: &B,
        weights: &mut [P::Weight],
        activity: &mut Activity<'_, P>,
        rounding: Rounding,
        observer: &mut O,
    ) {
        let step = activity.clock.step;
        let decay = step.is_multiple_of(u64::from(DECAY_INTERVAL));
        let state = self.state(activity, batch.samples());
        let n = state.samples;
        let ones = batch.ones(self.one);
        for (k, layer) in (1..).zip(self.layers) {
            let Some(gain) = layer.gain else { continue };
            let post = n.part(state.error, layer.neuron, layer.size);
            let none: &[P::Rate] = &[];
            let thresholds = if self.bias { ones.as_ref() } else { none };
            for (family, start, columns, pre) in [
                (
                    Family::Up,
                    layer.up,
                    layer.below,
                    below(layer, n, state.input, state.rate),
                ),
                (Family::Bias, layer.bias, usize::from(self.bias), thresholds),
            ] {
                let key = Key::new(self.seed, step, family.stream(stream::ROUNDING, k));
                let weights = part_mut(weights, start, layer.size * columns);
                let draw = Draw { rounding, key };
                batch.update(weights, post, gain, pre, draw, observer);
                if let Some(fraction) = self.decay.filter(|_| decay && family == Family::Up) {
                    let key = Key::new(self.seed, step, family.stream(stream::DECAY, k));
                    P::decay(weights, fraction, Draw { rounding, key }, observer);
                }
            }
        }
    }

    fn outputs<'b>(&self, activity: &'b Activity<'_, P>, samples: usize) -> &'b [P::Rate] {
        self.layers.last().map_or(&[], |top| {
            Samples(samples).part(activity.rates, self.input + top.neuron, top.size)
        })
    }
}

impl<P: Precision> Backprop<'_, P> {
    /// `u_k` = `W_k` `r_{k-1}` + `b_k`, `r_k` = phi(`u_k`).
    #[inline(always)]
    fn forward<B: Batch<P>, O: Observe>(
        &self,
        layer: &Layer<P>,
        batch: &B,
        weights: &[P::Weight],
        state: &mut State<'_, P>,
        observer: &mut O,
    ) {
        let n = state.samples;
        let ones = batch.ones(self.one);
        let (start, len) = (layer.neuron, layer.size);
        let thresholds = part(weights, layer.bias, if self.bias { len } else { 0 });
        let soma = n.part_mut(state.soma, start, len);
        // In a loop, so that the product is compiled once.
        let products = [
            (
                part(weights, layer.up, len * layer.below),
                below(layer, n, state.input, state.rate),
                Into::Store,
            ),
            (thresholds, ones.as_ref(), Into::Add),
        ];
        for (w, x, into) in products {
            batch.mat_vec(w, x, soma, into, observer);
        }
        // phi(u) in the place of the slope, which comes later.
        let wide = n.part_mut(state.slope, start, len);
        let rates = n.part_mut(state.rate, start, len);
        batch.fire(&self.phi, soma, wide, rates, observer);
    }

    /// `delta_N` = phi'(`u_N`) (`u_trgt` - `u_N`), `delta_k` = phi'(`u_k`) `W_{k+1}`^T `delta_{k+1}`.
    #[inline(always)]
    fn backward<B: Batch<P>, O: Observe>(
        &self,
        batch: &B,
        weights: &[P::Weight],
        state: &mut State<'_, P>,
        teacher: &[P::Potential],
        observer: &mut O,
    ) {
        for (slope, &u) in state.slope.iter_mut().zip(&*state.soma) {
            *slope = u;
        }
        P::slope(&self.phi, state.slope);
        let n = state.samples;
        let mut above: Option<&Layer<P>> = None;
        for layer in self.layers.iter().rev() {
            let (start, len) = (layer.neuron, layer.size);
            let error = n.part_mut(state.error, start, len);
            if let Some(above) = above {
                let w = part(weights, above.up, above.size * len);
                let x = n.part(state.error_rate, above.neuron, above.size);
                batch.mat_vec_transposed(w, x, error, Into::Store, observer);
                if let Some([_, back]) = self.scale {
                    for error in &mut *error {
                        *error = P::scale(back, *error, observer);
                    }
                }
            } else {
                let soma = n.part(state.soma, start, len);
                for ((error, &target), &u) in error.iter_mut().zip(teacher).zip(soma) {
                    *error = P::sub(target, u, observer);
                }
            }
            let slope = n.part(state.slope, start, len);
            let rates = n.part_mut(state.error_rate, start, len);
            observer.apart(
                #[inline(always)]
                |observer| {
                    for ((error, &slope), rate) in error.iter_mut().zip(slope).zip(rates) {
                        *error = P::multiply(*error, slope, observer);
                        *rate = P::rate(
                            match self.scale {
                                Some([scale, _]) => P::scale(scale, *error, observer),
                                None => *error,
                            },
                            observer,
                        );
                    }
                },
            );
            above = Some(layer);
        }
    }
}

/// The rates below a layer.
#[inline(always)]
fn below<'r, P: Precision>(
    layer: &Layer<P>,
    n: Samples,
    input: &'r [P::Rate],
    rate: &'r [P::Rate],
) -> &'r [P::Rate] {
    match layer.neuron.checked_sub(layer.below) {
        Some(start) => n.part(rate, start, layer.below),
        None => input,
    }
}

fn variable(
    name: &'static str,
    layer: usize,
    storage: Quantity,
    start: usize,
    (rows, columns): (usize, usize),
) -> Variable {
    Variable {
        name,
        layer,
        storage,
        range: start..start + rows * columns,
        columns,
    }
}
