//! Figures: line charts, scatter plots, bands, bars and heat maps as SVG text.
//!
//! A [`Figure`] is plain data: panels in a grid, each with two [`Axis`]es and some [`Series`] or
//! a [`Heatmap`]. [`svg`] turns it into a document. The layer knows nothing about what the
//! numbers mean, reads no clock and no fonts, and gives the same bytes for the same figure.
//!
//! Numbers that cannot be drawn (not finite, or not positive on a logarithmic axis) are left out
//! and counted in a note beside the panel; long series are thinned to what the picture can show
//! without losing their extremes.
//!
//! ```text
//! Figure ─ prepare ─▶ marks and ranges ─ layout ─▶ rectangles and ticks ─ draw ─▶ SVG
//! ```

mod axis;
mod canvas;
mod chart;
mod clip;
mod decimate;
mod error;
mod figure;
mod furniture;
mod geometry;
mod grid;
mod heat;
mod heatmap;
mod labels;
mod layout;
mod legend;
mod measure;
mod numerals;
mod palette;
mod prepare;
mod ranges;
mod references;
mod render;
mod series;
mod sparkline;
mod text;
mod theme;
mod ticks;

pub use axis::{Axis, Range, Scale};
pub use error::PlotError;
pub use figure::{Figure, Line, Panel, Reference, Sharing};
pub use heatmap::{Heatmap, Ramp};
pub use palette::Colour;
pub use render::{svg, svg_inline};
pub use series::{Series, Style};
pub use sparkline::sparkline;
pub use theme::style_rules;

pub(crate) use canvas::escape;
pub(crate) use text::clean;
