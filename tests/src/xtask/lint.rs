//! Everything that can be said of the sources without running them.

use anyhow::Result;

use crate::boards;
use crate::deny;
use crate::package;
use crate::process;
use crate::statements;
use crate::tally::Tally;
use crate::workspace::{self, PROBE};

/// Runs all lints, the cheap ones first.
pub(crate) fn run(tally: &mut Tally) -> Result<()> {
    statements::run(tally)?;
    for (manifest, name) in [("Cargo.toml", "workspace"), (PROBE, "panic probe")] {
        let mut format = process::cargo();
        format.args(["fmt", "--all", "--check", "--manifest-path", manifest]);
        tally.record(&format!("format of the {name}"), process::run(&mut format));
    }

    for manifest in boards::manifests() {
        let mut format = process::cargo();
        format.args(["fmt", "--check", "--manifest-path", &manifest]);
        tally.record(&format!("format of {manifest}"), process::run(&mut format));
    }

    // The feature adds bench-host, which no other check compiles, and changes no other package.
    let mut clippy = process::cargo();
    clippy.args(["clippy", "--workspace", "--all-targets"]);
    clippy.args(["--features", "apical-tests/bench"]);
    clippy.args(["--", "-D", "warnings"]);
    tally.record("clippy", process::run(&mut clippy));

    // With a feature off and on the compiler sees different code; host code never turns it on.
    let mut clippy = process::cargo();
    clippy.args(["clippy", "--package", "apical-core", "--features", "defmt"]);
    clippy.args(["--", "-D", "warnings"]);
    tally.record("clippy of core with defmt", process::run(&mut clippy));

    // For this machine, which is enough for lints; it is linked nowhere.
    let mut clippy = process::cargo();
    clippy.args(["clippy", "--manifest-path", PROBE]);
    clippy
        .arg("--target-dir")
        .arg(workspace::target_dir().join("probe"));
    clippy.args(["--", "-D", "warnings"]);
    tally.record("clippy of the panic probe", process::run(&mut clippy));

    let mut doc = process::cargo();
    doc.env("RUSTDOCFLAGS", "-D warnings")
        .args(["doc", "--workspace", "--no-deps"]);
    tally.record("documentation", process::run(&mut doc));

    package::run(tally);
    deny::run_if_installed(tally);
    Ok(())
}
