//! Weights as files that NumPy reads: `.npz`, or JSON.
//!
//! An array has a name such as `up_1` (or `bias_1`, `down_1`, `ip_1`, `ip_bias_1`,
//! `pi_1`), a shape and its numbers, row after row. The raw
//! integers of a fixed-point network can stand beside them under the name with `_raw`.
//!
//! In Python:
//!
//! ```text
//! weights = numpy.load("weights.npz"); weights["up_1"].shape
//! weights = json.load(open("weights.json"))["arrays"]["up_1"]
//! numpy.array(weights["data"], weights["dtype"]).reshape(weights["shape"])
//! ```

mod error;
mod json;
mod npy;
mod npz;

use std::collections::BTreeMap;
use std::path::Path;

pub use error::WeightsError;

use crate::journal::{write_atomically, write_atomically_by};

/// What the name of raw integers ends with.
pub const RAW_SUFFIX: &str = "_raw";

/// Named arrays, in the order of their names.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WeightsFile {
    /// The arrays.
    pub arrays: BTreeMap<String, Array>,
}

/// Numbers with a shape.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// Lengths of the dimensions, the slowest first.
    pub shape: Vec<usize>,
    /// The numbers, row after row.
    pub values: Values,
}

/// The numbers of an array, in the type of the file.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// 64-bit floats.
    F64(Vec<f64>),
    /// 32-bit integers.
    I32(Vec<i32>),
    /// 16-bit integers.
    I16(Vec<i16>),
    /// 8-bit integers.
    I8(Vec<i8>),
}

impl Values {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::F64(values) => values.len(),
            Self::I32(values) => values.len(),
            Self::I16(values) => values.len(),
            Self::I8(values) => values.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// NumPy's name of the type, such as `float64`.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::F64(_) => "float64",
            Self::I32(_) => "int32",
            Self::I16(_) => "int16",
            Self::I8(_) => "int8",
        }
    }
}

impl WeightsFile {
    /// Adds an array of floats.
    pub fn insert(&mut self, name: &str, shape: &[usize], values: Vec<f64>) {
        self.insert_values(name, shape, Values::F64(values));
    }

    /// Adds an array of any type.
    pub fn insert_values(&mut self, name: &str, shape: &[usize], values: Values) {
        self.arrays.insert(
            name.to_owned(),
            Array {
                shape: shape.to_vec(),
                values,
            },
        );
    }

    /// The floats of an array, if it is there and holds floats.
    pub fn floats(&self, name: &str) -> Option<&[f64]> {
        match &self.arrays.get(name)?.values {
            Values::F64(values) => Some(values),
            _ => None,
        }
    }

    /// Reads a file and makes sure that it holds the `expected` names and shapes.
    ///
    /// # Errors
    ///
    /// As [`Self::read`] and [`Self::check`].
    pub fn load<S: AsRef<str>>(
        path: &Path,
        expected: &[(S, Vec<usize>)],
    ) -> Result<Self, WeightsError> {
        let file = Self::read(path)?;
        file.check(path, expected)?;
        Ok(file)
    }

    /// Reads a file; its name ends with `.npz` or `.json`.
    ///
    /// # Errors
    ///
    /// When it cannot be read, is not of that format, or has an array with a length
    /// other than its shape's, of another type, or with a number that is not finite.
    pub fn read(path: &Path) -> Result<Self, WeightsError> {
        let format = Format::of(path)?;
        let bytes = std::fs::read(path).map_err(|source| WeightsError::Read {
            path: path.to_path_buf(),
            source,
        })?;
        let file = match format {
            Format::Npz => npz::decode(&bytes, path)?,
            Format::Json => json::decode(&bytes, path)?,
        };
        file.check_values(path)?;
        Ok(file)
    }

    /// Reads the text of a JSON file; `name` stands for it in errors.
    ///
    /// # Errors
    ///
    /// As [`Self::read`].
    pub fn parse_json(text: &str, name: &Path) -> Result<Self, WeightsError> {
        let file = json::decode(text.as_bytes(), name)?;
        file.check_values(name)?;
        Ok(file)
    }

