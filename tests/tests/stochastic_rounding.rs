//! Stochastic rounding of weights: unbiased, the same in any order, and small updates survive.

use apical_core::precision::Draw;
use apical_core::random::{Key, stream};
use apical_core::{Counters, I8, I16, I16x32, I32, Number, Precision, Rounding, Silent};
use apical_tests::exact::{Format, raw};
use apical_tests::vector::mean;

const COLUMNS: usize = 33;

fn draw(rounding: Rounding, step: u64) -> Draw {
    let key = Key::new(11, step, stream::ROUNDING);
    Draw { rounding, key }
}

/// Reproducible words within `-range..range`.
fn uniform<T: Number>(n: usize, range: f64, use_: u32) -> Vec<T> {
    let key = Key::new(5, 0, stream::DATA + use_);
    let word = |i| T::from_f64(range * (2.0 * key.uniform(i) - 1.0));
    (0..n as u32).map(word).collect()
}

/// The mean change of weights in ulps over many steps, and its standard error, for each of a row
/// of presynaptic rates; with the change that was asked for.
fn mean_changes<P: Precision>(
    rounding: Rounding,
    post: f64,
    gain: f64,
    keys: u64,
) -> Vec<(f64, f64, f64)> {
    let post = [P::Potential::from_f64(post)];
    let pre: Vec<P::Rate> = uniform(COLUMNS, 1.0, 1);
    let mut changes = vec![Vec::new(); COLUMNS];
    for step in 0..keys {
        let mut w = [P::Weight::ZERO; COLUMNS];
        let gain = P::gain(gain).unwrap();
        P::rank_one(&mut w, &post, gain, &pre, draw(rounding, step), &mut Silent);
        for (changes, &w) in changes.iter_mut().zip(&w) {
            changes.push(raw(w) as f64);
        }
    }
    let ulps = 2.0_f64.powi(Format::of::<P::Weight>().frac);
    let asked = pre
        .iter()
        .map(|r| gain * post[0].to_f64() * r.to_f64() * ulps);
    changes
        .iter()
        .zip(asked)
        .map(|(c, asked)| (mean(c).0, mean(c).1, asked))
        .collect()
}

fn unbiased<P: Precision>() {
    let ulp = 2.0_f64.powi(-Format::of::<P::Weight>().frac);
    let (mut worst, mut pooled) = (0.0_f64, Vec::new());
    // From a twentieth of an ulp to a dozen of them, up and down.
    for (post, gain) in [
        (0.5, 0.1),
        (-0.5, 0.1),
        (1.75, 0.3),
        (-0.01, 70.0),
        (0.3, -40.0),
    ] {
        for (have, error, asked) in mean_changes::<P>(Rounding::Stochastic, post, gain * ulp, 4000)
        {
            // Allowed beside chance: the factor of a row has 15 significant bits, and the
            // product is floored to 16 bits more than the weight has.
            let allowed = asked.abs() / 32_768.0 + 1.5 / 65_536.0;
            let excess = ((have - asked).abs() - allowed).max(0.0);
            // A change that is all but a whole number of ulps has no spread to speak of.
            let error = error.max(1.0 / 4000.0);
            assert!(excess < 4.0 * error, "{have} instead of {asked} +- {error}");
            worst = worst.max(excess / error);
            pooled.push((have - asked) / error);
        }
    }
    let (all, error) = mean(&pooled);
    println!(
        "{}: {} means, worst {worst:.2} standard errors, pooled {all:.3} +- {error:.3}",
        std::any::type_name::<P::Weight>(),
        pooled.len()
    );
    assert!(
        all.abs() < 4.0 * error,
        "pooled bias {all} +- {error} standard errors"
    );
}

#[test]
fn the_mean_of_updates_is_what_was_asked_for() {
    unbiased::<I8>();
    unbiased::<I16>();
    unbiased::<I16x32>();
    unbiased::<I32>();
}

#[test]
fn the_other_modes_are_biased() {
    // The same measurement must see the bias of a mode that has one.
    let ulp = 2.0_f64.powi(-12);
    let mut floored = Vec::new();
    for (have, _, asked) in mean_changes::<I16>(Rounding::Floor, 1.75, 0.3 * ulp, 10) {
        floored.push(have - asked);
    }
    let (bias, _) = mean(&floored);
    assert!((-0.6..-0.4).contains(&bias), "floor: {bias} ulp");
}

