//! What can be wrong with a report.

use thiserror::Error;

use crate::plot::PlotError;

/// A report that cannot be written.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum ReportError {
    /// A figure in it cannot be drawn.
    #[error("figure \"{title}\" in section \"{section}\" cannot be drawn")]
    Figure {
        /// The figure's title.
        title: String,
        /// The section it stands in.
        section: String,
        /// Why not.
        source: PlotError,
    },
}
