//! The network that a board says it has: where each variable is, and its words as arrays.

use std::path::Path;

use apical_core::microcircuit::{Layer, Microcircuit};
use apical_core::record::Quantity;
use apical_core::rule::{Rule, Variable};
use apical_core::{Number, Precision};
use apical_link::{Configuration, Format, Section};

use super::course::to_bytes;
use super::session::Session;
use super::state::{State, Word, name, section, word};
use super::twin;
use crate::network::{array_name, shape, take_weights};
use crate::weights_file::{RAW_SUFFIX, Values, WeightsFile};
use crate::{Error, with_precision};

/// What is where on a board.
#[derive(Debug, Clone)]
pub struct Board {
    /// The configuration in force.
    pub configuration: Configuration,
    /// Every variable of its network.
    pub variables: Vec<Variable>,
    /// The formats of its sections.
    pub formats: [Format; 4],
}

impl Board {
    /// Asks a board for its configuration and builds that network.
    ///
    /// # Errors
    /// When the board does not answer, or has a network that this program does not know.
    pub fn ask(session: &mut Session<'_>) -> Result<Self, Error> {
        let configuration = session.configuration()?;
        let variables = with_precision!(twin::precision(session)?, P => {
            twin::check_formats::<P>(session)?;
            network::<P, _>(&configuration, |network| {
                Ok((0..).map_while(|index| network.variable(index)).collect())
            })?
        });
        Ok(Self {
            configuration,
            variables,
            formats: session.identity().formats,
        })
    }

    /// Reads one word.
    ///
    /// # Errors
    /// When the board does not answer.
    pub fn read(
        &self,
        session: &mut Session<'_>,
        variable: &Variable,
        index: usize,
    ) -> Result<Word, Error> {
        let format = self.formats[section(variable) as usize];
        let at = self.offset(variable, index);
        let all = session.section(section(variable))?;
        Ok(word(all.get(at..).unwrap_or_default(), format))
    }

    /// Writes one word.
    ///
    /// # Errors
    /// When the board does not answer.
    pub fn write(
        &self,
        session: &mut Session<'_>,
        variable: &Variable,
        index: usize,
        bits: u64,
    ) -> Result<(), Error> {
        let width = usize::from(self.formats[section(variable) as usize].bytes).min(8);
        let bytes = bits.to_le_bytes();
        let at = self.offset(variable, index);
        Ok(session.write(section(variable), at, &bytes[..width])?)
    }

    /// The first byte of a word within its section.
    fn offset(&self, variable: &Variable, index: usize) -> usize {
        let format = self.formats[section(variable) as usize];
        (variable.range.start + index) * usize::from(format.bytes)
    }

    /// Words as named arrays, the raw integers of fixed point beside them.
    pub fn arrays<'v>(
        &self,
        state: &State,
        variables: impl Iterator<Item = &'v Variable>,
    ) -> WeightsFile {
        let mut file = WeightsFile::default();
        for variable in variables {
            let words: Vec<Word> = (0..variable.range.len())
                .map(|index| state.word(variable, index, self.formats))
                .collect();
            let (array, shape) = match variable.storage {
                // As `apical train` writes them.
                Quantity::Weight => (array_name(variable), shape(variable)),
                _ => (
                    format!("{}_{}", name(variable), variable.layer),
                    vec![words.len()],
                ),
            };
            let values = words.iter().map(|word| word.value).collect();
            file.insert(&array, &shape, values);
            let format = self.formats[section(variable) as usize];
            if format.fraction.is_some() {
                file.insert_values(&format!("{array}{RAW_SUFFIX}"), &shape, raw(&words, format));
            }
        }
        file
    }

    /// Puts the weights of a file onto the board.
    ///
    /// # Errors
    /// When the file has other arrays than the network, or numbers that the precision cannot
    /// hold; or when the board does not answer.
    pub fn load(&self, session: &mut Session<'_>, path: &Path) -> Result<(), Error> {
        let file = WeightsFile::read(path)?;
        let bytes = with_precision!(twin::precision(session)?, P => {
            network::<P, _>(&self.configuration, |network| {
                let mut weights = vec![<P as Precision>::Weight::ZERO; network.storage().weights];
                take_weights(&file, path, network, &mut weights)?;
                Ok(to_bytes(&weights))
            })?
        });
        Ok(session.write(Section::Weights, 0, &bytes)?)
    }
}

/// The bits of a value in the format of a quantity; `None` when the format does not hold it.
///
/// # Errors
/// When the board's precision is unknown here.
pub fn encode(session: &Session<'_>, quantity: Quantity, value: f64) -> Result<Option<u64>, Error> {
    fn of<T: Number>(value: f64) -> Option<u64> {
        T::holds(value).then(|| T::from_f64(value).to_bits())
    }
    Ok(
        with_precision!(twin::precision(session)?, P => match quantity {
            Quantity::Weight => of::<<P as Precision>::Weight>(value),
            Quantity::Trace => of::<<P as Precision>::Trace>(value),
            Quantity::Potential => of::<<P as Precision>::Potential>(value),
            Quantity::Rate => of::<<P as Precision>::Rate>(value),
        }),
    )
}

/// Builds the network of a configuration for as long as `look` needs it.
fn network<P: Precision, X>(
    configuration: &Configuration,
    look: impl FnOnce(&Microcircuit<'_, P>) -> Result<X, Error>,
) -> Result<X, Error> {
    let mut layers = vec![Layer::default(); configuration.layers.len()];
    let network =
        Microcircuit::new(&configuration.specification(), &mut layers).map_err(|source| {
            Error::Build {
                precision: crate::network::precision_name::<P>(),
                source,
            }
        })?;
    look(&network)
}

fn raw(words: &[Word], format: Format) -> Values {
    let bits = words.iter().map(|word| word.bits);
    match format.bytes {
        1 => Values::I8(bits.map(|bits| bits as i8).collect()),
        2 => Values::I16(bits.map(|bits| bits as i16).collect()),
        _ => Values::I32(bits.map(|bits| bits as i32).collect()),
    }
}
