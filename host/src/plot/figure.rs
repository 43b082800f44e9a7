//! A figure and its panels.

use super::{Axis, Colour, Heatmap, Series};

/// Whether panels show the same range of an axis.
///
/// Panels that share a range also share its tick labels: they stand once, at the edge of the grid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sharing {
    /// Every panel fits its own data.
    #[default]
    Own,
    /// Panels that face each other agree: a row for the vertical axis, a column for the
    /// horizontal one.
    Facing,
    /// All panels agree.
    All,
}

/// A picture of one or more panels in a grid.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// The heading; empty for none.
    pub title: String,
    /// What the reader should see, below the panels; empty for none.
    pub caption: String,
    /// Panels side by side; the rest go below. Zero counts as one.
    pub columns: usize,
    /// The panels, row by row.
    pub panels: Vec<Panel>,
    /// The whole width in pixels.
    pub width: f64,
    /// The height of each panel's plotting area in pixels; none to choose one.
    pub panel_height: Option<f64>,
    /// Whether panels share their horizontal range.
    pub share_x: Sharing,
    /// Whether panels share their vertical range.
    pub share_y: Sharing,
}

impl Default for Figure {
    fn default() -> Self {
        Self {
            title: String::new(),
            caption: String::new(),
            columns: 1,
            panels: Vec::new(),
            width: 760.0,
            panel_height: None,
            share_x: Sharing::Own,
            share_y: Sharing::Own,
        }
    }
}

impl Figure {
    /// A figure without panels yet, one column wide.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            ..Self::default()
        }
    }

    /// The same figure with a caption.
    pub fn caption(mut self, caption: impl Into<String>) -> Self {
        self.caption = caption.into();
        self
    }

    /// The same figure with its panels in `columns` columns.
    pub fn columns(mut self, columns: usize) -> Self {
        self.columns = columns;
        self
    }

    /// The same figure, `width` pixels wide.
    pub fn width(mut self, width: f64) -> Self {
        self.width = width;
        self
    }

    /// The same figure with plotting areas `height` pixels high.
    pub fn panel_height(mut self, height: f64) -> Self {
        self.panel_height = Some(height);
        self
    }

    /// The same figure with ranges shared between panels.
    pub fn share(mut self, x: Sharing, y: Sharing) -> Self {
        self.share_x = x;
        self.share_y = y;
        self
    }

    /// The same figure with one more panel.
    pub fn panel(mut self, panel: Panel) -> Self {
        self.panels.push(panel);
        self
    }
}

/// One plotting area with its axes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Panel {
    /// The heading; empty for none.
    pub title: String,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// What is drawn: bands first, then bars, then the others in the order given.
    pub series: Vec<Series>,
    /// Lines to compare with.
    pub references: Vec<Reference>,
    /// Remarks below the panel, one a line.
    pub notes: Vec<String>,
    /// A matrix drawn in place of the series; of the axes only the labels are used then.
    pub heatmap: Option<Heatmap>,
}

impl Panel {
    /// An empty panel with two axes.
    pub fn new(title: impl Into<String>, x: Axis, y: Axis) -> Self {
        Self {
            title: title.into(),
            x,
            y,
            ..Self::default()
        }
    }

    /// A panel showing a matrix.
    pub fn heatmap(title: impl Into<String>, x: Axis, y: Axis, heatmap: Heatmap) -> Self {
        Self {
            heatmap: Some(heatmap),
            ..Self::new(title, x, y)
        }
    }

    /// The same panel with one more series.
    pub fn series(mut self, series: Series) -> Self {
        self.series.push(series);
        self
    }

    /// The same panel with one more reference line.
    pub fn reference(mut self, reference: Reference) -> Self {
        self.references.push(reference);
        self
    }

    /// The same panel with one more remark.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }
}

/// Where a reference line runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Line {
    /// Across the panel at a value of the vertical axis.
    Horizontal(f64),
    /// Up the panel at a value of the horizontal axis.
    Vertical(f64),
}

/// A dashed line to compare with: a published result, chance, the end of a phase.
///
/// An automatic range stretches to show it, unless it lies at zero on a logarithmic axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// Where it runs.
    pub line: Line,
    /// What it is; empty for none.
    pub label: String,
    /// Its colour; [`Colour::Auto`] for a quiet grey.
    pub colour: Colour,
}

impl Reference {
    /// A line across the panel at a value of the vertical axis.
    pub fn horizontal(at: f64, label: impl Into<String>) -> Self {
        Self {
            line: Line::Horizontal(at),
            label: label.into(),
            colour: Colour::Auto,
        }
    }

    /// A line up the panel at a value of the horizontal axis.
    pub fn vertical(at: f64, label: impl Into<String>) -> Self {
        Self {
            line: Line::Vertical(at),
            label: label.into(),
            colour: Colour::Auto,
        }
    }
}
