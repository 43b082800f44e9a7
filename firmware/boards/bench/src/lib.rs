//! Counts instructions of kernels on emulated machines and tells them the host.
//!
//! The emulator makes a fixed virtual time pass with every instruction, so a timer of the machine
//! counts instructions. An image says ticks; `cargo xtask bench-mcu` makes instructions of them,
//! holds a loop of known length against them, and the results against its own.
#![no_std]

pub mod counter;
pub mod course;
pub mod own;
pub mod peer;
pub mod watch;

// Linked for their critical sections, on which static_cell stands.
#[cfg(target_arch = "arm")]
use cortex_m as _;
#[cfg(target_arch = "riscv32")]
use riscv as _;

/// The machine, as build.rs found it; without one, as for clippy on a desktop, nothing is linked.
pub const MACHINE: &str = match option_env!("APICAL_MACHINE") {
    Some(machine) => machine,
    None => "",
};

/// Whether 256x256 weights fit, which they do but on the smallest machine.
pub const WIDE: bool = !matches!(MACHINE.as_bytes(), b"microbit");

/// Weights of the largest square.
pub const LARGEST: usize = if WIDE { 256 * 256 } else { 64 * 64 };

/// Sides of the squares that are counted.
pub const SIDES: &[usize] = if WIDE { &[64, 256] } else { &[64] };
