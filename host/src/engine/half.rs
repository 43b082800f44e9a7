//! i16: exact sums of 16-bit products, in AVX-512 where the machine has it, else core's kernels.
//!
//! The instruction that multiplies 16-bit words adds two products in 32 bits. How many of those a
//! lane can add before it might overflow follows from the largest weight of some rows and the
//! largest rate; only then are the lanes added up in 64 bits. Everything is exact, so the order
//! does not matter and the bits are core's.

use apical_core::batch::Block;
use apical_core::kernel::Into;
use apical_core::kernel::fixed::Gain;
use apical_core::precision::Draw;
use apical_core::{Counters, I16, Precision};

use super::Strip;

type Weight = <I16 as Precision>::Weight;
type Rate = <I16 as Precision>::Rate;
type Potential = <I16 as Precision>::Potential;

pub(super) fn product(
    w: &[Weight],
    x: &[Rate],
    columns: usize,
    strip: Strip<'_, I16>,
    into: Into,
) -> Counters {
    #[cfg(target_arch = "x86_64")]
    if let Some(simd) = *wide::SIMD
        && columns >= wide::WORDS
    {
        return wide::product(simd, w, x, columns, strip, into);
    }
    super::product::<I16>(w, x, columns, strip, into)
}

pub(super) fn change(
    w: &mut [Weight],
    block: Block,
    post: &[Potential],
    gain: Gain,
    pre: &[Rate],
    draw: Draw,
) -> Counters {
    #[cfg(target_arch = "x86_64")]
    if let Some(simd) = *wide::SIMD
        && draw.rounding == apical_core::Rounding::Stochastic
        && pre.len() / block.samples.max(1) >= wide::WORDS
    {
        return wide::change(simd, w, block, post, gain, pre, draw);
    }
    super::change::<I16>(w, block, post, gain, pre, draw)
}

#[cfg(target_arch = "x86_64")]
mod wide {
    use core::arch::x86_64::{__m256i, __m512i};
    use std::sync::LazyLock;

    use apical_core::kernel::fixed::{Factors, Scale, store_sum};
    use apical_core::random::Lcg;
    use apical_core::record::{Observe, Quantity};
    use pulp::bytemuck::{cast, cast_slice, cast_slice_mut};
    use pulp::x86::V4;

    use super::{Block, Counters, Draw, Gain, I16, Into, Potential, Rate, Strip, Weight};
    use crate::dispatch::dispatch;

    /// AVX-512, if the machine has it.
    pub(super) static SIMD: LazyLock<Option<V4>> = LazyLock::new(V4::try_new);

    /// 16-bit words of a vector.
    pub(super) const WORDS: usize = 32;
    /// Rows that are taken together.
    const ROWS: usize = 4;
    /// Samples that are taken together.
    const SAMPLES: usize = 5;
    /// Rows for which the rates of some samples stay in the first cache.
    const BAND: usize = 32;

    /// What all tiles of a product have in common.
    #[derive(Clone, Copy)]
    struct Shape {
        simd: V4,
        columns: usize,
        into: Into,
        /// The largest magnitude of a rate, at least 1.
        largest: u32,
    }

    pub(super) fn product(
        simd: V4,
        w: &[Weight],
        x: &[Rate],
        columns: usize,
        mut strip: Strip<'_, I16>,
        into: Into,
    ) -> Counters {
        let mut counters = Counters::default();
        dispatch(
            #[inline(always)]
            || {
                let (w, x): (&[i16], &[i16]) = (cast_slice(w), cast_slice(x));
                let shape = Shape {
                    simd,
                    columns,
                    into,
                    largest: largest(x),
                };
                // What does not fill a vector of each sample, filled up with zeros.
                let tails: Vec<[i16; WORDS]> = x.chunks_exact(columns).map(tail).collect();
                let mut saturated = 0;
                for (band, first) in w.chunks(BAND * columns).zip((0..).step_by(BAND)) {
                    let fives = x.chunks(SAMPLES * columns).zip(tails.chunks(SAMPLES));
                    for ((x, tails), y) in fives.zip(strip.chunks_mut(SAMPLES)) {
                        let rows = band.chunks(ROWS * columns);
                        for (rows, first) in rows.zip((first..).step_by(ROWS)) {
                            if rows.len() == ROWS * columns && y.len() == SAMPLES {
                                saturated +=
                                    tile::<ROWS, SAMPLES>(shape, rows, (x, tails), y, first);
                                continue;
                            }
                            for (row, i) in rows.chunks_exact(columns).zip(first..) {
                                let each = x.chunks_exact(columns).zip(tails.chunks(1));
                                for (x, y) in each.zip(y.chunks_mut(1)) {
                                    saturated += tile::<1, 1>(shape, row, x, y, i);
                                }
                            }
                        }
                    }
                }
                counters.saturated(Quantity::Potential, saturated);
            },
        );
        counters
    }

