//! f32 and f64 as precisions: every quantity in one format.

use super::{Draw, Filter, Precision};
use crate::activation::{Phi, float};
use crate::batch::Block;
use crate::kernel::Into;
use crate::kernel::float::{double, single};
use crate::record::Observe;

/// Every quantity in f64: the reference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct F64;

/// Every quantity in f32.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct F32;

macro_rules! float_precision {
    ($tag:ident, $float:ident, $kernels:ident, $values:ident, $slopes:ident) => {
        impl Precision for $tag {
            type Weight = $float;
            type Rate = $float;
            type Potential = $float;
            type Trace = $float;
            type Coefficient = $float;
            type Gain = $float;

            const GAINS: (f64, f64) = ($float::MIN_POSITIVE as f64, $float::MAX as f64);

            fn gain(value: f64) -> Option<$float> {
                let gain = value as $float;
                gain.is_finite().then_some(gain)
            }
            #[inline(always)]
            fn mix<O: Observe>(terms: [($float, $float); 3], _: &mut O) -> $float {
                let [(a, x), (b, y), (c, z)] = terms;
                a * x + b * y + c * z
            }
            #[inline(always)]
            fn scale<O: Observe>(c: $float, x: $float, _: &mut O) -> $float {
                c * x
            }
            #[inline(always)]
            fn add<O: Observe>(a: $float, b: $float, _: &mut O) -> $float {
                a + b
            }
            #[inline(always)]
            fn sub<O: Observe>(a: $float, b: $float, _: &mut O) -> $float {
                a - b
            }
            #[inline(always)]
            fn multiply<O: Observe>(a: $float, b: $float, _: &mut O) -> $float {
                a * b
            }
            #[inline(always)]
            fn noise(word: i32, amplitude: $float) -> $float {
                word as $float * amplitude
            }
            #[inline(always)]
            fn rate<O: Observe>(wide: $float, _: &mut O) -> $float {
                wide
            }
            #[inline(always)]
            fn widen(rate: $float) -> $float {
                rate
            }
            #[inline(always)]
            fn activate(phi: &Phi<Self>, values: &mut [$float]) {
                float::$values(phi, values);
            }
            #[inline(always)]
            fn slope(phi: &Phi<Self>, values: &mut [$float]) {
                float::$slopes(phi, values);
            }
            #[inline(always)]
            fn mat_vec<O: Observe>(
                w: &[$float],
                x: &[$float],
                y: &mut [$float],
                into: Into,
                _: &mut O,
            ) {
                $kernels::mat_vec(w, x, y, into);
            }
            #[inline(always)]
            fn mat_vec_transposed<O: Observe>(
                w: &[$float],
                x: &[$float],
                y: &mut [$float],
                into: Into,
                _: &mut O,
            ) {
                $kernels::mat_vec_transposed(w, x, y, into);
            }
            #[inline(always)]
            fn rank_one<O: Observe>(
                w: &mut [$float],
                post: &[$float],
                gain: $float,
                pre: &[$float],
                _: Draw,
                observer: &mut O,
            ) {
                $kernels::rank_one(w, post.iter().map(|&p| gain * p), pre, observer);
            }
            #[inline(always)]
            fn update<O: Observe>(
                w: &mut [$float],
                block: Block,
                post: &[$float],
                gain: $float,
                pre: &[$float],
                _: Draw,
                observer: &mut O,
            ) {
                $kernels::update(w, block, post, gain, pre, observer);
            }
            #[inline(always)]
            fn filtered<O: Observe>(
                w: &mut [$float],
                traces: &mut [$float],
                post: &[$float],
                gain: $float,
                pre: &[$float],
                filter: Filter<Self>,
                _: Draw,
                observer: &mut O,
            ) {
                let Filter { k, learns } = filter;
                $kernels::filtered(w, traces, post, pre, gain, k, learns, observer);
            }
            #[inline(always)]
            fn decay<O: Observe>(w: &mut [$float], fraction: $float, _: Draw, observer: &mut O) {
                $kernels::decay(w, fraction, observer);
            }
        }
    };
}

float_precision!(F64, f64, double, values_f64, slopes_f64);
float_precision!(F32, f32, single, values_f32, slopes_f32);
