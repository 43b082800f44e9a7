//! Everything that can be wrong with flash and what is in it.

use apical_link::Fault;
use embedded_storage::nor_flash::{NorFlashError, NorFlashErrorKind};

/// Why a checkpoint was not saved or not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum StoreError {
    /// The flash refused a read, a write or an erase.
    Flash(NorFlashErrorKind),
    /// The region is outside the flash, not of whole pages, or too small for two slots.
    Region,
    /// The checkpoint is larger than a slot.
    Full {
        /// Bytes of the checkpoint.
        needed: u32,
        /// Bytes of a slot.
        slot: u32,
    },
    /// The only checkpoint has another layout.
    Version {
        /// Its version.
        theirs: u32,
        /// This program's.
        ours: u32,
    },
    /// The checkpoint is of a network of another shape or precision.
    Shape,
    /// The only checkpoint is longer than its slot: it was saved to a larger one.
    Cut,
    /// The only checkpoint does not have the check sum that it had when it was saved.
    Damaged,
    /// What was written did not read back. The checkpoint before it is still there.
    Worn,
}

impl StoreError {
    #[expect(
        clippy::needless_pass_by_value,
        reason = "it is what map_err hands over"
    )]
    pub(super) fn flash(error: impl NorFlashError) -> Self {
        Self::Flash(error.kind())
    }
}

impl core::fmt::Display for StoreError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Flash(kind) => write!(f, "the flash refused: {kind}"),
            Self::Region => f.write_str("the region of flash does not hold two slots of pages"),
            Self::Full { needed, slot } => {
                write!(f, "the checkpoint has {needed} bytes, its slot {slot}")
            }
            Self::Version { theirs, ours } => {
                write!(
                    f,
                    "a checkpoint of version {theirs}; this is version {ours}"
                )
            }
            Self::Shape => f.write_str("a checkpoint of another shape or precision"),
            Self::Cut => f.write_str("a checkpoint that is longer than its slot"),
            Self::Damaged => f.write_str("a damaged checkpoint"),
            Self::Worn => f.write_str("the flash does not keep what is written"),
        }
    }
}

impl core::error::Error for StoreError {}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full { .. } | StoreError::Region => Self::Full,
            StoreError::Worn => Self::Worn,
            _ => Self::Flash,
        }
    }
}
