//! Activations in fixed point: integers and two tables, monotone by construction.
//!
//! Potentials have 32 bits with `6..=28` fractional bits. Each function returns the rate in the
//! format of the potential, floored after rounding at the table's 31 bits; a rate's own format is
//! met later, when it is stored as a presynaptic factor.

use super::table::{LOG1P_EXP, LOGISTIC, TABLE_FRAC, line};
use crate::number::FixedNumber;

/// From the table's fractional bits to those of the potential, to nearest; monotone.
#[inline(always)]
fn narrow<U: FixedNumber>(y: i64) -> U {
    let shift = TABLE_FRAC - U::FRAC;
    U::saturate((y + (1 << (shift - 1))) >> shift)
}

/// logistic(x), x with `frac` fractional bits, in the table's bits: 1 - logistic(-x) for x < 0.
#[inline(always)]
fn logistic_wide(x: i32, frac: u32) -> i64 {
    let y = line(&LOGISTIC, x.unsigned_abs(), frac);
    if x < 0 { (1 << TABLE_FRAC) - y } else { y }
}

#[inline(always)]
pub(crate) fn logistic<U: FixedNumber>(u: U) -> U {
    narrow(logistic_wide(u.raw(), U::FRAC))
}

/// tanh(u) = 2 logistic(2 u) - 1; one fractional bit less doubles the argument.
#[inline(always)]
pub(crate) fn tanh<U: FixedNumber>(u: U) -> U {
    narrow(2 * logistic_wide(u.raw(), U::FRAC - 1) - (1 << TABLE_FRAC))
}

#[inline(always)]
pub(crate) fn hard_sigmoid<U: FixedNumber>(u: U) -> U {
    let one = 1_i64 << U::FRAC;
    U::saturate(((u.raw() as i64 + 2 * one + 2) >> 2).clamp(0, one))
}

#[inline(always)]
pub(crate) fn rectified<U: FixedNumber>(u: U) -> U {
    U::saturate(u.raw().max(0) as i64)
}

/// beta (u - theta), to nearest, cut off at 32 bits.
#[inline(always)]
fn argument<U: FixedNumber, C: FixedNumber>(u: U, beta: C, theta: U) -> i32 {
    let x = (u.raw() as i64 - theta.raw() as i64).clamp(-(i32::MAX as i64), i32::MAX as i64)
        * beta.raw() as i64;
    let x = (x + (1 << (C::FRAC - 1))) >> C::FRAC;
    x.clamp(-(i32::MAX as i64), i32::MAX as i64) as i32
}

/// gamma log(1 + exp(x)) = gamma (max(x, 0) + log(1 + exp(-|x|))).
#[inline(always)]
pub(crate) fn softplus<U: FixedNumber, C: FixedNumber>(u: U, gamma: C, beta: C, theta: U) -> U {
    let x = argument(u, beta, theta);
    let shift = TABLE_FRAC - U::FRAC;
    let bend = (line(&LOG1P_EXP, x.unsigned_abs(), U::FRAC) + (1 << (shift - 1))) >> shift;
    let y = (x.max(0) as i64 + bend).min(i32::MAX as i64) * gamma.raw() as i64;
    U::saturate((y + (1 << (C::FRAC - 1))) >> C::FRAC)
}

/// y (1 - y) of the logistic.
#[inline(always)]
pub(crate) fn logistic_slope<U: FixedNumber>(u: U) -> U {
    let y = logistic_wide(u.raw(), U::FRAC);
    narrow((y * ((1 << TABLE_FRAC) - y)) >> TABLE_FRAC)
}

/// gamma beta logistic(beta (u - theta)).
#[inline(always)]
pub(crate) fn softplus_slope<U: FixedNumber, C: FixedNumber>(
    u: U,
    gamma: C,
    beta: C,
    theta: U,
) -> U {
    // One factor after the other: gamma beta alone can be beyond a coefficient's range.
    let y = logistic_wide(argument(u, beta, theta), U::FRAC);
    let y = (y * gamma.raw() as i64) >> TABLE_FRAC;
    U::saturate((y * beta.raw() as i64) >> (2 * C::FRAC - U::FRAC))
}

