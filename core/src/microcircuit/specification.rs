//! The description of a microcircuit in real numbers: what a configuration file says.

use crate::Activation;

/// How time is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Mode {
    /// Explicit Euler steps of equations (1) to (5).
    Full,
    /// One bottom-up and one top-down sweep through the steady states: the paper's simplification
    /// for MNIST.
    TwoStep,
}

/// Where the top-down weights `W^PP_{k,k+1}` come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Feedback {
    /// Random and fixed.
    Fixed,
    /// The transpose of the bottom-up weights of the layer above; not stored.
    Transposed,
    /// Plastic by rule (10).
    Learned,
    /// Plastic by the bottom-up rule of the layer above, transposed (Kolen and Pollack 1994): with the
    /// same decay on both, `W^PP_{k,k+1}` becomes the transpose of `W^PP_{k+1,k}`, times the ratio of
    /// their rates, from any beginning.
    KolenPollack,
    /// Plastic by phaseless alignment (Max et al. 2024): noise of the layer times the high-passed rates
    /// that it causes above, which is the transpose of `W^PP_{k+1,k}` on the average; [`Alignment`].
    PhaselessAlignment,
}

/// Whether interneurons have weights of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Interneurons {
    /// `W^IP` and `W^PI` are weights; they learn by (8) and (9) where their rates are not zero.
    Learned,
    /// `W^IP` are weights that learn by (8); `W^PI` is `-W^PP_{k,k+1}` exactly, as the self-predicting
    /// state has it, and is not stored. With fixed or transposed top-down weights that is what rule
    /// (9) would come to; where they learn, nothing lags behind them.
    Mirrored,
    /// `W^IP` follows `W^PP` and `W^PI` is `-W^PP` exactly: the self-predicting state at all
    /// times. A control, not biology.
    Tied,
}

/// Whether potentials are attenuated on their way from dendrite to soma.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Attenuation {
    /// By the conductances: `a_k` = `g_B` / (`g_lk` + `g_B` + `g_A`).
    Dendritic,
    /// Not at all: u = vB + lambda vA, the "additive" two-step variant. Two-step mode only.
    Dropped,
    /// The output's attenuation wrongly contains `g_A`: the defect of the reimplementation that
    /// failed to replicate the paper, kept as a negative control.
    WrongOutput,
}

/// How the teacher drives the output soma. Both are the same current.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Teacher {
    /// `g_som` (`u_trgt` - u).
    Nudging,
    /// `g_exc` (`E_exc` - u) + `g_inh` (`E_inh` - u).
    Conductance {
        /// Excitatory reversal potential.
        excitatory: f64,
        /// Inhibitory reversal potential, below the excitatory one.
        inhibitory: f64,
    },
}

/// What a noise amplitude means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum NoiseConvention {
    /// u += dt sigma N(0, 1): what the reimplementations do.
    PerStep,
    /// u += sqrt(dt) sigma N(0, 1).
    EulerMaruyama,
}

/// Noise of every soma and interneuron.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Noise {
    /// Amplitude; 0 switches noise off.
    pub sigma: f64,
    /// Its meaning.
    pub convention: NoiseConvention,
}

/// The noise and the filters of [`Feedback::PhaselessAlignment`]. No other feedback looks at them.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Alignment {
    /// Deviation of the noise on the basal potentials of hidden neurons; 0 switches it off.
    pub sigma: f64,
    /// How long a noise lasts; unused in two-step mode, where each step has its own.
    pub tau_noise: f64,
    /// Low-pass that is taken off the rates above; in steps in two-step mode.
    pub tau_rate: f64,
    /// What share of itself a top-down weight loses in an update, as
    /// [`Specification::weight_decay`], which those weights do not follow.
    pub decay: f64,
}

impl Alignment {
    /// The default, for constants.
    pub const DEFAULT: Self = Self {
        sigma: 0.1,
        tau_noise: 5.0,
        tau_rate: 20.0,
        decay: 0.0,
    };
}

impl Default for Alignment {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Learning rates of one layer: per millisecond in full mode, per update in two-step mode.
/// Zero freezes a family.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct LearningRates {
    /// `eta^PP_{k,k-1}`, rule (7).
    pub up: f64,
    /// Of the pyramidal thresholds, rule (7).
    pub bias: f64,
    /// `eta^PP_{k,k+1}`, rule (10), Kolen and Pollack's or phaseless alignment's; hidden layers, learned
    /// feedback only.
    pub down: f64,
    /// `eta^IP_{k,k}`, rule (8); hidden layers.
    pub ip: f64,
    /// Of the interneurons' thresholds, rule (8); hidden layers.
    pub ip_bias: f64,
    /// `eta^PI_{k,k}`, rule (9); hidden layers.
    pub pi: f64,
}

