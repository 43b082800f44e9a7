//! `cargo xtask bench-host`: how fast core is on this machine, next to plain loops.

mod batch;
mod kernel;
mod measure;
mod network;
mod peak;
mod plain;
mod set;
mod table;

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use apical_core::{F32, F64, I8, I16, I32, Precision};
use clap::{Parser, ValueEnum};

use crate::kernel::{Kernel, Square};
use crate::measure::{Case, Time, measure};
use crate::network::{Network, Yardstick};
use crate::set::Set;
use crate::table::{Row, Table};

/// How fast core is on this machine, next to plain loops compiled in the same run.
#[derive(Debug, Parser)]
struct Arguments {
    /// Write the tables to this file as well, as Markdown.
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// Write the figures to this file as well, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Samples of each case; the least of them counts.
    #[arg(long, default_value_t = 60, value_name = "COUNT")]
    samples: usize,
    /// Take so many steps of `--only` and print nothing: for a profiler.
    #[arg(long, value_name = "COUNT", requires = "only")]
    steps: Option<u32>,
    /// Only the tables of batches.
    #[arg(long)]
    batches: bool,
    /// What the profiler is to see.
    #[arg(long, value_enum, value_name = "CASE")]
    only: Option<Only>,
}

/// A case to be profiled, on the instruction set that the dispatcher takes.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Only {
    /// Full mode, 30-20-10, f64.
    SmallF64,
    /// Full mode, 30-50-10, f64.
    LargeF64,
    /// Full mode, 30-20-10, i16.
    SmallI16,
    /// Two-step mode, 256-256-10, i16.
    TwoStepI16,
    /// Two-step mode, 256-256-10, f32.
    TwoStepF32,
    /// The plain loops, 30-20-10.
    SmallPlain,
    /// The plain loops, 30-50-10.
    LargePlain,
    /// A batch of the network of Fig 3 on one thread, f32.
    BatchF32,
    /// The same, i16.
    BatchI16,
    /// The same on all threads, f32.
    ThreadsF32,
    /// The same on all threads, i16.
    ThreadsI16,
}

const SMALL: [usize; 3] = [30, 20, 10];
const LARGE: [usize; 3] = [30, 50, 10];
const WIDE: [[usize; 3]; 2] = [[256, 256, 10], [256, 256, 256]];

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    if let (Some(only), Some(steps)) = (arguments.only, arguments.steps) {
        profile(only, steps);
        return Ok(());
    }
    for sizes in [SMALL, LARGE] {
        let distance = Yardstick::distance(sizes, 1000);
        ensure!(
            distance < 1e-9,
            "the plain loops are another computation: {distance:e} after 1000 steps"
        );
    }
    let names: Vec<String> = Set::available().iter().map(Set::to_string).collect();
    let sets = format!(
        "{}; the dispatcher takes {}",
        names.join(", "),
        Set::chosen()
    );
    println!("Instruction sets: {sets}");
    let mut tables = Vec::new();
    let all = !arguments.batches;
    for sizes in [SMALL, LARGE].into_iter().filter(|_| all) {
        tables.push(full(sizes, arguments.samples));
        print!("{}", tables[tables.len() - 1]);
    }
    for sizes in WIDE.into_iter().filter(|_| all) {
        tables.push(two_step(sizes, arguments.samples));
        print!("{}", tables[tables.len() - 1]);
    }
    for kernel in Kernel::ALL.into_iter().filter(|_| all) {
        for n in [64, 256, 512] {
            tables.push(squares(kernel, n, arguments.samples));
            print!("{}", tables[tables.len() - 1]);
        }
    }
    for table in batch::tables(arguments.samples.min(20)) {
        print!("{table}");
        tables.push(table);
    }
    tables.push(simulated(arguments.samples.min(20)));
    print!("{}", tables[tables.len() - 1]);
    if let Some(path) = &arguments.markdown {
        let text: String = tables.iter().map(ToString::to_string).collect();
        write(path, &format!("Instruction sets: {sets}\n{text}"))?;
    }
    if let Some(path) = &arguments.json {
        let rows: Vec<String> = tables.iter().flat_map(Table::json).collect();
        write(path, &format!("[\n{}\n]\n", rows.join(",\n")))?;
    }
    Ok(())
}

