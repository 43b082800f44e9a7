//! Files that may be packed with gzip.

use std::borrow::Cow;
use std::io::{self, Read};

use flate2::read::MultiGzDecoder;

/// What gzip data hold, or plain bytes as they are; and the fault at which packed data
/// break off.
///
/// What is packed is known by its first bytes: names change when files are copied.
pub(super) fn unpack(bytes: Cow<'_, [u8]>) -> (Cow<'_, [u8]>, Option<io::Error>) {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return (bytes, None);
    }
    let mut unpacked = Vec::new();
    let outcome = MultiGzDecoder::new(&*bytes).read_to_end(&mut unpacked);
    (unpacked.into(), outcome.err())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn packed_bytes_are_unpacked_as_far_as_they_go() {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(b"abc").unwrap();
        let packed = encoder.finish().unwrap();
        let (bytes, fault) = unpack(packed.as_slice().into());
        assert!(*bytes == *b"abc" && fault.is_none());
        let (bytes, fault) = unpack(packed[..packed.len() - 1].into());
        assert_eq!(*bytes, *b"abc");
        assert_eq!(fault.unwrap().kind(), io::ErrorKind::UnexpectedEof);
        let (bytes, fault) = unpack(b"abc"[..].into());
        assert!(*bytes == *b"abc" && fault.is_none());
    }
}
