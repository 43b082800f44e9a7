//! `[network]`: layers, activation, the variant of the model, and how weights begin.

use std::fmt;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Error as _, IntoDeserializer, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use apical_core::shape::LARGEST_LAYER;

use super::choice::choice;
use super::error::{Fault, require, require_positive};

choice! {
    /// What the network learns by.
    Rule {
        /// The dendritic microcircuit.
        #[default]
        Microcircuit = "microcircuit",
        /// Backpropagation of errors, the control.
        Backpropagation = "backpropagation",
    }
}

choice! {
    /// How time passes.
    Mode {
        /// Two passes a sample: up without the teacher, down with it.
        #[default]
        TwoStep = "two-step",
        /// Explicit Euler in time.
        Full = "full",
    }
}

choice! {
    /// How the weights of the interneuron circuit begin.
    Initial {
        /// So that interneurons cancel all feedback exactly.
        #[default]
        SelfPredicting = "self-predicting",
        /// Drawn from `init_ip` and `init_pi`.
        Random = "random",
    }
}

choice! {
    /// The top-down weights.
    Feedback {
        /// Drawn once and kept.
        #[default]
        Fixed = "fixed",
        /// Always the transpose of the bottom-up weights.
        Transposed = "transposed",
        /// Learned by rule (10) of the paper, at `learning.down`.
        Learned = "learned",
        /// Learned by Kolen and Pollack's rule, at `learning.down`: what the bottom-up weights of the
        /// layer above learn, transposed.
        KolenPollack = "kolen-pollack",
        /// Learned by phaseless alignment, at `learning.down`: noise of a layer times the
        /// high-passed rates above it; `[alignment]`.
        PhaselessAlignment = "phaseless-alignment",
    }
}

choice! {
    /// The weights onto interneurons and from them.
    Interneurons {
        /// Learned by rules (8) and (9) of the paper, where their rates are not 0.
        #[default]
        Learned = "learned",
        /// Onto interneurons learned by rule (8); from them always the top-down weights with the
        /// other sign.
        Mirrored = "mirrored",
        /// Always those of perfect interneurons.
        Tied = "tied",
    }
}

choice! {
    /// What a dendritic prediction of the soma contains.
    Attenuation {
        /// The factors of the conductances.
        #[default]
        Dendritic = "dendritic",
        /// None: the additive form of the two-step mode.
        Dropped = "dropped",
        /// The factors of the conductances, with `g_A` in the output, which has no apical
        /// dendrite: a defect, kept as a negative control.
        WrongOutput = "wrong-output",
    }
}

choice! {
    /// The activation functions, without their parameters.
    ActivationKind {
        /// [`Activation::Logistic`].
        #[default]
        Logistic = "logistic",
        /// [`Activation::Softplus`].
        Softplus = "softplus",
        /// [`Activation::Tanh`].
        Tanh = "tanh",
        /// [`Activation::HardSigmoid`].
        HardSigmoid = "hard-sigmoid",
        /// [`Activation::Rectified`].
        Rectified = "rectified",
    }
}

/// From the potential of a soma to its rate.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Activation {
    /// `1 / (1 + exp(-u))`.
    #[default]
    Logistic,
    /// `gamma log(1 + exp(beta (u - theta)))`.
    Softplus {
        /// Scale of the rate.
        gamma: f64,
        /// Steepness.
        beta: f64,
        /// Threshold.
        theta: f64,
    },
    /// `tanh(u)`.
    Tanh,
    /// A line through (0, 1/2), clipped to 0..1.
    HardSigmoid,
    /// `max(0, u)`.
    Rectified,
}

impl Activation {
    /// Softplus with the parameters of the paper's Fig 2.
    pub const PAPER_SOFTPLUS: Self = Self::Softplus {
        gamma: 0.1,
        beta: 1.0,
        theta: 3.0,
    };

