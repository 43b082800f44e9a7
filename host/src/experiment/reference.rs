//! What the experiments came to in an independent simulation, and how far a run is from it.
//!
//! The numbers are of one seed of a program written only to be compared with. What other seeds come
//! to, and so how much a run may differ, is in docs/results, a page for each experiment.

use serde::{Deserialize, Serialize};

use super::{Kind, Outcome};
use crate::config::{Activation, Attenuation, Config};

/// How small a part of the shallow control's error the deep network's has to be after
/// [`LEARNED`] presentations.
const PART: f64 = 0.25;
/// When the reference's error has stopped falling.
const LEARNED: u64 = 200_000;

/// One number of the reference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reference {
    /// The measure.
    pub column: &'static str,
    /// After so many presentations.
    pub patterns: u64,
    /// The number.
    pub value: f64,
    /// By what factor another seed's number may be larger.
    pub factor: f64,
    /// Whether it may also be smaller by no more than that. A remainder may be as small as it
    /// likes; a weight that has moved too far has not learned at the rate it should.
    pub both_ways: bool,
}

/// A number of the reference beside that of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// The measure.
    pub measure: String,
    /// After so many presentations.
    pub patterns: u64,
    /// The reference.
    pub reference: f64,
    /// The run: the mean over the presentations before, at most a twentieth of all so far.
    pub measured: f64,
    /// What the run's number may be.
    pub accepted: [f64; 2],
    /// Whether it is.
    pub holds: bool,
}

/// Presentations that a number is averaged over, at most: inputs differ in what they excite.
const MOST: u64 = 100;

const fn remainder(column: &'static str, patterns: u64, value: f64, factor: f64) -> Reference {
    Reference {
        column,
        patterns,
        value,
        factor,
        both_ways: false,
    }
}

const fn distance(column: &'static str, patterns: u64, value: f64, factor: f64) -> Reference {
    Reference {
        column,
        patterns,
        value,
        factor,
        both_ways: true,
    }
}

const SELF_PREDICTION: &[Reference] = &[
    remainder("apical_1", 50, 0.25, 5.0),
    // Given as 0.02 to 0.05.
    remainder("apical_1", 4000, 0.032, 5.0),
    remainder("interneuron_1", 50, 1.3, 5.0),
    remainder("interneuron_1", 4000, 0.1, 5.0),
    distance("distance_pi_1", 4000, 88.0, 1.3),
    distance("distance_ip_1", 4000, 110.0, 1.3),
];

const ASSOCIATION: &[Reference] = &[
    remainder("output_error", 60, 1.5, 10.0),
    remainder("output_error", 120, 0.06, 10.0),
    remainder("output_error", 240, 0.001, 20.0),
];

// One seed in eight takes ten presentations more, in which the error falls by a factor of ten.
const ASSOCIATION_SOFTPLUS: &[Reference] = &[remainder("output_error", 60, 0.005, 100.0)];

// The reference's noise is a third as strong and its rates do not fall, so where it ends is what can be
// compared, and not how it came there.
const REGRESSION: &[Reference] = &[
    remainder("test_error", LEARNED, 0.017, 1.6),
    remainder("distance_pi_1", LEARNED, 6.5, 2.0),
];

/// The reference of a configuration: none unless it is the experiment's own, apart from seed,
/// precision, rounding and the number of patterns.
pub fn references(kind: Kind, config: &Config) -> &'static [Reference] {
    let Some(mut own) = kind
        .document()
        .ok()
        .and_then(|document| document.resolve().ok())
    else {
        return &[];
    };
    own.run = config.run.clone();
    own.data.patterns = config.data.patterns;
    own.data.measure_every = config.data.measure_every;
    let table = match kind {
        Kind::SelfPrediction => SELF_PREDICTION,
        Kind::Regression => REGRESSION,
        Kind::Association => {
            own.network.activation = config.network.activation;
            match config.network.activation {
                Activation::Logistic => ASSOCIATION,
                Activation::Softplus {
                    gamma: 1.0,
                    beta: 1.0,
                    theta: 0.0,
                } => ASSOCIATION_SOFTPLUS,
                _ => &[],
            }
        }
    };
    if own == *config { table } else { &[] }
}

/// Whether the configuration is the negative control, from which a failure is expected.
pub(super) fn is_control(config: &Config) -> bool {
    config.network.attenuation == Attenuation::WrongOutput
}

/// The numbers of the reference that the run has got to.
pub(super) fn checks(references: &[Reference], outcome: &Outcome) -> Vec<Check> {
    references
        .iter()
        .filter_map(|reference| {
            let Reference {
                column,
                patterns,
                value,
                factor,
                both_ways,
            } = *reference;
            let window = (patterns / 20).clamp(1, MOST);
            let measured = outcome.mean(column, patterns, window)?;
            let low = if both_ways { value / factor } else { 0.0 };
            let accepted = [low, value * factor];
            Some(Check {
                measure: column.to_owned(),
                patterns,
                reference: value,
                measured,
                accepted,
                holds: measured >= accepted[0] && measured <= accepted[1],
            })
        })
        .collect()
}

/// The deep network's error on unseen patterns as a part of the shallow control's, once both have
/// learned for as long as the reference.
pub(super) fn part_of_control(deep: &Outcome, shallow: &Outcome) -> Option<Check> {
    let error = |outcome: &Outcome| outcome.mean("test_error", LEARNED, 1);
    let measured = error(deep)? / error(shallow)?;
    Some(Check {
        measure: "test_error_part".to_owned(),
        patterns: LEARNED,
        reference: 0.017 / 0.0813,
        measured,
        accepted: [0.0, PART],
        holds: measured <= PART,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ConfigDocument;

    fn config(kind: Kind, overrides: &[&str]) -> Config {
        let mut document: ConfigDocument = kind.document().unwrap();
        for assignment in overrides {
            document.apply_override(assignment).unwrap();
        }
        document.resolve().unwrap()
    }

    #[test]
    fn only_the_papers_own_configuration_has_a_reference() {
        let count = |kind, overrides: &[&str]| references(kind, &config(kind, overrides)).len();
        let free = [
            "run.seed=4",
            "run.precision=i16",
            "run.rounding=nearest",
            "data.patterns=9",
        ];
        assert_eq!(count(Kind::SelfPrediction, &free), 6);
        assert_eq!(count(Kind::SelfPrediction, &["learning.tau_w=10"]), 0);
        assert_eq!(count(Kind::Association, &[]), 3);
        assert_eq!(
            count(Kind::Association, &["network.attenuation=wrong-output"]),
            0
        );
        let softplus = "network.activation={kind = \"softplus\", gamma = 1, theta = 0}";
        assert_eq!(count(Kind::Association, &[softplus]), 1);
        assert_eq!(count(Kind::Association, &["network.activation=tanh"]), 0);
    }
}
