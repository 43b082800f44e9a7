//! What can be wrong with a file of weights.

use std::path::{Path, PathBuf};

use crate::journal::JournalError;

/// A file of weights that cannot be used: where, what was found, what is accepted.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    /// A name that does not tell the format.
    #[error("{}: unknown format; accepted: a name that ends with .npz or .json", path.display())]
    Extension {
        /// The file.
        path: PathBuf,
    },
    /// A file that cannot be opened.
    #[error("{}: cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file that cannot be written.
    #[error(transparent)]
    Write(#[from] JournalError),
    /// A file that is not of the format its name tells.
    #[error("{}: not valid {format}: {problem}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// `npz` or `json`.
        format: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// One array.
    #[error("{}: {name}: found {found}; accepted: {accepted}", path.display())]
    Array {
        /// The file.
        path: PathBuf,
        /// The array.
        name: String,
        /// What it is.
        found: String,
        /// What it may be.
        accepted: String,
    },
}

impl WeightsError {
    pub(super) fn array(path: &Path, name: &str, found: String, accepted: String) -> Self {
        Self::Array {
            path: path.to_path_buf(),
            name: name.to_owned(),
            found,
            accepted,
        }
    }

    pub(super) fn format(path: &Path, format: &'static str, problem: String) -> Self {
        Self::Format {
            path: path.to_path_buf(),
            format,
            problem,
        }
    }
}
