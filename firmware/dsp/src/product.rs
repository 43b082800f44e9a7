//! Matrix-vector products: exact 64-bit sums of pairs, rounded by core.

use crate::instruction::Sum;
use crate::pair::load;
use apical_core::kernel::Into;
use apical_core::kernel::fixed::store_sum;
use apical_core::number::FixedNumber;
use apical_core::{I16, Precision};

type Weight = <I16 as Precision>::Weight;
type Rate = <I16 as Precision>::Rate;
type Potential = <I16 as Precision>::Potential;

/// The words of a lone weight or rate as the lower half of a pair.
#[inline(always)]
fn lone<T: FixedNumber>(word: T) -> u32 {
    word.raw() as u32
}

/// The sums of `ROWS` neighbouring rows, which share the loads of the rates.
#[inline(always)]
fn rows<const ROWS: usize>(w: &[Weight], x: &[Rate]) -> [Sum; ROWS] {
    let columns = x.len();
    let mut sums = [Sum::default(); ROWS];
    if w.len() < ROWS * columns {
        return sums;
    }
    let (w, pre) = (w.as_ptr(), x.as_ptr());
    let pairs = columns / 2;
    // Four pairs a turn.
    let mut at = 0;
    for _ in 0..pairs / 4 {
        for pair in 0..4 {
            // SAFETY: at + 7 < columns, and row + 1 <= ROWS of them are in w.
            let x = unsafe { load(pre, at + 2 * pair) };
            for (row, sum) in sums.iter_mut().enumerate() {
                // SAFETY: as above.
                sum.pairs(unsafe { load(w, row * columns + at + 2 * pair) }, x);
            }
        }
        at += 8;
    }
    for _ in 0..pairs % 4 {
        // SAFETY: at + 1 < columns.
        let x = unsafe { load(pre, at) };
        for (row, sum) in sums.iter_mut().enumerate() {
            // SAFETY: as above.
            sum.pairs(unsafe { load(w, row * columns + at) }, x);
        }
        at += 2;
    }
    if let Some(&x) = x.get(at) {
        for (row, sum) in sums.iter_mut().enumerate() {
            // SAFETY: at < columns, so the word is in the row.
            sum.low_low(lone(unsafe { *w.add(row * columns + at) }), lone(x));
        }
    }
    sums
}

/// W x, every row summed exactly and rounded once. How many outputs saturated.
pub(crate) fn mat_vec(w: &[Weight], x: &[Rate], y: &mut [Potential], into: Into) -> u32 {
    let (columns, mut saturated) = (x.len(), 0);
    let mut rest = w;
    let (twos, last) = y.as_chunks_mut::<2>();
    for y in twos {
        let Some((w, below)) = rest.split_at_checked(2 * columns) else {
            return saturated;
        };
        rest = below;
        for (y, sum) in y.iter_mut().zip(rows::<2>(w, x)) {
            saturated += store_sum::<Weight, Rate, Potential>(y, sum.get(), into);
        }
    }
    if let ([y], Some(w)) = (last, rest.get(..columns)) {
        let [sum] = rows::<1>(w, x);
        saturated += store_sum::<Weight, Rate, Potential>(y, sum.get(), into);
    }
    saturated
}

/// The sums of four columns from `first`: two rows a turn, whose rates are one pair.
#[inline(always)]
fn four_columns(w: &[Weight], x: &[Rate], first: usize, columns: usize) -> [Sum; 4] {
    let mut sums = [Sum::default(); 4];
    let rows = x.len().min(w.len() / columns.max(1));
    if first + 4 > columns {
        return sums;
    }
    let (w, pre) = (w.as_ptr(), x.as_ptr());
    let [a, b, c, d] = &mut sums;
    let mut at = first;
    for pair in 0..rows / 2 {
        // SAFETY: 2 pair + 1 < rows; at is column `first` of row 2 pair, and the four columns from
        // there are within that row and the next.
        let [x, w0, w1, w2, w3] = unsafe {
            [
                load(pre, 2 * pair),
                load(w, at),
                load(w, at + 2),
                load(w, at + columns),
                load(w, at + columns + 2),
            ]
        };
        a.low_low(w0, x);
        b.high_low(w0, x);
        c.low_low(w1, x);
        d.high_low(w1, x);
        a.low_high(w2, x);
        b.high_high(w2, x);
        c.low_high(w3, x);
        d.high_high(w3, x);
        at += 2 * columns;
    }
    if rows % 2 == 1
        && let Some(&x) = x.get(rows - 1)
    {
        let x = lone(x);
        // SAFETY: at is column `first` of the last row.
        let [w0, w1] = unsafe { [load(w, at), load(w, at + 2)] };
        a.low_low(w0, x);
        b.high_low(w0, x);
        c.low_low(w1, x);
        d.high_low(w1, x);
    }
    sums
}

/// The sum of one column.
fn column(w: &[Weight], x: &[Rate], column: usize, columns: usize) -> Sum {
    let mut sum = Sum::default();
    for (&x, row) in x.iter().zip(w.chunks_exact(columns.max(1))) {
        if let Some(&w) = row.get(column) {
            sum.low_low(lone(w), lone(x));
        }
    }
    sum
}

/// The transpose of W times x. How many outputs saturated.
pub(crate) fn mat_vec_transposed(w: &[Weight], x: &[Rate], y: &mut [Potential], into: Into) -> u32 {
    let (columns, mut saturated, mut first) = (y.len(), 0, 0);
    let (fours, rest) = y.as_chunks_mut::<4>();
    for y in fours {
        for (y, sum) in y.iter_mut().zip(four_columns(w, x, first, columns)) {
            saturated += store_sum::<Weight, Rate, Potential>(y, sum.get(), into);
        }
        first += 4;
    }
    for y in rest {
        let sum = column(w, x, first, columns);
        saturated += store_sum::<Weight, Rate, Potential>(y, sum.get(), into);
        first += 1;
    }
    saturated
}
