//! The Nucleo-F446RE: where in its flash checkpoints are, and how fast it runs.
#![no_std]

use core::ops::Range;

use stm32f4xx_hal::prelude::*;
use stm32f4xx_hal::rcc::Config;

/// The last two pages of 128 KB, one a slot.
pub const CHECKPOINTS: Range<u32> = 256 * 1024..512 * 1024;

/// The fastest that the internal oscillator can be multiplied to.
#[must_use]
pub fn clocks() -> Config {
    Config::hsi().sysclk(168.MHz())
}
