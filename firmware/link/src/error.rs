//! Everything that can be wrong with a frame or with what it asks for.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::message::Section;

/// Why a frame was not accepted, or a request not done. The state is what it was before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Error {
    /// The check sum is another one.
    Damaged,
    /// The frame ends before its envelope does.
    Cut,
    /// The frame is longer than the receiver's buffer, the answer than the sender's, or more steps
    /// were asked for than [`MAX_STEPS`](crate::message::MAX_STEPS).
    Oversized {
        /// Bytes that would have fitted, or steps that would have been taken.
        limit: u32,
    },
    /// The frame is of another version of the protocol.
    Version {
        /// The version of the frame.
        theirs: u8,
        /// The version of who refuses it.
        ours: u8,
    },
    /// A whole frame of this version whose message nobody knows.
    Unknown,
    /// A frame of this number was answered before, and the answer is not at hand any more, or it
    /// was another frame.
    Repeated {
        /// The number.
        sequence: u16,
    },
    /// The answer to another request.
    Stale {
        /// The number of that request.
        sequence: u16,
    },
    /// Bytes that are not whole words within a section, or that hold the most negative integer,
    /// which is outside of every fixed-point format (docs/numerics.md).
    OutOfRange {
        /// The section; for the operands of a step, the one whose words they are like.
        section: Section,
        /// Its bytes.
        bytes: u32,
        /// Bytes of one of its words.
        word: u8,
    },
    /// An input or a teacher of the wrong length.
    Length {
        /// Which of them.
        operand: Operand,
        /// Bytes that the network takes.
        needed: u32,
        /// Bytes that were given.
        given: u32,
    },
    /// A configuration whose network cannot be built in the board's precision. A desktop that
    /// builds the same network is told which parameter it is.
    Unbuildable,
    /// A configuration whose network needs more words than the board has.
    DoesNotFit {
        /// The first storage that is too small.
        section: Section,
        /// Words that the network needs.
        needed: u32,
        /// Words that there are.
        available: u32,
    },
    /// The checkpoint was not saved or erased.
    Store(Fault),
}

/// What a step is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Operand {
    /// Rates of the input.
    Input,
    /// Potentials of the teacher.
    Teacher,
}

/// What is wrong with the memory of checkpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Fault {
    /// The board has none.
    Absent,
    /// A checkpoint is larger than its place.
    Full,
    /// The flash refused an erase, a write or a read.
    Flash,
    /// What was written did not read back.
    Worn,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Damaged => f.write_str("a damaged frame: its check sum is wrong"),
            Self::Cut => f.write_str("a cut frame: it ends too early"),
            Self::Oversized { limit } => {
                write!(
                    f,
                    "an oversized request: at most {limit} bytes of a frame, or steps, at once"
                )
            }
            Self::Version { theirs, ours } => {
                write!(
                    f,
                    "a frame of protocol version {theirs}; this side speaks {ours}"
                )
            }
            Self::Unknown => f.write_str("a message that is not of this protocol"),
            Self::Repeated { sequence } => {
                write!(f, "frame {sequence} came again; it was done once")
            }
            Self::Stale { sequence } => write!(f, "an answer to request {sequence}"),
            Self::OutOfRange {
                section,
                bytes,
                word,
            } => {
                write!(
                    f,
                    "not whole words of {section} within their range: it has {bytes} bytes, {word} \
                     a word"
                )
            }
            Self::Length {
                operand,
                needed,
                given,
            } => {
                let name = match operand {
                    Operand::Input => "input",
                    Operand::Teacher => "teacher",
                };
                write!(f, "{given} bytes of {name}; the network takes {needed}")
            }
            Self::Unbuildable => f.write_str("a network that cannot be built in this precision"),
            Self::DoesNotFit {
                section,
                needed,
                available,
            } => {
                write!(
                    f,
                    "the network needs {needed} words of {section}; there are {available}"
                )
            }
            Self::Store(fault) => f.write_str(match fault {
                Fault::Absent => "the board keeps no checkpoints",
                Fault::Full => "the checkpoint is larger than its place in flash",
                Fault::Flash => "the flash refused",
                Fault::Worn => "the flash does not keep what is written",
            }),
        }
    }
}

impl core::error::Error for Error {}
