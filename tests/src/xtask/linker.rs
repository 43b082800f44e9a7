//! The linker of images, where the compiler does not bring its own.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::process;
use crate::toolchain::BareMetal;

/// Tells a cargo of [`BareMetal::cargo`] which linker links for a target.
///
/// rustup's toolchain brings `rust-lld`. Debian's does not, and takes that one or Debian's `lld`.
pub(crate) fn choose(cargo: &mut Command, compiler: BareMetal, target: &str) -> Result<()> {
    if compiler == BareMetal::Everyday {
        return Ok(());
    }
    let variable = format!(
        "CARGO_TARGET_{}_LINKER",
        target.to_uppercase().replace(['-', '.'], "_")
    );
    cargo.env(variable, find()?);
    Ok(())
}

fn find() -> Result<PathBuf> {
    let sysroot = process::ask(process::program("rustc").args(["--print", "sysroot"]));
    let host = process::ask(process::program("rustc").args(["--print", "host-tuple"]));
    if let (Some(sysroot), Some(host)) = (sysroot, host) {
        let own = PathBuf::from(sysroot).join(format!("lib/rustlib/{host}/bin/rust-lld"));
        if own.exists() {
            return Ok(own);
        }
    }
    if process::exists(&mut process::program("ld.lld")) {
        return Ok(PathBuf::from("ld.lld"));
    }
    bail!("no linker for microcontrollers here: neither rustup's rust-lld nor Debian's lld")
}
