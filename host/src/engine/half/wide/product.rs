//! W x of every sample, four rows and five samples at a time.

use core::arch::x86_64::__m512i;

use apical_core::kernel::Into;
use apical_core::kernel::fixed::store_sum;
use apical_core::record::{Observe, Quantity};
use apical_core::{Counters, I16};
use pulp::bytemuck::{cast, cast_slice};
use pulp::x86::V4;

use super::WORDS;
use crate::dispatch::dispatch;
use crate::engine::Strip;
use crate::engine::half::{Potential, Rate, Weight};
use crate::engine::line::{FIVE, Line};

/// Rows that are taken together.
const ROWS: usize = 4;
/// Rows for which the rates of some samples stay in the first cache.
const BAND: usize = 32;

/// A vector of each of five samples.
type Five = [Line<i16, WORDS>; FIVE];

/// The sums of some rows and five samples, in lanes of 32 bits.
type Sums<const R: usize> = [[__m512i; R]; FIVE];

pub(crate) fn product(
    simd: V4,
    w: &[Weight],
    x: &[Rate],
    columns: usize,
    mut strip: Strip<'_, I16>,
    into: Into,
) -> Counters {
    let mut counters = Counters::default();
    dispatch(
        #[inline(always)]
        || {
            let (w, x): (&[i16], &[i16]) = (cast_slice(w), cast_slice(x));
            let rate = largest(x);
            let vectors = columns.div_ceil(WORDS);
            let fives = fives(x, columns, vectors);
            let mut saturated = 0;
            let mut rows = Vec::with_capacity(BAND);
            for (band, first) in w.chunks(BAND * columns).zip((0..).step_by(BAND)) {
                // No collect: it would be a function of its own, without these vectors.
                rows.clear();
                for row in band.chunks_exact(columns) {
                    rows.push(Row::new(row));
                }
                for (x, y) in fives.chunks_exact(vectors).zip(strip.chunks_mut(FIVE)) {
                    let pass = Pass { simd, x, rate };
                    let (fours, rest) = rows.as_chunks::<ROWS>();
                    let mut at = first;
                    for rows in fours {
                        saturated += put(&pass.times(rows), y, at, into);
                        at += ROWS;
                    }
                    for row in rest {
                        saturated += put(&pass.times(&[*row]), y, at, into);
                        at += 1;
                    }
                }
            }
            counters.saturated(Quantity::Potential, saturated);
        },
    );
    counters
}

/// Rates by fives of samples, vector by vector; rows are filled up with zeros to whole vectors, and
/// the last five with samples of zeros.
fn fives(x: &[i16], columns: usize, vectors: usize) -> Vec<Five> {
    let samples = x.len() / columns;
    let mut fives = vec![[Line::default(); FIVE]; samples.div_ceil(FIVE) * vectors];
    for (s, row) in x.chunks_exact(columns).enumerate() {
        let place = &mut fives[s / FIVE * vectors..];
        for (five, words) in place.iter_mut().zip(row.chunks(WORDS)) {
            five[s % FIVE] = Line::new(words);
        }
    }
    fives
}

/// The largest magnitude, at least 1.
#[inline(always)]
fn largest(words: &[i16]) -> u32 {
    let most = |most: i16, &word: &i16| most.max(word.saturating_abs());
    words.iter().fold(1, most) as u32
}

/// A row of weights.
#[derive(Clone, Copy)]
struct Row<'w> {
    full: &'w [[i16; WORDS]],
    /// What fills no vector, filled up with zeros.
    rest: Line<i16, WORDS>,
    largest: u32,
}

impl<'w> Row<'w> {
    #[inline(always)]
    fn new(words: &'w [i16]) -> Self {
        let (full, rest) = words.as_chunks();
        Self {
            full,
            rest: Line::new(rest),
            largest: largest(words),
        }
    }
}

/// Five samples that rows of weights pass by.
#[derive(Clone, Copy)]
struct Pass<'x> {
    simd: V4,
    x: &'x [Five],
    /// The largest magnitude of a rate.
    rate: u32,
}