    /// Which function it is, without its parameters.
    pub fn kind(&self) -> ActivationKind {
        match self {
            Self::Logistic => ActivationKind::Logistic,
            Self::Softplus { .. } => ActivationKind::Softplus,
            Self::Tanh => ActivationKind::Tanh,
            Self::HardSigmoid => ActivationKind::HardSigmoid,
            Self::Rectified => ActivationKind::Rectified,
        }
    }

    /// The rates between which the function can be inverted, both excluded.
    pub fn range(&self) -> (f64, f64) {
        match self {
            Self::Logistic | Self::HardSigmoid => (0.0, 1.0),
            Self::Tanh => (-1.0, 1.0),
            Self::Softplus { .. } | Self::Rectified => (0.0, f64::INFINITY),
        }
    }

    /// The function of that name; a softplus has the parameters of the paper.
    pub fn of_kind(kind: ActivationKind) -> Self {
        match kind {
            ActivationKind::Logistic => Self::Logistic,
            ActivationKind::Softplus => Self::PAPER_SOFTPLUS,
            ActivationKind::Tanh => Self::Tanh,
            ActivationKind::HardSigmoid => Self::HardSigmoid,
            ActivationKind::Rectified => Self::Rectified,
        }
    }
}

/// `[network]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Network {
    /// Sizes from the input to the output.
    pub layers: Vec<usize>,
    /// What the network learns by. Under backpropagation there is nothing but the bottom-up
    /// weights, and what else is configured means nothing.
    pub rule: Rule,
    /// From potential to rate.
    pub activation: Activation,
    /// How time passes.
    pub mode: Mode,
    /// Whether every cell has a learnable bias.
    pub bias: bool,
    /// How the weights of the interneuron circuit begin.
    pub initial: Initial,
    /// Bottom-up weights begin uniform in here.
    pub init_up: [f64; 2],
    /// Biases begin uniform in here; those of interneurons as their weights do.
    pub init_bias: [f64; 2],
    /// Top-down weights begin uniform in here.
    pub init_down: [f64; 2],
    /// Weights onto the interneurons, if `initial = "random"`.
    pub init_ip: [f64; 2],
    /// Weights from the interneurons to apical dendrites, if `initial = "random"`.
    pub init_pi: [f64; 2],
    /// The top-down weights.
    pub feedback: Feedback,
    /// The weights onto interneurons and from them.
    pub interneurons: Interneurons,
    /// What a dendritic prediction contains.
    pub attenuation: Attenuation,
    /// A file of initial weights, `built-in:golden`, or empty to draw them. Absolute once the
    /// configuration is resolved, so that the copy in a run folder means the same file.
    pub weights: String,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            layers: vec![64, 100, 10],
            rule: Rule::default(),
            activation: Activation::default(),
            mode: Mode::default(),
            bias: true,
            initial: Initial::default(),
            init_up: [-0.5, 0.5],
            init_bias: [0.0, 0.0],
            init_down: [-1.0, 1.0],
            init_ip: [-0.1, 0.1],
            init_pi: [-0.1, 0.1],
            feedback: Feedback::default(),
            interneurons: Interneurons::default(),
            attenuation: Attenuation::default(),
            weights: String::new(),
        }
    }
}

impl Network {
    /// The number of hidden layers.
    pub fn hidden(&self) -> usize {
        self.layers.len().saturating_sub(2)
    }

    /// The size of the input layer.
    pub fn inputs(&self) -> usize {
        self.layers.first().copied().unwrap_or(0)
    }

    /// The size of the output layer, one cell a class.
    pub fn outputs(&self) -> usize {
        self.layers.last().copied().unwrap_or(0)
    }

