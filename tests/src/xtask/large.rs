//! The network that fills a part with 256 KB of RAM, 784-100-10 in 16 bits: `apical device` holds an
//! emulated one against this machine, sample by sample.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use apical_app::digits::{self, Digit};

use crate::image;
use crate::linked::{self, Linked};
use crate::process;
use crate::toolchain::BareMetal;
use crate::workspace;

/// Steps of learning that are compared.
const STEPS: u32 = 200;

/// Its configuration, from the top of the workspace.
const CONFIG: &str = "host/configs/device.toml";

/// Pixels on each side of an image, and of the digits that images are made of here.
const SIDES: [usize; 2] = [28, 8];

/// Builds, runs and compares it, on digits that are blown up: whoever checks needs no MNIST.
pub(crate) fn run(compiler: BareMetal) -> Result<()> {
    let image = image::build_large(compiler)?;
    let (_, ram) = linked::memory_map(&image::memory_map(&image.machine)?)?;
    let size = Linked::read(&image.path)?.size(std::slice::from_ref(&ram))?;
    let room = ram.end - ram.start;
    eprintln!(
        "  784-100-10 in {}: {} bytes of static RAM of {room}, {} of flash",
        image.precision, size.ram, size.flash
    );
    let table = workspace::target_dir().join("tmp/images.csv");
    write_images(&table)?;
    let mut apical = process::program(workspace::target_dir().join("release/apical"));
    apical.current_dir(workspace::root());
    apical.args(["device", "lockstep", "--emulate", "cortex-m4-256k"]);
    apical.arg("--image").arg(&image.path);
    apical.args(["--config", CONFIG, "--every", "20"]);
    apical.args(["--steps", &STEPS.to_string()]);
    apical.args([
        "--set",
        "data.task=csv",
        "--set",
        "data.scale=min-max",
        "--set",
    ]);
    apical.arg(format!("data.path={}", table.display()));
    process::run(&mut apical)?;
    ensure!(size.ram < room, "{} bytes do not fit the RAM", size.ram);
    Ok(())
}

/// The training digits as a table of images, each pixel that of the digit below it.
fn write_images(path: &Path) -> Result<()> {
    let mut text = String::new();
    for digit in (0..digits::TRAIN).map_while(digits::train) {
        line(digit, &mut text)?;
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

fn line(digit: Digit, text: &mut String) -> Result<()> {
    let [side, own] = SIDES;
    let pixels = digit.pixels();
    for place in 0..side * side {
        let [row, column] = [place / side, place % side].map(|at| at * own / side);
        write!(text, "{},", pixels[row * own + column])?;
    }
    writeln!(text, "{}", digit.class())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::line;
    use apical_app::digits;

    #[test]
    fn a_digit_is_blown_up() {
        let digit = digits::train(0).unwrap();
        let mut text = String::new();
        line(digit, &mut text).unwrap();
        let words: Vec<usize> = text.trim().split(',').map(|w| w.parse().unwrap()).collect();
        assert_eq!((words.len(), words[784]), (785, digit.class()));
        let pixels = digit.pixels().map(usize::from);
        assert_eq!(words[..4], [pixels[0]; 4]);
        assert_eq!(words[27], pixels[7]);
        assert_eq!(words[27 * 28 + 14], pixels[7 * 8 + 4]);
    }
}
