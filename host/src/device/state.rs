//! All words of a network as they are on a board, and where two networks differ.

use apical_core::record::Quantity;
use apical_core::rule::{Clock, Variable};
use apical_link::{Format, Section};
use serde::Serialize;

use crate::Error;

/// Raw words of each section, in the order of [`Section::ALL`], and the clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// Little-endian words.
    pub sections: [Vec<u8>; 4],
    /// Time.
    pub clock: Clock,
}

/// One word of a network.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Word {
    /// What it stands for.
    pub value: f64,
    /// Its bits, in the lowest bits.
    pub bits: u64,
    /// Bytes that it is stored in.
    pub bytes: usize,
}

impl Word {
    /// The bits as all hexadecimal digits of the word.
    pub fn hexadecimal(&self) -> String {
        format!("0x{:0width$x}", self.bits, width = 2 * self.bytes)
    }
}

/// Where two networks differ first, and how much of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// The step after which they differ.
    pub step: u64,
    /// The first variable, such as `up`; `clock` or `output` where that is what differs.
    pub variable: String,
    /// Its layer.
    pub layer: usize,
    /// The first index within it.
    pub index: usize,
    /// The value on this machine and on the board.
    pub values: [f64; 2],
    /// The stored bits on this machine and on the board.
    pub bits: [String; 2],
    /// How many words differ, of each variable that has such words.
    pub words: Vec<Differing>,
}

/// How much of a variable differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Differing {
    /// The variable.
    pub variable: String,
    /// Its layer.
    pub layer: usize,
    /// Words that differ.
    pub differ: usize,
    /// All of its words.
    pub of: usize,
}

/// The section that a variable is in.
pub fn section(variable: &Variable) -> Section {
    match variable.storage {
        Quantity::Weight => Section::Weights,
        Quantity::Trace => Section::Traces,
        Quantity::Potential => Section::Potentials,
        Quantity::Rate => Section::Rates,
    }
}

/// The name by which a variable is known and asked for.
pub fn name(variable: &Variable) -> String {
    match variable.storage {
        // As in a trace: filtered plasticity has otherwise the name of its weights.
        Quantity::Trace => format!("{}_trace", variable.name),
        _ => variable.name.to_owned(),
    }
}

/// The variable with a word that a user names.
///
/// # Errors
/// When the network has no such variable, layer or index; what it has is in the error.
pub fn find<'v>(
    variables: &'v [Variable],
    wanted: &str,
    layer: usize,
    index: usize,
) -> Result<&'v Variable, Error> {
    let named: Vec<_> = variables.iter().filter(|v| name(v) == wanted).collect();
    if named.is_empty() {
        let mut names: Vec<String> = variables.iter().map(name).collect();
        names.sort();
        names.dedup();
        return Err(Error::Mismatch(format!(
            "--variable {wanted}: this network has none; accepted: {}",
            names.join(", ")
        )));
    }
    let Some(found) = named.iter().find(|v| v.layer == layer) else {
        let layers: Vec<_> = named.iter().map(|v| v.layer.to_string()).collect();
        return Err(Error::Mismatch(format!(
            "--layer {layer}: {wanted} is not there; accepted: {}",
            layers.join(", ")
        )));
    };
    let words = found.range.len();
    if index >= words {
        return Err(Error::Mismatch(format!(
            "--index {index}: {wanted} of layer {layer} has {words} words; accepted: 0 to {}",
            words.saturating_sub(1)
        )));
    }
    Ok(found)
}

/// Turns over one bit of a word, from the lowest.
///
/// # Errors
/// When the word has no such bit.
pub fn flip(word: &mut [u8], bit: u32) -> Result<(), Error> {
    let place = bit as usize / 8;
    let bits = 8 * word.len();
    let byte = word.get_mut(place).ok_or_else(|| {
        Error::Mismatch(format!(
            "bit {bit}: the word has {bits} bits; accepted: 0 to {}",
            bits.saturating_sub(1)
        ))
    })?;
    *byte ^= 1 << (bit % 8);
    Ok(())
}

