//! Showing a pattern: the one place where the host steps a network.
//!
//! Everything that steps goes through [`advance`], which is compiled once for each precision and
//! instruction set. It is the hot loop of the program and by far its largest piece of code, so
//! there must not be a second copy.

use crate::batch::Parallel;
use crate::dispatch::dispatch;
use crate::engine::Engine;
use crate::network::Memory;
use crate::task::Task;
use apical_core::microcircuit::Microcircuit;
use apical_core::rule::{Activity, Rule, argmax};
use apical_core::{Counters, Precision, Rounding};

/// What a network is shown.
#[derive(Debug)]
pub struct Pattern<'p, P: Precision> {
    /// Rates of the input.
    pub input: &'p [P::Rate],
    /// Potentials that the output is nudged towards, if it is.
    pub teacher: Option<&'p [P::Potential]>,
}

/// Takes `steps` steps on a pattern, with learning in each of them if a rounding is given, on the
/// widest instruction set of this machine. The bits are the same on all of them.
#[inline(never)]
pub fn advance<P: Precision>(
    network: &Microcircuit<'_, P>,
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
            for _ in 0..steps {
                network.step(weights, activity, pattern.input, pattern.teacher, counters);
                if let Some(rounding) = learning {
                    network.learn(weights, activity, rounding, counters);
                }
            }
        },
    );
}

/// The same for a batch: the patterns of all samples, one after the other.
#[inline(never)]
#[expect(
    clippy::too_many_arguments,
    reason = "what a step takes, and how often"
)]
pub fn advance_batch<P: Engine>(
    network: &Microcircuit<'_, P>,
    batch: &Parallel,
    weights: &mut [P::Weight],
    activity: &mut Activity<'_, P>,
    patterns: &Pattern<'_, P>,
    learning: Option<Rounding>,
    steps: u32,
    counters: &mut Counters,
) {
    dispatch(
        #[inline(always)]
        || {
            let Pattern { input, teacher } = *patterns;
            for _ in 0..steps {
                network.step_batch(batch, weights, activity, input, teacher, counters);
                if let Some(rounding) = learning {
                    network.learn_batch(batch, weights, activity, rounding, counters);
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
}

impl<'t, P: Precision> Patterns<'t, P> {
    /// For batches of so many samples.
    pub fn new(task: &'t Task<P>, batch: usize) -> Self {
        Self {
            task,
            input: Vec::new(),
            teacher: Vec::new(),
            batch,
        }
    }

    /// What these samples show, at most a batch: the last one again where there are fewer.
    pub fn of(&mut self, samples: &[u32], taught: bool) -> Pattern<'_, P> {
        let task = self.task;
        if let ([sample], 1) = (samples, self.batch) {
            return Pattern {
                input: task.input(*sample),
                teacher: taught.then(|| task.teacher(*sample)),
            };
        }
        self.input.clear();
        self.teacher.clear();
        let last = samples.last().copied().unwrap_or(0);
        let all = samples.iter().copied().chain(std::iter::repeat(last));
        for sample in all.take(self.batch) {
            self.input.extend_from_slice(task.input(sample));
            self.teacher.extend_from_slice(task.teacher(sample));
        }
        Pattern {
            input: &self.input,
            teacher: taught.then_some(&self.teacher),
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

/// Steps on the patterns of a batch: one sample as a device does, more of them on all threads.
pub fn show<P: Engine>(
    network: &Microcircuit<'_, P>,
    weights: &mut [P::Weight],
    activity: &mut Activity<'_, P>,
    (patterns, batch): (&Pattern<'_, P>, usize),
    learning: Option<Rounding>,
    steps: u32,
    counters: &mut Counters,
) {
    if batch == 1 {
        advance(
            network, weights, activity, patterns, learning, steps, counters,
        );
    } else {
        let batch = Parallel::new(batch);
        advance_batch(
            network, &batch, weights, activity, patterns, learning, steps, counters,
        );
    }
}

/// One learning step of a memory, on the pattern that begins with it or goes on.
pub fn learn<P: Precision>(
    network: &Microcircuit<'_, P>,
    memory: &mut Memory<P>,
    pattern: &Pattern<'_, P>,
    begins: bool,
    rounding: Rounding,
    counters: &mut Counters,
) {
    let (weights, mut activity) = memory.parts();
    if begins {
        network.switch(&mut activity);
    }
    let learning = Some(rounding);
    advance(
        network,
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
