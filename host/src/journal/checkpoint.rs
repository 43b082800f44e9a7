//! The container of a checkpoint.
//!
//! All numbers are little-endian:
//!
//! | bytes | content |
//! |---|---|
//! | 8 | `APICALCK` |
//! | 4 | format version, 1 |
//! | 8 | length of the whole file |
//! | 8 | epoch |
//! | 4 + n | length and UTF-8 text of the shape |
//! | 4 + n | length and UTF-8 text of the precision |
//! | the rest | the state, in the caller's format |
//! | 4 | CRC-32 of everything before it |

use std::fs;
use std::path::Path;

use super::JournalError;

const MAGIC: &[u8; 8] = b"APICALCK";
const VERSION: u32 = 1;
const VERSION_AT: usize = 8;
const LENGTH_AT: usize = 12;
const EPOCH_AT: usize = 20;
const TEXTS_AT: usize = 28;
const CRC_BYTES: usize = 4;

/// The state of a run after an epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// How many epochs are complete.
    pub epoch: u64,
    /// What network the state is of, in a form that differs for every other one.
    pub shape: String,
    /// The number formats of the state.
    pub precision: String,
    /// Everything that the next epoch depends on.
    pub state: Vec<u8>,
}

impl Checkpoint {
    /// The bytes of the file.
    pub fn encode(&self) -> Vec<u8> {
        let texts = [self.shape.as_bytes(), self.precision.as_bytes()];
        let text_bytes: usize = texts.iter().map(|text| 4 + text.len()).sum();
        let length = TEXTS_AT + text_bytes + self.state.len() + CRC_BYTES;
        let mut bytes = Vec::with_capacity(length);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&(length as u64).to_le_bytes());
        bytes.extend_from_slice(&self.epoch.to_le_bytes());
        for text in texts {
            bytes.extend_from_slice(&(text.len() as u32).to_le_bytes());
            bytes.extend_from_slice(text);
        }
        bytes.extend_from_slice(&self.state);
        let crc = crc32fast::hash(&bytes);
        bytes.extend_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// When it cannot be read, is no checkpoint, is of another format, is cut short,
    /// or has changed since it was written.
    pub fn read(path: &Path) -> Result<Self, JournalError> {
        let bytes = fs::read(path).map_err(|source| JournalError::read(path, source))?;
        Self::decode(&bytes, path)
    }

    /// Reads the bytes of a file; `path` names it in errors.
    ///
    /// # Errors
    ///
    /// When they are no checkpoint, of another format, cut short, or damaged.
    pub fn decode(bytes: &[u8], path: &Path) -> Result<Self, JournalError> {
        let path_buf = || path.to_path_buf();
        let begins = &bytes[..bytes.len().min(MAGIC.len())];
        if bytes.is_empty() || !MAGIC.starts_with(begins) {
            return Err(JournalError::NotACheckpoint { path: path_buf() });
        }
        let cut = |expected: u64| JournalError::Length {
            path: path_buf(),
            found: bytes.len(),
            expected,
        };
        let least = (TEXTS_AT + 4 + 4 + CRC_BYTES) as u64;
        let version = u32_at(bytes, VERSION_AT).ok_or_else(|| cut(least))?;
        if version != VERSION {
            let (found, accepted) = (version, VERSION);
            return Err(JournalError::Version {
                path: path_buf(),
                found,
                accepted,
            });
        }
        let length = u64_at(bytes, LENGTH_AT).ok_or_else(|| cut(least))?;
        if length != bytes.len() as u64 || length < least {
            return Err(cut(length.max(least)));
        }
        let (content, crc) = bytes.split_at(bytes.len() - CRC_BYTES);
        let (found, expected) = (crc32fast::hash(content), u32_at(crc, 0).unwrap_or(0));
        if found != expected {
            return Err(JournalError::Crc {
                path: path_buf(),
                found,
                expected,
            });
        }
        // The CRC holds, so that only a file made on purpose fails from here on.
        let fields = || {
            let epoch = u64_at(content, EPOCH_AT)?;
            let (shape, rest) = text(content.get(TEXTS_AT..)?)?;
            let (precision, state) = text(rest)?;
            Some(Self {
                epoch,
                shape,
                precision,
                state: state.to_vec(),
            })
        };
        fields().ok_or_else(|| JournalError::NotACheckpoint { path: path_buf() })
    }

