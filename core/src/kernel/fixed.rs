//! Kernels in fixed point: exact sums in a wide integer, one rounding a write.

use super::{Into, Rows, RowsMut, VECTORS, end_of_group};
use crate::Rounding;
use crate::number::FixedNumber;
use crate::number::rounding::{Round, with_rounding};
use crate::random::{Key, Lcg, skip};
use crate::record::{Observe, Quantity};
use ::fixed::types::extra::{LeEqU8, LeEqU16, LeEqU32};
use ::fixed::{FixedI8, FixedI16, FixedI32};
use core::array;

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
    /// The transpose of W times x for the `N` columns from `first`, of `columns` in all.
    fn columns<const N: usize>(w: &[Self], x: &[R], first: usize, columns: usize)
    -> [Self::Sum; N];
    /// One product.
    fn product(self, x: R) -> i64;
}

/// A sum of products of at most 16-bit words, two at a time.
///
/// A pair is exact in 32 bits: rates are symmetric (never the most negative pattern), so it is at
/// most 2 x 32768 x 32767 < 2^31. Its lower 16 bits and the rest go to two sums that 65,536
/// products leave exact in 32 bits: fewer instructions than widening every pair to 64.
#[derive(Clone, Copy, Default)]
struct Pairs {
    low: i32,
    high: i32,
}

impl Pairs {
    #[inline(always)]
    fn add(&mut self, pair: i32) {
        self.low = self.low.wrapping_add(pair & 0xffff);
        self.high = self.high.wrapping_add(pair >> 16);
    }

    #[inline(always)]
    fn sum(self) -> i64 {
        ((self.high as i64) << 16).wrapping_add(self.low as u32 as i64)
    }
}

/// The sum of the products of two rows of at most 16-bit words.
#[inline(always)]
fn dot_of_pairs<W: FixedNumber, R: FixedNumber>(w: &[W], x: &[R]) -> i64 {
    let mut sum = Pairs::default();
    let (w_pairs, w_last) = w.as_chunks::<2>();
    let (x_pairs, x_last) = x.as_chunks::<2>();
    for (w, x) in w_pairs.iter().zip(x_pairs) {
        let [first, second] = [
            w[0].raw().wrapping_mul(x[0].raw()),
            w[1].raw().wrapping_mul(x[1].raw()),
        ];
        sum.add(first.wrapping_add(second));
    }
    for (w, x) in w_last.iter().zip(x_last) {
        sum.add(w.raw().wrapping_mul(x.raw()));
    }
    sum.sum()
}

/// The sum of the products of two rows of 8 by at most 16-bit words: 256 of them are below 2^30.
#[inline(always)]
fn dot_of_blocks<W: FixedNumber, R: FixedNumber>(w: &[W], x: &[R]) -> i64 {
    let mut sum = 0_i64;
    for (w, x) in w.chunks(256).zip(x.chunks(256)) {
        let mut block = 0_i32;
        for (w, x) in w.iter().zip(x) {
            block = block.wrapping_add(w.raw().wrapping_mul(x.raw()));
        }
        sum = sum.wrapping_add(block as i64);
    }
    sum
}

