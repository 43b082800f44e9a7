//! What must hold of the random numbers: lattice, bias, correlations, distribution.
//!
//! Every figure is printed: `cargo test -p apical-tests --test random -- --nocapture`.

use apical_core::random::{Key, Lcg, MULTIPLIER, NOISE_VARIANCE, skip, stream};
use apical_tests::vector::{correlation, mean};

const ROWS: u32 = 1024;
const COLUMNS: usize = 1024;

/// The random bits of a matrix, row by row.
fn matrix(key: Key) -> Vec<f64> {
    let mut bits = Vec::with_capacity(ROWS as usize * COLUMNS);
    for row in 0..ROWS {
        let mut row = Lcg::row(key, row);
        bits.extend((0..COLUMNS / 2).flat_map(|_| row.pair().map(f64::from)));
    }
    bits
}

fn rounding(step: u64) -> Key {
    Key::new(1, step, stream::ROUNDING)
}

/// Asserts |correlation| < 4 / sqrt(n); returns it in units of 1 / sqrt(n).
fn uncorrelated(a: &[f64], b: &[f64], what: &str) -> f64 {
    let z = correlation(a, b) * (a.len() as f64).sqrt();
    assert!(z.abs() < 4.0, "{what}: {z:.2} / sqrt({})", a.len());
    z
}

/// Asserts that counts are those of a uniform distribution, to 4 standard deviations.
fn uniform(counts: &[u32], what: &str) {
    let n: u32 = counts.iter().sum();
    let want = f64::from(n) / counts.len() as f64;
    let square = |&c: &u32| (f64::from(c) - want) * (f64::from(c) - want) / want;
    let chi: f64 = counts.iter().map(square).sum();
    let freedom = (counts.len() - 1) as f64;
    let z = (chi - freedom) / (2.0 * freedom).sqrt();
    println!("{what}: chi-square {chi:.1} of {freedom} degrees of freedom, {z:+.2} sigma");
    assert!(z.abs() < 4.0, "{what}");
}

#[test]
fn rounding_bits_have_no_bias() {
    let bits = matrix(rounding(0));
    let (mean, error) = mean(&bits);
    let z = (mean - 32_767.5) / error;
    println!(
        "mean of {} rounding words: {mean:.2}, {z:+.2} standard errors",
        bits.len()
    );
    assert!(z.abs() < 4.0);
    // The mean of each single bit as well: the lowest decides rounding of a fraction near zero.
    for bit in 0..16 {
        let ones = bits.iter().filter(|&&b| (b as u32 >> bit) & 1 == 1).count();
        let z = (ones as f64 - bits.len() as f64 / 2.0) / (bits.len() as f64 / 4.0).sqrt();
        assert!(z.abs() < 4.0, "bit {bit}: {z}");
    }
}

#[test]
fn rounding_bits_are_not_correlated() {
    let bits = matrix(rounding(0));
    let mut worst = 0.0_f64;
    for lag in 1..=16 {
        let pairs = bits
            .chunks_exact(COLUMNS)
            .flat_map(|row| row.iter().zip(&row[lag..]));
        let (a, b): (Vec<f64>, Vec<f64>) = pairs.unzip();
        worst = worst.max(uncorrelated(&a, &b, &format!("columns {lag} apart")).abs());
    }
    println!("columns 1 to 16 apart: at most {worst:.2} / sqrt(n)");
    let next = uncorrelated(
        &bits[COLUMNS..],
        &bits[..bits.len() - COLUMNS],
        "neighbouring rows",
    );
    println!("neighbouring rows: {next:+.2} / sqrt(n)");
    for (what, key) in [
        ("the next step", rounding(1)),
        ("a step 1000 later", rounding(1000)),
        ("the next layer", Key::new(1, 0, stream::ROUNDING + 1)),
        ("the next family", Key::new(1, 0, stream::ROUNDING + 4096)),
        ("another use", Key::new(1, 0, stream::NOISE)),
        ("the next seed", Key::new(2, 0, stream::ROUNDING)),
        ("seed and step exchanged", Key::new(0, 1, stream::ROUNDING)),
    ] {
        let z = uncorrelated(&bits, &matrix(key), what);
        println!("the same element, {what}: {z:+.2} / sqrt(n)");
    }
}

