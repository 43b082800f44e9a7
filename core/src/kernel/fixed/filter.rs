//! The low-pass filtered update.

mod group;

use super::gain::{Gain, floor_scale, scale};
use super::multiply::Multiply;
use super::update::write;
use crate::Rounding;
use crate::kernel::RowsMut;
use crate::number::FixedNumber;
use crate::number::rounding::{Round, with_rounding};
use crate::random::{Key, Lcg};
use crate::record::{Observe, Quantity};
use core::marker::PhantomData;

/// What all synapses of an update have in common.
#[derive(Clone, Copy)]
struct Synapses<W, R, U, T> {
    gain: Gain,
    /// From a trace times the gain's mantissa to a change with 16 fractional bits more than the weight
    /// has.
    right: i32,
    /// dt / `tau_w` and its fractional bits.
    k: i32,
    k_bits: u32,
    formats: PhantomData<(W, R, U, T)>,
}

/// Synapses of one row that are to be changed.
struct Row<'m, W, T, R> {
    weights: &'m mut [W],
    traces: &'m mut [T],
    pre: &'m [R],
}

/// Saturated weights and traces, and lost updates.
#[derive(Clone, Copy, Default)]
struct Counts {
    weights: u32,
    traces: u32,
    lost: u32,
}

impl<W, R, U, T> Synapses<W, R, U, T>
where
    W: FixedNumber,
    R: FixedNumber,
    U: FixedNumber,
    T: FixedNumber,
{
    /// One synapse, whatever its words.
    #[inline(always)]
    fn one<M: Round, const LEARNS: bool>(
        self,
        (w, trace): (&mut W, &mut T),
        post: U,
        rate: R,
        random: u16,
        counts: &mut Counts,
    ) {
        if LEARNS {
            let change = trace.raw() as i64 * self.gain.mantissa as i64;
            let (saturated, lost) = write::<W, M>(w, floor_scale(change, self.right), random);
            counts.weights += saturated;
            counts.lost += lost;
        }
        let have = U::FRAC + R::FRAC;
        let product = post.raw() as i64 * rate.raw() as i64;
        let induction = scale(product, have as i32 - T::FRAC as i32);
        let distance = induction.saturating_sub(trace.raw() as i64);
        // 33 bits of distance at most when the trace's range holds the induction.
        let distance = distance.clamp(-(1 << 32), 1 << 32);
        let step = scale(distance.saturating_mul(self.k as i64), self.k_bits as i32);
        let new = (trace.raw() as i64).saturating_add(step);
        counts.traces += u32::from(T::exceeds(new));
        *trace = T::saturate(new);
    }

    #[inline(always)]
    fn row<M: Round, O: Observe, const LEARNS: bool>(
        self,
        mut row: Row<'_, W, T, R>,
        post: U,
        mut random: Lcg,
        bounded: bool,
        counts: &mut Counts,
    ) {
        if bounded && Self::holds(post) {
            row = self.groups::<M, O, LEARNS, 4, 8>(row, post, &mut random, counts);
            // The modes that draw nothing are for comparison: one size of group is quick to compile.
            if M::DRAWS {
                row = self.groups::<M, O, LEARNS, 2, 4>(row, post, &mut random, counts);
            }
        }
        let mut words = [0; 2];
        let synapses = row.weights.iter_mut().zip(row.traces).zip(row.pre);
        for (j, ((w, trace), &rate)) in synapses.enumerate() {
            if LEARNS && M::DRAWS && j % 2 == 0 {
                words = random.pair();
            }
            let [word, next] = words;
            words = [next, word];
            self.one::<M, LEARNS>((w, trace), post, rate, word, counts);
        }
    }

    #[inline(always)]
    fn matrix<M: Round, O: Observe, const LEARNS: bool>(
        self,
        w: &mut [W],
        traces: &mut [T],
        post: &[U],
        pre: &[R],
        key: Key,
        observer: &mut O,
    ) {
        let (mut counts, mut updates) = (Counts::default(), 0);
        let bounded = self.bounded();
        let rows = RowsMut::new(w, pre.len()).zip(RowsMut::new(traces, pre.len()));
        for ((&post, (weights, traces)), i) in post.iter().zip(rows).zip(0..) {
            let row = Row {
                weights,
                traces,
                pre,
            };
            let random = Lcg::row(key, i);
            self.row::<M, O, LEARNS>(row, post, random, bounded, &mut counts);
            updates += pre.len() as u32;
        }
        if O::ON {
            observer.saturated(Quantity::Weight, counts.weights);
            observer.saturated(Quantity::Trace, counts.traces);
            observer.updated(if LEARNS { updates } else { 0 }, counts.lost);
        }
    }
}

/// w += round(gain trace); trace += k (post pre^T - trace), traces to nearest.
#[inline(always)]
#[expect(
    clippy::too_many_arguments,
    reason = "the kernel of an equation of this many terms"
)]
pub(crate) fn filtered<W, R, U, T, C, O>(
    w: &mut [W],
    traces: &mut [T],
    post: &[U],
    pre: &[R],
    gain: Gain,
    k: C,
    learns: bool,
    rounding: Rounding,
    key: Key,
    observer: &mut O,
) where
    W: Multiply<R>,
    R: FixedNumber,
    U: FixedNumber,
    T: FixedNumber,
    C: FixedNumber,
    O: Observe,
{
    let synapses = Synapses::<W, R, U, T> {
        gain,
        right: T::FRAC as i32 + gain.shift - (W::FRAC as i32 + 16),
        k: k.raw(),
        k_bits: C::FRAC,
        formats: PhantomData,
    };
    with_rounding!(rounding, M => {
        if learns {
            synapses.matrix::<M, O, true>(w, traces, post, pre, key, observer);
        } else {
            synapses.matrix::<M, O, false>(w, traces, post, pre, key, observer);
        }
    });
}
