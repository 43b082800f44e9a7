//! Weights as JSON: `{"format": "apical-weights", "version": 1, "arrays": {name:
//! {"dtype": "float64", "shape": [2, 3], "data": [...]}}}`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Array, Values, WeightsError, WeightsFile};

const FORMAT: &str = "apical-weights";
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    version: u32,
    arrays: BTreeMap<String, Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "dtype", deny_unknown_fields)]
enum Entry {
    #[serde(rename = "float64")]
    F64 { shape: Vec<usize>, data: Vec<f64> },
    #[serde(rename = "int32")]
    I32 { shape: Vec<usize>, data: Vec<i32> },
    #[serde(rename = "int16")]
    I16 { shape: Vec<usize>, data: Vec<i16> },
    #[serde(rename = "int8")]
    I8 { shape: Vec<usize>, data: Vec<i8> },
}

pub(super) fn encode(file: &WeightsFile, path: &Path) -> Result<Vec<u8>, WeightsError> {
    let arrays = file.arrays.iter().map(|(name, array)| {
        let shape = array.shape.clone();
        let entry = match array.values.clone() {
            Values::F64(data) => Entry::F64 { shape, data },
            Values::I32(data) => Entry::I32 { shape, data },
            Values::I16(data) => Entry::I16 { shape, data },
            Values::I8(data) => Entry::I8 { shape, data },
        };
        (name.clone(), entry)
    });
    let document = Document {
        format: FORMAT.to_owned(),
        version: VERSION,
        arrays: arrays.collect(),
    };
    let mut bytes = serde_json::to_vec(&document)
        .map_err(|error| WeightsError::format(path, "json", error.to_string()))?;
    bytes.push(b'\n');
    Ok(bytes)
}

pub(super) fn decode(bytes: &[u8], path: &Path) -> Result<WeightsFile, WeightsError> {
    let fault = |problem: String| WeightsError::format(path, "json", problem);
    let document: Document =
        serde_json::from_slice(bytes).map_err(|error| fault(error.to_string()))?;
    if document.format != FORMAT || document.version != VERSION {
        let (format, version) = (document.format, document.version);
        return Err(fault(format!(
            "format {format:?} version {version}; accepted: {FORMAT:?} version {VERSION}"
        )));
    }
    let arrays = document.arrays.into_iter().map(|(name, entry)| {
        let (shape, values) = match entry {
            Entry::F64 { shape, data } => (shape, Values::F64(data)),
            Entry::I32 { shape, data } => (shape, Values::I32(data)),
            Entry::I16 { shape, data } => (shape, Values::I16(data)),
            Entry::I8 { shape, data } => (shape, Values::I8(data)),
        };
        (name, Array { shape, values })
    });
    Ok(WeightsFile {
        arrays: arrays.collect(),
    })
}
