//! Licences, sources and known vulnerabilities of what the workspace depends on.

use anyhow::{Context, Result};

use crate::process;
use crate::tally::Tally;

const CONFIGURATION: &str = ".config/deny.toml";

/// Checks that depend on the lockfile and the configuration alone: the same every day.
const WITHOUT_NETWORK: [&str; 3] = ["bans", "licenses", "sources"];

/// All checks, the database of vulnerabilities included; installs cargo-deny if need be.
pub(crate) fn run(tally: &mut Tally) -> Result<()> {
    if !installed() {
        let mut install = process::cargo();
        install.args(["install", "--locked", "cargo-deny"]);
        process::run(&mut install).context("cargo-deny could not be installed")?;
    }
    check(tally, &WITHOUT_NETWORK);
    // On its own: it downloads a database, and changes its answer from day to day.
    check(tally, &["advisories"]);
    Ok(())
}

/// What `lint` asks: no installation, no network.
pub(crate) fn run_if_installed(tally: &mut Tally) {
    if installed() {
        check(tally, &WITHOUT_NETWORK);
    } else {
        eprintln!("\ncargo-deny is not installed: licences and sources are not checked here");
        eprintln!("  (`cargo xtask deny` installs it and checks them)");
    }
}

fn installed() -> bool {
    process::exists(process::cargo().arg("deny"))
}

fn check(tally: &mut Tally, checks: &[&str]) {
    let mut deny = process::cargo();
    deny.args([
        "deny",
        "--workspace",
        "--all-features",
        "--config",
        CONFIGURATION,
        "check",
    ]);
    deny.args(checks);
    tally.record(
        &format!("cargo deny {}", checks.join(" ")),
        process::run(&mut deny),
    );
}
