//! The factors of rows, in 32-bit registers.

use crate::blocks::{BLOCK, Row};
use apical_core::kernel::fixed::{self, Gain};
use apical_core::{I16, Precision};

type Weight = <I16 as Precision>::Weight;
type Rate = <I16 as Precision>::Rate;
type Potential = <I16 as Precision>::Potential;

/// The longest factor: core's limit.
const LIMIT: i32 = ((1 << 15) - 1) << 14;

/// How the product of the learning rate and a postsynaptic word is shifted.
#[derive(Clone, Copy, Debug)]
enum Shift {
    /// Right by 33 to 62: the product's upper word by one less than so many, rounded.
    High(u32),
    /// Right by 1 to 32, which is the word left by so many, and the product's upper word.
    Low(u32),
    /// Not at all, or the other way: core does it.
    Other,
}

/// What all rows of an update have in common.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    exact: fixed::Scale,
    mantissa: i32,
    shift: Shift,
}

impl Scale {
    pub(crate) fn new(gain: Gain) -> Self {
        let exact = fixed::Scale::new::<Weight, Rate, Potential>(gain);
        let (mantissa, shift) = match exact.shift() {
            Some((mantissa, right @ 33..=62)) => (mantissa, Shift::High(right - 33)),
            Some((mantissa, right @ 1..=32)) => (mantissa, Shift::Low(32 - right)),
            _ => (0, Shift::Other),
        };
        Self {
            exact,
            mantissa,
            shift,
        }
    }

    /// Prepares rows for their postsynaptic words.
    #[inline(always)]
    pub(crate) fn fill(self, rows: &mut [Row; BLOCK], post: &[Potential]) {
        let mantissa = self.mantissa;
        match self.shift {
            Shift::High(shift) => fill(rows, post, |post| high(post, mantissa, shift)),
            Shift::Low(shift) => fill(rows, post, |post| {
                low(post, mantissa, shift).unwrap_or_else(|| limit(post, mantissa))
            }),
            Shift::Other => self.by_core(rows, post),
        }
    }

    /// How many of these rows have a factor that is cut to [`LIMIT`].
    #[cfg(dsp)]
    #[inline(never)]
    pub(crate) fn cut(self, post: &[Potential]) -> u32 {
        let beyond = |step: i32| !(-LIMIT..=LIMIT).contains(&step);
        let cut = |post: &&Potential| match self.shift {
            Shift::High(shift) => beyond(high(post.to_bits(), self.mantissa, shift)),
            Shift::Low(shift) => low(post.to_bits(), self.mantissa, shift).is_none_or(beyond),
            Shift::Other => self.exact.step::<Weight, Rate, Potential>(**post).cut(),
        };
        post.iter().filter(cut).count() as u32
    }

    #[cold]
    #[inline(never)]
    fn by_core(self, rows: &mut [Row; BLOCK], post: &[Potential]) {
        for (row, &post) in rows.iter_mut().zip(post) {
            let step = self.exact.step::<Weight, Rate, Potential>(post);
            row.multiply(step.mantissa(), step.right());
        }
    }
}

/// The upper word of the product, shifted: to nearest, ties up.
#[inline(always)]
fn high(post: i32, mantissa: i32, shift: u32) -> i32 {
    let (high, _) = product(post, mantissa);
    ((high >> shift) + 1) >> 1
}

/// The upper word of the product of the shifted word, to nearest, ties up; `None` where the word does
/// not fit, and its product, with a mantissa of 31 bits, even less.
#[inline(always)]
fn low(post: i32, mantissa: i32, shift: u32) -> Option<i32> {
    let shifted = post << shift;
    let (high, half) = product(shifted, mantissa);
    (shifted >> shift == post).then_some(high + half)
}

/// The upper word of a product, and the upper bit of the lower word.
#[cfg(dsp)]
#[inline(always)]
fn product(a: i32, b: i32) -> (i32, i32) {
    let product = i64::from(a) * i64::from(b);
    ((product >> 32) as i32, (product >> 31) as i32 & 1)
}

/// The same out of products of halves: these cores have no longer one.
#[cfg(armv6m)]
#[inline(always)]
fn product(a: i32, b: i32) -> (i32, i32) {
    let (a_low, a_high) = (a & 0xffff, a >> 16);
    let (b_low, b_high) = (b & 0xffff, b >> 16);
    let low = (a_low as u32 * b_low as u32) >> 16;
    // A signed half times an unsigned one, and another half beside it, fit 32 bits.
    let first = a_high * b_low + low as i32;
    let second = a_low * b_high + (first & 0xffff);
    (
        a_high * b_high + (first >> 16) + (second >> 16),
        (second >> 15) & 1,
    )
}

const fn limit(post: i32, mantissa: i32) -> i32 {
    if (post ^ mantissa) < 0 { -LIMIT } else { LIMIT }
}

// A function of its own, which keeps its constants in registers.
#[inline(never)]
fn fill(rows: &mut [Row; BLOCK], post: &[Potential], step: impl Fn(i32) -> i32) {
    for (row, post) in rows.iter_mut().zip(post) {
        let (mantissa, right) = normal(step(post.to_bits()).clamp(-LIMIT, LIMIT));
        row.multiply(mantissa, right);
    }
}

/// To 15 significant bits, to nearest, ties up: a mantissa and how far its product with a rate is
/// shifted to the right. Where the rounding carries, the mantissa has one bit more, which is zero.
#[inline(always)]
fn normal(step: i32) -> (i32, u32) {
    let exponent = beyond(step.unsigned_abs());
    let half = (1 << exponent) >> 1;
    ((step + half) >> exponent, 15 - exponent)
}

/// Bits of a magnitude beyond the lowest 15.
#[cfg(dsp)]
#[inline(always)]
const fn beyond(magnitude: u32) -> u32 {
    17_u32.saturating_sub(magnitude.leading_zeros())
}

/// The same where no instruction counts zeros: a magnitude is below 2^30.
#[cfg(armv6m)]
#[inline(always)]
const fn beyond(magnitude: u32) -> u32 {
    let (mut high, mut bits) = (magnitude >> 15, 0);
    if high >= 1 << 8 {
        (high, bits) = (high >> 8, 8);
    }
    if high >= 1 << 4 {
        (high, bits) = (high >> 4, bits + 4);
    }
    if high >= 1 << 2 {
        (high, bits) = (high >> 2, bits + 2);
    }
    // 0, 1, 2 or 3: 0, 1, 2 or 2 bits.
    bits + high - (high & high >> 1)
}
