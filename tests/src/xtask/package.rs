//! core as crates.io would get it.

use crate::process;
use crate::tally::Tally;

/// Packs core and builds the package alone; nothing is uploaded.
pub(crate) fn run(tally: &mut Tally) {
    let mut cargo = process::cargo();
    // --allow-dirty: the check is of the manifest and of what the package needs, and has to
    // work before a commit.
    cargo.args([
        "publish",
        "--quiet",
        "--dry-run",
        "--package",
        "apical-core",
        "--allow-dirty",
    ]);
    tally.record("package apical-core", process::run(&mut cargo));
}
