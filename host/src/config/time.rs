//! `[time]` and `[noise]`: the step, the presentation, and what disturbs it.

use apical_core::microcircuit;
use serde::{Deserialize, Serialize};

use super::choice::choice;
use super::error::{Fault, require, require_not_negative, require_positive};

/// `[time]`, in milliseconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Time {
    /// One step.
    pub dt: f64,
    /// How long one pattern is shown.
    pub presentation: f64,
    /// Low-pass of the input pattern; 0 is off.
    pub tau_input: f64,
}

impl Default for Time {
    fn default() -> Self {
        Self {
            dt: 0.1,
            presentation: 100.0,
            tau_input: 3.0,
        }
    }
}

impl Time {
    /// Steps for which one pattern is shown.
    pub fn steps(&self) -> u32 {
        (self.presentation / self.dt).round() as u32
    }

    /// Steps that cover `milliseconds`, to the nearest.
    pub fn steps_in(&self, milliseconds: f64) -> u32 {
        (milliseconds / self.dt).round() as u32
    }

    pub(super) fn check(&self) -> Result<(), Fault> {
        require_positive("time.dt", self.dt)?;
        let (dt, presentation) = (self.dt, self.presentation);
        let steps = presentation / dt;
        let whole = steps >= 0.5 && steps <= f64::from(u32::MAX);
        require(whole, "time.presentation", &presentation, || {
            format!("1 to {} steps of time.dt ({dt} ms)", u32::MAX)
        })?;
        let filter = self.tau_input;
        require(
            filter.is_finite() && (filter == 0.0 || filter >= dt),
            "time.tau_input",
            &filter,
            || format!("0 (off) or at least time.dt ({dt} ms)"),
        )
    }
}

choice! {
    /// How noise enters a step.
    NoiseConvention {
        /// `dt sigma N(0, 1)`: inside the bracket of the Euler step.
        #[default]
        PerStep = "per-step",
        /// `sqrt(dt) sigma N(0, 1)`: independent of the step's length.
        EulerMaruyama = "euler-maruyama",
    }
}

/// `[noise]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Noise {
    /// Its size; 0 is off.
    pub sigma: f64,
    /// How it enters a step.
    pub convention: NoiseConvention,
}

impl Noise {
    /// The same as core has them.
    pub const fn parameters(&self) -> microcircuit::Noise {
        microcircuit::Noise {
            sigma: self.sigma,
            convention: match self.convention {
                NoiseConvention::PerStep => microcircuit::NoiseConvention::PerStep,
                NoiseConvention::EulerMaruyama => microcircuit::NoiseConvention::EulerMaruyama,
            },
        }
    }

    /// What a standard normal number is multiplied by in one step of `dt` milliseconds.
    pub fn per_step(&self, dt: f64) -> f64 {
        match self.convention {
            NoiseConvention::PerStep => self.sigma * dt,
            NoiseConvention::EulerMaruyama => self.sigma * dt.sqrt(),
        }
    }

    pub(super) fn check(&self) -> Result<(), Fault> {
        require_not_negative("noise.sigma", self.sigma)
    }
}
