//! Which pattern is shown at which step: the order of training, as a function of the step.

use apical_core::microcircuit::Mode;
use apical_core::random::{Key, shuffle, stream};
use apical_core::{Number, Precision};

use crate::Error;
use crate::config::Config;
use crate::network::Blueprint;
use crate::task::{Material, Task};

/// What happens at one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The sample that is shown.
    pub sample: u32,
    /// Whether it is shown for the first time, and the one before it no more.
    pub begins: bool,
    /// Whether it is shown for the last time.
    pub ends: bool,
}

/// The training samples of a configuration in the order of their turn.
#[derive(Debug)]
pub struct Course<'m, P: Precision> {
    /// The samples in the words of the precision.
    pub task: Task<P>,
    material: &'m Material,
    shuffled: bool,
    seed: u64,
    /// Steps that each sample is shown.
    presentation: u64,
    /// The samples in the order of `epoch`, which counts from 1.
    order: Vec<u32>,
    epoch: u64,
}

impl<'m, P: Precision> Course<'m, P> {
    /// The course of a configuration.
    ///
    /// # Errors
    /// When the data do not fit the precision.
    pub fn new(
        config: &Config,
        material: &'m Material,
        blueprint: &Blueprint,
    ) -> Result<Self, Error> {
        Ok(Self {
            task: Task::new(config, material)?,
            material,
            shuffled: config.data.shuffle,
            seed: config.run.seed,
            presentation: match blueprint.specification().mode {
                Mode::TwoStep => 1,
                Mode::Full => config.time.steps().into(),
            },
            order: Vec::new(),
            epoch: 0,
        })
    }

    /// What happens at the step that follows so many.
    pub fn after(&mut self, steps: u64) -> Moment {
        let samples = self.material.split.train.len().max(1) as u64;
        let presented = steps / self.presentation;
        let epoch = presented / samples + 1;
        if self.epoch != epoch {
            self.order.clone_from(&self.material.split.train);
            if self.shuffled {
                let key = Key::new(self.seed, epoch, stream::SHUFFLE);
                shuffle(&mut self.order, key);
            }
            self.epoch = epoch;
        }
        let place = (presented % samples) as usize;
        let step = steps % self.presentation;
        Moment {
            sample: self.order.get(place).copied().unwrap_or(0),
            begins: step == 0,
            ends: step + 1 == self.presentation,
        }
    }

    /// Input and teacher of a sample as they travel.
    pub fn bytes(&self, sample: u32) -> [Vec<u8>; 2] {
        [
            to_bytes(self.task.input(sample)),
            to_bytes(self.task.teacher(sample)),
        ]
    }
}

/// Words as they travel: their bits, little-endian.
pub(super) fn to_bytes<T: Number>(words: &[T]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(words.len() * T::BYTES);
    for word in words {
        bytes.extend(&word.to_bits().to_le_bytes()[..T::BYTES]);
    }
    bytes
}
