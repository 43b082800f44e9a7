//! CMSIS-DSP: its C sources from the Python package, and objects of them.
//!
//! The sources are not in the repository. They are fetched once into the target folder.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::c_compiler::Compiler;
use super::machines::Counting;
use crate::apt;
use crate::process;
use crate::workspace;

/// The package, which has been looked at in this version.
const VERSION: &str = "1.10.3";

/// The kernels, from the top of the sources.
const FILES: [&str; 2] = [
    "Source/MatrixFunctions/arm_mat_vec_mult_q15.c",
    "Source/MatrixFunctions/arm_mat_trans_q15.c",
];

/// What the package leaves out of CMSIS.
const OWN: &str = "firmware/boards/bench/cmsis";

/// The sources, and the compilers that are here.
#[derive(Debug)]
pub(crate) struct Cmsis {
    sources: PathBuf,
    compilers: Vec<Compiler>,
}

/// Fetches what is not here yet.
pub(crate) fn ready() -> Result<Cmsis> {
    let folder = folder();
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let mut compilers = vec![Compiler::gcc()?];
    match Compiler::clang(&folder) {
        Ok(clang) => compilers.push(clang),
        // One compiler is a comparison, two are a fairer one.
        Err(error) => eprintln!("  without clang: {error:#}"),
    }
    let sources = folder.join(format!("cmsisdsp-{VERSION}"));
    if !sources.exists() {
        let mut pip = pip()?;
        pip.args([
            "download",
            "--quiet",
            "--no-deps",
            "--no-binary",
            "cmsisdsp",
        ]);
        pip.arg("--dest").arg(&folder);
        process::run(pip.arg(format!("cmsisdsp=={VERSION}")))
            .context("pip cannot download the sources of CMSIS-DSP")?;
        let packed = folder.join(format!("cmsisdsp-{VERSION}.tar.gz"));
        let mut tar = process::program("tar");
        process::run(tar.arg("-xzf").arg(&packed).arg("-C").arg(&folder))
            .with_context(|| format!("cannot unpack {}", packed.display()))?;
    }
    Ok(Cmsis { sources, compilers })
}

/// Python's pip, installed where it is missing.
pub(crate) fn pip() -> Result<Command> {
    let pip = || {
        let mut python = process::program("python3");
        python.args(["-m", "pip"]);
        python
    };
    if !process::exists(&mut pip()) {
        apt::install(&["python3", "python3-pip"]).context("CMSIS-DSP is fetched with pip")?;
        if !process::exists(&mut pip()) {
            bail!("`python3 -m pip` does not run, and CMSIS-DSP is fetched with it");
        }
    }
    Ok(pip())
}

fn folder() -> PathBuf {
    workspace::target_dir().join("bench-mcu")
}

impl Cmsis {
    /// The version of the package.
    pub(crate) const VERSION: &str = VERSION;

    /// The compilers.
    pub(crate) fn compilers(&self) -> &[Compiler] {
        &self.compilers
    }

    /// The kernels as one object for a machine.
    pub(crate) fn compile(&self, compiler: &Compiler, machine: &Counting) -> Result<PathBuf> {
        let core = machine.c.context("no C compiler for this core")?;
        let files = FILES.map(|file| self.sources.join(file));
        let includes = [
            workspace::root().join(OWN),
            self.sources.join("Include"),
            self.sources.join("PrivateInclude"),
        ];
        let folder = folder()
            .join(machine.name)
            .join(compiler.name().replace(' ', "-"));
        compiler.compile(&files, &includes, core, machine.dsp, &folder)
    }
}
