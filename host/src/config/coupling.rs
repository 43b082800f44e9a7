//! `[conductances]` or `[mixing]`: how strongly the compartments are coupled.

use serde::{Deserialize, Serialize};

use super::choice::choice;
use super::error::{Fault, require, require_not_negative, require_positive};
use super::per_layer::PerLayer;

choice! {
    /// How the target reaches the output.
    Teacher {
        /// A current `g_som (u_target - u)`.
        #[default]
        Nudging = "nudging",
        /// An excitatory and an inhibitory conductance, which add up to the same current.
        Conductance = "conductance",
    }
}

/// `[conductances]`, in units of the membrane capacitance per millisecond.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Conductances {
    /// Leak of pyramidal cells and interneurons; a list has one for each layer above
    /// the input (the interneurons of a layer share its leak).
    pub leak: PerLayer,
    /// From the basal dendrite to the soma.
    pub basal: f64,
    /// From an interneuron's dendrite to its soma.
    pub dendritic: f64,
    /// From the apical dendrite to the soma; a list has one for each hidden layer.
    pub apical: PerLayer,
    /// Of the teacher at the output, and of the layer above at the interneurons.
    pub somatic: f64,
    /// Reversal potential of excitation.
    pub e_exc: f64,
    /// Reversal potential of inhibition.
    pub e_inh: f64,
    /// How the target reaches the output.
    pub teacher: Teacher,
}

impl Default for Conductances {
    /// The values that the reimplementations of the paper agree on.
    fn default() -> Self {
        Self {
            leak: 0.1.into(),
            basal: 1.0,
            dendritic: 1.0,
            apical: 0.8.into(),
            somatic: 0.8,
            e_exc: 1.0,
            e_inh: -1.0,
            teacher: Teacher::default(),
        }
    }
}

/// `[mixing]`: the share of the soma's potential that comes from above.
///
/// It stands for a leak of 0, a basal conductance of 1, and the others such that the
/// shares come out: `lambda = g / (g_leak + g_basal + g)`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mixing {
    /// Apical share; a list has one for each hidden layer.
    pub lambda_hidden: PerLayer,
    /// The teacher's share at the output.
    pub lambda_output: f64,
    /// The upper layer's share at the interneurons.
    pub lambda_interneuron: f64,
}

impl Default for Mixing {
    /// The weak feedback of the paper's digits.
    fn default() -> Self {
        Self {
            lambda_hidden: 0.3.into(),
            lambda_output: 0.1,
            lambda_interneuron: 0.1,
        }
    }
}

/// One of the two ways to give the conductances.
#[derive(Debug, Clone, PartialEq)]
pub enum Coupling {
    /// `[conductances]`.
    Conductances(Conductances),
    /// `[mixing]`.
    Mixing(Mixing),
}

impl Default for Coupling {
    fn default() -> Self {
        Self::Mixing(Mixing::default())
    }
}

/// Conductances of every layer, as the model uses them.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerConductances {
    /// Leak, one for each layer above the input.
    pub leak: Vec<f64>,
    /// From the basal dendrite to the soma.
    pub basal: f64,
    /// From an interneuron's dendrite to its soma.
    pub dendritic: f64,
    /// From the apical dendrite to the soma, one for each hidden layer.
    pub apical: Vec<f64>,
    /// Of the teacher, and of the layer above at the interneurons.
    pub somatic: f64,
    /// Reversal potential of excitation.
    pub e_exc: f64,
    /// Reversal potential of inhibition.
    pub e_inh: f64,
    /// How the target reaches the output.
    pub teacher: Teacher,
}

impl LayerConductances {
    /// The apical share of each hidden layer, `g_A / (g_lk + g_B + g_A)`.
    pub fn lambda_hidden(&self) -> Vec<f64> {
        let share = |(apical, leak): (&f64, &f64)| apical / (leak + self.basal + apical);
        self.apical.iter().zip(&self.leak).map(share).collect()
    }

