//! Building and running the images of `firmware/boards/bench`.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::machines::Counting;
use super::telling::{self, Told};
use crate::emulator;
use crate::image::{self, Image};
use crate::linker;
use crate::machine::Precision;
use crate::process;
use crate::toolchain::BareMetal;
use crate::workspace;

/// Where the images are, from the top.
const FOLDER: &str = "firmware/boards/bench";

/// What is counted in one image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Program {
    /// Core's kernels.
    Core(Precision),
    /// The 16-bit kernels in assembly.
    Assembly,
    EmbeddedNn,
    /// Linked with objects of a C compiler.
    CmsisDsp,
}

impl Program {
    /// What a machine can run, besides CMSIS-DSP.
    pub(crate) fn of(machine: &Counting) -> Vec<Self> {
        let mut programs = Vec::from(Precision::ALL.map(Self::Core));
        if machine.machine().assembly() {
            programs.push(Self::Assembly);
        }
        programs.push(Self::EmbeddedNn);
        programs
    }

    /// The precision whose results an image has.
    pub(crate) const fn precision(self) -> Option<Precision> {
        match self {
            Self::Core(precision) => Some(precision),
            Self::Assembly => Some(Precision::I16),
            Self::EmbeddedNn | Self::CmsisDsp => None,
        }
    }

    fn binary(self) -> String {
        match self {
            Self::Core(precision) => format!("own-{precision}"),
            Self::Assembly => "own-assembly".to_owned(),
            Self::EmbeddedNn => "embedded-nn".to_owned(),
            Self::CmsisDsp => "cmsis-dsp".to_owned(),
        }
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Core(precision) => write!(f, "{precision}"),
            Self::Assembly => f.write_str("i16, assembly"),
            Self::EmbeddedNn => f.write_str("embedded-nn"),
            Self::CmsisDsp => f.write_str("CMSIS-DSP"),
        }
    }
}

/// Builds images of a machine; where they are kept, in the same order.
pub(crate) fn build(
    compiler: BareMetal,
    machine: &Counting,
    programs: &[Program],
    objects: Option<&Path>,
) -> Result<Vec<PathBuf>> {
    let target_dir = compiler.target_dir();
    let mut cargo = compiler.cargo();
    cargo.current_dir(workspace::root().join(FOLDER));
    cargo.env("APICAL_MACHINE", machine.name);
    if let Some(objects) = objects {
        cargo.env("APICAL_CMSIS", objects);
    }
    linker::choose(&mut cargo, compiler, machine.target)?;
    cargo.args(["build", "--quiet", "--release"]);
    cargo.args(["--target", machine.target]);
    cargo.arg("--target-dir").arg(&target_dir);
    if machine.dsp && machine.target.starts_with("thumbv8m") {
        cargo.args(["--features", "armv8m-dsp"]);
    }
    for program in programs {
        cargo.args(["--bin", &program.binary()]);
    }
    process::run(&mut cargo)?;

    let built = target_dir.join(machine.target).join("release");
    let folder = target_dir.join("images/bench").join(machine.name);
    programs
        .iter()
        .map(|program| image::keep(&built.join(program.binary()), &folder, None))
        .collect()
}

/// Runs an image: what it counted.
pub(crate) fn run(machine: &Counting, path: PathBuf) -> Result<Vec<Told>> {
    let image = Image {
        machine: machine.machine(),
        // Of no meaning to the emulator.
        precision: Precision::I16,
        path,
    };
    telling::parse(&emulator::run(&image, &[])?, machine.ticks)
}
