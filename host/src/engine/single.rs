//! f32: four rows and five samples at a time in vectors of any width.
//!
//! Every sum has core's order: sixteen lanes, then what does not fill them, then the tree. Lanes
//! are one vector of sixteen words, two of eight or four of four.

use apical_core::batch::Block;
use apical_core::kernel::{Into, float::finish};
use apical_core::record::Observe;
use apical_core::{Counters, F32};
use pulp::{Simd, WithSimd, bytemuck};

use super::Strip;
use crate::dispatch::with_simd;

/// Lanes of a sum.
const LANES: usize = 16;
/// Rows that are taken together.
const ROWS: usize = 4;
/// Samples that are taken together.
const SAMPLES: usize = 5;
/// Rows for which the rates of some samples stay in the first cache.
const BAND: usize = 32;

pub(super) fn product(
    w: &[f32],
    x: &[f32],
    columns: usize,
    strip: Strip<'_, F32>,
    into: Into,
) -> Counters {
    let counters = Counters::default();
    if columns == 0 {
        return counters;
    }
    with_simd(Product {
        w,
        x,
        columns,
        strip,
        into,
    });
    counters
}

struct Product<'a, 'y> {
    w: &'a [f32],
    x: &'a [f32],
    columns: usize,
    strip: Strip<'y, F32>,
    into: Into,
}

impl WithSimd for Product<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match LANES / S::F32_LANES {
            1 => self.bands::<S, 1>(simd),
            2 => self.bands::<S, 2>(simd),
            4 => self.bands::<S, 4>(simd),
            _ => self.bands::<S, 16>(simd),
        }
    }
}

impl Product<'_, '_> {
    #[inline(always)]
    fn bands<S: Simd, const VECTORS: usize>(mut self, simd: S) {
        let columns = self.columns;
        let bands = self.w.chunks(BAND * columns);
        for (band, first) in bands.zip((0..).step_by(BAND)) {
            let fives = self.x.chunks(SAMPLES * columns);
            for (x, y) in fives.zip(self.strip.chunks_mut(SAMPLES)) {
                let rows = band.chunks(ROWS * columns);
                for (rows, first) in rows.zip((first..).step_by(ROWS)) {
                    let into = self.into;
                    let place = (columns, first, into);
                    if rows.len() == ROWS * columns && y.len() == SAMPLES {
                        tile::<S, VECTORS, ROWS, SAMPLES>(simd, rows, x, y, place);
                        continue;
                    }
                    for (row, i) in rows.chunks_exact(columns).zip(first..) {
                        for (x, y) in x.chunks_exact(columns).zip(y.chunks_mut(1)) {
                            let place = (columns, i, into);
                            tile::<S, VECTORS, 1, 1>(simd, row, x, y, place);
                        }
                    }
                }
            }
        }
    }
}

/// Some rows times some samples.
#[inline(always)]
fn tile<S: Simd, const VECTORS: usize, const R: usize, const B: usize>(
    simd: S,
    w: &[f32],
    x: &[f32],
    y: &mut [&mut [f32]],
    (columns, first, into): (usize, usize, Into),
) {
    let vectors = columns / LANES * VECTORS;
    let full = columns / LANES * LANES;
    let ws: [&[S::f32s]; R] = std::array::from_fn(
        #[inline(always)]
        |i| &S::as_simd_f32s(&w[i * columns..][..full]).0[..vectors],
    );
    let xs: [&[S::f32s]; B] = std::array::from_fn(
        #[inline(always)]
        |i| &S::as_simd_f32s(&x[i * columns..][..full]).0[..vectors],
    );
    let mut sums = [[[simd.splat_f32s(0.0); VECTORS]; B]; R];
    let mut at = 0;
    while at < vectors {
        for v in 0..VECTORS {
            for r in 0..R {
                let w = ws[r][at + v];
                for b in 0..B {
                    let product = simd.mul_f32s(w, xs[b][at + v]);
                    sums[r][b][v] = simd.add_f32s(sums[r][b][v], product);
                }
            }
        }
        at += VECTORS;
    }
    // Copied in loops that leave nothing to an index: an array that is indexed while the program
    // runs would be stored in every turn above.
    let mut lanes = [[[0.0; LANES]; B]; R];
    for r in 0..R {
        for b in 0..B {
            for v in 0..VECTORS {
                let words = [sums[r][b][v]];
                let words: &[f32] = bytemuck::cast_slice(&words);
                lanes[r][b][v * words.len()..][..words.len()].copy_from_slice(words);
            }
        }
    }
    for (r, lanes) in lanes.iter().enumerate() {
        let rest = &w[r * columns + full..(r + 1) * columns];
        for (b, &lanes) in lanes.iter().enumerate() {
            let sum = finish(lanes, rest, &x[b * columns + full..(b + 1) * columns]);
            let y = &mut y[b][first + r];
            *y = match into {
                Into::Store => sum,
                Into::Add => *y + sum,
                Into::Subtract => *y - sum,
            };
        }
    }
}

