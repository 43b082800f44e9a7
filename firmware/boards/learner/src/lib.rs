//! What the images of every board do, on the pins, the flash and the port that the board hands them:
//! [`learn()`] the digits, which is the default, serve a desktop over the [`link`], or live by a [`reflex`].
//!
//! The statics are here and not in the boards: what every image needs one of, the linker places in each,
//! and leaves out what an image does not do.
#![no_std]

pub mod learn;
pub mod link;
pub mod reflex;

pub use learn::{Pins, learn};

/// What a board learns in: 16-bit weights, with kernels in assembly where there are some.
pub type Precision = apical_asm::I16;
