//! `metrics.csv`: a line an epoch, with columns that are fixed when the run begins.

use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::{JournalError, write_atomically};

/// The file as a run appends to it.
#[derive(Debug)]
pub struct Metrics {
    path: PathBuf,
    file: File,
    columns: usize,
}

impl Metrics {
    /// Begins a file with a header.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn create(path: &Path, columns: &[&str]) -> Result<Self, JournalError> {
        write_atomically(path, format!("{}\n", header(columns)).as_bytes())?;
        Self::open(path, columns.len())
    }

    /// Opens a file and removes every line that is later than `epoch` or incomplete.
    ///
    /// # Errors
    ///
    /// When it cannot be read or written, has other columns, or is no such table.
    pub fn resume(path: &Path, columns: &[&str], epoch: u64) -> Result<Self, JournalError> {
        let text = read(path)?;
        let expected = header(columns);
        let found = text.lines().next().unwrap_or("");
        if found != expected {
            let found = if found.is_empty() { "nothing" } else { found }.to_owned();
            return Err(JournalError::Metrics {
                path: path.to_path_buf(),
                line: 1,
                found,
                accepted: expected,
            });
        }
        let table = MetricsTable::parse(&text, path)?;
        let kept = 1 + table
            .epochs
            .iter()
            .take_while(|found| **found <= epoch)
            .count();
        let kept: String = text.split_inclusive('\n').take(kept).collect();
        if kept != text {
            write_atomically(path, kept.as_bytes())?;
        }
        Self::open(path, columns.len())
    }

    /// Appends a line.
    ///
    /// # Errors
    ///
    /// When there are more or fewer values than columns, or the file cannot be written.
    pub fn append(&mut self, epoch: u64, values: &[f64]) -> Result<(), JournalError> {
        if values.len() != self.columns {
            return Err(JournalError::Metrics {
                path: self.path.clone(),
                line: 1,
                found: format!("{} values for epoch {epoch}", values.len()),
                accepted: format!("{}, one for each column", self.columns),
            });
        }
        let mut line = epoch.to_string();
        for value in values {
            // The shortest text that reads back as the same number.
            let _ = write!(line, ",{value}");
        }
        line.push('\n');
        // One write, so that a killed run leaves at most one line cut short.
        self.file
            .write_all(line.as_bytes())
            .map_err(|source| JournalError::write(&self.path, source))
    }

    /// Waits until every line is on the disk.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub fn sync(&self) -> Result<(), JournalError> {
        self.file
            .sync_data()
            .map_err(|source| JournalError::write(&self.path, source))
    }

    fn open(path: &Path, columns: usize) -> Result<Self, JournalError> {
        let file = OpenOptions::new()
            .append(true)
            .open(path)
            .map_err(|source| JournalError::write(path, source))?;
        Ok(Self {
            path: path.to_path_buf(),
            file,
            columns,
        })
    }
}

/// The file as a report reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricsTable {
    /// Names of the columns after the epoch.
    pub columns: Vec<String>,
    /// The epoch of each line.
    pub epochs: Vec<u64>,
    /// The values of each line, one for each column.
    pub rows: Vec<Vec<f64>>,
}

impl MetricsTable {
    /// Reads a file; a last line that was cut short is left out.
    ///
    /// # Errors
    ///
    /// When it cannot be read or is not a table of numbers.
    pub fn read(path: &Path) -> Result<Self, JournalError> {
        Self::parse(&read(path)?, path)
    }

    /// The values of one column.
    pub fn column(&self, name: &str) -> Option<Vec<f64>> {
        let index = self.columns.iter().position(|column| column == name)?;
        self.rows
            .iter()
            .map(|row| row.get(index).copied())
            .collect()
    }

