//! A network's whole description, as it travels and as a checkpoint keeps it.

use apical_core::microcircuit::{
    Alignment, Attenuation, Feedback, Initial, Interneurons, LayerSpecification, Mode, Noise,
    Specification, Teacher,
};
use apical_core::{Activation, Rounding};
use heapless::Vec;
use serde::{Deserialize, Serialize};

use crate::remote::{
    ActivationWire, AlignmentWire, AttenuationWire, FeedbackWire, InitialWire, InterneuronsWire,
    ModeWire, NoiseWire, RoundingWire, TeacherWire, layers,
};

/// Most layers of a network, the input not counted.
pub const MAX_LAYERS: usize = 4;
/// Most layers of a network, the input counted.
pub const MAX_SIZES: usize = MAX_LAYERS + 1;
/// Most bytes of a configuration as postcard writes it; a test measures the largest.
pub const MAX_BYTES: usize = 624;

/// Everything that decides what a board computes: a [`Specification`] that owns its lists, how its
/// weights begin, and how it learns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Configuration {
    /// Neurons of each layer, the input first.
    pub sizes: Vec<usize, MAX_SIZES>,
    /// Conductances and learning rates of the layers above the input.
    #[serde(with = "layers")]
    pub layers: Vec<LayerSpecification, MAX_LAYERS>,
    /// Potential to rate.
    #[serde(with = "ActivationWire")]
    pub activation: Activation,
    /// Time.
    #[serde(with = "ModeWire")]
    pub mode: Mode,
    /// Whether neurons have learnable thresholds.
    pub bias: bool,
    /// Top-down weights.
    #[serde(with = "FeedbackWire")]
    pub feedback: Feedback,
    /// Interneuron weights.
    #[serde(with = "InterneuronsWire")]
    pub interneurons: Interneurons,
    /// Dendritic attenuation.
    #[serde(with = "AttenuationWire")]
    pub attenuation: Attenuation,
    /// Teaching current.
    #[serde(with = "TeacherWire")]
    pub teacher: Teacher,
    /// Noise.
    #[serde(with = "NoiseWire")]
    pub noise: Noise,
    /// Euler step.
    pub dt: f64,
    /// What share of itself a weight loses in an update.
    pub weight_decay: f64,
    /// What errors are multiplied by while they are rates.
    pub error_scale: f64,
    /// Noise and filters of phaseless alignment.
    #[serde(with = "AlignmentWire")]
    pub alignment: Alignment,
    /// Low-pass of the input.
    pub tau_input: f64,
    /// Low-pass of plasticity.
    pub tau_weights: f64,
    /// Time without plasticity after each new pattern.
    pub learning_lag: f64,
    /// Whether a new pattern clears the low-pass of plasticity.
    pub reset_traces: bool,
    /// Seed of rounding and noise.
    pub seed: u64,
    /// How weights begin.
    #[serde(with = "InitialWire")]
    pub initial: Initial,
    /// How weights are rounded.
    #[serde(with = "RoundingWire")]
    pub rounding: Rounding,
    /// Whether the board learns by itself, from its own sensors or out of its flash.
    pub learning: bool,
}

impl Configuration {
    /// The description of a network that learns by itself with stochastic rounding; `None` when
    /// it has more than [`MAX_LAYERS`] layers.
    pub fn new(specification: &Specification<'_>, initial: &Initial) -> Option<Self> {
        let s = specification;
        Some(Self {
            sizes: Vec::from_slice(s.sizes).ok()?,
            layers: Vec::from_slice(s.layers).ok()?,
            activation: s.activation,
            mode: s.mode,
            bias: s.bias,
            feedback: s.feedback,
            interneurons: s.interneurons,
            attenuation: s.attenuation,
            teacher: s.teacher,
            noise: s.noise,
            dt: s.dt,
            weight_decay: s.weight_decay,
            error_scale: s.error_scale,
            alignment: s.alignment,
            tau_input: s.tau_input,
            tau_weights: s.tau_weights,
            learning_lag: s.learning_lag,
            reset_traces: s.reset_traces,
            seed: s.seed,
            initial: *initial,
            rounding: Rounding::Stochastic,
            learning: true,
        })
    }

    /// What core builds the network from.
    pub fn specification(&self) -> Specification<'_> {
        Specification {
            sizes: &self.sizes,
            layers: &self.layers,
            activation: self.activation,
            mode: self.mode,
            bias: self.bias,
            feedback: self.feedback,
            interneurons: self.interneurons,
            attenuation: self.attenuation,
            teacher: self.teacher,
            noise: self.noise,
            dt: self.dt,
            weight_decay: self.weight_decay,
            error_scale: self.error_scale,
            alignment: self.alignment,
            tau_input: self.tau_input,
            tau_weights: self.tau_weights,
            learning_lag: self.learning_lag,
            reset_traces: self.reset_traces,
            seed: self.seed,
        }
    }

    /// Writes the configuration to the front of `bytes`; `None` when it does not fit, which it
    /// does into [`MAX_BYTES`].
    pub fn to_bytes<'b>(&self, bytes: &'b mut [u8]) -> Option<&'b [u8]> {
        postcard::to_slice(self, bytes).ok().map(|bytes| &*bytes)
    }

    /// Reads a configuration that [`to_bytes`](Self::to_bytes) wrote.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        postcard::take_from_bytes(bytes)
            .ok()
            .filter(|(_, rest)| rest.is_empty())
            .map(|(configuration, _)| configuration)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use apical_core::microcircuit::{LearningRates, NoiseConvention};

    /// Every field as long as it gets.
    fn largest() -> Configuration {
        let rates = LearningRates {
            up: 0.1,
            ip: 0.3,
            ..LearningRates::default()
        };
        let layers = [LayerSpecification {
            rates,
            ..LayerSpecification::default()
        }; MAX_LAYERS];
        let specification = Specification {
            sizes: &[65_536; MAX_SIZES],
            layers: &layers,
            activation: Activation::Softplus {
                gamma: 0.1,
                beta: 1.0,
                theta: 3.0,
            },
            teacher: Teacher::Conductance {
                excitatory: 1.0,
                inhibitory: -1.0,
            },
            noise: Noise {
                sigma: 0.5,
                convention: NoiseConvention::EulerMaruyama,
            },
            seed: u64::MAX,
            ..Specification::default()
        };
        let initial = Initial {
            seed: u64::MAX,
            ..Initial::default()
        };
        let mut largest = Configuration::new(&specification, &initial).unwrap();
        largest.rounding = Rounding::Zero;
        assert_eq!(largest.specification(), specification);
        largest
    }

    #[test]
    fn the_largest_configuration_goes_through_bytes() {
        let configuration = largest();
        let mut bytes = [0; MAX_BYTES];
        let bytes = configuration.to_bytes(&mut bytes).unwrap();
        std::println!("the largest configuration has {} bytes", bytes.len());
        assert_eq!(Configuration::from_bytes(bytes), Some(configuration));
        for cut in 0..bytes.len() {
            assert_eq!(Configuration::from_bytes(&bytes[..cut]), None);
        }
        let mut longer = [0; MAX_BYTES + 1];
        longer[..bytes.len()].copy_from_slice(bytes);
        assert_eq!(Configuration::from_bytes(&longer), None);
    }

    #[test]
    fn a_network_of_more_layers_is_refused() {
        let specification = Specification {
            sizes: &[1; 6],
            ..Specification::default()
        };
        assert_eq!(
            Configuration::new(&specification, &Initial::default()),
            None
        );
    }
}
