//! The most multiply-adds that this machine's registers can do.

use std::hint::black_box;
use std::time::Instant;

use apical::dispatch::dispatch;
use pulp::x86::{V3, V4};
use pulp::{Arch, Simd, WithSimd, cast};

/// Sums that are open at the same time: enough to hide the latency of an addition.
const SUMS: usize = 12;
/// Turns of a sample.
const TURNS: u32 = 2_000_000;
/// Samples, of which the fastest counts.
const SAMPLES: usize = 8;

/// Multiply-adds a nanosecond of one turn of `lanes` on so many threads.
fn best(threads: usize, lanes: usize, run: impl Fn(u32) + Sync) -> f64 {
    let one = || {
        let begin = Instant::now();
        run(TURNS);
        begin.elapsed().as_secs_f64() * 1e9
    };
    let work = (SUMS * lanes) as f64 * f64::from(TURNS) * threads as f64;
    let sample = || {
        std::thread::scope(|scope| {
            let all: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
            let times = all.into_iter().filter_map(|thread| thread.join().ok());
            work / times.fold(f64::MIN_POSITIVE, f64::max)
        })
    };
    (0..SAMPLES).map(|_| sample()).fold(0.0, f64::max)
}

struct Single(u32);

impl WithSimd for Single {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let factor = simd.splat_f32s(black_box(0.999));
        let mut sums = [simd.splat_f32s(black_box(1.0)); SUMS];
        for _ in 0..self.0 {
            for sum in &mut sums {
                *sum = simd.mul_add_f32s(*sum, factor, factor);
            }
        }
        let total = sums
            .into_iter()
            .fold(factor, |total, sum| simd.add_f32s(total, sum));
        black_box(simd.reduce_sum_f32s(total));
    }
}

/// f32, fused.
pub(crate) fn single(threads: usize) -> f64 {
    struct Lanes;
    impl WithSimd for Lanes {
        type Output = usize;
        fn with_simd<S: Simd>(self, _: S) -> usize {
            S::F32_LANES
        }
    }
    let arch = Arch::new();
    best(threads, arch.dispatch(Lanes), |turns| {
        arch.dispatch(Single(turns));
    })
}

/// i16, two products added in 32 bits, and another addition.
pub(crate) fn half(threads: usize) -> f64 {
    if let Some(simd) = V4::try_new() {
        return best(threads, 32, |turns| {
            dispatch(
                #[inline(always)]
                || {
                    let (f, bw) = (simd.avx512f, simd.avx512bw);
                    let mut factor = black_box(f._mm512_set1_epi32(3));
                    let mut sums = [cast::<_, core::arch::x86_64::__m512i>([1_i32; 16]); SUMS];
                    for _ in 0..turns {
                        for sum in &mut sums {
                            *sum = f._mm512_add_epi32(*sum, bw._mm512_madd_epi16(*sum, factor));
                        }
                    }
                    for sum in sums {
                        factor = f._mm512_add_epi32(factor, sum);
                    }
                    black_box(factor);
                },
            );
        });
    }
    if let Some(simd) = V3::try_new() {
        return best(threads, 16, |turns| {
            dispatch(
                #[inline(always)]
                || {
                    let f = simd.avx2;
                    let mut factor = black_box(cast([3_i32; 8]));
                    let mut sums = [cast::<_, core::arch::x86_64::__m256i>([1_i32; 8]); SUMS];
                    for _ in 0..turns {
                        for sum in &mut sums {
                            *sum = f._mm256_add_epi32(*sum, f._mm256_madd_epi16(*sum, factor));
                        }
                    }
                    for sum in sums {
                        factor = f._mm256_add_epi32(factor, sum);
                    }
                    black_box(factor);
                },
            );
        });
    }
    f64::NAN
}
