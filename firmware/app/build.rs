//! Packs the digits into the table that the default task keeps in flash.
//!
//! The split is the desktop's (`data.split_seed = 0`, `data.train_fraction = 0.8`): the training
//! part comes first, in the order of the split, so that the board needs no list of who belongs to
//! which part, and shuffles the same sequence as the desktop.

use std::error::Error;
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use apical_core::random::{Key, stream};
use flate2::read::GzDecoder;

const DATA: &str = "../../host/data/digits8x8.csv.gz";
const PIXELS: usize = 64;
const SPLIT_SEED: u64 = 0;
const TRAIN_FRACTION: f64 = 0.8;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={DATA}");
    let folder = PathBuf::from(env::var("OUT_DIR")?);
    let mut csv = String::new();
    GzDecoder::new(fs::File::open(Path::new(DATA))?).read_to_string(&mut csv)?;
    let digits = csv.lines().map(pack).collect::<Result<Vec<_>, _>>()?;

    let order = split(digits.len());
    let table: Vec<u8> = order.iter().flat_map(|&i| digits[i].clone()).collect();
    let train = (digits.len() as f64 * TRAIN_FRACTION).round() as usize;
    let mut sizes = String::new();
    writeln!(sizes, "/// Digits that are learned.")?;
    writeln!(sizes, "pub const TRAIN: usize = {train};")?;
    writeln!(sizes, "/// Digits that are only recognised.")?;
    writeln!(sizes, "pub const TEST: usize = {};", digits.len() - train)?;
    fs::write(folder.join("digits.bin"), table)?;
    fs::write(folder.join("digits.rs"), sizes)?;
    Ok(())
}

/// A line of the file as 8 rows of 8 pixels of 5 bits (0 to 16 are one too many for 4), the first
/// pixel in the lowest bits, and the class.
fn pack(line: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let values = line
        .split(',')
        .map(str::parse)
        .collect::<Result<Vec<u64>, _>>()?;
    if values.len() != PIXELS + 1 || values[..PIXELS].iter().any(|&pixel| pixel > 16) {
        return Err(format!("{DATA}: not a digit: {line}").into());
    }
    let mut packed = Vec::new();
    for row in values[..PIXELS].chunks(8) {
        let bits = row.iter().rev().fold(0, |bits, pixel| bits << 5 | pixel);
        packed.extend(&bits.to_le_bytes()[..5]);
    }
    packed.push(u8::try_from(values[PIXELS])?);
    Ok(packed)
}

/// The numbers of the samples as the desktop's split shuffles them.
fn split(samples: usize) -> Vec<usize> {
    let key = Key::new(SPLIT_SEED, 0, stream::SHUFFLE);
    let mut order: Vec<usize> = (0..samples).collect();
    // The desktop counts its draws from 1.
    for (draw, last) in (1..).zip((1..samples).rev()) {
        order.swap(last, key.below(draw, last as u32 + 1) as usize);
    }
    order
}
