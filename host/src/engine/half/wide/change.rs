//! The update of a batch with stochastic rounding, 64 weights of a row at a time.

use core::arch::x86_64::{__m256i, __m512i};

use apical_core::Counters;
use apical_core::batch::{Block, MAX_SAMPLES};
use apical_core::kernel::fixed::{Factors, Gain, Scale};
use apical_core::precision::Draw;
use apical_core::random::Lcg;
use apical_core::record::{Observe, Quantity};
use pulp::bytemuck::{cast, cast_slice, cast_slice_mut};
use pulp::x86::V4;

use crate::dispatch::dispatch;
use crate::engine::half::{Potential, Rate, Weight};
use crate::engine::line::Line;

pub(crate) fn change(
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
            let twos = samples.div_ceil(2);
            let zero = simd.avx512f._mm512_set1_epi32(0);
            let scale = Scale::new::<Weight, Rate, Potential>(gain);
            let w: &mut [i16] = cast_slice_mut(w);
            for (row, i) in w.chunks_exact_mut(columns).zip(block.first..) {
                let words = (0..samples).map(|s| post[s * all + i]);
                let factors = Factors::new::<Weight, Rate, Potential>(scale, words);
                let mut both = [0; MAX_SAMPLES / 2];
                for (both, two) in both.iter_mut().zip(factors.mantissas.as_chunks().0) {
                    let [a, b] = two.map(|m| m as u32 & 0xffff);
                    *both = (a | b << 16) as i32;
                }
                let mut change = Row {
                    simd,
                    right: factors.right,
                    factors: &both[..twos],
                    random: Lcg::row(draw.key, i as u32),
                    saturated: zero,
                    lost: zero,
                };
                change.change(row, &pairs);
                counters.saturated(Quantity::Weight, factors.cut + count(change.saturated));
                counters.updated(columns as u32, count(change.lost));
            }
        },
    );
    counters
}

/// Words that are changed with one draw of random words.
const GROUP: usize = 64;

/// The words of a group for two samples, side by side.
type Two = [Line<[i16; 2], 16>; 4];

/// The rates by groups of columns: of each group all samples, two by two; zeros behind the last column.
fn interleave(pre: &[i16], samples: usize, columns: usize) -> Vec<Two> {
    let twos = samples.div_ceil(2);
    let mut groups: Vec<Two> = vec![[Line::default(); 4]; columns.div_ceil(GROUP) * twos];
    for (s, row) in pre.chunks_exact(columns).enumerate() {
        let place = groups[s / 2..].iter_mut().step_by(twos);
        for (two, words) in place.zip(row.chunks(GROUP)) {
            let pairs = two.iter_mut().flat_map(|line| &mut line.0);
            for (pair, &word) in pairs.zip(words) {
                pair[s % 2] = word;
            }
        }
    }
    groups
}

/// One row while it is changed.
struct Row<'r> {
    simd: V4,
    /// The shift of the sums.
    right: u32,
    /// Factors of two samples each, one in either half.
    factors: &'r [i32],
    random: Lcg,
    /// Counts in every lane.
    saturated: __m512i,
    lost: __m512i,
}

/// The sum of the lanes of a count.
#[inline(always)]
fn count(lanes: __m512i) -> u32 {
    cast::<_, [u32; 16]>(lanes).iter().sum()
}

impl Row<'_> {
    #[inline(always)]
    fn change(&mut self, row: &mut [i16], pairs: &[Two]) {
        let mut pairs = pairs.chunks_exact(self.factors.len());
        let (groups, rest) = row.as_chunks_mut::<GROUP>();
        for (group, pairs) in groups.iter_mut().zip(pairs.by_ref()) {
            self.group(group, pairs);
        }
        if let Some(pairs) = pairs.next() {
            // Of the words behind the row nothing is changed, and nothing counted.
            let mut group = [0; GROUP];
            group[..rest.len()].copy_from_slice(rest);
            self.group(&mut group, pairs);
            rest.copy_from_slice(&group[..rest.len()]);
        }
    }

    #[inline(always)]
    fn group(&mut self, weights: &mut [i16; GROUP], pairs: &[Two]) {
        let (f, bw) = (self.simd.avx512f, self.simd.avx512bw);
        let mut sums = [f._mm512_set1_epi32(0); 4];
        for (pairs, &factors) in pairs.iter().zip(self.factors) {
            let factors = f._mm512_set1_epi32(factors);
            for (sum, pairs) in sums.iter_mut().zip(pairs) {
                let products = bw._mm512_madd_epi16(factors, cast(pairs.0));
                *sum = f._mm512_add_epi32(*sum, products);
            }
        }
        let random: [[u16; 16]; 4] = cast(self.random.draw::<32, GROUP>());
        let shift = cast([i64::from(self.right), 0]);
        let [zero, most, least, minus] = [0, 32767, -32767, -1].map(
            #[inline(always)]
            |value| f._mm512_set1_epi32(value),
        );
        let words = weights.as_chunks_mut::<16>().0;
        for ((w, sum), random) in words.iter_mut().zip(sums).zip(random) {
            let exact = f._mm512_sra_epi32(sum, shift);
            let random = f._mm512_cvtepu16_epi32(cast::<[u16; 16], __m256i>(random));
            let change = f._mm512_srai_epi32::<16>(f._mm512_add_epi32(exact, random));
            let old = f._mm512_cvtepi16_epi32(cast::<[i16; 16], __m256i>(*w));
            let sum = f._mm512_add_epi32(old, change);
            let new = f._mm512_max_epi32(f._mm512_min_epi32(sum, most), least);
            *w = cast::<__m256i, [i16; 16]>(f._mm512_cvtepi32_epi16(new));
            let nothing = f._mm512_cmpeq_epi32_mask(change, zero);
            let lost = f._mm512_mask_cmpneq_epi32_mask(nothing, exact, zero);
            self.lost = f._mm512_mask_sub_epi32(self.lost, lost, self.lost, minus);
            let cut = f._mm512_cmpneq_epi32_mask(sum, new);
            self.saturated = f._mm512_mask_sub_epi32(self.saturated, cut, self.saturated, minus);
        }
    }
}
