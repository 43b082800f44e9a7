//! The formats of core's 16-bit precision with the kernels of this crate.

#[cfg(armv6m)]
use crate::armv6m as kernels;
#[cfg(dsp)]
use crate::armv7em as kernels;
use apical_core::activation::Phi;
use apical_core::batch::Block;
use apical_core::kernel::Into;
use apical_core::kernel::fixed::Gain;
use apical_core::precision::{Draw, Filter};
use apical_core::record::{Observe, Quantity};
use apical_core::{I16 as Core, Precision, Rounding};

/// Columns up to which a row's changes can be counted: two counters share a register.
const COUNTED: usize = 0xfffe;

/// [`apical_core::I16`] in assembly: the same formats, the same bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct I16;

type Weight = <Core as Precision>::Weight;
type Rate = <Core as Precision>::Rate;
type Potential = <Core as Precision>::Potential;
type Trace = <Core as Precision>::Trace;
type Coefficient = <Core as Precision>::Coefficient;

impl Precision for I16 {
    type Weight = Weight;
    type Rate = Rate;
    type Potential = Potential;
    type Trace = Trace;
    type Coefficient = Coefficient;
    type Gain = Gain;

    const GAINS: (f64, f64) = Core::GAINS;

    fn gain(value: f64) -> Option<Gain> {
        Core::gain(value)
    }

    #[inline(always)]
    fn mix<O: Observe>(terms: [(Coefficient, Potential); 3], observer: &mut O) -> Potential {
        Core::mix(terms, observer)
    }
    #[inline(always)]
    fn scale<O: Observe>(c: Coefficient, x: Potential, observer: &mut O) -> Potential {
        Core::scale(c, x, observer)
    }
    #[inline(always)]
    fn add<O: Observe>(a: Potential, b: Potential, observer: &mut O) -> Potential {
        Core::add(a, b, observer)
    }
    #[inline(always)]
    fn sub<O: Observe>(a: Potential, b: Potential, observer: &mut O) -> Potential {
        Core::sub(a, b, observer)
    }
    #[inline(always)]
    fn multiply<O: Observe>(a: Potential, b: Potential, observer: &mut O) -> Potential {
        Core::multiply(a, b, observer)
    }
    #[inline(always)]
    fn noise(word: i32, amplitude: Coefficient) -> Potential {
        Core::noise(word, amplitude)
    }
    #[inline(always)]
    fn rate<O: Observe>(wide: Potential, observer: &mut O) -> Rate {
        Core::rate(wide, observer)
    }
    #[inline(always)]
    fn widen(rate: Rate) -> Potential {
        Core::widen(rate)
    }
    #[inline(always)]
    fn activate(phi: &Phi<Self>, values: &mut [Potential]) {
        Core::activate(&phi.convert(), values);
    }
    #[inline(always)]
    fn slope(phi: &Phi<Self>, values: &mut [Potential]) {
        Core::slope(&phi.convert(), values);
    }

    #[inline(always)]
    fn mat_vec<O: Observe>(
        w: &[Weight],
        x: &[Rate],
        y: &mut [Potential],
        into: Into,
        observer: &mut O,
    ) {
        let saturated = kernels::mat_vec(w, x, y, into);
        observer.saturated(Quantity::Potential, saturated);
    }
    #[inline(always)]
    fn mat_vec_transposed<O: Observe>(
        w: &[Weight],
        x: &[Rate],
        y: &mut [Potential],
        into: Into,
        observer: &mut O,
    ) {
        let saturated = kernels::mat_vec_transposed(w, x, y, into);
        observer.saturated(Quantity::Potential, saturated);
    }

    /// A board learns from one sample at a time; what batches there are is core's.
    #[inline(always)]
    fn update<O: Observe>(
        w: &mut [Weight],
        block: Block,
        post: &[Potential],
        gain: Gain,
        pre: &[Rate],
        draw: Draw,
        observer: &mut O,
    ) {
        Core::update(w, block, post, gain, pre, draw, observer);
    }

    /// The modes that nobody trains with on a board, and rows too long to be counted, are core's.
    #[inline(always)]
    fn rank_one<O: Observe>(
        w: &mut [Weight],
        post: &[Potential],
        gain: Gain,
        pre: &[Rate],
        draw: Draw,
        observer: &mut O,
    ) {
        if draw.rounding != Rounding::Stochastic || (O::ON && pre.len() > COUNTED) {
            Core::rank_one(w, post, gain, pre, draw, observer);
        } else if O::ON {
            kernels::counted_rank_one(w, post, gain, pre, draw.key, observer);
        } else {
            kernels::rank_one(w, post, gain, pre, draw.key);
        }
    }
    #[inline(always)]
    fn filtered<O: Observe>(
        w: &mut [Weight],
        traces: &mut [Trace],
        post: &[Potential],
        gain: Gain,
        pre: &[Rate],
        filter: Filter<Self>,
        draw: Draw,
        observer: &mut O,
    ) {
        let Filter { k, learns } = filter;
        Core::filtered(
            w,
            traces,
            post,
            gain,
            pre,
            Filter { k, learns },
            draw,
            observer,
        );
    }
    #[inline(always)]
    fn decay<O: Observe>(w: &mut [Weight], fraction: Gain, draw: Draw, observer: &mut O) {
        Core::decay(w, fraction, draw, observer);
    }
}
