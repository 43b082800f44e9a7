//! What the property tests of weights share: learning rates, random words, factors and one write.

use apical_core::precision::Draw;
use apical_core::random::{INCREMENT, Key, MULTIPLIER};
use apical_core::{Number, Precision, Rounding};
use apical_tests::exact::{Format, divide, gain, raw, shift_half_up};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestCaseError;

/// Learning rates: of a few significant bits and of many, of either sign, from tiny to huge.
pub(crate) fn gains() -> impl Strategy<Value = f64> + Clone {
    let size = prop_oneof![3 => -40..4_i32, 1 => -59..31_i32];
    let mantissa = prop_oneof![Just(1.0), Just(1.5), 1.0..2.0_f64, Just(2.0 - f64::EPSILON)];
    (size, mantissa, any::<bool>()).prop_map(|(exponent, mantissa, minus)| {
        let value = mantissa * 2.0_f64.powi(exponent);
        if minus { -value } else { value }
    })
}

/// Any mode, and any row of random words.
pub(crate) fn draws() -> impl Strategy<Value = Draw> {
    (select(Rounding::ALL.to_vec()), any::<u64>(), any::<u32>()).prop_map(
        |(rounding, seed, step)| {
            let key = Key::new(seed, step.into(), 7);
            Draw { rounding, key }
        },
    )
}

/// The random word of row `i`, column `j`: the generator stepped once for every two columns from the
/// row's hash; odd columns have the upper half, even ones both halves' exclusive or.
fn random_word(key: Key, i: usize, j: usize) -> u32 {
    let mut state = key.word(i as u32);
    for _ in 0..=j / 2 {
        state = state.wrapping_mul(MULTIPLIER).wrapping_add(INCREMENT);
    }
    let (upper, lower) = (state >> 16, state & 0xffff);
    if j % 2 == 1 { upper } else { upper ^ lower }
}

/// Asserts a weight after a change with 16 bits more than its own; returns (saturated, lost).
pub(crate) fn updated<T: Number>(
    before: T,
    after: T,
    change: i128,
    draw: Draw,
    at: (usize, usize),
) -> Result<(bool, bool), TestCaseError> {
    let step = divide(change, 16, draw.rounding, random_word(draw.key, at.0, at.1));
    let (stored, saturated) = Format::of::<T>().store(raw(before) + step);
    prop_assert_eq!(raw(after), stored, "weight {:?}, change {}", at, change);
    Ok((saturated, step == 0 && change != 0))
}

/// Bits of a factor: B of `docs/numerics.md`.
pub(crate) fn bits_of<P: Precision>() -> i32 {
    if P::Rate::BYTES == 2 { 15 } else { 31 }
}

/// gain x post before its lowest bits are dropped, and whether it was cut off: steps 1 and 2.
pub(crate) fn factor_of<P: Precision>(post: P::Potential, value: f64) -> (i128, bool) {
    let bits = bits_of::<P>();
    let [w, r, u] = [
        Format::of::<P::Weight>().frac,
        Format::of::<P::Rate>().frac,
        Format::of::<P::Potential>().frac,
    ];
    let (mantissa, shift) = gain(value);
    // In units of weight ulp x 2^-16 x 2^-bits per rate ulp, at most 2 x bits - 1 long.
    let unit = w + 16 + bits - r;
    let limit = ((1_i128 << bits) - 1) << (bits - 1);
    let exact = shift_half_up(raw(post) * mantissa, u + shift - unit);
    let step = exact.clamp(-limit, limit);
    (step, step != exact)
}
