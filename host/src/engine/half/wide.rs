//! AVX-512: a line is one vector.

use core::arch::x86_64::{__m256i, __m512i};
use std::ops::Range;

use pulp::bytemuck::cast;
use pulp::x86::V4;

use super::WORDS;
use super::vectors::{Five, GROUP, Sums, Two, Vectors, Write};
use crate::engine::line::FIVE;

/// Rows whose sums fill the registers.
pub(super) const ROWS: usize = 4;

impl Vectors for V4 {
    type Vector = __m512i;

    const PARTS: usize = 1;

    #[inline(always)]
    fn zero(self) -> __m512i {
        self.avx512f._mm512_set1_epi32(0)
    }

    #[inline(always)]
    fn multiply_add<const R: usize>(
        self,
        mut sums: Sums<__m512i, R>,
        w: [&[i16; WORDS]; R],
        x: &Five,
        _: Range<usize>,
    ) -> Sums<__m512i, R> {
        let w: [__m512i; R] = w.map(
            #[inline(always)]
            |w| cast(*w),
        );
        for s in 0..FIVE {
            let x = cast(x[s].0);
            for r in 0..R {
                let pairs = self.avx512bw._mm512_madd_epi16(w[r], x);
                sums[s][r] = self.avx512f._mm512_add_epi32(sums[s][r], pairs);
            }
        }
        sums
    }

    #[inline(always)]
    fn widen(self, wide: __m512i, lanes: __m512i) -> __m512i {
        let f = self.avx512f;
        let low = f._mm512_cvtepi32_epi64(f._mm512_castsi512_si256(lanes));
        let high = f._mm512_cvtepi32_epi64(f._mm512_extracti64x4_epi64::<1>(lanes));
        f._mm512_add_epi64(wide, f._mm512_add_epi64(low, high))
    }

    /// Four rows share their vectors.
    #[inline(always)]
    fn add_up<const R: usize>(self, sums: Sums<__m512i, R>) -> Sums<i64, R> {
        let f = self.avx512f;
        let mut totals = [[0; R]; FIVE];
        if R != ROWS {
            for s in 0..FIVE {
                for r in 0..R {
                    totals[s][r] = f._mm512_reduce_add_epi64(sums[s][r]);
                }
            }
            return totals;
        }
        let mut pairs = [self.zero(); FIVE];
        for s in 0..FIVE {
            let mut wide = [pairs[0]; ROWS];
            wide[..R].copy_from_slice(&sums[s]);
            let [a, b, c, d] = wide;
            pairs[s] = quarters(self, halves(self, a, b), halves(self, c, d));
        }
        let [a, b, c, d, e] = pairs;
        for (k, [s, t]) in [[a, b], [c, d], [e, e]].into_iter().enumerate() {
            let sums =
                f._mm512_add_epi64(f._mm512_unpacklo_epi64(s, t), f._mm512_unpackhi_epi64(s, t));
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

    #[inline(always)]
    fn place(column: usize) -> usize {
        column
    }

    #[inline(always)]
    fn change(
        self,
        [mut saturated, mut lost]: [__m512i; 2],
        weights: &mut [i16; GROUP],
        factors: &[i32],
        pairs: &[Two],
        write: Write<'_>,
    ) -> [__m512i; 2] {
        let (f, bw) = (self.avx512f, self.avx512bw);
        let mut sums = [self.zero(); 4];
        for (pairs, &factors) in pairs.iter().zip(factors) {
            let factors = f._mm512_set1_epi32(factors);
            for (sum, pairs) in sums.iter_mut().zip(pairs) {
                let products = bw._mm512_madd_epi16(factors, cast(pairs.0));
                *sum = f._mm512_add_epi32(*sum, products);
            }
        }
        let random: [[u16; 16]; 4] = cast(*write.random);
        let shift = cast([i64::from(write.right), 0]);
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
            let gone = f._mm512_mask_cmpneq_epi32_mask(nothing, exact, zero);
            lost = f._mm512_mask_sub_epi32(lost, gone, lost, minus);
            let cut = f._mm512_cmpneq_epi32_mask(sum, new);
            saturated = f._mm512_mask_sub_epi32(saturated, cut, saturated, minus);
        }
        [saturated, lost]
    }

    #[inline(always)]
    fn counted(self, counts: [__m512i; 2]) -> [u32; 2] {
        counts.map(
            #[inline(always)]
            |lanes| cast::<_, [u32; 16]>(lanes).iter().sum(),
        )
    }
}

/// Four lanes of a, four of b.
#[inline(always)]
fn halves(simd: V4, a: __m512i, b: __m512i) -> __m512i {
    let f = simd.avx512f;
    f._mm512_add_epi64(
        f._mm512_shuffle_i64x2::<0b01_00_01_00>(a, b),
        f._mm512_shuffle_i64x2::<0b11_10_11_10>(a, b),
    )
}

/// Two lanes of each sum in two halves.
#[inline(always)]
fn quarters(simd: V4, ab: __m512i, cd: __m512i) -> __m512i {
    let f = simd.avx512f;
    f._mm512_add_epi64(
        f._mm512_shuffle_i64x2::<0b10_00_10_00>(ab, cd),
        f._mm512_shuffle_i64x2::<0b11_01_11_01>(ab, cd),
    )
}
