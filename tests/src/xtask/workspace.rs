//! Where things are in the tree.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The targets core is built for, from Cortex-M0 to RISC-V.
pub(crate) const TARGETS: [&str; 5] = [
    "thumbv6m-none-eabi",
    "thumbv7m-none-eabi",
    "thumbv7em-none-eabihf",
    "thumbv8m.main-none-eabihf",
    "riscv32imc-unknown-none-elf",
];

/// The manifest of the panic probe, a workspace of its own.
pub(crate) const PROBE: &str = "tests/probe/Cargo.toml";

/// The top of the workspace. Fixed at compile time: the sources of this program.
pub(crate) fn root() -> &'static Path {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests)
}

/// The target folder of the workspace.
pub(crate) fn target_dir() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// The text of a file, named from the top.
pub(crate) fn read(path: &str) -> Result<String> {
    fs::read_to_string(root().join(path)).with_context(|| format!("cannot read {path}"))
}

/// A TOML file, named from the top.
pub(crate) fn read_toml(path: &str) -> Result<toml::Table> {
    read(path)?
        .parse()
        .with_context(|| format!("{path} is not valid TOML"))
}

/// The oldest compiler the workspace promises to build with, from the root manifest.
pub(crate) fn rust_version() -> Result<String> {
    let manifest = read_toml("Cargo.toml")?;
    let version = lookup(&manifest, &["workspace", "package", "rust-version"]);
    version
        .and_then(toml::Value::as_str)
        .map(str::to_owned)
        .context("Cargo.toml states no workspace.package.rust-version")
}

/// A value deep in a table.
pub(crate) fn lookup<'a>(table: &'a toml::Table, path: &[&str]) -> Option<&'a toml::Value> {
    let (first, rest) = path.split_first()?;
    rest.iter()
        .try_fold(table.get(*first)?, |value, key| value.get(key))
}
