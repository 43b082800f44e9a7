//! The folder of a run: everything it writes, and what a resumed run reads back.
//!
//! | file | content |
//! |---|---|
//! | `config.toml` | the configuration as resolved |
//! | `metrics.csv` | one line an epoch, appended |
//! | `checkpoint.bin` | the state to resume from, see [`Checkpoint`] |
//! | `weights.npz` or `.json` | the final weights, for `NumPy` and for `network.weights` of another run; those of an experiment are `weights-NAME` |
//! | `summary.json` | what came out |
//! | `report.html`, `plots/*.svg` | the same to look at |
//!
//! Whole files are replaced in one step ([`write_atomically`]), so that a run that is
//! killed leaves each of them as it was before or as it is after. A line of
//! `metrics.csv` may be cut short; [`Journal::resume`] removes it with all lines that
//! are later than the checkpoint.

mod atomic;
mod checkpoint;
mod error;
mod folder;
mod metrics;

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

pub use atomic::{write_atomically, write_atomically_by};
pub use checkpoint::Checkpoint;
pub use error::JournalError;
pub use folder::{
    check_vacant, checkpoint_path, config_path, has_checkpoint, has_not_begun, metrics_path,
    plots_path, read_metrics, read_summary, report_path, summary_path,
};
pub use metrics::{Metrics, MetricsTable};

/// An open run folder.
#[derive(Debug)]
pub struct Journal {
    folder: PathBuf,
    metrics: Metrics,
}

impl Journal {
    /// Begins a run in `folder`, which must be new or empty.
    ///
    /// With `force`, the files of an earlier run are removed first; files that are not
    /// a run's are never touched.
    ///
    /// # Errors
    ///
    /// When the folder has content and `force` is not set, or cannot be written.
    pub fn create(
        folder: &Path,
        config: &str,
        columns: &[&str],
        force: bool,
    ) -> Result<Self, JournalError> {
        fs::create_dir_all(folder).map_err(|source| JournalError::write(folder, source))?;
        if force {
            folder::clear(folder)?;
        } else {
            check_vacant(folder)?;
        }
        write_atomically(&config_path(folder), config.as_bytes())?;
        let metrics = Metrics::create(&metrics_path(folder), columns)?;
        Ok(Self {
            folder: folder.to_path_buf(),
            metrics,
        })
    }

    /// Continues the run in `folder` from its checkpoint, which must be of a network of
    /// `shape` in `precision`. Lines of `metrics.csv` after the checkpoint are removed.
    ///
    /// # Errors
    ///
    /// When there is no checkpoint, when it is damaged or of something else, or when
    /// `metrics.csv` has other columns or cannot be written.
    pub fn resume(
        folder: &Path,
        columns: &[&str],
        shape: &str,
        precision: &str,
    ) -> Result<(Self, Checkpoint), JournalError> {
        let path = checkpoint_path(folder);
        if !path.exists() {
            return Err(JournalError::NoCheckpoint {
                folder: folder.to_path_buf(),
            });
        }
        let checkpoint = Checkpoint::read(&path)?;
        checkpoint.check(&path, shape, precision)?;
        let metrics = Metrics::resume(&metrics_path(folder), columns, checkpoint.epoch)?;
        Ok((
            Self {
                folder: folder.to_path_buf(),
                metrics,
            },
            checkpoint,
        ))
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Appends a line to `metrics.csv`: the epoch and one value for each column.
    ///
    /// # Errors
    ///
    /// When there are more or fewer values than columns, or the file cannot be written.
    pub fn record(&mut self, epoch: u64, values: &[f64]) -> Result<(), JournalError> {
        self.metrics.append(epoch, values)
    }

    /// Replaces the checkpoint, after the metrics up to it have reached the disk.
    ///
    /// # Errors
    ///
    /// When it cannot be written; the one before then remains.
    pub fn checkpoint(&mut self, checkpoint: &Checkpoint) -> Result<(), JournalError> {
        self.metrics.sync()?;
        write_atomically(&checkpoint_path(&self.folder), &checkpoint.encode())
    }

    /// Replaces `summary.json`.
    ///
    /// # Errors
    ///
    /// When `summary` has no JSON form, or the file cannot be written.
    pub fn summary<T: Serialize>(&self, summary: &T) -> Result<(), JournalError> {
        let path = summary_path(&self.folder);
        let mut text =
            serde_json::to_string_pretty(summary).map_err(|source| JournalError::Json {
                path: path.clone(),
                source,
            })?;
        text.push('\n');
        write_atomically(&path, text.as_bytes())
    }

    /// Replaces `report.html`.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn report(&self, html: &str) -> Result<PathBuf, JournalError> {
        let path = report_path(&self.folder);
        write_atomically(&path, html.as_bytes())?;
        Ok(path)
    }

