//! f32: four rows and five samples at a time in vectors of any width.
//!
//! Every sum has core's order: sixteen lanes, then what does not fill them, then the tree. Lanes
//! are one vector of sixteen words, two of eight or four of four.

#![expect(
    clippy::needless_range_loop,
    reason = "registers are arrays that constants index: what borrows one puts it into memory"
)]

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
    let rest = columns - full;
    // What is left goes to the first lanes in one piece where it is a power of two; the lanes behind
    // it add nothing to a sum that is not zero less than nothing.
    let whole = rest.is_power_of_two() && rest <= S::F32_LANES;
    if whole {
        for r in 0..R {
            let w = simd.partial_load_f32s(&w[r * columns + full..][..rest]);
            for b in 0..B {
                let x = simd.partial_load_f32s(&x[b * columns + full..][..rest]);
                sums[r][b][0] = simd.add_f32s(sums[r][b][0], simd.mul_f32s(w, x));
            }
        }
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
        for (b, lanes) in lanes.iter().enumerate() {
            let sum = if whole || rest == 0 {
                tree(lanes)
            } else {
                let (w, x) = (&w[r * columns..], &x[b * columns..]);
                finish(*lanes, &w[full..columns], &x[full..columns])
            };
            let y = &mut y[b][first + r];
            *y = match into {
                Into::Store => sum,
                Into::Add => *y + sum,
                Into::Subtract => *y - sum,
            };
        }
    }
}

/// The upper half of the lanes is added to the lower half until one is left.
#[inline(always)]
fn tree(lanes: &[f32; LANES]) -> f32 {
    let lanes: [f32; 8] = std::array::from_fn(
        #[inline(always)]
        |i| lanes[i] + lanes[i + 8],
    );
    let lanes: [f32; 4] = std::array::from_fn(
        #[inline(always)]
        |i| lanes[i] + lanes[i + 4],
    );
    (lanes[0] + lanes[2]) + (lanes[1] + lanes[3])
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
    shape: (usize, usize),
) -> u32 {
    let columns = shape.0;
    let mut rows = Rows {
        simd,
        w,
        factors,
        pre,
        shape,
        lost: simd.splat_u32s(0),
    };
    let mut first = 0;
    while first + 2 * S::F32_LANES <= columns {
        rows.vectors::<R, 2>(first);
        first += 2 * S::F32_LANES;
    }
    if first + S::F32_LANES <= columns {
        rows.vectors::<R, 1>(first);
        first += S::F32_LANES;
    }
    if first < columns {
        rows.rest::<R>(first);
    }
    bytemuck::cast_slice::<S::u32s, u32>(&[rows.lost])
        .iter()
        .sum()
}

/// Some rows while they are changed.
struct Rows<'a, S: Simd> {
    simd: S,
    w: &'a mut [f32],
    factors: &'a [f32],
    pre: &'a [f32],
    /// Columns and samples.
    shape: (usize, usize),
    lost: S::u32s,
}

