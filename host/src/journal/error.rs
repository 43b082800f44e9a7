//! What can go wrong in a run folder.

use std::io;
use std::path::{Path, PathBuf};

/// A run folder that cannot be used: where, what was found, what is accepted.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// A file that cannot be read.
    #[error("{}: cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file or folder that cannot be written.
    #[error("{}: cannot be written: {source}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A folder that has content already.
    #[error(
        "{}: exists and is not empty; accepted: another run.name, --resume, or --force",
        folder.display()
    )]
    Exists {
        /// The folder.
        folder: PathBuf,
    },
    /// A folder that cannot be resumed.
    #[error(
        "{}: no checkpoint to resume from; accepted: the folder of a run that has reached \
         its first one, or --force to begin anew",
        folder.display()
    )]
    NoCheckpoint {
        /// The folder.
        folder: PathBuf,
    },
    /// A JSON file that is not what it should be.
    #[error("{}: {source}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// A table of metrics that is not what it should be.
    #[error("{}:{line}: found {found}; accepted: {accepted}", path.display())]
    Metrics {
        /// The file.
        path: PathBuf,
        /// The line in it; 1 is the first.
        line: usize,
        /// What stands there.
        found: String,
        /// What may stand there.
        accepted: String,
    },
    /// A file that is no checkpoint.
    #[error("{}: not a checkpoint of Apical", path.display())]
    NotACheckpoint {
        /// The file.
        path: PathBuf,
    },
    /// A checkpoint in a format of another program version.
    #[error("{}: checkpoint format {found}; accepted: {accepted}", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The format this program reads and writes.
        accepted: u32,
    },
    /// A checkpoint of which a part is missing, or with something behind its end.
    #[error("{}: {found} bytes, but the checkpoint in it has {expected}", path.display())]
    Length {
        /// The file.
        path: PathBuf,
        /// Its length.
        found: usize,
        /// The length it should have by what could be read.
        expected: u64,
    },
    /// A checkpoint whose bytes have changed.
    #[error(
        "{}: damaged: its CRC-32 is {found:08x}, but {expected:08x} was written",
        path.display()
    )]
    Crc {
        /// The file.
        path: PathBuf,
        /// Of the bytes as they are.
        found: u32,
        /// Of the bytes as they were.
        expected: u32,
    },
    /// A checkpoint of another network or precision.
    #[error("{}: checkpoint of {found}; accepted: {accepted}", path.display())]
    Other {
        /// The file.
        path: PathBuf,
        /// What it is of.
        found: String,
        /// What the run is of.
        accepted: String,
    },
}

impl JournalError {
    pub(super) fn read(path: &Path, source: io::Error) -> Self {
        Self::Read {
            path: path.to_path_buf(),
            source,
        }
    }

    pub(super) fn write(path: &Path, source: io::Error) -> Self {
        Self::Write {
            path: path.to_path_buf(),
            source,
        }
    }
}
