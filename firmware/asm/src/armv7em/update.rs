//! The stochastically rounded rank-one update.

use super::pairs::{aligned_eights, counted_pairs, fours, pairs};
use crate::blocks::{Row, blocks, single};
use crate::step::Scale;
use apical_core::kernel::fixed::Gain;
use apical_core::number::FixedNumber;
use apical_core::random::Key;
use apical_core::record::{Observe, Quantity};
use apical_core::{I16, Precision};

type Weight = <I16 as Precision>::Weight;
type Rate = <I16 as Precision>::Rate;
type Potential = <I16 as Precision>::Potential;

/// w += round(gain post pre^T), stochastically; the bits of core's rank-one update.
#[inline(never)]
pub(crate) fn rank_one(w: &mut [Weight], post: &[Potential], gain: Gain, pre: &[Rate], key: Key) {
    let columns = pre.len();
    let aligned = (w.as_ptr().addr() | pre.as_ptr().addr()).is_multiple_of(4);
    blocks(w, post, Scale::new(gain), columns, key, |weights, rows| {
        let (w, r) = (weights.as_mut_ptr(), pre.as_ptr());
        // SAFETY: there are `columns` weights for every row, and as many rates.
        unsafe {
            match columns % 8 {
                0 if aligned => {
                    aligned_eights(w, r, columns, rows);
                }
                0 | 4 => {
                    fours(w, r, columns, rows);
                }
                2 | 6 => {
                    pairs(w, r, columns, rows);
                }
                _ => odd_rows(weights, pre, rows),
            }
        }
    });
}

/// Rows of an odd number of weights.
fn odd_rows(w: &mut [Weight], pre: &[Rate], rows: &[Row]) {
    let Some((&rate, even)) = pre.split_last() else {
        return;
    };
    for (row, w) in rows.iter().zip(w.chunks_exact_mut(pre.len())) {
        let state = match even.len() {
            0 => row.state,
            // SAFETY: a row has more weights than there are even rates.
            columns => unsafe { pairs(w.as_mut_ptr(), even.as_ptr(), columns, &[*row]) },
        };
        if let Some(w) = w.last_mut() {
            single(w, rate, Row { state, ..*row });
        }
    }
}

/// As [`rank_one`], and counts what core counts. Rows of at most 65,534 weights.
#[inline(never)]
pub(crate) fn counted_rank_one<O: Observe>(
    w: &mut [Weight],
    post: &[Potential],
    gain: Gain,
    pre: &[Rate],
    key: Key,
    observer: &mut O,
) {
    let columns = pre.len();
    let idle = pre.iter().filter(|rate| rate.raw() == 0).count() as u32;
    let scale = Scale::new(gain);
    let (mut updates, mut lost) = (0, 0);
    let mut saturated = scale.cut(post.get(..w.len() / columns.max(1)).unwrap_or(post));
    blocks(w, post, scale, columns, key, |weights, rows| {
        for (row, w) in rows.iter().zip(weights.chunks_exact_mut(columns)) {
            // SAFETY: a row has as many weights as there are rates.
            let mut counted =
                unsafe { counted_pairs(w.as_mut_ptr(), pre.as_ptr(), columns / 2, *row) };
            if let (1, Some(&rate), Some(w)) = (columns % 2, pre.last(), w.last_mut()) {
                let state = counted.state;
                let (unchanged, saturated) = single(w, rate, Row { state, ..*row });
                counted.unchanged += u32::from(unchanged);
                counted.saturated += u32::from(saturated);
            }
            updates += columns as u32;
            lost += counted.unchanged - zero_products(row.step, pre, idle);
            saturated += counted.saturated;
        }
    });
    observer.saturated(Quantity::Weight, saturated);
    observer.updated(updates, lost);
}

/// How many changes are zero before they are rounded, and so cannot be lost. `idle` rates are zero.
#[inline(always)]
fn zero_products(step: i32, pre: &[Rate], idle: u32) -> u32 {
    if step.unsigned_abs() >= 1 << 16 {
        // The smallest rate already changes the last bit of the fraction.
        idle
    } else {
        let zero = |rate: &&Rate| (i64::from(step) * i64::from(rate.raw())) >> 16 == 0;
        pre.iter().filter(zero).count() as u32
    }
}
