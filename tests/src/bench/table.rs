//! What was measured, as a Markdown table and as JSON.

use std::fmt;

use crate::set::Set;

/// One case.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) set: Set,
    /// The best sample.
    pub(crate) least: f64,
    pub(crate) median: f64,
    /// To the first row: of times, or of speeds.
    pub(crate) ratio: f64,
}

/// Cases that were measured in turns.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) title: String,
    pub(crate) unit: &'static str,
    pub(crate) rows: Vec<Row>,
}

impl Table {
    /// Every row as an object.
    pub(crate) fn json(&self) -> Vec<String> {
        let object = |row: &Row| {
            format!(
                r#"  {{"what": "{}", "case": "{}", "set": "{}", "unit": "{}", "best": {:.4}, "median": {:.4}, "ratio": {:.3}}}"#,
                self.title, row.name, row.set, self.unit, row.least, row.median, row.ratio
            )
        };
        self.rows.iter().map(object).collect()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { title, unit, rows } = self;
        writeln!(f, "\n{title}\n")?;
        writeln!(
            f,
            "| case | set | best, {unit} | median, {unit} | to the first |"
        )?;
        writeln!(f, "|---|---|--:|--:|--:|")?;
        for row in rows {
            let Row {
                name,
                set,
                least,
                median,
                ratio,
            } = row;
            writeln!(
                f,
                "| {name} | {set} | {least:.2} | {median:.2} | {ratio:.2} |"
            )?;
        }
        Ok(())
    }
}
