//! The start of a board: from its checkpoint, or from the beginning.

use apical_core::Precision;
use apical_core::microcircuit::Layer;
use apical_link::Configuration;
use embedded_storage::nor_flash::NorFlash;

use crate::arena::Memory;
use crate::log;
use crate::store::{Store, StoreError};
use crate::trainer::{Trainer, TrainerError};

/// Where a trainer comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Origin {
    /// The beginning: there was no checkpoint.
    Beginning,
    /// The checkpoint of this number.
    Checkpoint(u32),
    /// The beginning: there was a checkpoint that could not be used.
    Refused(StoreError),
}

/// Builds the trainer of the checkpoint in flash, or of `configuration` at its beginning where
/// there is none that can be used. `configuration` is afterwards the one in force.
///
/// # Errors
/// When the network cannot be built or does not fit, which does not happen to a checkpoint that
/// this program saved, nor to a configuration that a test of the board has built.
pub fn start<'a, P: Precision, F: NorFlash>(
    store: &mut Store<F>,
    configuration: &mut Configuration,
    layers: &'a mut [Layer<P>],
    memory: Memory<'a, P>,
) -> Result<(Trainer<'a, P>, Origin), TrainerError> {
    let found = store.open().and_then(|found| match found {
        Some(checkpoint) => {
            let specification = checkpoint.configuration.specification();
            let usable = checkpoint.is_of::<P>(&specification.storage())
                && Trainer::<P>::check(&specification, layers.len(), memory.capacity()).is_ok();
            if usable {
                Ok(Some(checkpoint))
            } else {
                Err(StoreError::Shape)
            }
        }
        None => Ok(None),
    });
    if let Ok(Some(checkpoint)) = &found {
        configuration.clone_from(&checkpoint.configuration);
    }
    let mut trainer = Trainer::configured(configuration, layers, memory)?;
    let origin = match found {
        Ok(None) => Origin::Beginning,
        Ok(Some(checkpoint)) => match store.restore(&checkpoint, &mut trainer) {
            Ok(()) => Origin::Checkpoint(checkpoint.sequence),
            Err(error) => {
                trainer.begin(&configuration.initial);
                Origin::Refused(error)
            }
        },
        Err(error) => Origin::Refused(error),
    };
    match origin {
        Origin::Beginning => log::info!("from the beginning"),
        Origin::Checkpoint(number) => log::info!("from checkpoint {=u32}", number),
        Origin::Refused(error) => log::warning!("from the beginning: {}", error),
    }
    Ok((trainer, origin))
}
