//! Batches: the two-step network of Fig 3 on all cores, beside the same in NumPy on one thread.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use apical::batch::Parallel;
use apical::dispatch::dispatch;
use apical::engine::Engine;
use apical::jobs::alone;
use apical_core::microcircuit::{
    Initial, Layer, LayerSpecification, LearningRates, Microcircuit, Mode, Specification,
};
use apical_core::random::{Key, stream};
use apical_core::rule::{Activity, Clock, Rule};
use apical_core::{Counters, F32, F64, I8, I16, Number, Rounding};

use crate::measure::{Case, Time, measure};
use crate::peak;
use crate::set::Set;
use crate::table::{Row, Table};

/// The network of Fig 3.
pub(crate) const SIZES: [usize; 4] = [784, 500, 500, 10];
/// Samples of a batch.
const BATCH: usize = 10;
/// The images of MNIST's training part.
const EPOCH: f64 = 60_000.0;

/// Multiply-adds of a sample: bottom-up and top-down products, onto and from interneurons, and the
/// updates of the weights that learn.
fn work() -> f64 {
    let [up, inner] = synapses();
    2.0 * (up + inner) + 2.0 * inner
}

/// The same of a step of full mode, in which the weights from interneurons learn as well; an update
/// through its low-pass counts once.
pub(crate) fn full_work() -> f64 {
    let [_, inner] = synapses();
    work() + inner
}

/// Bottom-up weights, and those of one family between a hidden layer and its interneurons.
fn synapses() -> [f64; 2] {
    let [input, first, second, output] = SIZES;
    let inner = first * second + second * output;
    [(input * first + inner) as f64, inner as f64]
}

/// Shares of the soma's potential as conductances.
fn odds(lambda: f64) -> f64 {
    lambda / (1.0 - lambda)
}

/// A network in training on one batch, on so many threads.
fn training<P: Engine>(threads: usize) -> Option<Box<dyn FnMut(u32)>> {
    let share = 0.01 / BATCH as f64;
    let rates = LearningRates {
        up: share,
        bias: share,
        ip: share,
        ip_bias: share,
        ..LearningRates::FROZEN
    };
    let layer = LayerSpecification {
        leak: 0.0,
        apical: odds(0.3),
        somatic: odds(0.1),
        rates,
        ..LayerSpecification::default()
    };
    let layers = [layer; 3];
    let specification = Specification {
        sizes: &SIZES,
        layers: &layers,
        mode: Mode::TwoStep,
        bias: true,
        tau_weights: 0.0,
        ..Specification::default()
    };
    let storage: &'static mut [Layer<P>] = Box::leak(Box::new([Layer::default(); 3]));
    let network = Microcircuit::new(&specification, storage).ok()?;
    let need = network.storage().batch(BATCH);
    let mut weights = vec![P::Weight::ZERO; need.weights];
    let initial = Initial {
        up: (-0.05, 0.05),
        bias: (0.0, 0.0),
        down: (-1.0, 1.0),
        ip: (0.0, 0.0),
        pi: (0.0, 0.0),
        self_predicting: true,
        seed: 1,
    };
    network.initialise(&mut weights, &initial);
    let mut potentials = vec![P::Potential::ZERO; need.potentials];
    let mut rates = vec![P::Rate::ZERO; need.rates];
    let key = Key::new(1, 0, stream::DATA);
    let input: Vec<P::Rate> = (0..SIZES[0] * BATCH)
        .map(|i| P::Rate::from_f64(key.uniform(i as u32)))
        .collect();
    let teacher: Vec<P::Potential> = (0..SIZES[3] * BATCH)
        .map(|i| if i % 10 == i / 10 { 1.386 } else { -2.197 })
        .map(P::Potential::from_f64)
        .collect();
    let mut clock = Clock::default();
    Some(Box::new(move |count| {
        let all = alone(threads, || {
            let batch = Parallel::new(BATCH);
            let mut activity = Activity {
                potentials: &mut potentials,
                rates: &mut rates,
                traces: &mut [],
                clock,
            };
            let (activity, weights) = (&mut activity, &mut weights);
            let (input, teacher) = (&input[..], Some(&teacher[..]));
            let heard = &mut Counters::default();
            dispatch(
                #[inline(always)]
                || {
                    for _ in 0..count {
                        network.step_batch(&batch, weights, activity, input, teacher, heard);
                        let rounding = Rounding::Stochastic;
                        network.learn_batch(&batch, weights, activity, rounding, heard);
                    }
                },
            );
            clock = activity.clock;
        });
        all.expect("threads");
    }))
}

