//! The protocol between Apical on a board and on a desktop: the one thing that both link.
//!
//! A desktop sends a [`Request`], the board answers with a [`Reply`], over any stream of bytes.
//!
//! | part | holds |
//! |---|---|
//! | [`message`] | what can be asked and answered, as `postcard` writes it |
//! | [`configuration`] | a network's whole description, as it travels |
//! | [`frame`] | version, sequence number, message, CRC-32, wrapped in COBS |
//! | [`decoder`] | bytes of a serial port, one by one, into frames |
//! | [`client`] | the desktop's side: requests out, replies in |
//! | [`responder`] | the board's side: every frame gets one answer, no frame acts twice |
//!
//! What is damaged, cut, repeated, oversized or of another version is answered with an [`Error`] and
//! changes nothing. Nothing here panics, allocates, or depends on the transport.
//!
//! # The frame
//!
//! ```text
//! COBS( version: u8 | sequence: u16 LE | message: postcard | CRC-32 of all before: u32 LE ) 0x00
//! ```
//!
//! This envelope is the same in every version, so that two versions can name each other. The CRC
//! is CRC-32/ISO-HDLC (zlib's). Sequence 0 stands for "a frame that could not be read".
#![no_std]
#![forbid(unsafe_code)]

#[cfg(test)]
extern crate std;

pub mod client;
pub mod configuration;
pub mod decoder;
mod error;
pub mod frame;
pub mod message;
mod remote;
pub mod responder;

pub use client::Client;
pub use configuration::Configuration;
pub use decoder::Decoder;
pub use error::{Error, Fault, Operand};
pub use frame::VERSION;
pub use message::{Format, Identity, Reply, Report, Request, Section};
pub use responder::{Answer, Responder};
