//! Cortex-M0 and M0+: eight registers for arithmetic, and five that only keep.
//!
//! The compiler keeps what does not fit on the stack; these loops keep it in the other registers.

mod row;
mod update;

use apical_core::kernel::Into;
use apical_core::kernel::fixed::store_sum;
use apical_core::{Counters, I16, Precision};

pub(crate) use update::{counted_rank_one, rank_one};

type Weight = <I16 as Precision>::Weight;
type Rate = <I16 as Precision>::Rate;
type Potential = <I16 as Precision>::Potential;

/// W x, every row summed exactly and rounded once. How many outputs saturated.
#[inline(never)]
pub(crate) fn mat_vec(w: &[Weight], x: &[Rate], y: &mut [Potential], into: Into) -> u32 {
    let mut saturated = 0;
    if x.is_empty() {
        if into == Into::Store {
            y.fill(Potential::ZERO);
        }
        return saturated;
    }
    for (y, w) in y.iter_mut().zip(w.chunks_exact(x.len())) {
        saturated += store_sum::<Weight, Rate, Potential>(y, row::sum(w, x), into);
    }
    saturated
}

/// The transpose of W times x, which is core's. How many outputs saturated.
#[inline(never)]
pub(crate) fn mat_vec_transposed(w: &[Weight], x: &[Rate], y: &mut [Potential], into: Into) -> u32 {
    let mut counters = Counters::default();
    I16::mat_vec_transposed(w, x, y, into, &mut counters);
    counters.potential as u32
}
