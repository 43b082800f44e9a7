//! `[run]`: what it is called, how often and how long it runs, in which numbers.

use serde::{Deserialize, Serialize};

use super::choice::choice;
use super::error::{Fault, require};

choice! {
    /// The formats a network computes in.
    Precision {
        /// Every quantity in 64-bit floats.
        #[default]
        F64 = "f64",
        /// Every quantity in 32-bit floats.
        F32 = "f32",
        /// Weights of 8 bits.
        I8 = "i8",
        /// Weights of 16 bits.
        I16 = "i16",
        /// Weights of 32 bits.
        I32 = "i32",
        /// Weights of 16 bits, rates and potentials of 32.
        I16x32 = "i16x32",
    }
}

choice! {
    /// How a fixed-point weight is rounded when it is written.
    Rounding {
        /// Up or down by chance, so that the expectation is exact.
        #[default]
        Stochastic = "stochastic",
        /// To the nearest, ties to even.
        Nearest = "nearest",
        /// Towards minus infinity.
        Floor = "floor",
        /// Towards zero.
        Zero = "zero",
    }
}

choice! {
    /// The file that weights are written to at the end.
    WeightsFormat {
        /// `NumPy`'s archive.
        #[default]
        Npz = "npz",
        /// Text: names, shapes, types, and numbers that read back to the same bits.
        Json = "json",
    }
}

impl WeightsFormat {
    /// The name of a file in this format.
    pub fn of(self, name: &str) -> String {
        format!("{name}.{self}")
    }
}

/// `[run]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Run {
    /// Names the run folder, `runs/<name>-<seed>/`.
    pub name: String,
    /// The first seed. A TOML integer, so at most 2^63 - 1.
    pub seed: u64,
    /// How many seeds to run: `seed`, `seed + 1`, ...
    pub seeds: u64,
    /// Passes over the training part.
    pub epochs: u64,
    /// The number formats.
    pub precision: Precision,
    /// The rounding of weight writes; floats do not use it.
    pub rounding: Rounding,
    /// Whether the first saturation is an error.
    pub strict: bool,
    /// Epochs between two checkpoints.
    pub checkpoint_every: u64,
    /// The format of the weights in the run folder.
    pub weights: WeightsFormat,
    /// Threads to use; 0 means one for each core.
    pub threads: usize,
}

impl Default for Run {
    fn default() -> Self {
        Self {
            name: "digits".to_owned(),
            seed: 1,
            seeds: 1,
            epochs: 40,
            precision: Precision::default(),
            rounding: Rounding::default(),
            strict: false,
            checkpoint_every: 1,
            weights: WeightsFormat::default(),
            threads: 0,
        }
    }
}

impl Run {
    /// The seeds to run.
    pub fn all_seeds(&self) -> std::ops::Range<u64> {
        self.seed..self.seed.saturating_add(self.seeds)
    }

    /// The folder of one seed, inside the folder of all runs.
    pub fn folder_name(&self, seed: u64) -> String {
        format!("{}-{seed}", self.name)
    }

    pub(super) fn check(&self) -> Result<(), Fault> {
        let is_name = (1..=64).contains(&self.name.len())
            && self.name.starts_with(|c: char| c.is_ascii_alphanumeric())
            && self
                .name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
        require(is_name, "run.name", &self.name, || {
            "1 to 64 letters, digits, '.', '_' or '-', the first a letter or digit: \
             it names a folder"
        })?;
        let largest = i64::MAX as u64;
        require(self.seed <= largest, "run.seed", &self.seed, || {
            format!("a whole number from 0 to {largest}")
        })?;
        let room = (largest - self.seed).saturating_add(1).min(10_000);
        require(
            (1..=room).contains(&self.seeds),
            "run.seeds",
            &self.seeds,
            || format!("a whole number from 1 to {room}, counting up from run.seed"),
        )?;
        let epochs = 1..=1_000_000;
        let accepted = || "a whole number from 1 to 1000000";
        require(
            epochs.contains(&self.epochs),
            "run.epochs",
            &self.epochs,
            accepted,
        )?;
        let every = self.checkpoint_every;
        require(
            epochs.contains(&every),
            "run.checkpoint_every",
            &every,
            accepted,
        )?;
        require(
            self.threads <= 1024,
            "run.threads",
            &self.threads,
            || "a whole number from 0 (one for each core) to 1024",
        )
    }
}
