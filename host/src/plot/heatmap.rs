//! A heat map: a labelled matrix shown as colours.

use super::{PlotError, Range, Scale};

/// How values become colours.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Ramp {
    /// From dark for low to bright for high.
    #[default]
    Sequential,
    /// The other way round: bright for low, as for an error.
    Reversed,
    /// Blue below the given value, red above it, white at it; symmetric about it on its scale.
    Diverging(f64),
}

/// A labelled matrix shown as colours, such as learning rate by word length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heatmap {
    /// Column names, from the left.
    pub columns: Vec<String>,
    /// Row names, from the top.
    pub rows: Vec<String>,
    /// One vector a row, from the top; a value that is not finite leaves its cell empty.
    pub values: Vec<Vec<f64>>,
    /// What the colour measures, with its unit.
    pub label: String,
    /// How values are spread over the colours.
    pub scale: Scale,
    /// The values at the ends of the colours.
    pub range: Range,
    /// Which colours.
    pub ramp: Ramp,
    /// Digits after the point of the values written in the cells, where they fit; none for bare
    /// cells.
    pub decimals: Option<usize>,
}

impl Heatmap {
    /// A heat map of `values`, row by row from the top.
    pub fn new(
        label: impl Into<String>,
        columns: Vec<String>,
        rows: Vec<String>,
        values: Vec<Vec<f64>>,
    ) -> Self {
        Self {
            columns,
            rows,
            values,
            label: label.into(),
            ..Self::default()
        }
    }

    /// The same heat map with other colours.
    pub fn ramp(mut self, ramp: Ramp) -> Self {
        self.ramp = ramp;
        self
    }

    /// The same heat map with its colours spread logarithmically.
    pub fn log(mut self) -> Self {
        self.scale = Scale::Log;
        self
    }

    /// The same heat map with its colours running exactly from `low` to `high`.
    pub fn range(mut self, low: f64, high: f64) -> Self {
        self.range = Range::Fixed(low, high);
        self
    }

    /// The same heat map with the values written in its cells.
    pub fn decimals(mut self, decimals: usize) -> Self {
        self.decimals = Some(decimals);
        self
    }

    /// Whether the matrix has the shape its labels announce.
    pub(super) fn check(&self) -> Result<(), PlotError> {
        if self.values.len() != self.rows.len() {
            return Err(PlotError::HeatmapRows {
                found: self.values.len(),
                labels: self.rows.len(),
            });
        }
        for (row, values) in self.values.iter().enumerate() {
            if values.len() != self.columns.len() {
                return Err(PlotError::HeatmapRow {
                    row,
                    found: values.len(),
                    columns: self.columns.len(),
                });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_matrix_must_match_its_labels() {
        let labels = |n: usize| (0..n).map(|i| i.to_string()).collect::<Vec<_>>();
        let good = Heatmap::new("", labels(2), labels(1), vec![vec![1.0, 2.0]]);
        assert_eq!(good.check(), Ok(()));
        let ragged = Heatmap::new("", labels(2), labels(1), vec![vec![1.0]]);
        assert!(matches!(
            ragged.check(),
            Err(PlotError::HeatmapRow {
                row: 0,
                found: 1,
                ..
            })
        ));
        let short = Heatmap::new("", labels(2), labels(2), vec![vec![1.0, 2.0]]);
        assert!(matches!(
            short.check(),
            Err(PlotError::HeatmapRows {
                found: 1,
                labels: 2
            })
        ));
    }
}
