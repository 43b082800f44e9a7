//! What a network needs, and the one place where a wrong shape or parameter becomes an error.

use crate::precision::DECAY_INTERVAL;
use crate::{Number, Precision};
use core::fmt;

/// Words of each kind that a network needs from its owner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Storage {
    /// Weights and biases.
    pub weights: usize,
    /// Low-pass filtered plasticity: as many as weights, or none when there is no filter.
    pub traces: usize,
    /// Potentials, errors and other words of that format.
    pub potentials: usize,
    /// Rates.
    pub rates: usize,
}

impl Storage {
    /// What one activity of so many samples needs: weights and their traces are shared.
    #[must_use]
    pub const fn batch(self, samples: usize) -> Self {
        Self {
            potentials: self.potentials * samples,
            rates: self.rates * samples,
            ..self
        }
    }

    /// What is enough for either of two networks.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        const fn larger(a: usize, b: usize) -> usize {
            if a > b { a } else { b }
        }
        Self {
            weights: larger(self.weights, other.weights),
            traces: larger(self.traces, other.traces),
            potentials: larger(self.potentials, other.potentials),
            rates: larger(self.rates, other.rates),
        }
    }

    /// Bytes of weights, the part that several activities can share.
    pub const fn weight_bytes<P: Precision>(&self) -> usize {
        self.weights * P::Weight::BYTES
    }

    /// Bytes of traces, potentials and rates.
    pub const fn activity_bytes<P: Precision>(&self) -> usize {
        self.traces * P::Trace::BYTES
            + self.potentials * P::Potential::BYTES
            + self.rates * P::Rate::BYTES
    }

    /// Bytes of the network's whole state on a device.
    pub const fn bytes<P: Precision>(&self) -> usize {
        self.weight_bytes::<P>() + self.activity_bytes::<P>()
    }
}

/// Why a network could not be built. The parameter is named as in a configuration.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum BuildError {
    /// Fewer than an input and an output layer.
    TooFewLayers {
        /// How many there are.
        layers: usize,
    },
    /// A layer without neurons, or with more than fit an exact sum.
    LayerSize {
        /// Which layer; the input is 0.
        layer: usize,
        /// Its size; accepted are 1 to 65,536.
        size: usize,
    },
    /// A list has not one entry for each layer it speaks of.
    Length {
        /// The list.
        parameter: &'static str,
        /// How many entries are needed.
        needed: usize,
        /// How many there are.
        given: usize,
    },
    /// A number that is not finite, makes no sense, or is beyond the precision's format.
    OutOfRange {
        /// The parameter.
        parameter: &'static str,
        /// Its value.
        value: f64,
        /// The smallest and the largest value that are accepted.
        accepted: (f64, f64),
    },
    /// A combination of choices that excludes itself.
    Conflict {
        /// The parameter.
        parameter: &'static str,
        /// What it cannot be combined with.
        with: &'static str,
    },
}

impl BuildError {
    pub(crate) const fn out_of_range(
        parameter: &'static str,
        value: f64,
        accepted: (f64, f64),
    ) -> Self {
        Self::OutOfRange {
            parameter,
            value,
            accepted,
        }
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::TooFewLayers { layers } => {
                write!(
                    f,
                    "network.layers has {layers} entries; a network has at least 2"
                )
            }
            Self::LayerSize { layer, size } => {
                write!(
                    f,
                    "network.layers: layer {layer} has {size} neurons; accepted: 1 to 65536"
                )
            }
            Self::Length {
                parameter,
                needed,
                given,
            } => {
                write!(
                    f,
                    "{parameter} has {given} entries; this network needs {needed}"
                )
            }
            Self::OutOfRange {
                parameter,
                value,
                accepted: (low, high),
            } => {
                // Debug, because it writes large and small numbers with an exponent.
                write!(
                    f,
                    "{parameter} = {value:?} is out of range for this precision; \
                     accepted: {low:?} to {high:?}"
                )
            }
            Self::Conflict { parameter, with } => {
                write!(f, "{parameter} cannot be combined with {with}")
            }
        }
    }
}

