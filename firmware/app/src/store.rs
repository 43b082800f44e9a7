//! Checkpoints in flash: configuration, weights, activity and clock.
//!
//! The flash is cut into two slots. A save erases the slot that does not hold the newest
//! checkpoint, writes the content, and the header last; only then is there a checkpoint, and until
//! then the other slot is not touched. Wherever the power goes, the board starts from the old
//! checkpoint or from the new one. Two slots wear evenly: each is erased at every other save.
//!
//! `sequential-storage` would level wear over more pages, but its items have to fit into a page and
//! into a buffer in RAM, and it is asynchronous: a checkpoint is many pages of words that are in
//! RAM already, and a set of items is not whole or absent at once.
//!
//! What stands in a slot, in little-endian words:
//!
//! ```text
//! header (one block)  magic | version | sequence | fingerprint | lengths | CRC of content | CRC
//! content             configuration (postcard) | weights | traces | potentials | rates | clock
//! ```

mod block;
mod checkpoints;
mod error;
mod slot;

pub use checkpoints::{Checkpoints, NoStore};
pub use error::StoreError;

use core::ops::Range;

use apical_core::digest::Digest;
use apical_core::rule::Clock;
use apical_core::shape::Storage;
use apical_core::{Number, Precision};
use apical_link::configuration::{Configuration, MAX_BYTES};
use apical_link::{Format, Section};
use embedded_storage::nor_flash::NorFlash;

use crate::log;
use crate::trainer::Trainer;
use block::{BLOCK, Reader, Writer};
use slot::{Header, State};

/// The version of the layout of a slot.
pub const VERSION: u32 = 3;

/// Bytes of the clock: steps, and steps since the pattern changed.
const CLOCK: usize = 12;
/// Bytes that are copied at once: whole words of any format.
const CHUNK: usize = 64;

/// A checkpoint that is whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// What its network is built from.
    pub configuration: Configuration,
    /// Saves up to this one.
    pub sequence: u32,
    /// Where its words begin.
    words: u32,
    /// Of its network.
    fingerprint: u64,
}

impl Checkpoint {
    /// Whether it holds a network of this precision and storage.
    pub fn is_of<P: Precision>(&self, storage: &Storage) -> bool {
        self.fingerprint == fingerprint::<P>(storage)
    }
}

/// Two slots in a region of flash.
#[derive(Debug)]
pub struct Store<F> {
    flash: F,
    start: u32,
    slot: u32,
}

/// Bytes of flash that the checkpoints of a network need for each of two slots; round up to pages.
pub const fn slot_bytes<P: Precision>(storage: &Storage) -> usize {
    let content = MAX_BYTES + storage.bytes::<P>() + CLOCK;
    BLOCK + content.next_multiple_of(BLOCK)
}

impl<F: NorFlash> Store<F> {
    /// Takes a region of flash, of which each half is a slot.
    ///
    /// # Errors
    /// [`StoreError::Region`] when it is not of whole pages within the flash, or too small.
    pub fn new(flash: F, region: Range<u32>) -> Result<Self, StoreError> {
        const {
            assert!(
                F::WRITE_SIZE > 0 && BLOCK.is_multiple_of(F::WRITE_SIZE),
                "the flash writes words that do not divide a block"
            );
            assert!(
                F::READ_SIZE > 0 && BLOCK.is_multiple_of(F::READ_SIZE),
                "the flash reads words that do not divide a block"
            );
            assert!(
                F::ERASE_SIZE.is_multiple_of(BLOCK),
                "the flash erases pages that are not whole blocks"
            );
        }
        let page = F::ERASE_SIZE as u32;
        let length = region.end.saturating_sub(region.start);
        let slot = (length / 2).checked_div(page).unwrap_or(0) * page;
        let inside = region.end as usize <= flash.capacity();
        if slot == 0 || !inside || !region.start.is_multiple_of(page) {
            return Err(StoreError::Region);
        }
        Ok(Self {
            flash,
            start: region.start,
            slot,
        })
    }

    /// Gives the flash back.
    pub fn release(self) -> F {
        self.flash
    }

