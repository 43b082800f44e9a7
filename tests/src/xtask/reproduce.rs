//! The results that the documents print, from one command each: runs that can be stopped and gone
//! on with, a file of rows, and the tables made from it.

mod regression;
mod studies;
mod sweeps;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::{Value, json};

use self::studies::Row;
pub(crate) use self::studies::Study;
use self::sweeps::{SWEEPS, Sweep};
use crate::document;
use crate::process;
use crate::tally::Tally;
use crate::workspace;

/// Where the runs are, from the top of the workspace.
const RUNS: &str = "runs/reproduce";

/// What to reproduce, and how much of it.
#[derive(Debug, Clone, Args)]
pub(crate) struct Reproduce {
    /// The study
    #[arg(value_enum)]
    study: Study,
    /// Only these rows, such as float,i16, or sweeps; the file keeps the others as they are
    #[arg(long, value_delimiter = ',', value_name = "ROWS")]
    only: Vec<String>,
    /// The folder with the images; else what `APICAL_DATA` names
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Other epochs than the configuration's
    #[arg(long, value_name = "N")]
    epochs: Option<u64>,
    /// Other presentations than the configuration's, of regression
    #[arg(long, value_name = "N")]
    patterns: Option<u64>,
    /// Seeds of each row; regression has one
    #[arg(long, default_value_t = 3, value_name = "N")]
    seeds: u64,
    /// No runs: the tables from the file as it is
    #[arg(long)]
    tables: bool,
}

/// Runs what is missing of a study, then writes its rows and tables.
pub(crate) fn run(tally: &mut Tally, options: &Reproduce) -> Result<()> {
    let rows = chosen(options, options.study.rows(), |row| row.name)?;
    let all: &[Sweep] = match options.study {
        Study::Depth => &SWEEPS,
        _ => &[],
    };
    let sweeps = chosen(options, all, |sweep| sweep.name)?;
    if !options.tables {
        let mut build = process::cargo();
        build.args(["build", "--release", "--package", "apical"]);
        process::run(&mut build)?;
        for row in &rows {
            let name = format!("reproduce {} {}", options.study.name(), row.name);
            tally.record(&name, reproduce(options, row));
        }
        sweeps::run(tally, options, &sweeps);
        if options.study == Study::Regression {
            tally.record("reproduce regression", regression::reproduce(options));
        }
    }
    for [name, command, tables] in documents(options.study)? {
        document::write(&name, &command, &tables)?;
    }
    Ok(())
}

/// The documents that have tables of a study: their names, the commands that stand in them, and the
/// tables as the files have them.
fn documents(study: Study) -> Result<Vec<[String; 3]>> {
    let rows = read(study)?;
    let name = study.name();
    let tables = match study {
        Study::Mnist | Study::Fashion => table(&rows),
        Study::Depth => sweeps::tables(&rows),
        Study::Regression => regression::table(&rows),
    };
    let own = [
        format!("docs/results/{name}.md"),
        format!("reproduce {name}"),
        tables,
    ];
    // Studies of images stand in the README side by side.
    let all = [read(Study::Mnist)?, read(Study::Fashion)?].concat();
    let readme = ["README.md".to_owned(), "reproduce".to_owned(), table(&all)];
    Ok(match study {
        Study::Mnist | Study::Fashion => vec![own, readme],
        Study::Depth | Study::Regression => vec![own],
    })
}

/// Those that are asked for, by their names.
fn chosen<T: Copy>(options: &Reproduce, all: &[T], name: fn(&T) -> &'static str) -> Result<Vec<T>> {
    for wanted in &options.only {
        if !all.is_empty() && !all.iter().any(|one| name(one) == wanted) {
            let known: Vec<&str> = all.iter().map(name).collect();
            bail!("--only: found {wanted}; accepted: {}", known.join(", "));
        }
    }
    let wanted = |one: &&T| options.only.is_empty() || options.only.iter().any(|n| n == name(one));
    Ok(all.iter().filter(wanted).copied().collect())
}

/// A command as a reader would type it.
fn typed(words: &[String]) -> String {
    let quoted = words.iter().map(|word| {
        if word.contains(' ') {
            format!("'{word}'")
        } else {
            word.clone()
        }
    });
    format!("apical {}", quoted.collect::<Vec<_>>().join(" "))
}

/// The words after `apical` for a row, as a reader would type them.
fn words(options: &Reproduce, row: &Row) -> Vec<String> {
    let study = options.study;
    let name = format!("{}-{}", study.name(), row.name);
    let mut words: Vec<String> = ["train", "--config", &study.config()]
        .map(String::from)
        .into();
    let fixed = [
        format!("run.name={name}"),
        format!("run.precision={}", row.precision),
    ];
    let epochs = options.epochs.map(|epochs| format!("run.epochs={epochs}"));
    let more = row.set.iter().map(|&set| set.to_owned());
    for assignment in fixed.into_iter().chain(epochs).chain(more) {
        words.extend(["--set".to_owned(), assignment]);
    }
    words.extend(["--seeds".to_owned(), options.seeds.to_string()]);
    words
}

/// One row: its runs, from where they are, and its line in the file.
fn reproduce(options: &Reproduce, row: &Row) -> Result<()> {
    let words = words(options, row);
    let program = workspace::target_dir().join("release/apical");
    let mut train = process::program(program);
    train.args(&words).args(["--resume", "--out", RUNS]);
    if let Some(folder) = &options.data {
        let folder = folder.canonicalize();
        train
            .arg("--data")
            .arg(folder.context("--data: no such folder")?);
    }
    process::run(&mut train)?;
    let summaries = (1..=options.seeds)
        .map(|seed| summary(options.study, row, seed))
        .collect::<Result<Vec<_>>>()?;
    put(options.study, line(options, row, &summaries, &words)?)
}

