//! The update of a batch: an exact sum of products, one random word and one rounding a weight.
//!
//! A row has a factor for each sample, all with the same shift, so that their products with the
//! rates can be summed as integers. The shift is the smallest that leaves every factor the bits of
//! a [`Step`](super::Step) and their sum one bit more: then the sum of the products fits the word
//! that one product needs. The sample with the largest error keeps all its bits; the others lose
//! what lies below its last one.

use super::gain::Gain;
use super::multiply::Multiply;
use super::step::{Scale, half_up};
use crate::batch::{Block, MAX_SAMPLES};
use crate::kernel::{RowsMut, VECTORS, end_of_group};
use crate::number::FixedNumber;
use crate::number::rounding::{Round, with_rounding};
use crate::precision::Draw;
use crate::random::Lcg;
use crate::record::{Observe, Quantity};

/// The factors of one row: `mantissas` x 2^-`right` times the rates is the change with 16
/// fractional bits more than the weight has.
#[derive(Clone, Copy, Debug)]
pub struct Factors {
    /// One for each sample, then zeros: at most 15 bits and a sign where rates have 16 bits, 31
    /// where they have 32, and one bit more for the sum of their magnitudes.
    pub mantissas: [i32; MAX_SAMPLES],
    /// How far the sum of the products is shifted: 1 to 15, or to 31.
    pub right: u32,
    /// Factors that were too large and have been cut, each of which counts as a saturation.
    pub cut: u32,
}

impl Factors {
    /// Of a row with these postsynaptic words, one a sample.
    #[inline(always)]
    pub fn new<W, R, U>(scale: Scale, post: impl Iterator<Item = U>) -> Self
    where
        W: Multiply<R>,
        R: FixedNumber,
        U: FixedNumber,
    {
        let bits = W::STEP_BITS;
        let mut exact = [0_i64; MAX_SAMPLES];
        let (mut largest, mut total, mut cut, mut samples) = (0_u64, 0_u64, 0, 0);
        for (exact, post) in exact.iter_mut().zip(post) {
            samples += 1;
            let (step, was_cut) = scale.exact::<W, R, U>(post);
            *exact = step;
            largest = largest.max(step.unsigned_abs());
            // Nine of the largest of 61 bits are beyond the word, and their sum is cut anyway.
            total = total.saturating_add(step.unsigned_abs());
            cut += u32::from(was_cut);
        }
        // The others are nothing, and stay it.
        let exact = exact.get(..samples).unwrap_or(&exact);
        let length = |value: u64| 64 - value.leading_zeros();
        let round = |exponent: u32| {
            let (mut mantissas, mut sum, mut most) = ([0; MAX_SAMPLES], 0_u64, 0_u64);
            for (mantissa, &exact) in mantissas.iter_mut().zip(exact) {
                let rounded = half_up(exact, exponent);
                sum += rounded.unsigned_abs();
                most = most.max(rounded.unsigned_abs());
                *mantissa = rounded as i32;
            }
            (mantissas, sum, most)
        };
        let mut exponent =
            (length(largest).saturating_sub(bits)).max(length(total).saturating_sub(bits + 1));
        let (mut mantissas, sum, most) = round(exponent);
        // The rounding may carry into one bit more.
        if most >> bits != 0 || sum >> (bits + 1) != 0 {
            exponent += 1;
            mantissas = round(exponent).0;
        }
        // At least one bit is shifted out after the product: a sum beyond that is cut, too.
        if exponent >= bits {
            let limit = ((1_i64 << (bits + 1)) - 1) / MAX_SAMPLES as i64;
            exponent = bits - 1;
            for (mantissa, &exact) in mantissas.iter_mut().zip(exact) {
                let rounded = half_up(exact, exponent);
                cut += u32::from(rounded.abs() > limit);
                *mantissa = rounded.clamp(-limit, limit) as i32;
            }
        }
        Self {
            mantissas,
            right: bits - exponent,
            cut,
        }
    }
}

/// sums + m x, of 16-bit words in 32 bits.
#[inline(always)]
fn add<R: FixedNumber, const N: usize>(sums: &mut [i32; N], m: i32, x: &[R; N]) {
    for (sum, x) in sums.iter_mut().zip(x) {
        let product = (m as i16 as i32).wrapping_mul(x.raw() as i16 as i32);
        *sum = sum.wrapping_add(product);
    }
}

/// One row while it is changed.
struct Row<'x, R> {
    factors: &'x [i32],
    right: u32,
    pre: &'x [R],
    columns: usize,
    random: Lcg,
    saturated: u32,
    lost: u32,
}

