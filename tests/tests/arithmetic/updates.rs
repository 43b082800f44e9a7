//! Updates of weights by one sample: rank one, and through the low-pass filter; and their decay.

use crate::changes::{bits_of, draws, factor_of, gains, updated};
use crate::strategies::{check, in_every_precision, rates, shapes, words};
use apical_core::precision::{Draw, Filter};
use apical_core::random::Key;
use apical_core::{Counters, I8, I16, I16x32, I32, Number, Precision, Rounding};
use apical_tests::exact::{Format, gain, raw, shift_half_up, word};
use proptest::collection::vec;
use proptest::prelude::*;

/// The factor of a row: mantissa, the right shift after its product with a rate, whether it was cut.
fn step_of<P: Precision>(post: P::Potential, value: f64) -> (i128, i32, bool) {
    let bits = bits_of::<P>();
    let (step, was_cut) = factor_of::<P>(post, value);
    // Cut to `bits` significant bits; if the rounding carries, one bit less.
    let length = 128 - step.unsigned_abs().leading_zeros() as i32;
    let exponent = (length - bits).max(0);
    let cut = shift_half_up(step, exponent);
    if cut.abs() >> bits == 0 {
        (cut, bits - exponent, was_cut)
    } else {
        (cut >> 1, bits - exponent - 1, was_cut)
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
        let mut want = Counters {
            updates: after.len() as u64,
            ..Counters::default()
        };
        for (i, &post) in post.iter().enumerate() {
            let (mantissa, right, cut) = step_of::<P>(post, value);
            prop_assert!(right >= 1);
            want.weight += u64::from(cut && !pre.is_empty());
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
    let strategy = (
        shapes(),
        gains(),
        draws(),
        // Of any size, and what dt / tau_w is: between nothing and one.
        prop_oneof![
            1 => words::<P::Coefficient>(),
            3 => (0..=1_i128 << c).prop_map(word),
        ],
        any::<bool>(),
    );
    let strategy = strategy.prop_flat_map(|((rows, columns), gain, draw, k, learns)| {
        let n = rows * columns;
        (
            (vec(words::<P::Weight>(), n), vec(words::<P::Trace>(), n)),
            // Of any size, and such that a trace holds every induction.
            vec(
                (words::<P::Potential>(), any::<bool>())
                    .prop_map(|(u, small)| if small { word(raw(u) >> 8) } else { u }),
                rows,
            ),
            vec(rates::<P>(), columns),
            Just((gain, draw, Filter::<P> { k, learns })),
        )
    });
    check(
        300,
        strategy,
        |((before, traces), post, pre, (value, draw, filter))| {
            let mut counters = Counters::default();
            let (mut after, mut new) = (before.clone(), traces.clone());
            let factor = P::gain(value).unwrap();
            let slices = (&mut after[..], &mut new[..]);
            P::filtered(
                slices.0,
                slices.1,
                &post,
                factor,
                &pre,
                filter,
                draw,
                &mut counters,
            );
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
        },
    );
}

/// A decay is W - round(d W): the exact change, floored to 16 bits more than the weight has, and the
/// words of 256 weights from one row of the key.
fn decay<P: Precision>() {
    let lengths = prop_oneof![
        2 => 0_usize..6,
        2 => 254_usize..260,
        1 => 510_usize..516,
        1 => 767_usize..771,
    ];
    // Shares of a weight, and whatever else a gain can be.
    let fractions = prop_oneof![
        2 => 0.0..=1.0_f64,
        2 => (1..60_i32).prop_map(|n| 2.0_f64.powi(-n)),
        1 => Just(0.0),
        4 => gains(),
    ]
    .prop_filter("a gain", |value| *value == 0.0 || value.abs() >= P::GAINS.0);
    let strategy = lengths.prop_flat_map(|n| vec(words::<P::Weight>(), n));
    check(
        400,
        (strategy, fractions, draws()),
        |(before, value, draw)| {
            let mut counters = Counters::default();
            let mut after = before.clone();
            P::decay(&mut after, P::gain(value).unwrap(), draw, &mut counters);
            let mut want = Counters {
                updates: after.len() as u64,
                ..Counters::default()
            };
            let (mantissa, shift) = gain(value);
            for (at, (&before, &after)) in before.iter().zip(&after).enumerate() {
                let exact = -(raw(before) * mantissa) << 16;
                let change = exact.div_euclid(1 << shift);
                let (over, lost) = updated(before, after, change, draw, (at / 256, at % 256))?;
                want.weight += u64::from(over);
                want.lost += u64::from(lost);
            }
            prop_assert_eq!(counters, want);
            Ok(())
        },
    );
}

/// A row's factor, gain x post, is cut at a bound that follows from its 29 or 61 bits: in 16-bit
/// weights and rates, at one. It counts as a saturated weight, one for each row.
#[test]
fn a_factor_beyond_its_bits_is_cut() {
    fn moved<P: Precision>(post: f64, cut: bool) -> f64 {
        let mut w = [P::Weight::from_f64(-3.5)];
        let draw = Draw {
            rounding: Rounding::Nearest,
            key: Key::new(1, 2, 3),
        };
        let (post, one) = (P::Potential::from_f64(post), P::Rate::from_f64(1.0));
        let counters = &mut Counters::default();
        P::rank_one(
            &mut w,
            &[post],
            P::gain(1.0).unwrap(),
            &[one],
            draw,
            counters,
        );
        assert_eq!(counters.weight, u64::from(cut));
        w[0].to_f64() + 3.5
    }
    for factor in [0.5, 0.99, -0.99] {
        assert!(
            (moved::<I16>(factor, false) - factor).abs() < 2.0_f64.powi(-12),
            "{factor}"
        );
    }
    assert_eq!(
        [2.0, 100.0].map(|factor| moved::<I16>(factor, true)),
        [1.0; 2]
    );
    assert_eq!(
        [
            moved::<I8>(5.0, false),
            moved::<I16x32>(5.0, false),
            moved::<I32>(5.0, false),
        ],
        [5.0; 3]
    );
}

in_every_precision! { rank_one filtered decay }
