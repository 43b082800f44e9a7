//! What plasticity multiplies with presynaptic rates: differences of rates. Both modes have them.

use super::state::State;
use super::{Feedback, Microcircuit, Mode};
use crate::record::Observe;
use crate::{Batch, Precision};

impl<P: Precision> Microcircuit<'_, P> {
    /// phi(u) - phi(v^) of rules (7) and (8), and phi(u) - phi(top-down part) of rule (10). Both
    /// are differences of nearly equal rates and are formed in the width of potentials. For Kolen and
    /// Pollack's rule the rates that the layer above saw, and its errors as rates.
    #[inline(always)]
    pub(super) fn errors<B: Batch<P>, O: Observe>(
        &self,
        batch: &B,
        state: &mut State<'_, P>,
        observer: &mut O,
    ) {
        if self.feedback == Feedback::Learned {
            for (inverse, &top_down) in state.inverse.iter_mut().zip(&*state.top_down) {
                *inverse = top_down;
            }
            batch.activate(&self.phi, state.inverse);
            observer.apart(
                #[inline(always)]
                |observer| {
                    for (inverse, &wide) in state.inverse.iter_mut().zip(&*state.error) {
                        *inverse = P::sub(wide, *inverse, observer);
                    }
                },
            );
        }
        if self.feedback == Feedback::KolenPollack {
            let seen = if self.mode == Mode::TwoStep {
                &*state.prediction
            } else {
                &*state.error
            };
            for (rate, &seen) in state.inverse.iter_mut().zip(seen) {
                *rate = seen;
            }
        }
        self.high_pass(state, observer);
        observer.apart(
            #[inline(always)]
            |observer| {
                for (error, &prediction) in state.error.iter_mut().zip(&*state.prediction) {
                    *error = P::sub(*error, prediction, observer);
                }
            },
        );
        if self.feedback == Feedback::KolenPollack {
            observer.apart(
                #[inline(always)]
                |observer| {
                    for (rate, &error) in state.error_rate.iter_mut().zip(&*state.error) {
                        *rate = self.as_rate(error, observer);
                    }
                },
            );
        }
    }

    /// An error, or another small number, times the error scale, as top-down weights multiply it.
    #[inline(always)]
    pub(super) fn as_rate<O: Observe>(&self, error: P::Potential, observer: &mut O) -> P::Rate {
        let scaled = match self.error_scale {
            Some(scale) => P::scale(scale, error, observer),
            None => error,
        };
        P::rate(scaled, observer)
    }
}
