//! How many samples a network steps at once.
//!
//! A mini-batch is several samples on the same weights: activity for each of them, weights shared,
//! weight changes summed. The equations are one text for one sample and for many; what differs is
//! a [`Batch`], which knows how many there are and has the kernels that touch synapses. In every
//! array of an activity the words of a layer stand sample by sample: all of the first, then all of
//! the second.
//!
//! [`One`] is a device: the precision's own kernels, without a trace of batches in the machine code.

use crate::Precision;
use crate::activation::Phi;
use crate::kernel::Into;
use crate::precision::{Draw, Filter};
use crate::record::Observe;

/// The most samples of a batch: kernels keep a word for each on the stack.
pub const MAX_SAMPLES: usize = 64;

/// Some rows of a matrix that a batch changes.
#[derive(Clone, Copy, Debug)]
pub struct Block {
    /// The first of these rows in the matrix.
    pub first: usize,
    /// Samples of the batch, at most [`MAX_SAMPLES`].
    pub samples: usize,
}

/// The samples of a step and the kernels on them.
///
/// An implementation may divide the work as it likes. What it computes is given: each sample's
/// products as [`Precision::mat_vec`] has them, each row's change as [`Precision::update`] has it.
pub trait Batch<P: Precision> {
    /// One presynaptic word for each sample, as a threshold has it.
    type Ones: AsRef<[P::Rate]>;

    /// Samples that are stepped at once: 1 to [`MAX_SAMPLES`].
    fn samples(&self) -> usize;

    /// `one` for each sample.
    fn ones(&self, one: P::Rate) -> Self::Ones;

    /// phi of every potential, in place.
    fn activate(&self, phi: &Phi<P>, values: &mut [P::Potential]);

    /// r = phi(u): `values` are wide, and `rates` what presynaptic rates are made of them. Of rates there
    /// may be none.
    #[inline(always)]
    fn fire<O: Observe>(
        &self,
        phi: &Phi<P>,
        potentials: &[P::Potential],
        values: &mut [P::Potential],
        rates: &mut [P::Rate],
        observer: &mut O,
    ) {
        for (value, &u) in values.iter_mut().zip(potentials) {
            *value = u;
        }
        self.activate(phi, values);
        observer.apart(
            #[inline(always)]
            |observer| {
                for (rate, &value) in rates.iter_mut().zip(&*values) {
                    *rate = P::rate(value, observer);
                }
            },
        );
    }

    /// W x for each sample, with W of `y.len() / samples` rows and `x.len() / samples` columns.
    fn mat_vec<O: Observe>(
        &self,
        w: &[P::Weight],
        x: &[P::Rate],
        y: &mut [P::Potential],
        into: Into,
        observer: &mut O,
    );

    /// The transpose of W times x for each sample, with W of `x.len() / samples` rows and
    /// `y.len() / samples` columns.
    fn mat_vec_transposed<O: Observe>(
        &self,
        w: &[P::Weight],
        x: &[P::Rate],
        y: &mut [P::Potential],
        into: Into,
        observer: &mut O,
    );

    /// W + gain (sum over the samples of post pre^T).
    fn update<O: Observe>(
        &self,
        w: &mut [P::Weight],
        post: &[P::Potential],
        gain: P::Gain,
        pre: &[P::Rate],
        draw: Draw,
        observer: &mut O,
    );

    /// The filtered form of the update; see [`Precision::filtered`]. A batch of several samples has
    /// no trace of its own for each, so networks refuse to be built for both.
    #[expect(
        clippy::too_many_arguments,
        reason = "the kernel of an equation of this many terms"
    )]
    fn filtered<O: Observe>(
        &self,
        w: &mut [P::Weight],
        traces: &mut [P::Trace],
        post: &[P::Potential],
        gain: P::Gain,
        pre: &[P::Rate],
        filter: Filter<P>,
        draw: Draw,
        observer: &mut O,
    );
}

/// One sample at a time: the precision's own kernels.
#[derive(Clone, Copy, Debug, Default)]
pub struct One;

impl<P: Precision> Batch<P> for One {
    type Ones = [P::Rate; 1];

    #[inline(always)]
    fn samples(&self) -> usize {
        1
    }
    #[inline(always)]
    fn ones(&self, one: P::Rate) -> [P::Rate; 1] {
        [one]
    }
    #[inline(always)]
    fn activate(&self, phi: &Phi<P>, values: &mut [P::Potential]) {
        P::activate(phi, values);
    }
    #[inline(always)]
    fn mat_vec<O: Observe>(
        &self,
        w: &[P::Weight],
        x: &[P::Rate],
        y: &mut [P::Potential],
        into: Into,
        observer: &mut O,
    ) {
        P::mat_vec(w, x, y, into, observer);
    }
    #[inline(always)]
    fn mat_vec_transposed<O: Observe>(
        &self,
        w: &[P::Weight],
        x: &[P::Rate],
        y: &mut [P::Potential],
        into: Into,
        observer: &mut O,
    ) {
        P::mat_vec_transposed(w, x, y, into, observer);
    }
    #[inline(always)]
    fn update<O: Observe>(
        &self,
        w: &mut [P::Weight],
        post: &[P::Potential],
        gain: P::Gain,
        pre: &[P::Rate],
        draw: Draw,
        observer: &mut O,
    ) {
        P::rank_one(w, post, gain, pre, draw, observer);
    }
    #[inline(always)]
    fn filtered<O: Observe>(
        &self,
        w: &mut [P::Weight],
        traces: &mut [P::Trace],
        post: &[P::Potential],
        gain: P::Gain,
        pre: &[P::Rate],
        filter: Filter<P>,
        draw: Draw,
        observer: &mut O,
    ) {
        P::filtered(w, traces, post, gain, pre, filter, draw, observer);
    }
}
