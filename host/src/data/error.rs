//! What can be wrong with data.

use std::path::PathBuf;

use crate::config::Task;

/// Data that cannot be used: where, what was found, what is accepted.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// The file cannot be opened or decompressed.
    #[error("{}: cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The text is not a table of numbers.
    #[error("{name}:{line}: {problem}")]
    Line {
        /// The file.
        name: String,
        /// The line in it; 1 is the first.
        line: u64,
        /// What was found and what is accepted.
        problem: String,
    },
    /// One value of a table.
    #[error("{name}:{line}: column {column}: found {found}; accepted: {accepted}")]
    Value {
        /// The file.
        name: String,
        /// The line in it; 1 is the first.
        line: u64,
        /// The number of the column, and its name where there is a header.
        column: String,
        /// The text that stands there.
        found: String,
        /// What may stand there.
        accepted: String,
    },
    /// A table without samples.
    #[error("{name}: no samples; accepted: at least one line of numbers and a label")]
    Empty {
        /// The file.
        name: String,
    },
    /// A task without samples, where samples are needed.
    #[error(
        "data.task: found \"{task}\", which has no samples; accepted: \"digits\", \"csv\", \
         \"mnist\", \"fashion-mnist\""
    )]
    NoSamples {
        /// The task.
        task: Task,
    },
    /// A label column that the table does not have.
    #[error("{name}: data.label_column: found {found}; accepted: {accepted}")]
    LabelColumn {
        /// The file.
        name: String,
        /// The column asked for.
        found: String,
        /// The columns there are.
        accepted: String,
    },
    /// Samples of another length than the network's input.
    #[error("{name}: {features} features in a sample, but network.layers begins with {inputs}")]
    Features {
        /// The data set.
        name: String,
        /// Numbers in a sample.
        features: usize,
        /// Size of the input layer.
        inputs: usize,
    },
    /// More classes than the network has output cells.
    #[error("{name}: {classes} classes, but network.layers ends with {outputs}")]
    Classes {
        /// The data set.
        name: String,
        /// Its number of classes.
        classes: usize,
        /// Size of the output layer.
        outputs: usize,
    },
    /// A number outside 0..1 that nothing scales.
    #[error(
        "{name}: sample {sample}, feature {feature}: found {value}; accepted: 0 to 1, or \
         data.scale = \"min-max\" or \"standardise\""
    )]
    NotScaled {
        /// The data set.
        name: String,
        /// The sample; 1 is the first.
        sample: usize,
        /// The feature in it; 1 is the first.
        feature: usize,
        /// Its value.
        value: f64,
    },
    /// Too few samples, or too many to be numbered by 32 bits.
    #[error("{samples} samples cannot be split; accepted: 2 to 4294967295")]
    Split {
        /// The number of samples.
        samples: usize,
    },
    /// No folder with a set of images.
    #[error(
        "{found}{looked}; accepted: a folder, by data.path, --data or APICAL_DATA, with \
         train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and \
         t10k-labels-idx1-ubyte, plain or .gz"
    )]
    NoImages {
        /// The folder that was named, and what is wrong with it.
        found: String,
        /// The folders that were looked into, in parentheses.
        looked: String,
    },
    /// One of the files of a set of images.
    #[error("{}: missing; accepted: this name or {others}", path.display())]
    Missing {
        /// Where it should be.
        path: PathBuf,
        /// The other names that it may have.
        others: String,
    },
    /// A file of images or labels that is cut, is no such file, or does not belong to the others.
    #[error("{}: found {found}; accepted: {accepted}", path.display())]
    Idx {
        /// The file.
        path: PathBuf,
        /// What is in it.
        found: String,
        /// What may be in it.
        accepted: String,
    },
    /// The files of another task.
    #[error(
        "{}: the files of \"{found}\"; accepted: those of data.task = \"{task}\"",
        folder.display()
    )]
    OtherImages {
        /// Where they are.
        folder: PathBuf,
        /// What they are.
        found: Task,
        /// What they should be.
        task: Task,
    },
    /// A validation part that leaves nothing to train on.
    #[error(
        "data.validation: found {validation}; accepted: less than {train}, the samples of the \
         training part it is taken from"
    )]
    Validation {
        /// Samples wanted for it.
        validation: usize,
        /// Samples there are.
        train: usize,
    },
}
