//! Rows that do not fill the lanes of a sum: thresholds, and what the output is connected with. One
//! such row after the other is mostly the end of a sum; here vectors go along the rows, and the lanes
//! of a sum are vectors.

use std::ops::Range;

use apical_core::F32;
use apical_core::kernel::Into;
use pulp::{Simd, WithSimd};

use super::LANES;
use crate::dispatch::dispatch;
use crate::engine::Strip;

/// Lanes that fewer columns than [`LANES`] can reach.
const HALF: usize = LANES / 2;

/// W x of every sample, with rows of fewer words than [`LANES`].
pub(super) struct Product<'a, 'y> {
    pub(super) w: &'a [f32],
    pub(super) x: &'a [f32],
    pub(super) columns: usize,
    pub(super) strip: &'a mut Strip<'y, F32>,
    pub(super) into: Into,
}

impl WithSimd for Product<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let turned = turn::<S>(self.w, self.columns);
        for (x, y) in self.x.chunks_exact(self.columns).zip(self.strip.iter_mut()) {
            let blocks = turned.chunks_exact(self.columns * S::F32_LANES);
            for (w, y) in blocks.zip(y.chunks_mut(S::F32_LANES)) {
                let sum = times(simd, S::as_simd_f32s(w).0, x);
                let old = simd.partial_load_f32s(y);
                let new = match self.into {
                    Into::Store => sum,
                    Into::Add => simd.add_f32s(old, sum),
                    Into::Subtract => simd.sub_f32s(old, sum),
                };
                simd.partial_store_f32s(y, new);
            }
        }
    }
}

/// A vector's number of rows after the other: column by column; zeros behind the last row.
#[inline(always)]
fn turn<S: Simd>(w: &[f32], columns: usize) -> Vec<f32> {
    let rows = w.len() / columns;
    let mut turned = vec![0.0; rows.next_multiple_of(S::F32_LANES) * columns];
    let blocks = turned.chunks_exact_mut(columns * S::F32_LANES);
    for (block, rows) in blocks.zip(w.chunks(columns * S::F32_LANES)) {
        for (r, row) in rows.chunks_exact(columns).enumerate() {
            for (words, &w) in block.chunks_exact_mut(S::F32_LANES).zip(row) {
                words[r] = w;
            }
        }
    }
    turned
}

/// Some rows times a sample, in core's order: pieces of the row to the first lanes, then the tree.
#[inline(always)]
fn times<S: Simd>(simd: S, w: &[S::f32s], x: &[f32]) -> S::f32s {
    let lanes = [simd.splat_f32s(0.0); HALF];
    let (lanes, w, x) = piece::<S, 8>(simd, lanes, w, x);
    let (lanes, w, x) = piece::<S, 4>(simd, lanes, w, x);
    let (lanes, w, x) = piece::<S, 2>(simd, lanes, w, x);
    let (lanes, ..) = piece::<S, 1>(simd, lanes, w, x);
    let [a, b, c, d, e, f, g, h] = lanes;
    let add = |a, b| simd.add_f32s(a, b);
    let [a, b, c, d] = [add(a, e), add(b, f), add(c, g), add(d, h)];
    add(add(a, c), add(b, d))
}

/// A piece of so many columns, if there is one; what is left.
#[inline(always)]
fn piece<'w, 'x, S: Simd, const WORDS: usize>(
    simd: S,
    mut lanes: [S::f32s; HALF],
    w: &'w [S::f32s],
    x: &'x [f32],
) -> ([S::f32s; HALF], &'w [S::f32s], &'x [f32]) {
    let (Some((words, w)), Some((rates, x))) = (
        w.split_first_chunk::<WORDS>(),
        x.split_first_chunk::<WORDS>(),
    ) else {
        return (lanes, w, x);
    };
    for lane in 0..WORDS {
        let product = simd.mul_f32s(words[lane], simd.splat_f32s(rates[lane]));
        lanes[lane] = simd.add_f32s(lanes[lane], product);
    }
    (lanes, w, x)
}

/// The update of some thresholds: the sum of the samples' changes, then one addition. How many
/// changes were lost.
#[inline(never)]
pub(super) fn change(
    w: &mut [f32],
    all: usize,
    rows: Range<usize>,
    post: &[f32],
    gain: f32,
    pre: &[f32],
) -> u32 {
    // Zero less than nothing: not a bit of the first product is lost.
    let mut sums = vec![-0.0_f32; rows.len()];
    let mut lost = 0;
    dispatch(
        #[inline(always)]
        || {
            for (post, &x) in post.chunks_exact(all).zip(pre) {
                for (sum, &post) in sums.iter_mut().zip(&post[rows.clone()]) {
                    *sum += (gain * post) * x;
                }
            }
            for (w, &sum) in w.iter_mut().zip(&sums) {
                let old = *w;
                *w += sum;
                lost += u32::from(sum != 0.0 && *w == old);
            }
        },
    );
    lost
}
