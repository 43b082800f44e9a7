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
mod measure;
mod outcome;
mod schedule;
mod weights;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rayon::prelude::*;

pub use course::{Course, LayerCourse, Traces};
pub use engine::{End, Recorder, run, steps};
pub use measure::Measures;
pub use outcome::Outcome;
pub use schedule::Schedule;
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
        Self { config, precisions: Vec::new(), command: String::new(), force: false }
    }

    /// The configuration of each precision.
    fn configs(&self) -> Vec<Config> {
        let own = [self.config.run.precision];
        let mut precisions: Vec<Precision> = Vec::new();
        let asked = if self.precisions.is_empty() { &own[..] } else { &self.precisions };
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
