//! Matrix-vector products: exact 64-bit sums of pairs, each rounded once.

use super::columns::{four_columns, one_column};
use super::rows::{one_row, two_rows};
use apical_core::kernel::Into;
use apical_core::kernel::fixed::store_sum;
use apical_core::number::FixedNumber;
use apical_core::{I16, Precision};

type Weight = <I16 as Precision>::Weight;
type Rate = <I16 as Precision>::Rate;
type Potential = <I16 as Precision>::Potential;

/// W x, every row summed exactly and rounded once. How many outputs saturated.
#[inline(never)]
pub(crate) fn mat_vec(w: &[Weight], x: &[Rate], y: &mut [Potential], into: Into) -> u32 {
    let (columns, mut saturated) = (x.len(), 0);
    if let [x] = x {
        // A column: thresholds and their constant input.
        for (y, w) in y.iter_mut().zip(w) {
            let product = i64::from(w.raw() * x.raw());
            saturated += store_sum::<Weight, Rate, Potential>(y, product, into);
        }
        return saturated;
    }
    let mut rest = w;
    let (twos, last) = y.as_chunks_mut::<2>();
    for y in twos {
        let Some((w, below)) = rest.split_at_checked(2 * columns) else {
            return saturated;
        };
        rest = below;
        // SAFETY: two rows of weights.
        let sums = unsafe { two_rows(w.as_ptr(), x) };
        for (y, sum) in y.iter_mut().zip(sums) {
            saturated += store_sum::<Weight, Rate, Potential>(y, sum.get(), into);
        }
    }
    if let ([y], Some(w)) = (last, rest.get(..columns)) {
        saturated += store_sum::<Weight, Rate, Potential>(y, one_row(w, x).get(), into);
    }
    saturated
}

/// The transpose of W times x. How many outputs saturated.
#[inline(never)]
pub(crate) fn mat_vec_transposed(w: &[Weight], x: &[Rate], y: &mut [Potential], into: Into) -> u32 {
    let (columns, mut saturated, mut first) = (y.len(), 0, 0);
    let Some(x) = x.get(..x.len().min(w.len() / columns.max(1))) else {
        return saturated;
    };
    let (fours, rest) = y.as_chunks_mut::<4>();
    for y in fours {
        // SAFETY: first + 4 <= columns, and w has a row of so many weights for every rate.
        let sums = unsafe { four_columns(w.as_ptr().add(first), columns, x) };
        for (y, sum) in y.iter_mut().zip(sums) {
            saturated += store_sum::<Weight, Rate, Potential>(y, sum.get(), into);
        }
        first += 4;
    }
    for y in rest {
        saturated +=
            store_sum::<Weight, Rate, Potential>(y, one_column(w, columns, x, first).get(), into);
        first += 1;
    }
    saturated
}
