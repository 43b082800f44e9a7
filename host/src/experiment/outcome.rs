//! One network of an experiment, and all that was seen of it.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use apical_core::Counters;
use apical_core::microcircuit::Microcircuit;
use apical_core::rule::Activity;

use super::engine::{self, State};
use super::keep::Keeper;
use super::record::Record;
use super::{Course, Depth, Measures, Schedule, Student, Unseen, WeightTraces};
use crate::Error;
use crate::config::{Config, Task};
use crate::engine::Engine;
use crate::network::{Blueprint, Memory, weights_of};
use crate::present::Pattern;
use crate::train;
use crate::weights_file::WeightsFile;

/// What one network came to.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// What was run.
    pub student: Student,
    /// Names of the numbers in a row.
    pub columns: Vec<String>,
    /// Presentations at each row.
    pub counts: Vec<u64>,
    /// The first row is of the first pattern before anything was learned; then one for every
    /// `data.measure_every` presentations, and one at the end.
    pub rows: Vec<Vec<f64>>,
    /// The error on unseen patterns of the best answer that does not depend on the input.
    pub constant_error: Option<f64>,
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

    /// A column's mean over the rows of up to `window` presentations that end with number `count`;
    /// `None` when there is no row of that number. Number 0 is the state before learning.
    pub fn mean(&self, name: &str, count: u64, window: u64) -> Option<f64> {
        let values = self.column(name)?;
        let end = self.counts.binary_search(&count).ok()?;
        let after = count.saturating_sub(window.max(1));
        let first = self.counts.partition_point(|&at| at <= after).min(end);
        let values = values.get(first..=end)?;
        Some(values.iter().sum::<f64>() / values.len() as f64)
    }

    /// Whether floats have left the numbers: the last row then says so, and the run ended there.
    pub fn diverged(&self) -> bool {
        let last = self.rows.last().map_or(&[][..], Vec::as_slice);
        last.iter().any(|value| !value.is_finite())
    }

    /// Whether this is the shallow control of another network.
    pub(super) fn is_control_of(&self, other: &Self) -> bool {
        let precision = |outcome: &Self| outcome.student.config.run.precision;
        let depths = (self.student.depth, other.student.depth);
        depths == (Depth::Shallow, Depth::Deep) && precision(self) == precision(other)
    }

    /// The number of the last row.
    pub fn last(&self) -> u64 {
        self.counts.last().copied().unwrap_or(0)
    }
}

/// The names of the numbers that a run will have. Everything that can be wrong with the
/// configuration is found here, before a folder is made.
pub(super) fn columns<P: Engine>(config: &Config) -> Result<Vec<String>, Error> {
    let schedule = Schedule::<P>::new(config, config.run.seed)?;
    let blueprint = Blueprint::new(config, config.run.seed);
    let mut layers = blueprint.layers::<P>();
    let network = train::build_microcircuit(config, &blueprint, &mut layers)?;
    Memory::begin(config, &network.into(), &blueprint)?;
    let measures = Measures::new(&network, 1.0, schedule.target());
    let hidden = config.network.hidden();
    Ok(Record::<P>::columns(&measures, hidden, taught(config)))
}

/// Whether unseen patterns have targets of their own, so that there is something to generalise.
fn taught(config: &Config) -> bool {
    config.data.task == Task::Regression
}

/// Runs a network whose configured precision is `P`; from its checkpoint in `folder`, if there is a
/// folder and it has one.
///
/// # Errors
/// When the network cannot be built or begun, or the data do not fit; the first saturation in
/// strict mode; a checkpoint that cannot be written, or read.
pub(super) fn observe<P: Engine>(
    student: &Student,
    folder: Option<&Path>,
    progress: &dyn Fn(u64),
    stop: &AtomicBool,
) -> Result<Outcome, Error> {
    let config = &student.config;
    let seed = config.run.seed;
    let mut schedule = Schedule::<P>::new(config, seed)?;
    let blueprint = Blueprint::new(config, seed);
    let (mut layers, mut quiet_layers) = (blueprint.layers::<P>(), blueprint.layers::<P>());
    let network = train::build_microcircuit(config, &blueprint, &mut layers)?;
    let quiet = train::build_microcircuit(config, &blueprint.clone().quiet(), &mut quiet_layers)?;
    let initial = Memory::begin(config, &network.into(), &blueprint)?;
    let before = Course::of(config, &mut schedule, &initial.weights)?;

    let conductances = config.conductances();
    let leak = conductances.leak.last().copied().unwrap_or(0.0);
    let attenuation = conductances.basal / (leak + conductances.basal);
    let measures = Measures::new(&network, attenuation, schedule.target());
    let keeper = folder.map(|folder| Keeper::new(folder, &student.name, config));
    let mut unseen = taught(config).then(|| Unseen::new(config, quiet, schedule.clone()));
    let constant_error = unseen.as_mut().map(Unseen::constant);
    let mut record = Record::new(config, measures, unseen, keeper);
    let mut state = State::new(initial);
    if record.resume(&network, &mut state)? {
        progress(state.patterns);
    } else {
        first_look(config, &mut schedule, &network, &state, &mut record)?;
    }
    engine::run(
        config,
        &network,
        &mut state,
        &mut schedule,
        &mut record,
        progress,
        stop,
    )?;
    record.save(&state)?;
    let seconds = record.seconds();
    let after = Course::of(config, &mut schedule, &state.memory.weights)?;
    let hidden = config.network.hidden();
    let columns = Record::<P>::columns(&record.measures, hidden, record.unseen.is_some());
    let (counts, rows) = record.rows.into_iter().unzip();
    Ok(Outcome {
        student: student.clone(),
        columns,
        counts,
        rows,
        constant_error,
        before,
        after,
        traces: record.traces,
        weights: weights_of(&network, &state.memory.weights),
        patterns: state.patterns,
        steps: state.memory.clock.step,
        seconds,
        counters: state.counters,
        digest: state.memory.digest(),
    })
}

/// The first pattern as it is without learning and noise, as the first row.
fn first_look<P: Engine>(
    config: &Config,
    schedule: &mut Schedule<P>,
    network: &Microcircuit<'_, P>,
    state: &State<P>,
    record: &mut Record<'_, P>,
) -> Result<(), Error> {
    let blueprint = Blueprint::new(config, config.run.seed).quiet();
    let mut layers = blueprint.layers::<P>();
    let quiet = train::build_microcircuit(config, &blueprint, &mut layers)?;
    let mut memory = state.memory.clone();
    let (input, teacher) = schedule.show(0);
    let pattern = Pattern::one(input, teacher);
    let none = &mut Counters::default();
    let steps = engine::steps(config);
    let measures = &mut record.measures;
    let look = &mut |activity: &Activity<'_, P>| measures.step(activity);
    engine::present(&quiet, &mut memory, &pattern, None, steps, look, none);
    record.row(network, state);
    record.traces.take(0, network, &state.memory.weights);
    Ok(())
}
