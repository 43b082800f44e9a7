//! Fixed point as a precision: any formats of the `fixed` crate up to 32 bits.

use super::{Draw, Filter, Precision};
use crate::activation::{Phi, fixed as phi_of};
use crate::batch::Block;
use crate::kernel::Into;
use crate::kernel::fixed::{
    Gain, Multiply, decay, filtered, mat_vec, mat_vec_transposed, rank_one, update,
};
use crate::number::FixedNumber;
use crate::number::rounding::{NearestEven, Round};
use crate::record::{Observe, Quantity};
use ::fixed::FixedI32;
use ::fixed::types::extra::U28;
use core::marker::PhantomData;

/// Weights in `W`, rates in `R`, potentials in `U`, traces in `T`.
///
/// `U` must have 32 bits and 7 to 28 fractional ones, which the activation tables rely on; other
/// formats do not compile. Coefficients have 28 fractional bits (range 8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fixed<W, R, U, T>(PhantomData<(W, R, U, T)>);

type Coefficient = FixedI32<U28>;

#[inline(always)]
fn put<U: FixedNumber, O: Observe>(raw: i64, observer: &mut O) -> U {
    if O::ON {
        observer.saturated(Quantity::Potential, u32::from(U::exceeds(raw)));
    }
    U::saturate(raw)
}

/// Applies `f` to every potential. `f` must be marked to be inlined: what is not inlined is not
/// compiled for the instruction set of the caller's dispatch.
#[inline(always)]
fn each<U: Copy>(values: &mut [U], f: impl Fn(U) -> U) {
    for value in values {
        *value = f(*value);
    }
}