/// A word out of its bytes; shorter bytes are a word of zeros.
pub fn word(bytes: &[u8], format: Format) -> Word {
    let width = usize::from(format.bytes).min(8);
    let mut all = [0; 8];
    let given = bytes.get(..width).unwrap_or_default();
    all[..given.len()].copy_from_slice(given);
    let bits = u64::from_le_bytes(all);
    let value = match (format.fraction, width) {
        (None, 4) => f64::from(f32::from_bits(bits as u32)),
        (None, _) => f64::from_bits(bits),
        (Some(fraction), _) => {
            let unused = 64 - 8 * width as u32;
            let integer = (bits << unused) as i64 >> unused;
            integer as f64 / 2_f64.powi(fraction.into())
        }
    };
    Word {
        value,
        bits,
        bytes: width,
    }
}

impl State {
    /// A word of a variable.
    pub fn word(&self, variable: &Variable, index: usize, formats: [Format; 4]) -> Word {
        let place = section(variable) as usize;
        let format = formats[place];
        let at = (variable.range.start + index) * usize::from(format.bytes);
        word(self.sections[place].get(at..).unwrap_or_default(), format)
    }

    /// Where the network of this machine and that of the board differ; `None` where they do not.
    pub fn difference(
        &self,
        board: &Self,
        variables: &[Variable],
        formats: [Format; 4],
    ) -> Option<Difference> {
        let step = self.clock.step;
        let mut first = None;
        let mut words = Vec::new();
        for variable in variables {
            let pair = |index| [self, board].map(|state| state.word(variable, index, formats));
            let of = variable.range.len();
            let differs = |&index: &usize| {
                let [here, there] = pair(index);
                here.bits != there.bits
            };
            let mut differing = (0..of).filter(differs);
            let Some(index) = differing.next() else {
                continue;
            };
            let (variable, layer) = (name(variable), variable.layer);
            words.push(Differing {
                variable: variable.clone(),
                layer,
                differ: 1 + differing.count(),
                of,
            });
            first.get_or_insert((variable, layer, index, pair(index)));
        }
        if let Some((variable, layer, index, pair)) = first {
            return Some(Difference {
                step,
                variable,
                layer,
                index,
                values: pair.map(|word| word.value),
                bits: pair.map(|word| word.hexadecimal()),
                words,
            });
        }
        let clocks = |clock: Clock| [clock.step, clock.since_switch.into()];
        let (here, there) = (clocks(self.clock), clocks(board.clock));
        let index = (0..2).find(|&index| here[index] != there[index])?;
        let pair = [here[index], there[index]];
        Some(Difference {
            step,
            variable: "clock".to_owned(),
            layer: 0,
            index,
            values: pair.map(|count| count as f64),
            bits: pair.map(|count| format!("{count:#x}")),
            words,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const I16: Format = Format {
        bytes: 2,
        fraction: Some(12),
    };

    #[test]
    fn words_are_read_in_every_format() {
        let read = word(&(-0x0123_i16).to_le_bytes(), I16);
        assert_eq!(read.value, -291.0 / 4096.0);
        assert_eq!(read.hexadecimal(), "0xfedd");
        let float = Format {
            bytes: 4,
            fraction: None,
        };
        let read = word(&1.5_f32.to_le_bytes(), float);
        assert_eq!(
            (read.value, read.hexadecimal()),
            (1.5, "0x3fc00000".to_owned())
        );
    }

    #[test]
    fn the_first_word_of_the_first_variable_is_named() {
        let state = |weights: [u8; 6]| State {
            sections: [weights.to_vec(), Vec::new(), Vec::new(), Vec::new()],
            clock: Clock::default(),
        };
        let variable = |name, range| Variable {
            name,
            layer: 1,
            storage: Quantity::Weight,
            range,
            columns: 1,
        };
        let variables = [variable("up", 0..1), variable("bias", 1..3)];
        let (here, there) = (state([0, 0, 0, 0, 1, 0]), state([0, 0, 0, 0, 0, 0x80]));
        let found = here.difference(&there, &variables, [I16; 4]).unwrap();
        assert_eq!((found.variable.as_str(), found.index), ("bias", 1));
        assert_eq!(found.bits, ["0x0001", "0x8000"]);
        assert_eq!((found.words[0].differ, found.words[0].of), (1, 2));
        assert_eq!(here.difference(&here, &variables, [I16; 4]), None);
    }
}
