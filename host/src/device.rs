//! A board at the other end of a line: asked, run, read, written, and held against this machine.
//!
//! | part | holds |
//! |---|---|
//! | [`port`] | serial port, pseudo-terminal or TCP socket: bytes, and what keeps them from coming |
//! | `exchange` | a request and its answer, sent again when either gets lost |
//! | [`session`] | what a board can be asked |
//! | [`state`] | all words of a network as the board keeps them, and where two of them differ |
//! | [`board`] | the network that a board says it has: its variables, its words as arrays |
//! | [`course`] | what both are shown, as it travels |
//! | [`twin`] | the board's network on this machine |
//! | [`lockstep`] | board and twin side by side, to the first difference |
//! | [`training`] | the board alone, shown the samples of a configuration |
//! | [`emulator`] | QEMU in place of a board |
//!
//! The protocol is `apical-link`'s, the very code that the board runs; nothing here knows the
//! firmware.

pub mod board;
pub mod course;
pub mod emulator;
mod error;
mod exchange;
pub mod lockstep;
pub mod port;
pub mod session;
pub mod state;
pub mod training;
pub mod twin;

pub use error::DeviceError;
pub use session::Session;
