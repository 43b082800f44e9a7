//! Every arithmetic operation of every fixed-point precision against exact 128-bit integers, over
//! raw bits with the extremes mixed in.

use apical_core::kernel::Into;
use apical_core::number::rounding::{Floor, NearestEven, Round, Stochastic, TowardZero};
use apical_core::precision::{Draw, Filter};
use apical_core::random::{INCREMENT, Key, MULTIPLIER};
use apical_core::{Counters, I8, I16, I16x32, I32, Number, Precision, Rounding};
use apical_tests::exact::{Format, divide, gain, raw, shift_half_up, word};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};

/// Runs a property on the same cases every time.
fn check<S: Strategy>(
    cases: u32,
    strategy: S,
    property: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    let config = Config {
        cases,
        rng_seed: RngSeed::Fixed(0x00ca_1000),
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config).run(&strategy, property).unwrap();
}

/// Integers of `bits` bits: any, the ends, powers of two with either sign, small ones.
fn integers(bits: u32) -> impl Strategy<Value = i128> + Clone {
    let max = (1_i64 << (bits - 1)) - 1;
    prop_oneof![
        4 => -max - 1..=max,
        2 => select(vec![-max - 1, -max, 1 - max, max - 1, max, 0, 1, -1]),
        2 => (0..bits - 1, any::<bool>()).prop_map(|(n, minus)| if minus { -1 << n } else { 1 << n }),
        2 => -100_i64..=100,
    ]
    .prop_map(i128::from)
}

fn words<T: Number>() -> impl Strategy<Value = T> + Clone {
    integers(8 * T::BYTES as u32).prop_map(word)
}

/// Rates as the network stores them: symmetric, never the most negative pattern.
fn rates<P: Precision>() -> impl Strategy<Value = P::Rate> + Clone {
    words::<P::Rate>().prop_map(|r| word(raw(r).max(-Format::of::<P::Rate>().max)))
}

/// Learning rates: of a few significant bits and of many, of either sign, from tiny to huge.
fn gains() -> impl Strategy<Value = f64> + Clone {
    let size = prop_oneof![3 => -40..4_i32, 1 => -59..31_i32];
    let mantissa = prop_oneof![Just(1.0), Just(1.5), 1.0..2.0_f64, Just(2.0 - f64::EPSILON)];
    (size, mantissa, any::<bool>()).prop_map(|(exponent, mantissa, minus)| {
        let value = mantissa * 2.0_f64.powi(exponent);
        if minus { -value } else { value }
    })
}

/// Rows and columns: none, one, odd ones, either side of the groups of 16 and blocks of 256.
fn shapes() -> impl Strategy<Value = (usize, usize)> {
    let columns = prop_oneof![
        3 => 0_usize..6,
        3 => 14_usize..19,
        2 => 30_usize..36,
        1 => 254_usize..260,
        1 => 510_usize..515,
    ];
    (0_usize..4, columns)
}

fn draws() -> impl Strategy<Value = Draw> {
    (select(Rounding::ALL.to_vec()), any::<u64>(), any::<u32>()).prop_map(|(rounding, seed, step)| {
        let key = Key::new(seed, step.into(), 7);
        Draw { rounding, key }
    })
}

/// Asserts that a written word and the count of saturated writes are those of an exact value.
fn same<T: Number>(have: T, count: u64, exact: i128) -> Result<(), TestCaseError> {
    let (stored, saturated) = Format::of::<T>().store(exact);
    prop_assert_eq!(raw(have), stored);
    prop_assert_eq!(count, u64::from(saturated), "saturations");
    Ok(())
}

/// A product's `frac` fractional bits to those of `T`, rounded once to nearest even.
fn nearest<T: Number>(value: i128, frac: i32) -> i128 {
    let drop = frac - Format::of::<T>().frac;
    if drop < 0 { value << -drop } else { divide(value, drop as u32, Rounding::Nearest, 0) }
}

