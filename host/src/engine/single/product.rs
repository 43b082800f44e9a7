//! W x of every sample.

#![expect(
    clippy::needless_range_loop,
    reason = "registers are arrays that constants index: what borrows one puts it into memory"
)]

use apical_core::kernel::Into;
use apical_core::{Counters, F32};
use pulp::{Simd, WithSimd};

use super::panel::{Five, Samples};
use super::tree::{Sums, Trees};
use super::{LANES, short_rows};
use crate::dispatch::with_simd;
use crate::engine::line::FIVE;
use crate::engine::{Division, Strip, of_rows};

/// Rows for which the rates of some samples stay in the first cache.
const BAND: usize = 32;

pub(crate) fn product(
    w: &[f32],
    x: &[f32],
    columns: usize,
    outputs: Division<Strip<'_, F32>>,
    into: Into,
) -> Counters {
    if (1..LANES).contains(&columns) {
        return outputs.run(|rows, strip| {
            with_simd(short_rows::Product {
                w: of_rows(w, rows, columns),
                x,
                columns,
                strip,
                into,
            });
            Counters::default()
        });
    }
    if columns == 0 {
        return Counters::default();
    }
    let x = &Samples::new(x, columns);
    outputs.run(|rows, strip| {
        with_simd(Product {
            w: of_rows(w, rows, columns),
            x,
            strip,
            into,
        });
        Counters::default()
    })
}

pub(super) struct Product<'a, 'y> {
    pub(super) w: &'a [f32],
    pub(super) x: &'a Samples,
    pub(super) strip: &'a mut Strip<'y, F32>,
    pub(super) into: Into,
}

impl WithSimd for Product<'_, '_> {
    type Output = ();

    /// As many rows at a time as leave the sums in registers.
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match LANES / S::F32_LANES {
            1 => self.bands::<S, 1, 4>(simd),
            2 => self.bands::<S, 2, 1>(simd),
            4 => self.bands::<S, 4, 1>(simd),
            _ => self.bands::<S, 16, 1>(simd),
        }
    }
}

impl Product<'_, '_> {
    #[inline(always)]
    fn bands<S: Simd, const VECTORS: usize, const ROWS: usize>(self, simd: S) {
        let (columns, trees) = (self.x.columns, Trees::new());
        let bands = self.w.chunks(BAND * columns);
        for (band, first) in bands.zip((0..).step_by(BAND)) {
            for (x, y) in self.x.fives().zip(self.strip.chunks_mut(FIVE)) {
                let (x, into) = (Pass { x, columns, trees }, self.into);
                let mut at = first;
                let rows = band.chunks_exact(ROWS * columns);
                let rest = rows.remainder();
                for rows in rows {
                    put(x.times::<S, VECTORS, ROWS>(simd, rows), y, at, into);
                    at += ROWS;
                }
                for row in rest.chunks_exact(columns) {
                    put(x.times::<S, VECTORS, 1>(simd, row), y, at, into);
                    at += 1;
                }
            }
        }
    }
}

/// What some rows come to for each of five samples, of which the last may be none.
#[inline(always)]
fn put<const ROWS: usize>(
    sums: [[f32; ROWS]; FIVE],
    y: &mut [&mut [f32]],
    first: usize,
    into: Into,
) {
    for (y, sums) in y.iter_mut().zip(sums) {
        let Some(y) = y.get_mut(first..).and_then(<[f32]>::first_chunk_mut) else {
            return;
        };
        match into {
            Into::Store => *y = sums,
            Into::Add => {
                for r in 0..ROWS {
                    y[r] += sums[r];
                }
            }
            Into::Subtract => {
                for r in 0..ROWS {
                    y[r] -= sums[r];
                }
            }
        }
    }
}

/// Five samples that rows of weights pass by.
#[derive(Clone, Copy)]
struct Pass<'x> {
    x: &'x [Five],
    columns: usize,
    trees: Trees,
}

impl Pass<'_> {
    /// These rows times each sample.
    #[inline(always)]
    fn times<S: Simd, const VECTORS: usize, const ROWS: usize>(
        self,
        simd: S,
        w: &[f32],
    ) -> [[f32; ROWS]; FIVE] {
        let mut sums = [[[simd.splat_f32s(0.0); VECTORS]; ROWS]; FIVE];
        let groups = self.columns / LANES;
        let (full, pieces) = self.x.split_at(groups);
        let rows: [(&[[f32; LANES]], &[f32]); ROWS] = std::array::from_fn(
            #[inline(always)]
            |r| {
                let (full, rest) = w[r * self.columns..][..self.columns].as_chunks();
                (&full[..groups], rest)
            },
        );
        for g in 0..groups {
            let w = std::array::from_fn(
                #[inline(always)]
                |r| &rows[r].0[g],
            );
            sums = multiply_add(simd, sums, w, &full[g]);
        }
        // What is left goes to the first lanes in pieces. The lanes behind a piece add nothing, as no
        // sum is zero less than nothing.
        let rest = rows.map(
            #[inline(always)]
            |(_, rest)| rest,
        );
        let (sums, rest, pieces) = piece::<S, VECTORS, ROWS, 8>(simd, sums, rest, pieces);
        let (sums, rest, pieces) = piece::<S, VECTORS, ROWS, 4>(simd, sums, rest, pieces);
        let (sums, rest, pieces) = piece::<S, VECTORS, ROWS, 2>(simd, sums, rest, pieces);
        let (sums, ..) = piece::<S, VECTORS, ROWS, 1>(simd, sums, rest, pieces);
        self.trees.of::<S, VECTORS, ROWS>(sums)
    }
}

/// A piece of so many words at the end of rows, if there is one; what is left.
#[inline(always)]
fn piece<'w, 'x, S: Simd, const VECTORS: usize, const ROWS: usize, const WORDS: usize>(
    simd: S,
    sums: Sums<S, VECTORS, ROWS>,
    rest: [&'w [f32]; ROWS],
    pieces: &'x [Five],
) -> (Sums<S, VECTORS, ROWS>, [&'w [f32]; ROWS], &'x [Five]) {
    let Some((x, more)) = pieces.split_first() else {
        return (sums, rest, pieces);
    };
    if rest[0].len() < WORDS {
        return (sums, rest, pieces);
    }
    let mut w = [[0.0; LANES]; ROWS];
    for r in 0..ROWS {
        w[r][..WORDS].copy_from_slice(&rest[r][..WORDS]);
    }
    let rest = rest.map(
        #[inline(always)]
        |rest| &rest[WORDS..],
    );
    (multiply_add(simd, sums, w.each_ref(), x), rest, more)
}

/// sums + w x in every lane. By value, for what is borrowed is kept in memory.
#[inline(always)]
fn multiply_add<S: Simd, const VECTORS: usize, const ROWS: usize>(
    simd: S,
    mut sums: Sums<S, VECTORS, ROWS>,
    w: [&[f32; LANES]; ROWS],
    x: &Five,
) -> Sums<S, VECTORS, ROWS> {
    for v in 0..VECTORS {
        for s in 0..FIVE {
            let x = S::as_simd_f32s(&x[s].0).0[v];
            for r in 0..ROWS {
                let w = S::as_simd_f32s(w[r]).0[v];
                sums[s][r][v] = simd.add_f32s(sums[s][r][v], simd.mul_f32s(w, x));
            }
        }
    }
    sums
}
