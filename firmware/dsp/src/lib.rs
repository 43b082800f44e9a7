//! 16-bit kernels on the DSP instructions of Cortex-M4, M7 and M33.
//!
//! [`I16`] has the formats and the bits of [`apical_core::I16`]; only the number of instructions
//! differs. On any other machine it *is* core's. The unsafe code of the project is here: single
//! instructions in `instruction`, and the loops over pairs of words in `rows`, `columns` and `pairs`.
#![no_std]

#[cfg(dsp)]
mod columns;
#[cfg(dsp)]
mod instruction;
#[cfg(dsp)]
mod pair;
#[cfg(dsp)]
mod pairs;
#[cfg(dsp)]
mod precision;
#[cfg(dsp)]
mod product;
#[cfg(dsp)]
mod rows;
#[cfg(dsp)]
mod step;
#[cfg(dsp)]
mod update;

#[cfg(not(dsp))]
pub use apical_core::I16;
#[cfg(dsp)]
pub use precision::I16;
