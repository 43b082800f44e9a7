//! The rows of an update: what they begin with, prepared several together.

use crate::step::Scale;
use apical_core::number::FixedNumber;
use apical_core::random::{INCREMENT, Key, Lcg, MULTIPLIER};
use apical_core::{I16, Precision};

type Weight = <I16 as Precision>::Weight;
type Rate = <I16 as Precision>::Rate;
type Potential = <I16 as Precision>::Potential;

/// Rows that are prepared together: what they begin with needs other constants in registers than
/// the loops over their weights.
pub(crate) const BLOCK: usize = 8;

/// What a row begins with, in the order in which the loops load it.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub(crate) struct Row {
    /// The factor: on Armv7E-M times 2^(16 - right), so that the upper 32 bits of its product with a
    /// rate are core's product after its shift; on Armv6-M as it is.
    pub(crate) step: i32,
    /// How far the product is shifted to the right.
    #[cfg(armv6m)]
    pub(crate) right: u32,
    /// The state of the row's generator.
    pub(crate) state: u32,
}

#[cfg(dsp)]
impl Row {
    /// Takes the factor of core's `Step`.
    #[inline(always)]
    pub(crate) fn multiply(&mut self, mantissa: i32, right: u32) {
        self.step = mantissa << (16 - right);
    }

    /// The change by a rate, with 16 fractional bits more than the weight has.
    #[inline(always)]
    pub(crate) fn exact(self, rate: Rate) -> i32 {
        ((i64::from(self.step) * i64::from(rate.raw())) >> 16) as i32
    }
}

#[cfg(armv6m)]
impl Row {
    /// Takes the factor of core's `Step`.
    #[inline(always)]
    pub(crate) fn multiply(&mut self, mantissa: i32, right: u32) {
        (self.step, self.right) = (mantissa, right);
    }

    /// The change by a rate, with 16 fractional bits more than the weight has.
    #[inline(always)]
    pub(crate) fn exact(self, rate: Rate) -> i32 {
        (self.step * rate.raw()) >> self.right
    }
}

// A function of its own, which keeps its constants in registers.
#[inline(never)]
fn begin(rows: &mut [Row; BLOCK], key: Key, first: u32) {
    for (row, i) in rows.iter_mut().zip(first..) {
        row.state = Lcg::row(key, i).state();
    }
}

/// Calls `update` with the weights of every block of rows and what the rows begin with.
#[inline(always)]
pub(crate) fn blocks(
    w: &mut [Weight],
    post: &[Potential],
    scale: Scale,
    columns: usize,
    key: Key,
    mut update: impl FnMut(&mut [Weight], &[Row]),
) {
    if columns == 0 {
        return;
    }
    let (mut weights, mut rows) = (w, [Row::default(); BLOCK]);
    let mut first = 0;
    for post in post.chunks(BLOCK) {
        // All rows there are weights for, as in core.
        let count = post.len().min(weights.len() / columns);
        let (Some(rows_of_weights), Some(post)) =
            (weights.split_off_mut(..count * columns), post.get(..count))
        else {
            return;
        };
        begin(&mut rows, key, first);
        scale.fill(&mut rows, post);
        if let Some(rows) = rows.get(..count) {
            update(rows_of_weights, rows);
        }
        first += BLOCK as u32;
    }
}

/// Changes the weight that has no neighbour. Whether it was not changed, and whether it saturated.
#[inline(always)]
pub(crate) fn single(w: &mut Weight, rate: Rate, row: Row) -> (bool, bool) {
    let state = row.state.wrapping_mul(MULTIPLIER).wrapping_add(INCREMENT);
    let random = (state ^ state >> 16) & 0xffff;
    let change = (row.exact(rate) + random as i32) >> 16;
    let new = w.raw() + change;
    *w = Weight::from_raw(new.clamp(-Weight::MAX_RAW, Weight::MAX_RAW));
    (change == 0, new != w.raw())
}
