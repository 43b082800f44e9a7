//! Samples: the bundled digits, a table of numbers or images; their split and their scale.

mod digits;
mod error;
mod features;
mod folder;
mod gzip;
mod idx;
mod scale;
mod split;
mod standard;
mod table;

use std::path::Path;

pub use digits::{DIGITS_ATTRIBUTION, digits};
pub use error::DataError;
pub use features::{Features, Pixels};
pub use folder::{VARIABLE, read_images};
pub use idx::read_idx;
pub use scale::MinMax;
pub use split::{Split, shuffle};
pub use standard::standardise;
pub use table::{parse_csv, read_csv};

use crate::config::{Config, Scale, Task};

/// Samples with their classes.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// What it is called in reports.
    pub name: String,
    /// One row of `features` numbers for each sample, row after row.
    pub inputs: Features,
    /// Numbers in one sample.
    pub features: usize,
    /// The class of each sample.
    pub labels: Vec<u16>,
    /// The number of classes; every label is below it.
    pub classes: usize,
    /// Rows and columns of a sample, where it is an image.
    pub image: Option<[usize; 2]>,
    /// How many samples the publisher made the training part, where there is such a
    /// split; the others, behind them, are the test part.
    pub published_train: Option<usize>,
}

impl Dataset {
    /// The data that a configuration names, checked against its network.
    ///
    /// Features of a table are as in the file: see [`Self::scaled`].
    ///
    /// # Errors
    ///
    /// When the file cannot be used, or has another number of features than the
    /// network has inputs, or a label that the output has no cell for.
    pub fn load(config: &Config) -> Result<Self, DataError> {
        let (inputs, outputs) = (config.network.inputs(), config.network.outputs());
        let dataset = match config.data.task {
            Task::Digits => digits()?,
            Task::Csv => read_csv(
                Path::new(&config.data.path),
                &config.data.label_column,
                outputs,
            )?,
            task @ (Task::Mnist | Task::FashionMnist) => read_images(task, &config.data.path)?,
            task => return Err(DataError::NoSamples { task }),
        };
        if dataset.features != inputs {
            let (name, features) = (dataset.name, dataset.features);
            return Err(DataError::Features {
                name,
                features,
                inputs,
            });
        }
        if dataset.classes > outputs {
            let (name, classes) = (dataset.name, dataset.classes);
            return Err(DataError::Classes {
                name,
                classes,
                outputs,
            });
        }
        Ok(dataset)
    }

    /// The data as the network sees it: in 0..1, or standardised to this deviation.
    ///
    /// Whatever has to be known of the data is learned from the training part alone.
    ///
    /// # Errors
    ///
    /// When `scale` is [`Scale::None`] and a number lies outside 0..1.
    pub fn scaled(
        mut self,
        scale: Scale,
        deviation: f64,
        split: &Split,
    ) -> Result<Self, DataError> {
        match scale {
            Scale::None => {
                let outside = |value: f64| !(0.0..=1.0).contains(&value);
                let mut values = self.inputs.iter().enumerate();
                if let Some((index, value)) = values.find(|(_, value)| outside(*value)) {
                    return Err(DataError::NotScaled {
                        name: self.name,
                        sample: index / self.features + 1,
                        feature: index % self.features + 1,
                        value,
                    });
                }
            }
            Scale::MinMax => MinMax::fit(&self, &split.train).apply(&mut self),
            Scale::Standardise => standardise(&mut self, &split.train, deviation),
        }
        Ok(self)
    }

    /// The number of samples.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The features of one sample; none beyond the last.
    pub fn values(&self, sample: u32) -> impl Iterator<Item = f64> + '_ {
        let start = sample as usize * self.features;
        (start..start + self.features).filter_map(|index| self.inputs.get(index))
    }

    /// The features of one sample together; empty beyond the last.
    pub fn row(&self, sample: u32) -> Vec<f64> {
        self.values(sample).collect()
    }

    /// The class of one sample, or `None` beyond the last.
    pub fn label(&self, sample: u32) -> Option<u16> {
        self.labels.get(sample as usize).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{ConfigDocument, LabelColumn};

    fn config(text: &str) -> Config {
        ConfigDocument::parse(text, "test.toml")
            .unwrap()
            .resolve()
            .unwrap()
    }

    #[test]
    fn data_that_does_not_fit_the_network_is_refused() {
        assert_eq!(Dataset::load(&Config::default()).unwrap().len(), 1797);
        let error = Dataset::load(&config("[network]\nlayers = [65, 10]")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "digits8x8: 64 features in a sample, but network.layers begins with 65"
        );
        let error = Dataset::load(&config("[network]\nlayers = [64, 9]")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "digits8x8: 10 classes, but network.layers ends with 9"
        );
        let text = "[data]\ntask = \"csv\"\npath = \"/nowhere/x.csv\"";
        let error = Dataset::load(&config(text)).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("/nowhere/x.csv: cannot be read: "),
            "{error}"
        );
    }

    #[test]
    fn features_outside_the_unit_range_need_scaling() {
        let text = b"0,0.5,0\n4,0.25,1\n8,0,0\n";
        let table = parse_csv(text, "t.csv", &LabelColumn::Last, 2).unwrap();
        let split = Split {
            train: vec![0, 1],
            validation: vec![],
            test: vec![2],
        };
        let error = table.clone().scaled(Scale::None, 1.0, &split).unwrap_err();
        assert_eq!(
            error.to_string(),
            "t.csv: sample 2, feature 1: found 4; accepted: 0 to 1, or data.scale = \"min-max\" \
             or \"standardise\""
        );
        // Fitted to the first two samples; the third is clipped.
        let scaled = table.clone().scaled(Scale::MinMax, 1.0, &split).unwrap();
        assert_eq!(scaled.inputs, vec![0.0, 1.0, 1.0, 0.0, 1.0, 0.0].into());
        assert_eq!((scaled.row(1), scaled.label(1)), (vec![1.0, 0.0], Some(1)));
        assert_eq!((scaled.row(3), scaled.label(3)), (vec![], None));
        // Standardised, features may lie anywhere; the third sample is not looked at.
        let scaled = table.scaled(Scale::Standardise, 0.5, &split).unwrap();
        assert_eq!(scaled.inputs, vec![-0.5, 0.5, 0.5, -0.5, 1.5, -1.5].into());
    }
}
