//! The main job: one microcircuit learns the bundled digits in several precisions, side by side.
//!
//! Every seed is trained in f64 first; the other precisions of that seed are held against it
//! epoch by epoch. Seeds run in parallel, which changes no bit.

mod folder;
mod keep;
mod law;
mod show;

pub use folder::{draw, write};
pub use keep::{Keeper, SeedOutcome};
pub use law::{LawRow, gradient_law};
pub use show::{figure, law_table, report, table};

use crate::config::{Config, Precision as PrecisionName, Rounding as RoundingName};
use crate::engine::Engine;
use crate::network::{Circuit, Memory};
use crate::spread::spread;
use crate::task::Material;
use crate::train::{Epoch, Trainer, Watch};
use crate::{Error, not_a_number, with_precision};
use apical_core::Number;
use apical_core::rule::Rule;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::atomic::AtomicBool;

/// The precisions of the main job: the reference, the other float, the device's, and a control
/// that differs from it in the rounding alone.
pub const CONTENDERS: [(PrecisionName, RoundingName); 4] = [
    (PrecisionName::F64, RoundingName::Stochastic),
    (PrecisionName::F32, RoundingName::Stochastic),
    (PrecisionName::I16, RoundingName::Stochastic),
    (PrecisionName::I16, RoundingName::Nearest),
];

/// One seed in one precision.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Outcome {
    /// The seed.
    pub seed: u64,
    /// Test accuracy after each epoch, percent.
    #[serde(deserialize_with = "not_a_number::list")]
    pub test_accuracy: Vec<f64>,
    /// Angle of the first hidden layer's update to backpropagation's after each epoch, degrees.
    #[serde(deserialize_with = "not_a_number::list")]
    pub angle: Vec<f64>,
    /// Distance of interneuron weights from the self-predicting state after each epoch.
    #[serde(deserialize_with = "not_a_number::list")]
    pub tracking: Vec<f64>,
    /// Largest distance of a weight from f64's after each epoch.
    #[serde(deserialize_with = "not_a_number::list")]
    pub divergence: Vec<f64>,
    /// Share of updates that changed nothing in each epoch, percent.
    #[serde(deserialize_with = "not_a_number::list")]
    pub lost: Vec<f64>,
    /// Saturations in the whole run.
    pub saturations: u64,
    /// Training samples a second, one thread.
    pub samples_per_second: f64,
    /// Digest of the final state.
    pub digest: String,
}

impl Outcome {
    /// A seed before its first epoch.
    const fn begin(seed: u64) -> Self {
        Self {
            seed,
            test_accuracy: Vec::new(),
            angle: Vec::new(),
            tracking: Vec::new(),
            divergence: Vec::new(),
            lost: Vec::new(),
            saturations: 0,
            samples_per_second: 0.0,
            digest: String::new(),
        }
    }
}

/// A measure of an outcome, epoch by epoch.
pub type Curve = fn(&Outcome) -> &[f64];

/// All seeds in one precision.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Row {
    /// `f64`, `i16`, ..
    pub precision: String,
    /// `stochastic`, ..; `-` for floats, which round to nearest even.
    pub rounding: String,
    /// Bytes of weights and activity on a device.
    pub state_bytes: usize,
    /// The seeds.
    pub outcomes: Vec<Outcome>,
}

impl Row {
    /// The name in tables and legends.
    pub fn name(&self) -> String {
        if self.rounding == "-" {
            self.precision.clone()
        } else {
            format!("{} {}", self.precision, self.rounding)
        }
    }

    /// What is measured after every epoch, by name.
    pub const fn curves(&self) -> [(&'static str, Curve); 5] {
        [
            ("test_accuracy", |o| &o.test_accuracy),
            ("angle_1", |o| &o.angle),
            ("interneuron_tracking", |o| &o.tracking),
            ("divergence", |o| &o.divergence),
            ("lost_percent", |o| &o.lost),
        ]
    }

    /// The mean over the seeds after each epoch that all of them have.
    pub fn mean(&self, of: Curve) -> Vec<f64> {
        let epochs = self.outcomes.iter().map(|o| of(o).len()).min().unwrap_or(0);
        let mean = |epoch: usize| {
            let values = self.outcomes.iter().filter_map(|o| of(o).get(epoch));
            values.sum::<f64>() / self.outcomes.len() as f64
        };
        (0..epochs).map(mean).collect()
    }

    /// Mean and standard deviation over the seeds of what `f` says of an outcome.
    pub fn spread(&self, f: impl Fn(&Outcome) -> f64) -> (f64, f64) {
        let values: Vec<f64> = self.outcomes.iter().map(f).collect();
        let (mean, deviation) = spread(&values);
        (mean, deviation.unwrap_or(0.0))
    }
}

/// What the main job found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Study {
    /// Version of the program.
    pub version: String,
    /// The configuration, without precision and rounding.
    pub config: String,
    /// Training and test samples.
    pub samples: (usize, usize),
    /// The precisions, the reference first.
    pub rows: Vec<Row>,
    /// Angle to backpropagation with transposed feedback, by lambda.
    pub law: Vec<LawRow>,
    /// Seconds that the whole took.
    pub seconds: f64,
}

