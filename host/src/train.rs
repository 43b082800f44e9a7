//! The one loop: present, step, learn, record.
//!
//! A run is a function of its configuration and seed. The order of samples, the rounding and the
//! noise are functions of (seed, epoch or step), so a run that stops after an epoch and continues
//! from its checkpoint has the bits of one that never stopped.

use crate::augmentation::Augmentation;
use crate::config::Config;
use crate::engine::Engine;
use crate::network::{Blueprint, Circuit, Layers, Memory, weights_of};
use crate::order::Order;
use crate::present::{Patterns, advance, right_of};
use crate::swap_noise::SwapNoise;
use crate::task::{Material, Task};
use crate::weights_file::WeightsFile;
use crate::{Error, config, gradient, network};
use apical_core::microcircuit::{Family, Microcircuit};
use apical_core::rule::Rule;
use apical_core::shape::Storage;
use apical_core::{Counters, Number, Precision, Rounding};
use std::sync::atomic::{AtomicBool, Ordering};

/// Samples between two looks at the stop flag and the progress bar.
const CHUNK: usize = 64;
/// Samples of the training part that the angle to the gradient is taken over.
const ANGLE_SAMPLES: usize = 100;

/// How a part of the samples is classified.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Measured {
    /// Percent classified right.
    pub accuracy: f64,
    /// Mean of the squared distance of the output rates to their targets.
    pub loss: f64,
}

/// What one epoch came to. Everything but the seconds is a function of configuration and seed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Epoch {
    /// From 1.
    pub epoch: u64,
    /// Percent of the training samples that were classified right when they were presented.
    pub train_accuracy: f64,
    /// What was classified after the epoch: the validation part, or the test part where there is
    /// no other.
    pub measured: Measured,
    /// Angle of each layer's update to backpropagation's, in degrees.
    pub angles: Vec<f64>,
    /// ||`W^IP` - a `W^PP`|| / ||a `W^PP`|| in the worst hidden layer: how far interneurons lag.
    pub tracking: f64,
    /// Saturations and lost updates of this epoch.
    pub counters: Counters,
    /// Seconds of training in this epoch.
    pub seconds: f64,
}

impl Epoch {
    /// Names of [`Self::values`], for a network with so many layers above the input and a part of
    /// this name.
    pub fn columns(layers: usize, part: &str) -> Vec<String> {
        let mut names: Vec<String> = vec![
            "train_accuracy".into(),
            format!("{part}_accuracy"),
            format!("{part}_loss"),
            "interneuron_tracking".into(),
        ];
        names.extend((1..=layers).map(|k| format!("angle_{k}")));
        let counts = ["updates", "lost_updates", "saturations"];
        names.extend(counts.map(String::from));
        names
    }

    /// What goes into metrics.csv. No seconds: two runs of one seed give the same file.
    pub fn values(&self) -> Vec<f64> {
        let mut values = vec![
            self.train_accuracy,
            self.measured.accuracy,
            self.measured.loss,
            self.tracking,
        ];
        values.extend(&self.angles);
        let c = &self.counters;
        values.extend([c.updates as f64, c.lost as f64, c.saturations() as f64]);
        values
    }

    /// Share of the updates that were not zero and changed nothing.
    pub fn lost_share(&self) -> f64 {
        self.counters.lost as f64 / (self.counters.updates as f64).max(1.0)
    }
}

/// Who is told about a run.
pub trait Watch<P: Engine> {
    /// So many more samples have been presented.
    fn samples(&mut self, _count: u64) {}
    /// An epoch is complete. `memory` is the state after it.
    ///
    /// # Errors
    /// What the watcher's own work met; it ends the run.
    fn epoch(
        &mut self,
        epoch: &Epoch,
        circuit: &Circuit<'_, P>,
        memory: &mut Memory<P>,
    ) -> Result<(), Error>;
}

/// A network in training on one seed.
#[derive(Debug)]
pub struct Trainer<'t, P: Engine> {
    config: &'t Config,
    material: &'t Material,
    task: Task<P>,
    seed: u64,
    blueprint: Blueprint,
    storage: Storage,
    /// Weights and activity.
    pub memory: Memory<P>,
    /// Complete epochs.
    pub epochs: u64,
}

/// Builds the network of a blueprint, with the error in the program's terms.
///
/// # Errors
/// When it cannot be built in this precision.
pub fn build<'l, P: Precision>(
    config: &Config,
    blueprint: &Blueprint,
    layers: &'l mut Layers<P>,
) -> Result<Circuit<'l, P>, Error> {
    blueprint.build(layers).map_err(|source| Error::Build {
        precision: config.run.precision.to_string(),
        source,
    })
}

