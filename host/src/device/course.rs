//! What a board and its twin are shown: the samples of training, as they travel.

use apical_core::{Number, Precision};

use crate::Error;
use crate::config::Config;
use crate::order::{Moment, Order};
use crate::task::{Material, Task};

/// The training samples of a configuration in the order of their turn.
#[derive(Debug)]
pub struct Course<P: Precision> {
    /// The samples in the words of the precision.
    pub task: Task<P>,
    order: Order,
}

impl<P: Precision> Course<P> {
    /// The course of a configuration.
    ///
    /// # Errors
    /// When the data do not fit the precision.
    pub fn new(config: &Config, material: &Material) -> Result<Self, Error> {
        Ok(Self {
            task: Task::new(config, material)?,
            order: Order::new(config, material, config.run.seed),
        })
    }

    /// What happens at the step that follows so many.
    pub fn after(&mut self, steps: u64) -> Moment {
        self.order.after(steps)
    }

    /// Input and teacher of a sample as they travel.
    pub fn bytes(&self, sample: u32) -> [Vec<u8>; 2] {
        [
            to_bytes(&self.task.input(sample)),
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
