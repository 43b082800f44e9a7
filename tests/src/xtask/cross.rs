//! core as the microcontrollers get it: every target, with and without defmt.

use std::process::Command;

use crate::process;
use crate::tally::Tally;
use crate::toolchain::BareMetal;
use crate::workspace::TARGETS;

/// Every feature set of core; its features only add, so these two show all.
const FEATURES: [Option<&str>; 2] = [None, Some("defmt")];

/// Builds all and counts each target with each feature set.
pub(crate) fn run(tally: &mut Tally, compiler: BareMetal) {
    eprintln!(
        "\ncore for the microcontrollers, by {}",
        compiler.describe()
    );
    for features in FEATURES {
        // All targets in one call keep every processor busy while `core` itself is built.
        if process::run(&mut build(compiler, &TARGETS, features)).is_ok() {
            tally.passed(TARGETS.len());
            continue;
        }
        // cargo does not say which target an error is of: one by one then, from the start
        // of what failed, as the rest is built.
        for target in TARGETS {
            let what = format!("apical-core for {target}{}", with(features));
            tally.record(
                &what,
                process::run(&mut build(compiler, &[target], features)),
            );
        }
    }
}

fn build(compiler: BareMetal, targets: &[&str], features: Option<&str>) -> Command {
    let mut cargo = compiler.cargo();
    cargo.args(["build", "--quiet", "--release", "--package", "apical-core"]);
    cargo.arg("--target-dir").arg(compiler.target_dir());
    for target in targets {
        cargo.args(["--target", target]);
    }
    if let Some(features) = features {
        cargo.args(["--features", features]);
    }
    cargo
}

fn with(features: Option<&str>) -> String {
    features
        .map(|features| format!(" with {features}"))
        .unwrap_or_default()
}