    pub(super) fn check(&self) -> Result<(), Fault> {
        require(
            (2..=64).contains(&self.layers.len()),
            "network.layers",
            &self.layers,
            || "2 to 64 sizes, from the input to the output, such as [64, 100, 10]",
        )?;
        for (index, size) in self.layers.iter().enumerate() {
            let key = format!("network.layers[{index}]");
            require((1..=LARGEST_LAYER).contains(size), &key, size, || {
                format!("a size from 1 to {LARGEST_LAYER}, as a layer has at least one cell")
            })?;
        }
        if let Activation::Softplus { gamma, beta, theta } = self.activation {
            require_positive("network.activation.gamma", gamma)?;
            require_positive("network.activation.beta", beta)?;
            require(
                theta.is_finite(),
                "network.activation.theta",
                &theta,
                || "a number",
            )?;
        }
        for (key, range) in [
            ("network.init_up", self.init_up),
            ("network.init_bias", self.init_bias),
            ("network.init_down", self.init_down),
            ("network.init_ip", self.init_ip),
            ("network.init_pi", self.init_pi),
        ] {
            let [low, high] = range;
            require(
                low.is_finite() && high.is_finite() && low <= high,
                key,
                &range,
                || "[low, high], two numbers of which the second is not the smaller one",
            )?;
        }
        let built_in = self.weights.strip_prefix(super::BUILT_IN);
        require(
            built_in.is_none_or(|name| name == super::GOLDEN),
            "network.weights",
            &self.weights,
            || {
                format!(
                    "\"{}{}\", or the path of a .npz or .json file",
                    super::BUILT_IN,
                    super::GOLDEN
                )
            },
        )?;
        let control = self.rule == Rule::Backpropagation;
        require(
            !(control && self.mode == Mode::Full),
            "network.rule",
            self.rule.as_str(),
            || "\"microcircuit\"; \"backpropagation\" with network.mode = \"two-step\"",
        )?;
        let additive = self.attenuation == Attenuation::Dropped;
        require(
            !(additive && self.mode == Mode::Full),
            "network.attenuation",
            self.attenuation.as_str(),
            || "\"dendritic\" with network.mode = \"full\"; \"dropped\" is a form of \"two-step\"",
        )
    }
}

impl Serialize for Activation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self::Softplus { gamma, beta, theta } = self else {
            return serializer.serialize_str(self.kind().as_str());
        };
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry("kind", &self.kind())?;
        map.serialize_entry("gamma", gamma)?;
        map.serialize_entry("beta", beta)?;
        map.serialize_entry("theta", theta)?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for Activation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ActivationReader)
    }
}

/// `{ kind = "softplus", gamma = 0.1, beta = 1.0, theta = 3.0 }`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActivationTable {
    kind: Option<ActivationKind>,
    gamma: Option<f64>,
    beta: Option<f64>,
    theta: Option<f64>,
}

struct ActivationReader;

impl<'de> Visitor<'de> for ActivationReader {
    type Value = Activation;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the name of an activation in quotes, or \
             { kind = \"softplus\", gamma = 0.1, beta = 1.0, theta = 3.0 }",
        )
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Activation, E> {
        let reader: StrDeserializer<'_, E> = name.into_deserializer();
        ActivationKind::deserialize(reader).map(Activation::of_kind)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Activation, A::Error> {
        let table = ActivationTable::deserialize(MapAccessDeserializer::new(map))?;
        let Some(kind) = table.kind else {
            return Err(A::Error::custom(
                "`kind` is missing; accepted: { kind = \"softplus\", gamma = 0.1, beta = 1.0, \
                 theta = 3.0 }",
            ));
        };
        let activation = Activation::of_kind(kind);
        if let Activation::Softplus { gamma, beta, theta } = activation {
            return Ok(Activation::Softplus {
                gamma: table.gamma.unwrap_or(gamma),
                beta: table.beta.unwrap_or(beta),
                theta: table.theta.unwrap_or(theta),
            });
        }
        if table.gamma.or(table.beta).or(table.theta).is_some() {
            return Err(A::Error::custom(format!(
                "gamma, beta and theta belong to \"softplus\"; \"{kind}\" has no parameters"
            )));
        }
        Ok(activation)
    }
}
