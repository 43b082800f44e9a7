//! AVX2: a line is two vectors.

use core::arch::x86_64::__m256i;
use std::ops::Range;

use pulp::bytemuck::cast;
use pulp::x86::V3;

use super::WORDS;
use super::vectors::{Five, GROUP, Sums, Two, Vectors, Write};
use crate::engine::line::FIVE;

/// Rows whose sums leave registers for the rates.
pub(super) const ROWS: usize = 2;

impl Vectors for V3 {
    type Vector = __m256i;

    const PARTS: usize = 2;

    #[inline(always)]
    fn zero(self) -> __m256i {
        self.avx._mm256_set1_epi32(0)
    }

    #[inline(always)]
    fn multiply_add<const R: usize>(
        self,
        mut sums: Sums<__m256i, R>,
        w: [&[i16; WORDS]; R],
        x: &Five,
        parts: Range<usize>,
    ) -> Sums<__m256i, R> {
        for part in parts {
            let w: [__m256i; R] = w.map(
                #[inline(always)]
                |w| vector(w, part),
            );
            for s in 0..FIVE {
                let x = vector(&x[s].0, part);
                for r in 0..R {
                    let pairs = self.avx2._mm256_madd_epi16(w[r], x);
                    sums[s][r] = self.avx2._mm256_add_epi32(sums[s][r], pairs);
                }
            }
        }
        sums
    }

    #[inline(always)]
    fn widen(self, wide: __m256i, lanes: __m256i) -> __m256i {
        let f = self.avx2;
        let low = f._mm256_cvtepi32_epi64(self.avx._mm256_castsi256_si128(lanes));
        let high = f._mm256_cvtepi32_epi64(f._mm256_extracti128_si256::<1>(lanes));
        f._mm256_add_epi64(wide, f._mm256_add_epi64(low, high))
    }

    /// Two rows share their vectors.
    #[inline(always)]
    fn add_up<const R: usize>(self, sums: Sums<__m256i, R>) -> Sums<i64, R> {
        let f = self.avx2;
        // Two lanes of the first row, two of the last.
        let mut both = [self.zero(); FIVE];
        for s in 0..FIVE {
            let (a, b) = (sums[s][0], sums[s][R - 1]);
            both[s] = f._mm256_add_epi64(
                f._mm256_permute2x128_si256::<0x20>(a, b),
                f._mm256_permute2x128_si256::<0x31>(a, b),
            );
        }
        let [a, b, c, d, e] = both;
        let mut totals = [[0; R]; FIVE];
        for (k, [s, t]) in [[a, b], [c, d], [e, e]].into_iter().enumerate() {
            let sums =
                f._mm256_add_epi64(f._mm256_unpacklo_epi64(s, t), f._mm256_unpackhi_epi64(s, t));
            // Row by row, the one sample beside the other.
            let sums: [[i64; 2]; ROWS] = cast(sums);
            for r in 0..R {
                totals[2 * k][r] = sums[r][0];
                if 2 * k + 1 < FIVE {
                    totals[2 * k + 1][r] = sums[r][1];
                }
            }
        }
        totals
    }

    /// Of sixteen columns the first vector has the first and the third four, as a packing of two vectors
    /// takes them.
    #[inline(always)]
    fn place(column: usize) -> usize {
        let four = column / 4 % 4;
        column / 16 * 16 + four % 2 * 8 + four / 2 * 4 + column % 4
    }

    /// A change is a word of 16 bits: the sum of the factors has one bit more, a rate 15, and of the
    /// product 16 and at least one more are shifted out. Counts are in lanes of 16 bits.
    #[inline(always)]
    fn change(
        self,
        [mut saturated, mut lost]: [__m256i; 2],
        weights: &mut [i16; GROUP],
        factors: &[i32],
        pairs: &[Two],
        write: Write<'_>,
    ) -> [__m256i; 2] {
        let f = self.avx2;
        let mut sums = [[self.zero(); 2]; 4];
        for (pairs, &factors) in pairs.iter().zip(factors) {
            let factors = self.avx._mm256_set1_epi32(factors);
            for (sums, pairs) in sums.iter_mut().zip(pairs) {
                let pairs: [__m256i; 2] = cast(pairs.0);
                for (sum, pairs) in sums.iter_mut().zip(pairs) {
                    let products = f._mm256_madd_epi16(factors, pairs);
                    *sum = f._mm256_add_epi32(*sum, products);
                }
            }
        }
        let random: [__m256i; 4] = cast(*write.random);
        let shift = cast([i64::from(write.right), 0]);
        let zero = self.zero();
        let least = self.avx._mm256_set1_epi16(-32767);
        let words = weights.as_chunks_mut::<16>().0;
        for ((w, sums), random) in words.iter_mut().zip(sums).zip(random) {
            let random = [
                f._mm256_unpacklo_epi16(random, zero),
                f._mm256_unpackhi_epi16(random, zero),
            ];
            let mut changes = [zero; 2];
            let mut nothing = [zero; 2];
            for h in 0..2 {
                let exact = f._mm256_sra_epi32(sums[h], shift);
                changes[h] = f._mm256_srai_epi32::<16>(f._mm256_add_epi32(exact, random[h]));
                nothing[h] = f._mm256_cmpeq_epi32(exact, zero);
            }
            let change = f._mm256_packs_epi32(changes[0], changes[1]);
            let nothing = f._mm256_packs_epi32(nothing[0], nothing[1]);
            let old = cast(*w);
            let sum = f._mm256_add_epi16(old, change);
            let new = f._mm256_max_epi16(f._mm256_adds_epi16(old, change), least);
            *w = cast(new);
            let stays = f._mm256_cmpeq_epi16(change, zero);
            lost = f._mm256_sub_epi16(lost, f._mm256_andnot_si256(nothing, stays));
            // Minus one where it is kept, and one more in every lane.
            saturated = f._mm256_add_epi16(saturated, f._mm256_cmpeq_epi16(sum, new));
            saturated = f._mm256_sub_epi16(saturated, f._mm256_cmpeq_epi16(zero, zero));
        }
        [saturated, lost]
    }

    #[inline(always)]
    fn counted(self, counts: [__m256i; 2]) -> [u32; 2] {
        counts.map(
            #[inline(always)]
            |lanes| {
                let lanes: [u16; 16] = cast(lanes);
                lanes.iter().map(|&count| u32::from(count)).sum()
            },
        )
    }
}

/// A vector of a line.
#[inline(always)]
fn vector(line: &[i16; WORDS], part: usize) -> __m256i {
    cast::<[i16; WORDS], [__m256i; 2]>(*line)[part]
}