fn write(path: &PathBuf, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

fn profile(only: Only, steps: u32) {
    let set = Set::chosen();
    match only {
        Only::SmallF64 => Network::<F64>::full(&SMALL).run(set, steps),
        Only::LargeF64 => Network::<F64>::full(&LARGE).run(set, steps),
        Only::SmallI16 => Network::<I16>::full(&SMALL).run(set, steps),
        Only::TwoStepI16 => Network::<I16>::two_step(&WIDE[0]).run(set, steps),
        Only::TwoStepF32 => Network::<F32>::two_step(&WIDE[0]).run(set, steps),
        Only::SmallPlain => Yardstick::new(SMALL).run(steps),
        Only::LargePlain => Yardstick::new(LARGE).run(steps),
        Only::BatchF32 => batch::train::<F32>(1, steps),
        Only::BatchI16 => batch::train::<I16>(1, steps),
        Only::ThreadsF32 => batch::train::<F32>(batch::all_threads(), steps),
        Only::ThreadsI16 => batch::train::<I16>(batch::all_threads(), steps),
    }
}

/// The sets worth a row: what every machine has and what the dispatcher takes.
fn sets() -> Vec<Set> {
    let mut sets = vec![Set::Baseline, Set::chosen()];
    sets.dedup();
    sets
}

fn network_case<P: Precision>(name: &str, set: Set, mut network: Network<P>) -> Case {
    Case {
        name: name.to_owned(),
        set,
        run: Box::new(move |count| network.run(set, count)),
    }
}

/// One step with plasticity, in microseconds, beside the plain loops.
fn full(sizes: [usize; 3], samples: usize) -> Table {
    let mut yardstick = Yardstick::new(sizes);
    let mut cases = vec![Case {
        name: "plain loops, f64".to_owned(),
        set: Set::Baseline,
        run: Box::new(move |count| yardstick.run(count)),
    }];
    for set in sets() {
        cases.push(network_case("f64", set, Network::<F64>::full(&sizes)));
        cases.push(network_case("f32", set, Network::<F32>::full(&sizes)));
        cases.push(network_case("i16", set, Network::<I16>::full(&sizes)));
        cases.push(network_case("i32", set, Network::<I32>::full(&sizes)));
    }
    steps(&format!("Full mode, {}", shape(&sizes)), cases, samples)
}

/// One training step of two-step mode, in microseconds, beside f32.
fn two_step(sizes: [usize; 3], samples: usize) -> Table {
    let mut cases = Vec::new();
    for set in sets() {
        cases.push(network_case("f32", set, Network::<F32>::two_step(&sizes)));
        cases.push(network_case("i16", set, Network::<I16>::two_step(&sizes)));
        cases.push(network_case("f64", set, Network::<F64>::two_step(&sizes)));
        cases.push(network_case("i8", set, Network::<I8>::two_step(&sizes)));
    }
    steps(&format!("Two-step mode, {}", shape(&sizes)), cases, samples)
}

/// Full mode at the size of Fig 3, one sample on one thread: simulated milliseconds in a second, and the
/// share of the registers' peak that its multiply-adds are.
fn simulated(samples: usize) -> Table {
    let sizes = batch::SIZES;
    let set = Set::chosen();
    let mut cases = vec![
        network_case("f32", set, Network::<F32>::full(&sizes)),
        network_case("i16", set, Network::<I16>::full(&sizes)),
    ];
    let times = measure(&mut cases, samples, Duration::from_millis(20));
    let peaks = [peak::single(1), peak::half(1)];
    let milliseconds = |time: f64| network::PARAMETERS.dt * 1e9 / time;
    let row = |((case, time), peak): ((&Case, &Time), f64)| Row {
        name: case.name.clone(),
        set: case.set,
        least: milliseconds(time.least),
        median: milliseconds(time.median),
        ratio: batch::full_work() / time.least / peak,
    };
    let rows = cases.iter().zip(&times).zip(peaks).map(row).collect();
    Table {
        title: format!(
            "Full mode, {}, 1 sample, 1 thread: simulated time, and the share of the peak",
            shape(&sizes)
        ),
        unit: "ms/s",
        rows,
    }
}

fn shape(sizes: &[usize]) -> String {
    let sizes: Vec<String> = sizes.iter().map(usize::to_string).collect();
    sizes.join("-")
}

/// Every case as a row of microseconds and the ratio to the first case's.
fn steps(title: &str, mut cases: Vec<Case>, samples: usize) -> Table {
    let times = measure(&mut cases, samples, Duration::from_millis(2));
    let first = times.first().map_or(f64::NAN, |time| time.least);
    let row = |(case, time): (&Case, &Time)| Row {
        name: case.name.clone(),
        set: case.set,
        least: time.least / 1e3,
        median: time.median / 1e3,
        ratio: time.least / first,
    };
    Table {
        title: title.to_owned(),
        unit: "us",
        rows: cases.iter().zip(&times).map(row).collect(),
    }
}

fn square_case<P: Precision>(name: &str, set: Set, kernel: Kernel, n: usize) -> Case {
    let mut square = Square::<P>::new(n);
    Case {
        name: name.to_owned(),
        set,
        run: Box::new(move |count| square.run(kernel, set, count)),
    }
}

/// One kernel on n x n weights, in multiply-adds a nanosecond, beside f32.
fn squares(kernel: Kernel, n: usize, samples: usize) -> Table {
    let mut cases = Vec::new();
    for set in sets() {
        cases.push(square_case::<F32>("f32", set, kernel, n));
        cases.push(square_case::<I16>("i16", set, kernel, n));
        cases.push(square_case::<F64>("f64", set, kernel, n));
        cases.push(square_case::<I8>("i8", set, kernel, n));
    }
    let times = measure(&mut cases, samples / 3 + 1, Duration::from_millis(2));
    let work = (n * n) as f64;
    let first = times.first().map_or(f64::NAN, |time| time.least);
    let row = |(case, time): (&Case, &Time)| Row {
        name: case.name.clone(),
        set: case.set,
        least: work / time.least,
        median: work / time.median,
        ratio: first / time.least,
    };
    Table {
        title: format!("{}, {n} x {n}", kernel.name()),
        unit: "G/s",
        rows: cases.iter().zip(&times).map(row).collect(),
    }
}