fn any_order_gives_the_same_bits<P: Precision>() {
    let rows = 5;
    let start: Vec<P::Weight> = uniform(rows * COLUMNS, 2.0, 2);
    let pre: Vec<P::Rate> = uniform(COLUMNS, 1.0, 3);
    let post: Vec<P::Potential> = uniform(rows, 1.0, 4);
    let gain = P::gain(0.7 * 2.0_f64.powi(-Format::of::<P::Weight>().frac)).unwrap();
    let draw = draw(Rounding::Stochastic, 99);
    let mut whole = start.clone();
    P::rank_one(&mut whole, &post, gain, &pre, draw, &mut Silent);
    assert_ne!(whole, start);

    // One row after the other, last row first: the others are given nothing to learn.
    let mut rowwise = start.clone();
    for i in (0..rows).rev() {
        let mut alone = vec![P::Potential::ZERO; rows];
        alone[i] = post[i];
        P::rank_one(&mut rowwise, &alone, gain, &pre, draw, &mut Silent);
    }
    assert_eq!(rowwise, whole, "rows in another order");

    // Matrices of fewer columns, where the last ones are not groups of 16: 33 = 16 + 16 + 1.
    for columns in [1, 7, 15, 16, 17, 32] {
        let cut = |w: &[P::Weight]| -> Vec<P::Weight> {
            w.chunks_exact(COLUMNS)
                .flat_map(|row| row[..columns].to_vec())
                .collect()
        };
        let mut narrow = cut(&start);
        P::rank_one(&mut narrow, &post, gain, &pre[..columns], draw, &mut Silent);
        assert_eq!(narrow, cut(&whole), "{columns} columns");
    }

    // Listening changes nothing.
    let mut heard = start.clone();
    P::rank_one(
        &mut heard,
        &post,
        gain,
        &pre,
        draw,
        &mut Counters::default(),
    );
    assert_eq!(heard, whole);

    // Another step, stream or seed draws other words.
    for key in [
        Key::new(11, 98, stream::ROUNDING),
        Key::new(11, 99, stream::ROUNDING + 1),
        Key::new(12, 99, stream::ROUNDING),
    ] {
        let mut other = start.clone();
        P::rank_one(
            &mut other,
            &post,
            gain,
            &pre,
            Draw { key, ..draw },
            &mut Silent,
        );
        assert_ne!(other, whole, "{key:?}");
    }
}

#[test]
fn bits_do_not_depend_on_the_order_of_evaluation() {
    any_order_gives_the_same_bits::<I8>();
    any_order_gives_the_same_bits::<I16>();
    any_order_gives_the_same_bits::<I16x32>();
    any_order_gives_the_same_bits::<I32>();
}

/// The weight in ulps after 5,000 updates of `change` ulps each, and what the counters say.
fn after_many<P: Precision>(rounding: Rounding, change: f64) -> (f64, Counters) {
    let ulp = 2.0_f64.powi(-Format::of::<P::Weight>().frac);
    let mut w = [P::Weight::ZERO; COLUMNS];
    let mut counters = Counters::default();
    let (post, pre) = (
        [P::Potential::from_f64(1.0)],
        [P::Rate::from_f64(1.0); COLUMNS],
    );
    let gain = P::gain(change * ulp).unwrap();
    for step in 0..5000 {
        P::rank_one(
            &mut w,
            &post,
            gain,
            &pre,
            draw(rounding, step),
            &mut counters,
        );
    }
    (
        w.iter().map(|&w| raw(w) as f64).sum::<f64>() / COLUMNS as f64,
        counters,
    )
}

#[test]
fn small_updates_survive_on_average_and_only_stochastically() {
    let all = 5000 * COLUMNS as u64;
    for sign in [1.0, -1.0] {
        let (w, counters) = after_many::<I16>(Rounding::Stochastic, 0.02 * sign);
        // 100 ulps were asked for; the mean of 33 weights of variance 98 is good to 1.7.
        assert!((w - 100.0 * sign).abs() < 4.0 * 1.73, "stochastic: {w}");
        let kept = 1.0 - counters.lost as f64 / counters.updates as f64;
        assert!((kept - 0.02).abs() < 0.002, "kept {kept}");
        for rounding in [Rounding::Nearest, Rounding::Zero] {
            let (w, counters) = after_many::<I16>(rounding, 0.02 * sign);
            assert_eq!(
                (w, counters.lost, counters.updates),
                (0.0, all, all),
                "{rounding:?}"
            );
        }
        let (w, _) = after_many::<I16>(Rounding::Floor, 0.02 * sign);
        assert_eq!(
            w,
            if sign < 0.0 { -5000.0 } else { 0.0 },
            "floor drifts down only"
        );
    }
    let (w, _) = after_many::<I8>(Rounding::Stochastic, 0.02);
    assert!((w - 100.0).abs() < 4.0 * 1.73, "stochastic in 8 bits: {w}");
}
