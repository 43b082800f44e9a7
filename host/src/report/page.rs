//! From a report to its HTML page.

use super::style;
use super::{Align, Block, Report, ReportError, Section, Table};
use crate::plot::{self, Figure, clean, escape};

/// A report as one self-contained HTML page.
///
/// # Errors
///
/// Fails if a figure in it contradicts itself.
pub fn html(report: &Report) -> Result<String, ReportError> {
    let mut page = Page { out: String::new() };
    page.head(report);
    page.add(&["<body>\n<header>\n<h1>", &words(&report.title), "</h1>\n"]);
    if !report.subtitle.trim().is_empty() {
        page.add(&["<p class=\"subtitle\">", &words(&report.subtitle), "</p>\n"]);
    }
    if report.sections.len() > 2 {
        page.add(&["<nav aria-label=\"Contents\">\n<ol>\n"]);
        for (at, section) in report.sections.iter().enumerate() {
            let number = (at + 1).to_string();
            page.add(&[
                "<li><a href=\"#s",
                &number,
                "\">",
                &words(&section.title),
                "</a></li>\n",
            ]);
        }
        page.add(&["</ol>\n</nav>\n"]);
    }
    page.add(&["</header>\n<main>\n"]);
    for (at, section) in report.sections.iter().enumerate() {
        page.section(at + 1, section)?;
    }
    page.add(&["</main>\n<footer></footer>\n</body>\n</html>\n"]);
    Ok(page.out)
}

/// Text for a place between tags or between quotes.
fn words(text: &str) -> String {
    escape(&clean(text))
}

struct Page {
    out: String,
}

impl Page {
    fn add(&mut self, parts: &[&str]) {
        for part in parts {
            self.out.push_str(part);
        }
    }

    fn head(&mut self, report: &Report) {
        self.add(&[
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n",
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>",
            &words(&report.title),
            "</title>\n<style>\n",
            style::RULES,
            // Paper stays white whatever the screen.
            "@media screen and (prefers-color-scheme:dark){\n",
            style::DARK,
            &plot::style_rules(),
            "}\n</style>\n</head>\n",
        ]);
    }

    fn section(&mut self, number: usize, section: &Section) -> Result<(), ReportError> {
        let id = format!("s{number}");
        self.add(&[
            "<section aria-labelledby=\"",
            &id,
            "\">\n<h2 id=\"",
            &id,
            "\">",
        ]);
        self.add(&[&words(&section.title), "</h2>\n"]);
        for paragraph in &section.paragraphs {
            self.paragraph(paragraph);
        }
        for block in &section.blocks {
            match block {
                Block::Text(text) => self.paragraph(text),
                Block::Table(table) => self.table(table),
                Block::Figure(figure) => self.figure(figure, &section.title)?,
                Block::KeyValues(pairs) => self.key_values(pairs),
                Block::Code(code) => self.code(code),
            }
        }
        self.add(&["</section>\n"]);
        Ok(())
    }

    fn paragraph(&mut self, text: &str) {
        if !text.trim().is_empty() {
            self.add(&["<p>", &words(text), "</p>\n"]);
        }
    }

    fn code(&mut self, code: &str) {
        // Line breaks and indentation are part of code; other control characters are not.
        let lines: Vec<String> = code
            .lines()
            .map(|line| words(&line.replace('\t', "    ")))
            .collect();
        self.add(&[
            "<pre tabindex=\"0\"><code>",
            &lines.join("\n"),
            "</code></pre>\n",
        ]);
    }

    fn key_values(&mut self, pairs: &[(String, String)]) {
        if pairs.is_empty() {
            return;
        }
        self.add(&["<dl>\n"]);
        for (key, value) in pairs {
            self.add(&["<dt>", &words(key), "</dt><dd>", &words(value), "</dd>\n"]);
        }
        self.add(&["</dl>\n"]);
    }

    fn figure(&mut self, figure: &Figure, section: &str) -> Result<(), ReportError> {
        let drawn = plot::svg_inline(figure).map_err(|source| ReportError::Figure {
            title: figure.title.clone(),
            section: section.to_owned(),
            source,
        })?;
        self.add(&["<figure>\n"]);
        if !figure.title.trim().is_empty() {
            self.add(&["<p class=\"title\">", &words(&figure.title), "</p>\n"]);
        }
        self.add(&[
            "<div class=\"wide picture\" tabindex=\"0\">\n",
            &drawn,
            "</div>\n",
        ]);
        if !figure.caption.trim().is_empty() {
            self.add(&["<figcaption>", &words(&figure.caption), "</figcaption>\n"]);
        }
        self.add(&["</figure>\n"]);
        Ok(())
    }