/// What a run came to.
fn summary(study: Study, row: &Row, seed: u64) -> Result<Value> {
    let folder = format!("{RUNS}/{}-{}-{seed}", study.name(), row.name);
    let path = Path::new(&folder).join("summary.json");
    let text = workspace::read(&path.to_string_lossy())?;
    serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))
}

/// A row of the file.
fn line(options: &Reproduce, row: &Row, summaries: &[Value], words: &[String]) -> Result<Value> {
    let errors = summaries
        .iter()
        .map(|summary| {
            let accuracy = summary["metrics"]["test_accuracy"].as_f64();
            accuracy.map(|accuracy| 100.0 - accuracy)
        })
        .collect::<Option<Vec<f64>>>()
        .context("a summary has no test accuracy")?;
    let count = errors.len() as f64;
    let mean = errors.iter().sum::<f64>() / count;
    let squares: f64 = errors.iter().map(|error| (error - mean).powi(2)).sum();
    let first = &summaries[0];
    Ok(json!({
        "experiment": options.study.name(),
        "row": row.name,
        "network": first["layers"],
        "rule": row.rule,
        "precision": row.precision,
        "rounding": if row.precision.starts_with('i') { &first["rounding"] } else { &Value::Null },
        "seeds": summaries.iter().map(|summary| &summary["seed"]).collect::<Vec<_>>(),
        "test_error_mean": mean,
        // Of a sample; nothing where there is one seed.
        "test_error_sd": (count > 1.0).then(|| (squares / (count - 1.0)).sqrt()),
        "epochs": first["epochs"],
        "digests": summaries.iter().map(|summary| &summary["digest"]).collect::<Vec<_>>(),
        "command": typed(words),
        "version": first["version"],
    }))
}

fn file(study: Study) -> PathBuf {
    workspace::root().join(format!("docs/results/{}.json", study.name()))
}

/// The rows of the file; none where there is no file.
fn read(study: Study) -> Result<Vec<Value>> {
    let path = file(study);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = fs::read_to_string(&path)?;
    serde_json::from_str(&text).with_context(|| format!("{} is not a list", path.display()))
}

/// Puts a row in its place: after every row, so that a study that is cut short keeps what it has.
fn put(study: Study, line: Value) -> Result<()> {
    let mut rows = read(study)?;
    rows.retain(|row| row["row"] != line["row"]);
    rows.push(line);
    let place = |row: &Value| match study {
        Study::Depth => sweeps::place(row),
        _ => study
            .rows()
            .iter()
            .position(|known| row["row"] == known.name),
    };
    rows.sort_by_key(place);
    let text = serde_json::to_string_pretty(&rows)?;
    let path = file(study);
    fs::write(&path, text + "\n").with_context(|| format!("cannot write {}", path.display()))
}

/// The rows as Markdown.
fn table(rows: &[Value]) -> String {
    let head = "| data | network | how it learns | precision | epochs | seeds | test error (%) |\n\
                | :--- | :--- | :--- | :--- | ---: | ---: | ---: |\n";
    let lines: Vec<String> = rows.iter().map(markdown).collect();
    format!("{head}{}", lines.concat())
}

/// A row as a line of Markdown.
fn markdown(row: &Value) -> String {
    let sizes: Vec<String> = row["network"]
        .as_array()
        .map(|sizes| sizes.iter().map(ToString::to_string).collect())
        .unwrap_or_default();
    let word = |key: &str| row[key].as_str().unwrap_or("").to_owned();
    let precision = [word("precision"), word("rounding")].join(" ");
    let seeds = row["seeds"].as_array().map_or(0, Vec::len);
    format!(
        "| {} | {} | {} | {} | {} | {seeds} | {} |\n",
        word("experiment"),
        sizes.join("-"),
        word("rule"),
        precision.trim(),
        row["epochs"],
        error(row),
    )
}

/// Mean and deviation of a row's test error.
fn error(row: &Value) -> String {
    let mean = row["test_error_mean"].as_f64().unwrap_or(f64::NAN);
    let spread = row["test_error_sd"].as_f64();
    let spread = spread.map_or(String::new(), |sd| format!(" ± {sd:.2}"));
    format!("{mean:.2}{spread}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Study, documents, table};
    use crate::document;

    #[test]
    fn documents_are_made_from_the_files() {
        for study in [
            Study::Mnist,
            Study::Fashion,
            Study::Regression,
            Study::Depth,
        ] {
            for [name, command, tables] in documents(study).unwrap() {
                let holds = document::holds(&name, &command, &tables).unwrap();
                let again = format!("cargo xtask reproduce {} --tables", study.name());
                assert!(holds, "{name} is not made from the file: {again}");
            }
        }
    }

    #[test]
    fn rows_become_lines() {
        let row = |sd, rounding| {
            json!({
                "experiment": "mnist", "network": [784, 10], "rule": "none", "precision": "i16", "rounding": rounding,
                "seeds": [1, 2], "test_error_mean": 8.4, "test_error_sd": sd, "epochs": 3,
            })
        };
        let text = table(&[
            row(json!(0.126), json!("stochastic")),
            row(json!(null), json!(null)),
        ]);
        assert!(
            text.contains("| mnist | 784-10 | none | i16 stochastic | 3 | 2 | 8.40 ± 0.13 |\n")
        );
        assert!(text.contains("| mnist | 784-10 | none | i16 | 3 | 2 | 8.40 |\n"));
    }
}
