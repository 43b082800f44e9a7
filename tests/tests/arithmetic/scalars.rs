//! Scalar operations and rounding modes.

use crate::strategies::{check, in_every_precision, integers, words};
use apical_core::number::rounding::{Floor, NearestEven, Round, Stochastic, TowardZero};
use apical_core::{Counters, I8, I16, I16x32, I32, Number, Precision, Rounding};
use apical_tests::exact::{Format, divide, nearest, raw};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

/// Asserts that a written word and the count of saturated writes are those of an exact value.
fn same<T: Number>(have: T, count: u64, exact: i128) -> Result<(), TestCaseError> {
    let (stored, saturated) = Format::of::<T>().store(exact);
    prop_assert_eq!(raw(have), stored);
    prop_assert_eq!(count, u64::from(saturated), "saturations");
    Ok(())
}

fn scalars<P: Precision>() {
    let [c, u] = [
        Format::of::<P::Coefficient>().frac,
        Format::of::<P::Potential>().frac,
    ];
    let term = || (words::<P::Coefficient>(), words::<P::Potential>());
    let strategy = ((term(), term(), term()), integers(32), words::<P::Rate>());
    check(3000, strategy, |((first, second, third), noise, rate)| {
        let terms = [first, second, third];
        let [(k, a), (_, b), _] = terms;
        let mut n = Counters::default();
        // Unbounded factors must not panic; within the stated bound the sum is exact.
        let mixed = P::mix(terms, &mut n);
        if terms.iter().map(|(k, _)| raw(*k).abs()).sum::<i128>() < 8 << c {
            let exact = terms.iter().map(|(k, x)| raw(*k) * raw(*x)).sum();
            same(mixed, n.potential, nearest::<P::Potential>(exact, c + u))?;
        }
        let with = |f: &dyn Fn(&mut Counters) -> P::Potential| {
            let mut n = Counters::default();
            (f(&mut n), n.potential)
        };
        let (have, n) = with(&|n| P::scale(k, a, n));
        same(have, n, nearest::<P::Potential>(raw(k) * raw(a), c + u))?;
        let (have, n) = with(&|n| P::add(a, b, n));
        same(have, n, raw(a) + raw(b))?;
        let (have, n) = with(&|n| P::sub(a, b, n));
        same(have, n, raw(a) - raw(b))?;
        let (have, n) = with(&|n| P::multiply(a, b, n));
        same(have, n, nearest::<P::Potential>(raw(a) * raw(b), 2 * u))?;

        let exact = nearest::<P::Potential>(noise * raw(k), c);
        let stored = Format::of::<P::Potential>().store(exact).0;
        prop_assert_eq!(raw(P::noise(noise as i32, k)), stored);
        let mut counters = Counters::default();
        let stored = P::rate(a, &mut counters);
        same(stored, counters.rate, nearest::<P::Rate>(raw(a), u))?;
        let exact = nearest::<P::Potential>(raw(rate), Format::of::<P::Rate>().frac);
        let wide = Format::of::<P::Potential>().store(exact).0;
        prop_assert_eq!(raw(P::widen(rate)), wide);
        Ok(())
    });
}

in_every_precision! { scalars }

#[test]
fn rounding_modes_are_their_definitions() {
    let wide = (
        prop_oneof![integers(62), integers(20)],
        0_u32..=62,
        0_u32..65_536,
    );
    check(20_000, wide, |(v, shift, random)| {
        let have = [
            TowardZero::shift(v as i64, shift, random),
            Floor::shift(v as i64, shift, random),
            NearestEven::shift(v as i64, shift, random),
            Stochastic::shift(v as i64, shift, random),
        ];
        prop_assert_eq!(
            have.map(i128::from),
            Rounding::ALL.map(|m| divide(v, shift, m, random))
        );
        Ok(())
    });
    let limit = (1_i128 << 31) - (1 << 16) - 1;
    let narrow = (integers(32), 0_u32..=16, 0_u32..65_536);
    check(20_000, narrow, |(v, shift, random)| {
        let v = v.clamp(-limit, limit);
        let have = [
            TowardZero::shift32(v as i32, shift, random),
            Floor::shift32(v as i32, shift, random),
            NearestEven::shift32(v as i32, shift, random),
            Stochastic::shift32(v as i32, shift, random),
        ];
        prop_assert_eq!(
            have.map(i128::from),
            Rounding::ALL.map(|m| divide(v, shift, m, random))
        );
        Ok(())
    });
    // A shift by 16 as a carry out of the lower half.
    let halves = (integers(31), 0_u32..65_536);
    check(20_000, halves, |(v, random)| {
        let (whole, fraction) = ((v >> 16) as i16, v as u16);
        let have = [
            TowardZero::carry(whole, fraction, random as u16),
            Floor::carry(whole, fraction, random as u16),
            NearestEven::carry(whole, fraction, random as u16),
            Stochastic::carry(whole, fraction, random as u16),
        ];
        prop_assert_eq!(
            have.map(|up| i128::from(whole) + i128::from(up)),
            Rounding::ALL.map(|m| divide(v, 16, m, random))
        );
        Ok(())
    });
}
