//! Activation functions: monotone, close to `libm`, the same bits on every machine.
//!
//! The errors are printed: `cargo test -p apical-tests --test activations -- --nocapture`.

use apical_core::number::FixedNumber;
use apical_core::{Activation, F32, F64, I8, I16, Number, Precision};
use apical_tests::network::digest_of;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngSeed, TestRunner};

const SOFTPLUS: Activation = Activation::Softplus {
    gamma: 0.1,
    beta: 1.0,
    theta: 3.0,
};
const ALL: [Activation; 5] = [
    Activation::Logistic,
    SOFTPLUS,
    Activation::Tanh,
    Activation::HardSigmoid,
    Activation::Rectified,
];

fn values<P: Precision>(activation: &Activation, at: &[P::Potential]) -> Vec<P::Potential> {
    let mut values = at.to_vec();
    P::activate(&activation.phi::<P>().unwrap(), &mut values);
    values
}

fn slopes<P: Precision>(activation: &Activation, at: &[P::Potential]) -> Vec<P::Potential> {
    let mut values = at.to_vec();
    P::slope(&activation.phi::<P>().unwrap(), &mut values);
    values
}

/// Softplus with any parameters a configuration could have, or one of the others.
fn activations() -> impl Strategy<Value = Activation> {
    let softplus = (0.001..7.9_f64, 0.001..7.9_f64, -120.0..120.0_f64);
    prop_oneof![
        select(ALL.to_vec()),
        softplus.prop_map(|(gamma, beta, theta)| Activation::Softplus { gamma, beta, theta }),
    ]
}

fn monotone<P: Precision>() {
    let config = Config {
        cases: 2000,
        rng_seed: RngSeed::Fixed(0x00ca_1001),
        failure_persistence: None,
        ..Config::default()
    };
    let ends = select(vec![i32::MIN, i32::MIN + 1, -1, 0, i32::MAX - 130]);
    // Anywhere, within -16..16 where the curve bends, at a knot of the table, at the ends.
    let raw = prop_oneof![
        any::<i32>(),
        -(16 << 24)..(16 << 24_i32),
        (-1024..1024_i32).prop_map(|knot| (knot << 18) - 64),
        ends
    ];
    let strategy = (activations(), raw.clone(), raw);
    let property = |(activation, a, b): (Activation, i32, i32)| {
        let word = |raw: i32| P::Potential::from_bits(raw as u64);
        // A run of neighbours, then two words far apart.
        let mut at: Vec<_> = (0..128).map(|i| word(a.saturating_add(i))).collect();
        at.extend([word(a.min(b)), word(a.max(b))]);
        let have = values::<P>(&activation, &at);
        let pairs = have[..128].windows(2).chain([&have[128..]]);
        for (i, pair) in pairs.enumerate() {
            prop_assert!(
                pair[0] <= pair[1],
                "{:?} {:?} at {} of {} {}",
                activation,
                pair,
                i,
                a,
                b
            );
        }
        Ok(())
    };
    TestRunner::new(config).run(&strategy, property).unwrap();
}

#[test]
fn monotone_in_fixed_point() {
    monotone::<I8>();
    monotone::<I16>();
}

/// A rate is monotone in the potential after it has been stored, too.
#[test]
fn monotone_as_stored_rates() {
    let at: Vec<_> = (-(9 << 16)..(9 << 16))
        .map(|i| <I16 as Precision>::Potential::from_raw(i * 256))
        .collect();
    for activation in ALL {
        let mut last = i32::MIN;
        for wide in values::<I16>(&activation, &at) {
            let rate = I16::rate(wide, &mut apical_core::Silent).raw();
            assert!(rate >= last, "{activation:?}");
            last = rate;
        }
    }
}

/// phi and phi' by `libm`, in f64.
fn reference(activation: &Activation, u: f64) -> [f64; 2] {
    let logistic = |x: f64| {
        let e = libm::exp(-x.abs());
        if x < 0.0 {
            e / (1.0 + e)
        } else {
            1.0 / (1.0 + e)
        }
    };
    match *activation {
        Activation::Logistic => [logistic(u), logistic(u) * logistic(-u)],
        Activation::Softplus { gamma, beta, theta } => {
            let x = beta * (u - theta);
            let value = x.max(0.0) + libm::log1p(libm::exp(-x.abs()));
            [gamma * value, gamma * beta * logistic(x)]
        }
        Activation::Tanh => [libm::tanh(u), 1.0 / (libm::cosh(u) * libm::cosh(u))],
        Activation::HardSigmoid => [
            (u / 4.0 + 0.5).clamp(0.0, 1.0),
            if (-2.0..2.0).contains(&u) { 0.25 } else { 0.0 },
        ],
        Activation::Rectified => [u.max(0.0), if u < 0.0 { 0.0 } else { 1.0 }],
    }
}

