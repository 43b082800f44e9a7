//! Exact sums of products.

use crate::number::rounding::{NearestEven, Round};

/// A wide integer that holds a sum of products exactly.
pub trait Sum: Copy + Default {
    /// Adds a partial sum that is exact in 64 bits.
    fn add(&mut self, partial: i64);
    /// Drops `shift` fractional bits, to nearest even, into 64 bits, clamped to 2^62.
    fn round(self, shift: u32) -> i64;
}

impl Sum for i64 {
    #[inline(always)]
    fn add(&mut self, partial: i64) {
        *self = self.wrapping_add(partial);
    }
    #[inline(always)]
    fn round(self, shift: u32) -> i64 {
        NearestEven::shift(self, shift, 0)
    }
}

impl Sum for i128 {
    #[inline(always)]
    fn add(&mut self, partial: i64) {
        *self = self.wrapping_add(partial as i128);
    }
    #[inline(always)]
    fn round(self, shift: u32) -> i64 {
        let half_less_one = ((1_i128 << shift) >> 1) - (shift != 0) as i128;
        let odd = (self >> shift) & (shift != 0) as i128;
        let rounded = self.wrapping_add(half_less_one).wrapping_add(odd) >> shift;
        rounded.clamp(-(1 << 62), 1 << 62) as i64
    }
}
