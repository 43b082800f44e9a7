//! i16: exact sums of 16-bit products, in AVX-512 or AVX2 where the machine has them, else core's kernels.
//!
//! The instruction that multiplies 16-bit words adds two products in 32 bits. How many of those a
//! lane can add before it might overflow follows from the largest weight of some rows and the
//! largest rate; only then are the lanes added up in 64 bits. Everything is exact, so the order
//! does not matter and the bits are core's.

use apical_core::batch::MAX_SAMPLES;
use apical_core::kernel::Into;
use apical_core::kernel::fixed::{Gain, store_sum};
use apical_core::precision::Draw;
use apical_core::{Counters, I16, Precision, Rounding};

use super::{Division, Strip};

#[cfg(target_arch = "x86_64")]
mod change;
mod factors;
#[cfg(target_arch = "x86_64")]
mod narrow;
#[cfg(target_arch = "x86_64")]
mod product;
mod short_rows;
#[cfg(target_arch = "x86_64")]
mod vectors;
#[cfg(target_arch = "x86_64")]
mod wide;

type Weight = <I16 as Precision>::Weight;
type Rate = <I16 as Precision>::Rate;
type Potential = <I16 as Precision>::Potential;

/// 16-bit words of a line: columns from which on a row fills the vectors of one row.
const WORDS: usize = 32;

pub(super) fn product(
    w: &[Weight],
    x: &[Rate],
    columns: usize,
    outputs: Division<Strip<'_, I16>>,
    into: Into,
) -> Counters {
    #[cfg(target_arch = "x86_64")]
    if columns >= WORDS {
        if let Some(simd) = pulp::x86::V4::try_new() {
            return product::product::<_, { wide::ROWS }>(simd, w, x, columns, outputs, into);
        }
        if let Some(simd) = pulp::x86::V3::try_new() {
            return product::product::<_, { narrow::ROWS }>(simd, w, x, columns, outputs, into);
        }
    }
    if columns < WORDS {
        return short_rows::product(w, x, columns, outputs, into);
    }
    super::product::<I16>(w, x, columns, outputs, into)
}

pub(super) fn change(
    weights: Division<&mut [Weight]>,
    samples: usize,
    post: &[Potential],
    gain: Gain,
    pre: &[Rate],
    draw: Draw,
) -> Counters {
    let stochastic = draw.rounding == Rounding::Stochastic;
    if stochastic && pre.len() == samples && (1..=MAX_SAMPLES).contains(&samples) {
        return short_rows::change(weights, samples, post, gain, pre, draw.key);
    }
    #[cfg(target_arch = "x86_64")]
    if stochastic && (WORDS..=vectors::MOST).contains(&(pre.len() / samples.max(1))) {
        if let Some(simd) = pulp::x86::V4::try_new() {
            return change::change(simd, weights, samples, post, gain, pre, draw);
        }
        if let Some(simd) = pulp::x86::V3::try_new() {
            return change::change(simd, weights, samples, post, gain, pre, draw);
        }
    }
    super::change::<I16>(weights, samples, post, gain, pre, draw)
}

/// Rounds sums and writes them; how many potentials saturated.
#[inline(always)]
fn store<const N: usize>(y: &mut [Potential; N], sums: &[i64; N], into: Into) -> u32 {
    // A loop for each, which has no branch inside.
    match into {
        Into::Store => stored(y, sums, Into::Store),
        Into::Add => stored(y, sums, Into::Add),
        Into::Subtract => stored(y, sums, Into::Subtract),
    }
}

#[inline(always)]
fn stored<const N: usize>(y: &mut [Potential; N], sums: &[i64; N], into: Into) -> u32 {
    let mut saturated = 0;
    for (y, &sum) in y.iter_mut().zip(sums) {
        saturated += store_sum::<Weight, Rate, Potential>(y, sum, into);
    }
    saturated
}