    fn table(&mut self, table: &Table) {
        self.add(&["<div class=\"wide\" tabindex=\"0\">\n<table>\n"]);
        if !table.caption.trim().is_empty() {
            self.add(&["<caption>", &words(&table.caption), "</caption>\n"]);
        }
        self.add(&["<thead>\n<tr>"]);
        for column in &table.columns {
            self.add(&["<th scope=\"col\"", class(column.align, false), ">"]);
            let heading = words(&column.heading);
            if column.help.trim().is_empty() {
                self.add(&[&heading]);
            } else {
                self.add(&[
                    "<abbr title=\"",
                    &words(&column.help),
                    "\">",
                    &heading,
                    "</abbr>",
                ]);
            }
            if !column.unit.trim().is_empty() {
                self.add(&[" <span class=\"unit\">", &words(&column.unit), "</span>"]);
            }
            self.add(&["</th>"]);
        }
        self.add(&["</tr>\n</thead>\n<tbody>\n"]);
        for row in 0..table.rows.len() {
            self.add(&["<tr>"]);
            for (at, column) in table.columns.iter().enumerate() {
                let cell = table.cell(row, at);
                let text = cell.map_or(String::new(), |cell| words(&cell.text));
                let best = cell.is_some_and(|cell| cell.best);
                // The first column names the row where it holds words.
                let heading = at == 0 && column.align == Align::Left;
                let (open, close) = if heading {
                    ("<th scope=\"row\"", "</th>")
                } else {
                    ("<td", "</td>")
                };
                self.add(&[open, class(column.align, best), ">", &text, close]);
            }
            self.add(&["</tr>\n"]);
        }
        self.add(&["</tbody>\n</table>\n"]);
        if !table.footnotes.is_empty() {
            self.add(&["<div class=\"notes\">\n"]);
            for footnote in &table.footnotes {
                self.paragraph(footnote);
            }
            self.add(&["</div>\n"]);
        }
        self.add(&["</div>\n"]);
    }
}

fn class(align: Align, best: bool) -> &'static str {
    match (align, best) {
        (Align::Left, false) => "",
        (Align::Left, true) => " class=\"best\"",
        (Align::Right, false) => " class=\"right\"",
        (Align::Right, true) => " class=\"right best\"",
        (Align::Centre, false) => " class=\"centre\"",
        (Align::Centre, true) => " class=\"centre best\"",
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Cell, Column};
    use super::*;
    use crate::plot::{Axis, Heatmap, Panel, Series};

    const NASTY: &str = "<script>alert('x')</script> & \"q\" \u{0}\u{1b}";

    fn sample() -> Report {
        let panel = Panel::new(NASTY, Axis::new(NASTY), Axis::new(NASTY))
            .series(Series::values(NASTY, &[1.0, f64::NAN, 2.0]))
            .note(NASTY);
        let table = Table::new(NASTY, vec![Column::number(NASTY, NASTY).help(NASTY)])
            .row(vec![Cell::text(NASTY).best()])
            .row(vec![])
            .footnote(NASTY);
        let section = Section::new(NASTY)
            .text(NASTY)
            .block(Block::Text(NASTY.to_owned()))
            .block(table)
            .block(Figure::new(NASTY).caption(NASTY).panel(panel))
            .block(Block::KeyValues(vec![(NASTY.to_owned(), NASTY.to_owned())]))
            .block(Block::Code("a <b>\n\tc".to_owned()));
        Report::new(NASTY, NASTY)
            .section(section.clone())
            .section(section.clone())
            .section(section)
    }

    #[test]
    fn nothing_escapes_into_markup() {
        let page = html(&sample()).unwrap();
        assert!(!page.contains("<script"), "a script got through");
        assert!(!page.contains('\u{0}') && !page.contains('\u{1b}'));
        assert!(page.contains("a &lt;b&gt;\n    c"));
    }

    #[test]
    fn the_page_is_well_formed_and_always_the_same() {
        let page = html(&sample()).unwrap();
        // The page is written so that it is XML as well, but for its first line.
        let body = page.strip_prefix("<!DOCTYPE html>\n").unwrap();
        let tree = roxmltree::Document::parse(body).unwrap();
        assert_eq!(
            tree.descendants()
                .filter(|n| n.has_tag_name("table"))
                .count(),
            3
        );
        assert_eq!(page, html(&sample()).unwrap());
    }

    #[test]
    fn nothing_is_fetched() {
        let page = html(&sample())
            .unwrap()
            .replace("http://www.w3.org/2000/svg", "");
        for outside in ["http:", "https:", "url(", "@import", "src=", "<link"] {
            assert!(!page.contains(outside), "the page refers to {outside}");
        }
    }

    #[test]
    fn a_wrong_figure_is_named() {
        let map = Heatmap::new("", vec!["a".to_owned()], vec![], vec![vec![1.0]]);
        let panel = Panel::heatmap("", Axis::new(""), Axis::new(""), map);
        let report = Report::new("", "")
            .section(Section::new("Sweep").block(Figure::new("Map").panel(panel)));
        let error = html(&report).unwrap_err();
        assert_eq!(
            error.to_string(),
            "figure \"Map\" in section \"Sweep\" cannot be drawn"
        );
    }
}
