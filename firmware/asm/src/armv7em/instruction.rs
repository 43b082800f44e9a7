//! One DSP instruction a function.

use core::arch::asm;

/// Armv8-M's target leaves the DSP extension out; the assembler has to be told that it is there.
#[cfg(feature = "armv8m-dsp")]
macro_rules! with_dsp {
    ($($text:expr),* $(,)?) => { concat!(".cpu cortex-m33\n", $($text),*) };
}
/// Armv7E-M has the instructions.
#[cfg(not(feature = "armv8m-dsp"))]
macro_rules! with_dsp {
    ($($text:expr),* $(,)?) => { concat!($($text),*) };
}
pub(crate) use with_dsp;

/// A 64-bit sum in two registers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sum {
    low: u32,
    high: u32,
}

/// An instruction that multiplies words of 16 bits and adds to a [`Sum`].
macro_rules! accumulate {
    ($(#[$doc:meta])* $name:ident, $mnemonic:literal) => {
        $(#[$doc])*
        #[inline(always)]
        pub(crate) fn $name(&mut self, a: u32, b: u32) {
            // SAFETY: registers only; cores for which this module is compiled have it.
            unsafe {
                asm!(
                    with_dsp!($mnemonic),
                    low = inout(reg) self.low,
                    high = inout(reg) self.high,
                    a = in(reg) a,
                    b = in(reg) b,
                    options(pure, nomem, nostack, preserves_flags),
                );
            }
        }
    };
}

impl Sum {
    accumulate!(
        /// Adds the products of both pairs of halves.
        pairs, "smlald {low}, {high}, {a}, {b}"
    );
    accumulate!(
        /// Adds the product of the lower halves.
        low_low, "smlalbb {low}, {high}, {a}, {b}"
    );
    accumulate!(
        /// Adds the product of the upper half of the first and the lower half of the second.
        high_low, "smlaltb {low}, {high}, {a}, {b}"
    );
    /// Of the lower and the upper 32 bits.
    #[inline(always)]
    pub(crate) const fn new(low: u32, high: u32) -> Self {
        Self { low, high }
    }

    /// The sum.
    #[inline(always)]
    pub(crate) const fn get(self) -> i64 {
        ((self.high as u64) << 32 | self.low as u64) as i64
    }
}
