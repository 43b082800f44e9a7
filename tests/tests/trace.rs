//! `apical trace` of the golden configuration is the golden table, and reads back to the same bits.

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;

use apical::config::Config;
use apical::engine::Engine;
use apical::network::{Blueprint, Memory};
use apical::present::{Pattern, advance};
use apical::trace::{TraceOptions, golden, write};
use apical_core::record::Quantity;
use apical_core::rule::Rule;
use apical_core::{Counters, F32, F64, I16, Number, Rounding};

/// A trace by column.
struct Table {
    columns: HashMap<String, usize>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn of(config: &Config, steps: u64) -> Self {
        let mut out = Vec::new();
        let options = TraceOptions {
            steps,
            variables: Vec::new(),
        };
        let stop = AtomicBool::new(false);
        write(config, &options, &mut out, &stop).unwrap();
        let text = String::from_utf8(out).unwrap();
        let mut lines = text
            .lines()
            .map(|line| line.split(',').map(str::to_owned).collect());
        let header: Vec<String> = lines.next().unwrap();
        let columns = header
            .into_iter()
            .enumerate()
            .map(|(at, name)| (name, at))
            .collect();
        Self {
            columns,
            rows: lines.collect(),
        }
    }

    fn cell(&self, row: usize, name: &str) -> &str {
        &self.rows[row][self.columns[name]]
    }

    fn value(&self, row: usize, name: &str) -> f64 {
        self.cell(row, name).parse().unwrap()
    }
}

fn configuration(precision: &str) -> Config {
    let mut document = golden().unwrap();
    document
        .apply_override(&format!("run.precision={precision}"))
        .unwrap();
    document.resolve().unwrap()
}

#[test]
fn the_golden_table() {
    let table = Table::of(&configuration("f64"), 1000);
    assert_eq!(table.rows.len(), 1001);
    assert_eq!(table.cell(1000, "time_ms"), "100");
    let names = [
        "u[1][0]",
        "u[1][1]",
        "u[1][2]",
        "u[2][0]",
        "u[2][1]",
        "u_i[1][0]",
        "u_i[1][1]",
        "v_a[1][0]",
        "v_a[1][1]",
        "v_a[1][2]",
        "up[1][0][0]",
        "up[2][0][0]",
        "ip[1][0][0]",
        "pi[1][0][0]",
    ];
    #[rustfmt::skip]
    let golden = [
        (1, [
            -0.042_380_820_0, -0.088_094_544_8, -0.004_749_555_1, 0.046_236_568_6,
            0.016_168_391_6, 0.035_216_332_0, 0.012_673_359_3, 0.487_250_780_2, 0.208_771_075_4,
            -0.375_558_743_9, 0.112_896_006_448, -0.799_938_606_051, 0.775_911_848_676,
            -0.293_183_303_402,
        ]),
        (2, [
            -0.076_487_224_8, -0.159_193_924_4, -0.008_681_151_8, 0.084_767_255_2,
            0.027_863_626_4, 0.068_285_174_1, 0.024_780_236_4, 0.490_026_523_0, 0.211_986_096_4,
            -0.376_614_458_1, 0.112_896_014_796, -0.799_938_604_203, 0.775_911_832_969,
            -0.293_183_344_006,
        ]),
        (10, [
            -0.193_381_786_7, -0.404_185_099_0, -0.022_856_293_5, 0.231_186_901_5,
            0.052_044_197_7, 0.240_792_009_1, 0.083_935_745_2, 0.494_806_303_9, 0.218_035_748_6,
            -0.378_157_689_2, 0.112_896_306_134, -0.799_938_461_934, 0.775_911_318_098,
            -0.293_185_207_110,
        ]),
        (1000, [
            -0.223_443_074_4, -0.462_522_651_1, -0.024_033_645_4, 0.273_952_410_9,
            0.046_287_847_2, 0.323_052_265_9, 0.100_842_883_5, 0.480_412_184_0, 0.208_906_434_3,
            -0.368_647_731_1, 0.113_746_613_203, -0.798_725_079_013, 0.775_551_439_041,
            -0.303_227_302_715,
        ]),
    ];
    for (step, values) in golden {
        for (name, value) in names.iter().zip(values) {
            let have = table.value(step, name);
            assert!(
                (have - value).abs() < 1e-9,
                "{name} after {step}: {have} instead of {value}"
            );
        }
    }
}

