//! Two precisions in lockstep: the first step and variable that differ by more than a tolerance.

use crate::config::{Config, Precision as PrecisionName, Rounding as RoundingName};
use crate::engine::Engine;
use crate::network::{Blueprint, Memory, rounding};
use crate::order::{Moment, Order};
use crate::present::{Pattern, learn};
use crate::task::{Material, Task};
use crate::train::Trainer;
use crate::{Error, with_precision};
use apical_core::record::Quantity;
use apical_core::rule::{Rule, Variable};
use apical_core::{Counters, Number};
use serde::Serialize;
use std::sync::atomic::{AtomicBool, Ordering};

/// One side of a comparison: number formats and rounding.
pub type Side = (PrecisionName, RoundingName);

/// Where two runs are for the first time further apart than the tolerance.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// Step of the network, from 1.
    pub step: u64,
    /// Name of the variable, such as `v_a`.
    pub variable: String,
    /// Its layer.
    pub layer: usize,
    /// Index within the variable.
    pub index: usize,
    /// The value on the left and on the right.
    pub values: [f64; 2],
    /// The stored bits on the left and on the right.
    pub bits: [u64; 2],
}

/// The largest distance of one variable over the comparison.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Distance {
    /// Name of the variable.
    pub variable: String,
    /// Its layer.
    pub layer: usize,
    /// Largest absolute difference.
    pub largest: f64,
    /// The step of it.
    pub step: u64,
}

/// What a comparison found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The two sides, as precision and rounding.
    pub sides: [String; 2],
    /// The tolerance.
    pub tolerance: f64,
    /// Steps compared.
    pub steps: u64,
    /// The first difference beyond the tolerance.
    pub first: Option<Difference>,
    /// The largest distance of each variable.
    pub distances: Vec<Distance>,
}

/// A network in training, whatever its precision.
trait Machine {
    /// One step.
    fn step(&mut self, moment: Moment) -> Result<(), Error>;
    /// The arrays of the state.
    fn variables(&self) -> Result<Vec<Variable>, Error>;
    /// Value and stored bits of one word.
    fn word(&self, variable: &Variable, index: usize) -> (f64, u64);
}

struct Runner<P: Engine> {
    config: Config,
    blueprint: Blueprint,
    task: Task<P>,
    memory: Memory<P>,
}

impl<P: Engine> Machine for Runner<P> {
    fn step(&mut self, moment: Moment) -> Result<(), Error> {
        let mut layers = self.blueprint.layers::<P>();
        let network = crate::train::build(&self.config, &self.blueprint, &mut layers)?;
        let input = self.task.input(moment.sample);
        let teacher = Some(self.task.teacher(moment.sample));
        let mut counters = Counters::default();
        learn(
            &network,
            &mut self.memory,
            &Pattern::one(&input, teacher),
            moment.begins,
            rounding(self.config.run.rounding),
            &mut counters,
        );
        let step = self.memory.clock.step;
        let met = Error::saturated(&counters, step, moment.epoch, moment.turn);
        met.filter(|_| self.config.run.strict).map_or(Ok(()), Err)
    }

    fn variables(&self) -> Result<Vec<Variable>, Error> {
        let mut layers = self.blueprint.layers::<P>();
        let network = crate::train::build(&self.config, &self.blueprint, &mut layers)?;
        Ok((0..).map_while(|i| network.variable(i)).collect())
    }

    fn word(&self, variable: &Variable, index: usize) -> (f64, u64) {
        fn of<T: Number>(words: &[T], at: usize) -> (f64, u64) {
            words
                .get(at)
                .map_or((f64::NAN, 0), |w| (w.to_f64(), w.to_bits()))
        }
        let at = variable.range.start + index;
        match variable.storage {
            Quantity::Weight => of(&self.memory.weights, at),
            Quantity::Trace => of(&self.memory.traces, at),
            Quantity::Potential => of(&self.memory.potentials, at),
            Quantity::Rate => of(&self.memory.rates, at),
        }
    }
}

fn machine(config: &Config, material: &Material, side: Side) -> Result<Box<dyn Machine>, Error> {
    let mut config = config.clone();
    (config.run.precision, config.run.rounding) = side;
    with_precision!(side.0, P => {
        // The trainer checks that data, network and precision fit.
        let trainer = Trainer::<P>::new(&config, material, config.run.seed)?;
        let (blueprint, memory) = (trainer.blueprint().clone(), trainer.memory.clone());
        let task = Task::<P>::new(&config, material)?;
        Ok(Box::new(Runner { config, blueprint, task, memory }) as Box<dyn Machine>)
    })
}

/// What is asked of a comparison.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    /// The two sides, the reference first.
    pub sides: [Side; 2],
    /// Largest difference that is accepted.
    pub tolerance: f64,
    /// Steps to compare.
    pub steps: u64,
    /// Whether to go on after the first difference.
    pub all: bool,
}

/// Trains both sides on the same samples, step by step.
///
/// # Errors
/// When data, network and precision do not fit, or the user stopped it; the first saturation in strict
/// mode, of either side.
pub fn compare(
    config: &Config,
    material: &Material,
    question: Question,
    progress: &dyn Fn(u64),
    stop: &AtomicBool,
) -> Result<Comparison, Error> {
    let Question {
        sides,
        tolerance,
        steps,
        all,
    } = question;
    let [mut left, mut right] = [
        machine(config, material, sides[0])?,
        machine(config, material, sides[1])?,
    ];
    let variables = left.variables()?;
    let mut distances: Vec<Distance> = variables
        .iter()
        .map(|v| Distance {
            variable: v.name.into(),
            layer: v.layer,
            largest: 0.0,
            step: 0,
        })
        .collect();
    let mut first = None;
    let mut order = Order::new(config, material, config.run.seed);
    let mut done = 0;
    while done < steps {
        if stop.load(Ordering::Relaxed) {
            return Err(Error::Differs("stopped before the end".into()));
        }
        let moment = order.after(done);
        left.step(moment)?;
        right.step(moment)?;
        done += 1;
        for (variable, distance) in variables.iter().zip(&mut distances) {
            for index in 0..variable.range.len() {
                let (a, b) = (left.word(variable, index), right.word(variable, index));
                let apart = (a.0 - b.0).abs();
                if apart > distance.largest {
                    (distance.largest, distance.step) = (apart, done);
                }
                let within = apart <= tolerance;
                // A NaN on either side is never within.
                if first.is_none() && !within {
                    first = Some(Difference {
                        step: done,
                        variable: variable.name.into(),
                        layer: variable.layer,
                        index,
                        values: [a.0, b.0],
                        bits: [a.1, b.1],
                    });
                }
            }
        }
        progress(1);
        if first.is_some() && !all {
            break;
        }
    }
    let name = |(precision, rounding): Side| format!("{precision} {rounding}");
    let sides = sides.map(name);
    Ok(Comparison {
        sides,
        tolerance,
        steps: done,
        first,
        distances,
    })
}
