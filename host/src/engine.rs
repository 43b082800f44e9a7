//! Kernels for several samples on one row of weights.
//!
//! Core's kernels take a row for one sample. On a desktop the weights of a large network come from
//! the outer caches, so a row that is there should meet all samples of a batch. [`Engine`] has
//! core's kernels, in blocks that stay in the first cache, for every precision; the two that
//! people train large networks in have vector code of their own, which computes the same bits:
//! `tests/tests/batches.rs` holds it to core's.
//!
//! [`Engine::advance`] is the hot loop. It is no generic function but one of each precision, so that
//! this crate has its code and no other crate that calls it compiles it again.

mod division;
mod half;
mod line;
mod single;

use std::ops::Range;

use apical_core::batch::Block;
use apical_core::kernel::Into;
use apical_core::precision::Draw;
use apical_core::rule::Activity;
use apical_core::{Counters, F32, F64, I8, I16, I16x32, I32, Number, Precision, Rounding};

pub use division::Division;
pub(crate) use division::share;

use crate::dispatch::dispatch;
use crate::network::Circuit;
use crate::present::{Pattern, advance_here};

/// Bytes of weights that stay in the first cache beside the samples' rates.
const BLOCK_BYTES: usize = 12 << 10;

/// Some rows of every sample's output, one slice a sample.
pub type Strip<'y, P> = Vec<&'y mut [<P as Precision>::Potential]>;

/// A precision that can be trained on a desktop, one sample after the other or in batches.
pub trait Engine: Precision {
    /// What a row costs beside its columns, for each sample, as so many columns: factors and rounding.
    const ROW: usize = 32;

    /// [`present::advance`](crate::present::advance) in this precision.
    fn advance(
        circuit: &Circuit<'_, Self>,
        weights: &mut [Self::Weight],
        activity: &mut Activity<'_, Self>,
        pattern: &Pattern<'_, Self>,
        learning: Option<Rounding>,
        steps: u32,
        counters: &mut Counters,
    );

    /// W x of every sample: `w` has all rows, `x` all columns, sample by sample. The bits are those of
    /// [`Precision::mat_vec`].
    fn product(
        w: &[Self::Weight],
        x: &[Self::Rate],
        columns: usize,
        outputs: Division<Strip<'_, Self>>,
        into: Into,
    ) -> Counters {
        product::<Self>(w, x, columns, outputs, into)
    }

    /// [`Precision::update`] of so many samples.
    fn change(
        weights: Division<&mut [Self::Weight]>,
        samples: usize,
        post: &[Self::Potential],
        gain: Self::Gain,
        pre: &[Self::Rate],
        draw: Draw,
    ) -> Counters {
        change::<Self>(weights, samples, post, gain, pre, draw)
    }
}

/// The hot loop of this precision.
macro_rules! advance {
    () => {
        #[inline(never)]
        fn advance(
            circuit: &Circuit<'_, Self>,
            weights: &mut [Self::Weight],
            activity: &mut Activity<'_, Self>,
            pattern: &Pattern<'_, Self>,
            learning: Option<Rounding>,
            steps: u32,
            counters: &mut Counters,
        ) {
            advance_here(
                circuit, weights, activity, pattern, learning, steps, counters,
            );
        }
    };
}

impl Engine for F64 {
    advance!();
}

impl Engine for I8 {
    advance!();
}

impl Engine for I16x32 {
    advance!();
}

impl Engine for I32 {
    advance!();
}

impl Engine for F32 {
    const ROW: usize = 0;

    advance!();

    fn product(
        w: &[f32],
        x: &[f32],
        columns: usize,
        outputs: Division<Strip<'_, Self>>,
        into: Into,
    ) -> Counters {
        single::product(w, x, columns, outputs, into)
    }

    fn change(
        weights: Division<&mut [f32]>,
        samples: usize,
        post: &[f32],
        gain: f32,
        pre: &[f32],
        _: Draw,
    ) -> Counters {
        single::change(weights, samples, post, gain, pre)
    }
}

impl Engine for I16 {
    advance!();

    fn product(
        w: &[Self::Weight],
        x: &[Self::Rate],
        columns: usize,
        outputs: Division<Strip<'_, Self>>,
        into: Into,
    ) -> Counters {
        half::product(w, x, columns, outputs, into)
    }

    fn change(
        weights: Division<&mut [Self::Weight]>,
        samples: usize,
        post: &[Self::Potential],
        gain: Self::Gain,
        pre: &[Self::Rate],
        draw: Draw,
    ) -> Counters {
        half::change(weights, samples, post, gain, pre, draw)
    }
}

/// Rows of so many bytes that fit a block, in fours, as core's kernels take them.
fn block_rows(row_bytes: usize) -> usize {
    (BLOCK_BYTES / row_bytes.max(1)).max(4) / 4 * 4
}

/// Core's products.
fn product<P: Precision>(
    w: &[P::Weight],
    x: &[P::Rate],
    columns: usize,
    outputs: Division<Strip<'_, P>>,
    into: Into,
) -> Counters {
    outputs.run(|rows, strip| part::<P>(of_rows(w, rows, columns), x, columns, strip, into))
}

/// The weights of some rows.
fn of_rows<T>(w: &[T], rows: Range<usize>, columns: usize) -> &[T] {
    &w[rows.start * columns..rows.end * columns]
}

/// Some rows, a block of them and a sample at a time.
#[inline(never)]
fn part<P: Precision>(
    w: &[P::Weight],
    x: &[P::Rate],
    columns: usize,
    strip: &mut Strip<'_, P>,
    into: Into,
) -> Counters {
    let mut counters = Counters::default();
    dispatch(
        #[inline(always)]
        || {
            let rows = block_rows(columns * P::Weight::BYTES);
            let blocks = w.chunks((rows * columns).max(1));
            for (block, first) in blocks.zip((0..).step_by(rows)) {
                for (x, y) in x.chunks_exact(columns.max(1)).zip(strip.iter_mut()) {
                    let last = y.len().min(first + rows);
                    let y = y.get_mut(first..last).unwrap_or_default();
                    P::mat_vec(block, x, y, into, &mut counters);
                }
            }
        },
    );
    counters
}

/// Core's update.
fn change<P: Precision>(
    weights: Division<&mut [P::Weight]>,
    samples: usize,
    post: &[P::Potential],
    gain: P::Gain,
    pre: &[P::Rate],
    draw: Draw,
) -> Counters {
    weights.run(|rows, w| {
        let block = Block {
            first: rows.start,
            samples,
        };
        updated::<P>(w, block, post, gain, pre, draw)
    })
}

/// Some rows.
#[inline(never)]
fn updated<P: Precision>(
    w: &mut [P::Weight],
    block: Block,
    post: &[P::Potential],
    gain: P::Gain,
    pre: &[P::Rate],
    draw: Draw,
) -> Counters {
    let mut counters = Counters::default();
    dispatch(
        #[inline(always)]
        || P::update(w, block, post, gain, pre, draw, &mut counters),
    );
    counters
}

/// Words of both signs up to the largest, for tests.
#[cfg(test)]
pub(crate) fn words<T: Number>(count: usize, stream: u32, largest: f64) -> Vec<T> {
    let key = apical_core::random::Key::new(8, 0, stream);
    (0..count as u32)
        .map(|i| T::from_f64(largest * (2.0 * key.uniform(i) - 1.0)))
        .collect()
}