    fn parse(text: &str, path: &Path) -> Result<Self, JournalError> {
        let mut lines = text
            .split_inclusive('\n')
            .filter_map(|line| line.strip_suffix('\n'));
        let mut columns = lines.next().unwrap_or("").split(',').map(str::to_owned);
        if columns.next().as_deref() != Some("epoch") {
            return Err(JournalError::Metrics {
                path: path.to_path_buf(),
                line: 1,
                found: "no header".to_owned(),
                accepted: "a line of names that begins with epoch".to_owned(),
            });
        }
        let mut table = Self {
            columns: columns.collect(),
            epochs: Vec::new(),
            rows: Vec::new(),
        };
        for (index, line) in lines.enumerate() {
            let (epoch, row) = numbers(line)
                .filter(|(_, row)| row.len() == table.columns.len())
                .filter(|(epoch, _)| table.epochs.last().is_none_or(|last| epoch > last))
                .ok_or_else(|| JournalError::Metrics {
                    path: path.to_path_buf(),
                    line: index + 2,
                    found: format!("{line:?}"),
                    accepted: format!(
                        "an epoch after the one before, and {} numbers",
                        table.columns.len()
                    ),
                })?;
            table.epochs.push(epoch);
            table.rows.push(row);
        }
        Ok(table)
    }
}

fn numbers(line: &str) -> Option<(u64, Vec<f64>)> {
    let mut fields = line.split(',');
    let epoch = fields.next()?.parse().ok()?;
    let row = fields
        .map(|field| field.parse().ok())
        .collect::<Option<_>>()?;
    Some((epoch, row))
}

fn header(columns: &[&str]) -> String {
    std::iter::once("epoch")
        .chain(columns.iter().copied())
        .collect::<Vec<_>>()
        .join(",")
}

fn read(path: &Path) -> Result<String, JournalError> {
    fs::read_to_string(path).map_err(|source| JournalError::read(path, source))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("metrics.csv");
        fs::write(&path, text).unwrap();
        (root, path)
    }

    #[test]
    fn lines_after_the_checkpoint_are_cut() {
        let (_root, path) = file("epoch,a\n1,0.5\n5,0.25\n6,0.125\n7,0.");
        for (epoch, expected) in [
            (6, "epoch,a\n1,0.5\n5,0.25\n6,0.125\n"),
            (5, "epoch,a\n1,0.5\n5,0.25\n"),
            (4, "epoch,a\n1,0.5\n"),
            (0, "epoch,a\n"),
        ] {
            Metrics::resume(&path, &["a"], epoch).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), expected);
        }
    }

    #[test]
    fn other_columns_and_damaged_lines_are_refused_and_kept() {
        for (text, columns, expected) in [
            (
                "epoch,a\n",
                vec!["a", "b"],
                ":1: found epoch,a; accepted: epoch,a,b",
            ),
            ("", vec!["a"], ":1: found nothing; accepted: epoch,a"),
            (
                "epoch,a\n1,x\n2,1\n",
                vec!["a"],
                ":2: found \"1,x\"; accepted: an epoch after",
            ),
            (
                "epoch,a\n1,1\n1,1\n",
                vec!["a"],
                ":3: found \"1,1\"; accepted: an epoch after",
            ),
            (
                "epoch,a\n1,1,1\n",
                vec!["a"],
                ":2: found \"1,1,1\"; accepted: ",
            ),
        ] {
            let (_root, path) = file(text);
            let message = Metrics::resume(&path, &columns, 9).unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[test]
    fn a_line_of_another_length_is_not_written() {
        let (_root, path) = file("");
        let mut metrics = Metrics::create(&path, &["a", "b"]).unwrap();
        let message = metrics.append(3, &[1.0]).unwrap_err().to_string();
        assert!(
            message.contains("1 values for epoch 3; accepted: 2, one for each"),
            "{message}"
        );
        metrics.append(3, &[1.0, 1e-300]).unwrap();
        metrics.sync().unwrap();
        let table = MetricsTable::read(&path).unwrap();
        assert_eq!(table.column("b"), Some(vec![1e-300]));
        assert_eq!(table.column("c"), None);
    }
}