#[test]
fn rounding_bits_are_uniform_alone_and_in_pairs() {
    let bits = matrix(rounding(0));
    let mut counts = [[0_u32; 256]; 4];
    for row in bits.chunks_exact(COLUMNS) {
        for pair in row.chunks_exact(2) {
            let [a, b] = [pair[0] as usize, pair[1] as usize];
            counts[0][a >> 8] += 1;
            counts[1][a & 255] += 1;
            counts[2][(a >> 12) << 4 | b >> 12] += 1;
        }
    }
    for row in bits.chunks_exact(2 * COLUMNS) {
        let (upper, lower) = row.split_at(COLUMNS);
        for (&a, &b) in upper.iter().zip(lower) {
            counts[3][(a as usize >> 12) << 4 | b as usize >> 12] += 1;
        }
    }
    uniform(&counts[0], "upper 8 of 16 bits");
    uniform(&counts[1], "lower 8 of 16 bits");
    uniform(&counts[2], "pairs of neighbouring columns, 16 x 16");
    uniform(&counts[3], "pairs of neighbouring rows, 16 x 16");
}

#[test]
fn every_input_bit_reaches_every_output_bit() {
    // Flip one bit of seed, step, stream or index: each output bit flips half of the time.
    let trials = 4000;
    let mut flips = [0_u32; 32];
    let (mut sum, mut total) = (0_u64, 0_u64);
    let source = Key::new(99, 0, stream::DATA);
    for bit in (0..64).chain(64..128).chain(128..160).chain(160..192) {
        flips.fill(0);
        for t in 0..trials / 8 {
            let draw = |i: u32| u64::from(source.word(8 * t + i));
            let (seed, step) = (draw(0) << 32 | draw(1), draw(2) << 32 | draw(3));
            let (other, index) = (draw(4) as u32, draw(5) as u32);
            let flip = |from: u32| {
                if bit >= from {
                    1_u128 << (bit - from)
                } else {
                    0
                }
            };
            let changed = match bit {
                0..64 => Key::new(seed ^ flip(0) as u64, step, other).word(index),
                64..128 => Key::new(seed, step ^ flip(64) as u64, other).word(index),
                128..160 => Key::new(seed, step, other ^ flip(128) as u32).word(index),
                _ => Key::new(seed, step, other).word(index ^ flip(160) as u32),
            };
            let difference = changed ^ Key::new(seed, step, other).word(index);
            sum += u64::from(difference.count_ones());
            total += 32;
            for (i, flips) in flips.iter_mut().enumerate() {
                *flips += difference >> i & 1;
            }
        }
        for (i, &flips) in flips.iter().enumerate() {
            // Of 500 trials; 6,144 such counts, so five standard deviations.
            let z = (f64::from(flips) - 250.0) / 125.0_f64.sqrt();
            assert!(z.abs() < 5.0, "input bit {bit} to output bit {i}: {z}");
        }
    }
    let z = (2.0 * sum as f64 - total as f64) / (total as f64).sqrt();
    println!("one input bit flips half of the output bits: {z:+.2} sigma of {total}");
    assert!(z.abs() < 4.0);
}

#[test]
fn noise_is_nearly_normal_and_not_correlated() {
    let n = 1 << 20;
    let draw = |step| -> Vec<f64> {
        let key = Key::new(1, step, stream::NOISE);
        (0..n)
            .map(|i| f64::from(key.noise(i)) / NOISE_VARIANCE.sqrt())
            .collect()
    };
    let now = draw(0);
    let moment = |p: i32| now.iter().map(|x| x.powi(p)).sum::<f64>() / f64::from(n);
    let root = f64::from(n).sqrt();
    println!(
        "noise: mean {:+.2e}, variance {:.5}, skewness {:+.2e}, excess kurtosis {:+.4}",
        moment(1),
        moment(2),
        moment(3),
        moment(4) - 3.0
    );
    assert!(moment(1).abs() < 4.0 / root);
    assert!((moment(2) - 1.0).abs() < 4.0 * 1.36 / root);
    assert!(moment(3).abs() < 4.0 * 3.6 / root);
    assert!((moment(4) - 3.0 + 0.15).abs() < 4.0 * 9.0 / root);
    uncorrelated(&now[1..], &now[..now.len() - 1], "neighbouring neurons");
    uncorrelated(&now, &draw(1), "the same neuron in the next step");
}

