//! Tables as Markdown.

use super::{Align, Table};
use crate::plot::clean;

impl Table {
    /// The table as GitHub-flavoured Markdown. The best cells are bold.
    pub fn to_markdown(&self) -> String {
        let mut out = String::new();
        if !self.caption.is_empty() {
            out += &["**", &plain(&self.caption), "**\n\n"].concat();
        }
        if !self.columns.is_empty() {
            line(
                &mut out,
                self.columns.iter().map(|column| plain(&column.full())),
            );
            let rule = |align| match align {
                Align::Left => ":---",
                Align::Right => "---:",
                Align::Centre => ":---:",
            };
            line(
                &mut out,
                self.columns
                    .iter()
                    .map(|column| rule(column.align).to_owned()),
            );
            for row in 0..self.rows.len() {
                line(
                    &mut out,
                    (0..self.columns.len()).map(|column| self.marked_up(row, column)),
                );
            }
        }
        for footnote in &self.footnotes {
            out.push('\n');
            out.push_str(&plain(footnote));
            out.push('\n');
        }
        out
    }

    fn marked_up(&self, row: usize, column: usize) -> String {
        match self.cell(row, column) {
            None => String::new(),
            Some(cell) if cell.best && !cell.text.trim().is_empty() => {
                format!("**{}**", plain(cell.text.trim()))
            }
            Some(cell) => plain(&cell.text),
        }
    }
}

fn line(out: &mut String, cells: impl Iterator<Item = String>) {
    out.push('|');
    for cell in cells {
        out.push(' ');
        out.push_str(&cell);
        out.push_str(" |");
    }
    out.push('\n');
}

/// Text with the characters that mean something in Markdown or HTML taken literally.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in clean(text).chars() {
        match c {
            '\\' | '|' | '*' | '_' | '`' | '[' | ']' | '~' | '#' => {
                out.push('\\');
                out.push(c);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::{Cell, Column};
    use super::*;

    #[test]
    fn cells_cannot_break_the_table() {
        let columns = vec![Column::text("a|b"), Column::number("n", "%")];
        let table = Table::new("", columns)
            .row(vec!["<b>\n*x*".into(), Cell::number(2.0, 0).best()])
            .row(vec![]);
        let expected = "\
| a\\|b | n (%) |
| :--- | ---: |
| &lt;b&gt; \\*x\\* | **2** |
|  |  |
";
        assert_eq!(table.to_markdown(), expected);
    }
}