    /// The newest whole checkpoint; `None` when nothing was ever saved to the end.
    ///
    /// # Errors
    /// When there is no whole checkpoint, and a slot cannot be read or holds one that this program
    /// cannot use: the board begins anew, but says that something may have been lost.
    pub fn open(&mut self) -> Result<Option<Checkpoint>, StoreError> {
        let states = self.states()?;
        let Some((_, header)) = newest(&states) else {
            return states
                .into_iter()
                .try_fold(None, |none, state| match state {
                    State::Unusable(error) => Err(error),
                    State::Empty | State::Whole(_) => Ok(none),
                });
        };
        let mut bytes = [0; MAX_BYTES];
        let bytes = bytes
            .get_mut(..header.configuration as usize)
            .ok_or(StoreError::Damaged)?;
        let content = header.at + BLOCK as u32;
        Reader::new(&mut self.flash, content).read(bytes)?;
        let configuration = Configuration::from_bytes(bytes).ok_or(StoreError::Damaged)?;
        Ok(Some(Checkpoint {
            configuration,
            sequence: header.sequence,
            words: content + header.configuration,
            fingerprint: header.fingerprint,
        }))
    }

    /// Puts the words and the clock of a checkpoint into a trainer.
    ///
    /// # Errors
    /// [`StoreError::Shape`] when it is another network's, and nothing has changed; when the flash
    /// cannot be read, and the trainer has to [`begin`](Trainer::begin) again.
    pub fn restore<P: Precision>(
        &mut self,
        checkpoint: &Checkpoint,
        trainer: &mut Trainer<'_, P>,
    ) -> Result<(), StoreError> {
        if !checkpoint.is_of::<P>(&trainer.storage()) {
            return Err(StoreError::Shape);
        }
        let mut reader = Reader::new(&mut self.flash, checkpoint.words);
        let mut chunk = [0; CHUNK];
        for section in Section::ALL {
            let bytes = trainer.range(section.quantity()).bytes;
            for offset in (0..bytes).step_by(CHUNK) {
                let part = chunk
                    .get_mut(..CHUNK.min(bytes - offset))
                    .unwrap_or_default();
                reader.read(part)?;
                let put = trainer.write(section.quantity(), offset, part);
                put.map_err(|_| StoreError::Shape)?;
            }
        }
        let (mut step, mut since_switch) = ([0; 8], [0; 4]);
        reader.read(&mut step)?;
        reader.read(&mut since_switch)?;
        trainer.set_clock(Clock {
            step: u64::from_le_bytes(step),
            since_switch: u32::from_le_bytes(since_switch),
        });
        Ok(())
    }

    /// Saves a checkpoint; its number.
    ///
    /// # Errors
    /// When it does not fit, the flash refuses or does not keep it, or neither slot can be read.
    /// The checkpoint before it is still there.
    pub fn save<P: Precision>(
        &mut self,
        configuration: &Configuration,
        trainer: &Trainer<'_, P>,
    ) -> Result<u32, StoreError> {
        let mut bytes = [0; MAX_BYTES];
        let bytes = configuration
            .to_bytes(&mut bytes)
            .ok_or(StoreError::Shape)?;
        let storage = trainer.storage();
        let content = bytes.len() + storage.bytes::<P>() + CLOCK;
        let needed = (BLOCK + content.next_multiple_of(BLOCK)) as u32;
        if needed > self.slot {
            return Err(StoreError::Full {
                needed,
                slot: self.slot,
            });
        }
        let states = self.states()?;
        let (slot, sequence) = match newest(&states) {
            Some((slot, header)) => (1 - slot, header.sequence.wrapping_add(1)),
            None => (0, 1),
        };
        let at = self.start + slot * self.slot;
        self.erase_slot(at)?;

        let mut writer = Writer::new(&mut self.flash, at + BLOCK as u32);
        writer.write(bytes)?;
        write_words(&mut writer, trainer)?;
        let header = Header {
            at,
            sequence,
            fingerprint: fingerprint::<P>(&storage),
            configuration: bytes.len() as u32,
            content: content as u32,
            sum: writer.finish()?,
        };
        let mut writer = Writer::new(&mut self.flash, at);
        writer.write(&header.to_bytes())?;
        writer.finish()?;
        match self.inspect(slot)? {
            State::Whole(written) if written == header => {
                log::info!("checkpoint {=u32}: {=u32} bytes", sequence, needed);
                Ok(sequence)
            }
            _ => Err(StoreError::Worn),
        }
    }