/// The largest magnitude, at least 1 and at most 2^15.
#[inline(always)]
fn largest(words: &[i16]) -> u32 {
    let most = |most: u16, word: &i16| most.max(word.unsigned_abs());
    words.iter().fold(1, most).into()
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use apical_core::random::Key;
    use pulp::x86::{V3, V4};

    use super::vectors::Vectors;
    use super::*;
    use crate::engine::words;

    /// On this instruction set as by core, in all bits and counts.
    fn agrees<V: Vectors, const ROWS: usize>(simd: V, [rows, columns, samples]: [usize; 3]) {
        for largest in [0.05, 1.0, 1e9] {
            let at = (rows, columns, samples, largest);
            let mut w = words::<Weight>(rows * columns, 1, largest);
            let x = words::<Rate>(columns * samples, 2, largest);
            let mut want = vec![Potential::ZERO; rows * samples];
            let mut got = want.clone();
            let into = Into::Subtract;
            let outputs = Division::whole(rows, want.chunks_mut(rows).collect());
            let wanted = crate::engine::product::<I16>(&w, &x, columns, outputs, into);
            let outputs = Division::whole(rows, got.chunks_mut(rows).collect());
            let counted = product::product::<V, ROWS>(simd, &w, &x, columns, outputs, into);
            assert_eq!(got, want, "{at:?}");
            assert_eq!(counted.potential, wanted.potential, "{at:?}");

            let post = words::<Potential>(rows * samples, 3, largest);
            let Some(gain) = I16::gain(0.01) else {
                panic!("a rate of 0.01 fits");
            };
            let draw = Draw {
                rounding: Rounding::Stochastic,
                key: Key::new(7, 2, 4),
            };
            let mut want = w.clone();
            let whole = Division::whole(rows, &mut want[..]);
            let wanted = crate::engine::change::<I16>(whole, samples, &post, gain, &x, draw);
            let whole = Division::whole(rows, &mut w[..]);
            let counted = change::change(simd, whole, samples, &post, gain, &x, draw);
            assert_eq!(w, want, "{at:?}");
            assert_eq!(
                (counted.weight, counted.updates, counted.lost),
                (wanted.weight, wanted.updates, wanted.lost),
                "{at:?}"
            );
        }
    }

    /// Products of the most negative words, of which four or five fill 31 bits and a sign.
    #[test]
    fn the_most_negative_weights_are_exact() {
        for columns in [1, 5, 8, 31, 32, 64, 100] {
            for rate in [-32767, 6553, 8192, 16384, 32767] {
                let (rows, w) = (3, vec![Weight::from_bits(i16::MIN); 3 * columns]);
                let x = vec![Rate::from_bits(rate); columns];
                let (mut want, mut got) =
                    (vec![Potential::ZERO; rows], vec![Potential::ZERO; rows]);
                let outputs = Division::whole(rows, want.chunks_mut(rows).collect());
                crate::engine::product::<I16>(&w, &x, columns, outputs, Into::Store);
                let outputs = Division::whole(rows, got.chunks_mut(rows).collect());
                product(&w, &x, columns, outputs, Into::Store);
                assert_eq!(got, want, "{columns} columns, {rate}");
            }
        }
    }

    #[test]
    fn short_rows_have_cores_bits() {
        for (rows, columns, samples) in [(1, 1, 1), (31, 10, 3), (32, 31, 10), (77, 2, 1)] {
            for largest in [0.05, 1.0, 1e9] {
                let w = words::<Weight>(rows * columns, 1, largest);
                let x = words::<Rate>(columns * samples, 2, largest);
                for into in [Into::Store, Into::Add, Into::Subtract] {
                    let mut want = words::<Potential>(rows * samples, 3, largest);
                    let mut got = want.clone();
                    let outputs = Division::whole(rows, want.chunks_mut(rows).collect());
                    let wanted = crate::engine::product::<I16>(&w, &x, columns, outputs, into);
                    let outputs = Division::whole(rows, got.chunks_mut(rows).collect());
                    let counted = short_rows::product(&w, &x, columns, outputs, into);
                    assert_eq!(got, want, "{rows} x {columns}, {largest}");
                    assert_eq!(counted.potential, wanted.potential);
                }
            }
        }
    }

    #[test]
    fn thresholds_have_cores_bits() {
        for (rows, samples) in [(1, 1), (16, 10), (77, 3), (500, 64)] {
            for (largest, gain) in [(0.05, 0.01), (1.0, 3.0), (100.0, 1e-6)] {
                let mut w = words::<Weight>(rows, 1, 8.0);
                let x = words::<Rate>(samples, 2, 1.0);
                let post = words::<Potential>(rows * samples, 3, largest);
                let gain = I16::gain(gain).unwrap_or_default();
                let draw = Draw {
                    rounding: Rounding::Stochastic,
                    key: Key::new(7, 2, 4),
                };
                let mut want = w.clone();
                let whole = Division::whole(rows, &mut want[..]);
                let wanted = crate::engine::change::<I16>(whole, samples, &post, gain, &x, draw);
                let whole = Division::whole(rows, &mut w[..]);
                let counted = change(whole, samples, &post, gain, &x, draw);
                assert_eq!(w, want, "{rows} rows, {largest}");
                assert_eq!(counted, wanted, "{rows} rows, {largest}");
            }
        }
    }

    #[test]
    fn every_instruction_set_has_cores_bits() {
        for shape in [
            [1, 32, 1],
            [5, 37, 3],
            [9, 100, 7],
            [4, 203, 10],
            [70, 130, 11],
        ] {
            if let Some(simd) = V3::try_new() {
                agrees::<V3, { narrow::ROWS }>(simd, shape);
            }
            if let Some(simd) = V4::try_new() {
                agrees::<V4, { wide::ROWS }>(simd, shape);
            }
        }
    }
}
