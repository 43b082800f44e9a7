//! The `.npy` format of NumPy: a magic number, a header that is a Python dictionary,
//! and the numbers.
//!
//! Written are versions 1.0 headers and little-endian numbers in C order. Read are
//! versions 1 to 3, both orders, and the types that weights can have.

use std::io::{self, Read, Write};

use super::{Array, Values, elements};

const MAGIC: &[u8; 6] = b"\x93NUMPY";
/// NumPy aligns the numbers to this many bytes.
const ALIGNMENT: usize = 64;
const ACCEPTED_TYPES: &str = "float64, float32, int32, int16 or int8, little-endian";
/// Longer than any header of a numeric array.
const LONGEST_HEADER: usize = 10_000;

pub(super) fn encode(array: &Array, to: &mut impl Write) -> io::Result<()> {
    let descr = match array.values {
        Values::F64(_) => "<f8",
        Values::I32(_) => "<i4",
        Values::I16(_) => "<i2",
        Values::I8(_) => "|i1",
    };
    let mut header = format!(
        "{{'descr': '{descr}', 'fortran_order': False, 'shape': {}, }}",
        tuple(&array.shape)
    );
    let prefix = MAGIC.len() + 2 + 2;
    let total = (prefix + header.len() + 1).next_multiple_of(ALIGNMENT);
    header.extend(std::iter::repeat_n(' ', total - prefix - header.len() - 1));
    header.push('\n');

    to.write_all(MAGIC)?;
    to.write_all(&[1, 0])?;
    to.write_all(&(header.len() as u16).to_le_bytes())?;
    to.write_all(header.as_bytes())?;
    match &array.values {
        Values::F64(values) => write_all(to, values, f64::to_le_bytes),
        Values::I32(values) => write_all(to, values, i32::to_le_bytes),
        Values::I16(values) => write_all(to, values, i16::to_le_bytes),
        Values::I8(values) => write_all(to, values, i8::to_le_bytes),
    }
}

/// Writes numbers in pieces of some kilobytes.
fn write_all<T: Copy, const N: usize>(
    to: &mut impl Write,
    values: &[T],
    bytes: fn(T) -> [u8; N],
) -> io::Result<()> {
    let mut piece = Vec::new();
    for values in values.chunks(4096) {
        piece.clear();
        piece.extend(values.iter().flat_map(|&value| bytes(value)));
        to.write_all(&piece)?;
    }
    Ok(())
}

/// Reads one array; the error is what is wrong, without the place.
pub(super) fn decode(reader: &mut dyn Read) -> Result<Array, String> {
    let header = Header::read(reader)?;
    let width = match header.descr.as_str() {
        "<f8" => 8,
        "<f4" | "<i4" => 4,
        "<i2" => 2,
        "|i1" | "<i1" => 1,
        other => {
            return Err(format!(
                "found numbers of type {other:?}; accepted: {ACCEPTED_TYPES}"
            ));
        }
    };
    let length = elements(&header.shape)
        .and_then(|elements| elements.checked_mul(width))
        .ok_or_else(|| format!("shape {:?} is too large", header.shape))?;
    // Read one byte more, to find what is behind the end.
    let mut bytes = Vec::new();
    let limit = (length as u64).saturating_add(1);
    reader
        .take(limit)
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    if bytes.len() != length {
        let more = if bytes.len() > length {
            "more than "
        } else {
            ""
        };
        let found = bytes.len().min(length);
        return Err(format!(
            "{more}{found} bytes of numbers, but shape {:?} has {length}",
            header.shape
        ));
    }
    let order = |index| {
        if header.fortran {
            c_to_fortran(index, &header.shape)
        } else {
            index
        }
    };
    let values = match header.descr.as_str() {
        "<f8" => Values::F64(numbers(&bytes, order, f64::from_le_bytes)),
        "<f4" => Values::F64(numbers(&bytes, order, |bytes| {
            f32::from_le_bytes(bytes).into()
        })),
        "<i4" => Values::I32(numbers(&bytes, order, i32::from_le_bytes)),
        "<i2" => Values::I16(numbers(&bytes, order, i16::from_le_bytes)),
        _ => Values::I8(numbers(&bytes, order, i8::from_le_bytes)),
    };
    Ok(Array {
        shape: header.shape,
        values,
    })
}

