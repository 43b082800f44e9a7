//! Saving as the link asks for it, on boards with and without flash for it.

use apical_core::Precision;
use apical_link::{Configuration, Fault};
use embedded_storage::nor_flash::NorFlash;

use super::Store;
use crate::trainer::Trainer;

/// Where a link server saves to.
pub trait Checkpoints<P: Precision> {
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
    fn save(&mut self, _: &Configuration, _: &Trainer<'_, P>) -> Result<(), Fault> {
        Err(Fault::Absent)
    }
    fn erase(&mut self) -> Result<(), Fault> {
        Err(Fault::Absent)
    }
}

impl<P: Precision, F: NorFlash> Checkpoints<P> for Store<F> {
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
