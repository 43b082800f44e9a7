//! Activations in f32 and f64, out of additions, multiplications and divisions alone.
//!
//! Why not a library: `micromath` is good to three digits, and `libm`'s functions are branches
//! that do not vectorise. These are straight-line code that every machine evaluates in the same
//! order, so the bits are the same everywhere; they are tested against `libm`. `docs/numerics.md`
//! has the measured errors.

use super::Phi;
use crate::{F32, F64};

macro_rules! float_activation {
    (
        $values:ident, $slopes:ident, $module:ident, $tag:ty, $float:ident, $lanes:literal,
        limit: $limit:literal, magic: $magic:literal, bias: $bias:literal, mantissa: $mantissa:literal,
        ln2: ($hi:literal, $lo:literal), exp: $exp:expr, log: $log:expr
    ) => {
        /// phi of every potential, in place.
        #[inline(always)]
        pub(crate) fn $values(phi: &Phi<$tag>, values: &mut [$float]) {
            match *phi {
                Phi::Logistic => $module::lanes(
                    values,
                    #[inline(always)]
                    |x| 1.0 / (1.0 + $module::exp(-x)),
                ),
                Phi::Softplus { gamma, beta, theta } => {
                    $module::lanes(
                        values,
                        #[inline(always)]
                        |x| gamma * $module::softplus(beta * (x - theta)),
                    );
                }
                Phi::Tanh => $module::lanes(
                    values,
                    #[inline(always)]
                    |x| $module::tanh(x),
                ),
                Phi::HardSigmoid => $module::lanes(
                    values,
                    #[inline(always)]
                    |x| {
                        let y = x * 0.25 + 0.5;
                        if y < 0.0 {
                            0.0
                        } else if y > 1.0 {
                            1.0
                        } else {
                            y
                        }
                    },
                ),
                Phi::Rectified => $module::lanes(
                    values,
                    #[inline(always)]
                    |x| if x < 0.0 { 0.0 } else { x },
                ),
            }
        }

        /// phi' of every potential, in place.
        #[inline(always)]
        pub(crate) fn $slopes(phi: &Phi<$tag>, values: &mut [$float]) {
            match *phi {
                Phi::Logistic => $module::lanes(
                    values,
                    #[inline(always)]
                    |x| {
                        let y = 1.0 / (1.0 + $module::exp(-x));
                        y * (1.0 - y)
                    },
                ),
                Phi::Softplus { gamma, beta, theta } => $module::lanes(
                    values,
                    #[inline(always)]
                    |x| gamma * beta / (1.0 + $module::exp(-(beta * (x - theta)))),
                ),
                Phi::Tanh => $module::lanes(
                    values,
                    #[inline(always)]
                    |x| {
                        let y = $module::tanh(x);
                        1.0 - y * y
                    },
                ),
                Phi::HardSigmoid => $module::lanes(
                    values,
                    #[inline(always)]
                    |x| if (-2.0..2.0).contains(&x) { 0.25 } else { 0.0 },
                ),
                Phi::Rectified => $module::lanes(
                    values,
                    #[inline(always)]
                    |x| if x < 0.0 { 0.0 } else { 1.0 },
                ),
            }
        }

        mod $module {
            /// exp(x), x cut off where the result would leave the normal numbers; NaN stays NaN.
            ///
            /// x = k ln 2 + r with k the nearest integer: exp(x) = 2^k exp(r), |r| < 0.347, exp(r)
            /// by its Taylor polynomial.
            #[inline(always)]
            pub(super) fn exp(x: $float) -> $float {
                let x = if x > $limit {
                    $limit
                } else if x < -$limit {
                    -$limit
                } else {
                    x
                };
                // Adding 1.5 x 2^mantissa leaves k in the lowest bits of the sum.
                let shifted = x * core::$float::consts::LOG2_E + $magic;
                let k = shifted - $magic;
                let r = (x - k * $hi) - k * $lo;
                let [first, coefficients @ ..] = $exp;
                let mut p: $float = first;
                for c in coefficients {
                    p = p * r + c;
                }
                let scale = $float::from_bits(shifted.to_bits().wrapping_add($bias) << $mantissa);
                p * scale
            }

            /// log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|)).
            ///
            /// log(1 + y) = 2 artanh(z), z = y / (2 + y), 0 <= z <= 1/3, by its power series.
            #[inline(always)]
            pub(super) fn softplus(x: $float) -> $float {
                let y = exp(-if x < 0.0 { -x } else { x });
                let z = y / (2.0 + y);
                let square = z * z;
                let [first, coefficients @ ..] = $log;
                let mut p: $float = first;
                for c in coefficients {
                    p = p * square + c;
                }
                (if x < 0.0 { 0.0 } else { x }) + 2.0 * z * p
            }

            /// tanh(x) = (1 - e) / (1 + e) with e = exp(-2 |x|), and the sign of x.
            #[inline(always)]
            pub(super) fn tanh(x: $float) -> $float {
                let e = exp(-2.0 * if x < 0.0 { -x } else { x });
                let y = (1.0 - e) / (1.0 + e);
                if x < 0.0 { -y } else { y }
            }

            /// Neighbours that are evaluated together: two of the longest vectors, because each
            /// step of a polynomial waits for the one before it. One by one without vectors.
            const LANES: usize = if crate::kernel::VECTORS { $lanes } else { 1 };

            /// Applies `f` in groups of lanes, the last of them padded, so that `f` is compiled
            /// once and as vectors.
            #[inline(always)]
            pub(super) fn lanes(values: &mut [$float], f: impl Fn($float) -> $float) {
                for group in values.chunks_mut(LANES) {
                    let mut lanes = [0.0; LANES];
                    if let Some(full) = group.first_chunk() {
                        lanes = *full;
                    } else {
                        for (lane, &value) in lanes.iter_mut().zip(&*group) {
                            *lane = value;
                        }
                    }
                    for lane in &mut lanes {
                        *lane = f(*lane);
                    }
                    if let Some(full) = group.first_chunk_mut() {
                        *full = lanes;
                    } else {
                        for (value, &lane) in group.iter_mut().zip(&lanes) {
                            *value = lane;
                        }
                    }
                }
            }
        }
    };
}

