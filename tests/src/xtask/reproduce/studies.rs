//! What is reproduced: the rows of each study, in the words of a configuration.

use clap::ValueEnum;

/// A study of the paper, or beyond it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Study {
    /// Fig 3: handwritten digits.
    Mnist,
    /// The same networks on clothes.
    Fashion,
    /// Fig 2: what a random network teaches.
    Regression,
    /// Depth and robustness on the 8x8 digits.
    Depth,
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

/// How the microcircuit of most rows learns.
const MICROCIRCUIT: &str = "microcircuit, fixed random feedback";
/// How it learns past the paper.
const LEARNED: &str = "microcircuit, Kolen-Pollack feedback";
/// The same on images that are moved by a pixel, which no published figure of this model has.
const MOVED: &str = "microcircuit, Kolen-Pollack feedback, images moved by a pixel";
/// The control.
const BACKPROPAGATION: &str = "backpropagation";

/// 784-500-500-10, and the network of `PocketNN`.
const MNIST: [Row; 23] = [
    row("float", MICROCIRCUIT, "f32", &[]),
    row("i16", MICROCIRCUIT, "i16", &[]),
    row(
        "longer-float",
        MICROCIRCUIT,
        "f32",
        &["run.epochs=60", "learning.decay=0.96"],
    ),
    row(
        "regularised-float",
        "microcircuit, fixed random feedback, regularised",
        "f32",
        &REGULARISED,
    ),
    row(
        "regularised-i16",
        "microcircuit, fixed random feedback, regularised",
        "i16",
        &REGULARISED,
    ),
    row("learned-float", LEARNED, "f32", &KOLEN_POLLACK),
    row("learned-i16", LEARNED, "i16", &KOLEN_POLLACK),
    row("learned-longer-float", LEARNED, "f32", &LONGER),
    row("moved-float", MOVED, "f32", &MOVED_IMAGES),
    row("moved-i16", MOVED, "i16", &MOVED_IMAGES),
    row(
        "phaseless-float",
        "microcircuit, phaseless alignment",
        "f32",
        &PHASELESS,
    ),
    row(
        "rule-10",
        "microcircuit, rule 10, all plastic",
        "f32",
        &RULE_10,
    ),
    row("backprop", BACKPROPAGATION, "f32", &LARGE_CONTROL),
    row(
        "backprop-noise",
        "backpropagation, regularised alike",
        "f32",
        &[
            LARGE_CONTROL[0],
            LARGE_CONTROL[1],
            LARGE_CONTROL[2],
            KOLEN_POLLACK[4],
            KOLEN_POLLACK[5],
        ],
    ),
    row(
        "moved-backprop",
        "backpropagation, images moved by a pixel",
        "f32",
        &[
            LARGE_CONTROL[0],
            LARGE_CONTROL[1],
            LARGE_CONTROL[2],
            KOLEN_POLLACK[4],
            MOVED_IMAGES[5],
        ],
    ),
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
            "learning.up=[1.0, 0.0, 0.05]",
            "learning.pyramidal_to_interneuron=[0.0, 0.5]",
        ],
    ),
    row(
        "single-layer",
        "no hidden layer",
        "f32",
        &[
            "network.layers=[784, 10]",
            "learning.up=[0.1]",
            "learning.pyramidal_to_interneuron=0",
            "data.targets={ low = 0.001, high = 0.999 }",
        ],
    ),
    row("pocket-float", MICROCIRCUIT, "f32", &POCKET),
    row("pocket-i16", MICROCIRCUIT, "i16", &POCKET),
    row("pocket-learned-float", LEARNED, "f32", &POCKET_LEARNED),
    row("pocket-learned-i16", LEARNED, "i16", &POCKET_LEARNED),
    row(
        "pocket-backprop",
        BACKPROPAGATION,
        "f32",
        &[
            CONTROL,
            POCKET[0],
            "network.init_up=[-0.2, 0.2]",
            "learning.up=[2.0, 1.0, 0.3]",
        ],
    ),
];

/// As the paper has it, with a third of the noise and all the decay of the rows below.
const REGULARISED: [&str; 2] = ["data.swap_noise=0.03", KOLEN_POLLACK[4]];

/// Feedback that learns, and two regularisers: with errors this good the rest is generalisation.
const KOLEN_POLLACK: [&str; 6] = [
    "network.feedback=kolen-pollack",
    "network.interneurons=mirrored",
    "learning.error_scale=4",
    "learning.down=[1.0, 0.5]",
    "learning.weight_decay=0.00001",
    "data.swap_noise=0.1",
];

