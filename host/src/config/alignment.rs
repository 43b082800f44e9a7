//! `[alignment]`: what top-down weights are aligned by.

use apical_core::microcircuit::Alignment as Parameters;
use serde::{Deserialize, Serialize};

use super::error::{Fault, require, require_decay, require_not_negative};
use super::network::{Feedback, Mode};
use super::time::Time;

/// `[alignment]`, for `network.feedback = "phaseless-alignment"`; times in milliseconds, in steps in
/// two-step mode.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Alignment {
    /// Deviation of the noise on hidden neurons.
    pub sigma: f64,
    /// How long a noise lasts; unused in two-step mode.
    pub tau_noise: f64,
    /// Low-pass that is taken off the rates above.
    pub tau_rate: f64,
    /// What share of itself a top-down weight loses in an update.
    pub decay: f64,
}

impl Default for Alignment {
    fn default() -> Self {
        let Parameters {
            sigma,
            tau_noise,
            tau_rate,
            decay,
        } = Parameters::DEFAULT;
        Self {
            sigma,
            tau_noise,
            tau_rate,
            decay,
        }
    }
}

impl Alignment {
    /// The same as core has them.
    pub const fn parameters(&self) -> Parameters {
        Parameters {
            sigma: self.sigma,
            tau_noise: self.tau_noise,
            tau_rate: self.tau_rate,
            decay: self.decay,
        }
    }

    pub(super) fn check(&self, feedback: Feedback, mode: Mode, time: &Time) -> Result<(), Fault> {
        require_not_negative("alignment.sigma", self.sigma)?;
        require_decay("alignment.decay", self.decay)?;
        if feedback != Feedback::PhaselessAlignment {
            return Ok(());
        }
        let (dt, steps) = match mode {
            Mode::TwoStep => (1.0, "1 step".to_owned()),
            Mode::Full => (time.dt, format!("time.dt ({} ms)", time.dt)),
        };
        let noise = (mode == Mode::Full).then_some(("alignment.tau_noise", self.tau_noise));
        for (key, tau) in noise
            .into_iter()
            .chain([("alignment.tau_rate", self.tau_rate)])
        {
            let accepted = || format!("at least {steps}");
            require(tau >= dt && tau.is_finite(), key, &tau, accepted)?;
        }
        Ok(())
    }
}