/// Trains all contenders on all seeds of `config`, but those that `keeper` has; it is given each seed that
/// is done.
///
/// `progress` is told about training samples as they are presented; [`total_samples`] of them.
///
/// # Errors
/// When data, network and precision do not fit, a seed cannot be kept, or the user stopped it.
pub fn study(
    config: &Config,
    material: &Material,
    keeper: &Keeper,
    progress: &(dyn Fn(u64) + Sync),
    stop: &AtomicBool,
) -> Result<Study, Error> {
    let begin = std::time::Instant::now();
    let seeds: Vec<u64> = config.run.all_seeds().collect();
    let per_seed: Vec<SeedOutcome> = seeds
        .par_iter()
        .map(|&seed| {
            if let Some(done) = keeper.load(seed) {
                progress(total_samples(config, material) / config.run.seeds);
                return Ok(done);
            }
            let mut reference = Vec::new();
            let mut done = SeedOutcome {
                outcomes: Vec::new(),
                state_bytes: Vec::new(),
            };
            for contender in CONTENDERS {
                let (outcome, bytes) = contend(
                    config,
                    material,
                    seed,
                    contender,
                    &mut reference,
                    progress,
                    stop,
                )?;
                done.outcomes.push(outcome);
                done.state_bytes.push(bytes);
            }
            keeper.save(seed, &done)?;
            Ok(done)
        })
        .collect::<Result<_, Error>>()?;
    let rows = CONTENDERS
        .iter()
        .enumerate()
        .map(|(i, (precision, rounding))| {
            let float = matches!(precision, PrecisionName::F64 | PrecisionName::F32);
            Row {
                precision: precision.to_string(),
                rounding: if float {
                    "-".into()
                } else {
                    rounding.to_string()
                },
                state_bytes: per_seed.first().map_or(0, |seed| seed.state_bytes[i]),
                outcomes: per_seed
                    .iter()
                    .map(|seed| seed.outcomes[i].clone())
                    .collect(),
            }
        })
        .collect();
    Ok(Study {
        version: env!("CARGO_PKG_VERSION").into(),
        config: config.to_toml()?,
        samples: (material.split.train.len(), material.split.test.len()),
        rows,
        law: gradient_law(config, material)?,
        seconds: begin.elapsed().as_secs_f64(),
    })
}

/// Training samples that [`study`] presents.
pub fn total_samples(config: &Config, material: &Material) -> u64 {
    config.run.seeds
        * config.run.epochs
        * material.split.train.len() as u64
        * CONTENDERS.len() as u64
}

/// One seed in one precision; the first fills in `reference`, the others are held against it.
fn contend(
    config: &Config,
    material: &Material,
    seed: u64,
    (precision, rounding): (PrecisionName, RoundingName),
    reference: &mut Vec<Vec<f64>>,
    progress: &(dyn Fn(u64) + Sync),
    stop: &AtomicBool,
) -> Result<(Outcome, usize), Error> {
    let mut config = config.clone();
    config.run.precision = precision;
    config.run.rounding = rounding;
    let outcome = Outcome::begin(seed);
    with_precision!(precision, P => {
        let mut follow = Follow { outcome, reference, progress, seconds: 0.0, bytes: 0 };
        let mut trainer = Trainer::<P>::new(&config, material, seed)?;
        trainer.run(config.run.epochs, &mut follow, stop)?;
        let mut outcome = follow.outcome;
        let samples = material.split.train.len() as f64 * config.run.epochs as f64;
        outcome.samples_per_second = samples / follow.seconds.max(1e-9);
        outcome.digest = format!("{:016x}", trainer.memory.digest());
        Ok((outcome, follow.bytes))
    })
}

/// Notes every epoch.
struct Follow<'f> {
    outcome: Outcome,
    reference: &'f mut Vec<Vec<f64>>,
    progress: &'f (dyn Fn(u64) + Sync),
    seconds: f64,
    bytes: usize,
}

impl<P: Engine> Watch<P> for Follow<'_> {
    fn samples(&mut self, count: u64) {
        (self.progress)(count);
    }

    fn epoch(
        &mut self,
        epoch: &Epoch,
        circuit: &Circuit<'_, P>,
        memory: &mut Memory<P>,
    ) -> Result<(), Error> {
        let weights: Vec<f64> = memory.weights.iter().map(|w| w.to_f64()).collect();
        let index = self.outcome.test_accuracy.len();
        if self.reference.len() == index {
            self.reference.push(weights.clone());
        }
        let distance = self.reference.get(index).map_or(f64::NAN, |reference| {
            let distances = reference.iter().zip(&weights).map(|(a, b)| (a - b).abs());
            distances.fold(0.0, f64::max)
        });
        let outcome = &mut self.outcome;
        outcome.test_accuracy.push(epoch.measured.accuracy);
        outcome
            .angle
            .push(epoch.angles.first().copied().unwrap_or(f64::NAN));
        outcome.tracking.push(epoch.tracking);
        outcome.divergence.push(distance);
        outcome.lost.push(100.0 * epoch.lost_share());
        outcome.saturations += epoch.counters.saturations();
        self.seconds += epoch.seconds;
        self.bytes = circuit.storage().bytes::<P>();
        Ok(())
    }
}