impl<S: Simd> Rows<'_, S> {
    /// Changes `WIDE` vectors of each row from a column.
    #[inline(always)]
    fn vectors<const R: usize, const WIDE: usize>(&mut self, first: usize) {
        let (simd, (columns, samples)) = (self.simd, self.shape);
        let words = WIDE * S::F32_LANES;
        // Zero less than nothing: not a bit of the first product is lost.
        let mut sums = [[simd.splat_f32s(-0.0); WIDE]; R];
        for s in 0..samples {
            let x = S::as_simd_f32s(&self.pre[s * columns + first..][..words]).0;
            for r in 0..R {
                let c = simd.splat_f32s(self.factors[r * samples + s]);
                for v in 0..WIDE {
                    sums[r][v] = simd.add_f32s(sums[r][v], simd.mul_f32s(c, x[v]));
                }
            }
        }
        for r in 0..R {
            for v in 0..WIDE {
                let start = r * columns + first + v * S::F32_LANES;
                let old = S::as_simd_f32s(&self.w[start..][..S::F32_LANES]).0[0];
                let new = self.add(old, sums[r][v]);
                S::as_mut_simd_f32s(&mut self.w[start..][..S::F32_LANES]).0[0] = new;
            }
        }
    }

    /// Changes what does not fill a vector at the end of each row. What is not there is zero and
    /// does not change.
    #[inline(always)]
    fn rest<const R: usize>(&mut self, first: usize) {
        let (simd, (columns, samples)) = (self.simd, self.shape);
        let mut sums = [simd.splat_f32s(-0.0); R];
        for s in 0..samples {
            let x = simd.partial_load_f32s(&self.pre[s * columns + first..(s + 1) * columns]);
            for r in 0..R {
                let c = simd.splat_f32s(self.factors[r * samples + s]);
                sums[r] = simd.add_f32s(sums[r], simd.mul_f32s(c, x));
            }
        }
        for (r, sum) in sums.into_iter().enumerate() {
            let place = r * columns + first..(r + 1) * columns;
            let old = simd.partial_load_f32s(&self.w[place.clone()]);
            let new = self.add(old, sum);
            simd.partial_store_f32s(&mut self.w[place], new);
        }
    }

    /// The weights with their changes; counts those that were lost.
    #[inline(always)]
    fn add(&mut self, old: S::f32s, sum: S::f32s) -> S::f32s {
        let simd = self.simd;
        let new = simd.add_f32s(old, sum);
        let [zero, one] = [0, 1].map(
            #[inline(always)]
            |count| simd.splat_u32s(count),
        );
        let same = simd.select_u32s(simd.equal_f32s(new, old), one, zero);
        let nothing = simd.equal_f32s(sum, simd.splat_f32s(0.0));
        let count = simd.select_u32s(nothing, zero, same);
        self.lost = simd.add_u32s(self.lost, count);
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use apical_core::random::Key;
    use pulp::Scalar;

    fn words(count: usize, stream: u32) -> Vec<f32> {
        let key = Key::new(8, 0, stream);
        (0..count as u32)
            .map(|i| (2.0 * key.uniform(i) - 1.0) as f32)
            .collect()
    }

    fn bits(words: &[f32]) -> Vec<u32> {
        words.iter().map(|word| word.to_bits()).collect()
    }

    /// Products and updates of one shape in vectors of one width.
    fn on<S: Simd>(simd: S, [rows, columns, samples]: [usize; 3]) -> (Vec<u32>, Vec<u32>, u32) {
        let mut w = words(rows * columns, 1);
        let x = words(columns * samples, 2);
        let mut y = words(rows * samples, 3);
        simd.vectorize(Product {
            w: &w,
            x: &x,
            columns,
            strip: y.chunks_mut(rows).collect(),
            into: Into::Subtract,
        });
        let lost = simd.vectorize(Change {
            w: &mut w,
            factors: &words(rows * samples, 4)
                .iter()
                .map(|c| c * 1e-7)
                .collect::<Vec<_>>(),
            pre: &x,
            columns,
            samples,
        });
        (bits(&y), bits(&w), lost)
    }

    #[test]
    fn vectors_of_any_width_have_the_same_bits() {
        for shape in [
            [1, 1, 1],
            [5, 15, 3],
            [8, 48, 10],
            [9, 52, 11],
            [37, 203, 5],
        ] {
            let narrow = on(Scalar::new(), shape);
            #[cfg(target_arch = "x86_64")]
            {
                if let Some(simd) = pulp::x86::V3::try_new() {
                    assert_eq!(on(simd, shape), narrow, "AVX2, {shape:?}");
                }
                if let Some(simd) = pulp::x86::V4::try_new() {
                    assert_eq!(on(simd, shape), narrow, "AVX-512, {shape:?}");
                }
            }
            let [rows, columns, _] = shape;
            assert!(narrow.2 as usize <= rows * columns);
        }
        assert!(on(Scalar::new(), [37, 203, 5]).2 > 100);
    }
}
