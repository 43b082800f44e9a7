//! A run folder as figures and a page: pure functions of its files.

use super::Summary;
use crate::config::Config;
use crate::journal::{
    Journal, MetricsTable, config_path, read_metrics, read_summary, summary_path,
};
use crate::plot::{self, Axis, Figure, Panel, Series};
use crate::report::{self, Block, Report, Section};
use crate::{Error, journal::JournalError};
use std::path::Path;

/// Accuracy, loss, angles, tracking and what the arithmetic gave up, over the epochs.
pub fn figure(name: &str, table: &MetricsTable) -> Figure {
    let epochs: Vec<f64> = table.epochs.iter().map(|&epoch| epoch as f64).collect();
    let line = |column: &str, label: &str| {
        let values = table.column(column).unwrap_or_default();
        Series::line(label, epochs.iter().copied().zip(values).collect())
    };
    let validates = table.columns.iter().any(|name| name == "validation_loss");
    let part = if validates { "validation" } else { "test" };
    let x = || Axis::new("epoch");
    let mut angles = Panel::new("angle to backpropagation", x(), Axis::new("degrees"));
    for column in table
        .columns
        .iter()
        .filter(|column| column.starts_with("angle_"))
    {
        angles = angles.series(line(column, &column.replace("angle_", "layer ")));
    }
    Figure::new(name)
        .columns(2)
        .panel(
            Panel::new("accuracy", x(), Axis::new("%"))
                .series(line("train_accuracy", "train"))
                .series(line(&format!("{part}_accuracy"), part)),
        )
        .panel(
            Panel::new(format!("{part} loss"), x(), Axis::log("squared rate"))
                .series(line(&format!("{part}_loss"), part)),
        )
        .panel(angles)
        .panel(
            Panel::new(
                "interneurons: distance from self-prediction",
                x(),
                Axis::new("relative"),
            )
            .series(line("interneuron_tracking", "worst layer")),
        )
        .panel(
            Panel::new("updates in an epoch", x(), Axis::new("count"))
                .series(line("updates", "all"))
                .series(line("lost_updates", "lost")),
        )
        .panel(
            Panel::new("saturations in an epoch", x(), Axis::new("count"))
                .series(line("saturations", "all quantities")),
        )
}

/// The page of a run folder; of a run that is not over, what there is.
///
/// # Errors
/// When a file of the folder cannot be read or a figure not drawn.
pub fn report(folder: &Path) -> Result<String, Error> {
    let table = read_metrics(folder)?;
    let path = config_path(folder);
    let text = std::fs::read_to_string(&path).map_err(|source| JournalError::Read {
        path: path.clone(),
        source,
    })?;
    if !summary_path(folder).is_file() {
        // Stopped, killed, or still going on.
        let run = Config::load::<&str>(Some(&path), &[])?.run;
        let done = table.epochs.last().copied().unwrap_or(0);
        let facts = vec![
            pair("precision", run.precision.to_string()),
            pair("rounding of weights", run.rounding.to_string()),
            pair("seed", run.seed.to_string()),
            pair("epochs", format!("{done} of {}, unfinished", run.epochs)),
        ];
        let title = format!("{} (seed {})", run.name, run.seed);
        return page(&title, env!("CARGO_PKG_VERSION"), facts, &table, text);
    }
    let summary: Summary = read_summary(folder)?;
    let mut facts = vec![
        pair("layers", format!("{:?}", summary.layers)),
        pair("precision", summary.precision.clone()),
        pair("rounding of weights", summary.rounding.clone()),
        pair("seed", summary.seed.to_string()),
        pair("epochs", summary.epochs.to_string()),
        pair(
            "state on a microcontroller",
            format!("{} bytes", summary.state_bytes),
        ),
        pair(
            "updates",
            format!("{}, lost: {}", summary.updates, summary.lost_updates),
        ),
        pair("saturations", summary.saturations.to_string()),
        pair("digest of the final state", summary.digest.clone()),
    ];
    if table.columns.iter().any(|name| name == "validation_loss") {
        let once = format!(
            "measured once, after epoch {}, the last; nothing was chosen by it",
            summary.epochs
        );
        facts.push(pair("test part", once));
    }
    facts.extend(
        summary
            .metrics
            .iter()
            .map(|(key, value)| pair(key, format!("{value:.4}"))),
    );
    let title = format!("{} (seed {})", summary.name, summary.seed);
    page(&title, &summary.version, facts, &table, text)
}

fn pair(key: &str, value: String) -> (String, String) {
    (key.to_string(), value)
}

fn page(
    title: &str,
    version: &str,
    facts: Vec<(String, String)>,
    table: &MetricsTable,
    config: String,
) -> Result<String, Error> {
    let page = Report::new(title, format!("apical {version}"))
        .section(
            Section::new("Result")
                .block(Block::KeyValues(facts))
                .block(figure(title, table)),
        )
        .section(Section::new("Configuration, as resolved").block(Block::Code(config)));
    report::html(&page).map_err(|error| Error::Draw(error.to_string()))
}

/// Writes report.html and the plots of an open journal.
pub(super) fn write(folder: &Path, journal: &Journal) -> Result<(), Error> {
    let table = read_metrics(folder)?;
    let svg = plot::svg(&figure("metrics", &table)).map_err(|e| Error::Draw(e.to_string()))?;
    journal.plot("metrics", &svg)?;
    journal.report(&report(folder)?)?;
    Ok(())
}
