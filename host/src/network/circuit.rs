//! A network of either rule: what the host trains.

use apical_core::backprop::{self, Backprop};
use apical_core::microcircuit::{self, Family, Initial, Microcircuit};
use apical_core::rule::{Activity, Rule, Variable};
use apical_core::shape::Storage;
use apical_core::{Batch, Observe, Precision, Rounding};

use crate::config;

/// A network's configuration in the words of one precision, with the rule that it learns by.
#[derive(Clone, Copy, Debug)]
pub enum Circuit<'l, P: Precision> {
    /// The dendritic microcircuit.
    Microcircuit(Microcircuit<'l, P>),
    /// Backpropagation, the control.
    Backprop(Backprop<'l, P>),
}

/// Storage of a [`Circuit`]'s layers.
#[derive(Clone, Debug)]
pub enum Layers<P: Precision> {
    /// The dendritic microcircuit's.
    Microcircuit(Vec<microcircuit::Layer<P>>),
    /// Backpropagation's.
    Backprop(Vec<backprop::Layer<P>>),
}

impl<P: Precision> Layers<P> {
    /// Room for so many layers above the input.
    pub(super) fn new(rule: config::Rule, count: usize) -> Self {
        match rule {
            config::Rule::Microcircuit => {
                Self::Microcircuit(vec![microcircuit::Layer::default(); count])
            }
            config::Rule::Backpropagation => {
                Self::Backprop(vec![backprop::Layer::default(); count])
            }
        }
    }
}

impl<'l, P: Precision> From<Microcircuit<'l, P>> for Circuit<'l, P> {
    fn from(network: Microcircuit<'l, P>) -> Self {
        Self::Microcircuit(network)
    }
}

/// Does the same with either rule.
macro_rules! either {
    ($circuit:expr, $rule:ident => $body:expr) => {
        match $circuit {
            Circuit::Microcircuit($rule) => $body,
            Circuit::Backprop($rule) => $body,
        }
    };
}

impl<'l, P: Precision> Circuit<'l, P> {
    /// The microcircuit, if it is one.
    pub fn microcircuit(self) -> Option<Microcircuit<'l, P>> {
        match self {
            Self::Microcircuit(network) => Some(network),
            Self::Backprop(_) => None,
        }
    }

    /// Draws the weights; those that both rules have are the same.
    pub fn initialise(&self, weights: &mut [P::Weight], initial: &Initial) {
        either!(self, rule => rule.initialise(weights, initial));
    }

    /// The weights of a family in layer `k`, 1 .. N; empty where there are none.
    pub fn family<'w>(
        &self,
        weights: &'w [P::Weight],
        family: Family,
        k: usize,
    ) -> &'w [P::Weight] {
        either!(self, rule => rule.family(weights, family, k))
    }

    /// What each layer's dendritic prediction of the soma is multiplied by, from layer 1.
    pub fn attenuation(&self) -> Vec<f64> {
        match self {
            Self::Microcircuit(network) => {
                let layers = network.layers().iter();
                layers.map(microcircuit::Layer::attenuation).collect()
            }
            Self::Backprop(network) => vec![1.0; network.depth()],
        }
    }
}

impl<P: Precision> Rule<P> for Circuit<'_, P> {
    fn storage(&self) -> Storage {
        either!(self, rule => rule.storage())
    }

    fn variable(&self, index: usize) -> Option<Variable> {
        either!(self, rule => rule.variable(index))
    }

    fn switch(&self, activity: &mut Activity<'_, P>) {
        either!(self, rule => rule.switch(activity));
    }

    #[inline(always)]
    fn step_batch<B: Batch<P>, O: Observe>(
        &self,
        batch: &B,
        weights: &[P::Weight],
        activity: &mut Activity<'_, P>,
        input: &[P::Rate],
        teacher: Option<&[P::Potential]>,
        observer: &mut O,
    ) {
        either!(self, rule => rule.step_batch(batch, weights, activity, input, teacher, observer));
    }

    #[inline(always)]
    fn learn_batch<B: Batch<P>, O: Observe>(
        &self,
        batch: &B,
        weights: &mut [P::Weight],
        activity: &mut Activity<'_, P>,
        rounding: Rounding,
        observer: &mut O,
    ) {
        either!(self, rule => rule.learn_batch(batch, weights, activity, rounding, observer));
    }

    fn outputs<'b>(&self, activity: &'b Activity<'_, P>, samples: usize) -> &'b [P::Rate] {
        either!(self, rule => rule.outputs(activity, samples))
    }
}
