//! What was counted, on every machine and by every program.

use super::machines::Counting;
use super::telling::Told;

/// One thing that was counted.
#[derive(Debug, Clone)]
pub(crate) struct Figure {
    pub(crate) core: &'static str,
    /// A precision, or a peer with its compiler.
    pub(crate) program: String,
    /// The kernel.
    pub(crate) name: String,
    /// The side of its square of weights; 0 for a step.
    pub(crate) side: u64,
    /// Instructions of one call.
    pub(crate) instructions: f64,
}

impl Figure {
    /// Instructions for one weight, or for the whole of a step.
    pub(crate) fn each(&self) -> f64 {
        match self.side {
            0 => self.instructions,
            side => self.instructions / (side * side) as f64,
        }
    }
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Figures(pub(crate) Vec<Figure>);

impl Figures {
    /// Adds what an image told.
    pub(crate) fn add(&mut self, machine: &Counting, program: &str, told: Vec<Told>) {
        self.0.extend(told.into_iter().map(|told| Figure {
            core: machine.core,
            program: program.to_owned(),
            name: told.name,
            side: told.side,
            instructions: told.instructions,
        }));
    }

    /// The figure of one kernel, where it was counted.
    pub(crate) fn find(&self, core: &str, program: &str, name: &str, side: u64) -> Option<f64> {
        let found = self.0.iter().find(|figure| {
            figure.core == core
                && figure.program == program
                && figure.name == name
                && figure.side == side
        });
        found.map(Figure::each)
    }

    /// The programs in the order in which they were first counted.
    pub(crate) fn programs(&self) -> Vec<&str> {
        let mut programs: Vec<&str> = Vec::new();
        for figure in &self.0 {
            if !programs.contains(&figure.program.as_str()) {
                programs.push(&figure.program);
            }
        }
        programs
    }
}
