//! Activation functions: a potential becomes a firing rate.
//!
//! [`Activation`] is the description in real numbers, [`Phi`] the same in the words of one
//! precision. Values are evaluated in the width of potentials and rounded to a rate afterwards,
//! so that a difference of two rates can be formed before the rounding.

pub(crate) mod fixed;
pub(crate) mod float;
mod table;

use crate::{BuildError, Number, Precision};

/// The description of an activation function.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Activation {
    /// 1 / (1 + exp(-u)).
    Logistic,
    /// gamma log(1 + exp(beta (u - theta))), the rate function of Fig 2 of the paper.
    Softplus {
        /// Scale of the rate.
        gamma: f64,
        /// Steepness, per unit of potential; positive.
        beta: f64,
        /// Threshold in units of potential.
        theta: f64,
    },
    /// tanh(u).
    Tanh,
    /// clamp(u / 4 + 1 / 2, 0, 1): the tangent of the logistic at zero, cut off.
    HardSigmoid,
    /// max(u, 0).
    Rectified,
}

impl Activation {
    /// phi(u) in f64.
    pub fn value(&self, u: f64) -> f64 {
        let mut value = [u];
        float::values_f64(&self.phi_f64(), &mut value);
        value[0]
    }

    /// phi'(u) in f64. At a kink, the slope on its right.
    pub fn slope(&self, u: f64) -> f64 {
        let mut value = [u];
        float::slopes_f64(&self.phi_f64(), &mut value);
        value[0]
    }

    /// The potential whose rate is `rate`; `None` where there is none or more than one.
    /// Through `libm`, which is the same on every machine.
    pub fn inverse(&self, rate: f64) -> Option<f64> {
        let u = match *self {
            Self::Logistic if rate > 0.0 && rate < 1.0 => libm::log(rate) - libm::log1p(-rate),
            Self::Softplus { gamma, beta, theta } if rate / gamma > 0.0 => {
                let x = rate / gamma;
                // log(exp(x) - 1), without overflow
                theta + (x + libm::log(-libm::expm1(-x))) / beta
            }
            Self::Tanh if rate > -1.0 && rate < 1.0 => libm::atanh(rate),
            Self::HardSigmoid if rate > 0.0 && rate < 1.0 => (rate - 0.5) * 4.0,
            Self::Rectified if rate > 0.0 => rate,
            _ => return None,
        };
        u.is_finite().then_some(u)
    }

    fn phi_f64(&self) -> Phi<crate::F64> {
        match *self {
            Self::Logistic => Phi::Logistic,
            Self::Softplus { gamma, beta, theta } => Phi::Softplus { gamma, beta, theta },
            Self::Tanh => Phi::Tanh,
            Self::HardSigmoid => Phi::HardSigmoid,
            Self::Rectified => Phi::Rectified,
        }
    }

    /// The same function in the words of a precision.
    ///
    /// # Errors
    /// When a parameter is not finite, not positive where it must be, or beyond the format.
    pub fn phi<P: Precision>(&self) -> Result<Phi<P>, BuildError> {
        Ok(match *self {
            Self::Logistic => Phi::Logistic,
            Self::Tanh => Phi::Tanh,
            Self::HardSigmoid => Phi::HardSigmoid,
            Self::Rectified => Phi::Rectified,
            Self::Softplus { gamma, beta, theta } => {
                for (name, value) in [("activation.gamma", gamma), ("activation.beta", beta)] {
                    // The negation catches NaN as well.
                    if !(value > 0.0 && P::Coefficient::holds(value)) {
                        let accepted = (f64::MIN_POSITIVE, P::Coefficient::largest());
                        return Err(BuildError::out_of_range(name, value, accepted));
                    }
                }
                if !P::Potential::holds(theta) {
                    let largest = P::Potential::largest();
                    return Err(BuildError::out_of_range(
                        "activation.theta",
                        theta,
                        (-largest, largest),
                    ));
                }
                Phi::Softplus {
                    gamma: P::Coefficient::from_f64(gamma),
                    beta: P::Coefficient::from_f64(beta),
                    theta: P::Potential::from_f64(theta),
                }
            }
        })
    }
}

/// An activation function in the words of a precision. See [`Activation`] for the formulas.
#[derive(Clone, Copy, Debug)]
pub enum Phi<P: Precision> {
    /// See [`Activation::Logistic`].
    Logistic,
    /// See [`Activation::Softplus`].
    Softplus {
        /// Scale of the rate.
        gamma: P::Coefficient,
        /// Steepness.
        beta: P::Coefficient,
        /// Threshold.
        theta: P::Potential,
    },
    /// See [`Activation::Tanh`].
    Tanh,
    /// See [`Activation::HardSigmoid`].
    HardSigmoid,
    /// See [`Activation::Rectified`].
    Rectified,
}

impl<P: Precision> Phi<P> {
    /// The same words for a precision of the same formats, which differs in its kernels alone.
    pub fn convert<Q>(self) -> Phi<Q>
    where
        Q: Precision<Coefficient = P::Coefficient, Potential = P::Potential>,
    {
        match self {
            Self::Logistic => Phi::Logistic,
            Self::Softplus { gamma, beta, theta } => Phi::Softplus { gamma, beta, theta },
            Self::Tanh => Phi::Tanh,
            Self::HardSigmoid => Phi::HardSigmoid,
            Self::Rectified => Phi::Rectified,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOFTPLUS: Activation = Activation::Softplus {
        gamma: 0.1,
        beta: 1.0,
        theta: 3.0,
    };

    #[test]
    fn inverse_undoes_value() {
        for (phi, rates) in [
            (Activation::Logistic, [0.1, 0.5, 0.8]),
            (SOFTPLUS, [0.01, 0.1, 2.0]),
            (Activation::Tanh, [-0.8, 0.0, 0.5]),
            (Activation::HardSigmoid, [0.1, 0.5, 0.9]),
            (Activation::Rectified, [0.1, 0.5, 7.0]),
        ] {
            for rate in rates {
                let back = phi.inverse(rate).map(|u| phi.value(u));
                assert!(
                    back.is_some_and(|b| (b - rate).abs() < 1e-14),
                    "{phi:?} {rate} {back:?}"
                );
            }
        }
        assert_eq!(Activation::Logistic.inverse(1.0), None);
        assert_eq!(Activation::Logistic.inverse(f64::NAN), None);
        assert_eq!(SOFTPLUS.inverse(0.0), None);
    }

    #[test]
    fn slope_is_the_derivative() {
        for phi in [
            Activation::Logistic,
            SOFTPLUS,
            Activation::Tanh,
            Activation::HardSigmoid,
        ] {
            for u in [-1.3, 0.2, 1.7, 4.0] {
                let h = 1e-5;
                let numeric = (phi.value(u + h) - phi.value(u - h)) / (2.0 * h);
                assert!((phi.slope(u) - numeric).abs() < 1e-9, "{phi:?} at {u}");
            }
        }
    }

    #[test]
    fn parameters_are_checked() {
        let bad = Activation::Softplus {
            gamma: f64::NAN,
            beta: 1.0,
            theta: 3.0,
        };
        assert!(bad.phi::<crate::F64>().is_err());
        let wide = Activation::Softplus {
            gamma: 1.0,
            beta: 1.0,
            theta: 1e6,
        };
        assert!(wide.phi::<crate::F64>().is_ok() && wide.phi::<crate::I16>().is_err());
    }
}
