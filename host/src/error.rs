//! Everything that can go wrong, as one line that names the place and what is accepted.

use crate::config::ConfigError;
use crate::data::DataError;
use crate::device::DeviceError;
use crate::journal::JournalError;
use crate::weights_file::WeightsError;
use apical_core::record::Quantity;
use apical_core::{BuildError, Counters};
use std::path::{Path, PathBuf};

/// An error of the program. [`Error::exit_code`] says what kind.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A data set.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A run folder.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A weights file.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// A board, or the way to it.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// A network that cannot be built in this precision.
    #[error("cannot build the network in {precision}: {source}")]
    Build {
        /// The precision.
        precision: String,
        /// Why.
        source: BuildError,
    },
    /// A number that the precision's format cannot hold.
    #[error("{what} = {value} does not fit {precision}, whose range is -{largest} to {largest}")]
    DoesNotFit {
        /// What the number is.
        what: String,
        /// The number.
        value: f64,
        /// The precision.
        precision: String,
        /// The end of the range.
        largest: f64,
    },
    /// A value of a configuration file that the network or the precision does not take.
    #[error("{}: {source}", path.display())]
    InFile {
        /// The file.
        path: PathBuf,
        /// What it does not take.
        source: Box<Self>,
    },
    /// The data and the network do not fit.
    #[error("{0}")]
    Mismatch(String),
    /// Strict mode met its first saturation.
    #[error(
        "saturation in strict mode: a {quantity:?} met the end of its range at step {step} \
         (epoch {epoch}, sample {sample}); a wider format or run.strict = false accepts it"
    )]
    Saturation {
        /// Which quantity.
        quantity: Quantity,
        /// The network's step.
        step: u64,
        /// The epoch, from 1.
        epoch: u64,
        /// The sample within the epoch, from 0.
        sample: usize,
    },
    /// A comparison found a difference beyond the tolerance.
    #[error("{0}")]
    Differs(String),
    /// The user stopped the run.
    #[error("stopped; continue with --resume in {}", .0.display())]
    Stopped(PathBuf),
    /// The system gave no threads.
    #[error("cannot start {threads} threads: {source}; --threads takes a smaller number")]
    Threads {
        /// How many were asked for.
        threads: usize,
        /// Why.
        source: rayon::ThreadPoolBuildError,
    },
    /// A file that could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A figure or a report could not be drawn.
    #[error("cannot draw: {0}")]
    Draw(String),
}

impl Error {
    /// What is wrong with a value, with the file that it stands in. What the command line says itself is
    /// not in the file.
    pub(crate) fn in_file(self, path: &Path, overrides: &[String]) -> Self {
        let said = self.to_string();
        let key = |word: &String| word.split('=').next().is_some_and(|key| said.contains(key));
        let of_a_value = matches!(self, Self::Build { .. } | Self::DoesNotFit { .. });
        if !of_a_value || overrides.iter().any(key) {
            return self;
        }
        Self::InFile {
            path: path.to_path_buf(),
            source: Box::new(self),
        }
    }

    /// What strict mode says of these counters; nothing when none of them is of a saturation.
    pub(crate) fn saturated(
        counters: &Counters,
        step: u64,
        epoch: u64,
        sample: u64,
    ) -> Option<Self> {
        let quantity = counters.first_saturated()?;
        let sample = sample as usize;
        Some(Self::Saturation {
            quantity,
            step,
            epoch,
            sample,
        })
    }

    /// 1 when the program did its work and the answer is no (a difference, a saturation, a stop);
    /// 2 when it could not do its work.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Saturation { .. }
            | Self::Differs(_)
            | Self::Stopped(_)
            | Self::Device(DeviceError::Stopped) => 1,
            _ => 2,
        }
    }
}
