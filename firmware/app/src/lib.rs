//! A board that learns, without the board.
//!
//! Everything of the firmware that names no chip: a [`Trainer`] that steps any network of
//! `apical-core` in storage that the board gives, sensors and actuators over `embedded-hal`, the
//! link to a desktop over `embedded-io`, checkpoints over `embedded-storage`, and the default task,
//! which learns handwritten digits out of flash. All of it is generic over
//! [`Precision`](apical_core::Precision), so that a board with kernels of its own passes them in.
//!
//! No operating system, no heap, no panic handler: a board adds its pins, its clocks and its
//! memory. The desktop runs the same code in its tests.
#![no_std]
#![forbid(unsafe_code)]

#[cfg(test)]
extern crate std;

pub mod actuator;
pub mod arena;
pub mod digits;
mod log;
pub mod port;
pub mod reflex;
pub mod sensor;
pub mod serve;
pub mod server;
pub mod start;
pub mod store;
pub mod teacher;
pub mod trainer;
mod words;

pub use arena::{Aligned, Arena, Memory};
pub use port::{Port, PortError};
pub use reflex::{Reflex, ReflexError};
pub use serve::serve;
pub use server::Server;
pub use start::{Origin, start};
pub use store::{NoStore, Store, StoreError};
pub use trainer::{Trainer, TrainerError};