    /// Makes sure that the state is of a network of `shape` in `precision`.
    ///
    /// # Errors
    ///
    /// When it is of another one; the message names both.
    pub fn check(&self, path: &Path, shape: &str, precision: &str) -> Result<(), JournalError> {
        for (what, found, accepted) in [
            ("shape", &self.shape, shape),
            ("precision", &self.precision, precision),
        ] {
            if found != accepted {
                return Err(JournalError::Other {
                    path: path.to_path_buf(),
                    found: format!("{what} {found}"),
                    accepted: accepted.to_owned(),
                });
            }
        }
        Ok(())
    }
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// A length, so many bytes of UTF-8, and what follows them.
fn text(bytes: &[u8]) -> Option<(String, &[u8])> {
    let length = u32_at(bytes, 0)? as usize;
    let (text, rest) = bytes.get(4..)?.split_at_checked(length)?;
    Some((std::str::from_utf8(text).ok()?.to_owned(), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Checkpoint {
        Checkpoint {
            epoch: 7,
            shape: "64-100-10 logistic".to_owned(),
            precision: "i16".to_owned(),
            state: (0..=255).collect(),
        }
    }

    fn decode(bytes: &[u8]) -> Result<Checkpoint, JournalError> {
        Checkpoint::decode(bytes, Path::new("checkpoint.bin"))
    }

    fn fault(bytes: &[u8]) -> String {
        decode(bytes).unwrap_err().to_string()
    }

    #[test]
    fn what_was_written_is_read_back() {
        for state in [vec![], vec![0; 1000]] {
            let checkpoint = Checkpoint { state, ..example() };
            assert_eq!(decode(&checkpoint.encode()).unwrap(), checkpoint);
        }
    }

    #[test]
    fn every_cut_and_every_changed_bit_is_found() {
        let bytes = example().encode();
        for length in 0..bytes.len() {
            assert!(decode(&bytes[..length]).is_err(), "cut to {length}");
        }
        for index in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[index / 8] ^= 1 << (index % 8);
            assert!(decode(&changed).is_err(), "bit {index}");
        }
    }

    #[test]
    fn each_fault_has_its_message() {
        let bytes = example().encode();
        let length = bytes.len();
        assert_eq!(
            fault(b"PK\x03\x04"),
            "checkpoint.bin: not a checkpoint of Apical"
        );
        assert_eq!(fault(b""), "checkpoint.bin: not a checkpoint of Apical");
        assert_eq!(
            fault(&bytes[..100]),
            format!("checkpoint.bin: 100 bytes, but the checkpoint in it has {length}")
        );
        let mut longer = bytes.clone();
        longer.push(0);
        assert!(fault(&longer).ends_with(&format!("but the checkpoint in it has {length}")));
        let mut other = bytes.clone();
        other[VERSION_AT] = 2;
        assert_eq!(
            fault(&other),
            "checkpoint.bin: checkpoint format 2; accepted: 1"
        );
        let mut damaged = bytes;
        damaged[60] ^= 1;
        assert!(fault(&damaged).starts_with("checkpoint.bin: damaged: its CRC-32 is "));
    }

    #[test]
    fn another_network_or_precision_is_named() {
        let path = Path::new("c.bin");
        let checkpoint = example();
        checkpoint.check(path, "64-100-10 logistic", "i16").unwrap();
        let message = checkpoint
            .check(path, "64-30-10 logistic", "i16")
            .unwrap_err()
            .to_string();
        assert_eq!(
            message,
            "c.bin: checkpoint of shape 64-100-10 logistic; accepted: 64-30-10 logistic"
        );
        let message = checkpoint
            .check(path, "64-100-10 logistic", "f64")
            .unwrap_err()
            .to_string();
        assert_eq!(message, "c.bin: checkpoint of precision i16; accepted: f64");
    }

    #[test]
    fn lengths_beyond_the_content_do_not_panic() {
        let mut bytes = example().encode();
        bytes.truncate(bytes.len() - CRC_BYTES);
        bytes[TEXTS_AT..TEXTS_AT + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        let crc = crc32fast::hash(&bytes);
        bytes.extend_from_slice(&crc.to_le_bytes());
        assert!(matches!(
            decode(&bytes),
            Err(JournalError::NotACheckpoint { .. })
        ));
    }
}