impl<W, R, U, T> Precision for Fixed<W, R, U, T>
where
    W: Multiply<R>,
    R: FixedNumber,
    U: FixedNumber,
    T: FixedNumber,
{
    type Weight = W;
    type Rate = R;
    type Potential = U;
    type Trace = T;
    type Coefficient = Coefficient;
    type Gain = Gain;

    const GAINS: (f64, f64) = (8.7e-19, 2_147_483_647.0);

    fn gain(value: f64) -> Option<Gain> {
        const {
            assert!(U::MAX_RAW == i32::MAX, "potentials must have 32 bits");
            assert!(
                U::FRAC >= 7 && U::FRAC <= 28,
                "potentials need 7 to 28 fractional bits"
            );
        }
        Gain::new(value)
    }

    #[inline(always)]
    fn mix<O: Observe>(terms: [(Coefficient, U); 3], observer: &mut O) -> U {
        let [a, b, c] = terms.map(|(c, x)| c.raw() as i64 * x.raw() as i64);
        let sum = a.wrapping_add(b).wrapping_add(c);
        put(NearestEven::shift(sum, Coefficient::FRAC, 0), observer)
    }
    #[inline(always)]
    fn scale<O: Observe>(c: Coefficient, x: U, observer: &mut O) -> U {
        let product = c.raw() as i64 * x.raw() as i64;
        put(NearestEven::shift(product, Coefficient::FRAC, 0), observer)
    }
    #[inline(always)]
    fn add<O: Observe>(a: U, b: U, observer: &mut O) -> U {
        put(a.raw() as i64 + b.raw() as i64, observer)
    }
    #[inline(always)]
    fn sub<O: Observe>(a: U, b: U, observer: &mut O) -> U {
        put(a.raw() as i64 - b.raw() as i64, observer)
    }
    #[inline(always)]
    fn multiply<O: Observe>(a: U, b: U, observer: &mut O) -> U {
        put(
            NearestEven::shift(a.raw() as i64 * b.raw() as i64, U::FRAC, 0),
            observer,
        )
    }
    #[inline(always)]
    fn noise(word: i32, amplitude: Coefficient) -> U {
        let product = word as i64 * amplitude.raw() as i64;
        U::saturate(NearestEven::shift(product, Coefficient::FRAC - U::FRAC, 0))
    }
    #[inline(always)]
    fn rate<O: Observe>(wide: U, observer: &mut O) -> R {
        let raw = if U::FRAC >= R::FRAC {
            NearestEven::shift(wide.raw() as i64, U::FRAC - R::FRAC, 0)
        } else {
            (wide.raw() as i64) << (R::FRAC - U::FRAC)
        };
        if O::ON {
            observer.saturated(Quantity::Rate, u32::from(R::exceeds(raw)));
        }
        R::saturate(raw)
    }
    #[inline(always)]
    fn widen(rate: R) -> U {
        if U::FRAC >= R::FRAC {
            U::saturate((rate.raw() as i64) << (U::FRAC - R::FRAC))
        } else {
            U::saturate(NearestEven::shift(rate.raw() as i64, R::FRAC - U::FRAC, 0))
        }
    }

    #[inline(always)]
    fn activate(phi: &Phi<Self>, values: &mut [U]) {
        match *phi {
            Phi::Logistic => each(
                values,
                #[inline(always)]
                |u| phi_of::logistic(u),
            ),
            Phi::Softplus { gamma, beta, theta } => {
                each(
                    values,
                    #[inline(always)]
                    |u| phi_of::softplus(u, gamma, beta, theta),
                );
            }
            Phi::Tanh => each(
                values,
                #[inline(always)]
                |u| phi_of::tanh(u),
            ),
            Phi::HardSigmoid => each(
                values,
                #[inline(always)]
                |u| phi_of::hard_sigmoid(u),
            ),
            Phi::Rectified => each(
                values,
                #[inline(always)]
                |u| phi_of::rectified(u),
            ),
        }
    }
    #[inline(always)]
    fn slope(phi: &Phi<Self>, values: &mut [U]) {
        match *phi {
            Phi::Logistic => each(
                values,
                #[inline(always)]
                |u| phi_of::logistic_slope(u),
            ),
            Phi::Softplus { gamma, beta, theta } => {
                each(
                    values,
                    #[inline(always)]
                    |u| phi_of::softplus_slope(u, gamma, beta, theta),
                );
            }
            Phi::Tanh => each(
                values,
                #[inline(always)]
                |u| phi_of::tanh_slope(u),
            ),
            Phi::HardSigmoid => each(
                values,
                #[inline(always)]
                |u| phi_of::hard_sigmoid_slope(u),
            ),
            Phi::Rectified => each(
                values,
                #[inline(always)]
                |u| phi_of::rectified_slope(u),
            ),
        }
    }

    #[inline(always)]
    fn mat_vec<O: Observe>(w: &[W], x: &[R], y: &mut [U], into: Into, observer: &mut O) {
        mat_vec(w, x, y, into, observer);
    }
    #[inline(always)]
    fn mat_vec_transposed<O: Observe>(w: &[W], x: &[R], y: &mut [U], into: Into, observer: &mut O) {
        mat_vec_transposed(w, x, y, into, observer);
    }
    #[inline(always)]
    fn rank_one<O: Observe>(
        w: &mut [W],
        post: &[U],
        gain: Gain,
        pre: &[R],
        draw: Draw,
        observer: &mut O,
    ) {
        rank_one(w, post, gain, pre, draw.rounding, draw.key, observer);
    }
    #[inline(always)]
    fn update<O: Observe>(
        w: &mut [W],
        block: Block,
        post: &[U],
        gain: Gain,
        pre: &[R],
        draw: Draw,
        observer: &mut O,
    ) {
        update(w, block, post, gain, pre, draw, observer);
    }
    #[inline(always)]
    fn filtered<O: Observe>(
        w: &mut [W],
        traces: &mut [T],
        post: &[U],
        gain: Gain,
        pre: &[R],
        filter: Filter<Self>,
        draw: Draw,
        observer: &mut O,
    ) {
        let Filter { k, learns } = filter;
        filtered(
            w,
            traces,
            post,
            pre,
            gain,
            k,
            learns,
            draw.rounding,
            draw.key,
            observer,
        );
    }
    #[inline(always)]
    fn decay<O: Observe>(w: &mut [W], fraction: Gain, draw: Draw, observer: &mut O) {
        decay(w, fraction, draw.rounding, draw.key, observer);
    }
}
