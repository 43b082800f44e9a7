//! The folder of the main job: what a run folder holds, of several precisions.

use std::fs;
use std::path::Path;

use super::{Study, figure, report};
use crate::journal::{
    JournalError, Metrics, config_path, metrics_path, plots_path, report_path, summary_path,
    write_atomically,
};
use crate::{Error, plot};

/// Writes everything about a study: configuration, metrics, summary, figure and report.
///
/// # Errors
/// When a file cannot be written or a figure not drawn.
pub fn write(folder: &Path, study: &Study) -> Result<(), Error> {
    write_atomically(&config_path(folder), study.config.as_bytes())?;
    metrics(folder, study)?;
    let path = summary_path(folder);
    let json = serde_json::to_string_pretty(study);
    let json = json.map_err(|source| JournalError::Json {
        path: path.clone(),
        source,
    })?;
    write_atomically(&path, json.as_bytes())?;
    draw(folder, study)
}

/// Draws the figure and the report.
///
/// # Errors
/// As [`write()`].
pub fn draw(folder: &Path, study: &Study) -> Result<(), Error> {
    let plots = plots_path(folder);
    fs::create_dir_all(&plots).map_err(|source| Error::Write {
        path: plots.clone(),
        source,
    })?;
    let figure = plot::svg(&figure(study)).map_err(|e| Error::Draw(e.to_string()))?;
    write_atomically(&plots.join("learning.svg"), figure.as_bytes())?;
    write_atomically(&report_path(folder), report(study)?.as_bytes())?;
    Ok(())
}

/// metrics.csv: a line an epoch, the means over the seeds, the precision before each name.
fn metrics(folder: &Path, study: &Study) -> Result<(), Error> {
    let mut columns = Vec::new();
    let mut values = Vec::new();
    for row in &study.rows {
        let name = row.name().replace(' ', "_");
        for (column, of) in row.curves() {
            columns.push(format!("{name}.{column}"));
            values.push(row.mean(of));
        }
    }
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let mut metrics = Metrics::create(&metrics_path(folder), &columns)?;
    let epochs = values.iter().map(Vec::len).min().unwrap_or(0);
    for epoch in 0..epochs {
        let line: Vec<f64> = values.iter().map(|values| values[epoch]).collect();
        metrics.append(epoch as u64 + 1, &line)?;
    }
    Ok(())
}
