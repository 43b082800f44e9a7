//! Files that are never half-written.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::JournalError;

/// Replaces the file at `path` by `bytes` in one step.
///
/// They go to a temporary name in the same folder, then to the disk, and then the
/// name changes: whoever opens `path` finds the old content or the new one.
///
/// # Errors
///
/// When the folder or the file cannot be written; what was at `path` then remains.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), JournalError> {
    write_atomically_by(path, |file| file.write_all(bytes))
}

/// The same for what `write` puts into the file, piece by piece.
///
/// # Errors
///
/// As [`write_atomically`], and what `write` returns.
pub fn write_atomically_by(
    path: &Path,
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> Result<(), JournalError> {
    let temporary = temporary_name(path);
    replace(path, &temporary, write).map_err(|source| {
        // Best effort: the error that matters is the first one.
        let _ = fs::remove_file(&temporary);
        JournalError::write(path, source)
    })
}

fn replace(
    path: &Path,
    temporary: &Path,
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> io::Result<()> {
    let mut file = File::create(temporary)?;
    write(&mut file)?;
    file.sync_all()?;
    drop(file);
    fs::rename(temporary, path)?;
    sync_folder(path);
    Ok(())
}

/// The same name for the same file, so that what a killed run left is overwritten.
fn temporary_name(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".tmp");
    path.with_file_name(name)
}

/// A new name is durable once its folder is. The file has been replaced by now, and
/// some systems cannot do this (only Unix opens folders), so a refusal is no error.
fn sync_folder(path: &Path) {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let _ = File::open(folder.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<OsString> {
        fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect()
    }

    #[test]
    fn the_new_content_replaces_the_old_and_nothing_else_remains() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a.txt");
        write_atomically(&path, b"first, and longer").unwrap();
        // What a killed run would have left.
        fs::write(root.path().join(".a.txt.tmp"), "half").unwrap();
        write_atomically(&path, b"second").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
        assert_eq!(names(root.path()), ["a.txt"]);
    }

    #[test]
    fn a_failure_leaves_no_temporary_file() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("folder");
        fs::create_dir(&path).unwrap();
        fs::write(path.join("inside"), "").unwrap();
        let error = write_atomically(&path, b"x").unwrap_err();
        assert!(
            error.to_string().contains("folder: cannot be written: "),
            "{error}"
        );
        assert_eq!(names(root.path()), ["folder"]);
        assert!(write_atomically(&root.path().join("none/a"), b"x").is_err());
    }
}