/// The numbers in C order, number `i` being found at place `order(i)` of the file.
fn numbers<const WIDTH: usize, T>(
    bytes: &[u8],
    order: impl Fn(usize) -> usize,
    number: impl Fn([u8; WIDTH]) -> T,
) -> Vec<T> {
    let (chunks, _) = bytes.as_chunks::<WIDTH>();
    (0..chunks.len())
        .filter_map(|index| chunks.get(order(index)))
        .copied()
        .map(number)
        .collect()
}

/// From the place of an element, last dimension fastest, to that with the first fastest.
fn c_to_fortran(index: usize, shape: &[usize]) -> usize {
    let place = super::place(index, shape);
    place
        .iter()
        .zip(shape)
        .rev()
        .fold(0, |sum, (position, length)| sum * length + position)
}

#[derive(Debug)]
struct Header {
    descr: String,
    fortran: bool,
    shape: Vec<usize>,
}

impl Header {
    fn read(reader: &mut dyn Read) -> Result<Self, String> {
        let mut start = [0; 8];
        exact(reader, &mut start)?;
        let [magic @ .., major, _minor] = start;
        if magic != *MAGIC {
            return Err("not an array of NumPy".to_owned());
        }
        let length = match major {
            1 => {
                let mut length = [0; 2];
                exact(reader, &mut length)?;
                usize::from(u16::from_le_bytes(length))
            }
            2 | 3 => {
                let mut length = [0; 4];
                exact(reader, &mut length)?;
                u32::from_le_bytes(length) as usize
            }
            other => return Err(format!("version {other} of the format; accepted: 1, 2, 3")),
        };
        if length > LONGEST_HEADER {
            return Err(format!(
                "a header of {length} bytes; accepted: up to {LONGEST_HEADER}"
            ));
        }
        let mut header = vec![0; length];
        exact(reader, &mut header)?;
        let text = String::from_utf8_lossy(&header);
        Self::parse(&text).ok_or_else(|| format!("header {:?} is not understood", text.trim()))
    }

    /// `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }`, in any order.
    fn parse(text: &str) -> Option<Self> {
        let (mut descr, mut fortran, mut shape) = (None, None, None);
        let mut rest = text.trim().strip_prefix('{')?.strip_suffix('}')?.trim();
        while !rest.is_empty() {
            let (key, after) = quoted(rest)?;
            let value = after.trim_start().strip_prefix(':')?.trim_start();
            let after = match key {
                "descr" => {
                    let (value, after) = quoted(value)?;
                    descr = Some(value.to_owned());
                    after
                }
                "fortran_order" => {
                    let after = value.trim_start_matches(|c: char| c.is_ascii_alphabetic());
                    fortran = Some(match &value[..value.len() - after.len()] {
                        "True" => true,
                        "False" => false,
                        _ => return None,
                    });
                    after
                }
                "shape" => {
                    let (inside, after) = value.strip_prefix('(')?.split_once(')')?;
                    let lengths = inside
                        .split(',')
                        .map(str::trim)
                        .filter(|part| !part.is_empty());
                    shape = Some(
                        lengths
                            .map(|part| part.parse().ok())
                            .collect::<Option<_>>()?,
                    );
                    after
                }
                _ => return None,
            };
            let after = after.trim_start();
            rest = match after.strip_prefix(',') {
                Some(after) => after.trim_start(),
                None if after.is_empty() => after,
                None => return None,
            };
        }
        Some(Self {
            descr: descr?,
            fortran: fortran?,
            shape: shape?,
        })
    }
}

/// A Python string without escapes, and what follows it.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    text[1..].split_once(quote)
}

/// `(3, 4)`, `(3,)`, `()`.
fn tuple(shape: &[usize]) -> String {
    match shape {
        [length] => format!("({length},)"),
        _ => format!(
            "({})",
            shape
                .iter()
                .map(usize::to_string)
                .collect::<Vec<_>>()
                .join(", ")
        ),
    }
}

