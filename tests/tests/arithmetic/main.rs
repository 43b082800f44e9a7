//! Every arithmetic operation of every fixed-point precision against exact 128-bit integers, over
//! raw bits with the extremes mixed in; counters included.

mod batches;
mod changes;
mod products;
mod scalars;
mod strategies;
mod updates;

use apical_core::batch::Block;
use apical_core::kernel::Into;
use apical_core::precision::{Draw, Filter};
use apical_core::random::Key;
use apical_core::{Counters, I8, I16, I16x32, I32, Number, Precision, Rounding};
use apical_tests::exact::{Format, raw};
use strategies::in_every_precision;

/// Rates of the most negative pattern are never stored; met nevertheless, they are no panic.
fn most_negative_patterns<P: Precision>() {
    let ends = |bits: usize| vec![u64::MAX << (bits - 1); 33];
    let w: Vec<P::Weight> = ends(8 * P::Weight::BYTES)
        .into_iter()
        .map(Number::from_bits)
        .collect();
    let x: Vec<P::Rate> = ends(8 * P::Rate::BYTES)
        .into_iter()
        .map(Number::from_bits)
        .collect();
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
        let draw = Draw {
            rounding,
            key: Key::new(1, 2, 3),
        };
        for value in [-2e9, -1.0, 1e-17, 1.0, 2e9] {
            let gain = P::gain(value).unwrap();
            P::rank_one(&mut w.clone(), &u[..1], gain, &x, draw, n);
            let filter = Filter { k: c, learns: true };
            P::filtered(
                &mut w.clone(),
                &mut t.clone(),
                &u[..1],
                gain,
                &x,
                filter,
                draw,
                n,
            );
            let (first, samples) = (0, 33);
            let block = Block { first, samples };
            P::update(&mut w.clone(), block, &u, gain, &x, draw, n);
            P::decay(&mut w.clone(), gain, draw, n);
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
    P::mat_vec(
        &[one; 5],
        &[rate; 2],
        &mut y,
        Into::Store,
        &mut Counters::default(),
    );
    let two = P::Potential::from_f64(2.0);
    assert_eq!(y, [two, two, mark]);
    let mut w = [one; 5];
    let draw = Draw {
        rounding: Rounding::Nearest,
        key: Key::new(1, 2, 3),
    };
    let gain = P::gain(0.25).unwrap();
    P::rank_one(
        &mut w,
        &[two; 3],
        gain,
        &[rate; 2],
        draw,
        &mut Counters::default(),
    );
    let more = P::Weight::from_f64(1.5);
    assert_eq!(w, [more, more, more, more, one]);
}

in_every_precision! { most_negative_patterns short_storage }
