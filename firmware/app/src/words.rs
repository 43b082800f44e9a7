//! Memory as bytes: the little-endian words of each format, as on the link and in a checkpoint.

use apical_core::Number;

/// Bytes of the widest word.
const WIDEST: usize = 8;

/// A range of bytes that is not a range of whole words within the storage, or bytes that are no
/// words of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotThere;

/// The words that `length` bytes from byte `offset` on are.
fn span<T: Number>(offset: usize, length: usize) -> Result<core::ops::Range<usize>, NotThere> {
    let whole = |bytes: usize| {
        bytes
            .checked_div(T::BYTES)
            .filter(|n| n * T::BYTES == bytes)
    };
    let start = whole(offset).ok_or(NotThere)?;
    let end = start.checked_add(whole(length).ok_or(NotThere)?);
    Ok(start..end.ok_or(NotThere)?)
}

/// Copies words out as bytes; `bytes` is filled or not touched.
pub(crate) fn read<T: Number>(
    words: &[T],
    offset: usize,
    bytes: &mut [u8],
) -> Result<(), NotThere> {
    let span = span::<T>(offset, bytes.len())?;
    let words = words.get(span).ok_or(NotThere)?;
    for (word, to) in words.iter().zip(bytes.chunks_exact_mut(T::BYTES.max(1))) {
        for (to, from) in to.iter_mut().zip(word.to_bits().to_le_bytes()) {
            *to = from;
        }
    }
    Ok(())
}

/// The one pattern of bits that is no number of the format. Fixed-point ranges are symmetric, and
/// the bounds of the kernels' sums count on it (docs/numerics.md); every pattern is a float.
fn excluded<T: Number>() -> Option<u64> {
    T::FRACTION.map(|_| 1_u64 << (8 * T::BYTES - 1))
}

/// The bits of a word, from its bytes.
fn bits(bytes: &[u8]) -> u64 {
    let mut bits = [0; WIDEST];
    for (to, from) in bits.iter_mut().zip(bytes) {
        *to = *from;
    }
    u64::from_le_bytes(bits)
}

/// Copies bytes into words; all of them or none.
pub(crate) fn write<T: Number>(
    words: &mut [T],
    offset: usize,
    bytes: &[u8],
) -> Result<(), NotThere> {
    let span = span::<T>(offset, bytes.len())?;
    let words = words.get_mut(span).ok_or(NotThere)?;
    let given = bytes.chunks_exact(T::BYTES.max(1)).map(bits);
    if let Some(excluded) = excluded::<T>()
        && given.clone().any(|bits| bits == excluded)
    {
        return Err(NotThere);
    }
    for (word, bits) in words.iter_mut().zip(given) {
        *word = T::from_bits(bits);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use apical_core::{I8, I16, Precision};

    type Word = <I16 as Precision>::Weight;

    #[test]
    fn words_go_through_bytes() {
        let words: [Word; 3] = [-1.5, 0.25, 7.0].map(Word::from_f64);
        let mut bytes = [0; 4];
        read(&words, 2, &mut bytes).unwrap();
        let mut other = [Word::ZERO; 3];
        write(&mut other, 2, &bytes).unwrap();
        assert_eq!(other[1..], words[1..]);
        assert_eq!(bytes[..2], 1024_i16.to_le_bytes());
    }

    #[test]
    fn parts_of_words_and_words_beyond_the_end_are_refused() {
        let mut words = [Word::ZERO; 3];
        for (offset, length) in [(1, 2), (0, 3), (6, 2), (4, 4), (usize::MAX - 1, 2)] {
            let bytes = &mut [1; 4][..length];
            assert_eq!(read(&words, offset, bytes), Err(NotThere));
            assert_eq!(write(&mut words, offset, bytes), Err(NotThere));
        }
        assert_eq!(words, [Word::ZERO; 3]);
    }

    #[test]
    fn the_most_negative_integer_is_refused_and_its_neighbours_are_not() {
        fn check<T: Number>(lowest: i64) {
            let write_beside_zero = |raw: i64| {
                let mut words = [T::from_f64(1.0); 2];
                let zero = &[0; WIDEST][..T::BYTES];
                let bytes = [zero, &raw.to_le_bytes()[..T::BYTES]].concat();
                let done = write(&mut words, 0, &bytes);
                (done, words.map(T::to_bits))
            };
            let one = T::from_f64(1.0).to_bits();
            assert_eq!(write_beside_zero(lowest), (Err(NotThere), [one; 2]));
            for raw in [lowest + 1, -lowest - 1, -1] {
                assert_eq!(write_beside_zero(raw), (Ok(()), [0, raw as u64]));
            }
        }
        check::<<I8 as Precision>::Weight>(i8::MIN.into());
        check::<<I16 as Precision>::Rate>(i16::MIN.into());
        check::<<I16 as Precision>::Potential>(i32::MIN.into());
        // A float of these bits is minus zero.
        let mut words = [1.0_f32];
        write(&mut words, 0, &(1_u32 << 31).to_le_bytes()).unwrap();
        assert_eq!(words[0].to_bits(), 1 << 31);
    }
}
