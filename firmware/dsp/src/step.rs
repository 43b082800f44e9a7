//! The factor of a row in 32-bit registers.

use apical_core::kernel::fixed::{self, Gain};
use apical_core::{I16, Precision};

type Weight = <I16 as Precision>::Weight;
type Rate = <I16 as Precision>::Rate;
type Potential = <I16 as Precision>::Potential;

/// The longest factor: core's limit.
const LIMIT: i32 = ((1 << 15) - 1) << 14;

/// What all rows of an update have in common.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    exact: fixed::Scale,
    /// The learning rate, and how far its product with a postsynaptic word is shifted: 1 to 62, or
    /// `None` where it is not shifted, or the other way.
    near: Option<(i32, u32)>,
}

impl Scale {
    pub(crate) fn new(gain: Gain) -> Self {
        let exact = fixed::Scale::new::<Weight, Rate, Potential>(gain);
        let near = exact.shift().filter(|(_, right)| (1..=62).contains(right));
        Self { exact, near }
    }

    /// The factor times 2^(16 - right), in the words of [`fixed::Step`].
    #[inline(always)]
    pub(crate) fn step(self, post: i32) -> i32 {
        let Some((mantissa, right)) = self.near else {
            let step = self
                .exact
                .step::<Weight, Rate, Potential>(Potential::from_bits(post));
            return step.mantissa() << (16 - step.right());
        };
        let product = post as i64 * mantissa as i64;
        let (low, high) = (product as u32, (product >> 32) as i32);
        // Half is added before the shift, which is the same as to nearest, ties up.
        let step = if right > 32 {
            (high + (1 << (right - 33))) >> (right - 32)
        } else {
            let (low, carry) = low.overflowing_add(1 << (right - 1));
            let high = high + i32::from(carry);
            // What the upper register holds beyond the limit is cut, whatever the lower has.
            let top = high >> (right - 1);
            if top != top >> 31 {
                return normal(if high < 0 { -LIMIT } else { LIMIT });
            }
            low.checked_shr(right).unwrap_or(0) as i32 | high.checked_shl(32 - right).unwrap_or(0)
        };
        normal(step.clamp(-LIMIT, LIMIT))
    }
}

/// To 15 significant bits, to nearest, ties up; where the rounding carries, the bit that is then
/// dropped is zero.
#[inline(always)]
fn normal(step: i32) -> i32 {
    let length = 32 - step.unsigned_abs().leading_zeros();
    let exponent = length.saturating_sub(15);
    let half = (1 << exponent) >> 1;
    // mantissa x 2^exponent, which is core's mantissa x 2^(15 - right); one more makes 16 - right.
    ((step + half) >> exponent << exponent) << 1
}
