//! Showing a pattern: the one place where the host steps a network.
//!
//! Everything that steps goes through [`advance`], which is compiled once for each precision and
//! instruction set. It is the hot loop of the program and by far its largest piece of code, so
//! there must not be a second copy.

use crate::batch::Parallel;
use crate::dispatch::dispatch;
use crate::network::Memory;
use apical_core::microcircuit::Microcircuit;
use apical_core::rule::{Activity, Rule};
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
pub fn advance_batch<P: Precision>(
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
