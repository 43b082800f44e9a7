//! `[data]`: which samples, how they are split, and what the output should say.

use apical_core::shape::LARGEST_LAYER;
use serde::{Deserialize, Serialize};

use super::choice::choice;
use super::error::{Fault, require, require_positive};
use super::label_column::LabelColumn;
use super::network::Network;
use super::validation::Validation;

choice! {
    /// Where the samples come from.
    Task {
        /// The bundled 8x8 digits.
        #[default]
        Digits = "digits",
        /// A table of numbers with a column of labels.
        Csv = "csv",
        /// Handwritten digits, 28x28 pixels, from idx files.
        Mnist = "mnist",
        /// Pictures of garments, 28x28 pixels, from idx files.
        FashionMnist = "fashion-mnist",
        /// One pattern, `data.input` and `data.target_potentials`.
        Pattern = "pattern",
        /// Random inputs without a teacher.
        Random = "random",
        /// One random input with random target potentials.
        Association = "association",
        /// Random inputs, each with the target potentials that a random teacher has for it.
        Regression = "regression",
    }
}

impl Task {
    /// Whether its patterns are samples with classes, which can be split and trained on.
    pub const fn has_samples(self) -> bool {
        matches!(self, Self::Digits | Self::Csv) || self.reads_images()
    }

    /// Whether its samples are images in the files of a folder.
    pub const fn reads_images(self) -> bool {
        matches!(self, Self::Mnist | Self::FashionMnist)
    }
}

choice! {
    /// What is done to the features before the network sees them.
    Scale {
        /// Nothing: they have to lie in 0..1 already.
        #[default]
        None = "none",
        /// Each feature's range in the training part becomes 0..1; beyond it is clipped.
        MinMax = "min-max",
        /// Mean 0 and standard deviation 1 in the training part: of each feature of a
        /// table, of all pixels of images.
        Standardise = "standardise",
    }
}

/// Rates that the output is taught.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Targets {
    /// Of every wrong class.
    pub low: f64,
    /// Of the right class.
    pub high: f64,
}

impl Default for Targets {
    fn default() -> Self {
        Self {
            low: 0.1,
            high: 0.8,
        }
    }
}

/// The network that `task = "regression"` is taught by: a hidden layer between the student's input
/// and its output, no thresholds, weights uniform in -1..1 by `run.seed`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TeacherNetwork {
    /// The size of its hidden layer.
    pub hidden: usize,
    /// What the potentials of its hidden layer and of its output are multiplied by.
    pub gains: [f64; 2],
}

impl Default for TeacherNetwork {
    fn default() -> Self {
        Self {
            hidden: 20,
            gains: [2.0, 10.0],
        }
    }
}

impl TeacherNetwork {
    fn check(&self) -> Result<(), Fault> {
        require(
            (1..=LARGEST_LAYER).contains(&self.hidden),
            "data.teacher.hidden",
            &self.hidden,
            || format!("a size from 1 to {LARGEST_LAYER}"),
        )?;
        for (index, gain) in self.gains.iter().enumerate() {
            let key = format!("data.teacher.gains[{index}]");
            require(gain.is_finite(), &key, gain, || "a number")?;
        }
        Ok(())
    }
}

/// The most pixels of `data.shift`: a digit of 8x8 pixels would be out of its image.
const LARGEST_SHIFT: u32 = 7;

/// `[data]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Data {
    /// Where the samples come from.
    pub task: Task,
    /// The file of `task = "csv"`, plain or gzip, or the folder of a task with images.
    pub path: String,
    /// The column that holds the class.
    pub label_column: LabelColumn,
    /// What is done to the features.
    pub scale: Scale,
    /// The standard deviation that features are given, if `scale` is `standardise`.
    pub deviation: f64,
    /// The part of the samples that is trained on; images come with a test part.
    pub train_fraction: f64,
    /// Samples that are taken out of the training part to choose by.
    pub validation: Validation,
    /// The most samples that are trained on; 0 is all.
    pub train_samples: usize,
    /// The most samples of the test part; 0 is all.
    pub test_samples: usize,
    /// Decides which samples those are, independently of `run.seed`.
    pub split_seed: u64,
    /// The share of a training sample's inputs that come from another one, drawn anew every time.
    pub swap_noise: f64,
    /// The most pixels that a training image is moved by in each direction, drawn anew every time.
    pub shift: u32,
    /// Whether a training image is mirrored, left to right, one time in two.
    pub mirror: bool,
    /// Whether every epoch has its own order of samples.
    pub shuffle: bool,
    /// Rates that the output is taught.
    pub targets: Targets,
    /// The input of `task = "pattern"`, one number for each cell of the first layer.
    pub input: Vec<f64>,
    /// Potentials that the output is taught by `task = "pattern"`; empty for no teacher.
    pub target_potentials: Vec<f64>,
    /// The network that `task = "regression"` is taught by.
    pub teacher: TeacherNetwork,
    /// Presentations in an experiment.
    pub patterns: u64,
    /// Presentations between two rows of an experiment's measures.
    pub measure_every: u64,
    /// Unseen patterns that the error of `task = "regression"` is measured on.
    pub test_patterns: u64,
    /// Random inputs are uniform in here.
    pub input_range: [f64; 2],
    /// Random target potentials are uniform in here.
    pub target_range: [f64; 2],
}