    /// Writes a file in one step; its name ends with `.npz` or `.json`.
    ///
    /// # Errors
    ///
    /// When an array has a length other than its shape's or a number that is not
    /// finite, or the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), WeightsError> {
        let format = Format::of(path)?;
        self.check_values(path)?;
        match format {
            Format::Npz => write_atomically_by(path, |to| npz::write(self, to))?,
            Format::Json => write_atomically(path, &json::encode(self, path)?)?,
        }
        Ok(())
    }

    /// Makes sure that the arrays are the `expected` ones; raw integers may stand
    /// beside each of them, in its shape.
    ///
    /// # Errors
    ///
    /// When one is missing, superfluous, of another shape, or not of floats.
    pub fn check<S: AsRef<str>>(
        &self,
        path: &Path,
        expected: &[(S, Vec<usize>)],
    ) -> Result<(), WeightsError> {
        let fault = |name: &str, found: String, accepted: String| {
            WeightsError::array(path, name, found, accepted)
        };
        for (name, shape) in expected {
            let name = name.as_ref();
            let Some(array) = self.arrays.get(name) else {
                let accepted = format!("an array of shape {shape:?}");
                return Err(fault(name, "nothing".to_owned(), accepted));
            };
            if !matches!(array.values, Values::F64(_)) {
                let found = array.values.type_name().to_owned();
                return Err(fault(name, found, "float64".to_owned()));
            }
        }
        for (name, array) in &self.arrays {
            let base = name.strip_suffix(RAW_SUFFIX).unwrap_or(name);
            let Some((_, shape)) = expected.iter().find(|(other, _)| other.as_ref() == base) else {
                let names: Vec<&str> = expected.iter().map(|(name, _)| name.as_ref()).collect();
                let found = "an array that the network does not have".to_owned();
                return Err(fault(name, found, names.join(", ")));
            };
            if array.shape != *shape {
                let found = format!("shape {:?}", array.shape);
                return Err(fault(name, found, format!("shape {shape:?}")));
            }
            if base != name && matches!(array.values, Values::F64(_)) {
                let accepted = "int8, int16 or int32".to_owned();
                return Err(fault(name, "float64".to_owned(), accepted));
            }
        }
        Ok(())
    }

    /// Every length is that of the shape, and every float is finite.
    fn check_values(&self, path: &Path) -> Result<(), WeightsError> {
        for (name, array) in &self.arrays {
            let fault = |found, accepted: &str| {
                Err(WeightsError::array(path, name, found, accepted.to_owned()))
            };
            let (shape, length) = (&array.shape, array.values.len());
            if elements(shape) != Some(length) {
                let found = format!("{length} numbers with shape {shape:?}");
                return fault(found, "as many numbers as the shape has places");
            }
            if let Values::F64(values) = &array.values
                && let Some(index) = values.iter().position(|value| !value.is_finite())
            {
                let found = format!("{} at {:?}", values[index], place(index, shape));
                return fault(found, "finite numbers");
            }
        }
        Ok(())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Npz,
    Json,
}

impl Format {
    fn of(path: &Path) -> Result<Self, WeightsError> {
        match path.extension().and_then(|end| end.to_str()) {
            Some("npz") => Ok(Self::Npz),
            Some("json") => Ok(Self::Json),
            _ => Err(WeightsError::Extension {
                path: path.to_path_buf(),
            }),
        }
    }
}

/// The number of places in a shape, unless it is beyond what can be counted.
fn elements(shape: &[usize]) -> Option<usize> {
    shape
        .iter()
        .try_fold(1_usize, |product, length| product.checked_mul(*length))
}

/// The place of an element in each dimension.
fn place(mut index: usize, shape: &[usize]) -> Vec<usize> {
    let mut place = vec![0; shape.len()];
    for (position, length) in place.iter_mut().zip(shape).rev() {
        *position = index % length;
        index /= length;
    }
    place
}

#[cfg(test)]
mod tests;
