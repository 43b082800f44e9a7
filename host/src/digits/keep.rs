//! What a main job that was stopped keeps: the seeds that are done, so that the next one goes on from
//! there, to the same bits.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{CONTENDERS, Outcome};
use crate::Error;
use crate::config::Config;
use crate::journal::{JournalError, write_atomically};

/// One seed in all precisions.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SeedOutcome {
    /// In the order of [`super::CONTENDERS`].
    pub outcomes: Vec<Outcome>,
    /// Bytes of weights and activity on a device, in the same order.
    pub state_bytes: Vec<usize>,
}

/// A seed as a file holds it.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    /// Checksum of the program: another one may have other bits.
    program: u32,
    /// The configuration of all seeds.
    config: String,
    done: SeedOutcome,
}

/// Keeps seeds in the folder of the main job.
#[derive(Debug)]
pub struct Keeper {
    folder: PathBuf,
    program: u32,
    config: String,
}

impl Keeper {
    /// For this program and configuration.
    ///
    /// # Errors
    /// When the configuration has no text.
    pub fn new(folder: &Path, config: &Config) -> Result<Self, Error> {
        let program = std::env::current_exe().and_then(fs::read);
        Ok(Self {
            folder: folder.to_path_buf(),
            program: crc32fast::hash(&program.unwrap_or_default()),
            config: config.to_toml()?,
        })
    }

    fn path(&self, seed: u64) -> PathBuf {
        self.folder.join(format!("seed-{seed}.json"))
    }

    /// A seed that is done; nothing when there is none, or it is another program's, another
    /// configuration's, or cannot be read: it is trained again.
    pub fn load(&self, seed: u64) -> Option<SeedOutcome> {
        let text = fs::read(self.path(seed)).ok()?;
        let kept: Kept = serde_json::from_slice(&text).ok()?;
        let same = kept.program == self.program && kept.config == self.config;
        let whole = |done: &SeedOutcome| {
            [done.outcomes.len(), done.state_bytes.len()] == [CONTENDERS.len(); 2]
        };
        Some(kept.done).filter(|done| same && whole(done))
    }

    /// Keeps a seed.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, seed: u64, done: &SeedOutcome) -> Result<(), Error> {
        let path = self.path(seed);
        let kept = Kept {
            program: self.program,
            config: self.config.clone(),
            done: done.clone(),
        };
        let json = |source| JournalError::Json {
            path: path.clone(),
            source,
        };
        let text = serde_json::to_vec(&kept).map_err(json)?;
        Ok(write_atomically(&path, &text)?)
    }

    /// Removes what was kept of these seeds: the whole is done.
    pub fn clear(&self, seeds: impl Iterator<Item = u64>) {
        for seed in seeds {
            // A file that stays is found to be of this very program and study, and used; no harm.
            let _ = fs::remove_file(self.path(seed));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_comes_back_to_the_same_program_and_configuration_alone() {
        let folder = tempfile::tempdir().unwrap();
        let config = Config::default();
        let keeper = Keeper::new(folder.path(), &config).unwrap();
        let outcome = Outcome {
            angle: vec![80.0, f64::NAN],
            digest: "0123".into(),
            ..Outcome::begin(3)
        };
        let done = SeedOutcome {
            outcomes: vec![outcome; CONTENDERS.len()],
            state_bytes: vec![7; CONTENDERS.len()],
        };
        assert!(keeper.load(3).is_none());
        keeper.save(3, &done).unwrap();
        let found = keeper.load(3).unwrap();
        assert_eq!(found.state_bytes, done.state_bytes);
        assert_eq!(found.outcomes[0].digest, "0123");
        assert!(found.outcomes[0].angle[1].is_nan());
        assert!(keeper.load(4).is_none());

        let mut other = Keeper::new(folder.path(), &config).unwrap();
        other.program ^= 1;
        assert!(other.load(3).is_none());
        let mut longer = config.clone();
        longer.run.epochs += 1;
        let longer = Keeper::new(folder.path(), &longer).unwrap();
        assert!(longer.load(3).is_none());

        let part = SeedOutcome {
            state_bytes: vec![7],
            ..done
        };
        keeper.save(3, &part).unwrap();
        assert!(keeper.load(3).is_none());
        fs::write(keeper.path(3), "{").unwrap();
        assert!(keeper.load(3).is_none());
        keeper.clear(3..4);
        assert!(!keeper.path(3).exists());
    }
}
