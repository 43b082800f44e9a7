//! How large every variable gets: what a fixed-point format is chosen from.

use crate::Error;
use crate::config::Config;
use crate::engine::Engine;
use crate::experiment::Schedule;
use crate::network::{Blueprint, Memory, rounding};
use crate::present::{Pattern, advance};
use crate::report::{Cell, Column, Table};
use crate::{train, with_precision};
use apical_core::record::Quantity;
use apical_core::rule::Rule;
use apical_core::{Counters, Number};
use serde::Serialize;
use std::sync::atomic::{AtomicBool, Ordering};

/// The extent of one variable over a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Extent {
    /// Its name.
    pub variable: String,
    /// Its layer.
    pub layer: usize,
    /// What kind of word stores it: weight, rate, potential or trace.
    pub quantity: String,
    /// Largest absolute value.
    pub largest: f64,
    /// Root of the mean square, over all words and steps looked at.
    pub rms: f64,
}

impl Extent {
    /// Bits before the binary point that a signed format needs, the sign among them.
    pub fn integer_bits(&self) -> u32 {
        let mut bits = 1;
        while f64::from(1_u32 << (bits - 1)) <= self.largest && bits < 31 {
            bits += 1;
        }
        bits
    }
}

/// Runs `patterns` presentations of a configuration in its precision, learning all the while.
///
/// # Errors
/// When the network cannot be built or begun, or the user stopped it.
pub fn measure(
    config: &Config,
    patterns: u64,
    progress: &dyn Fn(u64),
    stop: &AtomicBool,
) -> Result<Vec<Extent>, Error> {
    with_precision!(config.run.precision, P => measure_in::<P>(config, patterns, progress, stop))
}

fn measure_in<P: Engine>(
    config: &Config,
    patterns: u64,
    progress: &dyn Fn(u64),
    stop: &AtomicBool,
) -> Result<Vec<Extent>, Error> {
    let seed = config.run.seed;
    let blueprint = Blueprint::new(config, seed);
    let mut layers = blueprint.layers::<P>();
    let network = train::build(config, &blueprint, &mut layers)?;
    let mut memory = Memory::begin(config, &network, &blueprint)?;
    let mut schedule = Schedule::<P>::new(config, seed)?;
    let learning = Some(rounding(config.run.rounding));
    let per_pattern = config.pattern_steps();
    let variables: Vec<_> = (0..).map_while(|i| network.variable(i)).collect();
    let mut seen = vec![(0.0_f64, 0.0_f64, 0_u64); variables.len()];
    let mut counters = Counters::default();
    for pattern in 0..patterns {
        if stop.load(Ordering::Relaxed) {
            return Err(Error::Differs("stopped before the end".into()));
        }
        let (input, teacher) = schedule.show(pattern);
        let shown = Pattern::one(input, teacher);
        let (weights, mut activity) = memory.parts();
        network.switch(&mut activity);
        let mut left = per_pattern;
        while left > 0 {
            // Transients at the switch are the largest: look often, not only at the end.
            let some = left.min(10);
            advance(
                &network,
                weights,
                &mut activity,
                &shown,
                learning,
                some,
                &mut counters,
            );
            left -= some;
            for (variable, (largest, squares, count)) in variables.iter().zip(&mut seen) {
                let range = variable.range.clone();
                let mut look = |value: f64| {
                    *largest = largest.max(value.abs());
                    *squares += value * value;
                    *count += 1;
                };
                match variable.storage {
                    Quantity::Weight => weights[range].iter().for_each(|w| look(w.to_f64())),
                    Quantity::Rate => activity.rates[range].iter().for_each(|w| look(w.to_f64())),
                    Quantity::Trace => activity.traces[range].iter().for_each(|w| look(w.to_f64())),
                    Quantity::Potential => {
                        activity.potentials[range]
                            .iter()
                            .for_each(|w| look(w.to_f64()));
                    }
                }
            }
        }
        let clock = activity.clock;
        memory.clock = clock;
        progress(1);
    }
    let extents = variables
        .iter()
        .zip(seen)
        .map(|(variable, (largest, squares, count))| Extent {
            variable: variable.name.into(),
            layer: variable.layer,
            quantity: format!("{:?}", variable.storage).to_lowercase(),
            largest,
            rms: (squares / (count as f64).max(1.0)).sqrt(),
        });
    Ok(extents.collect())
}

/// The extents as a table.
pub fn table(extents: &[Extent], caption: &str) -> Table {
    let columns = vec![
        Column::text("variable"),
        Column::number("layer", ""),
        Column::text("stored as"),
        Column::number("largest", ""),
        Column::number("rms", ""),
        Column::number("integer bits", "").help("a signed format needs, the sign among them"),
    ];
    let mut table = Table::new(caption, columns);
    for e in extents {
        table.push(vec![
            Cell::text(&e.variable),
            Cell::text(e.layer.to_string()),
            Cell::text(&e.quantity),
            Cell::text(format!("{:.3e}", e.largest)),
            Cell::text(format!("{:.3e}", e.rms)),
            Cell::text(e.integer_bits().to_string()),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integer_bits_hold_the_value_and_no_fewer_do() {
        for (largest, bits) in [(0.0, 1), (0.99, 1), (1.0, 2), (1.99, 2), (7.9, 4), (8.0, 5)] {
            let extent = Extent {
                variable: "u".into(),
                layer: 1,
                quantity: "potential".into(),
                largest,
                rms: 0.0,
            };
            assert_eq!(extent.integer_bits(), bits, "{largest}");
        }
    }
}
