//! The images of real parts: that they build without a warning, and what they take of flash and RAM.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow, ensure};
use clap::Args;

use crate::document;
use crate::image;
use crate::linked::{Linked, Ram, Size};
use crate::linker;
use crate::process;
use crate::table::Table;
use crate::tally::Tally;
use crate::toolchain::BareMetal;
use crate::workspace;

/// Where the table goes, besides the screen.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Boards {
    /// Write the table to docs/boards.md as well.
    #[arg(long)]
    document: bool,
}

/// One board. Sizes are of the part, with what the image leaves to the checkpoints.
#[derive(Debug)]
struct Board {
    /// Its folder below `firmware/boards`.
    name: &'static str,
    part: &'static str,
    core: &'static str,
    target: &'static str,
    /// Bytes of flash.
    flash: u64,
    /// Where its RAM is.
    ram: Ram,
    /// What it can do, by the names of its images; the first is the default.
    images: &'static [&'static str],
    /// What ran its own images without the board; docs/boards.md says what else could.
    emulator: &'static str,
}

/// What every board does, what those do as well that have a port for it, and those that have a bus too.
const LEARN: &[&str] = &["learn"];
const LINK: &[&str] = &["learn", "link"];
const REFLEX: &[&str] = &["learn", "link", "reflex"];

const BOARDS: [Board; 5] = [
    Board {
        name: "nucleo-f446re",
        part: "STM32F446RE",
        core: "Cortex-M4F",
        target: "thumbv7em-none-eabihf",
        flash: 512 << 10,
        ram: 0x2000_0000..0x2002_0000,
        images: LINK,
        emulator: "no",
    },
    Board {
        name: "pico",
        part: "RP2040",
        core: "Cortex-M0+",
        target: "thumbv6m-none-eabi",
        flash: 2 << 20,
        ram: 0x2000_0000..0x2004_2000,
        images: REFLEX,
        emulator: "rp2040js",
    },
    Board {
        name: "nrf52840-dk",
        part: "nRF52840",
        core: "Cortex-M4F",
        target: "thumbv7em-none-eabihf",
        flash: 1 << 20,
        ram: 0x2000_0000..0x2004_0000,
        images: LEARN,
        emulator: "no",
    },
    Board {
        name: "esp32-c3",
        part: "ESP32-C3",
        core: "RV32IMC",
        target: "riscv32imc-unknown-none-elf",
        flash: 4 << 20,
        // By the addresses of data: code in RAM keeps its place free there.
        ram: 0x3fc8_0000..0x3fce_0000,
        images: LEARN,
        emulator: "no",
    },
    Board {
        name: "pico2",
        part: "RP2350",
        core: "Cortex-M33",
        target: "thumbv8m.main-none-eabihf",
        flash: 4 << 20,
        ram: 0x2000_0000..0x2008_2000,
        images: REFLEX,
        emulator: "no",
    },
];

/// The folders with images that are of no board; `learner` is linted with a board.
const IMAGES: [&str; 2] = ["bench", "qemu"];

/// What `apical-asm` is compiled for, and with which features.
const KERNELS: [(&str, &str); 3] = [
    ("thumbv6m-none-eabi", ""),
    ("thumbv7em-none-eabihf", ""),
    ("thumbv8m.main-none-eabihf", "armv8m-dsp"),
];

/// The manifests below `firmware/boards`, which are not members of this workspace.
pub(crate) fn manifests() -> Vec<String> {
    let folders = BOARDS.iter().map(|board| board.name);
    folders
        .chain(IMAGES)
        .chain(["learner"])
        .map(|folder| format!("firmware/boards/{folder}/Cargo.toml"))
        .collect()
}

