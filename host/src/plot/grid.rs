//! Which panel stands where in the grid.

/// Panels in rows of equal length; the last row may be short.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    pub(super) panels: usize,
    pub(super) columns: usize,
}

impl Grid {
    pub(super) fn new(panels: usize, columns: usize) -> Self {
        Self {
            panels,
            columns: columns.clamp(1, panels.max(1)),
        }
    }

    pub(super) fn rows(self) -> usize {
        self.panels.div_ceil(self.columns)
    }

    pub(super) fn row(self, panel: usize) -> usize {
        panel / self.columns
    }

    pub(super) fn column(self, panel: usize) -> usize {
        panel % self.columns
    }

    /// Whether no panel stands below this one.
    pub(super) fn lowest(self, panel: usize) -> bool {
        panel + self.columns >= self.panels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_last_row_leaves_panels_lowest_above_it() {
        let grid = Grid::new(5, 3);
        let lowest: Vec<usize> = (0..5).filter(|&p| grid.lowest(p)).collect();
        assert_eq!((grid.rows(), lowest), (2, vec![2, 3, 4]));
        assert_eq!((Grid::new(0, 0).rows(), Grid::new(2, 9).columns), (0, 2));
    }
}