    /// The largest magnitude, at least 1.
    #[inline(always)]
    fn largest(words: &[i16]) -> u32 {
        let most = |most: i16, &word: &i16| most.max(word.saturating_abs());
        words.iter().fold(1, most) as u32
    }

    /// What does not fill a vector at the end of a row, filled up with zeros.
    #[inline(always)]
    fn tail(row: &[i16]) -> [i16; WORDS] {
        let rest = row.as_chunks::<WORDS>().1;
        let mut tail = [0; WORDS];
        tail[..rest.len()].copy_from_slice(rest);
        tail
    }

    /// The sum of 32-bit lanes.
    #[inline(always)]
    fn add_up(simd: V4, lanes: __m512i) -> i64 {
        let f = simd.avx512f;
        let low = f._mm512_cvtepi32_epi64(f._mm512_castsi512_si256(lanes));
        let high = f._mm512_cvtepi32_epi64(f._mm512_extracti64x4_epi64::<1>(lanes));
        f._mm512_reduce_add_epi64(f._mm512_add_epi64(low, high))
    }

    /// Some rows times some samples; how many potentials saturated.
    #[inline(always)]
    fn tile<const R: usize, const B: usize>(
        shape: Shape,
        w: &[i16],
        (x, tails): (&[i16], &[[i16; WORDS]]),
        y: &mut [&mut [Potential]],
        first: usize,
    ) -> u32 {
        let Shape {
            simd,
            columns,
            into,
            largest: rate,
        } = shape;
        let (f, bw) = (simd.avx512f, simd.avx512bw);
        let vectors = columns / WORDS;
        let ws: [&[[i16; WORDS]]; R] = std::array::from_fn(
            #[inline(always)]
            |r| &w[r * columns..(r + 1) * columns].as_chunks().0[..vectors],
        );
        let xs: [&[[i16; WORDS]]; B] = std::array::from_fn(
            #[inline(always)]
            |b| &x[b * columns..(b + 1) * columns].as_chunks().0[..vectors],
        );
        // Two products are below 2 x weight x rate; at least one such pair fits.
        let pair = 2 * u64::from(largest(&w[..R * columns])) * u64::from(rate);
        let exact = ((1 << 31) - 1) / pair;
        let zero: __m512i = cast([0_i32; 16]);
        let mut totals = [[0_i64; B]; R];
        let mut at = 0;
        loop {
            let mut sums = [[zero; B]; R];
            let (begin, end) = (at, vectors.min(at + exact as usize));
            while at < end {
                for r in 0..R {
                    let w: __m512i = cast(ws[r][at]);
                    for b in 0..B {
                        let pairs = bw._mm512_madd_epi16(w, cast(xs[b][at]));
                        sums[r][b] = f._mm512_add_epi32(sums[r][b], pairs);
                    }
                }
                at += 1;
            }
            // What does not fill a vector joins where there is room for it.
            let (done, room) = (at == vectors, ((end - begin) as u64) < exact);
            for r in 0..R {
                let rest: __m512i = cast(tail(&w[r * columns..(r + 1) * columns]));
                for b in 0..B {
                    let mut sum = sums[r][b];
                    if done {
                        let pairs = bw._mm512_madd_epi16(rest, cast(tails[b]));
                        if room {
                            sum = f._mm512_add_epi32(sum, pairs);
                        } else {
                            totals[r][b] += add_up(simd, pairs);
                        }
                    }
                    totals[r][b] += add_up(simd, sum);
                }
            }
            if done {
                break;
            }
        }
        let mut saturated = 0;
        for (r, totals) in totals.iter().enumerate() {
            for (&total, y) in totals.iter().zip(&mut *y) {
                let y = &mut y[first + r];
                saturated += store_sum::<Weight, Rate, Potential>(y, total, into);
            }
        }
        saturated
    }

