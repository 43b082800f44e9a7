//! Core's types on the wire. Core knows nothing of serde; the compiler holds each copy of a type
//! here to the original.

use apical_core::microcircuit::{
    Alignment, Attenuation, Feedback, Initial, Interneurons, LayerSpecification, LearningRates,
    Mode, Noise, NoiseConvention, Range, Teacher,
};
use apical_core::rule::Clock;
use apical_core::shape::Storage;
use apical_core::{Activation, Counters, Rounding};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Clock")]
pub(crate) struct ClockWire {
    step: u64,
    since_switch: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Counters")]
pub(crate) struct CountersWire {
    weight: u64,
    rate: u64,
    potential: u64,
    trace: u64,
    updates: u64,
    lost: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Storage")]
pub(crate) struct StorageWire {
    weights: usize,
    traces: usize,
    potentials: usize,
    rates: usize,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Rounding")]
pub(crate) enum RoundingWire {
    Stochastic,
    Nearest,
    Floor,
    Zero,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Activation")]
pub(crate) enum ActivationWire {
    Logistic,
    Softplus { gamma: f64, beta: f64, theta: f64 },
    Tanh,
    HardSigmoid,
    Rectified,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Mode")]
pub(crate) enum ModeWire {
    Full,
    TwoStep,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Feedback")]
pub(crate) enum FeedbackWire {
    Fixed,
    Transposed,
    Learned,
    KolenPollack,
    PhaselessAlignment,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Alignment")]
pub(crate) struct AlignmentWire {
    sigma: f64,
    tau_noise: f64,
    tau_rate: f64,
    decay: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Interneurons")]
pub(crate) enum InterneuronsWire {
    Learned,
    Tied,
    Mirrored,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Attenuation")]
pub(crate) enum AttenuationWire {
    Dendritic,
    Dropped,
    WrongOutput,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Teacher")]
pub(crate) enum TeacherWire {
    Nudging,
    Conductance { excitatory: f64, inhibitory: f64 },
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "NoiseConvention")]
enum NoiseConventionWire {
    PerStep,
    EulerMaruyama,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Noise")]
pub(crate) struct NoiseWire {
    sigma: f64,
    #[serde(with = "NoiseConventionWire")]
    convention: NoiseConvention,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "LearningRates")]
struct LearningRatesWire {
    up: f64,
    bias: f64,
    down: f64,
    ip: f64,
    ip_bias: f64,
    pi: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "LayerSpecification")]
struct LayerWire {
    leak: f64,
    basal: f64,
    dendritic: f64,
    apical: f64,
    somatic: f64,
    #[serde(with = "LearningRatesWire")]
    rates: LearningRates,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Initial")]
pub(crate) struct InitialWire {
    up: Range,
    bias: Range,
    down: Range,
    ip: Range,
    pi: Range,
    self_predicting: bool,
    seed: u64,
}

/// Layers one after the other: serde's remote types do not go into lists by themselves.
pub(crate) mod layers {
    use super::{Deserialize, LayerSpecification, LayerWire, Serialize};
    use heapless::Vec;
    use serde::de::Error as _;
    use serde::{Deserializer, Serializer};

    #[derive(Serialize)]
    struct Out<'a>(#[serde(with = "LayerWire")] &'a LayerSpecification);
    #[derive(Deserialize)]
    struct In(#[serde(with = "LayerWire")] LayerSpecification);

    pub(crate) fn serialize<S: Serializer, const N: usize>(
        layers: &Vec<LayerSpecification, N>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(layers.iter().map(Out))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>, const N: usize>(
        deserializer: D,
    ) -> Result<Vec<LayerSpecification, N>, D::Error> {
        let wire = Vec::<In, N>::deserialize(deserializer)?;
        let mut layers = Vec::new();
        // By reference: the list's own iterator holds a panic where it drops what is left.
        for In(layer) in &wire {
            if layers.push(*layer).is_err() {
                return Err(D::Error::custom("too many layers"));
            }
        }
        Ok(layers)
    }
}
