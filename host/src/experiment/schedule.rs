//! What is shown: patterns by number, the same whatever was shown before.

use apical_core::random::{Key, stream};
use apical_core::{Number, Precision};

use super::Teacher;
use crate::Error;
use crate::config::{self, Config};
use crate::network::precision_name;
use crate::order::Order;
use crate::task::{Material, Task};

/// The patterns of a configuration in the words of a precision.
#[derive(Debug, Clone)]
pub struct Schedule<P: Precision> {
    source: Source<P>,
    seed: u64,
    input: Vec<P::Rate>,
    teacher: Vec<P::Potential>,
    /// The target potentials as real numbers; empty without a teacher.
    target: Vec<f64>,
}

#[derive(Debug, Clone)]
enum Source<P: Precision> {
    /// The same pattern always.
    Constant,
    /// Every pattern has an input of its own, uniform from the first to the second number.
    Random([f64; 2]),
    /// The same with the target potentials that the teacher has for it.
    Taught([f64; 2], Box<Teacher>),
    /// The training samples in the order of a training run.
    Samples(Box<Samples<P>>),
}

#[derive(Debug, Clone)]
struct Samples<P: Precision> {
    task: Task<P>,
    order: Order,
}

impl<P: Precision> Schedule<P> {
    /// The patterns of a configuration for this seed.
    ///
    /// # Errors
    /// When data cannot be read, or hold a number that the precision cannot.
    pub fn new(config: &Config, seed: u64) -> Result<Self, Error> {
        let (inputs, outputs) = (config.network.inputs(), config.network.outputs());
        let data = &config.data;
        let mut schedule = Self {
            source: Source::Constant,
            seed,
            input: vec![P::Rate::ZERO; inputs],
            teacher: Vec::new(),
            target: Vec::new(),
        };
        match data.task {
            config::Task::Pattern => {
                let input = data.input.clone();
                schedule.constant(input, data.target_potentials.clone(), "data.input")?;
            }
            config::Task::Association => {
                let key = Key::new(seed, 0, stream::DATA);
                let input = (0..inputs).map(|i| between(data.input_range, key.uniform(i as u32)));
                let target = (inputs..inputs + outputs)
                    .map(|i| between(data.target_range, key.uniform(i as u32)));
                schedule.constant(input.collect(), target.collect(), "an input of this seed")?;
            }
            config::Task::Random => {
                fit_range::<P>(data.input_range)?;
                schedule.source = Source::Random(data.input_range);
            }
            config::Task::Regression => {
                fit_range::<P>(data.input_range)?;
                let teacher = Box::new(Teacher::new(config, seed));
                schedule.source = Source::Taught(data.input_range, teacher);
                schedule.teacher = vec![P::Potential::ZERO; outputs];
            }
            config::Task::Digits
            | config::Task::Csv
            | config::Task::Mnist
            | config::Task::FashionMnist => {
                let material = Material::load(config)?;
                schedule.source = Source::Samples(Box::new(Samples {
                    task: Task::new(config, &material)?,
                    order: Order::new(config, &material, seed),
                }));
                schedule.teacher = vec![P::Potential::ZERO; outputs];
            }
        }
        Ok(schedule)
    }

    fn constant(&mut self, input: Vec<f64>, target: Vec<f64>, what: &str) -> Result<(), Error> {
        for (i, &value) in input.iter().enumerate() {
            fits::<P, P::Rate>(value, || format!("{what}[{i}]"))?;
        }
        for (i, &value) in target.iter().enumerate() {
            fits::<P, P::Potential>(value, || format!("target potential {i}"))?;
        }
        self.input = input.into_iter().map(P::Rate::from_f64).collect();
        self.teacher = target
            .iter()
            .map(|&value| P::Potential::from_f64(value))
            .collect();
        self.target = target;
        Ok(())
    }