    pub(super) fn change(
        simd: V4,
        w: &mut [Weight],
        block: Block,
        post: &[Potential],
        gain: Gain,
        pre: &[Rate],
        draw: Draw,
    ) -> Counters {
        let mut counters = Counters::default();
        dispatch(
            #[inline(always)]
            || {
                let samples = block.samples.max(1);
                let (all, columns) = (post.len() / samples, pre.len() / samples);
                let pairs = interleave(cast_slice(pre), samples, columns);
                let each = pairs.len() / samples.div_ceil(2);
                let scale = Scale::new::<Weight, Rate, Potential>(gain);
                let w: &mut [i16] = cast_slice_mut(w);
                for (row, i) in w.chunks_exact_mut(columns).zip(block.first..) {
                    let words = (0..samples).map(|s| post[s * all + i]);
                    let factors = Factors::new::<Weight, Rate, Potential>(scale, words);
                    let random = Lcg::row(draw.key, i as u32);
                    let mut row_of = Row {
                        simd,
                        factors: &factors,
                        pairs: &pairs,
                        each,
                        random,
                        saturated: factors.cut,
                        lost: 0,
                    };
                    row_of.change(row);
                    counters.saturated(Quantity::Weight, row_of.saturated);
                    counters.updated(columns as u32, row_of.lost);
                }
            },
        );
        counters
    }

    /// Words that are changed with one draw of random words.
    const GROUP: usize = 64;

    /// The rates of two samples side by side, filled up with zeros to whole groups.
    #[inline(always)]
    fn interleave(pre: &[i16], samples: usize, columns: usize) -> Vec<[i16; 2]> {
        let padded = columns.next_multiple_of(GROUP);
        let mut pairs = vec![[0; 2]; samples.div_ceil(2) * padded];
        for (s, row) in pre.chunks_exact(columns).enumerate() {
            let place = &mut pairs[s / 2 * padded..][..columns];
            for (pair, &word) in place.iter_mut().zip(row) {
                pair[s % 2] = word;
            }
        }
        pairs
    }

    /// One row while it is changed.
    struct Row<'r> {
        simd: V4,
        factors: &'r Factors,
        pairs: &'r [[i16; 2]],
        /// Pairs of each two samples.
        each: usize,
        random: Lcg,
        saturated: u32,
        lost: u32,
    }

    impl Row<'_> {
        #[inline(always)]
        fn change(&mut self, row: &mut [i16]) {
            let (groups, rest) = row.as_chunks_mut::<GROUP>();
            let mut first = 0;
            for group in groups {
                self.group(group, first);
                first += GROUP;
            }
            if !rest.is_empty() {
                // Of the words behind the row nothing is changed, and nothing counted.
                let mut group = [0; GROUP];
                group[..rest.len()].copy_from_slice(rest);
                self.group(&mut group, first);
                rest.copy_from_slice(&group[..rest.len()]);
            }
        }

        #[inline(always)]
        fn group(&mut self, weights: &mut [i16; GROUP], first: usize) {
            let (f, bw) = (self.simd.avx512f, self.simd.avx512bw);
            let mut sums: [__m512i; 4] = [cast([0_i32; 16]); 4];
            let two = self.factors.mantissas.as_chunks::<2>().0;
            for (pairs, two) in self.pairs.chunks_exact(self.each).zip(two) {
                let [a, b] = two.map(|m| m as u32 & 0xffff);
                let factors = f._mm512_set1_epi32((a | b << 16) as i32);
                let pairs: &[[[i16; 2]; 16]] = pairs[first..first + GROUP].as_chunks().0;
                for (sum, &pairs) in sums.iter_mut().zip(pairs) {
                    let products = bw._mm512_madd_epi16(factors, cast(pairs));
                    *sum = f._mm512_add_epi32(*sum, products);
                }
            }
            let random: [[u16; 16]; 4] = cast(self.random.draw::<32, GROUP>());
            let shift = cast([i64::from(self.factors.right), 0]);
            let [zero, most, least]: [__m512i; 3] =
                [0, 32767, -32767].map(|value| f._mm512_set1_epi32(value));
            let words = weights.as_chunks_mut::<16>().0;
            for ((w, sum), random) in words.iter_mut().zip(sums).zip(random) {
                let exact = f._mm512_sra_epi32(sum, shift);
                let random = f._mm512_cvtepu16_epi32(cast::<[u16; 16], __m256i>(random));
                let change = f._mm512_srai_epi32::<16>(f._mm512_add_epi32(exact, random));
                let old = f._mm512_cvtepi16_epi32(cast::<[i16; 16], __m256i>(*w));
                let sum = f._mm512_add_epi32(old, change);
                let new = f._mm512_max_epi32(f._mm512_min_epi32(sum, most), least);
                *w = cast::<__m256i, [i16; 16]>(f._mm512_cvtepi32_epi16(new));
                let lost = f._mm512_cmpeq_epi32_mask(change, zero)
                    & f._mm512_cmpneq_epi32_mask(exact, zero);
                self.lost += lost.count_ones();
                self.saturated += f._mm512_cmpneq_epi32_mask(sum, new).count_ones();
            }
        }
    }
}
