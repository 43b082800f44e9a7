//! The Raspberry Pi Pico: its flash, and where in it checkpoints are.
#![no_std]

use core::ops::Range;

/// Bytes of the board's flash.
pub const FLASH: usize = 2 * 1024 * 1024;
/// The last 64 KB, which memory.x keeps free of code.
pub const CHECKPOINTS: Range<u32> = (FLASH - 64 * 1024) as u32..FLASH as u32;
