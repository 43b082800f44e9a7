//! Rounding of an exact sum in 32-bit registers.

use crate::instruction::Sum;
use apical_core::kernel::Into;
use apical_core::kernel::fixed::store_sum;
use apical_core::number::FixedNumber;
use apical_core::{I16, Precision};

type Weight = <I16 as Precision>::Weight;
type Rate = <I16 as Precision>::Rate;
type Potential = <I16 as Precision>::Potential;

/// Fractional bits that a product of weight and rate has more than a potential.
const SHIFT: u32 = Weight::FRAC + Rate::FRAC - Potential::FRAC;

/// Rounds to nearest even and writes, as core's `store_sum`; 1 where the potential saturated.
///
/// What fits 32 bits before and after, which is nearly everything, is done here; the rest is core's.
#[inline(always)]
pub(crate) fn store(y: &mut Potential, sum: Sum, into: Into) -> u32 {
    const { assert!(SHIFT >= 1 && SHIFT < 16) };
    let (low, high) = sum.halves();
    // One less than half, and one more where the bit that stays is odd.
    let odd = (low >> SHIFT) & 1;
    let (low, carry) = low.overflowing_add((1 << (SHIFT - 1)) - 1 + odd);
    let high = high.wrapping_add(i32::from(carry));
    let product = (low >> SHIFT | (high as u32) << (32 - SHIFT)) as i32;
    let fits = high >> SHIFT == product >> 31;
    let value = match into {
        Into::Store => Some(product),
        Into::Add => y.raw().checked_add(product),
        Into::Subtract => y.raw().checked_sub(product),
    };
    match value {
        Some(value) if fits && value != i32::MIN => {
            *y = Potential::from_raw(value);
            0
        }
        _ => exactly(y, sum, into),
    }
}

#[cold]
#[inline(never)]
fn exactly(y: &mut Potential, sum: Sum, into: Into) -> u32 {
    store_sum::<Weight, Rate, Potential>(y, sum.get(), into)
}