/// The same for what looks into a microcircuit.
///
/// # Errors
/// When it cannot be built in this precision, or is another network.
pub fn build_microcircuit<'l, P: Precision>(
    config: &Config,
    blueprint: &Blueprint,
    layers: &'l mut Layers<P>,
) -> Result<Microcircuit<'l, P>, Error> {
    let circuit = build(config, blueprint, layers)?;
    circuit.microcircuit().ok_or_else(|| {
        Error::Mismatch(format!(
            "network.rule = \"{}\"; accepted: \"{}\"",
            config.network.rule,
            config::Rule::Microcircuit
        ))
    })
}

impl<'t, P: Engine> Trainer<'t, P> {
    /// A network at its beginning.
    ///
    /// # Errors
    /// When data and network do not fit each other or the precision.
    pub fn new(config: &'t Config, material: &'t Material, seed: u64) -> Result<Self, Error> {
        let (data, layers) = (&material.data, &config.network.layers);
        let (inputs, outputs) = (config.network.inputs(), config.network.outputs());
        if (data.features, data.classes) != (inputs, outputs) {
            return Err(Error::Mismatch(format!(
                "network.layers = {layers:?} does not fit {}: it has {} features and {} classes, \
                 so the first layer must be {} and the last {}",
                data.name, data.features, data.classes, data.features, data.classes
            )));
        }
        let task = Task::new(config, material)?;
        let blueprint = Blueprint::new(config, seed);
        let mut layers = blueprint.layers::<P>();
        let network = build(config, &blueprint, &mut layers)?;
        let memory = Memory::begin(config, &network, &blueprint)?;
        let storage = network.storage();
        Ok(Self {
            config,
            material,
            task,
            seed,
            blueprint,
            storage,
            memory,
            epochs: 0,
        })
    }

    /// Words of storage that the network needs.
    pub fn storage(&self) -> Storage {
        self.storage
    }

    /// The network's description.
    pub fn blueprint(&self) -> &Blueprint {
        &self.blueprint
    }

    /// The weights as named arrays.
    ///
    /// # Errors
    /// When the network cannot be built.
    pub fn weights(&self) -> Result<WeightsFile, Error> {
        let mut layers = self.blueprint.layers::<P>();
        let network = build(self.config, &self.blueprint, &mut layers)?;
        Ok(weights_of(&network, &self.memory.weights))
    }

    /// Trains up to `epochs` complete epochs.
    ///
    /// # Errors
    /// The first saturation in strict mode; what the watcher returns; [`Error::Stopped`] without
    /// a folder when `stop` was set, with the unfinished epoch undone by the caller's checkpoint.
    pub fn run(
        &mut self,
        epochs: u64,
        watch: &mut dyn Watch<P>,
        stop: &AtomicBool,
    ) -> Result<(), Error> {
        let mut quiet_layers = self.blueprint.layers::<P>();
        let quiet_blueprint = self.blueprint.clone().quiet();
        let quiet = build(self.config, &quiet_blueprint, &mut quiet_layers)?;
        let present = self.presentation();
        while self.epochs < epochs {
            let mut epoch = Epoch {
                epoch: self.epochs + 1,
                ..Epoch::default()
            };
            let factor = self.config.learning.decay.powf(self.epochs as f64);
            let blueprint = self.blueprint.clone().slowed(factor);
            let mut layers = blueprint.layers::<P>();
            let network = build(self.config, &blueprint, &mut layers)?;
            self.train_epoch(&network, present, &mut epoch, watch, stop)?;
            self.examine(&quiet, present, &mut epoch);
            self.epochs += 1;
            watch.epoch(&epoch, &network, &mut self.memory)?;
        }
        Ok(())
    }

    /// The test part, classified by the network as it is.
    ///
    /// # Errors
    /// When the network cannot be built.
    pub fn test(&self) -> Result<Measured, Error> {
        let mut layers = self.blueprint.layers::<P>();
        let blueprint = self.blueprint.clone().quiet();
        let quiet = build(self.config, &blueprint, &mut layers)?;
        Ok(self.classify(&quiet, self.presentation(), &self.material.split.test))
    }

    fn presentation(&self) -> Presentation {
        Presentation {
            steps: self.config.pattern_steps(),
            rounding: network::rounding(self.config.run.rounding),
        }
    }

