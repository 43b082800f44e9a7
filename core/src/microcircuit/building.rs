//! The building of a network out of its description.

use super::alignment::Factors;
use super::layer::{conduct, gains, place};
use super::{Attenuation, Layer, Microcircuit, Mode, NoiseConvention, Specification, Teacher};
use crate::random::NOISE_VARIANCE;
use crate::shape::{self, BuildError, amount, coefficient};
use crate::{Number, Precision};
use core::cmp::Ordering;

impl<'a, P: Precision> Microcircuit<'a, P> {
    /// Builds a network out of its description, in `layers`, of which it uses as many as
    /// `specification.layers` has.
    ///
    /// # Errors
    /// When a shape is impossible, a parameter out of range or beyond the precision's formats, or
    /// two choices exclude each other.
    pub fn new(
        specification: &Specification<'_>,
        layers: &'a mut [Layer<P>],
    ) -> Result<Self, BuildError> {
        let s = specification;
        let layers = shape::layers(s.sizes, ("layers", s.layers.len()), layers)?;
        check_choices(s)?;
        let full = s.mode == Mode::Full;
        if full && !(s.dt > 0.0 && s.dt.is_finite()) {
            let accepted = (f64::MIN_POSITIVE, f64::MAX);
            return Err(BuildError::out_of_range("time.dt", s.dt, accepted));
        }
        let dt = if full { s.dt } else { 1.0 };

        let (mut neuron, mut word) = (0, 0);
        for (k, (layer, description)) in layers.iter_mut().zip(s.layers).enumerate() {
            let size_of = |k: usize| s.sizes.get(k).copied().unwrap_or(0);
            let (below, size, above) = (size_of(k), size_of(k + 1), size_of(k + 2));
            let (output, next) = (above == 0, s.layers.get(k + 1).unwrap_or(description));
            *layer = place(s, [below, size, above], neuron, word);
            (neuron, word) = (neuron + size, layer.weights_end);
            conduct(
                layer,
                s,
                description,
                next,
                output,
                k + 2 == s.layers.len(),
                dt,
            )?;
            layer.gains = gains(s, &description.rates, output, dt)?;
        }

        let reversal = match s.teacher {
            Teacher::Nudging => None,
            Teacher::Conductance {
                excitatory,
                inhibitory,
            } => {
                for (name, value) in [
                    ("teacher.excitatory", excitatory),
                    ("teacher.inhibitory", inhibitory),
                ] {
                    if !P::Potential::holds(value) {
                        let largest = P::Potential::largest();
                        return Err(BuildError::out_of_range(name, value, (-largest, largest)));
                    }
                }
                Some((
                    P::Potential::from_f64(excitatory),
                    P::Potential::from_f64(inhibitory),
                ))
            }
        };
        let filter = |name, tau: f64| -> Result<Option<P::Coefficient>, BuildError> {
            if !full || amount(name, tau)? == 0.0 {
                return Ok(None);
            }
            if tau < dt {
                return Err(BuildError::out_of_range(name, tau, (dt, f64::MAX)));
            }
            coefficient::<P>(name, dt / tau).map(Some)
        };
        let amplitude = match s.noise.convention {
            NoiseConvention::PerStep => dt * s.noise.sigma,
            NoiseConvention::EulerMaruyama => libm::sqrt(dt) * s.noise.sigma,
        } / libm::sqrt(NOISE_VARIANCE);
        Ok(Self {
            layers,
            input: s.sizes.first().copied().unwrap_or(0),
            phi: s.activation.phi::<P>()?,
            mode: s.mode,
            bias: s.bias,
            feedback: s.feedback,
            interneurons: s.interneurons,
            reversal,
            input_filter: filter("time.tau_input", s.tau_input)?,
            trace_filter: filter("learning.tau_w", s.tau_weights)?,
            noise: if amount("noise.sigma", s.noise.sigma)? == 0.0 {
                None
            } else {
                Some(coefficient::<P>("noise.sigma", amplitude)?)
            },
            error_scale: shape::error_scale::<P>(s.error_scale)?.map(|[scale, _]| scale),
            alignment: Factors::new(s)?,
            weight_decay: shape::weight_decay::<P>("learning.weight_decay", s.weight_decay)?,
            learning_lag: if full {
                steps("learning.learning_lag", s.learning_lag, dt)?
            } else {
                0
            },
            reset_traces: s.reset_traces,
            seed: s.seed,
            one: P::Rate::from_f64(1.0),
        })
    }
}

/// Choices that exclude each other.
fn check_choices(s: &Specification<'_>) -> Result<(), BuildError> {
    let conflict = |parameter, with| Err(BuildError::Conflict { parameter, with });
    match s.mode {
        Mode::Full if s.attenuation == Attenuation::Dropped => conflict(
            "network.attenuation = \"dropped\"",
            "network.mode = \"full\"",
        ),
        Mode::TwoStep if s.noise.sigma != 0.0 => {
            conflict("noise.sigma", "network.mode = \"two-step\"")
        }
        Mode::TwoStep if s.tau_weights != 0.0 => {
            conflict("learning.tau_w", "network.mode = \"two-step\"")
        }
        _ => match s.teacher {
            // No order at all, with a NaN, is no better than the wrong one.
            Teacher::Conductance {
                excitatory,
                inhibitory,
            } if excitatory.partial_cmp(&inhibitory) != Some(Ordering::Greater) => {
                conflict("teacher.excitatory", "a larger teacher.inhibitory")
            }
            _ => Ok(()),
        },
    }
}

/// Steps in a time; at least one when the time is not zero.
fn steps(parameter: &'static str, time: f64, dt: f64) -> Result<u32, BuildError> {
    let count = amount(parameter, time)? / dt + 0.5;
    if count < f64::from(u32::MAX) {
        Ok(count as u32)
    } else {
        let accepted = (0.0, f64::from(u32::MAX - 1) * dt);
        Err(BuildError::out_of_range(parameter, time, accepted))
    }
}
