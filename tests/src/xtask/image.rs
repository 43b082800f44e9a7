//! Building the images for emulated machines.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::linker;
use crate::machine::{LARGE, Machine, Precision};
use crate::process;
use crate::toolchain::BareMetal;
use crate::workspace;

/// Where the images are, from the top.
const FOLDER: &str = "firmware/boards/qemu";

/// The image that compares the kernels in assembly with core's.
const PARITY: &str = "parity";

/// A linked image for one machine in one precision.
#[derive(Debug)]
pub(crate) struct Image {
    pub(crate) machine: Machine,
    pub(crate) precision: Precision,
    /// The ELF file.
    pub(crate) path: PathBuf,
}

/// The images of a machine, one for each precision that fits it.
#[derive(Debug)]
pub(crate) struct Images {
    /// Those that learn and tell digests.
    pub(crate) lockstep: Vec<Image>,
    /// Those that serve the link.
    pub(crate) link: Vec<Image>,
}

/// Builds the images of a machine.
pub(crate) fn build(compiler: BareMetal, machine: Machine) -> Result<Images> {
    let mut cargo = cargo(compiler, machine)?;
    for precision in machine.precisions {
        cargo.args(["--bin", &format!("lockstep-{precision}")]);
    }
    for precision in links(&machine) {
        cargo.args(["--bin", &format!("link-{precision}")]);
    }
    if machine.compares_kernels() {
        cargo.args(["--bin", PARITY]);
    }
    process::run(&mut cargo)?;

    let [built, folder] = places(compiler, machine);
    let images = |name: &str, precisions: &[Precision]| {
        let image = |&precision: &Precision| {
            Ok(Image {
                machine,
                precision,
                path: keep(&built.join(format!("{name}-{precision}")), &folder, None)?,
            })
        };
        precisions.iter().map(image).collect::<Result<_>>()
    };
    Ok(Images {
        lockstep: images("lockstep", machine.precisions)?,
        link: images("link", links(&machine))?,
    })
}

/// Builds the image with the network that fills 256 KB, where `apical device` looks for it.
pub(crate) fn build_large(compiler: BareMetal) -> Result<Image> {
    let (machine, precision) = (LARGE, Precision::I16);
    let name = format!("link-large-{precision}");
    process::run(cargo(compiler, machine)?.args(["--bin", &name]))?;
    let [built, folder] = places(compiler, machine);
    let kept = format!("link-{precision}");
    Ok(Image {
        machine,
        precision,
        path: keep(&built.join(name), &folder, Some(&kept))?,
    })
}

/// What builds images of a machine, but for their names.
fn cargo(compiler: BareMetal, machine: Machine) -> Result<Command> {
    let mut cargo = compiler.cargo();
    // From there, so that cargo finds the folder's own settings.
    cargo.current_dir(workspace::root().join(FOLDER));
    cargo.env("APICAL_MACHINE", machine.name);
    linker::choose(&mut cargo, compiler, machine.target)?;
    cargo.args(["build", "--quiet", "--release"]);
    cargo.args(["--target", machine.target]);
    cargo.arg("--target-dir").arg(compiler.target_dir());
    // The target of Armv8-M does not say whether the core has them.
    if machine.dsp && machine.target.starts_with("thumbv8m") {
        cargo.args(["--features", "armv8m-dsp"]);
    }
    Ok(cargo)
}

/// Where images of a machine are built, and where they are kept.
fn places(compiler: BareMetal, machine: Machine) -> [PathBuf; 2] {
    let target_dir = compiler.target_dir();
    [
        target_dir.join(machine.target).join("release"),
        target_dir.join("images").join(machine.name),
    ]
}

/// Keeps an image that was built in a folder of its machine or board, as those of one target build
/// to the same file; where it is then, under its own name or another one.
pub(crate) fn keep(built: &Path, folder: &Path, name: Option<&str>) -> Result<PathBuf> {
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let name = name.map(OsStr::new).or(built.file_name());
    let kept = folder.join(name.unwrap_or_default());
    fs::copy(built, &kept)
        .with_context(|| format!("cannot copy {} to {}", built.display(), kept.display()))?;
    Ok(kept)
}

/// The image that compares kernels, which [`build`] has built last for this machine.
pub(crate) fn parity(compiler: BareMetal, machine: Machine) -> Image {
    let [built, _] = places(compiler, machine);
    Image {
        machine,
        precision: Precision::I16,
        path: built.join(PARITY),
    }
}

/// The precisions in which there are images that serve the link, for `apical device --emulate`:
/// frames and descriptions take more stack than the 16 KB of a micro:bit leave beside a network.
fn links(machine: &Machine) -> &'static [Precision] {
    if machine.name == "microbit" {
        &[]
    } else {
        &Precision::ALL
    }
}

/// The memory map of a machine as its linker script has it.
pub(crate) fn memory_map(machine: &Machine) -> Result<String> {
    workspace::read(&format!("{FOLDER}/memory/{}.x", machine.name))
}
