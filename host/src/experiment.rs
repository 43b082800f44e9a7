//! The paper's experiments in continuous time, as configurations of one loop.
//!
//! * Self-prediction (Fig S1): random weights and inputs, no teacher; interneurons come to predict
//!   the layer above, and the apical dendrites fall silent.
//! * Association (Fig 1): one input and one target; the error appears in the apical dendrites and
//!   the bottom-up weights learn it away.
//! * Regression (Fig 2): from random weights, a network learns what a random teacher makes of
//!   random inputs; beside it, one whose hidden layer does not learn.
//!
//! ```text
//! Config ─ Student, Schedule (what is shown) ─▶ engine::run ─▶ Record ─▶ Outcome ─▶ figures, summary
//! ```

mod course;
mod engine;
mod figures;
mod keep;
mod measure;
mod outcome;
mod place;
mod record;
mod reference;
mod schedule;
mod student;
mod summary;
mod teacher;
mod unseen;
mod weights;
mod write;

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rayon::prelude::*;

pub use course::{Course, LayerCourse, Traces};
pub use engine::{Recorder, State, run, steps};
pub use figures::{Named, Part, parts};
pub use keep::checkpoint_path;
pub use measure::Measures;
pub use outcome::Outcome;
pub use reference::{Check, Reference, references};
pub use schedule::Schedule;
pub use student::{Depth, Student};
pub use summary::{RunSummary, Summary};
pub use teacher::Teacher;
pub use unseen::{Unseen, alignment};
pub use weights::{MatrixTrace, WeightTraces};

use crate::config::{Config, ConfigDocument, ConfigError, Precision};
use crate::run::Existing;
use crate::{Error, with_precision};

/// Which experiment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Fig S1.
    SelfPrediction,
    /// Fig 1.
    Association,
    /// Fig 2.
    Regression,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::SelfPrediction, Self::Association, Self::Regression];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SelfPrediction => "self-prediction",
            Self::Association => "association",
            Self::Regression => "regression",
        }
    }

    /// Its configuration, to lay overrides over.
    ///
    /// # Errors
    /// Never; the text is part of the program, and a test reads it.
    pub fn document(self) -> Result<ConfigDocument, ConfigError> {
        let text = match self {
            Self::SelfPrediction => include_str!("../configs/self-prediction.toml"),
            Self::Association => include_str!("../configs/association.toml"),
            Self::Regression => include_str!("../configs/regression.toml"),
        };
        ConfigDocument::parse(text, &format!("built-in configuration {}", self.name()))
    }
}

/// What to run.
#[derive(Debug, Clone)]
pub struct ExperimentOptions {
    /// The configuration; [`Kind::document`] has the paper's.
    pub config: Config,
    /// The precisions to run side by side; none for that of the configuration.
    pub precisions: Vec<Precision>,
    /// The command that asked for it, for the report; empty for none.
    pub command: String,
    /// What to do with an earlier run in the folder.
    pub existing: Existing,
}

impl ExperimentOptions {
    /// A configuration in its own precision.
    pub fn new(config: Config) -> Self {
        Self {
            config,
            precisions: Vec::new(),
            command: String::new(),
            existing: Existing::Refuse,
        }
    }
}

/// Fig S1: runs it and fills the run folder.
///
/// `progress` hears how many presentations of how many are done. When `stop` is set, the run ends
/// after the presentation, and the folder shows what there is ([`Summary::complete`] is false).
///
/// # Errors
/// When the folder cannot be written, the network cannot be built or begun, or the data do not fit
/// a precision; the first saturation in strict mode.
pub fn self_prediction(
    options: &ExperimentOptions,
    folder: &Path,
    progress: &(dyn Fn(u64, u64) + Sync),
    stop: &AtomicBool,
) -> Result<Summary, Error> {
    perform(Kind::SelfPrediction, options, folder, progress, stop)
}

/// Fig 1: runs it and fills the run folder; see [`self_prediction`].
///
/// # Errors
/// As [`self_prediction`].
pub fn association(
    options: &ExperimentOptions,
    folder: &Path,
    progress: &(dyn Fn(u64, u64) + Sync),
    stop: &AtomicBool,
) -> Result<Summary, Error> {
    perform(Kind::Association, options, folder, progress, stop)
}

/// Any of them; see [`self_prediction`].
///
/// # Errors
/// As [`self_prediction`]; with [`Existing::Resume`], when the folder is of another configuration or
/// its checkpoints cannot be read.
pub fn perform(
    kind: Kind,
    options: &ExperimentOptions,
    folder: &Path,
    progress: &(dyn Fn(u64, u64) + Sync),
    stop: &AtomicBool,
) -> Result<Summary, Error> {
    let mut names = Vec::new();
    for Student { name, config, .. } in Student::all(options) {
        let columns = with_precision!(config.run.precision, P => outcome::columns::<P>(&config))?;
        names.push((name, columns));
    }
    let mut journal = write::begin(options, &write::columns(&names), folder)?;
    let outcomes = observe_in(options, Some(folder), progress, stop)?;
    let summary = Summary::new(kind, options, &outcomes);
    write::finish(kind, options, &outcomes, &summary, &mut journal)?;
    Ok(summary)
}

/// Runs every network, in parallel; nothing is written.
///
/// # Errors
/// The first that any of them meets.
pub fn observe(
    options: &ExperimentOptions,
    progress: &(dyn Fn(u64, u64) + Sync),
    stop: &AtomicBool,
) -> Result<Vec<Outcome>, Error> {
    observe_in(options, None, progress, stop)
}

/// The same, with checkpoints in a folder.
fn observe_in(
    options: &ExperimentOptions,
    folder: Option<&Path>,
    progress: &(dyn Fn(u64, u64) + Sync),
    stop: &AtomicBool,
) -> Result<Vec<Outcome>, Error> {
    let students = Student::all(options);
    let total = options.config.data.patterns * students.len() as u64;
    let done = AtomicU64::new(0);
    let outcomes = students.par_iter().map(|student| {
        let before = AtomicU64::new(0);
        // A resumed network says first how far it had got.
        let hear = |patterns| {
            let new = patterns - before.swap(patterns, Ordering::Relaxed);
            progress(done.fetch_add(new, Ordering::Relaxed) + new, total);
        };
        with_precision!(student.config.run.precision, P => {
            outcome::observe::<P>(student, folder, &hear, stop)
        })
    });
    outcomes.collect()
}
