//! Rounding modes. A mode belongs to one write, never to the program.
//!
//! Every fixed-point write takes an exact wide integer `v` and drops `shift` fractional bits:
//! the modes differ only in what happens to the bits that are dropped. In floats the mode is
//! ignored; IEEE 754 rounds to nearest, ties to even.

/// The choice of a rounding mode at the edge of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Rounding {
    /// Towards zero: every update is made smaller. Learning stalls.
    Zero,
    /// Towards minus infinity, a bare arithmetic shift. Biased by half an ulp: learning drifts.
    Floor,
    /// To nearest, ties to even. Updates below half an ulp are lost.
    Nearest,
    /// Up with the probability of the dropped fraction. Unbiased: small updates survive on
    /// average. Sixteen random bits a write.
    #[default]
    Stochastic,
}

impl Rounding {
    /// All modes, in the order in which they are documented.
    pub const ALL: [Self; 4] = [Self::Zero, Self::Floor, Self::Nearest, Self::Stochastic];

    /// The name used in configurations and tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Zero => "zero",
            Self::Floor => "floor",
            Self::Nearest => "nearest",
            Self::Stochastic => "stochastic",
        }
    }
}

/// One rounding mode as a type, so that a kernel's inner loop has no branch on it.
pub trait Round {
    /// Whether the mode looks at its random word.
    const DRAWS: bool;
    /// Drops the `shift` lowest bits of `v`. `random` is uniform on `0..65536`. `shift <= 62`.
    fn shift(v: i64, shift: u32, random: u32) -> i64;
    /// The same on 32 bits, for formats where a bound proves it exact: `|v| < 2^31 - 2^16`,
    /// `shift <= 16`.
    fn shift32(v: i32, shift: u32, random: u32) -> i32;
    /// Whether `whole` + `fraction` / 2^16 is rounded up: the same as a shift by 16, in 16 bits.
    fn carry(whole: i16, fraction: u16, random: u16) -> bool;
}

macro_rules! shift_both {
    ($v:ident, $shift:ident, $random:ident, $int:ident, $body:expr) => {
        #[inline(always)]
        fn shift(v: i64, shift: u32, random: u32) -> i64 {
            type $int = i64;
            let ($v, $shift, $random) = (v, shift, random);
            $body
        }
        #[inline(always)]
        fn shift32(v: i32, shift: u32, random: u32) -> i32 {
            type $int = i32;
            let ($v, $shift, $random) = (v, shift, random);
            $body
        }
    };
}

/// See [`Rounding::Zero`].
#[derive(Clone, Copy, Debug)]
pub struct TowardZero;
impl Round for TowardZero {
    const DRAWS: bool = false;
    shift_both!(v, shift, _random, Int, {
        // A negative number gets the dropped bits' full weight first, so that the shift's floor
        // becomes a ceiling.
        let mask = ((1 as Int) << shift).wrapping_sub(1);
        v.wrapping_add((v >> (Int::BITS - 1)) & mask) >> shift
    });
    #[inline(always)]
    fn carry(whole: i16, fraction: u16, _: u16) -> bool {
        whole < 0 && fraction != 0
    }
}

/// See [`Rounding::Floor`].
#[derive(Clone, Copy, Debug)]
pub struct Floor;
impl Round for Floor {
    const DRAWS: bool = false;
    #[inline(always)]
    fn shift(v: i64, shift: u32, _: u32) -> i64 {
        v >> shift
    }
    #[inline(always)]
    fn shift32(v: i32, shift: u32, _: u32) -> i32 {
        v >> shift
    }
    #[inline(always)]
    fn carry(_: i16, _: u16, _: u16) -> bool {
        false
    }
}

/// See [`Rounding::Nearest`].
#[derive(Clone, Copy, Debug)]
pub struct NearestEven;
impl Round for NearestEven {
    const DRAWS: bool = false;
    shift_both!(v, shift, _random, Int, {
        // Half an ulp less one, plus one if the result would be odd: ties go to even.
        let half_less_one = (((1 as Int) << shift) >> 1).wrapping_sub((shift != 0) as Int);
        let odd = (v >> shift) & (shift != 0) as Int;
        v.wrapping_add(half_less_one).wrapping_add(odd) >> shift
    });
    #[inline(always)]
    fn carry(whole: i16, fraction: u16, _: u16) -> bool {
        // Half and odd counts as more than half.
        fraction.saturating_add(whole as u16 & 1) > 0x8000
    }
}

/// See [`Rounding::Stochastic`].
///
/// The random word has 16 bits. When more than 16 bits are dropped, the lowest are floored first:
/// the probability of rounding up is exact to 2^-16, and the mean is low by less than 2^-16 ulp.
#[derive(Clone, Copy, Debug)]
pub struct Stochastic;
impl Round for Stochastic {
    const DRAWS: bool = true;
    shift_both!(v, shift, random, Int, {
        if shift >= 16 {
            (v >> (shift - 16)).wrapping_add(random as Int) >> 16
        } else {
            v.wrapping_add((random >> (16 - shift)) as Int) >> shift
        }
    });
    #[inline(always)]
    fn carry(_: i16, fraction: u16, random: u16) -> bool {
        fraction.wrapping_add(random) < fraction
    }
}

/// Runs `$body` with `$mode` bound to the type of a [`Rounding`]: the enum at the edge becomes a
/// type before the inner loop starts.
macro_rules! with_rounding {
    ($rounding:expr, $mode:ident => $body:expr) => {
        match $rounding {
            $crate::Rounding::Zero => {
                type $mode = $crate::number::rounding::TowardZero;
                $body
            }
            $crate::Rounding::Floor => {
                type $mode = $crate::number::rounding::Floor;
                $body
            }
            $crate::Rounding::Nearest => {
                type $mode = $crate::number::rounding::NearestEven;
                $body
            }
            $crate::Rounding::Stochastic => {
                type $mode = $crate::number::rounding::Stochastic;
                $body
            }
        }
    };
}
pub(crate) use with_rounding;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_on_known_values() {
        // value in quarters: shift 2
        for (v, zero, floor, nearest) in [
            (7, 1, 1, 2),
            (6, 1, 1, 2),
            (5, 1, 1, 1),
            (2, 0, 0, 0),
            (-1, 0, -1, 0),
            (-2, 0, -1, 0),
            (-3, 0, -1, -1),
            (-5, -1, -2, -1),
            (-6, -1, -2, -2),
            (-7, -1, -2, -2),
        ] {
            assert_eq!(TowardZero::shift(v, 2, 0), zero, "zero {v}");
            assert_eq!(Floor::shift(v, 2, 0), floor, "floor {v}");
            assert_eq!(NearestEven::shift(v, 2, 0), nearest, "nearest {v}");
            assert_eq!(TowardZero::shift32(v as i32, 2, 0), zero as i32);
            assert_eq!(NearestEven::shift32(v as i32, 2, 0), nearest as i32);
        }
        for v in [-3_i64, 0, 5] {
            assert_eq!(NearestEven::shift(v, 0, 0), v);
            assert_eq!(TowardZero::shift(v, 0, 0), v);
            assert_eq!(Stochastic::shift(v, 0, 65535), v);
        }
    }

    #[test]
    fn stochastic_rounds_up_as_often_as_the_fraction_says() {
        for shift in [1_u32, 7, 15, 16] {
            for v in [-12345_i64, -1, 1, 3, 99_999] {
                let sum: i64 = (0..65536).map(|r| Stochastic::shift(v, shift, r)).sum();
                // The mean over all random words is v / 2^shift exactly.
                assert_eq!(sum << shift, v << 16, "v {v} shift {shift}");
            }
        }
    }
}
