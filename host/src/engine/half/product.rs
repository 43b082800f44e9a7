//! W x of every sample, some rows and five samples at a time.

use apical_core::kernel::Into;
use apical_core::record::{Observe, Quantity};
use apical_core::{Counters, I16};
use pulp::bytemuck::cast_slice;

use super::WORDS;
use super::vectors::{Five, Sums, Vectors};
use super::{Potential, Rate, Weight, largest, store};
use crate::dispatch::dispatch;
use crate::engine::line::{FIVE, Line};
use crate::engine::{Division, Strip, of_rows};

/// Rows for which the rates of some samples stay in the first cache.
const BAND: usize = 32;

/// `ROWS` at a time: as many as leave their sums in registers.
pub(super) fn product<V: Vectors, const ROWS: usize>(
    simd: V,
    w: &[Weight],
    x: &[Rate],
    columns: usize,
    outputs: Division<Strip<'_, I16>>,
    into: Into,
) -> Counters {
    let x: &[i16] = cast_slice(x);
    let rate = dispatch(
        #[inline(always)]
        || largest(x),
    );
    let lines = columns.div_ceil(WORDS);
    let fives = &fives(x, columns, lines);
    outputs.run(|rows, strip| {
        let mut counters = Counters::default();
        let w: &[i16] = cast_slice(of_rows(w, rows, columns));
        let passes = fives.chunks_exact(lines).map(
            #[inline(always)]
            |x| Pass { simd, x, rate },
        );
        let saturated = dispatch(
            #[inline(always)]
            || bands::<V, ROWS>(w, columns, &passes, strip, into),
        );
        counters.saturated(Quantity::Potential, saturated);
        counters
    })
}

/// Some rows, in bands that stay in the first cache; how many potentials saturated.
#[inline(always)]
fn bands<'x, V: Vectors + 'x, const ROWS: usize>(
    w: &[i16],
    columns: usize,
    passes: &(impl Iterator<Item = Pass<'x, V>> + Clone),
    strip: &mut Strip<'_, I16>,
    into: Into,
) -> u32 {
    let mut saturated = 0;
    let mut rows = Vec::with_capacity(BAND);
    for (band, first) in w.chunks(BAND * columns).zip((0..).step_by(BAND)) {
        // No collect: it would be a function of its own, without these vectors.
        rows.clear();
        for row in band.chunks_exact(columns) {
            rows.push(Row::new(row));
        }
        for (pass, y) in passes.clone().zip(strip.chunks_mut(FIVE)) {
            let (some, rest) = rows.as_chunks::<ROWS>();
            let mut at = first;
            for rows in some {
                saturated += put(&pass.times(rows), y, at, into);
                at += ROWS;
            }
            for row in rest {
                saturated += put(&pass.times(&[*row]), y, at, into);
                at += 1;
            }
        }
    }
    saturated
}

/// Rates by fives of samples, line by line; rows are filled up with zeros to whole lines, and the last
/// five with samples of zeros.
fn fives(x: &[i16], columns: usize, lines: usize) -> Vec<Five> {
    let samples = x.len() / columns;
    let mut fives = vec![[Line::default(); FIVE]; samples.div_ceil(FIVE) * lines];
    for (s, row) in x.chunks_exact(columns).enumerate() {
        let place = &mut fives[s / FIVE * lines..];
        for (five, words) in place.iter_mut().zip(row.chunks(WORDS)) {
            five[s % FIVE] = Line::new(words);
        }
    }
    fives
}

/// A row of weights.
#[derive(Clone, Copy)]
struct Row<'w> {
    full: &'w [[i16; WORDS]],
    /// What fills no line, filled up with zeros.
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
struct Pass<'x, V> {
    simd: V,
    x: &'x [Five],
    /// The largest magnitude of a rate.
    rate: u32,
}

impl<V: Vectors> Pass<'_, V> {
    /// These rows times each sample: exact.
    #[inline(always)]
    fn times<const R: usize>(self, rows: &[Row<'_>; R]) -> Sums<i64, R> {
        let simd = self.simd;
        let full = rows[0].full.len();
        let ws: [&[[i16; WORDS]]; R] = std::array::from_fn(
            #[inline(always)]
            |r| &rows[r].full[..full],
        );
        // Two products are below 2 x weight x rate; at least one such pair fits a lane.
        let weight = rows.iter().fold(1, |most, row| row.largest.max(most));
        let pair = 2 * u64::from(weight) * u64::from(self.rate);
        let exact = (((1 << 31) - 1) / pair) as usize / V::PARTS;
        if exact == 0 {
            return self.vector_by_vector(rows);
        }
        let mut totals = [[simd.zero(); R]; FIVE];
        for first in (0..self.x.len()).step_by(exact) {
            let mut sums = [[simd.zero(); R]; FIVE];
            let last = full.min(first + exact).max(first);
            for (at, x) in (first..).zip(&self.x[first..last]) {
                let w = std::array::from_fn(
                    #[inline(always)]
                    |r| &ws[r][at],
                );
                sums = simd.multiply_add(sums, w, x, 0..V::PARTS);
            }
            if full < self.x.len() && full < first + exact {
                let w = std::array::from_fn(
                    #[inline(always)]
                    |r| &rows[r].rest.0,
                );
                sums = simd.multiply_add(sums, w, &self.x[full], 0..V::PARTS);
            }
            totals = widen(simd, totals, sums);
        }
        simd.add_up(totals)
    }

    /// The same for weights so large that a lane holds one pair of products for certain.
    #[inline(always)]
    fn vector_by_vector<const R: usize>(self, rows: &[Row<'_>; R]) -> Sums<i64, R> {
        let simd = self.simd;
        let mut totals = [[simd.zero(); R]; FIVE];
        for (at, x) in self.x.iter().enumerate() {
            let w = std::array::from_fn(
                #[inline(always)]
                |r| rows[r].full.get(at).unwrap_or(&rows[r].rest.0),
            );
            for part in 0..V::PARTS {
                let sums = [[simd.zero(); R]; FIVE];
                totals = widen(simd, totals, simd.multiply_add(sums, w, x, part..part + 1));
            }
        }
        simd.add_up(totals)
    }
}

/// totals + sums.
#[inline(always)]
fn widen<V: Vectors, const R: usize>(
    simd: V,
    mut totals: Sums<V::Vector, R>,
    sums: Sums<V::Vector, R>,
) -> Sums<V::Vector, R> {
    for s in 0..FIVE {
        for r in 0..R {
            totals[s][r] = simd.widen(totals[s][r], sums[s][r]);
        }
    }
    totals
}

/// Rounds and writes; how many potentials saturated. The last samples of five may be none.
#[inline(always)]
fn put<const R: usize>(
    totals: &Sums<i64, R>,
    y: &mut [&mut [Potential]],
    first: usize,
    into: Into,
) -> u32 {
    let mut saturated = 0;
    for (y, totals) in y.iter_mut().zip(totals) {
        if let Some(y) = y[first..].first_chunk_mut() {
            saturated += store(y, totals, into);
        }
    }
    saturated
}
