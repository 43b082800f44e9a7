//! Kernels in fixed point: exact sums in a wide integer, one rounding a write.

use super::Into;
use crate::Rounding;
use crate::number::FixedNumber;
use crate::number::rounding::{Round, with_rounding};
use crate::random::{Key, Lcg, skip};
use crate::record::{Observe, Quantity};
use ::fixed::types::extra::{LeEqU8, LeEqU16, LeEqU32};
use ::fixed::{FixedI8, FixedI16, FixedI32};

/// A wide integer that holds a sum of products exactly.
pub trait Sum: Copy + Default {
    /// Adds a partial sum that is exact in 64 bits.
    fn add(&mut self, partial: i64);
    /// Drops `shift` fractional bits, to nearest even, into 64 bits, clamped to 2^62.
    fn round(self, shift: u32) -> i64;
}

impl Sum for i64 {
    #[inline(always)]
    fn add(&mut self, partial: i64) {
        *self = self.wrapping_add(partial);
    }
    #[inline(always)]
    fn round(self, shift: u32) -> i64 {
        crate::number::rounding::NearestEven::shift(self, shift, 0)
    }
}

impl Sum for i128 {
    #[inline(always)]
    fn add(&mut self, partial: i64) {
        *self = self.wrapping_add(partial as i128);
    }
    #[inline(always)]
    fn round(self, shift: u32) -> i64 {
        let half_less_one = ((1_i128 << shift) >> 1) - (shift != 0) as i128;
        let odd = (self >> shift) & (shift != 0) as i128;
        let rounded = self.wrapping_add(half_less_one).wrapping_add(odd) >> shift;
        rounded.clamp(-(1 << 62), 1 << 62) as i64
    }
}

/// A weight format that can be multiplied with rates of format `R`, exactly.
pub trait Multiply<R: FixedNumber>: FixedNumber {
    /// The accumulator.
    type Sum: Sum;
    /// Bits of the magnitude of a row's step, the factor that multiplies every rate of the row.
    const STEP_BITS: u32;
    /// Sum of the products of two rows of equal length.
    fn dot(w: &[Self], x: &[R]) -> Self::Sum;
    /// One product.
    fn product(self, x: R) -> i64;
}

/// 16-bit rates: products of up to 31 bits, summed in pairs or blocks that a bound proves exact in
/// 32 bits. Rates are symmetric (never the most negative pattern), so two products of 16 bits stay
/// below 2 x 32768 x 32767 < 2^31, and 256 products of 8 by 16 bits below 2^30.
macro_rules! narrow_rates {
    ($weight:ident, $bound:ident, $block:literal) => {
        impl<F, G> Multiply<FixedI16<G>> for $weight<F>
        where
            F: $bound + Send + Sync + 'static,
            G: LeEqU16 + Send + Sync + 'static,
        {
            type Sum = i64;
            const STEP_BITS: u32 = 15;

            #[inline(always)]
            fn dot(w: &[Self], x: &[FixedI16<G>]) -> i64 {
                let mut sum = 0_i64;
                let (w_blocks, w_rest) = w.as_chunks::<$block>();
                let (x_blocks, x_rest) = x.as_chunks::<$block>();
                for (w, x) in w_blocks.iter().zip(x_blocks) {
                    let mut partial = 0_i32;
                    for (w, x) in w.iter().zip(x) {
                        partial = partial.wrapping_add(w.raw().wrapping_mul(x.raw()));
                    }
                    sum = sum.wrapping_add(partial as i64);
                }
                let mut rest = 0_i32;
                for (w, x) in w_rest.iter().zip(x_rest) {
                    rest = rest.wrapping_add(w.raw().wrapping_mul(x.raw()));
                }
                sum.wrapping_add(rest as i64)
            }
            #[inline(always)]
            fn product(self, x: FixedI16<G>) -> i64 {
                self.raw().wrapping_mul(x.raw()) as i64
            }
        }
    };
}

narrow_rates!(FixedI8, LeEqU8, 256);
narrow_rates!(FixedI16, LeEqU16, 2);