/// 16-bit rates: products of up to 31 bits.
macro_rules! narrow_rates {
    ($weight:ident, $bound:ident, $dot:ident) => {
        impl<F, G> Multiply<FixedI16<G>> for $weight<F>
        where
            F: $bound + Send + Sync + 'static,
            G: LeEqU16 + Send + Sync + 'static,
        {
            type Sum = i64;
            const STEP_BITS: u32 = 15;

            #[inline(always)]
            fn dot(w: &[Self], x: &[FixedI16<G>]) -> i64 {
                $dot(w, x)
            }
            #[inline(always)]
            fn columns<const N: usize>(
                w: &[Self],
                x: &[FixedI16<G>],
                first: usize,
                columns: usize,
            ) -> [i64; N] {
                let mut sums = [Pairs::default(); N];
                let mut rows = Rows::new(w, columns).map_while(
                    #[inline(always)]
                    |row| row.get(first..)?.first_chunk::<N>(),
                );
                let (x_pairs, x_last) = x.as_chunks::<2>();
                for x in x_pairs {
                    let (Some(above), Some(below)) = (rows.next(), rows.next()) else {
                        break;
                    };
                    let [x0, x1] = [x[0].raw(), x[1].raw()];
                    let words = sums.iter_mut().zip(above).zip(below);
                    if VECTORS && (x0 | x1) >= 0 {
                        // No other bits: that is what the compiler must know to multiply 16 bits
                        // by 16 in one instruction. Most rates are never negative.
                        let [x0, x1] = [x0 & 0x7fff, x1 & 0x7fff];
                        for ((sum, above), below) in words {
                            let pair = above.raw().wrapping_mul(x0);
                            sum.add(pair.wrapping_add(below.raw().wrapping_mul(x1)));
                        }
                    } else {
                        for ((sum, above), below) in words {
                            let pair = above.raw().wrapping_mul(x0);
                            sum.add(pair.wrapping_add(below.raw().wrapping_mul(x1)));
                        }
                    }
                }
                for (x, row) in x_last.iter().zip(rows) {
                    for (sum, w) in sums.iter_mut().zip(row) {
                        sum.add(w.raw().wrapping_mul(x.raw()));
                    }
                }
                sums.map(Pairs::sum)
            }
            #[inline(always)]
            fn product(self, x: FixedI16<G>) -> i64 {
                self.raw().wrapping_mul(x.raw()) as i64
            }
        }
    };
}

narrow_rates!(FixedI8, LeEqU8, dot_of_blocks);
narrow_rates!(FixedI16, LeEqU16, dot_of_pairs);

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
            fn columns<const N: usize>(
                w: &[Self],
                x: &[$rate<G>],
                first: usize,
                columns: usize,
            ) -> [$sum; N] {
                let mut sums = [$sum::default(); N];
                for (&x, row) in x.iter().zip(Rows::new(w, columns)) {
                    if let Some(row) = row.get(first..).and_then(<[Self]>::first_chunk::<N>) {
                        for (sum, &w) in sums.iter_mut().zip(row) {
                            sum.add(w.product(x));
                        }
                    }
                }
                sums
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
    for (y, row) in y.iter_mut().zip(Rows::new(w, x.len())) {
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
    let mut left = Columns {
        w,
        x,
        all: y.len(),
        first: 0,
        into,
        saturated: 0,
    };
    let mut y = y;
    if VECTORS {
        y = left.blocks::<U, 64>(y);
        y = left.blocks::<U, 16>(y);
    }
    y = left.blocks::<U, 4>(y);
    left.blocks::<U, 1>(y);
    if O::ON {
        observer.saturated(Quantity::Potential, left.saturated);
    }
}

/// The columns of a transposed product, of which the first are done.
struct Columns<'m, W, R> {
    w: &'m [W],
    x: &'m [R],
    all: usize,
    first: usize,
    into: Into,
    saturated: u32,
}

impl<W: Multiply<R>, R: FixedNumber> Columns<'_, W, R> {
    /// As many blocks of `N` columns as there are; the outputs that are left.
    #[inline(always)]
    fn blocks<'y, U: FixedNumber, const N: usize>(&mut self, y: &'y mut [U]) -> &'y mut [U] {
        let (blocks, rest) = y.as_chunks_mut::<N>();
        for y in blocks {
            let sums = W::columns::<N>(self.w, self.x, self.first, self.all);
            for (y, sum) in y.iter_mut().zip(sums) {
                self.saturated += put::<W, R, U>(y, sum, self.into);
            }
            self.first += N;
        }
        rest
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
    fn times<R: FixedNumber>(self, rate: R) -> i64 {
        (self.mantissa as i64 * rate.raw() as i64) >> self.right
    }

    /// The same for a mantissa of 15 bits and a rate of 16: the product fits 32.
    #[inline(always)]
    fn times_narrow<R: FixedNumber>(self, rate: R) -> i32 {
        (self.mantissa as i16 as i32).wrapping_mul(rate.raw()) >> (self.right & 31)
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
    // |change| <= 2^30, so the rounding's addition of less than 2^16 cannot overflow, and the step
    // has 16 bits.
    let step = M::shift32(change, 16, random);
    let new = w.raw() + step;
    *w = w.add_raw(step);
    (
        u32::from(new > W::MAX_RAW || new < -W::MAX_RAW),
        u32::from(step == 0 && change != 0),
    )
}