/// So many batches, for a profiler.
pub(crate) fn train<P: Engine>(threads: usize, batches: u32) {
    if let Some(mut run) = training::<P>(threads) {
        run(batches);
    }
}

/// The threads of this machine.
pub(crate) fn all_threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The script beside this file; best and median nanoseconds of a batch, if Python has NumPy.
fn numpy(batches: usize) -> Option<Time> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bench/two_step.py");
    let sizes = SIZES.map(|size| size.to_string()).join("-");
    let output = Command::new("python3")
        .arg(script)
        .args([sizes, BATCH.to_string(), batches.to_string()])
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut words = text.split_whitespace().map(str::parse::<f64>);
    let mut next = || Some(1e3 * words.next()?.ok()?);
    Some(Time {
        least: next()?,
        median: next()?,
    })
}

/// Seconds of an epoch, and the shares of this machine's peak.
pub(crate) fn tables(samples: usize) -> Vec<Table> {
    let threads = all_threads();
    let mut cases = Vec::new();
    let counts = if threads > 1 {
        vec![1, threads]
    } else {
        vec![1]
    };
    for &count in &counts {
        for (name, run) in [
            ("f32", training::<F32>(count)),
            ("i16", training::<I16>(count)),
            ("f64", training::<F64>(count)),
            ("i8", training::<I8>(count)),
        ] {
            let name = format!(
                "{name}, {count} thread{}",
                if count == 1 { "" } else { "s" }
            );
            let set = Set::chosen();
            cases.extend(run.map(|run| Case { name, set, run }));
        }
    }
    let before = numpy(4 * samples);
    let times = measure(&mut cases, samples, Duration::from_millis(20));
    let after = numpy(4 * samples);
    // The better of two, before and after: a machine that others use is not kind to either.
    let yardstick = match (before, after) {
        (Some(a), Some(b)) if b.least < a.least => Some(b),
        (a, b) => a.or(b),
    };
    let seconds = |time: f64| time * 1e-9 * EPOCH / BATCH as f64;
    let first = yardstick.or(times.first().copied());
    let first = first.map_or(f64::NAN, |time| time.least);
    let row = |name: &str, set, time: &Time| Row {
        name: name.to_owned(),
        set,
        least: seconds(time.least),
        median: seconds(time.median),
        ratio: time.least / first,
    };
    let mut rows: Vec<Row> = Vec::new();
    rows.extend(yardstick.map(|time| row("NumPy f32, 1 thread", Set::chosen(), &time)));
    let own = cases.iter().zip(&times);
    rows.extend(own.map(|(case, time)| row(&case.name, case.set, time)));
    let sizes = SIZES.map(|size| size.to_string()).join("-");
    let title = if yardstick.is_some() {
        ""
    } else {
        " (no NumPy on this machine)"
    };
    let epoch = Table {
        title: format!("An epoch of 60,000 samples, two-step {sizes}, batch {BATCH}{title}"),
        unit: "s",
        rows,
    };
    vec![epoch, shares(&cases, &times, &counts)]
}

/// Multiply-adds a nanosecond: the registers' peak, and what training makes of it.
fn shares(cases: &[Case], times: &[Time], counts: &[usize]) -> Table {
    let set = Set::chosen();
    let mut rows = Vec::new();
    for (number, peak) in [
        ("f32", peak::single as fn(usize) -> f64),
        ("i16", peak::half),
    ] {
        for &count in counts {
            let most = peak(count);
            let plural = if count == 1 { "" } else { "s" };
            rows.push(Row {
                name: format!("{number}, {count} thread{plural}, registers only"),
                set,
                least: most,
                median: most,
                ratio: 1.0,
            });
            let name = format!("{number}, {count} thread{plural}");
            let of = cases.iter().zip(times).find(|(case, _)| case.name == name);
            rows.extend(of.map(|(case, time)| {
                let speed = |time: f64| BATCH as f64 * work() / time;
                Row {
                    name: case.name.clone(),
                    set,
                    least: speed(time.least),
                    median: speed(time.median),
                    ratio: speed(time.least) / most,
                }
            }));
        }
    }
    Table {
        title: "The same in multiply-adds, and the share of the peak".to_owned(),
        unit: "G/s",
        rows,
    }
}
