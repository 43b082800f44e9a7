//! The two tables of the fixed-point activations, computed at compile time.
//!
//! 1,024 intervals of 1/64 over 0..16, 31 fractional bits: 4 KiB of flash each. Between the knots
//! the curve is a straight line, which is monotone by construction; `docs/numerics.md` has the
//! measured errors.

/// Knots per unit of potential, as a power of two.
pub(super) const KNOTS_LOG2: u32 = 6;
const KNOTS: usize = 16 << KNOTS_LOG2;
/// Fractional bits of the entries.
pub(super) const TABLE_FRAC: u32 = 31;

/// 1 / (1 + exp(-x)) for x = i / 64.
pub(super) static LOGISTIC: [u32; KNOTS + 1] = {
    let mut table = [0; KNOTS + 1];
    let mut i = 0;
    while i <= KNOTS {
        table[i] = entry(1.0 / (1.0 + exp_minus(i as f64 / (1 << KNOTS_LOG2) as f64)));
        i += 1;
    }
    table
};

/// log(1 + exp(-x)) for x = i / 64.
pub(super) static LOG1P_EXP: [u32; KNOTS + 1] = {
    let mut table = [0; KNOTS + 1];
    let mut i = 0;
    while i <= KNOTS {
        let y = exp_minus(i as f64 / (1 << KNOTS_LOG2) as f64);
        let z = y / (2.0 + y);
        let (mut sum, mut term, mut n) = (0.0, z, 1);
        while n < 60 {
            sum += term / n as f64;
            term *= z * z;
            n += 2;
        }
        table[i] = entry(2.0 * sum);
        i += 1;
    }
    table
};

const fn entry(y: f64) -> u32 {
    (y * (1_u64 << TABLE_FRAC) as f64 + 0.5) as u32
}

/// exp(-x), 0 <= x <= 16: Taylor on x / 1024, then ten squarings.
const fn exp_minus(x: f64) -> f64 {
    let t = -x / 1024.0;
    let (mut sum, mut term, mut n) = (1.0, 1.0, 1);
    while n < 14 {
        term *= t / n as f64;
        sum += term;
        n += 1;
    }
    let mut squarings = 0;
    while squarings < 10 {
        sum *= sum;
        squarings += 1;
    }
    sum
}

/// The value at `x` (non-negative, `frac` fractional bits, `frac >= 6`) on the line between its
/// two knots, floored to [`TABLE_FRAC`] bits; beyond the last knot, the last knot.
#[inline(always)]
pub(super) fn line(table: &[u32; KNOTS + 1], x: u32, frac: u32) -> i64 {
    let below = frac - KNOTS_LOG2;
    let i = (x >> below) as usize;
    if i >= KNOTS {
        return table[KNOTS] as i64;
    }
    // The mask tells the compiler what the comparison has already made sure of.
    let i = i & (KNOTS - 1);
    let (left, right) = (table[i] as i64, table[i + 1] as i64);
    left + (((right - left) * (x & ((1 << below) - 1)) as i64) >> below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_the_functions() {
        for i in (0..=KNOTS).step_by(7) {
            let x = i as f64 / 64.0;
            let one = (1_u64 << TABLE_FRAC) as f64;
            let logistic = 1.0 / (1.0 + libm::exp(-x));
            assert!((f64::from(LOGISTIC[i]) / one - logistic).abs() < 0.6 / one);
            assert!((f64::from(LOG1P_EXP[i]) / one - libm::log1p(libm::exp(-x))).abs() < 0.6 / one);
        }
    }
}