impl Default for Data {
    fn default() -> Self {
        Self {
            task: Task::default(),
            path: String::new(),
            label_column: LabelColumn::default(),
            scale: Scale::default(),
            deviation: 1.0,
            train_fraction: 0.8,
            validation: Validation::default(),
            train_samples: 0,
            test_samples: 0,
            split_seed: 0,
            swap_noise: 0.0,
            shift: 0,
            mirror: false,
            shuffle: true,
            targets: Targets::default(),
            input: Vec::new(),
            target_potentials: Vec::new(),
            teacher: TeacherNetwork::default(),
            patterns: 1000,
            measure_every: 1,
            test_patterns: 200,
            input_range: [0.0, 1.0],
            target_range: [0.0, 1.0],
        }
    }
}

impl Data {
    /// Whether training images are moved, which is asked of images only.
    fn check_augmentation(&self) -> Result<(), Fault> {
        let images = self.task == Task::Digits || self.task.reads_images();
        let none = |off: &str| {
            format!(
                "{off} with data.task = \"{}\", whose samples are no images",
                self.task
            )
        };
        require(images || self.shift == 0, "data.shift", &self.shift, || {
            none("0")
        })?;
        require(images || !self.mirror, "data.mirror", &self.mirror, || {
            none("false")
        })?;
        require(
            self.shift <= LARGEST_SHIFT,
            "data.shift",
            &self.shift,
            || format!("pixels, 0 to {LARGEST_SHIFT}"),
        )
    }

    pub(super) fn check(&self, network: &Network) -> Result<(), Fault> {
        let activation = &network.activation;
        self.check_patterns(network)?;
        match self.task {
            Task::Csv => require(
                !self.path.is_empty(),
                "data.path",
                &self.path,
                || "the path of a csv file, as data.task = \"csv\" asks for one",
            )?,
            task if task.reads_images() => {}
            _ => require(self.path.is_empty(), "data.path", &self.path, || {
                let reason = match self.task {
                    Task::Digits => "which is built in",
                    _ => "which reads no file",
                };
                format!(
                    "no path with data.task = \"{}\", {reason}; to read a file, \
                     data.task = \"csv\", \"mnist\" or \"fashion-mnist\"",
                    self.task
                )
            })?,
        }
        require(
            self.label_column != LabelColumn::Number(0),
            "data.label_column",
            &0,
            || "the number of a column, 1 being the first",
        )?;
        let fraction = self.train_fraction;
        require(
            fraction > 0.0 && fraction < 1.0,
            "data.train_fraction",
            &fraction,
            || "a number between 0 and 1",
        )?;
        let largest = i64::MAX as u64;
        require(
            self.split_seed <= largest,
            "data.split_seed",
            &self.split_seed,
            || format!("a whole number from 0 to {largest}"),
        )?;
        require_positive("data.deviation", self.deviation)?;
        require(
            (0.0..=1.0).contains(&self.swap_noise),
            "data.swap_noise",
            &self.swap_noise,
            || "a share of 0 to 1",
        )?;
        self.check_augmentation()?;
        let Targets { low, high } = self.targets;
        let (least, most) = activation.range();
        for (key, value) in [("data.targets.low", low), ("data.targets.high", high)] {
            require(
                value > least && value < most && value.is_finite(),
                key,
                &value,
                || {
                    format!(
                        "a rate above {least} and below {most}, as {} has to be inverted at it",
                        activation.kind()
                    )
                },
            )?;
        }
        require(high > low, "data.targets.high", &high, || {
            format!("a rate above data.targets.low ({low})")
        })
    }

    /// The keys of patterns that are not samples.
    fn check_patterns(&self, network: &Network) -> Result<(), Fault> {
        let pattern = self.task == Task::Pattern;
        let (inputs, outputs) = (network.inputs(), network.outputs());
        for (key, values, cells, may_be_empty) in [
            ("data.input", &self.input, inputs, !pattern),
            (
                "data.target_potentials",
                &self.target_potentials,
                outputs,
                true,
            ),
        ] {
            let right = values.len() == cells && pattern || values.is_empty() && may_be_empty;
            require(right, key, values, || {
                if pattern {
                    let or_none = if may_be_empty {
                        ", or none for no teacher"
                    } else {
                        ""
                    };
                    format!("{cells} numbers, one for each cell of the layer{or_none}")
                } else {
                    "[], as it belongs to data.task = \"pattern\"".to_owned()
                }
            })?;
            for (index, value) in values.iter().enumerate() {
                let key = format!("{key}[{index}]");
                require(value.is_finite(), &key, value, || "a number")?;
            }
        }
        for (key, count, most) in [
            ("data.patterns", self.patterns, 1_000_000_000),
            ("data.measure_every", self.measure_every, 1_000_000_000),
            ("data.test_patterns", self.test_patterns, 1_000_000),
        ] {
            require((1..=most).contains(&count), key, &count, || {
                format!("a whole number from 1 to {most}")
            })?;
        }
        self.teacher.check()?;
        for (key, range) in [
            ("data.input_range", self.input_range),
            ("data.target_range", self.target_range),
        ] {
            let [low, high] = range;
            require(
                low.is_finite() && high.is_finite() && low <= high,
                key,
                &range,
                || "[low, high], two numbers of which the second is not the smaller one",
            )?;
        }
        Ok(())
    }
}
