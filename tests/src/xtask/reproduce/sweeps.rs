//! Depth and robustness: sweeps of one key each, their points and figures.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{RUNS, Reproduce, put};
use crate::process;
use crate::tally::Tally;
use crate::workspace;

/// One key over several values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sweep {
    /// Names its runs and its figure.
    pub(super) name: &'static str,
    key: &'static str,
    values: &'static [&'static str],
    precisions: &'static str,
    /// What differs from the configuration of the study.
    set: &'static [&'static str],
}

/// Euler steps, where there is time: noise, filters and lags.
const FULL: [&str; 5] = [
    "run.epochs=5",
    "network.mode=full",
    "network.layers=[64, 30, 10]",
    "learning.up=0.02",
    "learning.pyramidal_to_interneuron=0.2",
];

const fn sweep(name: &'static str, key: &'static str, values: &'static [&'static str]) -> Sweep {
    Sweep {
        name,
        key,
        values,
        precisions: "f32,i16",
        set: &[],
    }
}

const fn in_full(name: &'static str, key: &'static str, values: &'static [&'static str]) -> Sweep {
    Sweep {
        precisions: "f32",
        set: &FULL,
        ..sweep(name, key, values)
    }
}

/// One to four hidden layers.
const DEPTHS: [&str; 4] = [
    "[64, 50, 10]",
    "[64, 50, 50, 10]",
    "[64, 50, 50, 50, 10]",
    "[64, 50, 50, 50, 50, 10]",
];

/// One more than default rates can train.
const DEEPER: [&str; 5] = [
    DEPTHS[0],
    DEPTHS[1],
    DEPTHS[2],
    DEPTHS[3],
    "[64, 50, 50, 50, 50, 50, 10]",
];

/// Errors that are strong from the start, and rates that interneurons can follow.
const STRONG: [&str; 5] = [
    "mixing.lambda_hidden=0.5",
    "mixing.lambda_output=0.8",
    "network.init_down=[-2.0, 2.0]",
    "learning.up=0.1",
    "learning.pyramidal_to_interneuron=1",
];

/// The same with top-down weights that learn.
const STRONG_LEARNED: [&str; 9] = [
    STRONG[0],
    STRONG[1],
    STRONG[2],
    STRONG[3],
    STRONG[4],
    "network.feedback=kolen-pollack",
    "network.interneurons=mirrored",
    "learning.weight_decay=0.00001",
    "learning.down=0.1",
];

/// Around a mixing factor of 0.1 or 0.3.
const LAMBDAS: [&str; 7] = ["0.02", "0.05", "0.1", "0.2", "0.3", "0.5", "0.8"];

/// All sweeps, in the order of the document.
pub(super) const SWEEPS: [Sweep; 14] = [
    sweep("layers", "network.layers", &DEPTHS),
    Sweep {
        set: &["mixing.lambda_hidden=0.5"],
        ..sweep("half", "network.layers", &DEPTHS)
    },
    Sweep {
        set: &["learning.rescale=false"],
        ..sweep("even", "network.layers", &DEPTHS)
    },
    Sweep {
        set: &STRONG,
        ..sweep("strong", "network.layers", &DEEPER)
    },
    Sweep {
        set: &STRONG_LEARNED,
        ..sweep("strong-learned", "network.layers", &DEEPER)
    },
    Sweep {
        precisions: "f32",
        set: &["network.rule=backpropagation", "learning.up=0.1"],
        ..sweep("backprop", "network.layers", &DEEPER)
    },
    sweep(
        "up",
        "learning.up",
        &["0.01", "0.03", "0.1", "0.25", "0.5", "1", "2"],
    ),
    sweep(
        "interneurons",
        "learning.pyramidal_to_interneuron",
        &["0", "0.1", "0.5", "1", "2.5", "5", "10"],
    ),
    sweep("hidden", "mixing.lambda_hidden", &LAMBDAS),
    sweep("output", "mixing.lambda_output", &LAMBDAS),
    sweep("interneuron", "mixing.lambda_interneuron", &LAMBDAS),
    in_full(
        "noise",
        "noise.sigma",
        &["0", "0.1", "0.2", "0.3", "0.4", "0.5"],
    ),
    in_full(
        "filter",
        "learning.tau_w",
        &["0", "2", "5", "10", "20", "30"],
    ),
    in_full(
        "lag",
        "learning.learning_lag",
        &["0", "2", "5", "10", "15", "20"],
    ),
];

/// Runs the sweeps that are asked for, each from where it is.
pub(super) fn run(tally: &mut Tally, options: &Reproduce, sweeps: &[Sweep]) {
    for sweep in sweeps {
        let name = format!("reproduce depth {}", sweep.name);
        tally.record(&name, reproduce(options, sweep));
    }
}

/// The words after `apical` for a sweep, as a reader would type them.
fn words(options: &Reproduce, sweep: &Sweep) -> Vec<String> {
    let mut words = vec!["sweep".to_owned(), sweep.key.to_owned()];
    words.extend(sweep.values.iter().map(ToString::to_string));
    words.extend(["--config".to_owned(), options.study.config()]);
    words.extend(["--precisions", sweep.precisions].map(String::from));
    words.extend(["--seeds".to_owned(), options.seeds.to_string()]);
    let name = format!("run.name={}", base(sweep));
    let epochs = options.epochs.map(|epochs| format!("run.epochs={epochs}"));
    let set = sweep.set.iter().map(ToString::to_string);
    for assignment in std::iter::once(name).chain(set).chain(epochs) {
        words.extend(["--set".to_owned(), assignment]);
    }
    words
}

