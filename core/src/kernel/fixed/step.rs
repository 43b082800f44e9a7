//! What becomes of a learning rate in one row of an update.

use super::gain::Gain;
use super::multiply::Multiply;
use crate::number::FixedNumber;

/// The factor of one row of a rank-one update: `mantissa` x 2^-`right` times a stored rate is
/// the change with 16 fractional bits more than the weight has.
///
/// A factor of few significant bits and a shift, instead of a wide number, keeps the product in 32
/// bits where weights and rates have 16, and loses nothing that stochastic rounding could see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Step {
    pub(super) mantissa: i32,
    pub(super) right: u32,
    pub(super) cut: bool,
}

/// What all rows of an update have in common: the learning rate, in the unit of a [`Step`].
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    mantissa: i64,
    left: u32,
    right: u32,
}

impl Scale {
    /// Of weights in `W`, rates in `R` and postsynaptic words in `U`.
    #[inline(always)]
    pub fn new<W: Multiply<R>, R: FixedNumber, U: FixedNumber>(gain: Gain) -> Self {
        // The unit: weight ulp x 2^-16 (stochastic bits) x 2^-bits (room for the mantissa).
        let unit = (W::FRAC + 16 + W::STEP_BITS) as i32 - R::FRAC as i32;
        let right = U::FRAC as i32 + gain.shift - unit;
        Self {
            mantissa: gain.mantissa as i64,
            left: (-right).clamp(0, 61) as u32,
            right: right.clamp(0, 63) as u32,
        }
    }

    /// The learning rate, and how far its product with a postsynaptic word is shifted to the right;
    /// `None` where it is shifted to the left.
    pub const fn shift(self) -> Option<(i32, u32)> {
        if self.left == 0 {
            Some((self.mantissa as i32, self.right))
        } else {
            None
        }
    }

    /// The step of the row of one postsynaptic word. Without a branch: the steps of several rows are
    /// found side by side.
    #[inline(always)]
    pub fn step<W: Multiply<R>, R: FixedNumber, U: FixedNumber>(self, post: U) -> Step {
        let bits = W::STEP_BITS;
        let (step, cut) = self.exact::<W, R, U>(post);
        let length = 64 - step.unsigned_abs().leading_zeros();
        let exponent = length.saturating_sub(bits);
        let mantissa = half_up(step, exponent);
        // The rounding may carry into one bit more.
        let carry = u32::from(mantissa.unsigned_abs() >> bits != 0);
        Step {
            mantissa: (mantissa >> carry) as i32,
            right: bits - exponent - carry,
            cut,
        }
    }

    /// The factor before it is cut to a mantissa, of at most twice its bits less one, and whether it was too
    /// large and has been cut.
    #[inline(always)]
    pub fn exact<W: Multiply<R>, R: FixedNumber, U: FixedNumber>(self, post: U) -> (i64, bool) {
        let bits = W::STEP_BITS;
        // So long that at least one bit is shifted out after the product.
        let limit = ((1_i64 << bits) - 1) << (bits - 1);
        // Below 2^62, and what is cut off here is far beyond the limit.
        let room = ((1_i64 << 62) - 1) >> self.left;
        let exact = (post.raw() as i64 * self.mantissa).clamp(-room, room) << self.left;
        let step = half_up(exact, self.right);
        (step.clamp(-limit, limit), step > limit || step < -limit)
    }
}

/// Drops bits to nearest, ties up. Where none is dropped, the half that is added is dropped again.
#[inline(always)]
pub(super) fn half_up(value: i64, right: u32) -> i64 {
    (((value << 1) >> right) + 1) >> 1
}

impl Step {
    /// At most 15 bits and a sign where rates have 16 bits, 31 where they have 32.
    pub const fn mantissa(self) -> i32 {
        self.mantissa
    }

    /// How far the product with a rate is shifted: 1 to 15, or to 31 with rates of 32 bits.
    pub const fn right(self) -> u32 {
        self.right
    }

    /// Whether the factor was too large and has been cut, which counts as a saturation of a weight.
    pub const fn cut(self) -> bool {
        self.cut
    }

    /// Step times rate, floored.
    #[inline(always)]
    pub(super) fn wide<R: FixedNumber>(self, rate: R) -> i64 {
        (self.mantissa as i64 * rate.raw() as i64) >> self.right
    }

    /// The same for a mantissa of 15 bits and a rate of 16: the product fits 32.
    #[inline(always)]
    pub(super) fn narrow<R: FixedNumber>(self, rate: R) -> i32 {
        (self.mantissa as i16 as i32)
            .wrapping_mul(rate.raw())
            .wrapping_shr(self.right)
    }

    /// The same in two words of 16 bits: whole ulps of the weight, and their fraction.
    #[inline(always)]
    pub(super) fn halves(self, rate: i16) -> (i16, u16) {
        let product = (self.mantissa as i16 as i32).wrapping_mul(rate as i32);
        let (low, high) = (product as u16, (product >> 16) as i16);
        let left = 16_u32.wrapping_sub(self.right);
        (
            high.wrapping_shr(self.right),
            low.wrapping_shr(self.right) | (high as u16).wrapping_shl(left),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::fixed::types::{I2F14, I4F12, I8F24};

    #[test]
    fn halves_are_the_product() {
        for gain in [1e-6, 0.003, 0.1, 0.9, 7.0, -0.04] {
            let gain = Gain::new(gain).unwrap();
            for post in [-0.7, 1e-5, 0.3, 0.999, 5.0] {
                let post = I8F24::from_num(post);
                let step =
                    Scale::new::<I4F12, I2F14, I8F24>(gain).step::<I4F12, I2F14, I8F24>(post);
                assert!((1..=15).contains(&step.right), "{step:?}");
                for rate in [-32768_i32, -32767, -16384, -1, 0, 1, 77, 16384, 32767] {
                    let (whole, fraction) = step.halves(rate as i16);
                    let together = (i32::from(whole) << 16) + i32::from(fraction);
                    assert_eq!(together, step.narrow(I2F14::from_bits(rate as i16)));
                }
            }
        }
    }
}
