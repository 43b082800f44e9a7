//! A precision: one choice of format for every quantity, and the kernels on these formats.
//!
//! Network code is one text over [`Precision`]. Scalar operations are for the few words of a
//! neuron; everything that costs per synapse is a kernel, because a scalar multiply-accumulate
//! neither vectorises in floats nor has a wide sum in fixed point.

mod fixed;
mod float;

pub use fixed::Fixed;
pub use float::{F32, F64};

use crate::activation::Phi;
use crate::batch::Block;
use crate::kernel::Into;
use crate::random::Key;
use crate::record::Observe;
use crate::{Number, Rounding};
use ::fixed::types::extra::{U5, U12, U14, U24};
use ::fixed::{FixedI8, FixedI16, FixedI32};

/// 8-bit weights of 5 fractional bits (range 4), 16-bit rates of 14 (range 2), 32-bit potentials
/// and traces of 24 (range 128).
pub type I8 = Fixed<FixedI8<U5>, FixedI16<U14>, FixedI32<U24>, FixedI32<U24>>;
/// 16-bit weights of 12 fractional bits (range 8), 16-bit rates of 14 (range 2), 32-bit potentials
/// and traces of 24 (range 128).
pub type I16 = Fixed<FixedI16<U12>, FixedI16<U14>, FixedI32<U24>, FixedI32<U24>>;
/// As [`I16`] with 32-bit rates of 24 fractional bits (range 128): what rates of 16 bits cost.
pub type I16x32 = Fixed<FixedI16<U12>, FixedI32<U24>, FixedI32<U24>, FixedI32<U24>>;
/// 32 bits and 24 fractional bits for everything, 128-bit sums.
pub type I32 = Fixed<FixedI32<U24>, FixedI32<U24>, FixedI32<U24>, FixedI32<U24>>;

/// One choice of format for every quantity.
///
/// Ranges: a write beyond a format's range saturates and is reported to the observer. Rounding:
/// weights by the mode of the write, everything else to nearest even. In floats, IEEE 754.
pub trait Precision: Copy + Clone + core::fmt::Debug + Default + Send + Sync + 'static {
    /// Synaptic weights and biases.
    type Weight: Number;
    /// Firing rates as they are multiplied with weights.
    type Rate: Number;
    /// Potentials, errors, and rates before they are rounded.
    type Potential: Number;
    /// Low-pass filtered plasticity.
    type Trace: Number;
    /// Conductances times the time step, mixing factors: numbers of the size of one.
    type Coefficient: Number;
    /// Learning rates, which may be very small.
    type Gain: Copy + Default + core::fmt::Debug + Send + Sync;

    /// The smallest and the largest magnitude of a learning rate, besides zero.
    const GAINS: (f64, f64);

    /// A learning rate in the words of this precision; `None` where it cannot be held.
    fn gain(value: f64) -> Option<Self::Gain>;

    /// c0 x0 + c1 x1 + c2 x2, summed exactly in fixed point. Precondition: |c0| + |c1| + |c2| < 8.
    fn mix<O: Observe>(
        terms: [(Self::Coefficient, Self::Potential); 3],
        observer: &mut O,
    ) -> Self::Potential;
    /// c x.
    fn scale<O: Observe>(
        c: Self::Coefficient,
        x: Self::Potential,
        observer: &mut O,
    ) -> Self::Potential;
    /// a + b.
    fn add<O: Observe>(a: Self::Potential, b: Self::Potential, observer: &mut O)
    -> Self::Potential;
    /// a - b.
    fn sub<O: Observe>(a: Self::Potential, b: Self::Potential, observer: &mut O)
    -> Self::Potential;
    /// a b.
    fn multiply<O: Observe>(
        a: Self::Potential,
        b: Self::Potential,
        observer: &mut O,
    ) -> Self::Potential;
    /// An integer of [`Key::noise`] times the noise amplitude of one step.
    fn noise(word: i32, amplitude: Self::Coefficient) -> Self::Potential;
    /// A potential stored as a rate.
    fn rate<O: Observe>(wide: Self::Potential, observer: &mut O) -> Self::Rate;
    /// A rate in the width of potentials.
    fn widen(rate: Self::Rate) -> Self::Potential;

    /// phi of every potential, in place, in the width of potentials.
    fn activate(phi: &Phi<Self>, values: &mut [Self::Potential]);
    /// phi' of every potential, in place.
    fn slope(phi: &Phi<Self>, values: &mut [Self::Potential]);

    /// W x, with W of `y.len()` rows and `x.len()` columns.
    fn mat_vec<O: Observe>(
        w: &[Self::Weight],
        x: &[Self::Rate],
        y: &mut [Self::Potential],
        into: Into,
        observer: &mut O,
    );
    /// The transpose of W times x, with W of `x.len()` rows and `y.len()` columns.
    fn mat_vec_transposed<O: Observe>(
        w: &[Self::Weight],
        x: &[Self::Rate],
        y: &mut [Self::Potential],
        into: Into,
        observer: &mut O,
    );
    /// W + gain post pre^T, with W of `post.len()` rows and `pre.len()` columns.
    fn rank_one<O: Observe>(
        w: &mut [Self::Weight],
        post: &[Self::Potential],
        gain: Self::Gain,
        pre: &[Self::Rate],
        draw: Draw,
        observer: &mut O,
    );
    /// W + gain (sum over the samples of post pre^T) for the rows of a block: `w` has these rows,
    /// `post` the words of all rows, sample by sample, `pre` those of all columns. Each weight is
    /// changed once, by the sum: in fixed point the sum is exact, in floats in the order of the
    /// samples. With one sample the bits are those of [`Self::rank_one`].
    fn update<O: Observe>(
        w: &mut [Self::Weight],
        block: Block,
        post: &[Self::Potential],
        gain: Self::Gain,
        pre: &[Self::Rate],
        draw: Draw,
        observer: &mut O,
    );
    /// The low-pass filtered form: W + gain trace (with the trace as it was, and only if
    /// `filter.learns`), then trace + k (post pre^T - trace).
    #[expect(
        clippy::too_many_arguments,
        reason = "the kernel of an equation of this many terms"
    )]
    fn filtered<O: Observe>(
        w: &mut [Self::Weight],
        traces: &mut [Self::Trace],
        post: &[Self::Potential],
        gain: Self::Gain,
        pre: &[Self::Rate],
        filter: Filter<Self>,
        draw: Draw,
        observer: &mut O,
    );
    /// W - fraction W. Row i of the key are the words from 256 i.
    fn decay<O: Observe>(
        w: &mut [Self::Weight],
        fraction: Self::Gain,
        draw: Draw,
        observer: &mut O,
    );
}

/// Updates from one decay of the weights to the next, which is as many times as strong: a decay touches
/// every weight, and what it takes from one in a single update is far below an ulp of 16 bits.
pub const DECAY_INTERVAL: u32 = 64;

/// How the weights of one write are rounded, and with which random words.
#[derive(Clone, Copy, Debug)]
pub struct Draw {
    /// The mode.
    pub rounding: Rounding,
    /// Where the random words come from: row i of the matrix starts at the key's word i.
    pub key: Key,
}

/// The low-pass filter of plasticity.
#[derive(Clone, Copy, Debug)]
pub struct Filter<P: Precision> {
    /// dt / `tau_w`.
    pub k: P::Coefficient,
    /// Whether the trace reaches the weight in this step.
    pub learns: bool,
}
