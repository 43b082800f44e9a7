//! The Pico's image that serves the link, in rp2040js: a desktop holds it against itself over its UART, lets
//! it save, and finds what was saved after the power was away.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Stdio};

use anyhow::{Context, Result, ensure};

use crate::boards;
use crate::process;
use crate::tally::Tally;
use crate::toolchain::BareMetal;
use crate::workspace;

use super::EMULATOR;

/// Steps that are compared, with the digest of the whole state at every twentieth.
const STEPS: u32 = 200;
const EVERY: u32 = 20;

/// Builds the image and joins a desktop to it.
pub(super) fn run(tally: &mut Tally, compiler: BareMetal) -> Result<()> {
    let image = boards::image("pico", "link", compiler)?;
    eprintln!(
        "\nthe Pico's link in rp2040js: {STEPS} steps beside this machine, a checkpoint, a power cut"
    );
    let mut node = process::program("node");
    node.arg("run.mjs").arg(&image).args(["--serial", "0"]);
    node.current_dir(workspace::root().join(EMULATOR));
    node.stdin(Stdio::piped()).stdout(Stdio::null());
    node.stderr(Stdio::piped());
    let mut node = node.spawn().context("cannot start node")?;
    let outcome = desktop(&mut node);
    // It may have ended by itself.
    let _ = node.kill();
    node.wait()?;
    tally.record("the Pico's link in rp2040js", outcome);
    Ok(())
}

/// What a desktop does with the board in `node`.
fn desktop(node: &mut Child) -> Result<()> {
    let mut told = BufReader::new(node.stderr.take().context("node tells nothing")?).lines();
    let mut hear = |what: &str| {
        for line in told.by_ref() {
            let line = line?;
            eprintln!("  {line}");
            if let Some((_, rest)) = line.split_once(what) {
                return Ok(rest.to_owned());
            }
        }
        anyhow::bail!("the emulator ended without a word of {what:?}")
    };
    let port = format!("tcp:127.0.0.1:{}", hear("127.0.0.1:")?.trim());

    let beginning = digest(&port)?;
    let mut lockstep = device("lockstep", &port);
    lockstep.args(["--steps", &STEPS.to_string(), "--every", &EVERY.to_string()]);
    process::run(&mut lockstep)?;
    process::run(&mut device("save", &port))?;
    let saved = digest(&port)?;
    ensure!(saved != beginning, "{STEPS} steps have changed nothing");

    let commands = node.stdin.as_mut().context("node does not listen")?;
    commands
        .write_all(b"cut\n")
        .and_then(|()| commands.flush())?;
    hear("power cut")?;
    let found = digest(&port)?;
    ensure!(
        found == saved,
        "its digest was {saved} when it saved, and {found} after the power was away"
    );

    process::run(&mut device("erase", &port))?;
    process::run(&mut device("reset", &port))?;
    let erased = digest(&port)?;
    ensure!(
        erased == beginning,
        "without a checkpoint it starts with {erased}, and not with {beginning} as at first"
    );
    Ok(())
}

/// The digest that the board tells.
fn digest(port: &str) -> Result<String> {
    let told = process::ask(device("identify", port).arg("--json"))
        .context("the board does not say who it is")?;
    let identity: serde_json::Value = serde_json::from_str(&told)?;
    let digest = identity["digest"].as_str();
    Ok(digest.context("an identity without a digest")?.to_owned())
}

/// A command of `apical device` on the board behind a port.
fn device(command: &str, port: &str) -> std::process::Command {
    let mut apical = process::program(workspace::target_dir().join("release/apical"));
    apical.current_dir(workspace::root());
    apical.args(["device", command, "--quiet", "--port", port]);
    apical
}