macro_rules! wide_rates {
    ($weight:ident, $bound:ident, $rate:ident, $rate_bound:ident, $sum:ident) => {
        impl<F, G> Multiply<$rate<G>> for $weight<F>
        where
            F: $bound + Send + Sync + 'static,
            G: $rate_bound + Send + Sync + 'static,
        {
            type Sum = $sum;
            const STEP_BITS: u32 = 31;

            #[inline(always)]
            fn dot(w: &[Self], x: &[$rate<G>]) -> $sum {
                let mut sum = $sum::default();
                for (&w, &x) in w.iter().zip(x) {
                    sum.add(w.product(x));
                }
                sum
            }
            #[inline(always)]
            fn product(self, x: $rate<G>) -> i64 {
                self.raw() as i64 * x.raw() as i64
            }
        }
    };
}

wide_rates!(FixedI8, LeEqU8, FixedI32, LeEqU32, i64);
wide_rates!(FixedI16, LeEqU16, FixedI32, LeEqU32, i64);
wide_rates!(FixedI32, LeEqU32, FixedI32, LeEqU32, i128);

/// Rounds a sum of products of `W` and `R` to `U` and writes it.
#[inline(always)]
fn put<W, R, U>(y: &mut U, sum: W::Sum, into: Into) -> u32
where
    W: Multiply<R>,
    R: FixedNumber,
    U: FixedNumber,
{
    let have = W::FRAC + R::FRAC;
    let product = if have >= U::FRAC {
        sum.round(have - U::FRAC)
    } else {
        sum.round(0).clamp(-(1 << 33), 1 << 33) << (U::FRAC - have)
    };
    let value = match into {
        Into::Store => product,
        Into::Add => product.saturating_add(y.raw() as i64),
        Into::Subtract => (y.raw() as i64).saturating_sub(product),
    };
    *y = U::saturate(value);
    u32::from(U::exceeds(value))
}

/// W x, every row summed exactly and rounded once, to nearest even.
#[inline(always)]
pub(crate) fn mat_vec<W, R, U, O>(w: &[W], x: &[R], y: &mut [U], into: Into, observer: &mut O)
where
    W: Multiply<R>,
    R: FixedNumber,
    U: FixedNumber,
    O: Observe,
{
    if x.is_empty() {
        if into == Into::Store {
            y.fill(U::ZERO);
        }
        return;
    }
    let mut saturated = 0;
    for (y, row) in y.iter_mut().zip(w.chunks_exact(x.len())) {
        saturated += put::<W, R, U>(y, W::dot(row, x), into);
    }
    if O::ON {
        observer.saturated(Quantity::Potential, saturated);
    }
}

/// The transpose of W times x: columns in blocks whose exact sums stay in registers.
#[inline(always)]
pub(crate) fn mat_vec_transposed<W, R, U, O>(
    w: &[W],
    x: &[R],
    y: &mut [U],
    into: Into,
    observer: &mut O,
) where
    W: Multiply<R>,
    R: FixedNumber,
    U: FixedNumber,
    O: Observe,
{
    const COLUMNS: usize = 16;
    let columns = y.len();
    if columns == 0 {
        return;
    }
    let mut saturated = 0;
    let mut first = 0;
    for y in y.chunks_mut(COLUMNS) {
        let mut sums = [W::Sum::default(); COLUMNS];
        for (&x, row) in x.iter().zip(w.chunks_exact(columns)) {
            let block = row.get(first..).unwrap_or(&[]);
            if let Some(block) = block.first_chunk::<COLUMNS>() {
                for (sum, &w) in sums.iter_mut().zip(block) {
                    sum.add(w.product(x));
                }
            } else {
                for (sum, &w) in sums.iter_mut().zip(block) {
                    sum.add(w.product(x));
                }
            }
        }
        for (y, &sum) in y.iter_mut().zip(&sums) {
            saturated += put::<W, R, U>(y, sum, into);
        }
        first += COLUMNS;
    }
    if O::ON {
        observer.saturated(Quantity::Potential, saturated);
    }
}

