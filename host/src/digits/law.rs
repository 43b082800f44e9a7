//! The gradient law: the microcircuit's update against backpropagation's as feedback gets weaker.

use crate::config::{Config, Coupling, Feedback, Initial, Mixing, Precision as PrecisionName};
use crate::network::{Blueprint, Memory};
use crate::task::{Material, Task};
use crate::train::build;
use crate::{Error, gradient, not_a_number, with_precision};
use serde::{Deserialize, Serialize};

/// Mixing factors, from the paper's strong feedback to the limit.
const LAMBDAS: [f64; 4] = [0.3, 0.1, 0.01, 0.001];
/// Precisions side by side.
const PRECISIONS: [PrecisionName; 4] = [
    PrecisionName::F64,
    PrecisionName::F32,
    PrecisionName::I16x32,
    PrecisionName::I16,
];
/// Training samples the updates are summed over.
const SAMPLES: usize = 100;

/// Angles at one lambda.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LawRow {
    /// All mixing factors of the network.
    pub lambda: f64,
    /// The precision.
    pub precision: String,
    /// Degrees, one for each layer above the input.
    #[serde(deserialize_with = "not_a_number::list")]
    pub angles: Vec<f64>,
}

/// Angle of the update to backpropagation's, before training, in the self-predicting state, with
/// the transposed weights as feedback, for several lambdas and precisions.
///
/// # Errors
/// When data, network and precision do not fit.
pub fn gradient_law(config: &Config, material: &Material) -> Result<Vec<LawRow>, Error> {
    let mut rows = Vec::new();
    for lambda in LAMBDAS {
        for precision in PRECISIONS {
            let mut config = config.clone();
            config.run.precision = precision;
            config.network.feedback = Feedback::Transposed;
            config.network.initial = Initial::SelfPredicting;
            config.coupling = Coupling::Mixing(Mixing {
                lambda_hidden: lambda.into(),
                lambda_output: lambda,
                lambda_interneuron: lambda,
            });
            let blueprint = Blueprint::new(&config, config.run.seed);
            let angles = with_precision!(precision, P => {
                let task = Task::<P>::new(&config, material)?;
                let mut layers = blueprint.layers::<P>();
                let circuit = build(&config, &blueprint, &mut layers)?;
                let memory = Memory::initial(&circuit, blueprint.initial());
                let phi = blueprint.specification().activation;
                let samples = material.split.train.iter().take(SAMPLES);
                let pairs = samples.map(|&s| (task.input(s), task.teacher(s)));
                gradient::angles(&circuit, &phi, &memory, &pairs, 1)
            });
            rows.push(LawRow {
                lambda,
                precision: precision.to_string(),
                angles,
            });
        }
    }
    Ok(rows)
}