    /// The teacher's share at the output, `g_som / (g_lk + g_B + g_som)`.
    pub fn lambda_output(&self) -> f64 {
        self.somatic / (self.leak.last().unwrap_or(&0.0) + self.basal + self.somatic)
    }

    /// The upper layer's share at each hidden layer's interneurons,
    /// `g_som / (g_lk + g_D + g_som)`.
    pub fn lambda_interneuron(&self) -> Vec<f64> {
        let share = |leak: &f64| self.somatic / (leak + self.dendritic + self.somatic);
        self.leak
            .iter()
            .take(self.apical.len())
            .map(share)
            .collect()
    }

    /// The largest sum of conductances on one compartment, which limits the time step.
    pub fn largest_total(&self) -> f64 {
        let (basal, dendritic, somatic) = (self.basal, self.dendritic, self.somatic);
        let hidden = self.apical.iter().zip(&self.leak).map(|(apical, leak)| {
            let (pyramidal, interneuron) = (basal + apical, dendritic + somatic);
            leak + pyramidal.max(interneuron)
        });
        let output = self.leak.last().unwrap_or(&0.0) + basal + somatic;
        hidden.fold(output, f64::max)
    }
}

impl Coupling {
    /// The conductances of a network with that many hidden layers.
    pub fn per_layer(&self, hidden: usize) -> LayerConductances {
        match self {
            Self::Conductances(given) => LayerConductances {
                leak: given.leak.expand(hidden + 1),
                basal: given.basal,
                dendritic: given.dendritic,
                apical: given.apical.expand(hidden),
                somatic: given.somatic,
                e_exc: given.e_exc,
                e_inh: given.e_inh,
                teacher: given.teacher,
            },
            Self::Mixing(mixing) => {
                let odds = |lambda: f64| lambda / (1.0 - lambda);
                let apical = mixing.lambda_hidden.expand(hidden).into_iter().map(odds);
                let somatic = odds(mixing.lambda_output);
                let Conductances {
                    e_exc,
                    e_inh,
                    teacher,
                    ..
                } = Conductances::default();
                LayerConductances {
                    leak: vec![0.0; hidden + 1],
                    basal: 1.0,
                    // The teacher and the interneurons share g_som, so that the
                    // interneurons' own share is set by their dendrite.
                    dendritic: somatic / odds(mixing.lambda_interneuron),
                    apical: apical.collect(),
                    somatic,
                    e_exc,
                    e_inh,
                    teacher,
                }
            }
        }
    }

    pub(super) fn check(&self, hidden: usize) -> Result<(), Fault> {
        let hidden_layers = (hidden, "hidden layer");
        match self {
            Self::Conductances(given) => {
                let not_negative = |value: f64| value >= 0.0;
                let accepted = "a number, 0 or more";
                given.leak.check(
                    "conductances.leak",
                    (hidden + 1, "layer above the input"),
                    (not_negative, accepted),
                )?;
                given.apical.check(
                    "conductances.apical",
                    hidden_layers,
                    (not_negative, accepted),
                )?;
                require_positive("conductances.basal", given.basal)?;
                require_positive("conductances.dendritic", given.dendritic)?;
                require_not_negative("conductances.somatic", given.somatic)?;
                let finite = given.e_inh.is_finite();
                require(finite, "conductances.e_inh", &given.e_inh, || "a number")?;
                let above = given.e_exc.is_finite() && given.e_exc > given.e_inh;
                require(above, "conductances.e_exc", &given.e_exc, || {
                    format!("a number above conductances.e_inh ({})", given.e_inh)
                })
            }
            Self::Mixing(given) => {
                let is_share = |value: f64| value > 0.0 && value < 1.0;
                let accepted = "a share above 0 and below 1";
                let check = |key: &str, value: f64| {
                    PerLayer::Same(value).check(key, hidden_layers, (is_share, accepted))
                };
                let key = "mixing.lambda_hidden";
                given
                    .lambda_hidden
                    .check(key, hidden_layers, (is_share, accepted))?;
                check("mixing.lambda_output", given.lambda_output)?;
                check("mixing.lambda_interneuron", given.lambda_interneuron)
            }
        }
    }
}
