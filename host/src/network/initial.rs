//! The weights a network begins with, and its weights as a file and back.

use std::path::Path;

use apical_core::microcircuit::Family;
use apical_core::record::Quantity;
use apical_core::rule::{Rule, Variable};
use apical_core::{Number, Precision};

use super::{Blueprint, Circuit, Memory};
use crate::Error;
use crate::config::{BUILT_IN, Config, Network};
use crate::weights_file::{RAW_SUFFIX, Values, WeightsFile};

const GOLDEN: &str = include_str!("../../configs/golden-weights.json");

impl<P: Precision> Memory<P> {
    /// Zeros, and weights as the configuration says: drawn, or out of its file.
    ///
    /// # Errors
    /// When the file cannot be read, has other arrays than the network, or a number that the
    /// precision cannot hold.
    pub fn begin(
        config: &Config,
        circuit: &Circuit<'_, P>,
        blueprint: &Blueprint,
    ) -> Result<Self, Error> {
        let mut memory = Self::new(circuit.storage().batch(config.learning.batch));
        circuit.initialise(&mut memory.weights, blueprint.initial());
        let name = &config.network.weights;
        if name.is_empty() {
            check_ranges::<P>(&config.network)?;
        } else {
            let path = Path::new(name);
            let file = match name.strip_prefix(BUILT_IN) {
                Some("golden") => WeightsFile::parse_json(GOLDEN, path)?,
                _ => WeightsFile::read(path)?,
            };
            take_weights(&file, path, circuit, &mut memory.weights)?;
        }
        Ok(memory)
    }
}

/// Weights that are drawn beyond a format would all end at its largest word.
fn check_ranges<P: Precision>(network: &Network) -> Result<(), Error> {
    let largest = P::Weight::largest();
    for (key, range) in [
        ("network.init_up", network.init_up),
        ("network.init_bias", network.init_bias),
        ("network.init_down", network.init_down),
        ("network.init_ip", network.init_ip),
        ("network.init_pi", network.init_pi),
    ] {
        if let Some(value) = range.into_iter().find(|value| value.abs() > largest) {
            let (what, precision) = (format!("an end of {key}"), super::precision_name::<P>());
            return Err(Error::DoesNotFit {
                what,
                value,
                precision,
                largest,
            });
        }
    }
    Ok(())
}

/// The weights of a network as named arrays: `up_1`, `bias_1`, `down_1`, `ip_1`, `ip_bias_1`,
/// `pi_1`, ..., and the raw integers of fixed point beside them.
pub fn weights_of<P: Precision>(network: &impl Rule<P>, weights: &[P::Weight]) -> WeightsFile {
    let mut file = WeightsFile::default();
    for variable in arrays(network) {
        let (name, shape) = (array_name(&variable), shape(&variable));
        let words = weights.get(variable.range).unwrap_or(&[]);
        file.insert(
            &name,
            &shape,
            words.iter().map(|word| word.to_f64()).collect(),
        );
        if P::Weight::FRACTION.is_some() {
            file.insert_values(&format!("{name}{RAW_SUFFIX}"), &shape, raw(words));
        }
    }
    file
}

/// Puts the arrays of a file into the weights of a network, each number rounded to the nearest of
/// the precision; `path` names the file in errors.
///
/// # Errors
/// When an array is missing, superfluous, of another shape, or has a number that the precision
/// cannot hold.
pub fn take_weights<P: Precision>(
    file: &WeightsFile,
    path: &Path,
    network: &impl Rule<P>,
    weights: &mut [P::Weight],
) -> Result<(), Error> {
    let expected: Vec<(String, Vec<usize>)> = arrays(network)
        .map(|variable| (array_name(&variable), shape(&variable)))
        .collect();
    file.check(path, &expected)?;
    for variable in arrays(network) {
        let name = array_name(&variable);
        let values = file.floats(&name).unwrap_or(&[]);
        if let Some(index) = values.iter().position(|&value| !P::Weight::holds(value)) {
            let (row, column) = (index / variable.columns, index % variable.columns);
            return Err(Error::DoesNotFit {
                what: format!("{}: {name}[{row}][{column}]", path.display()),
                value: values[index],
                precision: super::precision_name::<P>(),
                largest: P::Weight::largest(),
            });
        }
        let words = weights.get_mut(variable.range).unwrap_or(&mut []);
        for (word, &value) in words.iter_mut().zip(values) {
            *word = P::Weight::from_f64(value);
        }
    }
    Ok(())
}

