//! Times on a machine that others use too: cases take turns, and the least of many samples counts.

use std::time::{Duration, Instant};

use crate::set::Set;

/// What is measured: something that can be done any number of times.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) set: Set,
    pub(crate) run: Box<dyn FnMut(u32)>,
}

/// Nanoseconds of one repetition.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Time {
    /// The fastest sample: what the machine does when nobody disturbs it.
    pub(crate) least: f64,
    /// The sample in the middle: what one sees.
    pub(crate) median: f64,
}

/// Measures all cases in turns, so that a disturbance meets all of them.
pub(crate) fn measure(cases: &mut [Case], rounds: usize, sample: Duration) -> Vec<Time> {
    let counts: Vec<u32> = cases
        .iter_mut()
        .map(|case| repetitions(case, sample))
        .collect();
    let mut samples = vec![Vec::with_capacity(rounds); cases.len()];
    for _ in 0..rounds {
        for ((case, &count), samples) in cases.iter_mut().zip(&counts).zip(&mut samples) {
            let began = Instant::now();
            (case.run)(count);
            samples.push(began.elapsed().as_secs_f64() * 1e9 / f64::from(count));
        }
    }
    samples.iter_mut().map(|samples| summary(samples)).collect()
}

/// How often a case must run to fill a sample.
fn repetitions(case: &mut Case, sample: Duration) -> u32 {
    let mut count = 1;
    loop {
        let began = Instant::now();
        (case.run)(count);
        if began.elapsed() >= sample || count >= 1 << 24 {
            return count;
        }
        count *= 2;
    }
}

fn summary(samples: &mut [f64]) -> Time {
    samples.sort_by(f64::total_cmp);
    Time {
        least: samples.first().copied().unwrap_or(f64::NAN),
        median: samples.get(samples.len() / 2).copied().unwrap_or(f64::NAN),
    }
}
