//! What is where in a run folder, and what can be said of it without opening the run.

use std::path::{Path, PathBuf};
use std::{fs, io};

use serde::de::DeserializeOwned;

use super::{JournalError, MetricsTable};

const CONFIG: &str = "config.toml";
const METRICS: &str = "metrics.csv";
const SUMMARY: &str = "summary.json";
const CHECKPOINT: &str = "checkpoint.bin";
const REPORT: &str = "report.html";
const PLOTS: &str = "plots";

/// The configuration of the run in `folder`.
pub fn config_path(folder: &Path) -> PathBuf {
    folder.join(CONFIG)
}

/// Makes sure that a run can begin in `folder`: it is new or empty.
///
/// # Errors
///
/// When it has content, or cannot be looked into.
pub fn check_vacant(folder: &Path) -> Result<(), JournalError> {
    let mut entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(|source| JournalError::write(folder, source))?,
    };
    match entries.next() {
        None => Ok(()),
        Some(_) => Err(JournalError::Exists {
            folder: folder.to_path_buf(),
        }),
    }
}

/// Whether the run in `folder` was killed before its first epoch and its first checkpoint: there is
/// nothing to go on from, and nothing to lose.
pub fn has_not_begun(folder: &Path) -> bool {
    let metrics = fs::read_to_string(metrics_path(folder)).unwrap_or_default();
    !has_checkpoint(folder)
        && config_path(folder).is_file()
        && !summary_path(folder).exists()
        && metrics.lines().count() <= 1
}

/// The measures of the run in `folder`.
pub fn metrics_path(folder: &Path) -> PathBuf {
    folder.join(METRICS)
}

/// What the run in `folder` came to.
pub fn summary_path(folder: &Path) -> PathBuf {
    folder.join(SUMMARY)
}

/// The report of the run in `folder`.
pub fn report_path(folder: &Path) -> PathBuf {
    folder.join(REPORT)
}

/// The state to resume the run in `folder` from.
pub fn checkpoint_path(folder: &Path) -> PathBuf {
    folder.join(CHECKPOINT)
}

/// The figures of the run in `folder`.
pub fn plots_path(folder: &Path) -> PathBuf {
    folder.join(PLOTS)
}

/// Whether there is a checkpoint in `folder` to resume from.
pub fn has_checkpoint(folder: &Path) -> bool {
    checkpoint_path(folder).is_file()
}

/// Reads `metrics.csv` of the run in `folder`.
///
/// # Errors
///
/// When it cannot be read or is not a table of numbers.
pub fn read_metrics(folder: &Path) -> Result<MetricsTable, JournalError> {
    MetricsTable::read(&metrics_path(folder))
}

/// Reads `summary.json` of the run in `folder`.
///
/// # Errors
///
/// When it cannot be read or is not what `T` describes.
pub fn read_summary<T: DeserializeOwned>(folder: &Path) -> Result<T, JournalError> {
    let path = summary_path(folder);
    let text = fs::read_to_string(&path).map_err(|source| JournalError::read(&path, source))?;
    serde_json::from_str(&text).map_err(|source| JournalError::Json { path, source })
}

/// Removes what an earlier run wrote; the checkpoint first, so that a run that is
/// killed here cannot be resumed with half of its files.
pub(super) fn clear(folder: &Path) -> Result<(), JournalError> {
    let mut files: Vec<PathBuf> = [CHECKPOINT, METRICS, SUMMARY, REPORT, CONFIG]
        .map(|name| folder.join(name))
        .to_vec();
    for (folder, begin, end) in [
        (plots_path(folder), "", "svg"),
        (folder.into(), "weights", "npz"),
        (folder.into(), "weights", "json"),
    ] {
        let Ok(entries) = fs::read_dir(folder) else {
            continue;
        };
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        files.extend(paths.filter(|path| {
            let name = path.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| name.starts_with(begin))
                && path.extension().is_some_and(|extension| extension == end)
        }));
    }
    for path in files {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(JournalError::write(&path, error));
            }
            _ => {}
        }
    }
    Ok(())
}
