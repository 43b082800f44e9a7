//! A data set in the words of a precision, ready to be presented.

use crate::config::Config;
use crate::data::{Dataset, Split};
use crate::{Error, network};
use apical_core::random::{Key, stream};
use apical_core::{Number, Precision};

/// A data set with its split.
#[derive(Debug, Clone)]
pub struct Material {
    /// Inputs and labels, scaled.
    pub data: Dataset,
    /// Which samples are trained on and which are tested on.
    pub split: Split,
}

impl Material {
    /// Loads and splits the data of a configuration.
    ///
    /// # Errors
    /// When the data cannot be read or do not fit the network.
    pub fn load(config: &Config) -> Result<Self, Error> {
        let data = Dataset::load(config)?;
        let key = Key::new(config.data.split_seed, 0, stream::SHUFFLE);
        let mut draws = 0;
        let split = Split::new(data.len(), config.data.train_fraction, |bound| {
            draws += 1;
            key.below(draws, bound)
        })?;
        let data = data.scaled(config.data.scale, &split)?;
        Ok(Self { data, split })
    }
}

/// Inputs as rates, and the teacher's potentials for each class.
#[derive(Debug, Clone)]
pub struct Task<P: Precision> {
    inputs: Vec<P::Rate>,
    features: usize,
    teachers: Vec<P::Potential>,
    classes: usize,
    labels: Vec<u16>,
    /// The rates that a right and a wrong class are taught.
    pub targets: (f64, f64),
}

impl<P: Precision> Task<P> {
    /// Puts the material into the precision's formats.
    ///
    /// # Errors
    /// When a rate or a target potential is beyond the format.
    pub fn new(config: &Config, material: &Material) -> Result<Self, Error> {
        let data = &material.data;
        let precision = config.run.precision.to_string();
        let fit = |what: String, value: f64, largest: f64| {
            if value.abs() <= largest {
                Ok(value)
            } else {
                Err(Error::DoesNotFit {
                    what,
                    value,
                    precision: precision.clone(),
                    largest,
                })
            }
        };
        let rate_limit = P::Rate::largest();
        let mut inputs = Vec::with_capacity(data.inputs.len());
        for (i, &value) in data.inputs.iter().enumerate() {
            let what = || {
                let row = i / data.features.max(1);
                format!(
                    "{}: feature {} of sample {row}",
                    data.name,
                    i % data.features.max(1)
                )
            };
            if value.abs() > rate_limit {
                fit(what(), value, rate_limit)?;
            }
            inputs.push(P::Rate::from_f64(value));
        }
        let phi = network::activation(&config.network.activation);
        let targets = &config.data.targets;
        let potential = |name: &str, rate: f64| {
            let value = phi.inverse(rate).ok_or_else(|| {
                Error::Mismatch(format!("data.targets.{name} = {rate} has no potential"))
            })?;
            let what = format!("the potential of data.targets.{name}");
            fit(what, value, P::Potential::largest()).map(P::Potential::from_f64)
        };
        let (low, high) = (
            potential("low", targets.low)?,
            potential("high", targets.high)?,
        );
        let classes = data.classes;
        let teachers = (0..classes * classes)
            .map(|i| {
                if i / classes == i % classes {
                    high
                } else {
                    low
                }
            })
            .collect();
        Ok(Self {
            inputs,
            features: data.features,
            teachers,
            classes,
            labels: data.labels.clone(),
            targets: (targets.low, targets.high),
        })
    }

    /// The input rates of a sample.
    #[inline]
    pub fn input(&self, sample: u32) -> &[P::Rate] {
        let start = sample as usize * self.features;
        self.inputs.get(start..start + self.features).unwrap_or(&[])
    }

    /// The class of a sample.
    #[inline]
    pub fn label(&self, sample: u32) -> usize {
        self.labels
            .get(sample as usize)
            .copied()
            .unwrap_or(0)
            .into()
    }

    /// The teacher's potentials for a sample.
    #[inline]
    pub fn teacher(&self, sample: u32) -> &[P::Potential] {
        let start = self.label(sample) * self.classes;
        self.teachers
            .get(start..start + self.classes)
            .unwrap_or(&[])
    }
}
