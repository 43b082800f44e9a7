//! Which networks an experiment runs side by side: one for each precision, and for a regression
//! the shallow control of each as well.

use super::ExperimentOptions;
use crate::config::{Config, PerLayer, Precision, Task};

/// How much of a network learns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// All that the configuration lets learn.
    Deep,
    /// The same, but of the bottom-up weights only those onto the output: hidden layers remain the
    /// random features that they begin as.
    Shallow,
}

impl Depth {
    /// Its name in files and tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Deep => "deep",
            Self::Shallow => "shallow",
        }
    }
}

/// One network of an experiment.
#[derive(Debug, Clone)]
pub struct Student {
    /// What it is called in files and tables: the precision, and the depth where there are two.
    pub name: String,
    /// How much of it learns.
    pub depth: Depth,
    /// Its configuration.
    pub config: Config,
}

impl Student {
    /// The networks that the options ask for.
    pub fn all(options: &ExperimentOptions) -> Vec<Self> {
        let own = [options.config.run.precision];
        let asked = if options.precisions.is_empty() {
            &own[..]
        } else {
            &options.precisions
        };
        let mut precisions: Vec<Precision> = Vec::new();
        for precision in asked {
            if !precisions.contains(precision) {
                precisions.push(*precision);
            }
        }
        let control = options.config.data.task == Task::Regression;
        let mut students = Vec::new();
        for precision in precisions {
            let mut config = options.config.clone();
            config.run.precision = precision;
            let mut add = |name: String, depth, config| {
                students.push(Self {
                    name,
                    depth,
                    config,
                });
            };
            if control {
                let named = |depth: Depth| format!("{precision}-{}", depth.name());
                add(named(Depth::Deep), Depth::Deep, config.clone());
                add(named(Depth::Shallow), Depth::Shallow, shallow(config));
            } else {
                add(precision.to_string(), Depth::Deep, config);
            }
        }
        students
    }
}

/// The control of a configuration.
fn shallow(mut config: Config) -> Config {
    let mixing = config.conductances().lambda_hidden();
    let mut rates = config.learning.up_rates(&mixing);
    let hidden = rates.len().saturating_sub(1);
    rates[..hidden].fill(0.0);
    config.learning.up = PerLayer::Each(rates);
    config
}