fn exact(reader: &mut dyn Read, bytes: &mut [u8]) -> Result<(), String> {
    reader
        .read_exact(bytes)
        .map_err(|error| format!("cut short: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn npy(header: &str, data: &[u8]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&[1, 0]);
        bytes.extend_from_slice(&(header.len() as u16).to_le_bytes());
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(data);
        bytes
    }

    fn fault(bytes: &[u8]) -> String {
        decode(&mut &bytes[..]).unwrap_err()
    }

    fn bytes_of(array: &Array) -> Vec<u8> {
        let mut bytes = Vec::new();
        encode(array, &mut bytes).unwrap();
        bytes
    }

    /// What `numpy.lib.format` writes for `numpy.array([[1.5, -2.0]])`.
    #[test]
    fn the_bytes_are_those_of_numpy() {
        let array = Array {
            shape: vec![1, 2],
            values: Values::F64(vec![1.5, -2.0]),
        };
        let bytes = bytes_of(&array);
        let header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }";
        assert_eq!(&bytes[..10], b"\x93NUMPY\x01\x00\x76\x00");
        assert_eq!(&bytes[10..10 + header.len()], header);
        assert!(
            bytes[10 + header.len()..127]
                .iter()
                .all(|byte| *byte == b' ')
        );
        assert_eq!(bytes[127], b'\n');
        assert_eq!(
            &bytes[128..],
            [0, 0, 0, 0, 0, 0, 0xf8, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0]
        );
        assert_eq!(decode(&mut &bytes[..]).unwrap(), array);
    }

    #[test]
    fn the_order_of_fortran_is_undone() {
        let header = "{\"shape\": (2, 3), 'fortran_order': True, 'descr': '|i1'}\n";
        let array = decode(&mut &npy(header, &[1, 4, 2, 5, 3, 6])[..]).unwrap();
        assert_eq!(array.shape, [2, 3]);
        assert_eq!(array.values, Values::I8(vec![1, 2, 3, 4, 5, 6]));
        let header = "{'descr': '|i1', 'fortran_order': True, 'shape': (2, 2, 2), }\n";
        let array = decode(&mut &npy(header, &[0, 4, 2, 6, 1, 5, 3, 7])[..]).unwrap();
        assert_eq!(array.values, Values::I8((0..8).collect()));
    }

    #[test]
    fn single_precision_and_scalars_are_read() {
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (), }";
        let array = decode(&mut &npy(header, &0.5_f32.to_le_bytes())[..]).unwrap();
        assert_eq!(
            array,
            Array {
                shape: vec![],
                values: Values::F64(vec![0.5])
            }
        );
        assert_eq!(decode(&mut &bytes_of(&array)[..]).unwrap(), array);
    }

    #[test]
    fn what_is_not_such_an_array_is_refused() {
        let header = |descr: &str, shape: &str| {
            format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}")
        };
        for (bytes, expected) in [
            (
                npy(&header(">f8", "(1,)"), &[0; 8]),
                "found numbers of type \">f8\"; accepted: fl",
            ),
            (
                npy(&header("<i8", "(1,)"), &[0; 8]),
                "found numbers of type \"<i8\"; accepted: fl",
            ),
            (
                npy(&header("<f8", "(2,)"), &[0; 8]),
                "8 bytes of numbers, but shape [2] has 16",
            ),
            (
                npy(&header("<f8", "(1,)"), &[0; 9]),
                "more than 8 bytes of numbers, but shape [1]",
            ),
            (
                npy(&header("<f8", "(18446744073709551615, 2)"), &[]),
                "is too large",
            ),
            (
                npy(&header("<f8", "(9000000000000000,)"), &[]),
                "0 bytes of numbers, but shape",
            ),
            (npy(&header("<f8", "(-1,)"), &[]), "is not understood"),
            (npy("{'descr': '<f8'}", &[]), "is not understood"),
            (npy("{'descr': [('a', '<f8')], }", &[]), "is not understood"),
            (npy("", &[]), "is not understood"),
            (npy("{é", &[]), "is not understood"),
            (
                b"\x93NUMPY\x09\x00\x00\x00".to_vec(),
                "version 9 of the format",
            ),
            (
                b"\x93NUMPY\x02\x00\xff\xff\xff\xff".to_vec(),
                "a header of 4294967295 bytes",
            ),
            (b"GIF89a..".to_vec(), "not an array of NumPy"),
            (b"\x93NUM".to_vec(), "cut short"),
        ] {
            let message = fault(&bytes);
            assert!(message.contains(expected), "{message}");
        }
    }

    #[test]
    fn every_cut_is_found() {
        let array = Array {
            shape: vec![2, 2],
            values: Values::I16(vec![1, -2, 3, -4]),
        };
        let bytes = bytes_of(&array);
        for length in 0..bytes.len() {
            assert!(decode(&mut &bytes[..length]).is_err(), "cut to {length}");
        }
    }
}
