//! What is counted of a precision: one text for the image and for the host, which takes the same
//! course (`tests/src/xtask/bench_mcu/course.rs` includes this file) and knows the results.

use apical_app::digits::{self, Digits};
use apical_app::{Memory, Trainer};
use apical_core::backprop::{self, Backprop, Description};
use apical_core::digest::Digest;
use apical_core::kernel::Into;
use apical_core::microcircuit::{Layer, Microcircuit};
use apical_core::precision::Draw;
use apical_core::random::{Key, stream};
use apical_core::rule::{Activity, Clock, Rule, digest};
use apical_core::{Activation, Number, Precision, Rounding, Silent};
use core::hint::black_box;

/// Steps of training before the first one that is counted: weights and errors as they are in use.
const BEFORE: usize = 100;
/// Steps that are counted.
const COUNTED: usize = 10;

/// Looks on: counts what is done, and hears what came out.
pub trait Watch {
    /// Does the work, once, and adds its length to what is told next.
    fn count(&mut self, work: impl FnOnce());
    /// What was counted since the last time: its name, size and number, and the digest of the
    /// result.
    fn tell(&mut self, name: &str, size: usize, times: usize, digest: u64);
}

/// Words for the largest square and its vectors.
#[derive(Debug)]
pub struct Room<'a, P: Precision> {
    /// As many as the square of the side.
    pub weights: &'a mut [P::Weight],
    /// Inputs, one side.
    pub rates: &'a mut [P::Rate],
    /// Outputs, one side.
    pub potentials: &'a mut [P::Potential],
}

/// Words between plus and minus `size`.
fn fill<T: Number>(words: &mut [T], size: f64, step: u64) {
    let key = Key::new(1, step, stream::DATA);
    for (word, i) in words.iter_mut().zip(0..) {
        *word = T::from_f64((2.0 * key.uniform(i) - 1.0) * size);
    }
}

fn digest_of<T: Number>(words: &[T]) -> u64 {
    let mut digest = Digest::default();
    digest.words(words);
    digest.finish()
}

// Functions of their own, and what they are called with is kept from the compiler: no caller's
// constants reach them.

#[inline(never)]
fn mat_vec<P: Precision>(w: &[P::Weight], x: &[P::Rate], y: &mut [P::Potential]) {
    P::mat_vec(w, x, y, Into::Store, &mut Silent);
}

#[inline(never)]
fn transposed<P: Precision>(w: &[P::Weight], x: &[P::Rate], y: &mut [P::Potential]) {
    P::mat_vec_transposed(w, x, y, Into::Store, &mut Silent);
}

#[inline(never)]
fn rank_one<P: Precision>(
    w: &mut [P::Weight],
    post: &[P::Potential],
    gain: P::Gain,
    pre: &[P::Rate],
    key: Key,
) {
    let rounding = Rounding::Stochastic;
    P::rank_one(w, post, gain, pre, Draw { rounding, key }, &mut Silent);
}

#[inline(never)]
fn step<P: Precision>(
    rule: &impl Rule<P>,
    weights: &mut [P::Weight],
    activity: &mut Activity<'_, P>,
    input: &[P::Rate],
    teacher: &[P::Potential],
) {
    rule.step(weights, activity, input, Some(teacher), &mut Silent);
    rule.learn(weights, activity, Rounding::Stochastic, &mut Silent);
}

/// Learning steps on the digits, of which the last are counted; nobody looks at saturations.
fn learn<P: Precision>(
    rule: &impl Rule<P>,
    memory: &mut Memory<'_, P>,
    (name, watch): (&str, &mut impl Watch),
) -> Option<()> {
    let task = Digits::<P>::new();
    let need = rule.storage();
    let weights = memory.weights.get_mut(..need.weights)?;
    let mut activity = Activity {
        potentials: memory.potentials.get_mut(..need.potentials)?,
        rates: memory.rates.get_mut(..need.rates)?,
        traces: &mut [],
        clock: Clock::default(),
    };
    for number in 0..BEFORE + COUNTED {
        let digit = digits::train(number)?;
        let (input, teacher) = (task.input(digit), task.teacher(digit.class()));
        rule.switch(&mut activity);
        let mut learn = || step(rule, weights, &mut activity, &input, &teacher);
        if number < BEFORE {
            learn();
        } else {
            watch.count(learn);
        }
    }
    watch.tell(name, 0, COUNTED, digest::<P>(weights, &activity));
    Some(())
}

/// The three kernels on a square of weights.
pub fn kernels<P: Precision>(
    room: &mut Room<'_, P>,
    side: usize,
    watch: &mut impl Watch,
) -> Option<()> {
    let side = black_box(side);
    let w = room.weights.get_mut(..side * side)?;
    let x = room.rates.get_mut(..side)?;
    let y = room.potentials.get_mut(..side)?;
    fill(w, 0.5, 1);
    fill(x, 1.0, 2);

    watch.count(|| mat_vec::<P>(w, x, y));
    watch.tell("mat-vec", side, 1, digest_of(y));
    watch.count(|| transposed::<P>(w, x, y));
    watch.tell("transposed", side, 1, digest_of(y));

    fill(y, 0.5, 3);
    let (gain, key) = black_box((P::gain(0.1)?, Key::new(1, 4, stream::ROUNDING)));
    watch.count(|| rank_one::<P>(w, y, gain, x, key));
    watch.tell("rank-one", side, 1, digest_of(w));
    Some(())
}

/// Learning steps of 64-32-10: backpropagation's, the microcircuit's, and the microcircuit's with the
/// counters of a [`Trainer`].
pub fn training<P: Precision>(mut memory: Memory<'_, P>, watch: &mut impl Watch) -> Option<()> {
    let description = black_box(Description {
        sizes: &digits::SIZES,
        rates: &[0.1, 0.1],
        activation: Activation::Logistic,
        bias: true,
        error_scale: 1.0,
        weight_decay: 0.0,
        seed: 1,
    });
    let mut layers = digits::LAYERS.map(|_| backprop::Layer::<P>::default());
    let control = Backprop::new(&description, &mut layers).ok()?;
    let weights = memory.weights.get_mut(..control.storage().weights)?;
    control.initialise(weights, &digits::initial(1));
    learn(&control, &mut memory, ("backprop", watch))?;

    let specification = digits::SPECIFICATION;
    let initial = digits::initial(specification.seed);
    let mut layers = digits::LAYERS.map(|_| Layer::<P>::default());
    let network = Microcircuit::new(&specification, &mut layers).ok()?;
    network.initialise(memory.weights, &initial);
    memory.potentials.fill(P::Potential::ZERO);
    memory.rates.fill(P::Rate::ZERO);
    learn(&network, &mut memory, ("training", watch))?;

    let task = Digits::<P>::new();
    let mut trainer = Trainer::new(&specification, &mut layers, memory).ok()?;
    trainer.begin(&initial);
    for number in 0..BEFORE + COUNTED {
        let digit = digits::train(number)?;
        let (input, teacher) = (task.input(digit), task.teacher(digit.class()));
        trainer.switch();
        let mut learn = || trainer.learn(&input, Some(&teacher));
        if number < BEFORE {
            learn();
        } else {
            watch.count(learn);
        }
    }
    watch.tell("training, counters on", 0, COUNTED, trainer.digest());
    Some(())
}
