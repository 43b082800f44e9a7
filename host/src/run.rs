//! A training run with a folder: it can be looked at, stopped, resumed and drawn again.

mod show;
mod summary;

pub use show::{figure, report};
pub use summary::Summary;

use crate::config::Config;
use crate::engine::Engine;
use crate::journal::{
    Checkpoint, Journal, JournalError, check_vacant, checkpoint_path, config_path, has_checkpoint,
    has_not_begun, write_atomically,
};
use crate::network::{Circuit, Memory};
use crate::task::Material;
use crate::train::{Epoch, Trainer, Watch};
use crate::{Error, with_precision};
use apical_core::{Counters, Precision};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// What to do with a folder that has a run in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Refuse.
    Refuse,
    /// Continue from its checkpoint; begin if it has none.
    Resume,
    /// Remove its files and begin.
    Replace,
}

/// Makes sure that every seed of a configuration can begin, so that a folder in the way of the last one
/// is known before the first is trained.
///
/// # Errors
/// When a folder has content that is neither to be resumed nor to be replaced.
pub fn check_folders(config: &Config, out: &Path, existing: Existing) -> Result<(), Error> {
    if existing == Existing::Refuse {
        for seed in config.run.all_seeds() {
            check_vacant(&out.join(config.run.folder_name(seed)))?;
        }
    }
    Ok(())
}

/// Trains one seed in the folder `<name>-<seed>` of `out` and returns what it came to.
///
/// # Errors
/// Bad configuration, data, folder or checkpoint; a saturation in strict mode;
/// [`Error::Stopped`] with the folder when `stop` was set.
pub fn run(
    config: &Config,
    material: &Material,
    seed: u64,
    out: &Path,
    existing: Existing,
    progress: &dyn Fn(u64),
    stop: &AtomicBool,
) -> Result<Summary, Error> {
    let folder = out.join(config.run.folder_name(seed));
    let result = with_precision!(config.run.precision, P => {
        run_in::<P>(config, material, seed, &folder, existing, progress, stop)
    });
    result.map_err(|error| match error {
        Error::Stopped(_) => Error::Stopped(folder),
        other => other,
    })
}

fn run_in<P: Engine>(
    config: &Config,
    material: &Material,
    seed: u64,
    folder: &Path,
    existing: Existing,
    progress: &dyn Fn(u64),
    stop: &AtomicBool,
) -> Result<Summary, Error> {
    let mut trainer = Trainer::<P>::new(config, material, seed)?;
    let columns = Epoch::columns(
        config.network.layers.len() - 1,
        material.split.measured_name(),
    );
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let shape = format!("{:?}", config.network.layers);
    let precision = config.run.precision.to_string();
    // The folder's configuration is that of one seed: a resumed run must be the same one.
    let mut own = config.clone();
    own.run.seed = seed;
    own.run.seeds = 1;
    let text = own.to_toml()?;
    let resumes = existing == Existing::Resume && has_checkpoint(folder);
    let mut counters = Counters::default();
    let journal = if resumes {
        check_same(&own, folder)?;
        let (journal, checkpoint) = Journal::resume(folder, &columns, &shape, &precision)?;
        counters = restore(&mut trainer.memory, &checkpoint.state).ok_or_else(|| {
            Error::Mismatch(format!(
                "{}: the state of a network with other words; accepted: the checkpoint that the run of \
                 config.toml wrote, or --force to begin anew",
                checkpoint_path(folder).display()
            ))
        })?;
        trainer.epochs = checkpoint.epoch;
        progress(checkpoint.epoch * material.split.train.len() as u64);
        // A longer run goes on in the same folder and says so.
        write_atomically(&config_path(folder), text.as_bytes())?;
        journal
    } else {
        let unbegun = existing == Existing::Resume && has_not_begun(folder);
        let force = existing == Existing::Replace || unbegun;
        Journal::create(folder, &text, &columns, force).map_err(|error| match error {
            JournalError::Exists { folder } if existing == Existing::Resume => {
                JournalError::NoCheckpoint { folder }
            }
            other => other,
        })?
    };
    let mut keeper = Keeper {
        journal,
        shape,
        precision,
        every: config.run.checkpoint_every.max(1),
        last: config.run.epochs,
        counters,
        progress,
    };
    if !resumes {
        // A run that is stopped in its first epoch can be resumed too.
        keeper.checkpoint(0, &trainer.memory)?;
    }
    trainer.run(config.run.epochs, &mut keeper, stop)?;
    let digest = trainer.memory.digest();
    let table = crate::journal::read_metrics(folder)?;
    let last = table.rows.last().cloned().unwrap_or_default();
    let mut metrics: BTreeMap<_, _> = table.columns.iter().cloned().zip(last).collect();
    if !material.split.validation.is_empty() {
        // Touched once, when nothing is left to choose.
        let tested = trainer.test()?;
        metrics.insert("test_accuracy".into(), tested.accuracy);
        metrics.insert("test_loss".into(), tested.loss);
    }
    let summary = Summary {
        version: env!("CARGO_PKG_VERSION").into(),
        name: config.run.name.clone(),
        seed,
        precision: keeper.precision.clone(),
        rounding: config.run.rounding.to_string(),
        layers: config.network.layers.clone(),
        epochs: trainer.epochs,
        metrics,
        updates: keeper.counters.updates,
        lost_updates: keeper.counters.lost,
        saturations: keeper.counters.saturations(),
        state_bytes: trainer.storage().bytes::<P>(),
        digest: format!("{digest:016x}"),
    };
    let name = config.run.weights.of("weights");
    trainer.weights()?.write(&folder.join(name))?;
    keeper.journal.summary(&summary)?;
    show::write(folder, &keeper.journal)?;
    Ok(summary)
}

