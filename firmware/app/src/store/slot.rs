//! The header of a slot, and what it says of the slot.

use apical_link::frame::CHECKSUM;
use embedded_storage::nor_flash::ReadNorFlash;

use super::block::{BLOCK, Reader};
use super::{StoreError, VERSION};

/// "APIC", the first word of every header of every version.
const MAGIC: u32 = u32::from_le_bytes(*b"APIC");
/// Bytes before the header's own check sum.
const CHECKED: usize = 32;

/// The header of a whole checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// Where its slot begins. Not stored: it is where the header was found.
    pub(super) at: u32,
    pub(super) sequence: u32,
    pub(super) fingerprint: u64,
    /// Bytes of the configuration.
    pub(super) configuration: u32,
    /// Bytes of the content, the configuration included.
    pub(super) content: u32,
    /// Check sum of the content.
    pub(super) sum: u32,
}

impl Header {
    pub(super) fn to_bytes(self) -> [u8; CHECKED + 4] {
        let mut bytes = [0; CHECKED + 4];
        let [a, b] = halves(self.fingerprint);
        let words = [
            MAGIC,
            VERSION,
            self.sequence,
            a,
            b,
            self.configuration,
            self.content,
            self.sum,
        ];
        let (checked, own) = bytes.split_at_mut(CHECKED);
        for (to, word) in checked.chunks_exact_mut(4).zip(words) {
            put(to, word);
        }
        put(own, CHECKSUM.checksum(checked));
        bytes
    }
}

fn put(to: &mut [u8], word: u32) {
    for (to, from) in to.iter_mut().zip(word.to_le_bytes()) {
        *to = from;
    }
}

const fn halves(word: u64) -> [u32; 2] {
    [word as u32, (word >> 32) as u32]
}

/// What a slot holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// No checkpoint that was ever complete.
    Empty,
    /// A checkpoint that this program cannot use.
    Unusable(StoreError),
    /// A checkpoint.
    Whole(Header),
}

/// Looks at a slot, and reads all of its content if the header says that there is any.
pub(super) fn inspect<F: ReadNorFlash>(
    flash: &mut F,
    at: u32,
    slot: u32,
) -> Result<State, StoreError> {
    let mut reader = Reader::new(flash, at);
    let mut words = [0; CHECKED / 4];
    let mut sum = CHECKSUM.digest();
    for word in &mut words {
        let mut bytes = [0; 4];
        reader.read(&mut bytes)?;
        sum.update(&bytes);
        *word = u32::from_le_bytes(bytes);
    }
    let mut own = [0; 4];
    reader.read(&mut own)?;
    let [
        magic,
        version,
        sequence,
        a,
        b,
        configuration,
        content,
        content_sum,
    ] = words;
    // Half a header is what a power cut leaves.
    if magic != MAGIC || sum.finalize() != u32::from_le_bytes(own) {
        return Ok(State::Empty);
    }
    if version != VERSION {
        return Ok(State::Unusable(StoreError::Version {
            theirs: version,
            ours: VERSION,
        }));
    }
    if content > slot.saturating_sub(BLOCK as u32) || configuration > content {
        return Ok(State::Unusable(StoreError::Cut));
    }
    let found = Reader::new(flash, at + BLOCK as u32).sum(content)?;
    if found != content_sum {
        return Ok(State::Unusable(StoreError::Damaged));
    }
    Ok(State::Whole(Header {
        at,
        sequence,
        fingerprint: u64::from(b) << 32 | u64::from(a),
        configuration,
        content,
        sum: content_sum,
    }))
}