impl LearningRates {
    /// Nothing plastic: the default, for constants.
    pub const FROZEN: Self = Self {
        up: 0.0,
        bias: 0.0,
        down: 0.0,
        ip: 0.0,
        ip_bias: 0.0,
        pi: 0.0,
    };

    /// All of them times `factor`.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        Self {
            up: self.up * factor,
            bias: self.bias * factor,
            down: self.down * factor,
            ip: self.ip * factor,
            ip_bias: self.ip_bias * factor,
            pi: self.pi * factor,
        }
    }
}

/// Conductances and learning rates of one layer, 1 .. N.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct LayerSpecification {
    /// `g_lk`.
    pub leak: f64,
    /// `g_B`: basal dendrite to soma.
    pub basal: f64,
    /// `g_D`: dendrite to soma of the layer's interneurons; unused in the output.
    pub dendritic: f64,
    /// `g_A`: apical dendrite to soma; in the output only [`Attenuation::WrongOutput`] looks at it.
    pub apical: f64,
    /// `g_som`: teacher to output soma, or pyramidal neurons above to this layer's interneurons.
    pub somatic: f64,
    /// Learning rates.
    pub rates: LearningRates,
}

impl Default for LayerSpecification {
    /// The conductances of the paper's reimplementations, nothing plastic.
    fn default() -> Self {
        Self {
            leak: 0.1,
            basal: 1.0,
            dendritic: 1.0,
            apical: 0.8,
            somatic: 0.8,
            rates: LearningRates::default(),
        }
    }
}

/// A microcircuit in real numbers. Times are in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Specification<'s> {
    /// Neurons of each layer, the input first.
    pub sizes: &'s [usize],
    /// Conductances and learning rates of the layers 1 .. N.
    pub layers: &'s [LayerSpecification],
    /// Potential to rate, everywhere.
    pub activation: Activation,
    /// Time.
    pub mode: Mode,
    /// Whether neurons have learnable thresholds.
    pub bias: bool,
    /// Top-down weights.
    pub feedback: Feedback,
    /// Interneuron weights.
    pub interneurons: Interneurons,
    /// Dendritic attenuation.
    pub attenuation: Attenuation,
    /// Teaching current.
    pub teacher: Teacher,
    /// Noise; full mode only.
    pub noise: Noise,
    /// Euler step; unused in two-step mode.
    pub dt: f64,
    /// What share of itself a plastic weight loses in an update; thresholds and `W^PI` lose nothing, nor
    /// do top-down weights, unless they are [`Feedback::KolenPollack`]'s. Done once in
    /// [`DECAY_INTERVAL`](crate::precision::DECAY_INTERVAL) updates.
    pub weight_decay: f64,
    /// What errors are multiplied by while they are rates, which [`Feedback::KolenPollack`] needs; as
    /// [`crate::backprop::Description::error_scale`]. The same for the high-passed rates of
    /// [`Feedback::PhaselessAlignment`].
    pub error_scale: f64,
    /// Noise and filters of [`Feedback::PhaselessAlignment`].
    pub alignment: Alignment,
    /// Low-pass of the input; 0 switches it off. Unused in two-step mode.
    pub tau_input: f64,
    /// Low-pass of plasticity; 0 switches it off. Full mode only.
    pub tau_weights: f64,
    /// Time without plasticity after each new pattern.
    pub learning_lag: f64,
    /// Whether a new pattern clears the low-pass of plasticity.
    pub reset_traces: bool,
    /// Seed of rounding and noise.
    pub seed: u64,
}

impl Specification<'_> {
    /// The default, for constants.
    pub const DEFAULT: Self = Self {
        sizes: &[],
        layers: &[],
        activation: Activation::Logistic,
        mode: Mode::Full,
        bias: false,
        feedback: Feedback::Fixed,
        interneurons: Interneurons::Learned,
        attenuation: Attenuation::Dendritic,
        teacher: Teacher::Nudging,
        noise: Noise {
            sigma: 0.0,
            convention: NoiseConvention::PerStep,
        },
        dt: 0.1,
        weight_decay: 0.0,
        error_scale: 1.0,
        alignment: Alignment::DEFAULT,
        tau_input: 3.0,
        tau_weights: 30.0,
        learning_lag: 0.0,
        reset_traces: false,
        seed: 1,
    };
}

impl Default for Specification<'_> {
    /// The parameters of the paper's reimplementations, without layers.
    fn default() -> Self {
        Self::DEFAULT
    }
}