float_activation!(
    values_f64, slopes_f64, double, F64, f64, 16,
    limit: 708.0, magic: 6_755_399_441_055_744.0, bias: 1023, mantissa: 52,
    ln2: (0.693_147_180_369_123_8, 1.908_214_929_270_587_7e-10),
    exp: [
        1.0 / 6_227_020_800.0, 1.0 / 479_001_600.0, 1.0 / 39_916_800.0, 1.0 / 3_628_800.0,
        1.0 / 362_880.0, 1.0 / 40_320.0, 1.0 / 5_040.0, 1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0,
        1.0 / 6.0, 0.5, 1.0, 1.0,
    ],
    log: [
        1.0 / 33.0, 1.0 / 31.0, 1.0 / 29.0, 1.0 / 27.0, 1.0 / 25.0, 1.0 / 23.0, 1.0 / 21.0,
        1.0 / 19.0, 1.0 / 17.0, 1.0 / 15.0, 1.0 / 13.0, 1.0 / 11.0, 1.0 / 9.0, 1.0 / 7.0,
        1.0 / 5.0, 1.0 / 3.0, 1.0,
    ]
);
float_activation!(
    values_f32, slopes_f32, single, F32, f32, 32,
    limit: 87.0, magic: 12_582_912.0, bias: 127, mantissa: 23,
    ln2: (0.693_145_75, 1.428_606_8e-6),
    exp: [
        1.0 / 5_040.0, 1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0,
    ],
    log: [
        1.0 / 15.0, 1.0 / 13.0, 1.0 / 11.0, 1.0 / 9.0, 1.0 / 7.0, 1.0 / 5.0, 1.0 / 3.0, 1.0,
    ]
);

#[cfg(test)]
mod tests {
    use super::*;

    /// Error of `got` in units of the last place of a number of the size of `want`, at least `floor`.
    fn ulps(got: f64, want: f64, epsilon: f64, floor: f64) -> f64 {
        (got - want).abs() / (want.abs().max(floor) * epsilon)
    }

    #[test]
    fn functions_agree_with_libm() {
        let (mut worst64, mut worst32) = ([0.0_f64; 4], [0.0_f64; 4]);
        for i in -200_000..=200_000_i32 {
            let x = f64::from(i) * 1.7e-4;
            let x32 = x as f32;
            let wide = f64::from(x32);
            let want = |x: f64| {
                let e = libm::exp(-x.abs());
                let softplus = x.max(0.0) + libm::log1p(e);
                [
                    libm::exp(x),
                    1.0 / (1.0 + libm::exp(-x)),
                    softplus,
                    libm::tanh(x),
                ]
            };
            let have64 = [
                double::exp(x),
                1.0 / (1.0 + double::exp(-x)),
                double::softplus(x),
                double::tanh(x),
            ];
            let have32 = [
                single::exp(x32),
                1.0 / (1.0 + single::exp(-x32)),
                single::softplus(x32),
                single::tanh(x32),
            ];
            for j in 0..4 {
                // tanh is judged against an ulp of one half near zero: it is a difference of ones.
                let floor = if j == 3 { 0.5 } else { 0.0 };
                worst64[j] = worst64[j].max(ulps(have64[j], want(x)[j], f64::EPSILON, floor));
                worst32[j] = worst32[j].max(ulps(
                    have32[j].into(),
                    want(wide)[j],
                    f32::EPSILON.into(),
                    floor,
                ));
            }
        }
        for (j, bound) in [1.1, 1.5, 2.7, 2.1].into_iter().enumerate() {
            assert!(worst64[j] < bound, "f64 function {j}: {} ulp", worst64[j]);
            assert!(worst32[j] < bound, "f32 function {j}: {} ulp", worst32[j]);
        }
    }

    #[test]
    fn pinned_values_are_the_same_on_every_machine() {
        // The trap of micromath: a method that silently becomes std's. These are not std's bits
        // by chance alone, so a change of function shows here.
        assert_eq!(
            double::exp(1.0).to_bits(),
            PIN_EXP_F64,
            "{:x}",
            double::exp(1.0).to_bits()
        );
        assert_eq!(
            single::exp(1.3).to_bits(),
            PIN_EXP_F32,
            "{:x}",
            single::exp(1.3).to_bits()
        );
    }
    const PIN_EXP_F64: u64 = 0x4005_bf0a_8b14_576a;
    const PIN_EXP_F32: u32 = 0x406a_d5c1;

    #[test]
    fn extremes_stay_in_range_and_nan_stays() {
        for x in [f64::INFINITY, 1e300, -1e300, f64::NEG_INFINITY] {
            assert!(double::exp(x).is_finite());
            assert!((0.0..=1.0).contains(&(1.0 / (1.0 + double::exp(-x)))));
        }
        assert!(double::exp(f64::NAN).is_nan() && single::exp(f32::NAN).is_nan());
    }
}