pub(super) fn change(
    w: &mut [f32],
    block: Block,
    post: &[f32],
    gain: f32,
    pre: &[f32],
) -> Counters {
    let mut counters = Counters::default();
    let samples = block.samples.max(1);
    let (all, columns) = (post.len() / samples, pre.len() / samples);
    if columns == 0 {
        return counters;
    }
    let rows = w.len() / columns;
    // Row by row, one factor a sample.
    let factors: Vec<f32> = (block.first..block.first + rows)
        .flat_map(|i| (0..samples).map(move |s| gain * post[s * all + i]))
        .collect();
    let lost = with_simd(Change {
        w,
        factors: &factors,
        pre,
        columns,
        samples,
    });
    counters.updated((rows * columns) as u32, lost);
    counters
}

struct Change<'a> {
    w: &'a mut [f32],
    /// `samples` of each row.
    factors: &'a [f32],
    pre: &'a [f32],
    columns: usize,
    samples: usize,
}

impl WithSimd for Change<'_> {
    type Output = u32;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> u32 {
        let Self {
            w,
            factors,
            pre,
            columns,
            samples,
        } = self;
        let mut lost = 0;
        let fours = w.chunks_mut(ROWS * columns);
        for (w, factors) in fours.zip(factors.chunks(ROWS * samples)) {
            if w.len() == ROWS * columns {
                lost += rows::<S, ROWS>(simd, w, factors, pre, (columns, samples));
            } else {
                let rest = w.chunks_mut(columns).zip(factors.chunks(samples));
                for (w, factors) in rest {
                    lost += rows::<S, 1>(simd, w, factors, pre, (columns, samples));
                }
            }
        }
        lost
    }
}

/// Changes some rows; how many changes were lost.
#[inline(always)]
fn rows<S: Simd, const R: usize>(
    simd: S,
    w: &mut [f32],
    factors: &[f32],
    pre: &[f32],
    (columns, samples): (usize, usize),
) -> u32 {
    /// Vectors of a row that are taken together.
    const WIDE: usize = 2;
    let mut lost = simd.splat_u32s(0);
    let zero = simd.splat_f32s(0.0);
    let mut first = 0;
    while first + WIDE * S::F32_LANES <= columns {
        // Zero less than nothing: not a bit of the first product is lost.
        let mut sums = [[simd.splat_f32s(-0.0); WIDE]; R];
        for s in 0..samples {
            let x = S::as_simd_f32s(&pre[s * columns + first..][..WIDE * S::F32_LANES]).0;
            for r in 0..R {
                let c = simd.splat_f32s(factors[r * samples + s]);
                for v in 0..WIDE {
                    sums[r][v] = simd.add_f32s(sums[r][v], simd.mul_f32s(c, x[v]));
                }
            }
        }
        for r in 0..R {
            let w = &mut w[r * columns + first..][..WIDE * S::F32_LANES];
            let w = S::as_mut_simd_f32s(w).0;
            for v in 0..WIDE {
                let (w, sum) = (&mut w[v], sums[r][v]);
                let new = simd.add_f32s(*w, sum);
                let same = simd.equal_f32s(new, *w);
                let nothing = simd.equal_f32s(sum, zero);
                let count = simd.select_u32s(same, simd.splat_u32s(1), simd.splat_u32s(0));
                let count = simd.select_u32s(nothing, simd.splat_u32s(0), count);
                lost = simd.add_u32s(lost, count);
                *w = new;
            }
        }
        first += WIDE * S::F32_LANES;
    }
    let mut total = bytemuck::cast_slice::<S::u32s, u32>(&[lost]).iter().sum();
    for r in 0..R {
        for j in first..columns {
            let mut sum = -0.0;
            for s in 0..samples {
                sum += factors[r * samples + s] * pre[s * columns + j];
            }
            let w = &mut w[r * columns + j];
            total += u32::from(sum != 0.0 && *w + sum == *w);
            *w += sum;
        }
    }
    total
}
