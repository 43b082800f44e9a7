//! A table: typed columns, rows of cells, the best ones marked.

/// Which side of a column its text keeps to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// Left, for words.
    #[default]
    Left,
    /// Right, for numbers.
    Right,
    /// In the middle, for marks.
    Centre,
}

/// Which of two values is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Best {
    /// The lower one, as for an error.
    Lowest,
    /// The higher one, as for a speed.
    Highest,
}

/// The heading of a column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// What stands in the column.
    pub heading: String,
    /// The unit of its numbers; empty for none.
    pub unit: String,
    /// A sentence of explanation, shown on demand; empty for none.
    pub help: String,
    /// Where its text keeps to.
    pub align: Align,
}

impl Column {
    /// A column of words.
    pub fn text(heading: impl Into<String>) -> Self {
        Self {
            heading: heading.into(),
            ..Self::default()
        }
    }

    /// A column of numbers in a unit (which may be empty).
    pub fn number(heading: impl Into<String>, unit: impl Into<String>) -> Self {
        Self {
            heading: heading.into(),
            unit: unit.into(),
            align: Align::Right,
            ..Self::default()
        }
    }

    /// The same column with an explanation.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// Heading and unit in one line.
    pub(super) fn full(&self) -> String {
        if self.unit.is_empty() {
            self.heading.clone()
        } else {
            format!("{} ({})", self.heading, self.unit)
        }
    }
}

/// One cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// What is written in it.
    pub text: String,
    /// The number behind the text, by which cells are compared.
    pub value: Option<f64>,
    /// Whether it is marked as the best of its kind.
    pub best: bool,
}

impl Cell {
    /// A cell with words.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    /// A cell with a number of so many decimals; a dash if it is not finite.
    pub fn number(value: f64, decimals: usize) -> Self {
        Self {
            text: number(value, decimals),
            value: Some(value),
            best: false,
        }
    }

    /// A cell with a mean and its spread, compared by the mean.
    pub fn spread(mean: f64, spread: f64, decimals: usize) -> Self {
        let text = if mean.is_finite() && spread.is_finite() {
            format!("{} ± {}", number(mean, decimals), number(spread, decimals))
        } else {
            number(mean, decimals)
        };
        Self {
            text,
            value: Some(mean),
            best: false,
        }
    }

    /// The same cell marked as the best.
    pub fn best(mut self) -> Self {
        self.best = true;
        self
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

/// A number with a true minus sign; a dash if it is not finite.
fn number(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    // More digits than a float has would only be noise.
    let decimals = decimals.min(17);
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(digits) if digits.bytes().any(|b| b.is_ascii_digit() && b != b'0') => {
            format!("−{digits}")
        }
        Some(digits) => digits.to_owned(),
        None => text,
    }
}

/// Columns, rows and remarks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// What the table shows; empty for none.
    pub caption: String,
    /// The headings.
    pub columns: Vec<Column>,
    /// The rows; short ones are filled with empty cells and long ones are cut.
    pub rows: Vec<Vec<Cell>>,
    /// Remarks below the table.
    pub footnotes: Vec<String>,
}

impl Table {
    /// A table without rows yet.
    pub fn new(caption: impl Into<String>, columns: Vec<Column>) -> Self {
        Self {
            caption: caption.into(),
            columns,
            ..Self::default()
        }
    }

    /// Adds a row.
    pub fn push(&mut self, row: Vec<Cell>) {
        self.rows.push(row);
    }

    /// The same table with one more row.
    pub fn row(mut self, row: Vec<Cell>) -> Self {
        self.rows.push(row);
        self
    }

    /// The same table with one more remark below it.
    pub fn footnote(mut self, footnote: impl Into<String>) -> Self {
        self.footnotes.push(footnote.into());
        self
    }

    /// The same table with the best finite numbers of a column marked; equals are all marked. A
    /// column that does not exist is left alone.
    pub fn mark(mut self, column: usize, best: Best) -> Self {
        let values = || self.rows.iter().filter_map(|row| row.get(column)?.value);
        let finite = values().filter(|value| value.is_finite());
        let winner = match best {
            Best::Lowest => finite.reduce(f64::min),
            Best::Highest => finite.reduce(f64::max),
        };
        for cell in self.rows.iter_mut().filter_map(|row| row.get_mut(column)) {
            cell.best = winner.is_some() && cell.value == winner;
        }
        self
    }

    /// The cell at a place, or none where a row is short.
    pub(super) fn cell(&self, row: usize, column: usize) -> Option<&Cell> {
        self.rows.get(row)?.get(column)
    }

    /// Whether any cell that is shown is marked.
    pub(super) fn marked(&self) -> bool {
        self.rows
            .iter()
            .flat_map(|row| row.iter().take(self.columns.len()))
            .any(|cell| cell.best)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_numbers_are_marked_and_nothing_else() {
        let row = |value| vec![Cell::text("name"), Cell::number(value, 1)];
        let table = Table::new("", vec![Column::text("a"), Column::number("b", "%")])
            .row(row(3.0))
            .row(row(f64::NAN))
            .row(row(1.0))
            .row(row(1.0))
            .row(vec![]);
        let marks = |table: Table| -> Vec<bool> {
            table
                .rows
                .iter()
                .filter_map(|row| Some(row.get(1)?.best))
                .collect()
        };
        assert_eq!(
            marks(table.clone().mark(1, Best::Lowest)),
            [false, false, true, true]
        );
        assert_eq!(
            marks(table.clone().mark(1, Best::Highest)),
            [true, false, false, false]
        );
        assert_eq!(marks(table.mark(9, Best::Lowest)), [false; 4]);
    }

    #[test]
    fn numbers_are_spelled_for_readers() {
        assert_eq!(Cell::number(-1.25, 1).text, "−1.2");
        assert_eq!(Cell::number(-0.01, 1).text, "0.0");
        assert_eq!(Cell::number(f64::NAN, 1).text, "–");
        assert_eq!(Cell::spread(1.9, 0.05, 2).text, "1.90 ± 0.05");
        assert_eq!(Cell::spread(1.9, f64::NAN, 2).text, "1.90");
    }
}
