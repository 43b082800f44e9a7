//! The envelope of a message: version, sequence number, check sum, COBS.

use cobs::CobsEncoder;
use crc::{CRC_32_ISO_HDLC, Crc, Digest};
use postcard::ser_flavors::Flavor;
use serde::{Deserialize, Serialize};

use crate::Error;

/// The version of the protocol that this crate speaks.
pub const VERSION: u8 = 3;
/// The sequence number of an answer to a frame that could not be read.
pub const UNREAD: u16 = 0;
/// The check sum, of frames and of checkpoints.
pub static CHECKSUM: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

/// Bytes before the message.
const HEAD: usize = 3;
/// Bytes of the check sum.
const SUM: usize = 4;

/// A frame that arrived whole and is of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Its number.
    pub sequence: u16,
    /// Its check sum, by which two frames of one number are told apart.
    pub sum: u32,
    /// Its message, not yet read.
    pub message: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Opens the envelope of a frame, COBS undone.
    ///
    /// # Errors
    /// [`Error::Cut`], [`Error::Damaged`], [`Error::Version`], looked for in this order: the
    /// envelope is the same in every version.
    pub fn open(content: &'a [u8]) -> Result<Self, Error> {
        let (checked, sum) = content.split_last_chunk::<SUM>().ok_or(Error::Cut)?;
        let (head, message) = checked.split_first_chunk::<HEAD>().ok_or(Error::Cut)?;
        let sum = u32::from_le_bytes(*sum);
        if CHECKSUM.checksum(checked) != sum {
            return Err(Error::Damaged);
        }
        let [theirs, low, high] = *head;
        if theirs != VERSION {
            return Err(Error::Version {
                theirs,
                ours: VERSION,
            });
        }
        let sequence = u16::from_le_bytes([low, high]);
        Ok(Self {
            sequence,
            sum,
            message,
        })
    }

    /// Reads the message.
    ///
    /// # Errors
    /// [`Error::Unknown`] when it is none, or something follows it.
    pub fn read<M: Deserialize<'a>>(&self) -> Result<M, Error> {
        match postcard::take_from_bytes(self.message) {
            Ok((message, [])) => Ok(message),
            _ => Err(Error::Unknown),
        }
    }
}

/// Bytes that a frame of so many bytes on the wire, the final zero included, can hold as the
/// content of [`Reply::Bytes`](crate::Reply::Bytes): what is left of it after the envelope, the
/// tag and the length of the message, and COBS, at worst.
pub const fn payload(frame: usize) -> usize {
    // COBS takes one byte and one more for each 254; the tag is one byte, the length at most five.
    let content = frame.saturating_sub(2 + frame / 254);
    content.saturating_sub(HEAD + SUM + 6)
}

/// Writes a message as a frame, ready to be sent: COBS with its final zero.
///
/// # Errors
/// [`Error::Oversized`] when `out` is too short.
pub fn seal<'o, M: Serialize + ?Sized>(
    sequence: u16,
    message: &M,
    out: &'o mut [u8],
) -> Result<&'o [u8], Error> {
    let limit = out.len() as u32;
    let length = write(VERSION, sequence, message, out).map_err(|_| Error::Oversized { limit })?;
    out.get(..length).ok_or(Error::Oversized { limit })
}

fn write<M: Serialize + ?Sized>(
    version: u8,
    sequence: u16,
    message: &M,
    out: &mut [u8],
) -> postcard::Result<usize> {
    let full = postcard::Error::SerializeBufferFull;
    let mut envelope = Envelope {
        cobs: CobsEncoder::new(out),
        sum: CHECKSUM.digest(),
    };
    envelope.try_push(version)?;
    envelope.try_extend(&sequence.to_le_bytes())?;
    let end = postcard::serialize_with_flavor(message, envelope)?;
    *out.get_mut(end).ok_or(full)? = 0;
    Ok(end + 1)
}

/// Sums and stuffs bytes on their way out, so that a message is never in memory twice.
struct Envelope<'o> {
    cobs: CobsEncoder<'o>,
    sum: Digest<'static, u32>,
}

impl Flavor for Envelope<'_> {
    type Output = usize;

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.try_extend(&[byte])
    }

    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        self.sum.update(bytes);
        self.cobs
            .push(bytes)
            .map_err(|_| postcard::Error::SerializeBufferFull)
    }

    fn finalize(mut self) -> postcard::Result<usize> {
        let sum = self.sum.finalize().to_le_bytes();
        self.cobs
            .push(&sum)
            .map_err(|_| postcard::Error::SerializeBufferFull)?;
        Ok(self.cobs.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Decoder, Reply};

    /// What a decoder of 2 kB makes of the bytes.
    fn open<X>(bytes: &[u8], look: impl FnOnce(Result<Frame<'_>, Error>) -> X) -> X {
        let mut decoder = Decoder::<2048>::new();
        let (last, rest) = bytes.split_last().unwrap();
        for &byte in rest {
            assert!(decoder.feed(byte).is_none());
        }
        look(decoder.feed(*last).unwrap().and_then(Frame::open))
    }

    #[test]
    fn any_length_goes_through_and_the_payload_fits() {
        let content: [u8; 1500] = core::array::from_fn(|i| (i % 7) as u8 * (i / 300) as u8);
        let ones = [1; 1500];
        for length in 0..1500 {
            for content in [&content[..length], &ones[..length]] {
                let mut out = [0xAA; 1600];
                let bytes = seal(7, &Reply::Bytes(content), &mut out).unwrap();
                assert!(length <= payload(1600));
                open(bytes, |frame| {
                    let frame = frame.unwrap();
                    assert_eq!(frame.sequence, 7);
                    assert_eq!(frame.read(), Ok(Reply::Bytes(content)));
                });
            }
        }
        for frame in 0..1500 {
            let mut out = [0; 1500];
            let content = &ones[..payload(frame)];
            let fits = seal(7, &Reply::Bytes(content), &mut out[..frame]);
            assert!(fits.is_ok() || content.is_empty(), "{frame}");
        }
    }

    #[test]
    fn another_version_is_refused_by_name() {
        let mut out = [0; 64];
        let length = write(9, 1, &Reply::Done, &mut out).unwrap();
        let error = open(&out[..length], |frame| frame.unwrap_err());
        assert_eq!(
            error,
            Error::Version {
                theirs: 9,
                ours: VERSION
            }
        );
        assert!(std::format!("{error}").contains("version 9"));
    }

    #[test]
    fn a_frame_that_does_not_fit_is_not_written() {
        let mut out = [0; 12];
        let error = seal(1, &Reply::Bytes(&[1; 12]), &mut out).unwrap_err();
        assert_eq!(error, Error::Oversized { limit: 12 });
    }
}
