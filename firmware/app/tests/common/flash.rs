//! A flash that loses power.

use std::ops::Range;

use embedded_storage::nor_flash::{
    ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash, check_erase, check_read, check_write,
};

/// Bytes of a page.
pub(crate) const PAGE: usize = 1024;
/// Bytes of a word.
pub(crate) const WORD: usize = 4;

/// How much of the operation is done during which the power goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Torn {
    /// Nothing.
    Nothing,
    /// The first word.
    FirstWord,
    /// The first half.
    Half,
    /// All but the last word.
    AllButLastWord,
    /// The last half: the order of words within an operation is the flash's own business.
    LastHalf,
    /// All of it, but some bits have not made it.
    Bits,
}

impl Torn {
    pub(crate) const ALL: [Self; 6] = [
        Self::Nothing,
        Self::FirstWord,
        Self::Half,
        Self::AllButLastWord,
        Self::LastHalf,
        Self::Bits,
    ];

    /// The byte after the cut, of the byte before and the byte that was meant.
    fn byte(self, at: usize, length: usize, before: u8, meant: u8) -> u8 {
        let done = match self {
            Self::Nothing => false,
            Self::FirstWord => at < WORD,
            Self::Half => at < length / 2,
            Self::AllButLastWord => at < length - WORD,
            Self::LastHalf => at >= length / 2,
            Self::Bits => {
                let mask = (at as u32).wrapping_mul(0x9E37_79B9) >> 13;
                return before ^ ((before ^ meant) & mask as u8);
            }
        };
        if done { meant } else { before }
    }
}

/// NOR flash: an erase sets bits, a write clears them, and a word is written once.
#[derive(Clone, Debug)]
pub(crate) struct Flash {
    pub(crate) bytes: Vec<u8>,
    /// Erases and writes since it was made.
    pub(crate) operations: usize,
    /// The operation during which the power goes.
    pub(crate) cut: Option<(usize, Torn)>,
    /// Whether operations are refused, as by a worn or locked page.
    pub(crate) refuses: bool,
    /// A byte that stays zero whatever is done.
    pub(crate) stuck: Option<usize>,
    /// Whether it has error correction: words that a cut left half done cannot be read.
    pub(crate) corrects: bool,
    /// Words that cannot be read until they are erased.
    unreadable: Vec<bool>,
}

impl Flash {
    pub(crate) fn new(pages: usize) -> Self {
        Self {
            bytes: vec![0xFF; pages * PAGE],
            operations: 0,
            cut: None,
            refuses: false,
            stuck: None,
            corrects: false,
            unreadable: vec![false; pages * PAGE / WORD],
        }
    }

    /// The same flash with error correction, or without.
    pub(crate) fn correcting(self, corrects: bool) -> Self {
        Self { corrects, ..self }
    }

    /// Makes reads of these bytes fail until they are erased.
    pub(crate) fn spoil(&mut self, bytes: Range<usize>) {
        self.unreadable[bytes.start / WORD..bytes.end.div_ceil(WORD)].fill(true);
    }

    /// The same flash when the power is back.
    pub(crate) fn powered(self) -> Self {
        Self {
            operations: 0,
            cut: None,
            ..self
        }
    }

    /// Does one operation, or a part of it.
    fn operate(
        &mut self,
        from: usize,
        meant: impl ExactSizeIterator<Item = u8>,
    ) -> Result<(), NorFlashErrorKind> {
        let cut = self.cut.filter(|(at, _)| self.operations >= *at);
        if self.refuses || cut.is_some_and(|(at, _)| self.operations > at) {
            return Err(NorFlashErrorKind::Other);
        }
        self.operations += 1;
        let length = meant.len();
        for (at, (byte, meant)) in self.bytes[from..].iter_mut().zip(meant).enumerate() {
            *byte = match cut {
                Some((_, torn)) => torn.byte(at, length, *byte, meant),
                None => meant,
            };
        }
        if let Some(stuck) = self.stuck {
            self.bytes[stuck] = 0;
        }
        if self.corrects && cut.is_some_and(|(_, torn)| torn != Torn::Nothing) {
            self.spoil(from..from + length);
        }
        if cut.is_some() {
            Err(NorFlashErrorKind::Other)
        } else {
            Ok(())
        }
    }
}

impl ErrorType for Flash {
    type Error = NorFlashErrorKind;
}

impl ReadNorFlash for Flash {
    const READ_SIZE: usize = WORD;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), NorFlashErrorKind> {
        check_read(self, offset, bytes.len())?;
        let first = offset as usize / WORD;
        if self.unreadable[first..first + bytes.len() / WORD].contains(&true) {
            return Err(NorFlashErrorKind::Other);
        }
        bytes.copy_from_slice(&self.bytes[offset as usize..][..bytes.len()]);
        Ok(())
    }
    fn capacity(&self) -> usize {
        self.bytes.len()
    }
}

impl NorFlash for Flash {
    const WRITE_SIZE: usize = WORD;
    const ERASE_SIZE: usize = PAGE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), NorFlashErrorKind> {
        check_erase(self, from, to)?;
        let (from, length) = (from as usize, (to - from) as usize);
        self.operate(from, (0..length).map(|_| 0xFF))?;
        self.unreadable[from / WORD..(from + length) / WORD].fill(false);
        Ok(())
    }
    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NorFlashErrorKind> {
        check_write(self, offset, bytes.len())?;
        let before = &self.bytes[offset as usize..][..bytes.len()];
        let dead = self.cut.is_some_and(|(at, _)| self.operations > at);
        if !dead && self.stuck.is_none() {
            assert!(
                before.iter().all(|&byte| byte == 0xFF),
                "a word is written once"
            );
            let first = offset as usize / WORD;
            assert!(
                !self.unreadable[first..first + bytes.len() / WORD].contains(&true),
                "a spoilt word is erased before it is written"
            );
        }
        self.operate(offset as usize, bytes.iter().copied())
    }
}
