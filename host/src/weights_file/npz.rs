//! Weights as `.npz`: a zip archive with one `.npy` file for each array.

use std::io::{self, Cursor, Read, Seek, Write};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::{WeightsError, WeightsFile, npy};

const EXTENSION: &str = ".npy";

/// Writes the archive piece by piece, so that nothing stands in memory a second time. The same arrays
/// give the same bytes: the archive has no time of day in it.
pub(super) fn write(file: &WeightsFile, to: impl Write + Seek) -> io::Result<()> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::default());
    let mut archive = ZipWriter::new(to);
    for (name, array) in &file.arrays {
        archive.start_file(format!("{name}{EXTENSION}"), options)?;
        npy::encode(array, &mut archive)?;
    }
    archive.finish()?;
    Ok(())
}

pub(super) fn decode(bytes: &[u8], path: &Path) -> Result<WeightsFile, WeightsError> {
    let fault = |problem: String| WeightsError::format(path, "npz", problem);
    let mut archive =
        ZipArchive::new(Cursor::new(bytes)).map_err(|error| fault(error.to_string()))?;
    let mut file = WeightsFile::default();
    for index in 0..archive.len() {
        let mut entry = archive
            .by_index(index)
            .map_err(|error| fault(error.to_string()))?;
        let full_name = entry
            .name()
            .map_err(|error| fault(error.to_string()))?
            .into_owned();
        let Some(name) = full_name.strip_suffix(EXTENSION) else {
            return Err(fault(format!(
                "{full_name:?} in it is not a {EXTENSION} file"
            )));
        };
        // An archive can claim to unpack to any size: read no more than its header asks for.
        let array = npy::decode(&mut entry as &mut dyn Read)
            .map_err(|problem| fault(format!("{name}: {problem}")))?;
        file.arrays.insert(name.to_owned(), array);
    }
    Ok(file)
}
