//! The low-pass filtered update.

use super::gain::{Gain, floor_scale, scale};
use super::multiply::Multiply;
use super::update::write;
use crate::Rounding;
use crate::number::FixedNumber;
use crate::number::rounding::{Round, with_rounding};
use crate::random::{Key, Lcg};
use crate::record::{Observe, Quantity};

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
    if pre.is_empty() {
        return;
    }
    let right = T::FRAC as i32 + gain.shift - (W::FRAC as i32 + 16);
    let (mut saturated, mut lost, mut trace_saturated, mut updates) = (0, 0, 0, 0);
    with_rounding!(rounding, M => {
        let rows = w.chunks_exact_mut(pre.len()).zip(traces.chunks_exact_mut(pre.len()));
        for (i, (&post, (row, traces))) in post.iter().zip(rows).enumerate() {
            let mut random = Lcg::row(key, i as u32);
            let mut words = [0; 2];
            for (j, ((w, trace), &r)) in row.iter_mut().zip(traces).zip(pre).enumerate() {
                if learns {
                    if M::DRAWS && j % 2 == 0 {
                        words = random.pair();
                    }
                    let [word, next] = words;
                    words = [next, word];
                    let change = trace.raw() as i64 * gain.mantissa as i64;
                    let (s, l) = write::<W, M>(w, floor_scale(change, right), word);
                    saturated += s;
                    lost += l;
                    updates += 1;
                }
                let have = U::FRAC + R::FRAC;
                let product = post.raw() as i64 * r.raw() as i64;
                let induction = scale(product, have as i32 - T::FRAC as i32);
                let distance = induction.saturating_sub(trace.raw() as i64);
                // 33 bits of distance at most when the trace's range holds the induction.
                let distance = distance.clamp(-(1 << 32), 1 << 32);
                let new = (trace.raw() as i64)
                    .saturating_add(scale(distance.saturating_mul(k.raw() as i64), C::FRAC as i32));
                trace_saturated += u32::from(T::exceeds(new));
                *trace = T::saturate(new);
            }
        }
    });
    if O::ON {
        observer.saturated(Quantity::Weight, saturated);
        observer.saturated(Quantity::Trace, trace_saturated);
        observer.updated(updates, lost);
    }
}
