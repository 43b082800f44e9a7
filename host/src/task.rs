//! A data set in the words of a precision, ready to be presented.

use crate::config::Config;
use crate::data::{Dataset, Features, Pixels, Split};
use crate::{Error, network};
use apical_core::random::{Key, stream};
use apical_core::{Number, Precision};
use std::borrow::Cow;

/// A data set with its split.
#[derive(Debug, Clone)]
pub struct Material {
    /// Inputs and labels, scaled.
    pub data: Dataset,
    /// Which samples are trained on, which are chosen by, and which are tested on.
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
        let random = |bound| {
            draws += 1;
            key.below(draws, bound)
        };
        let keys = &config.data;
        let mut split = match data.published_train {
            None => Split::new(data.len(), keys.train_fraction, random)?,
            Some(train) => Split::published(data.len(), train, random)?,
        };
        split.hold_out(keys.validation.samples(keys.task))?;
        split.limit(keys.train_samples, keys.test_samples);
        let data = data.scaled(config.data.scale, config.data.deviation, &split)?;
        Ok(Self { data, split })
    }
}

/// Inputs as rates, and the teacher's potentials for each class.
#[derive(Debug, Clone)]
pub struct Task<P: Precision> {
    inputs: Inputs<P::Rate>,
    features: usize,
    teachers: Vec<P::Potential>,
    classes: usize,
    labels: Vec<u16>,
    /// The rates that a right and a wrong class are taught.
    pub targets: (f64, f64),
}

/// The rates of all inputs.
#[derive(Debug, Clone)]
enum Inputs<R> {
    /// One by one, and the place of each sample among them.
    Rates(Vec<R>, Vec<Option<usize>>),
    /// Images as they came.
    Bytes(Images<R>),
}

/// Images, and what their bytes stand for.
#[derive(Debug, Clone)]
struct Images<R> {
    pixels: Pixels,
    /// The rate of each byte.
    rates: [R; 256],
    /// For each pixel of an image whether it is 0 whatever its byte.
    silent: Vec<bool>,
}

