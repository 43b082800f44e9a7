//! The columns of a trace: which variables, in which storage, under which names.

use std::io::{self, Write};

use apical_core::microcircuit::Family;
use apical_core::record::Quantity;
use apical_core::rule::{Rule, Variable};
use apical_core::{Number, Precision};

use super::word;
use crate::Error;
use crate::network::Memory;

/// All words of one variable of one layer.
#[derive(Debug, Clone)]
pub(super) struct Column {
    name: String,
    variable: Variable,
    /// Whether its words are numbered by row and column.
    matrix: bool,
    /// Whether a raw integer follows each value.
    raw: bool,
}

/// The columns of the variables with these names; of all of them if there are none.
pub(super) fn columns<P: Precision>(
    network: &impl Rule<P>,
    names: &[String],
) -> Result<Vec<Column>, Error> {
    let all: Vec<Column> = (0..)
        .map_while(|index| network.variable(index))
        .map(Column::new::<P>)
        .collect();
    for name in names {
        if !all.iter().any(|column| column.name == *name) {
            return Err(unknown(name, &all));
        }
    }
    let chosen = |column: &Column| names.is_empty() || names.contains(&column.name);
    Ok(all.into_iter().filter(chosen).collect())
}

fn unknown(name: &str, all: &[Column]) -> Error {
    let mut accepted: Vec<&str> = Vec::new();
    for column in all {
        if !accepted.contains(&column.name.as_str()) {
            accepted.push(&column.name);
        }
    }
    let nearest = accepted
        .iter()
        .map(|other| (strsim::damerau_levenshtein(name, other), other))
        .min()
        .filter(|(distance, other)| 2 * distance <= name.len().max(other.len()))
        .map_or_else(String::new, |(_, other)| {
            format!("did you mean \"{other}\"? ")
        });
    Error::Mismatch(format!(
        "variables: found \"{name}\", which this network does not have; {nearest}accepted: {}",
        accepted.join(", ")
    ))
}

impl Column {
    fn new<P: Precision>(variable: Variable) -> Self {
        let fraction = match variable.storage {
            Quantity::Weight => P::Weight::FRACTION,
            Quantity::Rate => P::Rate::FRACTION,
            Quantity::Potential => P::Potential::FRACTION,
            Quantity::Trace => P::Trace::FRACTION,
        };
        let thresholds = [Family::Bias, Family::IpBias].map(Family::name);
        let stored = [Quantity::Weight, Quantity::Trace].contains(&variable.storage);
        Self {
            name: match variable.storage {
                Quantity::Trace => format!("{}_trace", variable.name),
                _ => variable.name.to_owned(),
            },
            matrix: stored && !thresholds.contains(&variable.name),
            raw: fraction.is_some(),
            variable,
        }
    }

    /// Writes the names of the words, a comma before each.
    pub(super) fn names(&self, out: &mut dyn Write) -> io::Result<()> {
        let columns = self.variable.columns.max(1);
        for word in 0..self.variable.range.len() {
            let (row, column) = (word / columns, word % columns);
            let mut name = format!("{}[{}][{row}]", self.name, self.variable.layer);
            if self.matrix {
                name = format!("{name}[{column}]");
            }
            write!(out, ",{name}")?;
            if self.raw {
                write!(out, ",{name}_raw")?;
            }
        }
        Ok(())
    }

    /// Writes the words, a comma before each.
    pub(super) fn values<P: Precision>(
        &self,
        memory: &Memory<P>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let range = self.variable.range.clone();
        match self.variable.storage {
            Quantity::Weight => words(memory.weights.get(range), out),
            Quantity::Rate => words(memory.rates.get(range), out),
            Quantity::Potential => words(memory.potentials.get(range), out),
            Quantity::Trace => words(memory.traces.get(range), out),
        }
    }
}

fn words<T: Number>(all: Option<&[T]>, out: &mut dyn Write) -> io::Result<()> {
    all.unwrap_or(&[])
        .iter()
        .try_for_each(|&one| word(one, out))
}
