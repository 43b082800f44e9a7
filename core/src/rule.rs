//! What a learning rule is: something that steps, with or without a teacher, and learns.
//!
//! Configuration, weights and activity are three things, passed separately: one rule and one set
//! of weights serve any number of activities. Storage belongs to the caller.

use crate::batch::{Batch, One};
use crate::digest::Digest;
use crate::record::{Observe, Quantity};
use crate::shape::Storage;
use crate::{Precision, Rounding};
use core::ops::Range;

/// Time as the network counts it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Clock {
    /// Steps since the beginning. Random words are a function of it.
    pub step: u64,
    /// Steps since the pattern changed.
    pub since_switch: u32,
}

impl Clock {
    /// One step has been taken.
    #[inline(always)]
    pub(crate) const fn tick(&mut self) {
        self.step = self.step.wrapping_add(1);
        self.since_switch = self.since_switch.saturating_add(1);
    }
}

/// Everything that changes from step to step, except the weights. A view of the caller's storage.
#[derive(Debug)]
pub struct Activity<'a, P: Precision> {
    /// Potentials, errors and other words of that format.
    pub potentials: &'a mut [P::Potential],
    /// Rates.
    pub rates: &'a mut [P::Rate],
    /// Low-pass filtered plasticity; empty without a filter.
    pub traces: &'a mut [P::Trace],
    /// Time.
    pub clock: Clock,
}

/// One named array within the storage of a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name in the field's terms, without the layer.
    pub name: &'static str,
    /// Its layer; the input is 0.
    pub layer: usize,
    /// Which of the storages holds it: weights, rates, potentials or traces.
    pub storage: Quantity,
    /// Where it is in that storage.
    pub range: Range<usize>,
    /// Columns of a matrix; 1 for a vector.
    pub columns: usize,
}

/// A learning rule over any precision.
pub trait Rule<P: Precision> {
    /// Words of storage that weights and one activity need.
    fn storage(&self) -> Storage;

    /// The arrays within the storage, one by one; `None` after the last.
    fn variable(&self, index: usize) -> Option<Variable>;

    /// A new pattern begins.
    fn switch(&self, activity: &mut Activity<'_, P>);

    /// One step of a batch with these inputs, sample by sample, nudged towards the teacher's
    /// potentials if there are any. Storage or input of the wrong length leaves the remaining words
    /// alone.
    fn step_batch<B: Batch<P>, O: Observe>(
        &self,
        batch: &B,
        weights: &[P::Weight],
        activity: &mut Activity<'_, P>,
        input: &[P::Rate],
        teacher: Option<&[P::Potential]>,
        observer: &mut O,
    );

    /// Changes the weights by what the last step of a batch found.
    fn learn_batch<B: Batch<P>, O: Observe>(
        &self,
        batch: &B,
        weights: &mut [P::Weight],
        activity: &mut Activity<'_, P>,
        rounding: Rounding,
        observer: &mut O,
    );

    /// The rates of the output layer after the last step, for an activity of so many samples.
    fn outputs<'b>(&self, activity: &'b Activity<'_, P>, samples: usize) -> &'b [P::Rate];

    /// One step of one sample.
    #[inline(always)]
    fn step<O: Observe>(
        &self,
        weights: &[P::Weight],
        activity: &mut Activity<'_, P>,
        input: &[P::Rate],
        teacher: Option<&[P::Potential]>,
        observer: &mut O,
    ) {
        self.step_batch(&One, weights, activity, input, teacher, observer);
    }

    /// Changes the weights by what the last step of one sample found.
    #[inline(always)]
    fn learn<O: Observe>(
        &self,
        weights: &mut [P::Weight],
        activity: &mut Activity<'_, P>,
        rounding: Rounding,
        observer: &mut O,
    ) {
        self.learn_batch(&One, weights, activity, rounding, observer);
    }

    /// The rates of the output layer after the last step of one sample.
    fn output<'b>(&self, activity: &'b Activity<'_, P>) -> &'b [P::Rate] {
        self.outputs(activity, 1)
    }
}

/// The digest of weights and activity, defined in `docs/numerics.md`.
pub fn digest<P: Precision>(weights: &[P::Weight], activity: &Activity<'_, P>) -> u64 {
    let mut digest = Digest::default();
    digest.words(weights);
    digest.words(activity.traces);
    digest.words(activity.potentials);
    digest.words(activity.rates);
    digest.word(activity.clock.step);
    digest.word(u64::from(activity.clock.since_switch));
    digest.finish()
}

/// The class of a read-out: the first of the largest rates.
pub fn argmax<T: PartialOrd>(rates: &[T]) -> usize {
    let mut best = 0;
    for (i, rate) in rates.iter().enumerate() {
        if rates.get(best).is_some_and(|top| rate > top) {
            best = i;
        }
    }
    best
}

/// What is left of a slice that is cut into parts.
pub(crate) struct Rest<'a, T>(pub(crate) &'a mut [T]);

impl<'a, T> Rest<'a, T> {
    /// Cuts off the first `n` words; an empty slice when there are not as many.
    #[inline(always)]
    pub(crate) fn take(&mut self, n: usize) -> &'a mut [T] {
        match core::mem::take(&mut self.0).split_at_mut_checked(n) {
            Some((head, tail)) => {
                self.0 = tail;
                head
            }
            None => &mut [],
        }
    }
}

/// How many samples an activity holds: every neuron has so many words, and a layer's stand sample by
/// sample.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Samples(pub(crate) usize);

impl Samples {
    /// The words of `len` neurons from neuron `start`.
    #[inline(always)]
    pub(crate) fn part<T>(self, all: &[T], start: usize, len: usize) -> &[T] {
        part(all, self.0 * start, self.0 * len)
    }

    /// The words of `len` neurons from neuron `start`.
    #[inline(always)]
    pub(crate) fn part_mut<T>(self, all: &mut [T], start: usize, len: usize) -> &mut [T] {
        part_mut(all, self.0 * start, self.0 * len)
    }
}

/// `len` words from `start`; an empty slice when they are not there.
#[inline(always)]
pub(crate) fn part<T>(all: &[T], start: usize, len: usize) -> &[T] {
    all.get(start..start.saturating_add(len)).unwrap_or(&[])
}

/// `len` words from `start`; an empty slice when they are not there.
#[inline(always)]
pub(crate) fn part_mut<T>(all: &mut [T], start: usize, len: usize) -> &mut [T] {
    all.get_mut(start..start.saturating_add(len))
        .unwrap_or(&mut [])
}