/// Largest errors of phi and phi' over -30..30, in ulps. `ulp` is the absolute size of one in
/// fixed point; in floats, where it is `None`, it is epsilon times the value, but of no less than
/// a half: tanh near zero and slopes in the tails are differences of ones.
fn errors<P: Precision>(activation: &Activation, ulp: Option<f64>, epsilon: f64) -> [f64; 2] {
    let grid: Vec<_> = (-300_000..=300_000_i32)
        .map(|i| P::Potential::from_f64(f64::from(i) * 1.000_03e-4))
        .collect();
    let have = [
        values::<P>(activation, &grid),
        slopes::<P>(activation, &grid),
    ];
    let mut worst = [0.0_f64; 2];
    for (i, u) in grid.iter().enumerate() {
        let want = reference(activation, u.to_f64());
        for k in 0..2 {
            let scale = ulp.unwrap_or(epsilon * want[k].abs().max(0.5));
            worst[k] = worst[k].max((have[k][i].to_f64() - want[k]).abs() / scale);
        }
    }
    worst
}

#[test]
fn errors_against_libm() {
    // Bounds of phi and phi' in ulps: f64, f32, and 2^-24 of potentials of 32 bits.
    let bounds = [
        (Activation::Logistic, [[1.5, 1.5], [1.5, 1.5], [50.0, 36.0]]),
        (SOFTPLUS, [[1.5, 1.5], [1.5, 1.5], [13.5, 6.0]]),
        (Activation::Tanh, [[2.1, 4.0], [2.1, 4.0], [100.0, 130.0]]),
        (
            Activation::HardSigmoid,
            [[0.5, 0.0], [0.5, 0.0], [0.5, 0.0]],
        ),
        (Activation::Rectified, [[0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]),
    ];
    let (ulp, mut failed) = (2.0_f64.powi(-24), vec![]);
    println!("| function | f64 phi | phi' | f32 phi | phi' | fixed phi | phi' |");
    for (activation, bounds) in bounds {
        let worst = [
            errors::<F64>(&activation, None, f64::EPSILON),
            errors::<F32>(&activation, None, f32::EPSILON.into()),
            errors::<I16>(&activation, Some(ulp), 0.0),
        ];
        let [[a, b], [c, d], [e, f]] = worst;
        println!("| {activation:?} | {a:.2} | {b:.2} | {c:.2} | {d:.2} | {e:.2} | {f:.2} |");
        for (worst, bound) in worst.as_flattened().iter().zip(bounds.as_flattened()) {
            if worst > bound {
                failed.push(format!("{activation:?}: {worst} of at most {bound} ulp"));
            }
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

/// The slope of a steep softplus is as good as that of a flat one, up to the format's range.
#[test]
fn steep_softplus_has_its_slope() {
    for (gamma, beta) in [(4.0, 4.0), (7.5, 7.5), (0.001, 7.5)] {
        let steep = Activation::Softplus {
            gamma,
            beta,
            theta: 0.0,
        };
        let at: Vec<_> = (-40..=40)
            .map(|i| Number::from_f64(f64::from(i) / 8.0))
            .collect();
        for (u, slope) in at.iter().zip(slopes::<I16>(&steep, &at)) {
            let want = reference(&steep, u.to_f64())[1];
            let error = (slope.to_f64() - want).abs();
            assert!(
                error < 4e-6 * gamma * beta + 2e-7,
                "{steep:?} at {u}: {slope} for {want}"
            );
        }
    }
}

#[test]
fn no_bit_pattern_leaves_the_range() {
    let raw = [
        i32::MIN,
        i32::MIN + 1,
        -(16 << 24),
        -1,
        0,
        1,
        16 << 24,
        i32::MAX - 1,
        i32::MAX,
    ];
    for gamma in [1e-8, 7.99] {
        for theta in [-127.0, 0.0, 127.0] {
            let steep = Activation::Softplus {
                gamma,
                beta: 7.99,
                theta,
            };
            for activation in ALL.into_iter().chain([steep]) {
                let at: Vec<_> = raw.iter().map(|&r| Number::from_bits(r as u64)).collect();
                for y in values::<I16>(&activation, &at) {
                    assert!(y.raw() != i32::MIN, "{activation:?}");
                    let bounded = matches!(activation, Activation::Logistic | Activation::Tanh);
                    assert!(!bounded || y.to_f64().abs() <= 1.0, "{activation:?}: {y}");
                }
                for slope in slopes::<I16>(&activation, &at) {
                    assert!(slope.raw() >= 0, "{activation:?}: {slope}");
                }
            }
        }
    }
}

/// Bits that a machine of another kind must find as well.
#[test]
fn pinned_bits() {
    fn digests<P: Precision>() -> [u64; 2] {
        let mut all = [Vec::new(), Vec::new()];
        let grid: Vec<_> = (-2000..=2000)
            .map(|i| Number::from_f64(f64::from(i) / 97.0))
            .collect();
        for activation in ALL {
            all[0].extend(values::<P>(&activation, &grid));
            all[1].extend(slopes::<P>(&activation, &grid));
        }
        all.map(|words| digest_of(&words))
    }
    let have = [digests::<F64>(), digests::<F32>(), digests::<I16>()];
    println!("digests of 5 x 4,001 values and slopes: {have:#018x?}");
    assert_eq!(have, PINNED);
}

const PINNED: [[u64; 2]; 3] = [
    [0xbfed_b4e8_b386_1250, 0xe2ad_e85c_925a_3d5f],
    [0x4c2e_482e_71fa_cb3c, 0xcf94_ac47_c685_d194],
    [0x3b61_a3d9_c285_ff0b, 0x9f8f_3a1f_3a14_dac1],
];
