//! Images and labels in idx files, as MNIST is published: plain or gzip.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::gzip::unpack;
use super::{DataError, Dataset, Features, Pixels};

/// Digits or kinds of garment.
const CLASSES: usize = 10;

/// The begin of a file's name, and of a name of each kind of file.
const PARTS: [&str; 2] = ["train", "t10k"];
const KINDS: [&str; 2] = ["images-idx3-ubyte", "labels-idx1-ubyte"];

/// The four files as one data set, called `name`: the training part, then the test part.
///
/// # Errors
///
/// When one of them is missing, is cut, is no such file, or does not belong to the others.
pub fn read_idx(folder: &Path, name: &str) -> Result<Dataset, DataError> {
    let train = Part::read(folder, PARTS[0])?;
    let test = Part::read(folder, PARTS[1])?;
    if train.size != test.size {
        let ([rows, columns], [high, wide]) = (test.size, train.size);
        return Err(DataError::Idx {
            path: test.path,
            found: format!("images of {rows} x {columns} pixels"),
            accepted: format!("{high} x {wide}, as in {}", train.path.display()),
        });
    }
    let published_train = Some(train.labels.len());
    let (mut bytes, mut labels) = (train.pixels, train.labels);
    bytes.reserve_exact(test.pixels.len());
    bytes.extend(test.pixels);
    labels.extend(test.labels);
    Ok(Dataset {
        name: name.to_owned(),
        inputs: Features::Bytes(Pixels::new(bytes)),
        features: train.size.iter().product(),
        image: Some(train.size),
        labels: labels.into_iter().map(u16::from).collect(),
        classes: CLASSES,
        published_train,
    })
}

/// Whether a folder holds any of the four files.
pub(super) fn is_there(folder: &Path) -> bool {
    let all = PARTS.iter().flat_map(|part| KINDS.map(|kind| (part, kind)));
    let mut names = all.flat_map(|(part, kind)| spellings(part, kind));
    names.any(|name| folder.join(name).is_file())
}

/// The names that a file goes by.
fn spellings(part: &str, kind: &str) -> [String; 4] {
    let name = format!("{part}-{kind}");
    let dotted = format!("{part}-{}", kind.replacen("-idx", ".idx", 1));
    [
        name.clone(),
        format!("{name}.gz"),
        dotted.clone(),
        format!("{dotted}.gz"),
    ]
}

/// Images with their labels.
struct Part {
    /// The file of the images.
    path: PathBuf,
    pixels: Vec<u8>,
    size: [usize; 2],
    labels: Vec<u8>,
}

impl Part {
    fn read(folder: &Path, part: &str) -> Result<Self, DataError> {
        let path = find(folder, part, KINDS[0])?;
        let ([images, rows, columns], pixels) = read::<3>(&path)?;
        let labels_path = find(folder, part, KINDS[1])?;
        let ([count], labels) = read::<1>(&labels_path)?;
        if pixels.is_empty() {
            return Err(DataError::Idx {
                path,
                found: format!("{images} images of {rows} x {columns} pixels"),
                accepted: "at least one image of one pixel".to_owned(),
            });
        }
        if count != images {
            return Err(DataError::Idx {
                path: labels_path,
                found: format!("{count} labels"),
                accepted: format!("{images}, one for each image of {}", path.display()),
            });
        }
        let inside = |label: &u8| usize::from(*label) < CLASSES;
        if let Some(sample) = labels.iter().position(|label| !inside(label)) {
            return Err(DataError::Idx {
                path: labels_path,
                found: format!("{} as label {}", labels[sample], sample + 1),
                accepted: format!("0 to {}", CLASSES - 1),
            });
        }
        Ok(Self {
            path,
            pixels,
            size: [rows, columns],
            labels,
        })
    }
}

fn find(folder: &Path, part: &str, kind: &str) -> Result<PathBuf, DataError> {
    let names = spellings(part, kind);
    let mut paths = names.iter().map(|name| folder.join(name));
    paths
        .find(|path| path.is_file())
        .ok_or_else(|| DataError::Missing {
            path: folder.join(&names[0]),
            others: names[1..].join(", "),
        })
}

/// The sizes and the bytes of a file of unsigned bytes in `N` dimensions.
fn read<const N: usize>(path: &Path) -> Result<([usize; N], Vec<u8>), DataError> {
    let fault = |found: String, accepted: String| DataError::Idx {
        path: path.to_path_buf(),
        found,
        accepted,
    };
    let unreadable = |source| DataError::Read {
        path: path.to_path_buf(),
        source,
    };
    let packed = std::fs::read(path).map_err(unreadable)?;
    let (bytes, broken) = unpack(packed.into());
    let cut = match broken {
        // What there is says how much is missing, which is more than the decoder knows.
        Some(error) if error.kind() == ErrorKind::UnexpectedEof => true,
        Some(error) => return Err(unreadable(error)),
        None => false,
    };
    let mut bytes = bytes.into_owned();
    let length = bytes.len();
    let ends = if cut {
        ", where the gzip data break off"
    } else {
        ""
    };
    let too_short =
        |least: usize, why: &str| fault(format!("{length} bytes{ends}"), format!("{least}, {why}"));
    let mut words = bytes.chunks_exact(4).map(|word| {
        let word = word.try_into().unwrap_or_default();
        u32::from_be_bytes(word)
    });
    let header = 4 * (N + 1);
    let magic = 0x0800 + N as u32;
    match words.next() {
        Some(found) if found != magic => {
            let dimensions = if N == 1 { "labels" } else { "images" };
            return Err(fault(
                format!("magic number {found:#010x}"),
                format!("{magic:#010x}, of {dimensions} in unsigned bytes"),
            ));
        }
        _ if length < header => return Err(too_short(header, "the header, and what it says")),
        _ => {}
    }
    let mut sizes = [0; N];
    for (size, word) in sizes.iter_mut().zip(words) {
        *size = word as usize;
    }
    let product = sizes
        .iter()
        .try_fold(1_usize, |product, size| product.checked_mul(*size));
    let said = sizes.map(|size| size.to_string()).join(" x ");
    match product.and_then(|product| product.checked_add(header)) {
        Some(whole) if whole == length => {}
        Some(whole) => return Err(too_short(whole, &format!("as its header says {said}"))),
        None => {
            return Err(fault(
                format!("a header of {said}"),
                "sizes of a file".to_owned(),
            ));
        }
    }
    if cut {
        return Err(too_short(length, "and the end of the gzip data"));
    }
    bytes.drain(..header);
    Ok((sizes, bytes))
}

#[cfg(test)]
mod tests;