impl Pass<'_> {
    /// These rows times each sample: exact.
    #[inline(always)]
    fn times<const R: usize>(self, rows: &[Row<'_>; R]) -> [[i64; R]; FIVE] {
        let simd = self.simd;
        let full = rows[0].full.len();
        let ws: [&[[i16; WORDS]]; R] = std::array::from_fn(
            #[inline(always)]
            |r| &rows[r].full[..full],
        );
        // Two products are below 2 x weight x rate; at least one such pair fits a lane.
        let weight = rows.iter().fold(1, |most, row| row.largest.max(most));
        let pair = 2 * u64::from(weight) * u64::from(self.rate);
        let exact = (((1 << 31) - 1) / pair) as usize;
        let mut totals = [[0; R]; FIVE];
        for first in (0..self.x.len()).step_by(exact) {
            let mut sums = [[simd.avx512f._mm512_set1_epi32(0); R]; FIVE];
            let last = full.min(first + exact).max(first);
            for (at, x) in (first..).zip(&self.x[first..last]) {
                let w = std::array::from_fn(
                    #[inline(always)]
                    |r| cast(ws[r][at]),
                );
                sums = multiply_add(simd, sums, w, x);
            }
            if full < self.x.len() && full < first + exact {
                let w = std::array::from_fn(
                    #[inline(always)]
                    |r| cast(rows[r].rest.0),
                );
                sums = multiply_add(simd, sums, w, &self.x[full]);
            }
            let more = add_up(simd, sums);
            for s in 0..FIVE {
                for r in 0..R {
                    totals[s][r] += more[s][r];
                }
            }
        }
        totals
    }
}

/// sums + w x, two products a lane. By value, for what is borrowed is kept in memory.
#[inline(always)]
fn multiply_add<const R: usize>(simd: V4, mut sums: Sums<R>, w: [__m512i; R], x: &Five) -> Sums<R> {
    for s in 0..FIVE {
        let x = cast(x[s].0);
        for r in 0..R {
            let pairs = simd.avx512bw._mm512_madd_epi16(w[r], x);
            sums[s][r] = simd.avx512f._mm512_add_epi32(sums[s][r], pairs);
        }
    }
    sums
}

/// The lanes of every sum added up in 64 bits; four rows share their vectors.
#[inline(always)]
fn add_up<const R: usize>(simd: V4, sums: Sums<R>) -> [[i64; R]; FIVE] {
    let f = simd.avx512f;
    let mut totals = [[0; R]; FIVE];
    if R != ROWS {
        for s in 0..FIVE {
            for r in 0..R {
                totals[s][r] = f._mm512_reduce_add_epi64(widened(simd, sums[s][r]));
            }
        }
        return totals;
    }
    let mut pairs = [f._mm512_set1_epi32(0); FIVE];
    for s in 0..FIVE {
        let mut wide = [pairs[0]; ROWS];
        for r in 0..R {
            wide[r] = widened(simd, sums[s][r]);
        }
        let [a, b, c, d] = wide;
        pairs[s] = quarters(simd, halves(simd, a, b), halves(simd, c, d));
    }
    let [a, b, c, d, e] = pairs;
    for (k, [s, t]) in [[a, b], [c, d], [e, e]].into_iter().enumerate() {
        let sums = f._mm512_add_epi64(f._mm512_unpacklo_epi64(s, t), f._mm512_unpackhi_epi64(s, t));
        // Row by row, the one sample beside the other.
        let sums: [[i64; 2]; ROWS] = cast(sums);
        for r in 0..R {
            totals[2 * k][r] = sums[r][0];
            if 2 * k + 1 < FIVE {
                totals[2 * k + 1][r] = sums[r][1];
            }
        }
    }
    totals
}

/// Eight lanes of 64 bits for sixteen of 32.
#[inline(always)]
fn widened(simd: V4, lanes: __m512i) -> __m512i {
    let f = simd.avx512f;
    let low = f._mm512_cvtepi32_epi64(f._mm512_castsi512_si256(lanes));
    let high = f._mm512_cvtepi32_epi64(f._mm512_extracti64x4_epi64::<1>(lanes));
    f._mm512_add_epi64(low, high)
}

/// Four lanes of a, four of b.
#[inline(always)]
fn halves(simd: V4, a: __m512i, b: __m512i) -> __m512i {
    let f = simd.avx512f;
    f._mm512_add_epi64(
        f._mm512_shuffle_i64x2::<0b01_00_01_00>(a, b),
        f._mm512_shuffle_i64x2::<0b11_10_11_10>(a, b),
    )
}

/// Two lanes of each sum in two halves.
#[inline(always)]
fn quarters(simd: V4, ab: __m512i, cd: __m512i) -> __m512i {
    let f = simd.avx512f;
    f._mm512_add_epi64(
        f._mm512_shuffle_i64x2::<0b10_00_10_00>(ab, cd),
        f._mm512_shuffle_i64x2::<0b11_01_11_01>(ab, cd),
    )
}

/// Rounds and writes; how many potentials saturated. The last samples of five may be none.
#[inline(always)]
fn put<const R: usize>(
    totals: &[[i64; R]; FIVE],
    y: &mut [&mut [Potential]],
    first: usize,
    into: Into,
) -> u32 {
    let mut saturated = 0;
    for (y, totals) in y.iter_mut().zip(totals) {
        for (y, &total) in y[first..first + R].iter_mut().zip(totals) {
            saturated += store_sum::<Weight, Rate, Potential>(y, total, into);
        }
    }
    saturated
}
