//! The configuration of a run: a TOML file, every key of it optional.
//!
//! A file becomes a [`ConfigDocument`], which remembers where each key stands and
//! takes overrides from the command line; [`ConfigDocument::resolve`] turns it into
//! a [`Config`] that has been checked as a whole. [`Config::to_toml`] writes the
//! resolved form, every key present, and reading that back gives the same `Config`.
//!
//! ```
//! use apical::config::{Config, ConfigDocument};
//!
//! let mut document = ConfigDocument::parse("[network]\nlayers = [64, 30, 10]", "small.toml")?;
//! document.apply_override("learning.up=0.05")?;
//! let config = document.resolve()?;
//! assert_eq!(config.network.layers, [64, 30, 10]);
//! assert_eq!(config.run, Config::default().run);
//! # Ok::<(), apical::config::ConfigError>(())
//! ```

mod alignment;
mod choice;
mod coupling;
mod data;
mod decode;
mod document;
mod error;
mod label_column;
mod learning;
mod network;
mod per_layer;
mod run;
mod time;
mod validation;

use std::path::Path;

use serde::{Deserialize, Serialize};

pub use alignment::Alignment;
pub use coupling::{Conductances, Coupling, LayerConductances, Mixing, Teacher};
pub use data::{Data, Scale, Targets, Task, TeacherNetwork};
pub use document::ConfigDocument;
pub use error::ConfigError;
pub use label_column::LabelColumn;
pub use learning::Learning;
pub use network::{
    Activation, ActivationKind, Attenuation, Feedback, Initial, Interneurons, Mode, Network, Rule,
};
pub use per_layer::PerLayer;
pub use run::{Precision, Rounding, Run, WeightsFormat};
pub use time::{Noise, NoiseConvention, Time};
pub use validation::Validation;

use error::Fault;

/// What a file that is part of the program begins with.
pub const BUILT_IN: &str = "built-in:";

/// The weights of the golden configuration among such files.
pub const GOLDEN: &str = "golden";

/// Everything a training run needs to know, checked as a whole.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(into = "Sections")]
pub struct Config {
    /// Name, seeds, precision, length of the run.
    pub run: Run,
    /// What is learned.
    pub data: Data,
    /// Layers, activation, and how weights begin.
    pub network: Network,
    /// How strongly the compartments are coupled: `[conductances]` or `[mixing]`.
    pub coupling: Coupling,
    /// Learning rates.
    pub learning: Learning,
    /// Time step and presentation.
    pub time: Time,
    /// Noise on the potentials.
    pub noise: Noise,
    /// Noise that top-down weights are aligned by.
    pub alignment: Alignment,
}

impl Config {
    /// Reads `path` (or takes the defaults), applies `overrides` in order, and checks.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or is not TOML, when a key or a value is not
    /// accepted, or when the values contradict each other.
    pub fn load<S: AsRef<str>>(path: Option<&Path>, overrides: &[S]) -> Result<Self, ConfigError> {
        let mut document = match path {
            Some(path) => ConfigDocument::read(path)?,
            None => ConfigDocument::default(),
        };
        for assignment in overrides {
            document.apply_override(assignment.as_ref())?;
        }
        document.resolve()
    }

    /// The resolved form as TOML, with every key.
    ///
    /// # Errors
    ///
    /// When a value has no TOML form; a checked configuration always has one.
    pub fn to_toml(&self) -> Result<String, ConfigError> {
        toml::to_string(self).map_err(|error| ConfigError::write(&error))
    }

    /// The conductances of every layer, whichever section they were given in.
    pub fn conductances(&self) -> LayerConductances {
        self.coupling.per_layer(self.network.hidden())
    }

    /// Steps that a pattern is shown.
    pub fn pattern_steps(&self) -> u32 {
        match self.network.mode {
            Mode::TwoStep => 1,
            Mode::Full => self.time.steps(),
        }
    }

    /// Checks the values against their ranges and against each other.
    ///
    /// [`ConfigDocument::resolve`] does this already; it is for a `Config` that was
    /// put together or changed in code.
    ///
    /// # Errors
    ///
    /// The first value that is not accepted.
    pub fn validate(&self) -> Result<(), ConfigError> {
        self.check()
            .map_err(|fault| fault.at("configuration", None))
    }

    fn check(&self) -> Result<(), Fault> {
        self.run.check()?;
        self.network.check()?;
        self.data.check(&self.network)?;
        self.coupling.check(self.network.hidden())?;
        self.learning.check(&self.network)?;
        self.time.check()?;
        self.noise.check()?;
        let Network { feedback, mode, .. } = self.network;
        self.alignment.check(feedback, mode, &self.time)?;
        self.check_together()
    }

    /// What no section can see alone.
    fn check_together(&self) -> Result<(), Fault> {
        let (learning, time, rule) = (&self.learning, &self.time, self.network.rule);
        error::require(
            rule == Rule::Microcircuit || self.noise.sigma == 0.0,
            "noise.sigma",
            &self.noise.sigma,
            || format!("0 with network.rule = \"{rule}\""),
        )?;
        if self.network.mode == Mode::TwoStep {
            return Ok(());
        }
        error::require(
            learning.learning_lag < time.presentation,
            "learning.learning_lag",
            &learning.learning_lag,
            || format!("less than time.presentation ({} ms)", time.presentation),
        )?;
        error::require(
            learning.tau_w == 0.0 || learning.tau_w >= time.dt,
            "learning.tau_w",
            &learning.tau_w,
            || format!("0 (off) or at least time.dt ({} ms)", time.dt),
        )?;
        // u += dt (drive - g u) alternates and grows once dt g exceeds 2.
        let total = self.conductances().largest_total();
        error::require(time.dt * total < 2.0, "time.dt", &time.dt, || {
            format!(
                "less than 2 / {total}, the largest sum of conductances on one compartment: \
                 explicit Euler diverges beyond it"
            )
        })
    }
}

/// The commented file that `apical init` writes; it means exactly the defaults.
pub fn template() -> String {
    include_str!("config/template.toml").to_owned()
}

/// The sections as they stand in a file.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Sections {
    run: Run,
    data: Data,
    network: Network,
    #[serde(skip_serializing_if = "Option::is_none")]
    conductances: Option<Conductances>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mixing: Option<Mixing>,
    learning: Learning,
    time: Time,
    noise: Noise,
    alignment: Alignment,
}

impl From<Config> for Sections {
    fn from(config: Config) -> Self {
        let (conductances, mixing) = match config.coupling {
            Coupling::Conductances(conductances) => (Some(conductances), None),
            Coupling::Mixing(mixing) => (None, Some(mixing)),
        };
        Self {
            run: config.run,
            data: config.data,
            network: config.network,
            conductances,
            mixing,
            learning: config.learning,
            time: config.time,
            noise: config.noise,
            alignment: config.alignment,
        }
    }
}

impl Sections {
    fn into_config(self) -> Result<Config, Fault> {
        let coupling = match (self.conductances, self.mixing) {
            (Some(_), Some(_)) => {
                return Err(Fault::value(
                    "mixing",
                    "both [conductances] and [mixing]",
                    "one of the two sections: each of them sets all conductances",
                ));
            }
            (Some(conductances), None) => Coupling::Conductances(conductances),
            (None, Some(mixing)) => Coupling::Mixing(mixing),
            (None, None) => Coupling::default(),
        };
        Ok(Config {
            run: self.run,
            data: self.data,
            network: self.network,
            coupling,
            learning: self.learning,
            time: self.time,
            noise: self.noise,
            alignment: self.alignment,
        })
    }
}

#[cfg(test)]
mod tests;
