//! The paper's two small experiments, as configurations of one loop.
//!
//! * Self-prediction (Fig S1): random weights and inputs, no teacher; interneurons come to predict
//!   the layer above, and the apical dendrites fall silent.
//! * Association (Fig 1): one input and one target; the error appears in the apical dendrites and
//!   the bottom-up weights learn it away.
//!
//! ```text
//! Config ─ Schedule (what is shown) ─▶ engine::run ─▶ Recorder ─▶ Outcome ─▶ figures, summary
//! ```

mod course;
mod engine;
mod figures;
mod measure;
mod outcome;
mod reference;
mod schedule;
mod summary;
mod weights;
mod write;

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rayon::prelude::*;

pub use course::{Course, LayerCourse, Traces};
pub use engine::{End, Recorder, run, steps};
pub use figures::{Named, Part, parts};
pub use measure::Measures;
pub use outcome::Outcome;
pub use reference::{Check, Reference, references};
pub use schedule::Schedule;
pub use summary::{RunSummary, Summary};
pub use weights::{MatrixTrace, WeightTraces};

use crate::config::{Config, ConfigDocument, ConfigError, Precision};
use crate::{Error, with_precision};

/// Which experiment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Fig S1.
    SelfPrediction,
    /// Fig 1.
    Association,
}

impl Kind {
    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SelfPrediction => "self-prediction",
            Self::Association => "association",
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
    /// Whether the files of an earlier run in the folder are replaced.
    pub force: bool,
}

impl ExperimentOptions {
    /// A configuration in its own precision.
    pub fn new(config: Config) -> Self {
        Self {
            config,
            precisions: Vec::new(),
            command: String::new(),
            force: false,
        }
    }

    /// The configuration of each precision.
    fn configs(&self) -> Vec<Config> {
        let own = [self.config.run.precision];
        let mut precisions: Vec<Precision> = Vec::new();
        let asked = if self.precisions.is_empty() {
            &own[..]
        } else {
            &self.precisions
        };
        for precision in asked {
            if !precisions.contains(precision) {
                precisions.push(*precision);
            }
        }
        let with = |precision| {
            let mut config = self.config.clone();
            config.run.precision = precision;
            config
        };
        precisions.into_iter().map(with).collect()
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

/// Either of them.
///
/// # Errors
/// As [`self_prediction`].
pub fn perform(
    kind: Kind,
    options: &ExperimentOptions,
    folder: &Path,
    progress: &(dyn Fn(u64, u64) + Sync),
    stop: &AtomicBool,
) -> Result<Summary, Error> {
    let mut names = Vec::new();
    for config in options.configs() {
        let columns = with_precision!(config.run.precision, P => outcome::columns::<P>(&config))?;
        names.push((config.run.precision.to_string(), columns));
    }
    let mut journal = write::begin(options, &write::columns(&names), folder)?;
    let outcomes = observe(options, progress, stop)?;
    let summary = Summary::new(kind, options, &outcomes);
    write::finish(kind, options, &outcomes, &summary, &mut journal)?;
    Ok(summary)
}

/// Runs every precision, in parallel; nothing is written.
///
/// # Errors
/// The first that any of them meets.
pub fn observe(
    options: &ExperimentOptions,
    progress: &(dyn Fn(u64, u64) + Sync),
    stop: &AtomicBool,
) -> Result<Vec<Outcome>, Error> {
    let configs = options.configs();
    let total = options.config.data.patterns * configs.len() as u64;
    let done = AtomicU64::new(0);
    let hear = |_| progress(done.fetch_add(1, Ordering::Relaxed) + 1, total);
    let outcomes = configs.par_iter().map(
        |config| with_precision!(config.run.precision, P => outcome::observe::<P>(config, &hear, stop)),
    );
    outcomes.collect()
}
