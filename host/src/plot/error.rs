//! What can be wrong with a figure.

use thiserror::Error;

/// A figure that cannot be drawn.
///
/// Numbers that are merely awkward (not finite, constant, absent) never cause an error; these are
/// contradictions in the figure itself.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum PlotError {
    /// The figure has more panels than a page could hold.
    #[error("a figure of {panels} panels is too large to draw (the limit is {limit})")]
    TooManyPanels {
        /// How many panels the figure has.
        panels: usize,
        /// How many it may have.
        limit: usize,
    },
    /// The figure's width or panel height is not a usable number of pixels.
    #[error("a figure cannot be {pixels} pixels {dimension}")]
    Size {
        /// `wide` or `high`.
        dimension: &'static str,
        /// The size asked for.
        pixels: f64,
    },
    /// A fixed axis range cannot be drawn.
    #[error("axis \"{axis}\" cannot run from {low} to {high}{reason}")]
    Range {
        /// The axis label.
        axis: String,
        /// The lower end asked for.
        low: f64,
        /// The upper end asked for.
        high: f64,
        /// Why not, starting with a separator, or empty.
        reason: &'static str,
    },
    /// A band's lower edge does not match its upper edge.
    #[error("band \"{series}\" has {points} points but {lower} values in its lower edge")]
    BandEdges {
        /// The series' name.
        series: String,
        /// Points of the upper edge.
        points: usize,
        /// Values of the lower edge.
        lower: usize,
    },
    /// A heat map's matrix does not have the shape its labels announce.
    #[error("heat map row {row} has {found} values for {columns} column labels")]
    HeatmapRow {
        /// Which row, from zero.
        row: usize,
        /// Values in that row.
        found: usize,
        /// Column labels.
        columns: usize,
    },
    /// A heat map has more or fewer rows than row labels.
    #[error("a heat map of {found} rows has {labels} row labels")]
    HeatmapRows {
        /// Rows in the matrix.
        found: usize,
        /// Row labels.
        labels: usize,
    },
    /// The SVG writer refused.
    #[error("the SVG writer failed: {0}")]
    Draw(String),
}
