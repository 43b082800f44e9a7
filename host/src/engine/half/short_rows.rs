//! Rows of a few words: thresholds, and what the output is connected with. One such row after the other is
//! mostly the end of a sum, or the factors that an update begins with; here vectors go along the rows.
//! Everything is exact, so the bits are core's.

use apical_core::Counters;
use apical_core::I16;
use apical_core::kernel::Into;
use apical_core::kernel::fixed::Gain;
use apical_core::number::FixedNumber;
use apical_core::number::rounding::{Round, Stochastic};
use apical_core::random::{Key, Lcg};
use apical_core::record::{Observe, Quantity};
use pulp::bytemuck::cast_slice;

use super::factors::{self, Block, Errors, Lanes};
use super::{Potential, Rate, Weight, largest, store};
use crate::dispatch::dispatch;
use crate::engine::{Division, Strip, of_rows};

/// Rows that are taken together.
const ROWS: usize = 32;

/// A word of each of some rows.
type Words = [i16; ROWS];

pub(super) fn product(
    w: &[Weight],
    x: &[Rate],
    columns: usize,
    outputs: Division<Strip<'_, I16>>,
    into: Into,
) -> Counters {
    if columns == 0 {
        return Counters::default();
    }
    outputs.run(|rows, strip| {
        let w = of_rows(w, rows, columns);
        let saturated = dispatch(
            #[inline(always)]
            || times(cast_slice(w), cast_slice(x), columns, strip, into),
        );
        let mut counters = Counters::default();
        counters.saturated(Quantity::Potential, saturated);
        counters
    })
}

/// Some rows times every sample; how many potentials saturated.
#[inline(always)]
fn times(w: &[i16], x: &[i16], columns: usize, strip: &mut Strip<'_, I16>, into: Into) -> u32 {
    // At least one.
    let exact = i32::MAX as usize / (largest(w) * largest(x)) as usize;
    let turned = turn(w, columns);
    let mut saturated = 0;
    for (x, y) in x.chunks_exact(columns).zip(strip.iter_mut()) {
        for (w, y) in turned.chunks_exact(columns).zip(y.chunks_mut(ROWS)) {
            let mut totals = [0_i64; ROWS];
            for (w, x) in w.chunks(exact).zip(x.chunks(exact)) {
                let mut sums = [0_i32; ROWS];
                for (w, &x) in w.iter().zip(x) {
                    for (sum, &w) in sums.iter_mut().zip(w) {
                        *sum += i32::from(w) * i32::from(x);
                    }
                }
                for (total, &sum) in totals.iter_mut().zip(&sums) {
                    *total += i64::from(sum);
                }
            }
            saturated += put(y, &totals, into);
        }
    }
    saturated
}

/// Rounds and writes; how many potentials saturated.
#[inline(always)]
fn put(y: &mut [Potential], totals: &[i64; ROWS], into: Into) -> u32 {
    let mut words = [Potential::ZERO; ROWS];
    let full = y.first_chunk().copied();
    match full {
        Some(full) => words = full,
        None => words[..y.len()].copy_from_slice(y),
    }
    let saturated = store(&mut words, totals, into);
    match y.first_chunk_mut() {
        Some(y) => *y = words,
        None => y.copy_from_slice(&words[..y.len()]),
    }
    saturated
}

/// Some rows after the other, column by column; zeros behind the last row.
#[inline(always)]
fn turn(w: &[i16], columns: usize) -> Vec<Words> {
    let rows = w.len() / columns;
    let mut turned = vec![[0; ROWS]; rows.div_ceil(ROWS) * columns];
    for (block, rows) in turned
        .chunks_exact_mut(columns)
        .zip(w.chunks(columns * ROWS))
    {
        for (r, row) in rows.chunks_exact(columns).enumerate() {
            for (words, &w) in block.iter_mut().zip(row) {
                words[r] = w;
            }
        }
    }
    turned
}

/// The update of thresholds, or of any row of one word, with stochastic rounding.
pub(super) fn change(
    weights: Division<&mut [Weight]>,
    samples: usize,
    post: &[Potential],
    gain: Gain,
    pre: &[Rate],
    key: Key,
) -> Counters {
    let errors = Errors::new(post, samples, gain);
    weights.run(|rows, w| {
        let mut counters = Counters::default();
        let mut block = Block::default();
        dispatch(
            #[inline(always)]
            || {
                for (w, first) in w.chunks_mut(factors::ROWS).zip(rows.step_by(factors::ROWS)) {
                    block.fill(errors, first, w.len());
                    let (saturated, lost) = words(w, &block, pre, key, first as u32);
                    counters.saturated(Quantity::Weight, block.cut + saturated);
                    counters.updated(w.len() as u32, lost);
                }
            },
        );
        counters
    })
}

/// Changes a word for each row; how many have saturated, and how many changes were lost.
#[inline(always)]
fn words(w: &mut [Weight], block: &Block, pre: &[Rate], key: Key, first: u32) -> (u32, u32) {
    let mut sums = [0_i32; factors::ROWS];
    for (mantissas, x) in block.mantissas.iter().zip(pre) {
        for (sum, &mantissa) in sums.iter_mut().zip(mantissas) {
            *sum = sum.wrapping_add(mantissa.wrapping_mul(x.raw()));
        }
    }
    let (mut random, mut changes): (Lanes<u16>, Lanes<i16>) = Default::default();
    for (random, row) in random.iter_mut().zip(first..) {
        [*random, _] = Lcg::row(key, row).pair();
    }
    for ((change, sum), (&random, &right)) in changes
        .iter_mut()
        .zip(&mut sums)
        .zip(random.iter().zip(&block.right))
    {
        *sum = sum.wrapping_shr(right);
        *change = Stochastic::shift32(*sum, 16, random.into()) as i16;
    }
    let (mut saturated, mut lost) = (0, 0);
    for (w, (&change, &exact)) in w.iter_mut().zip(changes.iter().zip(&sums)) {
        saturated += u32::from(w.add16_exceeds(change));
        lost += u32::from(change == 0 && exact != 0);
        *w = w.add16(change);
    }
    (saturated, lost)
}