impl core::error::Error for BuildError {}

/// Most neurons a layer can have, so that sums of products are exact in every precision.
pub const LARGEST_LAYER: usize = 65_536;

/// Checks the layer sizes, the input first.
///
/// # Errors
/// Fewer than two layers, an empty layer, one of more than [`LARGEST_LAYER`] neurons.
pub const fn check(sizes: &[usize]) -> Result<(), BuildError> {
    if sizes.len() < 2 {
        return Err(BuildError::TooFewLayers {
            layers: sizes.len(),
        });
    }
    let mut layer = 0;
    while layer < sizes.len() {
        let size = sizes[layer];
        if size == 0 || size > LARGEST_LAYER {
            return Err(BuildError::LayerSize { layer, size });
        }
        layer += 1;
    }
    Ok(())
}

/// Checks the sizes and that there is a description for each layer, `described` of them; the layers that
/// are to be filled in, of those that are lent.
pub(crate) fn layers<'l, L>(
    sizes: &[usize],
    (parameter, described): (&'static str, usize),
    lent: &'l mut [L],
) -> Result<&'l mut [L], BuildError> {
    check(sizes)?;
    let needed = sizes.len() - 1;
    let length = |parameter, given| BuildError::Length {
        parameter,
        needed,
        given,
    };
    if described != needed {
        return Err(length(parameter, described));
    }
    let given = lent.len();
    lent.get_mut(..needed)
        .ok_or(length("storage of layers", given))
}

/// A factor of an equation in the words of a precision.
pub(crate) fn coefficient<P: Precision>(
    parameter: &'static str,
    value: f64,
) -> Result<P::Coefficient, BuildError> {
    if P::Coefficient::holds(value) {
        Ok(P::Coefficient::from_f64(value))
    } else {
        let largest = P::Coefficient::largest();
        Err(BuildError::out_of_range(
            parameter,
            value,
            (-largest, largest),
        ))
    }
}

/// A learning rate in the words of a precision; `None` where it is zero.
pub(crate) fn gain<P: Precision>(
    parameter: &'static str,
    value: f64,
) -> Result<Option<P::Gain>, BuildError> {
    if value == 0.0 {
        return Ok(None);
    }
    P::gain(value)
        .map(Some)
        .ok_or(BuildError::out_of_range(parameter, value, P::GAINS))
}

/// The error scale and its inverse; `None` where both are 1.
pub(crate) fn error_scale<P: Precision>(
    scale: f64,
) -> Result<Option<[P::Coefficient; 2]>, BuildError> {
    if !(scale > 0.0 && scale.is_finite()) {
        let accepted = (f64::MIN_POSITIVE, f64::MAX);
        return Err(BuildError::out_of_range(
            "learning.error_scale",
            scale,
            accepted,
        ));
    }
    if scale == 1.0 {
        return Ok(None);
    }
    Ok(Some([
        coefficient::<P>("learning.error_scale", scale)?,
        coefficient::<P>("1 / error_scale", 1.0 / scale)?,
    ]))
}

/// What one decay takes of a weight, given the share of one update; `None` without decay.
pub(crate) fn weight_decay<P: Precision>(
    parameter: &'static str,
    share: f64,
) -> Result<Option<P::Gain>, BuildError> {
    let interval = f64::from(DECAY_INTERVAL);
    if !(0.0..=1.0 / interval).contains(&share) {
        let accepted = (0.0, 1.0 / interval);
        return Err(BuildError::out_of_range(parameter, share, accepted));
    }
    gain::<P>(parameter, share * interval)
}

/// Checks that a number is finite and not negative.
pub(crate) fn amount(parameter: &'static str, value: f64) -> Result<f64, BuildError> {
    if value.is_finite() && value >= 0.0 {
        Ok(value)
    } else {
        Err(BuildError::out_of_range(parameter, value, (0.0, f64::MAX)))
    }
}