    /// Replaces `plots/<name>.svg`.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn plot(&self, name: &str, svg: &str) -> Result<PathBuf, JournalError> {
        let plots = plots_path(&self.folder);
        fs::create_dir_all(&plots).map_err(|source| JournalError::write(&plots, source))?;
        let path = plots.join(format!("{name}.svg"));
        write_atomically(&path, svg.as_bytes())?;
        Ok(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkpoint(epoch: u64) -> Checkpoint {
        Checkpoint {
            epoch,
            shape: "4-3-2".to_owned(),
            precision: "f64".to_owned(),
            state: vec![1, 2, 3, epoch as u8],
        }
    }

    #[test]
    fn a_killed_run_resumes_where_its_checkpoint_is() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("runs/a-1");
        let columns = ["loss", "accuracy"];
        let mut journal = Journal::create(&folder, "x = 1\n", &columns, false).unwrap();
        journal.record(1, &[0.1, 50.0]).unwrap();
        journal.record(2, &[0.05, 60.0]).unwrap();
        journal.checkpoint(&checkpoint(2)).unwrap();
        journal.record(3, &[0.04, 61.0]).unwrap();
        drop(journal);
        // Killed while it wrote the fourth line.
        let metrics = metrics_path(&folder);
        let text = fs::read_to_string(&metrics).unwrap();
        fs::write(&metrics, text + "4,0.0").unwrap();

        let (mut journal, found) = Journal::resume(&folder, &columns, "4-3-2", "f64").unwrap();
        assert_eq!(found, checkpoint(2));
        journal.record(3, &[0.04, 61.5]).unwrap();
        assert_eq!(
            fs::read_to_string(&metrics).unwrap(),
            "epoch,loss,accuracy\n1,0.1,50\n2,0.05,60\n3,0.04,61.5\n"
        );
        assert_eq!(fs::read_to_string(config_path(&folder)).unwrap(), "x = 1\n");
        assert!(has_checkpoint(&folder));
    }

    #[test]
    fn a_folder_with_content_is_kept_unless_forced() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path();
        let mut journal = Journal::create(folder, "old", &["loss"], false).unwrap();
        journal.record(1, &[1.0]).unwrap();
        journal.checkpoint(&checkpoint(1)).unwrap();
        journal.plot("loss", "<svg/>").unwrap();
        journal.summary(&1).unwrap();
        fs::write(folder.join("notes.txt"), "mine").unwrap();
        for name in ["weights.npz", "weights-deep.json"] {
            fs::write(folder.join(name), "of the old run").unwrap();
        }

        let message = Journal::create(folder, "new", &["loss"], false)
            .unwrap_err()
            .to_string();
        assert!(
            message.ends_with("another run.name, --resume, or --force"),
            "{message}"
        );
        assert!(has_checkpoint(folder));

        let journal = Journal::create(folder, "new", &["error"], true).unwrap();
        assert_eq!(fs::read_to_string(config_path(folder)).unwrap(), "new");
        assert_eq!(
            fs::read_to_string(folder.join("notes.txt")).unwrap(),
            "mine"
        );
        assert_eq!(
            fs::read_to_string(metrics_path(folder)).unwrap(),
            "epoch,error\n"
        );
        assert!(!has_checkpoint(folder) && !folder.join("plots/loss.svg").exists());
        assert!(read_summary::<u32>(folder).is_err() && !folder.join("weights.npz").exists());
        assert!(!folder.join("weights-deep.json").exists());
        drop(journal);
        let error = Journal::resume(folder, &["error"], "4-3-2", "f64").unwrap_err();
        assert!(error.to_string().contains("no checkpoint"), "{error}");
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_one_error() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("file");
        fs::write(&file, "").unwrap();
        for folder in [file.clone(), file.join("run")] {
            let message = Journal::create(&folder, "", &[], false)
                .unwrap_err()
                .to_string();
            assert!(message.contains("file") && message.contains("cannot be written: "));
        }
    }

    #[test]
    fn what_was_written_is_read_back() {
        let root = tempfile::tempdir().unwrap();
        let mut journal = Journal::create(root.path(), "", &["loss"], false).unwrap();
        journal.record(1, &[0.1 + 0.2]).unwrap();
        journal.record(2, &[f64::NAN]).unwrap();
        let table = read_metrics(root.path()).unwrap();
        assert_eq!(
            (table.epochs.as_slice(), &table.columns[..]),
            (&[1, 2][..], &["loss".into()][..])
        );
        assert_eq!(table.rows[0], [0.1 + 0.2]);
        assert!(table.rows[1][0].is_nan());
        journal.summary(&vec![1.5, 2.0]).unwrap();
        assert_eq!(read_summary::<Vec<f64>>(root.path()).unwrap(), [1.5, 2.0]);
        let message = read_summary::<u32>(root.path()).unwrap_err().to_string();
        assert!(message.contains("summary.json"), "{message}");
        let path = journal.report("<p>").unwrap();
        assert_eq!(fs::read_to_string(path).unwrap(), "<p>");
        let path = journal.plot("a", "<svg/>").unwrap();
        assert!(path.ends_with("plots/a.svg"));
    }
}
