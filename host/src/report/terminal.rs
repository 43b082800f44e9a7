//! Tables for a terminal: aligned columns of text.

use unicode_width::UnicodeWidthStr;

use super::{Align, Table};
use crate::plot::clean;

/// Between columns.
const GAP: &str = "  ";
/// Behind the best cells; other cells have a blank there.
const MARK: char = '*';

impl Table {
    /// The table as aligned lines of text, each ending in a line break. The best cells carry an
    /// asterisk.
    pub fn to_text(&self) -> String {
        let marked = self.marked();
        let headings: Vec<String> = self.columns.iter().map(|c| clean(&c.full())).collect();
        let rows: Vec<Vec<String>> = (0..self.rows.len())
            .map(|row| {
                (0..self.columns.len())
                    .map(|column| self.written(row, column))
                    .collect()
            })
            .collect();
        let widths: Vec<usize> = (0..self.columns.len())
            .map(|column| {
                let cells = rows.iter().map(|row| row[column].width());
                cells
                    .chain([headings[column].width() + usize::from(marked)])
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        // Headings leave the place of the mark free, so that they end where the numbers do.
        let headings: Vec<String> = headings
            .into_iter()
            .map(|h| if marked { h + " " } else { h })
            .collect();

        let mut out = String::new();
        if !self.caption.is_empty() {
            out.push_str(&clean(&self.caption));
            out.push('\n');
        }
        self.line(&mut out, &headings, &widths);
        let rule: Vec<String> = widths.iter().map(|&width| "─".repeat(width)).collect();
        self.line(&mut out, &rule, &widths);
        for row in &rows {
            self.line(&mut out, row, &widths);
        }
        if marked {
            out.push_str("* best\n");
        }
        for footnote in &self.footnotes {
            out.push_str(&clean(footnote));
            out.push('\n');
        }
        out
    }

    fn written(&self, row: usize, column: usize) -> String {
        let Some(cell) = self.cell(row, column) else {
            return String::new();
        };
        let mut text = clean(&cell.text);
        if self.marked() {
            text.push(if cell.best { MARK } else { ' ' });
        }
        text
    }

    fn line(&self, out: &mut String, cells: &[String], widths: &[usize]) {
        let mut line = String::new();
        for ((cell, &width), column) in cells.iter().zip(widths).zip(&self.columns) {
            let blank = width.saturating_sub(cell.width());
            let before = match column.align {
                Align::Left => 0,
                Align::Right => blank,
                Align::Centre => blank / 2,
            };
            line.push_str(&" ".repeat(before));
            line.push_str(cell);
            line.push_str(&" ".repeat(blank - before));
            line.push_str(GAP);
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Best, Cell, Column};
    use super::*;

    #[test]
    fn columns_align_by_width_on_screen() {
        let columns = vec![Column::text("Rule"), Column::number("Error", "%")];
        let table = Table::new("Results", columns)
            .row(vec!["漢字".into(), Cell::number(10.25, 2)])
            .row(vec!["Guerguiev".into(), Cell::number(1.5, 2)])
            .row(vec!["é".into()])
            .mark(1, Best::Lowest);
        let expected = "\
Results
Rule        Error (%)
──────────  ──────────
漢字            10.25
Guerguiev        1.50*
é
* best
";
        assert_eq!(table.to_text(), expected);
    }

    #[test]
    fn control_characters_cannot_reach_the_terminal() {
        let table = Table::new("\u{1b}[2J", vec![Column::text("a\nb")]);
        let text = table.to_text();
        assert!(!text.contains('\u{1b}'));
        assert_eq!(text.lines().count(), 3, "{text}");
    }

    #[test]
    fn a_table_without_columns_is_only_its_words() {
        let table = Table::new("Caption", vec![])
            .row(vec!["lost".into()])
            .footnote("Note");
        assert_eq!(
            table.to_text(),
            "Caption\n\n\nNote\n".replacen("\n\n\n", "\n\n\n\n", 1)
        );
    }
}