/// Weights of a row that draw their random words side by side.
const LANES: usize = if VECTORS { 32 } else { 1 };

const QUARTER: usize = if VECTORS { LANES / 4 } else { 1 };

/// Multipliers and increments from the beginning of a row to the draws of its first weights.
const FIRST: ([u32; LANES], [u32; LANES]) = {
    let (mut a, mut c) = ([0; LANES], [0; LANES]);
    let mut lane = 0;
    while lane < LANES {
        (a[lane], c[lane]) = skip(lane as u32 + 1);
        lane += 1;
    }
    (a, c)
};

/// Changes a group of weights with one random word each; saturations and lost updates.
#[inline(always)]
fn update<W, R, M, O, const N: usize>(
    weights: &mut [W; N],
    pre: &[R; N],
    step: Step,
    lanes: &[u32; N],
) -> (u32, u32)
where
    W: Multiply<R>,
    R: FixedNumber,
    M: Round,
    O: Observe,
{
    let (mut saturated, mut lost) = (0, 0);
    // Loaded before any is stored: the compiler need not ask whether the rates are other memory.
    let mut new = *weights;
    for ((w, &r), &lane) in new.iter_mut().zip(pre).zip(lanes) {
        let (s, l) = if W::STEP_BITS == 15 {
            write_narrow::<W, M>(w, step.times_narrow(r), lane >> 16)
        } else {
            write::<W, M>(w, step.times(r), lane >> 16)
        };
        if O::ON {
            saturated += s;
            lost += l;
        }
    }
    *weights = new;
    (saturated, lost)
}

/// Applies `step` to every weight of a row with one random word each, in groups of lanes.
#[inline(always)]
fn row_update<W, R, M, O>(row: &mut [W], pre: &[R], step: Step, start: u32, observer: &mut O)
where
    W: Multiply<R>,
    R: FixedNumber,
    M: Round,
    O: Observe,
{
    let (a, c) = const { skip(LANES as u32) };
    let mut lanes = [0; LANES];
    if M::DRAWS {
        for ((lane, a), c) in lanes.iter_mut().zip(FIRST.0).zip(FIRST.1) {
            *lane = start.wrapping_mul(a).wrapping_add(c);
        }
    }
    let (mut saturated, mut lost) = (0, 0);
    let total = row.len().min(pre.len()) as u32;
    let (w_groups, w_rest) = row.as_chunks_mut::<LANES>();
    let (r_groups, r_rest) = pre.as_chunks::<LANES>();
    for (w, r) in w_groups.iter_mut().zip(r_groups) {
        let (s, l) = update::<W, R, M, O, LANES>(w, r, step, &lanes);
        saturated += s;
        lost += l;
        if M::DRAWS {
            for lane in &mut lanes {
                *lane = lane.wrapping_mul(a).wrapping_add(c);
            }
        }
        end_of_group();
    }
    // A quarter of the lanes at a time, then one by one.
    let (w_groups, w_rest) = w_rest.as_chunks_mut::<QUARTER>();
    let (r_groups, r_rest) = r_rest.as_chunks::<QUARTER>();
    for ((w, r), lanes) in w_groups.iter_mut().zip(r_groups).zip(lanes.as_chunks().0) {
        let (s, l) = update::<W, R, M, O, QUARTER>(w, r, step, lanes);
        saturated += s;
        lost += l;
        end_of_group();
    }
    let drawn = w_groups.len() * QUARTER;
    let lanes = lanes.get(drawn..).unwrap_or(&[]);
    for ((w, &r), &lane) in w_rest.iter_mut().zip(r_rest).zip(lanes) {
        let (s, l) = update::<W, R, M, O, 1>(array::from_mut(w), &[r], step, &[lane]);
        saturated += s;
        lost += l;
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
    with_rounding!(rounding, M => {
        let rows = RowsMut::new(w, pre.len());
        for ((row, &post), i) in rows.zip(post).zip(0..) {
            let step = Step::new::<W, R, U>(post, gain);
            row_update::<W, R, M, O>(row, pre, step, key.word(i), observer);
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
