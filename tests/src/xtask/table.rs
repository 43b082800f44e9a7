//! Tables as Markdown, aligned for a terminal as well.

use std::fmt;

/// Rows of cells under a heading.
#[derive(Debug)]
pub(crate) struct Table {
    heading: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table. A heading that ends in `:` is of a column of numbers, flush right.
    pub(crate) fn new(heading: &[&'static str]) -> Self {
        Self {
            heading: heading.to_vec(),
            rows: Vec::new(),
        }
    }

    /// Adds a row; missing cells are empty.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cell = |row: &Vec<String>, column: usize| row.get(column).cloned().unwrap_or_default();
        let columns: Vec<_> = (0..)
            .zip(&self.heading)
            .map(|(column, heading)| {
                let (name, right) = match heading.strip_suffix(':') {
                    Some(name) => (name, true),
                    None => (*heading, false),
                };
                let cells = self
                    .rows
                    .iter()
                    .map(|row| cell(row, column).chars().count());
                let width = cells.chain([name.chars().count(), 3]).max().unwrap_or(3);
                (column, name, right, width)
            })
            .collect();
        for (_, name, right, width) in &columns {
            write(f, name, *right, *width)?;
        }
        writeln!(f, "|")?;
        for (_, _, right, width) in &columns {
            let dashes = "-".repeat(width - 1);
            if *right {
                write!(f, "| {dashes}: ")?;
            } else {
                write!(f, "| :{dashes} ")?;
            }
        }
        writeln!(f, "|")?;
        for row in &self.rows {
            for (column, _, right, width) in &columns {
                write(f, &cell(row, *column), *right, *width)?;
            }
            writeln!(f, "|")?;
        }
        Ok(())
    }
}

fn write(f: &mut fmt::Formatter<'_>, text: &str, right: bool, width: usize) -> fmt::Result {
    if right {
        write!(f, "| {text:>width$} ")
    } else {
        write!(f, "| {text:<width$} ")
    }
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn columns_are_aligned() {
        let mut table = Table::new(&["core", "flash:"]);
        table.row(["Cortex-M0".to_owned(), "7".to_owned()]);
        table.row(["x".to_owned()]);
        let wanted = "| core      | flash |\n\
                      | :-------- | ----: |\n\
                      | Cortex-M0 |     7 |\n\
                      | x         |       |\n";
        assert_eq!(table.to_string(), wanted);
    }
}
