//! The loop of an experiment: show a pattern, step and learn, let the recorder look.

use std::sync::atomic::{AtomicBool, Ordering};

use apical_core::microcircuit::Microcircuit;
use apical_core::rule::{Activity, Rule};
use apical_core::{Counters, Precision, Rounding};

use super::Schedule;
use crate::config::Config;
use crate::network::{Blueprint, Memory, rounding};
use crate::present::{Pattern, advance};
use crate::{Error, train};

/// How long before the end of a presentation a recorder begins to look, in milliseconds: averaged
/// over so many steps, noise does not hide a small remainder.
const WINDOW: f64 = 10.0;

/// Who looks at a run.
pub trait Recorder<P: Precision> {
    /// Before anything has been learned.
    fn begin(&mut self, _network: &Microcircuit<'_, P>, _weights: &[P::Weight]) {}
    /// After a step in the last milliseconds of a presentation.
    fn step(&mut self, activity: &Activity<'_, P>);
    /// After a presentation, with what was counted so far. Presentations are counted from 1.
    fn pattern(
        &mut self,
        count: u64,
        network: &Microcircuit<'_, P>,
        weights: &[P::Weight],
        counters: &Counters,
    );
}

/// What is left after a run.
#[derive(Debug)]
pub struct End<P: Precision> {
    /// Weights and activity.
    pub memory: Memory<P>,
    /// Saturations and updates.
    pub counters: Counters,
    /// Presentations that were completed; fewer than configured if the run was stopped.
    pub patterns: u64,
}

/// How many steps a pattern is shown, and in how many of them the recorder looks.
pub fn steps(config: &Config) -> (u32, u32) {
    let steps = config.pattern_steps();
    (steps, config.time.steps_in(WINDOW).clamp(1, steps.max(1)))
}

/// Presents one pattern; the recorder looks at the last of its [`steps`].
pub(super) fn present<P: Precision, R: Recorder<P>>(
    network: &Microcircuit<'_, P>,
    memory: &mut Memory<P>,
    pattern: &Pattern<'_, P>,
    learning: Option<Rounding>,
    (steps, window): (u32, u32),
    recorder: &mut R,
    counters: &mut Counters,
) {
    let (weights, mut activity) = memory.parts();
    network.switch(&mut activity);
    let mut go_on = |activity: &mut Activity<'_, P>, steps| {
        advance(
            network, weights, activity, pattern, learning, steps, counters,
        );
    };
    go_on(&mut activity, steps - window);
    for _ in 0..window {
        go_on(&mut activity, 1);
        recorder.step(&activity);
    }
    let clock = activity.clock;
    memory.clock = clock;
}

/// Presents `config.data.patterns` patterns of `schedule`, learning all the while.
///
/// `progress` hears of every completed presentation. `stop` ends the run early, after a
/// presentation, with everything recorded so far.
///
/// # Errors
/// When the network cannot be built; the first saturation in strict mode.
pub fn run<P: Precision, R: Recorder<P>>(
    config: &Config,
    schedule: &mut Schedule<P>,
    recorder: &mut R,
    progress: &dyn Fn(u64),
    stop: &AtomicBool,
) -> Result<End<P>, Error> {
    let blueprint = Blueprint::new(config, config.run.seed);
    let mut layers = blueprint.layers::<P>();
    let network = train::build(config, &blueprint, &mut layers)?;
    let mut memory = Memory::begin(config, &network, &blueprint)?;
    let rounding = rounding(config.run.rounding);
    let steps = steps(config);
    let mut counters = Counters::default();
    recorder.begin(&network, &memory.weights);
    let mut patterns = 0;
    while patterns < config.data.patterns && !stop.load(Ordering::Relaxed) {
        let (input, teacher) = schedule.show(patterns);
        let pattern = Pattern { input, teacher };
        let learning = Some(rounding);
        present(
            &network,
            &mut memory,
            &pattern,
            learning,
            steps,
            recorder,
            &mut counters,
        );
        if config.run.strict
            && let Some(quantity) = counters.first_saturated()
        {
            let (step, sample) = (memory.clock.step, patterns as usize);
            return Err(Error::Saturation {
                quantity,
                step,
                epoch: 1,
                sample,
            });
        }
        patterns += 1;
        recorder.pattern(patterns, &network, &memory.weights, &counters);
        progress(patterns);
    }
    Ok(End {
        memory,
        counters,
        patterns,
    })
}