/// What the runs of a sweep are called.
fn base(sweep: &Sweep) -> String {
    format!("depth-{}", sweep.name)
}

fn reproduce(options: &Reproduce, sweep: &Sweep) -> Result<()> {
    let words = words(options, sweep);
    let mut apical = process::program(workspace::target_dir().join("release/apical"));
    apical.args(&words).args(["--resume", "--out", RUNS]);
    process::run(&mut apical)?;
    let last = sweep.key.rsplit('.').next().unwrap_or_default();
    let file = format!("{RUNS}/{}-{last}", base(sweep));
    let figure = workspace::root().join(format!("{file}.svg"));
    let kept = workspace::root().join(format!("docs/results/depth-{}.svg", sweep.name));
    fs::copy(&figure, kept).with_context(|| format!("cannot copy {}", figure.display()))?;
    let found: Value = serde_json::from_str(&workspace::read(&format!("{file}.json"))?)?;
    let points = found["points"]
        .as_array()
        .context("a sweep without points")?;
    let command = super::typed(&words);
    for point in points {
        let word = |key: &str| point[key].as_str().unwrap_or_default();
        put(
            options.study,
            json!({
                "experiment": options.study.name(),
                "row": format!("{} {} {}", sweep.name, word("value"), word("precision")),
                "sweep": sweep.name,
                "key": sweep.key,
                "value": point["value"],
                "network": point["network"],
                "rule": point["rule"],
                "precision": point["precision"],
                "rounding": point["rounding"],
                "seeds": point["seeds"],
                "test_error_mean": point["error_mean"],
                "test_error_sd": point["error_sd"],
                "angle": point["angle"],
                "tracking": point["tracking"],
                "lost": point["lost"],
                "epochs": point["epochs"],
                "digests": point["digests"],
                "command": command,
                "version": point["version"],
            }),
        )?;
    }
    Ok(())
}

/// Where a row stands in the file.
pub(super) fn place(row: &Value) -> Option<usize> {
    let mut names = (0..).zip(&SWEEPS);
    let (number, sweep) = names.find(|(_, sweep)| row["sweep"] == sweep.name)?;
    let known = |list: &[&str], key: &str| list.iter().position(|&word| row[key] == word);
    let precisions: Vec<&str> = sweep.precisions.split(',').collect();
    Some((number * 10 + known(&precisions, "precision")?) * 100 + known(sweep.values, "value")?)
}

/// A table for each sweep: its values below each other, its precisions side by side.
pub(super) fn tables(rows: &[Value]) -> String {
    let mut text = String::new();
    for sweep in &SWEEPS {
        let own: Vec<&Value> = rows
            .iter()
            .filter(|row| row["sweep"] == sweep.name)
            .collect();
        let Some(first) = own.first() else { continue };
        // What is the same in every row of the table, and not in the configuration of the study.
        if !sweep.set.is_empty() {
            let set: Vec<String> = sweep.set.iter().map(|set| format!("`{set}`")).collect();
            let _ = writeln!(text, "\nWith {}:", set.join(", "));
        }
        let precisions: Vec<&str> = sweep.precisions.split(',').collect();
        let heads: Vec<String> = precisions
            .iter()
            .map(|p| format!("{p}: error (%) | angle | tracking"))
            .collect();
        let _ = writeln!(
            text,
            "\n| `{}`, {} | {} |",
            sweep.key,
            first["rule"].as_str().unwrap_or(""),
            heads.join(" | ")
        );
        let _ = writeln!(
            text,
            "| :--- | {} |",
            vec!["---: | ---: | ---:"; precisions.len()].join(" | ")
        );
        for value in sweep.values {
            let cells: Vec<String> = precisions
                .iter()
                .map(|precision| {
                    let row = own
                        .iter()
                        .find(|row| row["value"] == *value && row["precision"] == *precision);
                    row.map_or_else(|| "- | - | -".to_owned(), |row| cell(row))
                })
                .collect();
            let _ = writeln!(text, "| {value} | {} |", cells.join(" | "));
        }
        let _ = writeln!(text, "\n![{}](depth-{}.svg)", sweep.key, sweep.name);
    }
    text + "\n"
}

fn cell(row: &Value) -> String {
    let number = |key: &str, decimals: usize| {
        let value = row[key].as_f64();
        value.map_or("-".to_owned(), |value| format!("{value:.decimals$}"))
    };
    let error = super::error(row);
    format!(
        "{error} | {} | {}",
        number("angle", 0),
        number("tracking", 3)
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{place, tables};

    #[test]
    fn values_stand_below_each_other() {
        let row = |value: &str, precision: &str| {
            json!({
                "sweep": "up", "rule": "microcircuit", "value": value, "precision": precision,
                "test_error_mean": 4.25, "test_error_sd": 0.5, "angle": 50.0, "tracking": null,
            })
        };
        let rows = [row("0.01", "f32"), row("0.03", "i16")];
        let text = tables(&rows);
        assert!(
            text.contains("| 0.01 | 4.25 ± 0.50 | 50 | - | - | - | - |\n"),
            "{text}"
        );
        assert!(
            text.contains("| 0.03 | - | - | - | 4.25 ± 0.50 | 50 | - |\n"),
            "{text}"
        );
        assert!(place(&rows[0]) < place(&rows[1]));
        assert_eq!(place(&json!({ "sweep": "none" })), None);
    }
}
