//! The C compilers of the peer, of which the better one counts.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::cmsis;
use super::machines::Core;
use crate::apt;
use crate::process;

/// clang, and where it comes from.
const ZIG: &str = "ziglang==0.17.1";

/// A C compiler for Arm's microcontrollers.
#[derive(Debug)]
pub(crate) struct Compiler {
    name: String,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// arm-none-eabi-gcc.
    Gcc,
    /// clang, as zig brings it, by zig's path.
    Clang(PathBuf),
}

impl Compiler {
    /// gcc and newlib from Debian's packages, installed where they are missing.
    pub(crate) fn gcc() -> Result<Self> {
        let gcc = || process::program("arm-none-eabi-gcc");
        // newlib's headers and libgcc are packages of their own.
        let headers = Path::new("/usr/lib/arm-none-eabi/include/string.h").exists();
        if !process::exists(&mut gcc()) || !headers {
            apt::install(&["gcc-arm-none-eabi", "libnewlib-arm-none-eabi"])
                .context("CMSIS-DSP needs arm-none-eabi-gcc with newlib")?;
        }
        let version = process::ask(gcc().arg("-dumpfullversion"));
        Ok(Self {
            name: format!(
                "gcc {}",
                version.context("arm-none-eabi-gcc has no version")?
            ),
            kind: Kind::Gcc,
        })
    }

    /// clang from a Python package, into a folder.
    pub(crate) fn clang(folder: &Path) -> Result<Self> {
        let installed = folder.join("clang");
        let zig = installed.join("ziglang/zig");
        if !zig.exists() {
            let mut pip = cmsis::pip()?;
            pip.args(["install", "--quiet", "--target"]);
            process::run(pip.arg(&installed).arg(ZIG))
                .with_context(|| format!("pip cannot install {ZIG}"))?;
        }
        let version = process::ask(process::program(&zig).args(["cc", "--version"]));
        let version = version.context("zig has no clang")?;
        let version = version.lines().next().unwrap_or_default();
        let number = version
            .split(' ')
            .find(|word| word.starts_with(|letter: char| letter.is_ascii_digit()));
        Ok(Self {
            name: format!("clang {}", number.unwrap_or(version)),
            kind: Kind::Clang(zig),
        })
    }

    /// Name and version.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Compiles files to one object without open ends but those of libc.
    pub(crate) fn compile(
        &self,
        files: &[PathBuf],
        includes: &[PathBuf],
        core: Core,
        dsp: bool,
        folder: &Path,
    ) -> Result<PathBuf> {
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
        let mut objects = Vec::new();
        for file in files {
            let name = file.file_stem().context("a file without a name")?;
            let object = folder.join(name).with_extension("o");
            let mut compiler = self.command(core, dsp, folder);
            compiler.args(["-O3", "-DARM_MATH_LOOPUNROLL", "-ffunction-sections"]);
            // Nothing unwinds, and the tables would ask for what does.
            compiler.args(["-fno-unwind-tables", "-fno-asynchronous-unwind-tables"]);
            if dsp {
                compiler.arg("-DARM_MATH_DSP=1");
            }
            for include in includes {
                compiler.arg("-I").arg(include);
            }
            process::run(compiler.arg("-c").arg(file).arg("-o").arg(&object))?;
            objects.push(object);
        }
        // With libgcc's 64-bit multiplication, which is faster than the one Rust brings, where the
        // core has no instruction for it.
        let whole = folder.join("cmsis.o");
        let mut gcc = gcc(core);
        gcc.args(["-r", "-nostdlib", "-nostartfiles"])
            .args(&objects);
        process::run(gcc.arg("-lgcc").arg("-o").arg(&whole))?;
        // clang's objects say that the stack need not be executable, libgcc's say nothing, which
        // together counts as yes, and Rust's linker refuses that.
        let mut objcopy = process::program("arm-none-eabi-objcopy");
        objcopy.args(["--remove-section", ".note.GNU-stack"]);
        process::run(objcopy.arg(&whole))?;
        ensure!(whole.exists(), "no {}", whole.display());
        Ok(whole)
    }

    fn command(&self, core: Core, dsp: bool, folder: &Path) -> Command {
        match &self.kind {
            Kind::Gcc => gcc(core),
            Kind::Clang(zig) => {
                let mut clang = process::program(zig);
                let cache = folder.join("cache");
                clang
                    .env("ZIG_GLOBAL_CACHE_DIR", &cache)
                    .env("ZIG_LOCAL_CACHE_DIR", &cache);
                let abi = if core.fpu.is_some() { "eabihf" } else { "eabi" };
                clang.args(["cc", "-target", &format!("thumb-freestanding-{abi}")]);
                let cpu = core.cpu.replace('-', "_");
                // zig's Cortex-M33 is the one without, gcc's the one with.
                let dsp = if dsp && cpu == "cortex_m33" {
                    "+dsp"
                } else {
                    ""
                };
                clang.arg(format!("-mcpu={cpu}{dsp}"));
                // Freestanding, every copy of four bytes would be a call.
                clang.args(["-fhosted", "-fno-sanitize=all", "-fno-stack-protector"]);
                clang.args(["-isystem", "/usr/lib/arm-none-eabi/include"]);
                clang
            }
        }
    }
}

fn gcc(core: Core) -> Command {
    let mut gcc = process::program("arm-none-eabi-gcc");
    gcc.arg("-mthumb").arg(format!("-mcpu={}", core.cpu));
    match core.fpu {
        Some(fpu) => gcc.args(["-mfloat-abi=hard", &format!("-mfpu={fpu}")]),
        None => gcc.arg("-mfloat-abi=soft"),
    };
    gcc
}
