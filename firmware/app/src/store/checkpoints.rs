//! Saving as the link asks for it, and starting from what was saved, on boards with and without flash for it.

use apical_core::Precision;
use apical_core::microcircuit::Layer;
use apical_link::{Configuration, Fault};
use embedded_storage::nor_flash::NorFlash;

use super::Store;
use crate::arena::Memory;
use crate::start::start;
use crate::trainer::{Trainer, TrainerError};

/// Where a link server saves to.
pub trait Checkpoints<P: Precision> {
    /// Builds the trainer of the last checkpoint, or of `configuration` at its beginning where there is none
    /// that can be used. `configuration` is afterwards the one in force.
    ///
    /// # Errors
    /// When the network cannot be built or does not fit.
    fn start<'a>(
        &mut self,
        configuration: &mut Configuration,
        layers: &'a mut [Layer<P>],
        memory: Memory<'a, P>,
    ) -> Result<Trainer<'a, P>, TrainerError>;

    /// Saves a checkpoint.
    ///
    /// # Errors
    /// When it was not saved; the one before it is still there.
    fn save(
        &mut self,
        configuration: &Configuration,
        trainer: &Trainer<'_, P>,
    ) -> Result<(), Fault>;

    /// Forgets all checkpoints.
    ///
    /// # Errors
    /// When the flash refuses.
    fn erase(&mut self) -> Result<(), Fault>;
}

/// A board without memory for checkpoints.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoStore;

impl<P: Precision> Checkpoints<P> for NoStore {
    fn start<'a>(
        &mut self,
        configuration: &mut Configuration,
        layers: &'a mut [Layer<P>],
        memory: Memory<'a, P>,
    ) -> Result<Trainer<'a, P>, TrainerError> {
        Trainer::configured(configuration, layers, memory)
    }
    fn save(&mut self, _: &Configuration, _: &Trainer<'_, P>) -> Result<(), Fault> {
        Err(Fault::Absent)
    }
    fn erase(&mut self) -> Result<(), Fault> {
        Err(Fault::Absent)
    }
}

impl<P: Precision, F: NorFlash> Checkpoints<P> for Store<F> {
    fn start<'a>(
        &mut self,
        configuration: &mut Configuration,
        layers: &'a mut [Layer<P>],
        memory: Memory<'a, P>,
    ) -> Result<Trainer<'a, P>, TrainerError> {
        Ok(start(self, configuration, layers, memory)?.0)
    }
    fn save(
        &mut self,
        configuration: &Configuration,
        trainer: &Trainer<'_, P>,
    ) -> Result<(), Fault> {
        Store::save(self, configuration, trainer)?;
        Ok(())
    }
    fn erase(&mut self) -> Result<(), Fault> {
        Ok(Store::erase(self)?)
    }
}
