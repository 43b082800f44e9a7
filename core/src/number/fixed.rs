//! Fixed-point storage over the `fixed` crate.
//!
//! Formats are symmetric: a write saturates at plus and minus the largest value, so that negation
//! is exact, and a product of two words never needs the last bit of its double-width integer.
//! (The most negative bit pattern can still be loaded; every kernel stands it.)

use super::Number;
use ::fixed::types::extra::{LeEqU8, LeEqU16, LeEqU32};
use ::fixed::{FixedI8, FixedI16, FixedI32};

/// A fixed-point word of at most 32 bits.
pub trait FixedNumber: Number {
    /// Bits after the binary point.
    const FRAC: u32;
    /// The largest stored integer; the smallest is its negative.
    const MAX_RAW: i32;
    /// The stored integer.
    fn raw(self) -> i32;
    /// The word of a stored integer within `-MAX_RAW - 1 ..= MAX_RAW`; higher bits are cut off.
    fn from_raw(raw: i32) -> Self;

    /// The word nearest to the sum with a stored integer of 16 bits.
    fn add16(self, raw: i16) -> Self;
    /// Whether [`add16`](Self::add16) is not the sum.
    fn add16_exceeds(self, raw: i16) -> bool;

    /// The word nearest to a stored integer of any size.
    #[inline(always)]
    fn saturate(raw: i64) -> Self {
        Self::from_raw(raw.clamp(-(Self::MAX_RAW as i64), Self::MAX_RAW as i64) as i32)
    }
    /// Whether [`saturate`](Self::saturate) would change this integer.
    #[inline(always)]
    fn exceeds(raw: i64) -> bool {
        raw > Self::MAX_RAW as i64 || raw < -(Self::MAX_RAW as i64)
    }
}

macro_rules! fixed_number {
    ($fixed:ident, $int:ident, $bound:ident) => {
        impl<F: $bound + Send + Sync + 'static> Number for $fixed<F> {
            const BYTES: usize = size_of::<$int>();
            const ZERO: Self = Self::ZERO;
            const FRACTION: Option<u32> = Some(F::U32);

            #[inline]
            fn from_f64(value: f64) -> Self {
                // Where 1.5 x 2^52 is added, the last bit of a sum is worth one: the sum is
                // rounded to nearest even.
                const ONE_AND_A_HALF: f64 = 6_755_399_441_055_744.0;
                // Not the crate's conversion, which holds a panic: no firmware should.
                let limit = $int::MAX as f64;
                let scaled = value * (1_u64 << F::U32) as f64;
                let scaled = if scaled > limit {
                    limit
                } else if scaled < -limit {
                    -limit
                } else {
                    scaled
                };
                // NaN becomes zero in the cast.
                Self::from_bits(((scaled + ONE_AND_A_HALF) - ONE_AND_A_HALF) as $int)
            }
            #[inline]
            fn to_f64(self) -> f64 {
                self.to_num()
            }
            #[inline]
            fn to_bits(self) -> u64 {
                $fixed::to_bits(self) as i64 as u64
            }
            #[inline]
            fn from_bits(bits: u64) -> Self {
                $fixed::from_bits(bits as $int)
            }
            fn largest() -> f64 {
                Self::MAX.to_num()
            }
        }

        impl<F: $bound + Send + Sync + 'static> FixedNumber for $fixed<F> {
            const FRAC: u32 = F::U32;
            const MAX_RAW: i32 = $int::MAX as i32;
            #[inline(always)]
            fn raw(self) -> i32 {
                $fixed::to_bits(self) as i32
            }
            #[inline(always)]
            fn from_raw(raw: i32) -> Self {
                $fixed::from_bits(raw as $int)
            }
            #[inline(always)]
            fn add16(self, raw: i16) -> Self {
                if $int::BITS == 16 {
                    // One instruction for a vector of words that stay as wide as they are.
                    let sum = $fixed::to_bits(self).saturating_add(raw as $int);
                    $fixed::from_bits(sum.max(-$int::MAX))
                } else if $int::BITS == 8 {
                    let sum = ($fixed::to_bits(self) as i16).saturating_add(raw);
                    $fixed::from_bits(sum.clamp(-($int::MAX as i16), $int::MAX as i16) as $int)
                } else {
                    Self::saturate(self.raw() as i64 + raw as i64)
                }
            }
            #[inline(always)]
            fn add16_exceeds(self, raw: i16) -> bool {
                if $int::BITS == 16 {
                    let sum = $fixed::to_bits(self).wrapping_add(raw as $int);
                    sum != $fixed::to_bits(self.add16(raw))
                } else {
                    Self::exceeds(self.raw() as i64 + raw as i64)
                }
            }
        }
    };
}

fixed_number!(FixedI8, i8, LeEqU8);
fixed_number!(FixedI16, i16, LeEqU16);
fixed_number!(FixedI32, i32, LeEqU32);

#[cfg(test)]
mod tests {
    use super::*;
    use ::fixed::types::{I4F12, I8F24};

    #[test]
    fn writes_are_symmetric_and_round_to_even() {
        assert_eq!(<I4F12 as Number>::from_f64(-100.0).raw(), -32767);
        assert_eq!(<I4F12 as Number>::from_f64(100.0).raw(), 32767);
        assert_eq!(<I4F12 as Number>::from_f64(f64::NAN).raw(), 0);
        let half_ulp = 1.0 / 8192.0;
        assert_eq!(<I4F12 as Number>::from_f64(half_ulp).raw(), 0);
        assert_eq!(<I4F12 as Number>::from_f64(3.0 * half_ulp).raw(), 2);
        assert_eq!(I8F24::saturate(i64::MIN).raw(), -i32::MAX);
        assert!(I8F24::exceeds(i64::from(i32::MIN)) && !I8F24::exceeds(-i64::from(i32::MAX)));
    }

    #[test]
    fn bits_go_both_ways() {
        for raw in [-32768_i32, -1, 0, 1, 32767] {
            let x = I4F12::from_raw(raw);
            assert_eq!(<I4F12 as Number>::from_bits(Number::to_bits(x)), x);
        }
    }
}