    /// Forgets all checkpoints, the newest last. It is the way out where neither slot can be read.
    ///
    /// # Errors
    /// When the flash refuses.
    pub fn erase(&mut self) -> Result<(), StoreError> {
        let states = self.states();
        let newest = states.ok().and_then(|states| newest(&states));
        let newest = newest.map_or(0, |(slot, _)| slot);
        self.erase_slot(self.start + (1 - newest) * self.slot)?;
        self.erase_slot(self.start + newest * self.slot)
    }

    /// Erases page by page, that of the header first: a slot whose erasure is cut off is no
    /// checkpoint, or does not have its check sum.
    fn erase_slot(&mut self, at: u32) -> Result<(), StoreError> {
        let page = F::ERASE_SIZE as u32;
        for page_at in (at..at + self.slot).step_by(F::ERASE_SIZE) {
            self.flash
                .erase(page_at, page_at + page)
                .map_err(StoreError::flash)?;
        }
        Ok(())
    }

    /// What both slots hold. A slot that cannot be read does not hide the other: flash with error
    /// correction fails the reads of a page whose write or erase was cut off, until it is erased.
    /// Where both fail it is the flash, and nothing must be erased on that account.
    fn states(&mut self) -> Result<[State; 2], StoreError> {
        let states = [self.inspect(0), self.inspect(1)];
        if let [Err(error), Err(_)] = states {
            return Err(error);
        }
        Ok(states.map(|state| state.unwrap_or_else(State::Unusable)))
    }

    fn inspect(&mut self, slot: u32) -> Result<State, StoreError> {
        slot::inspect(&mut self.flash, self.start + slot * self.slot, self.slot)
    }
}

/// The slot of the newest whole checkpoint, and its header.
fn newest(states: &[State; 2]) -> Option<(u32, Header)> {
    match *states {
        [State::Whole(a), State::Whole(b)] => {
            // Saves alternate, so the two differ by little, even where the number wraps.
            let later = b.sequence.wrapping_sub(a.sequence) < u32::MAX / 2;
            Some(if later { (1, b) } else { (0, a) })
        }
        [State::Whole(a), _] => Some((0, a)),
        [_, State::Whole(b)] => Some((1, b)),
        _ => None,
    }
}

fn write_words<P: Precision, F: NorFlash>(
    writer: &mut Writer<'_, F>,
    trainer: &Trainer<'_, P>,
) -> Result<(), StoreError> {
    let mut chunk = [0; CHUNK];
    for section in Section::ALL {
        let bytes = trainer.range(section.quantity()).bytes;
        for offset in (0..bytes).step_by(CHUNK) {
            let part = chunk
                .get_mut(..CHUNK.min(bytes - offset))
                .unwrap_or_default();
            let got = trainer.read(section.quantity(), offset, part);
            got.map_err(|_| StoreError::Shape)?;
            writer.write(part)?;
        }
    }
    let Clock { step, since_switch } = trainer.clock();
    writer.write(&step.to_le_bytes())?;
    writer.write(&since_switch.to_le_bytes())
}

/// What two networks must have in common for the words of one to be the words of the other.
fn fingerprint<P: Precision>(storage: &Storage) -> u64 {
    let mut digest = Digest::default();
    for format in Format::all::<P>() {
        digest.word(u64::from(format.bytes));
        digest.word(format.fraction.map_or(u64::MAX, u64::from));
    }
    let Storage {
        weights,
        traces,
        potentials,
        rates,
    } = *storage;
    for words in [weights, traces, potentials, rates] {
        digest.word(words as u64);
    }
    digest.finish()
}

const _: () = assert!(CHUNK.is_multiple_of(<f64 as Number>::BYTES));
