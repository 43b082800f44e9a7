//! Every figure of an experiment: pure functions of its outcomes.
//!
//! They are the plots of the thesis that this model was first studied in, with its two sign errors
//! mended: what cancels has the opposite sign, so distances to it are of sums.

mod course;
mod progress;

use super::{Kind, Outcome};
use crate::config::Config;
use crate::plot::Figure;
use crate::report::Section;

/// A figure and the name of its file.
#[derive(Debug, Clone)]
pub struct Named {
    /// Without its ending.
    pub name: String,
    /// The figure.
    pub figure: Figure,
}

/// A part of the report: a heading, what it shows, and its figures.
#[derive(Debug, Clone)]
pub struct Part {
    /// The heading.
    pub title: String,
    /// What to look at.
    pub text: String,
    /// The figures.
    pub figures: Vec<Named>,
}

impl Part {
    /// The part as a section of a report.
    pub fn section(&self) -> Section {
        let section = Section::new(&*self.title).text(&*self.text);
        self.figures.iter().fold(section, |section, named| {
            section.block(named.figure.clone())
        })
    }
}

/// All figures, in the order of the report.
pub fn parts(kind: Kind, config: &Config, outcomes: &[Outcome]) -> Vec<Part> {
    let mut parts = vec![progress::distances(kind, config, outcomes)];
    for outcome in outcomes {
        parts.push(progress::weights(config, outcome));
    }
    for outcome in outcomes {
        parts.push(course::potentials(outcome));
    }
    parts
}