/// Every word of every step, compared with a network that is stepped here.
fn reads_back<P: Engine>(precision: &str) {
    let config = configuration(precision);
    let steps = 40;
    let table = Table::of(&config, steps);
    let blueprint = Blueprint::new(&config, config.run.seed);
    let mut layers = blueprint.layers::<P>();
    let network = blueprint.build(&mut layers).unwrap();
    let mut memory = Memory::<P>::begin(&config, &network, &blueprint).unwrap();
    let input: Vec<P::Rate> = config
        .data
        .input
        .iter()
        .map(|&x| P::Rate::from_f64(x))
        .collect();
    let target = &config.data.target_potentials;
    let teacher: Vec<P::Potential> = target.iter().map(|&x| P::Potential::from_f64(x)).collect();
    let mut words = 0;
    for row in 0..=steps as usize {
        for variable in (0..).map_while(|index| network.variable(index)) {
            let (name, layer, start) = (variable.name, variable.layer, variable.range.start);
            for word in variable.range {
                let (i, j) = (
                    (word - start) / variable.columns,
                    (word - start) % variable.columns,
                );
                let (label, real, bits, fraction) = match variable.storage {
                    Quantity::Weight => {
                        let w = memory.weights[word];
                        (
                            format!("{name}[{layer}][{i}][{j}]"),
                            w.to_f64(),
                            w.to_bits(),
                            P::Weight::FRACTION,
                        )
                    }
                    Quantity::Trace => {
                        let t = memory.traces[word];
                        let label = format!("{name}_trace[{layer}][{i}][{j}]");
                        (label, t.to_f64(), t.to_bits(), P::Trace::FRACTION)
                    }
                    Quantity::Rate => {
                        let r = memory.rates[word];
                        (
                            format!("{name}[{layer}][{i}]"),
                            r.to_f64(),
                            r.to_bits(),
                            P::Rate::FRACTION,
                        )
                    }
                    Quantity::Potential => {
                        let u = memory.potentials[word];
                        (
                            format!("{name}[{layer}][{i}]"),
                            u.to_f64(),
                            u.to_bits(),
                            P::Potential::FRACTION,
                        )
                    }
                };
                let read = table.value(row, &label);
                assert_eq!(read.to_bits(), real.to_bits(), "{label} after {row}");
                let raw = table.columns.get(&format!("{label}_raw"));
                assert_eq!(raw.is_some(), fraction.is_some(), "{label}");
                if let Some(raw) = raw {
                    let raw: i64 = table.rows[row][*raw].parse().unwrap();
                    assert_eq!(raw, bits as i64, "{label}_raw after {row}");
                }
                words += 1;
            }
        }
        let pattern = Pattern::one(&input, Some(&teacher));
        let (weights, mut activity) = memory.parts();
        let counters = &mut Counters::default();
        advance(
            &network,
            weights,
            &mut activity,
            &pattern,
            Some(Rounding::Stochastic),
            1,
            counters,
        );
        let clock = activity.clock;
        memory.clock = clock;
    }
    // Nothing is left out: every column but step and time has been looked at.
    let values = table
        .columns
        .keys()
        .filter(|name| !name.ends_with("_raw"))
        .count()
        - 2;
    assert_eq!(words, values * (steps as usize + 1));
}

#[test]
fn floats_read_back_to_the_same_bits() {
    reads_back::<F64>("f64");
    reads_back::<F32>("f32");
}

#[test]
fn fixed_point_reads_back_to_the_same_integers() {
    reads_back::<I16>("i16");
}