/// The shortest vector of the lattice dual to the points of `D` consecutive states, in units of
/// the longest possible one: Knuth's spectral test. 0.1 is the usual pass mark, 1 the best.
///
/// The lattice is that of all s with s1 + s2 a + .. + sD a^(D-1) = 0 modulo 2^32. It is reduced by
/// the algorithm of Lenstra, Lenstra and Lovasz; then all combinations that could be shorter are
/// tried.
fn figure_of_merit<const D: usize>(a: u32) -> f64 {
    let mut basis = [[0_i64; D]; D];
    basis[0][0] = 1 << 32;
    let mut power = 1_u32;
    for (i, row) in basis.iter_mut().enumerate().skip(1) {
        power = power.wrapping_mul(a);
        (row[0], row[i]) = (-i64::from(power), 1);
    }
    reduce(&mut basis);
    let (mu, squares) = orthogonal(&basis);
    let length = |v: &[i64; D]| v.iter().map(|&x| x as f64 * x as f64).sum::<f64>();
    let mut best = basis.iter().map(length).fold(f64::INFINITY, f64::min);
    search(D, &mut [0; D], 0.0, &mu, &squares, &mut best);
    // Hermite's constants of dimensions 2 to 6, the density of the densest lattices.
    let hermite = [4.0_f64 / 3.0, 2.0, 4.0, 8.0, 64.0 / 3.0][D - 2].powf(1.0 / D as f64);
    (best / hermite).sqrt() / 2.0_f64.powf(32.0 / D as f64)
}

type Matrix<const D: usize> = [[f64; D]; D];

/// Gram-Schmidt: coefficients and squared lengths.
fn orthogonal<const D: usize>(basis: &[[i64; D]; D]) -> (Matrix<D>, [f64; D]) {
    let (mut mu, mut squares, mut star) = ([[0.0; D]; D], [0.0; D], [[0.0; D]; D]);
    for i in 0..D {
        let b = basis[i].map(|x| x as f64);
        star[i] = b;
        for j in 0..i {
            mu[i][j] = (0..D).map(|k| b[k] * star[j][k]).sum::<f64>() / squares[j];
            let other = star[j];
            for (x, y) in star[i].iter_mut().zip(other) {
                *x -= mu[i][j] * y;
            }
        }
        squares[i] = star[i].iter().map(|x| x * x).sum();
    }
    (mu, squares)
}

fn reduce<const D: usize>(basis: &mut [[i64; D]; D]) {
    let mut k = 1;
    while k < D {
        for j in (0..k).rev() {
            let q = orthogonal(basis).0[k][j].round() as i64;
            let other = basis[j];
            for (x, y) in basis[k].iter_mut().zip(other) {
                *x -= q * y;
            }
        }
        let (mu, squares) = orthogonal(basis);
        if squares[k] >= (0.99 - mu[k][k - 1] * mu[k][k - 1]) * squares[k - 1] {
            k += 1;
        } else {
            basis.swap(k, k - 1);
            k = (k - 1).max(1);
        }
    }
}

/// Tries all integer coefficients below `level` whose vector could be shorter than `best`.
fn search<const D: usize>(
    level: usize,
    x: &mut [i64; D],
    length: f64,
    mu: &Matrix<D>,
    squares: &[f64; D],
    best: &mut f64,
) {
    let Some(k) = level.checked_sub(1) else {
        if x.iter().any(|&x| x != 0) {
            *best = best.min(length);
        }
        return;
    };
    let centre: f64 = -(k + 1..D).map(|i| mu[i][k] * x[i] as f64).sum::<f64>();
    let radius = ((*best - length).max(0.0) / squares[k]).sqrt() + 1e-9;
    for t in (centre - radius).ceil() as i64..=(centre + radius).floor() as i64 {
        x[k] = t;
        let off = t as f64 - centre;
        search(k, x, length + off * off * squares[k], mu, squares, best);
    }
    x[k] = 0;
}

#[test]
fn the_multiplier_passes_the_spectral_test() {
    let merits = |a| {
        [
            figure_of_merit::<2>(a),
            figure_of_merit::<3>(a),
            figure_of_merit::<4>(a),
            figure_of_merit::<5>(a),
            figure_of_merit::<6>(a),
        ]
    };
    let ours = merits(MULTIPLIER);
    println!("figures of merit, dimensions 2 to 6: {ours:.4?}");
    assert!(ours.iter().all(|&merit| merit > 0.6), "{ours:?}");
    // The test itself: two well-known multipliers, computed in exact fractions in Python.
    let known = merits(69_069);
    assert!(
        (known[0] - 0.9250).abs() < 1e-4 && (known[4] - 0.2990).abs() < 1e-4,
        "{known:?}"
    );
    let bad = merits(65_539);
    assert!(bad[1] < 0.02, "RANDU fails in three dimensions: {bad:?}");

    // Columns 1 to 16 apart: the generator that skips has a multiplier of its own.
    let lags: Vec<f64> = (1..=16)
        .map(|lag| figure_of_merit::<2>(skip(lag).0))
        .collect();
    println!("dimension 2, columns 1 to 16 apart: {lags:.2?}");
    assert!(lags.iter().all(|&merit| merit > 0.2), "{lags:?}");
}
