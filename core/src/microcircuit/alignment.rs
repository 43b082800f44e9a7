//! Phaseless alignment: top-down weights that learn from noise.
//!
//! Max, Kriener, Pineda Garcia, Nowotny, Senn and Petrovici, "Learning efficient backprojections across
//! cortical hierarchies in real time", Nature Machine Intelligence 2024: d`W^PP_{k,k+1}`/dt = eta (`xi_k`
//! (`r^_{k+1}`)^T - alpha `W^PP_{k,k+1}`), with the noise xi of a layer's neurons and the rates r^ above
//! less their low-pass. On the average the product is Var(xi) `a_k D_k` (`W^PP_{k+1,k}`)^T `a_{k+1}
//! D_{k+1}`, D the slopes of the activations. Every layer does so at all times, beside its other learning.
//!
//! In full mode the noise joins the basal potential, where the paper has it join the apical one: it
//! reaches the soma all the same, and rule (7), which compares with the basal prediction, does not take
//! it for an error. The noise of the layer above, which no interneuron predicts, is one still, of mean 0.
//! In two-step mode it is in the rates of the bottom-up sweep and over by the top-down sweep, so nothing
//! of it comes down.
//!
//! Nothing here is inlined on a microcontroller: it would be in every image, and is used in few.

use super::noise::noise;
use super::state::State;
use super::{Alignment, Feedback, Microcircuit, Mode, Specification};
use crate::random::{Key, NOISE_VARIANCE, stream};
use crate::record::Observe;
use crate::shape::{self, BuildError, amount, coefficient};
use crate::{Number, Precision};

/// [`Alignment`] in the words of a precision.
#[derive(Clone, Copy, Debug)]
pub(super) struct Factors<P: Precision> {
    /// What is left of a noise after a step.
    keep: P::Coefficient,
    /// New noise of a step per unit of [`Key::noise`]; `None` when there is none.
    amplitude: Option<P::Coefficient>,
    /// The low-pass's step towards the rate.
    mean: P::Coefficient,
    /// What a decay takes of a top-down weight.
    pub(super) decay: Option<P::Gain>,
}

impl<P: Precision> Factors<P> {
    /// `None` where the feedback is another.
    pub(super) fn new(s: &Specification<'_>) -> Result<Option<Self>, BuildError> {
        if s.feedback != Feedback::PhaselessAlignment {
            return Ok(None);
        }
        let Alignment {
            sigma,
            tau_noise,
            tau_rate,
            decay,
        } = s.alignment;
        let two_step = s.mode == Mode::TwoStep;
        let dt = if two_step { 1.0 } else { s.dt };
        let share = |name, tau: f64| {
            // With a NaN there is no order.
            if tau >= dt && tau.is_finite() {
                Ok(dt / tau)
            } else {
                Err(BuildError::out_of_range(name, tau, (dt, f64::MAX)))
            }
        };
        let keep = if two_step {
            0.0
        } else {
            1.0 - share("alignment.tau_noise", tau_noise)?
        };
        let mean = share("alignment.tau_rate", tau_rate)?;
        let sigma = amount("alignment.sigma", sigma)?;
        // So that what is kept and what is new have the deviation sigma together.
        let amplitude = sigma * libm::sqrt((1.0 - keep * keep) / NOISE_VARIANCE);
        Ok(Some(Self {
            keep: coefficient::<P>("alignment.tau_noise", keep)?,
            amplitude: if amplitude == 0.0 {
                None
            } else {
                Some(coefficient::<P>("alignment.sigma", amplitude)?)
            },
            mean: coefficient::<P>("alignment.tau_rate", mean)?,
            decay: shape::weight_decay::<P>("alignment.decay", decay)?,
        }))
    }
}

impl<P: Precision> Microcircuit<'_, P> {
    /// xi of this step, for every hidden neuron.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(super) fn draw_alignment<O: Observe>(
        &self,
        step: u64,
        state: &mut State<'_, P>,
        observer: &mut O,
    ) {
        let Some(Factors {
            keep, amplitude, ..
        }) = self.alignment
        else {
            return;
        };
        let key = Key::new(self.seed, step, stream::ALIGNMENT);
        if amplitude.is_none() {
            state.inverse.fill(P::Potential::ZERO);
            return;
        }
        observer.apart(
            #[inline(always)]
            |observer| {
                for xi in &mut *state.inverse {
                    *xi = P::scale(keep, *xi, observer);
                }
            },
        );
        noise::<P, O>(amplitude, key, state.inverse, observer);
    }

    /// r^ = r less its low-pass, times the error scale, of all pyramidal neurons.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(super) fn high_pass<O: Observe>(&self, state: &mut State<'_, P>, observer: &mut O) {
        let Some(Factors { mean, .. }) = self.alignment else {
            return;
        };
        let seen = if self.mode == Mode::TwoStep {
            &*state.prediction
        } else {
            &*state.error
        };
        let words = (state.low_passed.iter_mut())
            .zip(&mut *state.error_rate)
            .zip(seen);
        observer.apart(
            #[inline(always)]
            |observer| {
                for ((low_passed, rate), &seen) in words {
                    let high = P::sub(seen, *low_passed, observer);
                    let step = P::scale(mean, high, observer);
                    *low_passed = P::add(*low_passed, step, observer);
                    *rate = self.as_rate(high, observer);
                }
            },
        );
    }
}

/// Potentials and the noise of their neurons, attenuated where a factor is given.
#[cfg_attr(target_pointer_width = "64", inline(always))]
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(super) fn add_noise<P: Precision, O: Observe>(
    potentials: &mut [P::Potential],
    attenuation: Option<P::Coefficient>,
    noise: &[P::Potential],
    observer: &mut O,
) {
    for (potential, &xi) in potentials.iter_mut().zip(noise) {
        let xi = match attenuation {
            Some(a) => P::scale(a, xi, observer),
            None => xi,
        };
        *potential = P::add(*potential, xi, observer);
    }
}
