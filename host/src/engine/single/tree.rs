//! The trees at the end of sums: the upper half of the lanes is added to the lower half until one is
//! left. Twenty of them share their vectors where a vector has sixteen lanes.

use pulp::{Simd, bytemuck};

use super::LANES;
use crate::engine::line::FIVE;

/// Sixteen lanes for each of some rows and five samples.
pub(super) type Sums<S, const VECTORS: usize, const ROWS: usize> =
    [[[<S as Simd>::f32s; VECTORS]; ROWS]; FIVE];

/// How this machine adds lanes up.
#[derive(Clone, Copy)]
pub(super) struct Trees {
    #[cfg(target_arch = "x86_64")]
    wide: Option<pulp::x86::V4>,
}

impl Trees {
    pub(super) fn new() -> Self {
        Self {
            #[cfg(target_arch = "x86_64")]
            wide: pulp::x86::V4::try_new(),
        }
    }

    /// Every sum.
    #[inline(always)]
    pub(super) fn of<S: Simd, const VECTORS: usize, const ROWS: usize>(
        self,
        sums: Sums<S, VECTORS, ROWS>,
    ) -> [[f32; ROWS]; FIVE] {
        let mut trees = [[0.0; ROWS]; FIVE];
        #[cfg(target_arch = "x86_64")]
        if VECTORS == 1
            && ROWS == 4
            && let Some(simd) = self.wide
        {
            let mut lanes = [[simd.avx512f._mm512_set1_ps(0.0); 4]; FIVE];
            for s in 0..FIVE {
                for r in 0..ROWS {
                    lanes[s][r] = bytemuck::cast(sums[s][r][0]);
                }
            }
            let fours = wide::trees(simd, lanes);
            for s in 0..FIVE {
                for r in 0..ROWS {
                    trees[s][r] = fours[s][r];
                }
            }
            return trees;
        }
        for s in 0..FIVE {
            for r in 0..ROWS {
                let mut lanes = [0.0; LANES];
                for v in 0..VECTORS {
                    let words = [sums[s][r][v]];
                    let words: &[f32] = bytemuck::cast_slice(&words);
                    lanes[v * words.len()..][..words.len()].copy_from_slice(words);
                }
                trees[s][r] = tree(&lanes);
            }
        }
        trees
    }
}

/// The tree of one sum.
#[inline(always)]
fn tree(lanes: &[f32; LANES]) -> f32 {
    let lanes: [f32; 8] = std::array::from_fn(
        #[inline(always)]
        |i| lanes[i] + lanes[i + 8],
    );
    let lanes: [f32; 4] = std::array::from_fn(
        #[inline(always)]
        |i| lanes[i] + lanes[i + 4],
    );
    (lanes[0] + lanes[2]) + (lanes[1] + lanes[3])
}

#[cfg(target_arch = "x86_64")]
mod wide {
    use core::arch::x86_64::__m512;
    use pulp::bytemuck::cast;
    use pulp::x86::V4;

    use super::FIVE;

    /// The sums of four rows for each sample: a quarter of the last vector is a sample.
    #[inline(always)]
    pub(super) fn trees(simd: V4, lanes: [[__m512; 4]; FIVE]) -> [[f32; 4]; FIVE] {
        let [a, b, c, d, last] = lanes;
        let mut quarters = [a[0]; 4];
        for r in 0..4 {
            quarters[r] = quarter(simd, half(simd, a[r], b[r]), half(simd, c[r], d[r]));
        }
        let [a, b, c, d]: [[f32; 4]; 4] = cast(single(simd, quarters));
        // The fifth sample by itself: a quarter of a vector is a row.
        let [low, high] = [half(simd, last[0], last[1]), half(simd, last[2], last[3])];
        let rows: [[f32; 4]; 4] = cast(single(simd, [quarter(simd, low, high); 4]));
        [a, b, c, d, [rows[0][0], rows[1][0], rows[2][0], rows[3][0]]]
    }

    /// Lanes i + 8 to lanes i: eight of a, eight of b.
    #[inline(always)]
    fn half(simd: V4, a: __m512, b: __m512) -> __m512 {
        let f = simd.avx512f;
        f._mm512_add_ps(
            f._mm512_shuffle_f32x4::<0b01_00_01_00>(a, b),
            f._mm512_shuffle_f32x4::<0b11_10_11_10>(a, b),
        )
    }

    /// Lanes i + 4 to lanes i of two halves each: four of each sum.
    #[inline(always)]
    fn quarter(simd: V4, ab: __m512, cd: __m512) -> __m512 {
        let f = simd.avx512f;
        f._mm512_add_ps(
            f._mm512_shuffle_f32x4::<0b10_00_10_00>(ab, cd),
            f._mm512_shuffle_f32x4::<0b11_01_11_01>(ab, cd),
        )
    }

    /// The last two levels: word j of every quarter is the sum that the quarter had in vector j.
    #[inline(always)]
    fn single(simd: V4, [a, b, c, d]: [__m512; 4]) -> __m512 {
        let f = simd.avx512f;
        let low = f._mm512_add_ps(
            f._mm512_shuffle_ps::<0b01_00_01_00>(a, b),
            f._mm512_shuffle_ps::<0b11_10_11_10>(a, b),
        );
        let high = f._mm512_add_ps(
            f._mm512_shuffle_ps::<0b01_00_01_00>(c, d),
            f._mm512_shuffle_ps::<0b11_10_11_10>(c, d),
        );
        f._mm512_add_ps(
            f._mm512_shuffle_ps::<0b10_00_10_00>(low, high),
            f._mm512_shuffle_ps::<0b11_01_11_01>(low, high),
        )
    }
}
