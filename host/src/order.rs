//! Which sample is shown when: a function of seed and step.

use apical_core::random::{Key, shuffle, stream};

use crate::config::Config;
use crate::task::Material;

/// The training samples of a configuration in the order of their turn.
#[derive(Debug, Clone)]
pub struct Order {
    train: Vec<u32>,
    shuffled: bool,
    seed: u64,
    /// Steps that each sample is shown.
    presentation: u64,
    /// The samples in the order of `epoch`.
    current: Vec<u32>,
    /// Counts from 1; 0 before the first.
    epoch: u64,
}

/// What happens at one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The sample that is shown.
    pub sample: u32,
    /// The epoch, from 1.
    pub epoch: u64,
    /// Its turn within the epoch, from 0.
    pub turn: u64,
    /// Whether it is shown for the first time, and the one before it no more.
    pub begins: bool,
    /// Whether it is shown for the last time.
    pub ends: bool,
}

impl Order {
    /// The order of a run with this seed.
    pub fn new(config: &Config, material: &Material, seed: u64) -> Self {
        Self {
            train: material.split.train.clone(),
            shuffled: config.data.shuffle,
            seed,
            presentation: config.pattern_steps().max(1).into(),
            current: Vec::new(),
            epoch: 0,
        }
    }

    /// The samples of an epoch, which counts from 1.
    pub fn of_epoch(&mut self, epoch: u64) -> &[u32] {
        if self.epoch != epoch {
            self.current.clone_from(&self.train);
            if self.shuffled {
                let key = Key::new(self.seed, epoch, stream::SHUFFLE);
                shuffle(&mut self.current, key);
            }
            self.epoch = epoch;
        }
        &self.current
    }

    /// The sample that is shown after so many others.
    pub fn sample(&mut self, presented: u64) -> u32 {
        let (epoch, turn) = self.turn(presented);
        let order = self.of_epoch(epoch);
        order.get(turn as usize).copied().unwrap_or(0)
    }

    /// The epoch, from 1, and the turn in it, from 0, of the sample that is shown after so many others.
    fn turn(&self, presented: u64) -> (u64, u64) {
        let count = (self.train.len() as u64).max(1);
        (1 + presented / count, presented % count)
    }

    /// What happens at the step that follows so many.
    pub fn after(&mut self, steps: u64) -> Moment {
        let (presented, step) = (steps / self.presentation, steps % self.presentation);
        let (epoch, turn) = self.turn(presented);
        Moment {
            sample: self.sample(presented),
            epoch,
            turn,
            begins: step == 0,
            ends: step + 1 == self.presentation,
        }
    }
}