/// A resumed run must have the configuration it began with; only its length may change.
pub(crate) fn check_same(config: &Config, folder: &Path) -> Result<(), Error> {
    let path = config_path(folder);
    let mut before = Config::load::<&str>(Some(&path), &[])?;
    before.run.epochs = config.run.epochs;
    before.run.threads = config.run.threads;
    before.run.checkpoint_every = config.run.checkpoint_every;
    before.run.weights = config.run.weights;
    let (now, then) = (config.to_toml()?, before.to_toml()?);
    let pairs = now.lines().zip(then.lines());
    let first = pairs.into_iter().find(|(now, then)| now != then);
    match first {
        None if now == then => Ok(()),
        difference => {
            let (now, then) = difference.unwrap_or(("more keys", "fewer keys"));
            Err(Error::Mismatch(format!(
                "{}: the run was begun with `{then}`, not `{now}`; accepted: the same \
                 configuration (run.epochs, run.threads, run.weights and run.checkpoint_every may change), \
                 another run.name, or --force",
                path.display()
            )))
        }
    }
}

/// Counters first, then the memory.
fn restore<P: Precision>(memory: &mut Memory<P>, state: &[u8]) -> Option<Counters> {
    let mut rest = state;
    let mut next = || {
        let (head, tail) = rest.split_first_chunk::<8>()?;
        rest = tail;
        Some(u64::from_le_bytes(*head))
    };
    let mut counts = [0; 6];
    for count in &mut counts {
        *count = next()?;
    }
    memory.restore(rest)?;
    Some(Counters::from_words(counts))
}

/// Writes metrics after every epoch and a checkpoint after some.
struct Keeper<'k> {
    journal: Journal,
    shape: String,
    precision: String,
    every: u64,
    last: u64,
    counters: Counters,
    progress: &'k dyn Fn(u64),
}

impl Keeper<'_> {
    fn checkpoint<P: Precision>(&mut self, epoch: u64, memory: &Memory<P>) -> Result<(), Error> {
        let mut state = Vec::new();
        for count in self.counters.words() {
            state.extend(count.to_le_bytes());
        }
        state.extend(memory.to_bytes());
        let (shape, precision) = (self.shape.clone(), self.precision.clone());
        self.journal.checkpoint(&Checkpoint {
            epoch,
            shape,
            precision,
            state,
        })?;
        Ok(())
    }
}

impl<P: Engine> Watch<P> for Keeper<'_> {
    fn samples(&mut self, count: u64) {
        (self.progress)(count);
    }

    fn epoch(
        &mut self,
        epoch: &Epoch,
        _: &Circuit<'_, P>,
        memory: &mut Memory<P>,
    ) -> Result<(), Error> {
        self.counters.add(&epoch.counters);
        self.journal.record(epoch.epoch, &epoch.values())?;
        if epoch.epoch.is_multiple_of(self.every) || epoch.epoch == self.last {
            self.checkpoint(epoch.epoch, memory)?;
        }
        Ok(())
    }
}