impl<R: Number> Images<R> {
    /// The rates of `count` pixels, which begin with this one of all.
    #[inline]
    fn rates(&self, first: usize, count: usize) -> impl Iterator<Item = R> + '_ {
        let range = first..first.saturating_add(count);
        let bytes = self.pixels.bytes().get(range).unwrap_or(&[]);
        let silent = self.silent.iter().skip(first % self.silent.len().max(1));
        let pixels = bytes.iter().zip(silent);
        pixels.map(|(&byte, &silent)| self.rate(byte, silent))
    }

    /// The rates of an image of `count` pixels, which begin with this one of all, in other places: each
    /// from the pixel of the image that is named for its place.
    #[inline]
    fn rates_from(
        &self,
        first: usize,
        count: usize,
        sources: impl Iterator<Item = usize>,
    ) -> impl Iterator<Item = R> {
        let range = first..first.saturating_add(count);
        let image = self.pixels.bytes().get(range).unwrap_or(&[]);
        let pixels = sources.zip(&self.silent);
        pixels.filter_map(|(source, &silent)| Some(self.rate(*image.get(source)?, silent)))
    }

    #[inline]
    fn rate(&self, byte: u8, silent: bool) -> R {
        if silent {
            R::ZERO
        } else {
            self.rates[usize::from(byte)]
        }
    }
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
        let places = places(material);
        // Samples are numbered by 32 bits: a split cannot name others.
        let named = (0_u32..).zip(&places).filter(|(_, place)| place.is_some());
        let named = named.map(|(sample, _)| sample);
        let check = |sample: u32| {
            let values = data.values(sample).enumerate();
            let beyond = |&(_, value): &(usize, f64)| value.abs() > rate_limit;
            match { values }.find(beyond) {
                Some((feature, value)) => {
                    let what = format!("{}: feature {feature} of sample {sample}", data.name);
                    fit(what, value, rate_limit).map(|_| ())
                }
                None => Ok(()),
            }
        };
        let inputs = match &data.inputs {
            Features::Bytes(pixels) => {
                let mut meanings = (0..=255).map(|byte| pixels.meaning(byte));
                // Whether any image has the byte is asked only where one could be too large.
                if meanings.any(|value| value.abs() > rate_limit) {
                    { named }.try_for_each(check)?;
                }
                Inputs::Bytes(Images {
                    rates: std::array::from_fn(|byte| {
                        P::Rate::from_f64(pixels.meaning(byte as u8))
                    }),
                    silent: (0..data.features).map(|at| pixels.silent(at)).collect(),
                    pixels: pixels.clone(),
                })
            }
            Features::Numbers(_) => {
                let mut rates = Vec::with_capacity(named.clone().count() * data.features);
                for sample in named {
                    check(sample)?;
                    rates.extend(data.values(sample).map(P::Rate::from_f64));
                }
                Inputs::Rates(rates, places)
            }
        };
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

    /// The input rates of a sample; none for one that there is not, or that the split leaves out.
    pub fn input(&self, sample: u32) -> Cow<'_, [P::Rate]> {
        match &self.inputs {
            Inputs::Rates(rates, places) => {
                let place = places.get(sample as usize).copied().flatten();
                let start = place.map(|place| place * self.features);
                let input = start.and_then(|start| rates.get(start..start + self.features));
                Cow::Borrowed(input.unwrap_or(&[]))
            }
            Inputs::Bytes(..) => {
                let mut input = Vec::with_capacity(self.features);
                self.append(sample, &mut input);
                Cow::Owned(input)
            }
        }
    }

    /// Puts the input rates of a sample behind others.
    pub fn append(&self, sample: u32, input: &mut Vec<P::Rate>) {
        match &self.inputs {
            Inputs::Rates(..) => input.extend_from_slice(&self.input(sample)),
            Inputs::Bytes(images) => {
                input.extend(images.rates(sample as usize * self.features, self.features));
            }
        }
    }

    /// Puts the input rates of a sample behind others, each from the feature of the sample that is named
    /// for its place. What is 0 in its place whatever the sample stays so.
    pub fn append_from(
        &self,
        sample: u32,
        sources: impl Iterator<Item = usize>,
        input: &mut Vec<P::Rate>,
    ) {
        match &self.inputs {
            Inputs::Rates(..) => {
                let sample = self.input(sample);
                input.extend(sources.filter_map(|source| sample.get(source)));
            }
            Inputs::Bytes(images) => {
                let first = sample as usize * self.features;
                input.extend(images.rates_from(first, self.features, sources));
            }
        }
    }

    /// One input rate of a sample.
    pub fn input_at(&self, sample: u32, feature: usize) -> Option<P::Rate> {
        match &self.inputs {
            Inputs::Rates(..) => self.input(sample).get(feature).copied(),
            Inputs::Bytes(images) => {
                let at = sample as usize * self.features + feature;
                images.rates(at, 1).next()
            }
        }
    }

    /// Classes, which is how many outputs there are.
    pub fn classes(&self) -> usize {
        self.classes
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

/// Where the rates of each sample stand: in order, without the samples of no part.
///
/// A short run on a few images need not hold all of them as floats.
fn places(material: &Material) -> Vec<Option<usize>> {
    let split = &material.split;
    let mut named = vec![false; material.data.len()];
    for sample in [&split.train, &split.validation, &split.test]
        .into_iter()
        .flatten()
    {
        if let Some(named) = named.get_mut(*sample as usize) {
            *named = true;
        }
    }
    let mut next = 0..;
    let places = named.into_iter().map(|named| named.then(|| next.next()));
    places.map(Option::flatten).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{ConfigDocument, Scale};
    use apical_core::{F32, I8};

    fn config(text: &str) -> Config {
        let document = ConfigDocument::parse(text, "test.toml").unwrap();
        document.resolve().unwrap()
    }

    #[test]
    fn validation_and_limits_are_those_of_the_configuration() {
        let whole = Material::load(&config("")).unwrap().split;
        assert_eq!((whole.train.len(), whole.test.len()), (1438, 359));
        assert!(whole.validation.is_empty());
        let text = "[data]\nvalidation = 100\ntrain_samples = 50\ntest_samples = 20";
        let part = Material::load(&config(text)).unwrap().split;
        assert_eq!(part.train, whole.train[..50]);
        assert_eq!(part.validation, whole.train[1338..]);
        assert_eq!(part.test, whole.test[..20]);
    }

    #[test]
    fn rates_are_those_of_the_samples_in_a_part() {
        let config = config("[data]\nvalidation = 10\ntrain_samples = 5\ntest_samples = 3");
        let material = Material::load(&config).unwrap();
        let task = Task::<F32>::new(&config, &material).unwrap();
        let Inputs::Rates(rates, places) = &task.inputs else {
            panic!("the digits are numbers");
        };
        assert_eq!(rates.len(), 18 * 64);
        let split = &material.split;
        for part in [&split.train, &split.validation, &split.test] {
            for sample in part {
                let row: Vec<f32> = material.data.values(*sample).map(|x| x as f32).collect();
                assert_eq!(task.input(*sample), row);
                let label = material.data.label(*sample).map(usize::from);
                assert_eq!(Some(task.label(*sample)), label);
            }
        }
        let left_out = (0..1797).find(|sample| places[*sample as usize].is_none());
        assert!(task.input(left_out.unwrap()).is_empty());
        assert!(task.input(1797).is_empty());
    }

    #[test]
    fn images_stay_bytes_and_stand_for_the_same_rates() {
        let bytes = (0..=255).cycle().take(4 * 300).collect();
        let mut pixels = Pixels::new(bytes);
        pixels.rescale(|value| 3.0 * value - 1.0, vec![false, false, true, false]);
        let split = Split {
            train: (0..200).collect(),
            validation: Vec::new(),
            test: (200..300).collect(),
        };
        let data = Dataset {
            name: "bytes".to_owned(),
            inputs: Features::Bytes(pixels),
            features: 4,
            labels: vec![0; 300],
            classes: 10,
            image: None,
            published_train: None,
        };
        let material = Material { data, split };
        let task = Task::<F32>::new(&config(""), &material).unwrap();
        assert!(matches!(task.inputs, Inputs::Bytes(..)));
        for sample in [0, 77, 299] {
            let row: Vec<f32> = material.data.values(sample).map(|x| x as f32).collect();
            assert_eq!(row[2], 0.0);
            assert_eq!(*task.input(sample), row);
            for (feature, &value) in row.iter().enumerate() {
                assert_eq!(task.input_at(sample, feature), Some(value));
            }
        }
        assert!(task.input(300).is_empty());
        let config = config("[run]\nprecision = \"i16\"");
        let refused = Task::<apical_core::I16>::new(&config, &material);
        assert!(refused.unwrap_err().to_string().contains("of sample"));
    }

    #[test]
    fn what_standardising_makes_too_large_is_named() {
        // One pixel in a thousand is lit: its standardised value is about 31.
        let mut bytes = vec![0; 1000];
        bytes[999] = 255;
        let split = Split {
            train: (0..1000).collect(),
            validation: Vec::new(),
            test: Vec::new(),
        };
        let data = Dataset {
            name: "dots".to_owned(),
            inputs: Features::Bytes(Pixels::new(bytes)),
            features: 1,
            labels: vec![0; 1000],
            classes: 2,
            image: None,
            published_train: None,
        };
        let data = data.scaled(Scale::Standardise, 1.0, &split).unwrap();
        let material = Material { data, split };
        let mut config = config("[network]\nlayers = [1, 2]");
        assert!(Task::<F32>::new(&config, &material).is_ok());
        config.run.precision = crate::config::Precision::I8;
        let error = Task::<I8>::new(&config, &material).unwrap_err().to_string();
        assert!(
            error.starts_with("dots: feature 0 of sample 999 = 31.") && error.contains("i8"),
            "{error}"
        );
    }
}
