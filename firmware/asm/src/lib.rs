//! 16-bit kernels in assembly: on the DSP instructions of Cortex-M4, M7 and M33, and in the few
//! registers of Cortex-M0 and M0+.
//!
//! [`I16`] has the formats and the bits of [`apical_core::I16`]; only the number of instructions
//! differs. On any other machine it *is* core's. The unsafe code of the project is here: single
//! instructions, and loops over pairs of words.
#![no_std]

#[cfg(armv6m)]
mod armv6m;
#[cfg(dsp)]
mod armv7em;
#[cfg(any(dsp, armv6m))]
mod blocks;
#[cfg(any(dsp, armv6m))]
mod precision;
#[cfg(any(dsp, armv6m))]
mod step;

#[cfg(not(any(dsp, armv6m)))]
pub use apical_core::I16;
#[cfg(any(dsp, armv6m))]
pub use precision::I16;