/// Builds all of them and prints the table.
pub(crate) fn run(tally: &mut Tally, compiler: BareMetal, options: &Boards) -> Result<()> {
    let mut table = Table::new(&[
        "board",
        "image",
        "part",
        "core",
        "flash:",
        "of:",
        "static RAM:",
        "of:",
        "builds",
        "ran in emulator",
        "ran on hardware",
    ]);
    let mut rest = Table::new(&["board", "image", "what can panic, format or allocate in it"]);
    for board in &BOARDS {
        let built = build(board, compiler);
        let failed = built.as_ref().err().map(|error| format!("{error:#}"));
        let paths = built.unwrap_or_default();
        for (i, &image) in board.images.iter().enumerate() {
            let outcome = match (paths.get(i), &failed) {
                (Some(path), _) => look(board, path),
                (None, Some(error)) => Err(anyhow!("{error}")),
                (None, None) => Err(anyhow!("it was not built")),
            };
            let (size, remains) = match &outcome {
                Ok((size, remains)) => (Some(*size), remains.join(", ")),
                Err(_) => (None, "-".to_owned()),
            };
            let bytes =
                |of: fn(Size) -> u64| size.map_or("-".to_owned(), |size| of(size).to_string());
            table.row([
                board.name.to_owned(),
                image.to_owned(),
                board.part.to_owned(),
                board.core.to_owned(),
                bytes(|size| size.flash),
                board.flash.to_string(),
                bytes(|size| size.ram),
                (board.ram.end - board.ram.start).to_string(),
                if size.is_some() { "yes" } else { "no" }.to_owned(),
                board.emulator.to_owned(),
                "no one has yet".to_owned(),
            ]);
            rest.row([board.name.to_owned(), image.to_owned(), remains]);
            let what = format!("the image `{image}` of {}", board.name);
            tally.record(&what, outcome.map(drop));
        }
        // Here and not among the lints: this is after most of what it needs has been built.
        tally.record(
            &format!("clippy of {}", board.name),
            lint(board.name, board.target, compiler),
        );
    }
    for name in IMAGES {
        tally.record(
            &format!("clippy of {name}"),
            lint(name, "thumbv7em-none-eabihf", compiler),
        );
    }
    for (target, features) in KERNELS {
        let what = format!("clippy of apical-asm for {target}");
        tally.record(&what, lint_kernels(target, features, compiler));
    }
    println!("\nImages of boards, in bytes\n\n{table}");
    println!("{rest}");
    if options.document {
        document::write("docs/boards.md", "boards", &format!("{table}\n{rest}"))?;
    }
    Ok(())
}

/// What an image takes of its part, and what it holds that should not be needed.
fn look(board: &Board, path: &Path) -> Result<(Size, Vec<String>)> {
    let image = Linked::read(path)?;
    let size = image.size(std::slice::from_ref(&board.ram))?;
    ensure!(size.flash <= board.flash, "it does not fit the flash");
    ensure!(
        size.ram <= board.ram.end - board.ram.start,
        "it does not fit the RAM"
    );
    Ok((size, image.unwanted()?))
}

/// An image of a board, by its name and that of the board's folder.
pub(crate) fn image(name: &str, image: &str, compiler: BareMetal) -> Result<PathBuf> {
    let board = BOARDS.iter().find(|board| board.name == name);
    let board = board.context("there is no such board")?;
    let at = board.images.iter().position(|name| *name == image);
    let paths = build(board, compiler)?;
    let path = at.and_then(|at| paths.into_iter().nth(at));
    path.context("the board has no such image")
}

/// Builds the images of a board; where they are kept, in their order.
fn build(board: &Board, compiler: BareMetal) -> Result<Vec<PathBuf>> {
    let target_dir = compiler.target_dir();
    let mut cargo = compiler.cargo();
    linker::choose(&mut cargo, compiler, board.target)?;
    cargo.arg("build");
    aim(&mut cargo, board.name, board.target, compiler);
    for image in board.images {
        cargo.args(["--bin", image]);
    }
    process::run(&mut cargo)?;

    let built = target_dir.join(board.target).join("release");
    let folder = target_dir.join("images").join(board.name);
    let keep = |name: &&str| image::keep(&built.join(name), &folder, None);
    board.images.iter().map(keep).collect()
}

/// Clippy of a folder below `firmware/boards`, for the target and profile it was built with.
fn lint(name: &str, target: &str, compiler: BareMetal) -> Result<()> {
    let mut clippy = compiler.clippy()?;
    aim(&mut clippy, name, target, compiler);
    process::run(clippy.args(["--workspace", "--", "-D", "warnings"]))
}

/// Clippy of the kernels in assembly: on this machine there is next to nothing of them.
fn lint_kernels(target: &str, features: &str, compiler: BareMetal) -> Result<()> {
    let mut clippy = compiler.clippy()?;
    clippy.args(["--quiet", "--release", "--package", "apical-asm"]);
    clippy.args(["--target", target, "--features", features]);
    clippy.arg("--target-dir").arg(compiler.target_dir());
    process::run(clippy.args(["--", "-D", "warnings"]))
}

/// Points a command of cargo at a folder below `firmware/boards`.
fn aim(cargo: &mut Command, name: &str, target: &str, compiler: BareMetal) {
    // esp-hal knows `alloc`, even where nothing is allocated.
    if compiler == BareMetal::Debian && name.starts_with("esp") {
        cargo.args(["-Z", "build-std=core,alloc"]);
    }
    // From there, so that cargo finds the folder's own settings.
    cargo.current_dir(workspace::root().join("firmware/boards").join(name));
    cargo.args(["--quiet", "--release", "--target", target]);
    cargo.arg("--target-dir").arg(compiler.target_dir());
}