/// A learning rate: `mantissa` x 2^-`shift`, the mantissa of 31 significant bits, or zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gain {
    mantissa: i32,
    shift: i32,
}

impl Gain {
    /// The nearest gain; `None` when the number is not finite or beyond 2^31 or below 2^-60
    /// without being zero.
    pub(crate) fn new(value: f64) -> Option<Self> {
        if value == 0.0 {
            return Some(Self {
                mantissa: 0,
                shift: 0,
            });
        }
        let (mut magnitude, mut shift) = (value.abs(), 0);
        if !(8.7e-19..2_147_483_648.0).contains(&magnitude) {
            return None;
        }
        while magnitude < 1_073_741_824.0 {
            magnitude *= 2.0;
            shift += 1;
        }
        // At most 2^31 - 1 after rounding: the mantissa is cut, not the exponent raised.
        let mantissa = ((magnitude + 0.5) as i64).min(i32::MAX as i64) as i32;
        Some(Self {
            mantissa: if value < 0.0 { -mantissa } else { mantissa },
            shift,
        })
    }
}

/// Shifts by a signed distance, to nearest (ties up) when bits are dropped, clamped to 2^62.
#[inline(always)]
fn scale(value: i64, right: i32) -> i64 {
    match right {
        63.. => 0,
        1..=62 => ((value >> (right - 1)) + 1) >> 1,
        -62..=0 => {
            let left = -right;
            let limit = (1_i64 << 62) >> left;
            value.clamp(-limit, limit) << left
        }
        _ => 0,
    }
}

/// The factor of one row of a rank-one update: `mantissa` x 2^`exponent`, in units so that a
/// product with a raw rate has 16 fractional bits more than the weight after a right shift by
/// `16 - exponent` (or `48 - exponent` with a 31-bit mantissa).
///
/// A step of few significant bits and a shift, instead of a wide number, keeps the product in 32
/// bits where weights and rates have 16, and loses nothing that stochastic rounding could see.
#[derive(Clone, Copy, Debug)]
struct Step {
    mantissa: i32,
    right: u32,
}

impl Step {
    #[inline(always)]
    fn new<W: Multiply<R>, R: FixedNumber, U: FixedNumber>(post: U, gain: Gain) -> Self {
        // The unit: weight ulp x 2^-16 (stochastic bits) x 2^-full (room for the mantissa).
        let full = W::STEP_BITS as i32 + 1;
        let unit = W::FRAC as i32 + 16 + full - R::FRAC as i32;
        let exact = post.raw() as i64 * gain.mantissa as i64;
        let step = scale(exact, U::FRAC as i32 + gain.shift - unit);
        let limit = (1_i64 << (2 * W::STEP_BITS)) - 1;
        let step = step.clamp(-limit, limit);
        let bits = 64 - step.unsigned_abs().leading_zeros() as i32;
        let exponent = (bits - W::STEP_BITS as i32).max(0);
        let mut mantissa = scale(step, exponent);
        let mut exponent = exponent as u32;
        if mantissa.unsigned_abs() >> W::STEP_BITS != 0 {
            mantissa >>= 1;
            exponent += 1;
        }
        Self {
            mantissa: mantissa as i32,
            right: (full as u32).saturating_sub(exponent),
        }
    }

    /// Step times rate with 16 fractional bits more than the weight, floored.
    #[inline(always)]
    fn times<R: FixedNumber>(self, rate: R, narrow: bool) -> i64 {
        if narrow {
            (self.mantissa.wrapping_mul(rate.raw()) >> self.right) as i64
        } else {
            (self.mantissa as i64 * rate.raw() as i64) >> self.right
        }
    }
}

/// Rounds a change of 16 extra fractional bits, adds it to the weight, counts what was given up.
#[inline(always)]
fn write<W: FixedNumber, M: Round>(w: &mut W, change: i64, random: u32) -> (u32, u32) {
    let step = M::shift(change, 16, random);
    let new = (w.raw() as i64).wrapping_add(step);
    *w = W::saturate(new);
    (
        u32::from(W::exceeds(new)),
        u32::from(step == 0 && change != 0),
    )
}

