//! What a run came to: summary.json.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::not_a_number;

/// The result of one seed. A function of configuration and seed: it holds no times.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Version of the program.
    pub version: String,
    /// Name of the run.
    pub name: String,
    /// The seed.
    pub seed: u64,
    /// The number formats.
    pub precision: String,
    /// Rounding of weights; without meaning in floats.
    pub rounding: String,
    /// Sizes of the layers.
    pub layers: Vec<usize>,
    /// Complete epochs.
    pub epochs: u64,
    /// The last line of metrics.csv; NaN where a measure has no number, `null` in the file.
    #[serde(deserialize_with = "not_a_number::map")]
    pub metrics: BTreeMap<String, f64>,
    /// Weight updates in the whole run.
    pub updates: u64,
    /// Of these, not zero and without effect.
    pub lost_updates: u64,
    /// Saturations in the whole run.
    pub saturations: u64,
    /// Bytes of weights and activity on a device.
    pub state_bytes: usize,
    /// Digest of the final state.
    pub digest: String,
}
