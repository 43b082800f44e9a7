//! Bytes of a serial port, one by one, into frames.

use cobs::{DecodeResult, DecoderState};

use crate::Error;

/// Undoes COBS into a buffer of `N` bytes.
///
/// A zero ends a frame, whatever it was, and begins the next one: after noise, a cut frame, or
/// one that was too long, the next zero is where reading goes on.
#[derive(Debug)]
pub struct Decoder<const N: usize> {
    state: DecoderState,
    buffer: [u8; N],
    length: usize,
    oversized: bool,
}

impl<const N: usize> Default for Decoder<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> Decoder<N> {
    /// A decoder between two frames.
    pub const fn new() -> Self {
        Self {
            state: DecoderState::Idle,
            buffer: [0; N],
            length: 0,
            oversized: false,
        }
    }

    /// Takes one byte; the content of a frame if it was the last of one. Zeros between frames are
    /// nothing.
    ///
    /// # Errors
    /// Within the option: [`Error::Cut`] when the frame ends within one of its parts,
    /// [`Error::Oversized`] when it was longer than the buffer. Both are said at the zero that
    /// ends the frame.
    pub fn feed(&mut self, byte: u8) -> Option<Result<&[u8], Error>> {
        let limit = N as u32;
        if byte == 0 && self.oversized {
            self.begin();
            return Some(Err(Error::Oversized { limit }));
        }
        match self.state.feed(byte) {
            Ok(DecodeResult::NoData) => None,
            Ok(DecodeResult::DataContinue(data)) => {
                match self.buffer.get_mut(self.length) {
                    Some(slot) => {
                        *slot = data;
                        self.length += 1;
                    }
                    None => self.oversized = true,
                }
                None
            }
            Ok(DecodeResult::DataComplete) => {
                let length = self.length;
                self.begin();
                Some(self.buffer.get(..length).ok_or(Error::Oversized { limit }))
            }
            Err(_) => {
                self.begin();
                Some(Err(Error::Cut))
            }
        }
    }

    fn begin(&mut self) {
        self.state = DecoderState::Idle;
        self.length = 0;
        self.oversized = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    /// What comes out of these bytes.
    fn all(bytes: &[u8]) -> Vec<Result<Vec<u8>, Error>> {
        let mut decoder = Decoder::<4>::new();
        let mut frames = Vec::new();
        for &byte in bytes {
            if let Some(frame) = decoder.feed(byte) {
                frames.push(frame.map(<[u8]>::to_vec));
            }
        }
        frames
    }

    #[test]
    fn goes_on_at_the_next_zero() {
        assert_eq!(all(&[0, 0, 3, 7, 8, 0]), [Ok([7, 8].to_vec())]);
        assert_eq!(
            all(&[5, 7, 8, 0, 2, 9, 0]),
            [Err(Error::Cut), Ok([9].to_vec())]
        );
        let oversized = Err(Error::Oversized { limit: 4 });
        assert_eq!(
            all(&[6, 1, 2, 3, 4, 5, 0, 2, 9, 0]),
            [oversized, Ok([9].to_vec())]
        );
        assert_eq!(all(&[5, 1, 2, 3, 4, 0]), [Ok([1, 2, 3, 4].to_vec())]);
        assert_eq!(all(&[5, 1, 2]), []);
    }
}
