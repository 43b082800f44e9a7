//! Fixed-point arithmetic by its definition, in 128-bit integers: the reference for the kernels.
//!
//! Nothing here is taken from core but the names of the rounding modes; every function is the
//! sentence of `docs/numerics.md` written as division and remainder.

use apical_core::{Number, Rounding};

/// A fixed-point format as numbers.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// Bits after the binary point.
    pub frac: i32,
    /// The largest stored integer; the smallest a write can leave is its negative.
    pub max: i128,
}

impl Format {
    /// The format of a fixed-point word.
    ///
    /// # Panics
    /// When `T` is a float.
    pub fn of<T: Number>() -> Self {
        let frac = T::FRACTION.expect("a fixed-point format") as i32;
        Self {
            frac,
            max: (1 << (8 * T::BYTES - 1)) - 1,
        }
    }

    /// What a write of `value` stores, and whether it met the end of the range.
    pub fn store(self, value: i128) -> (i128, bool) {
        let stored = value.clamp(-self.max, self.max);
        (stored, stored != value)
    }
}

/// The stored integer of a fixed-point word.
pub fn raw<T: Number>(word: T) -> i128 {
    i128::from(word.to_bits() as i64)
}

/// The word of a stored integer.
pub fn word<T: Number>(raw: i128) -> T {
    T::from_bits(raw as i64 as u64)
}

/// `value` / 2^`shift`, rounded. `random` is the word of stochastic rounding, 0..65536.
pub fn divide(value: i128, shift: u32, rounding: Rounding, random: u32) -> i128 {
    let unit = 1_i128 << shift;
    let (floor, rest) = (value.div_euclid(unit), value.rem_euclid(unit));
    let up = match rounding {
        Rounding::Floor => false,
        Rounding::Zero => value < 0 && rest != 0,
        Rounding::Nearest => 2 * rest > unit || (2 * rest == unit && floor % 2 != 0),
        // Up with the probability of the fraction, floored to 16 bits.
        Rounding::Stochastic => ((rest << 16) >> shift) + i128::from(random) >= 1 << 16,
    };
    floor + i128::from(up)
}

/// A product's `frac` fractional bits to those of `T`, rounded once to nearest even.
pub fn nearest<T: Number>(value: i128, frac: i32) -> i128 {
    let drop = frac - Format::of::<T>().frac;
    if drop < 0 {
        value << -drop
    } else {
        divide(value, drop as u32, Rounding::Nearest, 0)
    }
}

/// `value` x 2^-`right`, to nearest, ties up; exact when `right` is not positive.
pub fn shift_half_up(value: i128, right: i32) -> i128 {
    if right <= 0 {
        // Beyond 2^62 only the sign matters: the caller's clamp cuts it.
        value.clamp(-(1 << 63), 1 << 63) << (-right).min(62)
    } else if right > 100 {
        0
    } else {
        (2 * value + (1 << right)).div_euclid(1 << (right + 1))
    }
}

/// A learning rate: a mantissa of 31 bits, to nearest, and how far it is shifted right.
pub fn gain(value: f64) -> (i128, i32) {
    if value == 0.0 {
        return (0, 0);
    }
    let bits = value.abs().to_bits();
    let significand = i128::from(bits & ((1 << 52) - 1) | 1 << 52);
    // 53 significant bits to 31; the value is significand x 2^(exponent - 52).
    let exponent = (bits >> 52) as i32 - 1023;
    let mantissa = shift_half_up(significand, 22).min((1 << 31) - 1);
    (
        if value < 0.0 { -mantissa } else { mantissa },
        30 - exponent,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_on_known_values() {
        let all = |v, random| Rounding::ALL.map(|mode| divide(v, 2, mode, random));
        // zero, floor, nearest even, stochastic
        assert_eq!(all(6, 0), [1, 1, 2, 1]);
        assert_eq!(all(6, 32_768), [1, 1, 2, 2]);
        assert_eq!(all(-6, 32_767), [-1, -2, -2, -2]);
        assert_eq!(all(2, 32_768), [0, 0, 0, 1]);
        assert_eq!(all(-4, 65_535), [-1, -1, -1, -1]);
        assert_eq!(shift_half_up(-3, 1), -1);
        assert_eq!(shift_half_up(3, 1), 2);
        assert_eq!(shift_half_up(3, -2), 12);
        assert_eq!(gain(1.0), (1 << 30, 30));
        assert_eq!(gain(-0.75), (-(3 << 29), 31));
        assert_eq!(gain(1.0 - f64::EPSILON), ((1 << 31) - 1, 31));
    }
}
