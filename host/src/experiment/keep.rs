//! Checkpoints of an experiment: one file for each of its networks, so that a run that was cut short
//! goes on to the same bits.

use std::path::{Path, PathBuf};

use apical_core::{Counters, Precision};

use super::engine::State;
use crate::Error;
use crate::config::Config;
use crate::journal::{Checkpoint, write_atomically};

/// Presentations between two checkpoints: seconds of work, and a file of some hundred kilobytes.
const EVERY: u64 = 1000;

/// What was recorded so far, as lists of words; the bits of a float are one.
pub(super) type Notes = Vec<Vec<u64>>;

/// Keeps the state of one network in a run folder.
#[derive(Debug, Clone)]
pub(super) struct Keeper {
    path: PathBuf,
    shape: String,
    precision: String,
}

impl Keeper {
    /// For the network of this name.
    pub(super) fn new(folder: &Path, name: &str, config: &Config) -> Self {
        Self {
            path: checkpoint_path(folder, name),
            shape: format!("{:?}", config.network.layers),
            precision: config.run.precision.to_string(),
        }
    }

    /// Whether a checkpoint is due.
    pub(super) fn due(patterns: u64) -> bool {
        patterns.is_multiple_of(EVERY)
    }

    /// Replaces the checkpoint.
    pub(super) fn save<P: Precision>(&self, state: &State<P>, notes: &Notes) -> Result<(), Error> {
        let counts = state.counters.words().to_vec();
        let mut bytes = Vec::new();
        for words in [&counts].into_iter().chain(notes) {
            bytes.extend((words.len() as u64).to_le_bytes());
            bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
        }
        bytes.extend(state.memory.to_bytes());
        let checkpoint = Checkpoint {
            epoch: state.patterns,
            shape: self.shape.clone(),
            precision: self.precision.clone(),
            state: bytes,
        };
        Ok(write_atomically(&self.path, &checkpoint.encode())?)
    }

    /// Puts a checkpoint with so many lists of notes back into `state`; `None` when there is none.
    pub(super) fn load<P: Precision>(
        &self,
        state: &mut State<P>,
        lists: usize,
    ) -> Result<Option<Notes>, Error> {
        if !self.path.is_file() {
            return Ok(None);
        }
        let checkpoint = Checkpoint::read(&self.path)?;
        checkpoint.check(&self.path, &self.shape, &self.precision)?;
        let notes = restore(state, &checkpoint, lists).ok_or_else(|| self.foreign())?;
        Ok(Some(notes))
    }

    /// What is said of a checkpoint whose content is of something else.
    pub(super) fn foreign(&self) -> Error {
        Error::Mismatch(format!(
            "{}: not the state of this experiment; accepted: a checkpoint of the same \
             configuration and version, or --force to begin anew",
            self.path.display()
        ))
    }

    /// Removes the checkpoint of a network, if there is one.
    pub(super) fn discard(folder: &Path, name: &str) -> Result<(), Error> {
        let path = checkpoint_path(folder, name);
        match std::fs::remove_file(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::Write { path, source })
            }
            _ => Ok(()),
        }
    }
}

/// Where the checkpoint of a network is.
pub fn checkpoint_path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("checkpoint-{name}.bin"))
}

fn restore<P: Precision>(
    state: &mut State<P>,
    checkpoint: &Checkpoint,
    lists: usize,
) -> Option<Notes> {
    let mut rest = checkpoint.state.as_slice();
    let counts = words(&mut rest)?;
    let notes = (0..lists)
        .map(|_| words(&mut rest))
        .collect::<Option<Notes>>()?;
    let counts: [u64; 6] = counts.try_into().ok()?;
    state.memory.restore(rest)?;
    state.counters = Counters::from_words(counts);
    state.patterns = checkpoint.epoch;
    Some(notes)
}

fn words(rest: &mut &[u8]) -> Option<Vec<u64>> {
    let count = u64::from_le_bytes(*rest.split_off(..8)?.first_chunk()?);
    let bytes = rest.split_off(..usize::try_from(count).ok()?.checked_mul(8)?)?;
    let word = |chunk: &[u8]| Some(u64::from_le_bytes(*chunk.first_chunk()?));
    bytes.chunks_exact(8).map(word).collect()
}
