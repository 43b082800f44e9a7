//! `[learning]`: the rates of the four weight families and their filters.

use apical_core::batch::MAX_SAMPLES;
use serde::{Deserialize, Serialize};

use super::error::{Fault, require, require_decay, require_not_negative, require_positive};
use super::network::{Feedback, Interneurons, Network, Rule};
use super::per_layer::PerLayer;

/// `[learning]`. A rate of 0 means that the family is not plastic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Learning {
    /// Bottom-up weights, rule (7); a list has one for each layer above the input.
    pub up: PerLayer,
    /// Whether one number for `up` is the output's rate, and every hidden layer's is that of the
    /// layer above divided by the layer's mixing factor lambda, which its error was multiplied by.
    pub rescale: bool,
    /// Top-down weights, rule (10), Kolen and Pollack's or phaseless alignment's; a list has one for
    /// each hidden layer.
    pub down: PerLayer,
    /// Pyramidal cells to interneurons, rule (8); a list as for `down`.
    pub pyramidal_to_interneuron: PerLayer,
    /// Interneurons to apical dendrites, rule (9); a list as for `down`.
    pub interneuron_to_pyramidal: PerLayer,
    /// Samples that are stepped together, 1 to 64; the weights change by the mean of their changes.
    pub batch: usize,
    /// Every epoch's rates are those of the epoch before times this; an experiment's epoch is
    /// `data.measure_every` presentations.
    pub decay: f64,
    /// What share of itself a weight loses in an update, before `decay`.
    pub weight_decay: f64,
    /// What errors, or rates less their low-pass, are multiplied by while they are rates
    /// (backpropagation, Kolen and Pollack's rule, phaseless alignment), so that small ones are not
    /// lost in rates of few bits ("loss scaling").
    pub error_scale: f64,
    /// The rate of a bias as a multiple of that of the weights beside it.
    pub bias_factor: f64,
    /// Low-pass of the induction terms, in milliseconds; 0 is off.
    pub tau_w: f64,
    /// How long weights rest after a pattern has changed, in milliseconds.
    pub learning_lag: f64,
    /// Whether the filtered terms start from 0 with every pattern.
    pub reset_traces: bool,
}

impl Default for Learning {
    fn default() -> Self {
        Self {
            up: 0.25.into(),
            rescale: true,
            down: 0.0.into(),
            pyramidal_to_interneuron: 2.5.into(),
            interneuron_to_pyramidal: 0.0.into(),
            batch: 1,
            decay: 1.0,
            weight_decay: 0.0,
            error_scale: 1.0,
            bias_factor: 1.0,
            tau_w: 0.0,
            learning_lag: 0.0,
            reset_traces: false,
        }
    }
}

impl Learning {
    /// The bottom-up rate of each layer above the input, given the mixing factor of each hidden
    /// layer.
    pub fn up_rates(&self, lambda_hidden: &[f64]) -> Vec<f64> {
        let mut rates = self.up.expand(lambda_hidden.len() + 1);
        if self.rescale && matches!(self.up, PerLayer::Same(_)) {
            for k in (0..lambda_hidden.len()).rev() {
                rates[k] = rates[k + 1] / lambda_hidden[k];
            }
        }
        rates
    }

    pub(super) fn check(&self, network: &Network) -> Result<(), Fault> {
        let hidden = network.hidden();
        let upper = (hidden + 1, "layer above the input");
        let inner = (hidden, "hidden layer");
        for (key, rates, layers) in [
            ("learning.up", &self.up, upper),
            ("learning.down", &self.down, inner),
            (
                "learning.pyramidal_to_interneuron",
                &self.pyramidal_to_interneuron,
                inner,
            ),
            (
                "learning.interneuron_to_pyramidal",
                &self.interneuron_to_pyramidal,
                inner,
            ),
        ] {
            rates.check(
                key,
                layers,
                (|rate: f64| rate >= 0.0, "a rate, 0 (frozen) or more"),
            )?;
        }
        let learns_down = !matches!(network.feedback, Feedback::Fixed | Feedback::Transposed);
        require(
            learns_down || self.down.is_zero(),
            "learning.down",
            &format_args!("{}", self.down),
            || {
                format!(
                    "0, as network.feedback is \"{}\"; more with \"learned\", \"kolen-pollack\" or \
                     \"phaseless-alignment\"",
                    network.feedback
                )
            },
        )?;
        require(
            network.interneurons != Interneurons::Mirrored
                || self.interneuron_to_pyramidal.is_zero(),
            "learning.interneuron_to_pyramidal",
            &format_args!("{}", self.interneuron_to_pyramidal),
            || format!("0, as network.interneurons is \"{}\"", network.interneurons),
        )?;
        require(
            (1..=MAX_SAMPLES).contains(&self.batch),
            "learning.batch",
            &self.batch,
            || format!("1 to {MAX_SAMPLES} samples"),
        )?;
        require(
            self.batch == 1 || self.tau_w == 0.0,
            "learning.batch",
            &self.batch,
            || "1, as learning.tau_w is not 0: the samples of a batch have no trace of their own",
        )?;
        require(
            self.decay > 0.0 && self.decay <= 1.0,
            "learning.decay",
            &self.decay,
            || "a factor above 0 and at most 1",
        )?;
        require_decay("learning.weight_decay", self.weight_decay)?;
        self.check_control(network.rule)?;
        require_not_negative("learning.bias_factor", self.bias_factor)?;
        require_not_negative("learning.tau_w", self.tau_w)?;
        require_not_negative("learning.learning_lag", self.learning_lag)
    }

    /// What backpropagation cannot do.
    fn check_control(&self, rule: Rule) -> Result<(), Fault> {
        require_positive("learning.error_scale", self.error_scale)?;
        if rule == Rule::Microcircuit {
            return Ok(());
        }
        for (key, value, only) in [
            ("learning.bias_factor", self.bias_factor, 1.0),
            ("learning.tau_w", self.tau_w, 0.0),
            ("learning.learning_lag", self.learning_lag, 0.0),
        ] {
            require(value == only, key, &value, || {
                format!("{only} with network.rule = \"{rule}\"")
            })?;
        }
        Ok(())
    }
}