fn scalars<P: Precision>() {
    let [c, u] = [Format::of::<P::Coefficient>().frac, Format::of::<P::Potential>().frac];
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

/// What `into` makes of a product and of what stood there before.
fn combine(into: Into, before: i128, product: i128) -> i128 {
    match into {
        Into::Store => product,
        Into::Add => before + product,
        Into::Subtract => before - product,
    }
}

fn products<P: Precision>() {
    let frac = Format::of::<P::Weight>().frac + Format::of::<P::Rate>().frac;
    let into = select(vec![Into::Store, Into::Add, Into::Subtract]);
    let strategy = (shapes(), into).prop_flat_map(|((rows, columns), into)| {
        let x = prop_oneof![vec(rates::<P>(), columns), vec(rates::<P>(), 1).prop_map(move |x| {
            // All equal, so that large sums and their saturation are met as well.
            vec![x[0]; columns]
        })];
        let side = rows.max(columns);
        (
            vec(words::<P::Weight>(), rows * columns),
            x,
            vec(rates::<P>(), rows),
            vec(words::<P::Potential>(), side),
            Just((rows, columns, into)),
        )
    });
    check(400, strategy, |(w, x, back, before, (rows, columns, into))| {
        let mut counters = Counters::default();
        let mut y = before[..rows].to_vec();
        P::mat_vec(&w, &x, &mut y, into, &mut counters);
        let mut saturated = 0;
        for (i, &y) in y.iter().enumerate() {
            let row = w[i * columns..].iter().zip(&x);
            let sum: i128 = row.map(|(w, x)| raw(*w) * raw(*x)).sum();
            let exact = combine(into, raw(before[i]), nearest::<P::Potential>(sum, frac));
            // A write that adds nothing, as with no columns, does not happen.
            let written = columns > 0 || into == Into::Store;
            let (stored, over) = Format::of::<P::Potential>().store(exact);
            prop_assert_eq!(raw(y), if written { stored } else { raw(before[i]) }, "row {}", i);
            saturated += u64::from(written && over);
        }
        prop_assert_eq!(counters.potential, saturated);

        let mut counters = Counters::default();
        let mut y = before[..columns].to_vec();
        P::mat_vec_transposed(&w, &back, &mut y, into, &mut counters);
        let mut saturated = 0;
        for (j, &y) in y.iter().enumerate() {
            let sum: i128 = (0..rows).map(|i| raw(w[i * columns + j]) * raw(back[i])).sum();
            let exact = combine(into, raw(before[j]), nearest::<P::Potential>(sum, frac));
            let (stored, over) = Format::of::<P::Potential>().store(exact);
            prop_assert_eq!(raw(y), stored, "column {}", j);
            saturated += u64::from(over);
        }
        prop_assert_eq!(counters.potential, saturated);
        Ok(())
    });
}

/// The random word of row `i`, column `j`: the generator stepped j + 1 times from the row's hash.
fn random_word(key: Key, i: usize, j: usize) -> u32 {
    let mut state = key.word(i as u32);
    for _ in 0..=j {
        state = state.wrapping_mul(MULTIPLIER).wrapping_add(INCREMENT);
    }
    state >> 16
}

/// Asserts a weight after a change with 16 bits more than its own; returns (saturated, lost).
fn updated<T: Number>(
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

/// The factor of a row: mantissa and the right shift after its product with a rate.
fn step_of<P: Precision>(post: P::Potential, value: f64) -> (i128, i32) {
    let bits = if P::Rate::BYTES == 2 { 15 } else { 31 };
    let [w, r, u] = [
        Format::of::<P::Weight>().frac,
        Format::of::<P::Rate>().frac,
        Format::of::<P::Potential>().frac,
    ];
    let (mantissa, shift) = gain(value);
    // In units of weight ulp x 2^-16 x 2^-(bits + 1) per rate ulp, at most 2 x bits long.
    let unit = w + 16 + bits + 1 - r;
    let limit = (1_i128 << (2 * bits)) - 1;
    let exact = raw(post) * mantissa;
    let step = shift_half_up(exact, u + shift - unit).clamp(-limit, limit);
    // Cut to `bits` significant bits; if the rounding carries, one bit less.
    let length = 128 - step.unsigned_abs().leading_zeros() as i32;
    let exponent = (length - bits).max(0);
    let cut = shift_half_up(step, exponent);
    if cut.abs() >> bits == 0 {
        (cut, bits + 1 - exponent)
    } else {
        (cut >> 1, bits - exponent)
    }
}

fn rank_one<P: Precision>() {
    let strategy = (shapes(), gains(), draws()).prop_flat_map(|((rows, columns), gain, draw)| {
        (
            vec(words::<P::Weight>(), rows * columns),
            vec(words::<P::Potential>(), rows),
            vec(rates::<P>(), columns),
            Just((gain, draw)),
        )
    });
    check(400, strategy, |(before, post, pre, (value, draw))| {
        let mut counters = Counters::default();
        let mut after = before.clone();
        let gain = P::gain(value).unwrap();
        P::rank_one(&mut after, &post, gain, &pre, draw, &mut counters);
        let mut want = Counters { updates: after.len() as u64, ..Counters::default() };
        for (i, &post) in post.iter().enumerate() {
            let (mantissa, right) = step_of::<P>(post, value);
            prop_assert!(right >= 0);
            for (j, &rate) in pre.iter().enumerate() {
                let at = i * pre.len() + j;
                let change = (mantissa * raw(rate)).div_euclid(1 << right);
                let (over, lost) = updated(before[at], after[at], change, draw, (i, j))?;
                want.weight += u64::from(over);
                want.lost += u64::from(lost);
            }
        }
        prop_assert_eq!(counters, want);
        Ok(())
    });
}

fn filtered<P: Precision>() {
    let [w, r, u, t, c] = [
        Format::of::<P::Weight>().frac,
        Format::of::<P::Rate>().frac,
        Format::of::<P::Potential>().frac,
        Format::of::<P::Trace>().frac,
        Format::of::<P::Coefficient>().frac,
    ];
    let strategy = (shapes(), gains(), draws(), words::<P::Coefficient>(), any::<bool>());
    let strategy = strategy.prop_flat_map(|((rows, columns), gain, draw, k, learns)| {
        let n = rows * columns;
        (
            (vec(words::<P::Weight>(), n), vec(words::<P::Trace>(), n)),
            vec(words::<P::Potential>(), rows),
            vec(rates::<P>(), columns),
            Just((gain, draw, Filter::<P> { k, learns })),
        )
    });
    check(300, strategy, |((before, traces), post, pre, (value, draw, filter))| {
        let mut counters = Counters::default();
        let (mut after, mut new) = (before.clone(), traces.clone());
        let factor = P::gain(value).unwrap();
        let slices = (&mut after[..], &mut new[..]);
        P::filtered(slices.0, slices.1, &post, factor, &pre, filter, draw, &mut counters);
        let (mantissa, shift) = gain(value);
        let mut want = Counters::default();
        for at in 0..before.len() {
            let (i, j) = (at / pre.len(), at % pre.len());
            let old = raw(traces[at]);
            if filter.learns {
                // Floored to 16 bits more than the weight has, in at most 62 bits.
                let right = t + shift - (w + 16);
                let change = if right > 0 {
                    (old * mantissa).div_euclid(1 << right.min(126))
                } else {
                    shift_half_up(old * mantissa, right).clamp(-(1 << 62), 1 << 62)
                };
                let (over, lost) = updated(before[at], after[at], change, draw, (i, j))?;
                want.weight += u64::from(over);
                want.lost += u64::from(lost);
                want.updates += 1;
            } else {
                prop_assert_eq!(raw(after[at]), raw(before[at]));
            }
            let induction = shift_half_up(raw(post[i]) * raw(pre[j]), u + r - t);
            let distance = (induction - old).clamp(-(1 << 32), 1 << 32);
            let exact = old + shift_half_up(distance * raw(filter.k), c);
            let (stored, over) = Format::of::<P::Trace>().store(exact);
            prop_assert_eq!(raw(new[at]), stored, "trace {}", at);
            want.trace += u64::from(over);
        }
        prop_assert_eq!(counters, want);
        Ok(())
    });
}

/// Sums at their bound: 65,536 columns of the largest products, of both signs.
fn longest_rows<P: Precision>() {
    let frac = Format::of::<P::Weight>().frac + Format::of::<P::Rate>().frac;
    let (w_max, r_max) = (Format::of::<P::Weight>().max, Format::of::<P::Rate>().max);
    for (w, r) in [(-w_max - 1, -r_max), (w_max, -r_max), (-w_max - 1, r_max), (w_max, 1), (1, 1)] {
        let columns = 65_536;
        let row = vec![word::<P::Weight>(w); columns];
        let x = vec![word::<P::Rate>(r); columns];
        let exact = nearest::<P::Potential>(w * r * 65_536, frac);
        let (stored, over) = Format::of::<P::Potential>().store(exact);
        let mut counters = Counters::default();
        let mut y = [P::Potential::ZERO];
        P::mat_vec(&row, &x, &mut y, Into::Store, &mut counters);
        assert_eq!((raw(y[0]), counters.potential), (stored, over.into()), "{w} x {r}");
        // The same matrix as one column.
        P::mat_vec_transposed(&row, &x, &mut y, Into::Store, &mut counters);
        assert_eq!(raw(y[0]), stored, "{w} x {r}, transposed");
    }
}

/// Rates of the most negative pattern are never stored; met nevertheless, they are no panic.
fn most_negative_patterns<P: Precision>() {
    let ends = |n: usize| vec![i32::MIN as u64 & (u64::MAX << (n - 1)); 33];
    let w: Vec<P::Weight> = ends(8 * P::Weight::BYTES).into_iter().map(Number::from_bits).collect();
    let x: Vec<P::Rate> = ends(8 * P::Rate::BYTES).into_iter().map(Number::from_bits).collect();
    let u: Vec<P::Potential> = ends(32).into_iter().map(Number::from_bits).collect();
    let t: Vec<P::Trace> = ends(32).into_iter().map(Number::from_bits).collect();
    let c = P::Coefficient::from_bits(i32::MIN as u64);
    assert!(raw(w[0]) < -Format::of::<P::Weight>().max && raw(x[0]) < -Format::of::<P::Rate>().max);
    let n = &mut Counters::default();
    for into in [Into::Store, Into::Add, Into::Subtract] {
        P::mat_vec(&w, &x, &mut u.clone()[..1], into, n);
        P::mat_vec_transposed(&w, &x[..1], &mut u.clone(), into, n);
    }
    for rounding in Rounding::ALL {
        let draw = Draw { rounding, key: Key::new(1, 2, 3) };
        for value in [-2e9, -1.0, 1e-17, 1.0, 2e9] {
            let gain = P::gain(value).unwrap();
            P::rank_one(&mut w.clone(), &u[..1], gain, &x, draw, n);
            let filter = Filter { k: c, learns: true };
            P::filtered(&mut w.clone(), &mut t.clone(), &u[..1], gain, &x, filter, draw, n);
        }
    }
    P::mix([(c, u[0]); 3], n);
    P::noise(i32::MIN, c);
    P::widen(x[0]);
    for value in [f64::NAN, f64::INFINITY, -3e9, 1e-19] {
        assert!(P::gain(value).is_none(), "{value}");
    }
}

/// A matrix that is too short leaves the remaining outputs, and weights, alone.
fn short_storage<P: Precision>() {
    let (one, rate) = (P::Weight::from_f64(1.0), P::Rate::from_f64(1.0));
    let mark = P::Potential::from_f64(5.0);
    let mut y = [mark; 3];
    P::mat_vec(&[one; 5], &[rate; 2], &mut y, Into::Store, &mut Counters::default());
    let two = P::Potential::from_f64(2.0);
    assert_eq!(y, [two, two, mark]);
    let mut w = [one; 5];
    let draw = Draw { rounding: Rounding::Nearest, key: Key::new(1, 2, 3) };
    let gain = P::gain(1.0).unwrap();
    P::rank_one(&mut w, &[two; 3], gain, &[rate; 2], draw, &mut Counters::default());
    let three = P::Weight::from_f64(3.0);
    assert_eq!(w, [three, three, three, three, one]);
}

macro_rules! in_every_precision {
    ($($property:ident)*) => {$(
        mod $property {
            use super::*;
            #[test]
            fn i8() { super::$property::<I8>(); }
            #[test]
            fn i16() { super::$property::<I16>(); }
            #[test]
            fn i16x32() { super::$property::<I16x32>(); }
            #[test]
            fn i32() { super::$property::<I32>(); }
        }
    )*};
}

in_every_precision! {
    scalars products rank_one filtered longest_rows most_negative_patterns short_storage
}

#[test]
fn rounding_modes_are_their_definitions() {
    let wide = (prop_oneof![integers(62), integers(20)], 0_u32..=62, 0_u32..65_536);
    check(20_000, wide, |(v, shift, random)| {
        let have = [
            TowardZero::shift(v as i64, shift, random),
            Floor::shift(v as i64, shift, random),
            NearestEven::shift(v as i64, shift, random),
            Stochastic::shift(v as i64, shift, random),
        ];
        prop_assert_eq!(have.map(i128::from), Rounding::ALL.map(|m| divide(v, shift, m, random)));
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
        prop_assert_eq!(have.map(i128::from), Rounding::ALL.map(|m| divide(v, shift, m, random)));
        Ok(())
    });
}
