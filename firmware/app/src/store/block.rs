//! A stream of bytes in flash, in blocks: flash takes and gives only whole words of its own.

use apical_link::frame::CHECKSUM;
use crc::Digest;
use embedded_storage::nor_flash::{NorFlash, ReadNorFlash};

use super::StoreError;

/// Bytes that are written at once. A multiple of the words of all flashes we know.
pub(super) const BLOCK: usize = 256;

/// Writes a stream block by block and sums it.
pub(super) struct Writer<'f, F> {
    flash: &'f mut F,
    at: u32,
    block: [u8; BLOCK],
    filled: usize,
    sum: Digest<'static, u32>,
}

impl<'f, F: NorFlash> Writer<'f, F> {
    pub(super) fn new(flash: &'f mut F, at: u32) -> Self {
        let sum = CHECKSUM.digest();
        Self {
            flash,
            at,
            block: [0xFF; BLOCK],
            filled: 0,
            sum,
        }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.sum.update(bytes);
        let mut rest = bytes;
        while !rest.is_empty() {
            let room = self.block.get_mut(self.filled..).unwrap_or_default();
            let count = room.len().min(rest.len());
            let (now, later) = rest.split_at_checked(count).unwrap_or((rest, &[]));
            for (to, from) in room.iter_mut().zip(now) {
                *to = *from;
            }
            self.filled += count;
            rest = later;
            if self.filled == BLOCK {
                self.flush()?;
            }
        }
        Ok(())
    }

    /// Writes what is left; the check sum of the stream.
    pub(super) fn finish(mut self) -> Result<u32, StoreError> {
        if self.filled > 0 {
            self.flush()?;
        }
        Ok(self.sum.finalize())
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        self.flash
            .write(self.at, &self.block)
            .map_err(StoreError::flash)?;
        self.at += BLOCK as u32;
        self.block = [0xFF; BLOCK];
        self.filled = 0;
        Ok(())
    }
}

/// Reads a stream block by block.
pub(super) struct Reader<'f, F> {
    flash: &'f mut F,
    /// The next byte of the stream.
    at: u32,
    block: [u8; BLOCK],
    /// Where the block is that is in memory.
    held: Option<u32>,
}

impl<'f, F: ReadNorFlash> Reader<'f, F> {
    pub(super) fn new(flash: &'f mut F, at: u32) -> Self {
        Self {
            flash,
            at,
            block: [0; BLOCK],
            held: None,
        }
    }

    pub(super) fn read(&mut self, bytes: &mut [u8]) -> Result<(), StoreError> {
        for byte in bytes {
            let within = self.at % BLOCK as u32;
            let start = self.at - within;
            if self.held != Some(start) {
                self.flash
                    .read(start, &mut self.block)
                    .map_err(StoreError::flash)?;
                self.held = Some(start);
            }
            *byte = self.block.get(within as usize).copied().unwrap_or_default();
            self.at += 1;
        }
        Ok(())
    }

    /// The check sum of so many bytes.
    pub(super) fn sum(&mut self, count: u32) -> Result<u32, StoreError> {
        let mut sum = CHECKSUM.digest();
        let mut bytes = [0; 64];
        let mut rest = count as usize;
        while rest > 0 {
            let part = bytes.get_mut(..rest.min(64)).unwrap_or_default();
            self.read(part)?;
            sum.update(part);
            rest = rest.saturating_sub(64);
        }
        Ok(sum.finalize())
    }
}