/// The same in 32 bits, for weights of at most 16 bits and changes of 31.
#[inline(always)]
fn write_narrow<W: FixedNumber, M: Round>(w: &mut W, change: i32, random: u32) -> (u32, u32) {
    // |change| <= 2^30, so the rounding's addition of less than 2^16 cannot overflow.
    let step = M::shift32(change, 16, random);
    let new = w.raw() + step;
    *w = W::from_raw(new.clamp(-W::MAX_RAW, W::MAX_RAW));
    (
        u32::from(new > W::MAX_RAW || new < -W::MAX_RAW),
        u32::from(step == 0 && change != 0),
    )
}

const LANES: usize = 16;

/// Applies `change` to every weight of a row with one random word each, in groups of lanes.
#[inline(always)]
fn row_update<W, R, M, O>(
    row: &mut [W],
    pre: &[R],
    step: Step,
    narrow: bool,
    random: Lcg,
    observer: &mut O,
) where
    W: Multiply<R>,
    R: FixedNumber,
    M: Round,
    O: Observe,
{
    let (a, c) = const { skip(LANES as u32) };
    let mut lanes: [u32; LANES] = if M::DRAWS { random.lanes() } else { [0; LANES] };
    let (mut saturated, mut lost) = (0, 0);
    let one = |w: &mut W, r: R, lane: u32| {
        if narrow {
            let change = step.mantissa.wrapping_mul(r.raw()) >> step.right;
            write_narrow::<W, M>(w, change, lane >> 16)
        } else {
            write::<W, M>(w, step.times(r, narrow), lane >> 16)
        }
    };
    let total = row.len().min(pre.len()) as u32;
    let (w_groups, w_rest) = row.as_chunks_mut::<LANES>();
    let (r_groups, r_rest) = pre.as_chunks::<LANES>();
    for (w, r) in w_groups.iter_mut().zip(r_groups) {
        for ((w, &r), lane) in w.iter_mut().zip(r).zip(&mut lanes) {
            let (s, l) = one(w, r, *lane);
            if O::ON {
                saturated += s;
                lost += l;
            }
            if M::DRAWS {
                *lane = lane.wrapping_mul(a).wrapping_add(c);
            }
        }
    }
    for ((w, &r), &lane) in w_rest.iter_mut().zip(r_rest).zip(&lanes) {
        let (s, l) = one(w, r, lane);
        if O::ON {
            saturated += s;
            lost += l;
        }
    }
    if O::ON {
        observer.saturated(Quantity::Weight, saturated);
        observer.updated(total, lost);
    }
}

/// w += round(gain post pre^T), one random word a weight, one generator a row.
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
    if pre.is_empty() {
        return;
    }
    let narrow = W::STEP_BITS == 15;
    with_rounding!(rounding, M => {
        for (i, (&post, row)) in post.iter().zip(w.chunks_exact_mut(pre.len())).enumerate() {
            let step = Step::new::<W, R, U>(post, gain);
            row_update::<W, R, M, O>(row, pre, step, narrow, Lcg::row(key, i as u32), observer);
        }
    });
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
    if pre.is_empty() {
        return;
    }
    let right = T::FRAC as i32 + gain.shift - (W::FRAC as i32 + 16);
    let (mut saturated, mut lost, mut trace_saturated, mut updates) = (0, 0, 0, 0);
    with_rounding!(rounding, M => {
        let rows = w.chunks_exact_mut(pre.len()).zip(traces.chunks_exact_mut(pre.len()));
        for (i, (&post, (row, traces))) in post.iter().zip(rows).enumerate() {
            let mut random = Lcg::row(key, i as u32);
            for ((w, trace), &r) in row.iter_mut().zip(traces).zip(pre) {
                if learns {
                    let word = if M::DRAWS { random.bits() } else { 0 };
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

/// As [`scale`], but floored, which leaves the rounding of a weight to its own mode.
#[inline(always)]
fn floor_scale(value: i64, right: i32) -> i64 {
    if right > 0 {
        value >> right.min(63)
    } else {
        scale(value, right)
    }
}
