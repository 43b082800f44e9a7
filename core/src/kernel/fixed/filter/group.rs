//! Groups of synapses in vectors, where bounds hold under which 32 bits of a shifted word are all
//! there is to know.

use super::{Counts, Row, Synapses};
use crate::kernel::{VECTORS, end_of_group};
use crate::number::FixedNumber;
use crate::number::rounding::Round;
use crate::random::Lcg;
use crate::record::Observe;

/// What a lane has to tell: one for a saturated weight, for a lost update, for a saturated trace, each
/// in bits of its own, so that one sum of the lanes counts all three.
mod flag {
    pub(super) const WEIGHT: u32 = 0;
    pub(super) const LOST: u32 = 8;
    pub(super) const TRACE: u32 = 16;
}

impl<W, R, U, T> Synapses<W, R, U, T>
where
    W: FixedNumber,
    R: FixedNumber,
    U: FixedNumber,
    T: FixedNumber,
{
    /// Bits by which a product of a potential and a rate is longer than a trace.
    const DOWN: u32 = (U::FRAC + R::FRAC).saturating_sub(T::FRAC);

    /// Whether groups may be taken in vectors: where a trace moves towards the induction and no further (k
    /// in 0..=1), and no change has more than 30 bits of whole ulps.
    #[inline(always)]
    pub(super) const fn bounded(self) -> bool {
        VECTORS
            && T::MAX_RAW == i32::MAX
            && Self::DOWN >= 1
            && Self::DOWN <= 32
            && self.k >= 0
            && self.k as i64 <= 1 << self.k_bits
            && self.right >= 17
    }

    /// Whether the trace's range holds every induction of a row.
    #[inline(always)]
    pub(super) fn holds(post: U) -> bool {
        let largest = post.raw().unsigned_abs() as u64 * (R::MAX_RAW as u64 + 1);
        largest <= (T::MAX_RAW as u64) << Self::DOWN
    }

    /// As many groups of `N` = 2 `PAIRS` synapses as there are, where [`Self::bounded`] and
    /// [`Self::holds`] are true; what is left.
    ///
    /// Loops of one operation over borrowed arrays, and counts apart: of anything longer, and of arrays that
    /// are consumed, the compiler makes no vectors.
    #[inline(always)]
    pub(super) fn groups<
        'm,
        M: Round,
        O: Observe,
        const LEARNS: bool,
        const PAIRS: usize,
        const N: usize,
    >(
        self,
        row: Row<'m, W, T, R>,
        post: U,
        random: &mut Lcg,
        counts: &mut Counts,
    ) -> Row<'m, W, T, R> {
        // Two products of 32 bits: the compiler would make one of a distance that has 33.
        let minus_k = core::hint::black_box(-self.k);
        let Row {
            weights,
            traces,
            pre,
        } = row;
        let (weights, weights_left) = weights.as_chunks_mut::<N>();
        let (traces, traces_left) = traces.as_chunks_mut::<N>();
        let (pre, pre_left) = pre.as_chunks::<N>();
        for ((weights, traces), pre) in weights.iter_mut().zip(traces).zip(pre) {
            let random = if LEARNS && M::DRAWS {
                random.draw::<PAIRS, N>()
            } else {
                [0; N]
            };
            // Loaded before any is stored: the compiler need not ask what is other memory.
            let (mut new, mut new_traces, mut flags) = (*weights, *traces, [0; N]);
            if LEARNS {
                new = self.written::<M, O, N>(new, &new_traces, &random, &mut flags);
            }
            let words = self.moved(&new_traces, post, pre, minus_k);
            for (trace, word) in new_traces.iter_mut().zip(&words) {
                *trace = T::from_raw((*word).max(-i32::MAX));
            }
            if O::ON {
                for (flags, word) in flags.iter_mut().zip(&words) {
                    *flags |= u32::from(*word == i32::MIN) << flag::TRACE;
                }
            }
            (*weights, *traces) = (new, new_traces);
            if O::ON {
                let sum = flags.iter().sum::<u32>();
                counts.weights += (sum >> flag::WEIGHT) & 0xff;
                counts.lost += (sum >> flag::LOST) & 0xff;
                counts.traces += sum >> flag::TRACE;
            }
            end_of_group();
        }
        Row {
            weights: weights_left,
            traces: traces_left,
            pre: pre_left,
        }
    }

    /// The weights with what reaches them of their traces.
    #[inline(always)]
    fn written<M: Round, O: Observe, const N: usize>(
        self,
        mut w: [W; N],
        traces: &[T; N],
        random: &[u16; N],
        flags: &mut [u32; N],
    ) -> [W; N] {
        let (mut changes, mut steps) = ([0_i32; N], [0_i32; N]);
        let words = changes.iter_mut().zip(&mut steps).zip(traces).zip(random);
        for (((low, step), trace), &random) in words {
            let product = trace.raw() as i64 * self.gain.mantissa as i64;
            let change = product >> self.right.min(63);
            *step = M::shift(change, 16, random.into()) as i32;
            *low = change as i32;
        }
        if W::MAX_RAW == i32::MAX {
            for ((w, step), flags) in w.iter_mut().zip(&steps).zip(&mut *flags) {
                let word = w.raw() as i64 + *step as i64;
                *w = W::saturate(word);
                *flags = u32::from(W::exceeds(word)) << flag::WEIGHT;
            }
        } else {
            let mut sums = [0_i32; N];
            for ((w, step), sum) in w.iter_mut().zip(&steps).zip(&mut sums) {
                *sum = w.raw().wrapping_add(*step);
                *w = W::from_raw((*sum).clamp(-W::MAX_RAW, W::MAX_RAW));
            }
            if O::ON {
                for ((w, sum), flags) in w.iter().zip(&sums).zip(&mut *flags) {
                    *flags = u32::from(w.raw() != *sum) << flag::WEIGHT;
                }
            }
        }
        if O::ON {
            // Where no step is left, the change has less than 17 bits.
            for ((step, change), flags) in steps.iter().zip(&changes).zip(flags) {
                *flags |= u32::from(*step == 0 && *change != 0) << flag::LOST;
            }
        }
        w
    }

    /// The stored integers of the traces, moved towards the induction: at the least [`i32::MIN`], where a
    /// trace was that.
    #[inline(always)]
    fn moved<const N: usize>(
        self,
        traces: &[T; N],
        post: U,
        pre: &[R; N],
        minus_k: i32,
    ) -> [i32; N] {
        let half = (1_i64 << self.k_bits) >> 1;
        let up = (1_u64 << Self::DOWN) >> 1;
        let mut words = [0; N];
        for ((word, trace), &rate) in words.iter_mut().zip(traces).zip(pre) {
            let induction = if R::MAX_RAW < 1 << 15 && Self::DOWN <= 16 {
                // By halves: products of 32 bits, and the upper one loses no bit to the shift.
                let (low, high) = (post.raw() & 0xffff, post.raw() >> 16);
                let low = low.wrapping_mul(rate.raw()).wrapping_add(up as i32) >> Self::DOWN;
                high.wrapping_mul(rate.raw())
                    .wrapping_shl(16_u32.saturating_sub(Self::DOWN))
                    .wrapping_add(low)
            } else {
                let product = post.raw() as i64 * rate.raw() as i64;
                ((product + up as i64) >> Self::DOWN) as i32
            };
            let from = trace.raw() as i64 * minus_k as i64 + half;
            let step = (induction as i64 * self.k as i64 + from) >> self.k_bits;
            *word = trace.raw().wrapping_add(step as i32);
        }
        words
    }
}
