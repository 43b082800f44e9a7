//! Showing a pattern: the one place where the host steps a network.
//!
//! Everything that steps goes through [`advance`], which [`Engine`] compiles in this crate, once for
//! each precision and instruction set. It is the hot loop of the program and by far its largest
//! piece of code, so there must not be a second copy.

use crate::augmentation::Augmentation;
use crate::batch::Parallel;
use crate::dispatch::dispatch;
use crate::engine::Engine;
use crate::network::{Circuit, Memory};
use crate::swap_noise::SwapNoise;
use crate::task::Task;
use apical_core::rule::{Activity, Rule, argmax};
use apical_core::{Batch, Counters, One, Precision, Rounding};

/// What a network is shown.
#[derive(Debug)]
pub struct Pattern<'p, P: Precision> {
    /// Rates of the input, sample by sample.
    pub input: &'p [P::Rate],
    /// Potentials that the output is nudged towards, if it is.
    pub teacher: Option<&'p [P::Potential]>,
    /// How many samples they are, which the activity has room for.
    pub samples: usize,
}

impl<'p, P: Precision> Pattern<'p, P> {
    /// One sample.
    pub fn one(input: &'p [P::Rate], teacher: Option<&'p [P::Potential]>) -> Self {
        Self {
            input,
            teacher,
            samples: 1,
        }
    }
}

/// Takes `steps` steps on a pattern, with learning in each of them if a rounding is given, on the
/// widest instruction set of this machine: one sample as a device does, more of them on all
/// threads. The bits are the same on all of them.
pub fn advance<P: Engine>(
    circuit: &Circuit<'_, P>,
    weights: &mut [P::Weight],
    activity: &mut Activity<'_, P>,
    pattern: &Pattern<'_, P>,
    learning: Option<Rounding>,
    steps: u32,
    counters: &mut Counters,
) {
    P::advance(
        circuit, weights, activity, pattern, learning, steps, counters,
    );
}

/// [`advance`], for [`Engine`] to compile.
#[inline(always)]
pub(crate) fn advance_here<P: Engine>(
    circuit: &Circuit<'_, P>,
    weights: &mut [P::Weight],
    activity: &mut Activity<'_, P>,
    pattern: &Pattern<'_, P>,
    learning: Option<Rounding>,
    steps: u32,
    counters: &mut Counters,
) {
    match circuit {
        Circuit::Microcircuit(network) if pattern.samples == 1 => {
            advance_on(
                &One, network, weights, activity, pattern, learning, steps, counters,
            );
        }
        // Several samples, or the control, which is not worth a copy of its own for one.
        _ => {
            let batch = &Parallel::new(pattern.samples);
            advance_on(
                batch, circuit, weights, activity, pattern, learning, steps, counters,
            );
        }
    }
}

#[inline(always)]
#[expect(
    clippy::too_many_arguments,
    reason = "what a step takes, and how often"
)]
fn advance_on<P: Precision, R: Rule<P>, B: Batch<P>>(
    batch: &B,
    rule: &R,
    weights: &mut [P::Weight],
    activity: &mut Activity<'_, P>,
    pattern: &Pattern<'_, P>,
    learning: Option<Rounding>,
    steps: u32,
    counters: &mut Counters,
) {
    dispatch(
        #[inline(always)]
        || {
            let Pattern { input, teacher, .. } = *pattern;
            for _ in 0..steps {
                rule.step_batch(batch, weights, activity, input, teacher, counters);
                if let Some(rounding) = learning {
                    rule.learn_batch(batch, weights, activity, rounding, counters);
                }
            }
        },
    );
}

/// The patterns of a batch, one after the other; of one sample where they are.
#[derive(Debug)]
pub struct Patterns<'t, P: Precision> {
    task: &'t Task<P>,
    input: Vec<P::Rate>,
    teacher: Vec<P::Potential>,
    batch: usize,
    augmentation: Option<Augmentation>,
    noise: Option<SwapNoise<'t>>,
}

impl<'t, P: Precision> Patterns<'t, P> {
    /// For batches of so many samples, as they are.
    pub fn new(task: &'t Task<P>, batch: usize) -> Self {
        Self {
            task,
            input: Vec::new(),
            teacher: Vec::new(),
            batch,
            augmentation: None,
            noise: None,
        }
    }

    /// The same samples, moved and with noise where that is asked for.
    #[must_use]
    pub fn varied(self, augmentation: Option<Augmentation>, noise: Option<SwapNoise<'t>>) -> Self {
        Self {
            augmentation,
            noise,
            ..self
        }
    }

    /// What these samples show, at most a batch: the last one again where there are fewer.
    pub fn of(&mut self, samples: &[u32], taught: bool) -> Pattern<'_, P> {
        let task = self.task;
        self.input.clear();
        self.teacher.clear();
        let last = samples.last().copied().unwrap_or(0);
        let all = samples.iter().copied().chain(std::iter::repeat(last));
        for sample in all.take(self.batch) {
            let start = self.input.len();
            match self.augmentation {
                Some(moved) => task.append_from(sample, moved.sources(sample), &mut self.input),
                None => task.append(sample, &mut self.input),
            }
            if let (Some(noise), Some(input)) = (self.noise, self.input.get_mut(start..)) {
                noise.apply(task, sample, input);
            }
            self.teacher.extend_from_slice(task.teacher(sample));
        }
        Pattern {
            input: &self.input,
            teacher: taught.then_some(&self.teacher),
            samples: self.batch,
        }
    }
}

/// How many of these samples are classified right by the outputs of their batch.
pub fn right_of<P: Precision>(task: &Task<P>, samples: &[u32], outputs: &[P::Rate]) -> usize {
    let rates = outputs.chunks(task.classes().max(1));
    let pairs = samples.iter().zip(rates);
    pairs
        .filter(|(sample, rates)| argmax(rates) == task.label(**sample))
        .count()
}

/// One learning step of a memory, on the pattern that begins with it or goes on.
pub fn learn<P: Engine>(
    circuit: &Circuit<'_, P>,
    memory: &mut Memory<P>,
    pattern: &Pattern<'_, P>,
    begins: bool,
    rounding: Rounding,
    counters: &mut Counters,
) {
    let (weights, mut activity) = memory.parts();
    if begins {
        circuit.switch(&mut activity);
    }
    let learning = Some(rounding);
    advance(
        circuit,
        weights,
        &mut activity,
        pattern,
        learning,
        1,
        counters,
    );
    let clock = activity.clock;
    memory.clock = clock;
}
