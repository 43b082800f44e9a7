//! Fig 2: the deep student and the shallow control.

use std::fmt::Write as _;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{RUNS, Reproduce, put};
use crate::process;
use crate::workspace;

/// What the error is in.
const UNIT: &str = "squared distance of output rates from the teacher's, sum over 10 outputs, mean over \
                    200 unseen patterns";

/// Runs both students from where they are, and puts them in the file.
pub(super) fn reproduce(options: &Reproduce) -> Result<()> {
    // The errors of f64 are the same to two digits, and it takes twice as long.
    let words = ["experiment", "regression", "--precisions", "f32"];
    let mut words: Vec<String> = words.map(String::from).into();
    if let Some(patterns) = options.patterns {
        words.extend(["--patterns".to_owned(), patterns.to_string()]);
    }
    let mut apical = process::program(workspace::target_dir().join("release/apical"));
    apical.args(&words).args(["--resume", "--out", RUNS]);
    // A check that does not hold is exit code 1, and a result like any other: it is written first.
    let ended = process::run(&mut apical);
    let text = match workspace::read(&format!("{RUNS}/regression-1/summary.json")) {
        Ok(text) => text,
        Err(missing) => return ended.and(Err(missing)),
    };
    let summary: Value = serde_json::from_str(&text)?;
    let runs = summary["runs"].as_array();
    for run in runs.context("a summary without runs")? {
        put(
            options.study,
            json!({
                "experiment": options.study.name(),
                "row": format!("{} {}", word(run, "network"), word(run, "precision")),
                "network": run["network"],
                "rule": "microcircuit",
                "precision": run["precision"],
                "rounding": Value::Null,
                "seeds": [summary["seed"]],
                "test_error_mean": run["end"]["test_error"],
                "test_error_sd": Value::Null,
                "unit": UNIT,
                "epochs": run["patterns"],
                "complete": summary["complete"],
                "digests": [run["digest"]],
                "command": super::typed(&words),
                "version": summary["version"],
            }),
        )?;
    }
    ended
}

fn word<'r>(run: &'r Value, key: &str) -> &'r str {
    run[key].as_str().unwrap_or_default()
}

/// Both students as Markdown.
pub(super) fn table(rows: &[Value]) -> String {
    let mut text =
        "| student | precision | presentations | error |\n| :--- | :--- | ---: | ---: |\n"
            .to_owned();
    for row in rows {
        let error = row["test_error_mean"].as_f64().unwrap_or(f64::NAN);
        let _ = writeln!(
            text,
            "| {} | {} | {} | {error:.4} |",
            word(row, "network"),
            word(row, "precision"),
            row["epochs"]
        );
    }
    text
}