    /// The pattern of this number, from 0: input, and teacher if there is one.
    pub fn show(&mut self, index: u64) -> (&[P::Rate], Option<&[P::Potential]>) {
        match &mut self.source {
            Source::Constant => {}
            Source::Random(range) => {
                let input = draw(*range, self.seed, index, self.input.len());
                fill(&mut self.input, input);
            }
            Source::Taught(range, teacher) => {
                // The teacher has the real numbers, so that every precision is taught the same.
                let input: Vec<f64> = draw(*range, self.seed, index, self.input.len()).collect();
                fill(&mut self.teacher, teacher.potentials(&input).into_iter());
                fill(&mut self.input, input.into_iter());
            }
            Source::Samples(samples) => {
                let sample = samples.order.sample(index);
                self.input.clear();
                samples.task.append(sample, &mut self.input);
                self.teacher.clear();
                self.teacher.extend_from_slice(samples.task.teacher(sample));
            }
        }
        (
            &self.input,
            (!self.teacher.is_empty()).then_some(&self.teacher),
        )
    }

    /// The target potentials when they are the same for every pattern; otherwise empty.
    pub fn target(&self) -> &[f64] {
        &self.target
    }

    /// Whether every pattern is the same one.
    pub fn is_constant(&self) -> bool {
        matches!(self.source, Source::Constant)
    }
}

/// The input of a pattern: uniform numbers that depend on nothing but seed and pattern.
fn draw(range: [f64; 2], seed: u64, index: u64, count: usize) -> impl Iterator<Item = f64> {
    let key = Key::new(seed, index, stream::DATA);
    (0..count).map(move |i| between(range, key.uniform(i as u32)))
}

/// Each number as a word; one beyond the format becomes its largest.
fn fill<T: Number>(words: &mut [T], values: impl Iterator<Item = f64>) {
    for (word, value) in words.iter_mut().zip(values) {
        *word = T::from_f64(value);
    }
}

fn fit_range<P: Precision>(range: [f64; 2]) -> Result<(), Error> {
    range
        .into_iter()
        .try_for_each(|bound| fits::<P, P::Rate>(bound, || "data.input_range".to_owned()))
}

fn between([low, high]: [f64; 2], share: f64) -> f64 {
    low + (high - low) * share
}

fn fits<P: Precision, T: Number>(value: f64, what: impl FnOnce() -> String) -> Result<(), Error> {
    if T::holds(value) {
        return Ok(());
    }
    Err(Error::DoesNotFit {
        what: what(),
        value,
        precision: precision_name::<P>(),
        largest: T::largest(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ConfigDocument;
    use apical_core::random::shuffle;
    use apical_core::{F64, I16};

    fn config(text: &str) -> Config {
        ConfigDocument::parse(text, "test.toml")
            .unwrap()
            .resolve()
            .unwrap()
    }

    #[test]
    fn patterns_are_a_function_of_seed_and_number() {
        let config = config("[data]\ntask = \"random\"\ninput_range = [-1, 1]");
        let mut schedule = Schedule::<F64>::new(&config, 1).unwrap();
        let first = schedule.show(0).0.to_vec();
        assert!(schedule.show(0).1.is_none());
        assert_ne!(schedule.show(1).0, first);
        assert_eq!(schedule.show(0).0, first);
        assert!(first.iter().any(|&x| x < -0.5) && first.iter().any(|&x| x > 0.5));
        assert!(first.iter().all(|x| (-1.0..=1.0).contains(x)));
        assert_ne!(Schedule::<F64>::new(&config, 2).unwrap().show(0).0, first);
    }

    #[test]
    fn samples_come_in_the_order_of_training() {
        let config = config("");
        let material = Material::load(&config).unwrap();
        let task = Task::<I16>::new(&config, &material).unwrap();
        let mut order = material.split.train.clone();
        let count = order.len() as u64;
        shuffle(&mut order, Key::new(5, 2, stream::SHUFFLE));
        let mut schedule = Schedule::<I16>::new(&config, 5).unwrap();
        let (input, teacher) = schedule.show(count + 3);
        assert_eq!(input, &*task.input(order[3]));
        assert_eq!(teacher.unwrap(), task.teacher(order[3]));
    }

    #[test]
    fn what_the_precision_cannot_hold_is_named() {
        let config = config("[data]\ntask = \"random\"\ninput_range = [0, 3]");
        assert!(Schedule::<F64>::new(&config, 1).is_ok());
        let message = Schedule::<I16>::new(&config, 1).unwrap_err().to_string();
        assert!(
            message.starts_with("data.input_range = 3 does not fit i16"),
            "{message}"
        );
    }
}