/// The arrays that hold weights.
fn arrays<P: Precision>(network: &impl Rule<P>) -> impl Iterator<Item = Variable> {
    (0..)
        .map_while(|index| network.variable(index))
        .filter(|variable| variable.storage == Quantity::Weight)
}

pub(crate) fn array_name(variable: &Variable) -> String {
    format!("{}_{}", variable.name, variable.layer)
}

/// The shape of an array of weights: thresholds are vectors, also where there is one of them.
pub(crate) fn shape(variable: &Variable) -> Vec<usize> {
    let vector = [Family::Bias, Family::IpBias]
        .iter()
        .any(|f| f.name() == variable.name);
    let words = variable.range.len();
    if vector {
        vec![words]
    } else {
        vec![words / variable.columns, variable.columns]
    }
}

fn raw<T: Number>(words: &[T]) -> Values {
    let bits = words.iter().map(|word| word.to_bits());
    match T::BYTES {
        1 => Values::I8(bits.map(|bits| bits as i8).collect()),
        2 => Values::I16(bits.map(|bits| bits as i16).collect()),
        _ => Values::I32(bits.map(|bits| bits as i32).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ConfigDocument;
    use apical_core::{F64, I8, I16};

    const SMALL: &str = "[network]\nlayers = [3, 2, 2, 1]";

    fn config(text: &str) -> Config {
        ConfigDocument::parse(text, "test.toml")
            .unwrap()
            .resolve()
            .unwrap()
    }

    fn with<P: Precision, R>(
        config: &Config,
        f: impl FnOnce(&Circuit<'_, P>, &Blueprint) -> R,
    ) -> R {
        let blueprint = Blueprint::new(config, config.run.seed);
        let mut layers = blueprint.layers::<P>();
        let network = blueprint.build(&mut layers).unwrap();
        f(&network, &blueprint)
    }

    #[test]
    fn weights_go_through_a_file() {
        let config = config(SMALL);
        let folder = tempfile::tempdir().unwrap();
        with::<I16, _>(&config, |network, blueprint| {
            let memory = Memory::initial(network, blueprint.initial());
            let file = weights_of(network, &memory.weights);
            let names: Vec<&str> = file.arrays.keys().map(String::as_str).collect();
            assert_eq!(names[..4], ["bias_1", "bias_1_raw", "bias_2", "bias_2_raw"]);
            assert_eq!(file.arrays["pi_2"].shape, [2, 1]);
            assert_eq!(file.arrays["ip_bias_1"].shape, [2]);
            for name in ["weights.npz", "weights.json"] {
                let path = folder.path().join(name);
                file.write(&path).unwrap();
                let mut config = config.clone();
                config.network.weights = path.to_str().unwrap().to_owned();
                config.run.seed = 9;
                with::<I16, _>(&config, |network, blueprint| {
                    let begun = Memory::begin(&config, network, blueprint).unwrap();
                    assert_eq!(begun.weights, memory.weights);
                });
            }
        });
    }

    #[test]
    fn a_file_of_another_network_or_beyond_the_format_is_named() {
        let mut config = config(SMALL);
        config.network.weights = "built-in:golden".to_owned();
        let message = with::<F64, _>(&config, |network, blueprint| {
            Memory::begin(&config, network, blueprint)
                .unwrap_err()
                .to_string()
        });
        assert!(message.starts_with("built-in:golden: up_1: ") || message.contains("bias_1"));
        with::<I8, _>(&config, |network, blueprint| {
            let mut memory = Memory::initial(network, blueprint.initial());
            let mut file = weights_of(network, &memory.weights);
            file.insert("up_1", &[2, 3], vec![0.0, 0.0, 0.0, 0.0, -4.5, 0.0]);
            let path = Path::new("w.npz");
            let error = take_weights(&file, path, network, &mut memory.weights).unwrap_err();
            let message = error.to_string();
            assert!(
                message.starts_with("w.npz: up_1[1][1] = -4.5 does not fit i8"),
                "{message}"
            );
        });
    }
}
