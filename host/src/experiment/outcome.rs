//! One run of an experiment in one precision, and all that was seen of it.

use std::sync::atomic::AtomicBool;
use std::time::Instant;

use apical_core::microcircuit::Microcircuit;
use apical_core::rule::Activity;
use apical_core::{Counters, Precision};

use super::engine::{self, Recorder};
use super::{Course, Measures, Schedule, WeightTraces};
use crate::Error;
use crate::config::{self, Config};
use crate::network::{Blueprint, Memory, weights_of};
use crate::present::Pattern;
use crate::train;
use crate::weights_file::WeightsFile;

/// What one precision came to.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The precision.
    pub precision: config::Precision,
    /// Names of the numbers in a row.
    pub columns: Vec<String>,
    /// The first row is of the first pattern before anything was learned; then one a presentation.
    pub rows: Vec<Vec<f64>>,
    /// Potentials of a network that has not learned.
    pub before: Course,
    /// Potentials of the network at the end.
    pub after: Course,
    /// Weights during the run.
    pub traces: WeightTraces,
    /// Weights at the end.
    pub weights: WeightsFile,
    /// Completed presentations.
    pub patterns: u64,
    /// Steps of the network.
    pub steps: u64,
    /// Seconds of the run itself, without the courses.
    pub seconds: f64,
    /// Saturations and updates.
    pub counters: Counters,
    /// Digest of weights, activity and clock at the end.
    pub digest: u64,
}

impl Outcome {
    /// The numbers of one column, from before the first presentation to after the last.
    pub fn column(&self, name: &str) -> Option<Vec<f64>> {
        let at = self.columns.iter().position(|column| column == name)?;
        Some(
            self.rows
                .iter()
                .map(|row| row.get(at).copied().unwrap_or(f64::NAN))
                .collect(),
        )
    }

    /// A column's mean over up to `window` presentations that end with number `count`; `None` when
    /// the run is shorter. Number 0 is the state before learning.
    pub fn mean(&self, name: &str, count: u64, window: u64) -> Option<f64> {
        let values = self.column(name)?;
        let end = count as usize;
        let begin = end
            .saturating_sub(window.max(1) as usize - 1)
            .max(usize::from(end > 0));
        let values = values.get(begin..=end)?;
        Some(values.iter().sum::<f64>() / values.len() as f64)
    }
}

/// Measures and weights, recorded together.
struct Both {
    measures: Measures,
    traces: WeightTraces,
}

impl<P: Precision> Recorder<P> for Both {
    fn begin(&mut self, network: &Microcircuit<'_, P>, weights: &[P::Weight]) {
        self.traces.take(0, network, weights);
    }

    #[inline(always)]
    fn step(&mut self, activity: &Activity<'_, P>) {
        Recorder::<P>::step(&mut self.measures, activity);
    }

    fn pattern(
        &mut self,
        count: u64,
        network: &Microcircuit<'_, P>,
        weights: &[P::Weight],
        counters: &Counters,
    ) {
        self.measures.pattern(count, network, weights, counters);
        self.traces.take(count, network, weights);
    }
}

/// The names of the numbers that a run will have. Everything that can be wrong with the
/// configuration is found here, before a folder is made.
pub(super) fn columns<P: Precision>(config: &Config) -> Result<Vec<String>, Error> {
    let schedule = Schedule::<P>::new(config, config.run.seed)?;
    let blueprint = Blueprint::new(config, config.run.seed);
    let mut layers = blueprint.layers::<P>();
    let network = train::build(config, &blueprint, &mut layers)?;
    Memory::begin(config, &network, &blueprint)?;
    Ok(Measures::new(&network, 1.0, schedule.target()).columns())
}

/// Runs the experiment of a configuration in `P`, which must be the configured precision.
///
/// # Errors
/// When the network cannot be built or begun, or the data do not fit; the first saturation in
/// strict mode.
pub(super) fn observe<P: Precision>(
    config: &Config,
    progress: &dyn Fn(u64),
    stop: &AtomicBool,
) -> Result<Outcome, Error> {
    let seed = config.run.seed;
    let mut schedule = Schedule::<P>::new(config, seed)?;
    let blueprint = Blueprint::new(config, seed);
    let mut layers = blueprint.layers::<P>();
    let network = train::build(config, &blueprint, &mut layers)?;
    let initial = Memory::begin(config, &network, &blueprint)?;
    let before = Course::of(config, &mut schedule, &initial.weights)?;

    let conductances = config.conductances();
    let leak = conductances.leak.last().copied().unwrap_or(0.0);
    let attenuation = conductances.basal / (leak + conductances.basal);
    let mut measures = Measures::new(&network, attenuation, schedule.target());
    first_look(config, &mut schedule, &initial, &mut measures)?;
    let traces = WeightTraces::new(config.data.patterns, seed);
    let mut both = Both { measures, traces };
    let start = Instant::now();
    let mut end = engine::run(config, &mut schedule, &mut both, progress, stop)?;
    let seconds = start.elapsed().as_secs_f64();
    let after = Course::of(config, &mut schedule, &end.memory.weights)?;
    Ok(Outcome {
        precision: config.run.precision,
        columns: both.measures.columns(),
        rows: both.measures.rows,
        before,
        after,
        traces: both.traces,
        weights: weights_of(&network, &end.memory.weights),
        patterns: end.patterns,
        steps: end.memory.clock.step,
        seconds,
        counters: end.counters,
        digest: end.memory.digest(),
    })
}

/// The first pattern as it is without learning and noise, as the first row.
fn first_look<P: Precision>(
    config: &Config,
    schedule: &mut Schedule<P>,
    initial: &Memory<P>,
    measures: &mut Measures,
) -> Result<(), Error> {
    let blueprint = Blueprint::new(config, config.run.seed).quiet();
    let mut layers = blueprint.layers::<P>();
    let network = train::build(config, &blueprint, &mut layers)?;
    let mut memory = initial.clone();
    let (input, teacher) = schedule.show(0);
    let pattern = Pattern { input, teacher };
    let none = &mut Counters::default();
    let steps = engine::steps(config);
    engine::present(&network, &mut memory, &pattern, None, steps, measures, none);
    Recorder::<P>::pattern(
        measures,
        0,
        &network,
        &initial.weights,
        &Counters::default(),
    );
    Ok(())
}
