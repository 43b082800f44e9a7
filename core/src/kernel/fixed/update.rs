//! The rank-one update: one product, one random word and one rounding a weight.

use super::gain::Gain;
use super::multiply::Multiply;
use super::step::{Scale, Step};
use crate::Rounding;
use crate::kernel::{RowsMut, VECTORS, end_of_group};
use crate::number::FixedNumber;
use crate::number::rounding::{Round, with_rounding};
use crate::random::{Key, Lcg};
use crate::record::{Observe, Quantity};
use core::array;

/// Rounds a change of 16 extra fractional bits, adds it to the weight, counts what was given up.
#[inline(always)]
pub(super) fn write<W: FixedNumber, M: Round>(w: &mut W, change: i64, random: u16) -> (u32, u32) {
    let step = M::shift(change, 16, random.into());
    let new = (w.raw() as i64).wrapping_add(step);
    *w = W::saturate(new);
    (
        u32::from(W::exceeds(new)),
        u32::from(step == 0 && change != 0),
    )
}

/// The same for weights and rates of at most 16 bits.
///
/// In vectors nothing is wider than 16 bits: the rounding is a carry out of the fraction. One word
/// at a time, 32 bits cost nothing and need no carry. Both give the same bits.
#[inline(always)]
fn write_narrow<W: FixedNumber, R: FixedNumber, M: Round>(
    w: &mut W,
    step: Step,
    rate: R,
    random: u16,
) -> (u32, u32) {
    let (change, some) = if VECTORS {
        let (whole, fraction) = step.halves(rate.raw() as i16);
        let up = M::carry(whole, fraction, random);
        (
            whole.wrapping_add(i16::from(up)),
            (whole as u16 | fraction) != 0,
        )
    } else {
        let exact = step.narrow(rate);
        (M::shift32(exact, 16, random.into()) as i16, exact != 0)
    };
    let saturated = w.add16_exceeds(change);
    *w = w.add16(change);
    (u32::from(saturated), u32::from(change == 0 && some))
}

/// The update of one row.
struct Row {
    step: Step,
    random: Lcg,
    saturated: u32,
    lost: u32,
}

impl Row {
    /// Changes as many groups of `N` weights as there are; what is left of weights and rates.
    /// A group draws `PAIRS` words of two weights each.
    #[inline(always)]
    fn groups<'m, W, R, M, O, const PAIRS: usize, const N: usize>(
        &mut self,
        weights: &'m mut [W],
        pre: &'m [R],
    ) -> (&'m mut [W], &'m [R])
    where
        W: Multiply<R>,
        R: FixedNumber,
        M: Round,
        O: Observe,
    {
        let (weights, rest) = weights.as_chunks_mut::<N>();
        let (pre, pre_rest) = pre.as_chunks::<N>();
        for (weights, pre) in weights.iter_mut().zip(pre) {
            let random = if M::DRAWS {
                self.random.draw::<PAIRS, N>()
            } else {
                [0; N]
            };
            self.group::<W, R, M, O, N>(weights, pre, &random);
            if N > 2 {
                end_of_group();
            }
        }
        (rest, pre_rest)
    }

    #[inline(always)]
    fn group<W, R, M, O, const N: usize>(
        &mut self,
        weights: &mut [W; N],
        pre: &[R; N],
        random: &[u16; N],
    ) where
        W: Multiply<R>,
        R: FixedNumber,
        M: Round,
        O: Observe,
    {
        let (mut saturated, mut lost) = (0, 0);
        // Loaded before any is stored: the compiler need not ask whether the rates are other memory.
        let mut new = *weights;
        for ((w, &rate), &random) in new.iter_mut().zip(pre).zip(random) {
            let (s, l) = if W::STEP_BITS == 15 {
                write_narrow::<W, R, M>(w, self.step, rate, random)
            } else {
                write::<W, M>(w, self.step.wide(rate), random)
            };
            if O::ON {
                saturated += s;
                lost += l;
            }
        }
        *weights = new;
        self.saturated += saturated;
        self.lost += lost;
    }
}

/// Applies `step` to every weight of a row, with one random word for two weights.
#[inline(always)]
fn row_update<W, R, M, O>(row: &mut [W], pre: &[R], step: Step, random: Lcg, observer: &mut O)
where
    W: Multiply<R>,
    R: FixedNumber,
    M: Round,
    O: Observe,
{
    let total = row.len().min(pre.len()) as u32;
    let mut update = Row {
        step,
        random,
        saturated: u32::from(step.cut),
        lost: 0,
    };
    let (mut row, mut pre) = (row, pre);
    if VECTORS {
        // The modes that draw nothing are for comparison: one size of group is quick to compile.
        if M::DRAWS {
            (row, pre) = update.groups::<W, R, M, O, 32, 64>(row, pre);
        }
        (row, pre) = update.groups::<W, R, M, O, 8, 16>(row, pre);
        if M::DRAWS {
            (row, pre) = update.groups::<W, R, M, O, 4, 8>(row, pre);
        }
    }
    let (row, pre) = update.groups::<W, R, M, O, 1, 2>(row, pre);
    if let (Some(w), Some(&rate)) = (row.first_mut(), pre.first()) {
        let [random, _] = if M::DRAWS {
            update.random.pair()
        } else {
            [0; 2]
        };
        update.group::<W, R, M, O, 1>(array::from_mut(w), &[rate], &[random]);
    }
    if O::ON {
        observer.saturated(Quantity::Weight, update.saturated);
        observer.updated(total, update.lost);
    }
}

/// Rows that are prepared together.
const BLOCK: usize = if VECTORS { 16 } else { 1 };

/// w += round(gain post pre^T), one generator a row.
#[inline(always)]
pub(crate) fn rank_one<W, R, U, O>(
    w: &mut [W],
    post: &[U],
    gain: Gain,
    pre: &[R],
    rounding: Rounding,
    key: Key,
    observer: &mut O,
) where
    W: Multiply<R>,
    R: FixedNumber,
    U: FixedNumber,
    O: Observe,
{
    with_rounding!(rounding, M => {
        let mut rows = RowsMut::new(w, pre.len());
        let scale = Scale::new::<W, R, U>(gain);
        let mut first = 0;
        for post in post.chunks(BLOCK) {
            // What a row needs before it can begin is found for several rows side by side: arrays of
            // one length, and one array for each word.
            let mut padded = [U::ZERO; BLOCK];
            for (padded, &post) in padded.iter_mut().zip(post) {
                *padded = post;
            }
            let (mut mantissa, mut right, mut cut) = ([0; BLOCK], [0; BLOCK], [0_u8; BLOCK]);
            let words = mantissa.iter_mut().zip(&mut right).zip(&mut cut);
            for (((mantissa, right), cut), &post) in words.zip(&padded) {
                let step = scale.step::<W, R, U>(post);
                *mantissa = step.mantissa;
                *right = step.right;
                *cut = u8::from(step.cut);
            }
            let mut random = [Lcg::default(); BLOCK];
            if M::DRAWS {
                for (random, i) in random.iter_mut().zip(first..) {
                    *random = Lcg::row(key, i);
                }
            }
            let steps = mantissa.into_iter().zip(right).zip(cut);
            let steps = steps.map(
                #[inline(always)]
                |((mantissa, right), cut)| Step { mantissa, right, cut: cut != 0 },
            );
            for ((row, step), random) in (&mut rows).take(post.len()).zip(steps).zip(random) {
                row_update::<W, R, M, O>(row, pre, step, random, observer);
            }
            first += BLOCK as u32;
        }
    });
}
