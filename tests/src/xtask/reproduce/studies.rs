//! What is reproduced: the rows of each study, in the words of a configuration.

use clap::ValueEnum;

/// A study of the paper, or beyond it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Study {
    /// Fig 3: handwritten digits.
    Mnist,
    /// The same networks on clothes.
    Fashion,
}

/// One row of a study: a network, how it learns, and in which numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    /// Names its run folders.
    pub(crate) name: &'static str,
    /// How errors come down, in a word or two.
    pub(crate) rule: &'static str,
    pub(crate) precision: &'static str,
    /// What differs from the configuration of the study.
    pub(crate) set: &'static [&'static str],
}

const fn row(
    name: &'static str,
    rule: &'static str,
    precision: &'static str,
    set: &'static [&'static str],
) -> Row {
    Row {
        name,
        rule,
        precision,
        set,
    }
}

/// 784-500-500-10, and the network of `PocketNN`.
const MNIST: [Row; 7] = [
    row("float", "microcircuit, fixed random feedback", "f32", &[]),
    row("i16", "microcircuit, fixed random feedback", "i16", &[]),
    row(
        "tied",
        "microcircuit, interneurons tied (a control)",
        "f32",
        &[
            "network.interneurons=tied",
            "learning.pyramidal_to_interneuron=0",
        ],
    ),
    row(
        "frozen-middle",
        "microcircuit, middle weights frozen",
        "f32",
        &[
            "learning.up=[2.0, 0.0, 0.05]",
            "learning.pyramidal_to_interneuron=[0.0, 0.5]",
        ],
    ),
    row(
        "single-layer",
        "no hidden layer",
        "f32",
        &[
            "network.layers=[784, 10]",
            "learning.up=[0.05]",
            "learning.pyramidal_to_interneuron=0",
        ],
    ),
    row(
        "pocket-float",
        "microcircuit, fixed random feedback",
        "f32",
        &POCKET,
    ),
    row(
        "pocket-i16",
        "microcircuit, fixed random feedback",
        "i16",
        &POCKET,
    ),
];

/// The network of `PocketNN` and NITRO-D.
const POCKET: [&str; 3] = [
    "network.layers=[784, 100, 50, 10]",
    "learning.up=[3.0, 0.4, 0.4]",
    "learning.pyramidal_to_interneuron=[2.0, 4.0]",
];

/// 784-200-100-50-10, as its configuration has it.
const FASHION: [Row; 2] = [
    row("float", "microcircuit, fixed random feedback", "f32", &[]),
    row("i16", "microcircuit, fixed random feedback", "i16", &[]),
];

impl Study {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Mnist => "mnist",
            Self::Fashion => "fashion",
        }
    }

    pub(crate) const fn rows(self) -> &'static [Row] {
        match self {
            Self::Mnist => &MNIST,
            Self::Fashion => &FASHION,
        }
    }

    /// The configuration that all rows begin with, from the top of the workspace.
    pub(crate) fn config(self) -> String {
        format!("host/configs/{}.toml", self.name())
    }
}