/// 1 - tanh(u)^2.
#[inline(always)]
pub(crate) fn tanh_slope<U: FixedNumber>(u: U) -> U {
    let y = tanh(u).raw() as i64;
    U::saturate((1 << U::FRAC) - ((y * y) >> U::FRAC))
}

#[inline(always)]
pub(crate) fn hard_sigmoid_slope<U: FixedNumber>(u: U) -> U {
    let two = 2_i64 << U::FRAC;
    let inside = (u.raw() as i64) >= -two && (u.raw() as i64) < two;
    U::saturate(if inside { (1 << U::FRAC) >> 2 } else { 0 })
}

#[inline(always)]
pub(crate) fn rectified_slope<U: FixedNumber>(u: U) -> U {
    U::saturate(if u.raw() < 0 { 0 } else { 1 << U::FRAC })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Number;
    use ::fixed::types::{I4F28, I8F24, I16F16};

    /// Largest error in ulps of the format against f64, over -12..12.
    fn worst<U: FixedNumber>(f: impl Fn(U) -> U, g: impl Fn(f64) -> f64) -> f64 {
        (-120_000..=120_000)
            .map(|i| U::from_f64(f64::from(i) * 1e-4))
            .map(|u| (f(u).to_f64() - g(u.to_f64())).abs() * f64::from(1_u32 << U::FRAC))
            .fold(0.0, f64::max)
    }

    #[test]
    fn errors_in_ulps_of_the_potential() {
        let sigma = |x: f64| 1.0 / (1.0 + libm::exp(-x));
        // The line between knots is off by (1/64)^2 / 8 x 0.0962 = 2.94e-6, 49.3 ulps of 2^-24.
        assert!(worst::<I8F24>(logistic, sigma) < 50.0);
        assert!(worst::<I16F16>(logistic, sigma) < 0.75);
        assert!(worst::<I8F24>(tanh, libm::tanh) < 100.0);
        let (one, three) = (I4F28::from_f64(1.0), I8F24::from_f64(3.0));
        let want = |x: f64| libm::log1p(libm::exp(x - 3.0));
        assert!(worst::<I8F24>(|u| softplus(u, one, one, three), want) < 129.0);
        let slope = |x: f64| sigma(x) * (1.0 - sigma(x));
        assert!(worst::<I8F24>(logistic_slope, slope) < 36.0);
        assert!(worst::<I8F24>(tanh_slope, |x| 1.0 - libm::tanh(x) * libm::tanh(x)) < 160.0);
        assert!(worst::<I8F24>(hard_sigmoid, |x| (x / 4.0 + 0.5).clamp(0.0, 1.0)) <= 0.5);
    }

    #[test]
    fn monotone_between_neighbours() {
        let (gamma, beta) = (I4F28::from_f64(0.1), I4F28::from_f64(1.0));
        let theta = I8F24::from_f64(3.0);
        // Dense around zero, around a knot and in the tails, where rounding could turn back.
        for centre in [
            0_i32,
            1 << 18,
            9 << 24,
            -(9 << 24),
            16 << 24,
            -(15 << 24),
            i32::MAX - 60_000,
        ] {
            for raw in centre..centre + 50_000 {
                let (a, b) = (I8F24::from_raw(raw), I8F24::from_raw(raw + 1));
                assert!(logistic(a) <= logistic(b));
                assert!(tanh(a) <= tanh(b));
                assert!(softplus(a, gamma, beta, theta) <= softplus(b, gamma, beta, theta));
                assert!(hard_sigmoid(a) <= hard_sigmoid(b));
            }
        }
    }

    #[test]
    fn no_panic_at_the_ends() {
        let c = I4F28::from_f64(7.99);
        for raw in [i32::MIN, i32::MIN + 1, -1, 0, 1, i32::MAX] {
            let u = I8F24::from_raw(raw);
            for y in [
                logistic(u),
                tanh(u),
                hard_sigmoid(u),
                rectified(u),
                logistic_slope(u),
            ] {
                assert!(y.raw() != i32::MIN);
            }
            let (low, high) = (I8F24::from_raw(i32::MIN), I8F24::from_raw(i32::MAX));
            let _ = (
                softplus(u, c, c, low),
                softplus(u, c, c, high),
                softplus_slope(u, c, c, low),
            );
            let _ = (tanh_slope(u), rectified_slope(u), hard_sigmoid_slope(u));
        }
    }
}
