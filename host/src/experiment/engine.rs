//! The loop of an experiment: show a pattern, step and learn, let the recorder look.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use apical_core::microcircuit::Microcircuit;
use apical_core::rule::{Activity, Rule};
use apical_core::{Counters, Precision, Rounding};

use super::Schedule;
use crate::Error;
use crate::config::Config;
use crate::engine::Engine;
use crate::network::{Blueprint, Circuit, Memory, rounding};
use crate::present::{Pattern, advance};
use crate::train;

/// How long before the end of a presentation a recorder begins to look, in milliseconds: averaged
/// over so many steps, noise does not hide a small remainder.
const WINDOW: f64 = 10.0;

/// Who looks at a run.
pub trait Recorder<P: Precision> {
    /// After a step in the last milliseconds of a presentation.
    fn step(&mut self, activity: &Activity<'_, P>);
    /// After a presentation; a break ends the run.
    ///
    /// # Errors
    /// When something cannot be written.
    fn pattern(
        &mut self,
        network: &Microcircuit<'_, P>,
        state: &State<P>,
    ) -> Result<ControlFlow<()>, Error>;
}

/// Where a run is: everything that the next presentation depends on, and what was counted.
#[derive(Debug, Clone)]
pub struct State<P: Precision> {
    /// Weights and activity.
    pub memory: Memory<P>,
    /// Saturations and updates.
    pub counters: Counters,
    /// Presentations that were completed.
    pub patterns: u64,
}

impl<P: Precision> State<P> {
    /// Before the first presentation.
    pub fn new(memory: Memory<P>) -> Self {
        Self {
            memory,
            counters: Counters::default(),
            patterns: 0,
        }
    }
}

/// How many steps a pattern is shown, and in how many of them the recorder looks.
pub fn steps(config: &Config) -> (u32, u32) {
    let steps = config.pattern_steps();
    (steps, config.time.steps_in(WINDOW).clamp(1, steps.max(1)))
}

/// Presents one pattern; `look` sees the last of its [`steps`].
pub(super) fn present<P: Engine>(
    network: &Microcircuit<'_, P>,
    memory: &mut Memory<P>,
    pattern: &Pattern<'_, P>,
    learning: Option<Rounding>,
    (steps, window): (u32, u32),
    look: &mut impl FnMut(&Activity<'_, P>),
    counters: &mut Counters,
) {
    let circuit = &Circuit::from(*network);
    let (weights, mut activity) = memory.parts();
    network.switch(&mut activity);
    let mut go_on = |activity: &mut Activity<'_, P>, steps| {
        advance(
            circuit, weights, activity, pattern, learning, steps, counters,
        );
    };
    go_on(&mut activity, steps - window);
    for _ in 0..window {
        go_on(&mut activity, 1);
        look(&activity);
    }
    let clock = activity.clock;
    memory.clock = clock;
}

/// Goes on from `state` until `config.data.patterns` patterns of `schedule` have been presented,
/// learning all the while. An epoch, after which rates are `learning.decay` times what they were, is from
/// one measure to the next: `data.measure_every` presentations.
///
/// `progress` hears of every completed presentation. `stop` ends the run early, after a
/// presentation, with everything recorded so far.
///
/// # Errors
/// The first saturation in strict mode, and what the recorder meets.
pub fn run<P: Engine, R: Recorder<P>>(
    config: &Config,
    network: &Microcircuit<'_, P>,
    state: &mut State<P>,
    schedule: &mut Schedule<P>,
    recorder: &mut R,
    progress: &dyn Fn(u64),
    stop: &AtomicBool,
) -> Result<(), Error> {
    let (every, all) = (config.data.measure_every, config.data.patterns);
    while state.patterns < all && !stop.load(Ordering::Relaxed) {
        let epoch = state.patterns / every;
        let last = all.min((epoch + 1).saturating_mul(every));
        let factor = config.learning.decay.powf(epoch as f64);
        let blueprint = Blueprint::new(config, config.run.seed).slowed(factor);
        let mut layers = blueprint.layers::<P>();
        let slowed = train::build_microcircuit(config, &blueprint, &mut layers)?;
        while state.patterns < last && !stop.load(Ordering::Relaxed) {
            teach(config, &slowed, state, schedule, recorder)?;
            let flow = recorder.pattern(network, state)?;
            progress(state.patterns);
            if flow.is_break() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Presents the next pattern and learns.
fn teach<P: Engine, R: Recorder<P>>(
    config: &Config,
    network: &Microcircuit<'_, P>,
    state: &mut State<P>,
    schedule: &mut Schedule<P>,
    recorder: &mut R,
) -> Result<(), Error> {
    let (input, teacher) = schedule.show(state.patterns);
    let pattern = Pattern::one(input, teacher);
    present(
        network,
        &mut state.memory,
        &pattern,
        Some(rounding(config.run.rounding)),
        steps(config),
        &mut |activity| recorder.step(activity),
        &mut state.counters,
    );
    let step = state.memory.clock.step;
    let met = Error::saturated(&state.counters, step, 1, state.patterns);
    if let Some(met) = met.filter(|_| config.run.strict) {
        return Err(met);
    }
    state.patterns += 1;
    Ok(())
}