impl<R: FixedNumber> Row<'_, R> {
    /// Changes `N` weights from column `first`, which are `GROUPS` groups of `G`.
    #[inline(always)]
    fn change<W, M, O, const GROUPS: usize, const G: usize, const N: usize>(
        &mut self,
        weights: &mut [W; N],
        first: usize,
        random: &[u16; N],
    ) where
        W: Multiply<R>,
        M: Round,
        O: Observe,
    {
        let rows = self.pre.chunks_exact(self.columns.max(1));
        let samples = self.factors.iter().zip(rows);
        let (mut saturated, mut lost) = (0, 0);
        let mut new = *weights;
        if W::STEP_BITS == 15 {
            // Exact in 32 bits: the factors' sum has 16 bits, a rate 15 and a sign.
            // Groups of one vector each, which the compiler keeps apart and in registers.
            let mut sums = [[0_i32; G]; GROUPS];
            for (&m, row) in samples {
                let groups = row.get(first..).unwrap_or(&[]).as_chunks::<G>().0;
                let Some(x) = groups.first_chunk::<GROUPS>() else {
                    break;
                };
                for (sums, x) in sums.iter_mut().zip(x) {
                    add(sums, m, x);
                }
            }
            for ((w, &sum), &random) in new.iter_mut().zip(sums.as_flattened()).zip(random) {
                let exact = sum.wrapping_shr(self.right);
                let change = M::shift32(exact, 16, random.into()) as i16;
                if O::ON {
                    saturated += u32::from(w.add16_exceeds(change));
                    lost += u32::from(change == 0 && exact != 0);
                }
                *w = w.add16(change);
            }
        } else {
            let mut sums = [0_i64; N];
            for (&m, row) in samples {
                for (sum, x) in sums.iter_mut().zip(row.get(first..).unwrap_or(&[])) {
                    *sum = sum.wrapping_add((m as i64).wrapping_mul(x.raw() as i64));
                }
            }
            for ((w, sum), &random) in new.iter_mut().zip(sums).zip(random) {
                let (s, l) = super::update::write::<W, M>(w, sum >> self.right, random);
                if O::ON {
                    saturated += s;
                    lost += l;
                }
            }
        }
        *weights = new;
        self.saturated += saturated;
        self.lost += lost;
    }

    /// As many groups of `N` weights as there are from column `first`; where they end. A group
    /// draws `PAIRS` words of two weights each.
    #[inline(always)]
    fn groups<W, M, O, const PAIRS: usize, const GROUPS: usize, const G: usize, const N: usize>(
        &mut self,
        row: &mut [W],
        first: usize,
    ) -> usize
    where
        W: Multiply<R>,
        M: Round,
        O: Observe,
    {
        let mut at = first;
        let rest = row.get_mut(first..).unwrap_or(&mut []);
        for weights in rest.as_chunks_mut::<N>().0 {
            let random = if M::DRAWS {
                self.random.draw::<PAIRS, N>()
            } else {
                [0; N]
            };
            self.change::<W, M, O, GROUPS, G, N>(weights, at, &random);
            if N > 2 {
                end_of_group();
            }
            at += N;
        }
        at
    }
}

/// W + gain (sum over the samples of post pre^T) for the rows of a block, one generator a row.
#[inline(always)]
pub(crate) fn update<W, R, U, O>(
    w: &mut [W],
    block: Block,
    post: &[U],
    gain: Gain,
    pre: &[R],
    draw: Draw,
    observer: &mut O,
) where
    W: Multiply<R>,
    R: FixedNumber,
    U: FixedNumber,
    O: Observe,
{
    with_rounding!(draw.rounding, M => {
        let samples = block.samples.clamp(1, MAX_SAMPLES);
        let (all, columns) = (post.len() / samples, pre.len() / samples);
        let scale = Scale::new::<W, R, U>(gain);
        for (weights, i) in RowsMut::new(w, columns).zip(block.first..) {
            let words = post
                .chunks_exact(all.max(1))
                .map(|post| post.get(i).copied().unwrap_or(U::ZERO));
            let factors = Factors::new::<W, R, U>(scale, words);
            let mut row = Row {
                factors: factors.mantissas.get(..samples).unwrap_or(&factors.mantissas),
                right: factors.right,
                pre,
                columns,
                random: Lcg::row(draw.key, i as u32),
                saturated: factors.cut,
                lost: 0,
            };
            let mut at = 0;
            if VECTORS {
                at = row.groups::<W, M, O, 32, 4, 16, 64>(weights, at);
                at = row.groups::<W, M, O, 8, 1, 16, 16>(weights, at);
            }
            at = row.groups::<W, M, O, 1, 1, 2, 2>(weights, at);
            if let Some([w]) = weights.get_mut(at..).and_then(<[W]>::first_chunk_mut::<1>).map(
                |[w]| [w],
            ) {
                let [random, _] = if M::DRAWS { row.random.pair() } else { [0; 2] };
                row.change::<W, M, O, 1, 1, 1>(core::array::from_mut(w), at, &[random]);
            }
            if O::ON {
                observer.saturated(Quantity::Weight, row.saturated);
                observer.updated(columns as u32, row.lost);
            }
        }
    });
}
