//! A report and its parts.

use super::Table;
use crate::plot::Figure;

/// A page of sections.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// The heading of the page.
    pub title: String,
    /// A line below it: what was run, when and on what; empty for none.
    pub subtitle: String,
    /// The sections, in order; several get a table of contents.
    pub sections: Vec<Section>,
}

impl Report {
    /// A report without sections yet.
    pub fn new(title: impl Into<String>, subtitle: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            subtitle: subtitle.into(),
            sections: Vec::new(),
        }
    }

    /// The same report with one more section.
    pub fn section(mut self, section: Section) -> Self {
        self.sections.push(section);
        self
    }
}

/// A heading with text and blocks below it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Section {
    /// The heading.
    pub title: String,
    /// Paragraphs that introduce the blocks.
    pub paragraphs: Vec<String>,
    /// What the section shows.
    pub blocks: Vec<Block>,
}

impl Section {
    /// A section without content yet.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            ..Self::default()
        }
    }

    /// The same section with one more introductory paragraph.
    pub fn text(mut self, paragraph: impl Into<String>) -> Self {
        self.paragraphs.push(paragraph.into());
        self
    }

    /// The same section with one more block: a [`Table`] and a [`Figure`] are blocks as they are.
    pub fn block(mut self, block: impl Into<Block>) -> Self {
        self.blocks.push(block.into());
        self
    }
}

/// One thing shown in a section.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A paragraph.
    Text(String),
    /// A table.
    Table(Table),
    /// A figure.
    Figure(Figure),
    /// Names and what they stand for, such as the settings of a run.
    KeyValues(Vec<(String, String)>),
    /// Text to be shown exactly as it is, such as a command.
    Code(String),
}

impl From<Table> for Block {
    fn from(table: Table) -> Self {
        Self::Table(table)
    }
}

impl From<Figure> for Block {
    fn from(figure: Figure) -> Self {
        Self::Figure(figure)
    }
}