    fn train_epoch(
        &mut self,
        circuit: &Circuit<'_, P>,
        present: Presentation,
        epoch: &mut Epoch,
        watch: &mut dyn Watch<P>,
        stop: &AtomicBool,
    ) -> Result<(), Error> {
        let mut order = Order::new(self.config, self.material, self.seed);
        let order = order.of_epoch(epoch.epoch);
        let begin = std::time::Instant::now();
        let strict = self.config.run.strict;
        let (mut right, mut done) = (0, 0);
        let task = &self.task;
        let batch = self.config.learning.batch;
        let (config, material, seed) = (self.config, self.material, self.seed);
        let augmentation = Augmentation::of_epoch(config, material, seed, epoch.epoch);
        let noise = SwapNoise::of_epoch(config, material, seed, epoch.epoch);
        let mut patterns = Patterns::new(task, batch).varied(augmentation, noise);
        // Whole batches only: what is left over waits for the next epoch's order.
        let order = &order[..order.len() / batch * batch];
        for chunk in order.chunks(CHUNK.next_multiple_of(batch)) {
            if stop.load(Ordering::Relaxed) {
                return Err(Error::Stopped(std::path::PathBuf::new()));
            }
            let counters = &mut epoch.counters;
            let (weights, mut activity) = self.memory.parts();
            let mut met = None;
            for (i, samples) in chunk.chunks(batch).enumerate() {
                circuit.switch(&mut activity);
                let pattern = patterns.of(samples, true);
                let learning = Some(present.rounding);
                let steps = present.steps;
                advance(
                    circuit,
                    weights,
                    &mut activity,
                    &pattern,
                    learning,
                    steps,
                    counters,
                );
                let outputs = circuit.outputs(&activity, batch);
                right += right_of(task, samples, outputs);
                if strict && counters.saturations() > 0 {
                    met = Some(i * batch);
                    break;
                }
            }
            let clock = activity.clock;
            self.memory.clock = clock;
            let sample = met.map(|i| (done + i) as u64);
            let of = |sample| Error::saturated(&epoch.counters, clock.step, epoch.epoch, sample);
            if let Some(met) = sample.and_then(of) {
                return Err(met);
            }
            done += chunk.len();
            watch.samples(chunk.len() as u64);
        }
        epoch.seconds = begin.elapsed().as_secs_f64();
        epoch.train_accuracy = 100.0 * right as f64 / (order.len() as f64).max(1.0);
        Ok(())
    }

    /// Classifies some samples, without a trace in the state.
    fn classify(&self, quiet: &Circuit<'_, P>, present: Presentation, samples: &[u32]) -> Measured {
        let task = &self.task;
        let batch = self.config.learning.batch;
        let mut memory = self.memory.clone();
        let (weights, mut activity) = memory.parts();
        let mut patterns = Patterns::new(task, batch);
        let (mut right, mut loss) = (0, 0.0);
        for samples in samples.chunks(batch) {
            quiet.switch(&mut activity);
            let pattern = patterns.of(samples, false);
            let (none, unheard) = (None, &mut Counters::default());
            advance(
                quiet,
                weights,
                &mut activity,
                &pattern,
                none,
                present.steps,
                unheard,
            );
            let outputs = quiet.outputs(&activity, batch);
            right += right_of(task, samples, outputs);
            let (low, high) = task.targets;
            let rates = outputs.chunks(self.config.network.outputs().max(1));
            for (&sample, rates) in samples.iter().zip(rates) {
                for (j, rate) in rates.iter().enumerate() {
                    let target = if j == task.label(sample) { high } else { low };
                    loss += (rate.to_f64() - target) * (rate.to_f64() - target);
                }
            }
        }
        let count = (samples.len() as f64).max(1.0);
        Measured {
            accuracy: 100.0 * right as f64 / count,
            loss: loss / count,
        }
    }

    /// Everything about an epoch that is measured after it, without a trace in the state.
    fn examine(&self, quiet: &Circuit<'_, P>, present: Presentation, epoch: &mut Epoch) {
        let task = &self.task;
        epoch.measured = self.classify(quiet, present, self.material.split.measured());
        let samples = self.material.split.train.iter().take(ANGLE_SAMPLES);
        let phi = self.blueprint.specification().activation;
        let pairs = samples.map(|&s| (task.input(s), task.teacher(s)));
        epoch.angles = gradient::angles(quiet, &phi, &self.memory, &pairs, present.steps);
        epoch.tracking = quiet
            .microcircuit()
            .map_or(0.0, |network| tracking(&network, &self.memory.weights));
    }
}

/// How one pattern is shown.
#[derive(Debug, Clone, Copy)]
struct Presentation {
    /// Steps a pattern is shown.
    steps: u32,
    /// Rounding of the weights.
    rounding: Rounding,
}

/// ||`W^IP` - a `W^PP`|| / ||a `W^PP`|| in the worst hidden layer; 0 without interneuron weights.
pub fn tracking<P: Precision>(network: &Microcircuit<'_, P>, weights: &[P::Weight]) -> f64 {
    let mut worst: f64 = 0.0;
    for (k, layer) in network.layers().iter().enumerate() {
        let ip = network.family(weights, Family::Ip, k + 1);
        let up = network.family(weights, Family::Up, k + 2);
        if ip.is_empty() || up.is_empty() {
            continue;
        }
        let (mut distance, mut norm) = (0.0, 0.0);
        for (ip, up) in ip.iter().zip(up) {
            let follows = layer.self_predicting() * up.to_f64();
            distance += (ip.to_f64() - follows).powi(2);
            norm += follows * follows;
        }
        worst = worst.max((distance / norm).sqrt());
    }
    worst
}
