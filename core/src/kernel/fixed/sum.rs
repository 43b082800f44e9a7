//! Exact sums of products.

use crate::number::rounding::{NearestEven, Round};

/// A wide integer that holds a sum of products exactly.
pub trait Sum: Copy + Default {
    /// Adds a partial sum that is exact in 64 bits.
    fn add(&mut self, partial: i64);
    /// Drops `shift` fractional bits, to nearest even, into 64 bits, clamped to 2^62.
    fn round(self, shift: u32) -> i64;
    /// The same in 32-bit registers, where the result fits one and `shift` is 1 to 31.
    fn round32(self, shift: u32) -> Option<i32>;
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
    #[inline(always)]
    fn round32(self, shift: u32) -> Option<i32> {
        if !(1..32).contains(&shift) {
            return None;
        }
        let (low, high) = (self as u32, (self >> 32) as i32);
        // One less than half, and one more where the bit that stays is odd.
        let odd = (low >> shift) & 1;
        let (low, carry) = low.overflowing_add((1 << (shift - 1)) - 1 + odd);
        let high = high.wrapping_add(carry as i32);
        let rounded = (low >> shift | (high as u32) << (32 - shift)) as i32;
        (high >> shift == rounded >> 31).then_some(rounded)
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
    #[inline(always)]
    fn round32(self, _: u32) -> Option<i32> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Key, stream};

    #[test]
    fn rounded_in_32_bits_as_in_64() {
        let key = Key::new(6, 0, stream::DATA);
        let mut fit = 0;
        for i in 0..100_000_u32 {
            let word = (u64::from(key.word(2 * i)) << 32 | u64::from(key.word(2 * i + 1))) as i64;
            for sum in [
                word >> (i % 60),
                (word >> 40) << (i % 9),
                i64::from(i % 16) - 8,
            ] {
                for shift in [1, 2, 10, 14, 31] {
                    let want = i32::try_from(sum.round(shift)).ok();
                    assert_eq!(sum.round32(shift), want, "{sum} {shift}");
                    fit += u32::from(want.is_some());
                }
            }
        }
        assert!((500_000..1_500_000).contains(&fit), "{fit}");
    }
}