/// Movement in place of the noise: there are nine times as many images.
const MOVED_IMAGES: [&str; 6] = [
    KOLEN_POLLACK[0],
    KOLEN_POLLACK[1],
    KOLEN_POLLACK[2],
    KOLEN_POLLACK[3],
    KOLEN_POLLACK[4],
    "data.shift=1",
];

/// The same for half as many epochs again, with rates that end where they did.
const LONGER: [&str; 8] = [
    KOLEN_POLLACK[0],
    KOLEN_POLLACK[1],
    KOLEN_POLLACK[2],
    KOLEN_POLLACK[3],
    KOLEN_POLLACK[4],
    KOLEN_POLLACK[5],
    "run.epochs=60",
    "learning.decay=0.96",
];

/// Feedback that learns from noise, and the same regularisers.
const PHASELESS: [&str; 8] = [
    "network.feedback=phaseless-alignment",
    KOLEN_POLLACK[1],
    "network.init_down=[-1.0, 1.0]",
    "learning.down=[0.1, 0.1]",
    "alignment.sigma=1.0",
    "alignment.decay=0.0001",
    KOLEN_POLLACK[4],
    KOLEN_POLLACK[5],
];

/// One hidden layer, random at the beginning, with every family of weights plastic.
const RULE_10: [&str; 10] = [
    "network.layers=[784, 1000, 10]",
    "network.feedback=learned",
    "network.initial=random",
    "network.init_down=[-1.0, 1.0]",
    "network.init_ip=[-0.05, 0.05]",
    "network.init_pi=[-1.0, 1.0]",
    "learning.up=[1.0, 0.03]",
    "learning.down=0.001",
    "learning.pyramidal_to_interneuron=0.25",
    "learning.interneuron_to_pyramidal=0.5",
];

/// The control of the large network.
const LARGE_CONTROL: [&str; 3] = [
    CONTROL,
    "network.init_up=[-0.1, 0.1]",
    "learning.up=[4.0, 1.0, 0.05]",
];

/// Makes a row one of backpropagation.
const CONTROL: &str = "network.rule=backpropagation";

/// The network of `PocketNN` and NITRO-D.
const POCKET: [&str; 3] = [
    "network.layers=[784, 100, 50, 10]",
    "learning.up=[4.0, 0.2, 0.4]",
    "learning.pyramidal_to_interneuron=[2.0, 4.0]",
];

/// The same with feedback that learns.
const POCKET_LEARNED: [&str; 8] = [
    POCKET[0],
    POCKET[1],
    POCKET[2],
    KOLEN_POLLACK[0],
    KOLEN_POLLACK[1],
    KOLEN_POLLACK[2],
    "learning.down=[1.0, 2.0]",
    "learning.weight_decay=0.00002",
];

/// 784-200-100-50-10, as its configuration has it.
const FASHION: [Row; 5] = [
    row("float", MICROCIRCUIT, "f32", &[]),
    row("i16", MICROCIRCUIT, "i16", &[]),
    row("learned-float", LEARNED, "f32", &FASHION_LEARNED),
    row("learned-i16", LEARNED, "i16", &FASHION_LEARNED),
    row(
        "backprop",
        BACKPROPAGATION,
        "f32",
        &[
            CONTROL,
            "network.init_up=[-0.4, 0.4]",
            "learning.up=[1.0, 0.5, 0.5, 0.3]",
        ],
    ),
];

/// With feedback that learns: slowly, because what it adds to the errors of so narrow layers is a
/// larger rate.
const FASHION_LEARNED: [&str; 6] = [
    KOLEN_POLLACK[0],
    KOLEN_POLLACK[1],
    KOLEN_POLLACK[2],
    "learning.up=[4.0, 0.1, 0.2, 0.2]",
    "learning.down=[0.2, 0.4, 0.4]",
    "learning.weight_decay=0.00002",
];

impl Study {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Mnist => "mnist",
            Self::Fashion => "fashion",
            Self::Regression => "regression",
            Self::Depth => "depth",
        }
    }

    pub(crate) const fn rows(self) -> &'static [Row] {
        match self {
            Self::Mnist => &MNIST,
            Self::Fashion => &FASHION,
            Self::Regression | Self::Depth => &[],
        }
    }

    /// The configuration that all rows begin with, from the top of the workspace.
    pub(crate) fn config(self) -> String {
        format!("host/configs/{}.toml", self.name())
    }
}
