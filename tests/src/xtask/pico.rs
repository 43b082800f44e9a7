//! The Pico's own images, run in rp2040js. The default one learns, loses its power, and goes on from its
//! checkpoint to the digests of this machine.

mod link;
mod reflex;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use apical_app::digits::TRAIN;

use crate::apt;
use crate::boards;
use crate::emulate;
use crate::lockstep::Course;
use crate::machine::Precision;
use crate::process::{self, Listen};
use crate::tally::Tally;
use crate::toolchain::BareMetal;
use crate::workspace;

/// The emulator's script and its package, from the top.
const EMULATOR: &str = "firmware/boards/pico/emulator";
/// What turns the image's log into text.
const DECODER: &str = "defmt-print";
const DECODER_VERSION: &str = "1.2.0";
/// After so many million instructions the power goes: an epoch and its checkpoint take some 480.
const CUT: &str = "600";
/// What ends an image that never comes to its second epoch, some 960 and what the cut took away.
const END: &str = "2000";
/// An instruction takes some 60 ns of a desktop.
const LIMIT: Duration = Duration::from_mins(6);

/// Builds and runs all of them.
pub(crate) fn run(tally: &mut Tally, compiler: BareMetal) -> Result<()> {
    let decoder = ready()?;
    learn(tally, compiler, &decoder)?;
    emulate::build_the_program()?;
    link::run(tally, compiler)?;
    reflex::run(tally, compiler)
}

/// Holds the log of the default image against learning here.
fn learn(tally: &mut Tally, compiler: BareMetal, decoder: &Path) -> Result<()> {
    let image = boards::image("pico", "learn", compiler)?;
    let steps = 2 * TRAIN as u64;
    let course = Course::on_this_machine(Precision::I16, steps)?;
    eprintln!("\nthe Pico's image in rp2040js: two epochs, and a power cut in the second");
    let mut node = process::program("node");
    node.arg("run.mjs").arg(&image);
    node.args(["--end", END, "--cut", CUT]);
    node.current_dir(workspace::root().join(EMULATOR));
    node.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut node = node.spawn().context("cannot start node")?;
    let mut decode = process::program(decoder);
    decode.arg("-e").arg(&image);
    decode.stdin(node.stdout.take().context("node has no output to read")?);
    let mut log = Vec::new();
    let last = format!("step {steps}:");
    let ended = process::hear_within(&mut decode, Listen::Stdout, LIMIT, |line| {
        eprintln!("  {line}");
        log.push(line.to_owned());
        if line.contains(&last) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    // It may have come to its end, or be waiting for a decoder that is no longer there.
    let _ = node.kill();
    node.wait()?;
    tally.record(
        "the Pico's image in rp2040js",
        ended.and_then(|()| judge(&log, &course)),
    );
    Ok(())
}

/// Makes sure that node, the emulator and the decoder are here; the decoder.
fn ready() -> Result<PathBuf> {
    if !process::exists(&mut process::program("npm")) {
        apt::install(&["nodejs", "npm"]).context("rp2040js needs node and npm")?;
    }
    let folder = workspace::root().join(EMULATOR);
    if !folder.join("node_modules/rp2040js").exists() {
        let mut npm = process::program("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--no-package-lock"]);
        process::run(npm.current_dir(folder)).context("rp2040js could not be installed")?;
    }
    let path = PathBuf::from(DECODER);
    if process::exists(&mut process::program(&path)) {
        return Ok(path);
    }
    let tools = workspace::target_dir().join("tools");
    let path = tools.join("bin").join(DECODER);
    if !path.exists() {
        let mut install = process::cargo();
        install.args([
            "install",
            // A few lines a second: not worth the minutes of an optimised build.
            "--debug",
            "--quiet",
            "--locked",
            "--version",
            DECODER_VERSION,
        ]);
        install.arg("--root").arg(&tools).arg(DECODER);
        process::run(&mut install).with_context(|| format!("{DECODER} could not be installed"))?;
    }
    Ok(path)
}

/// One line of the log that tells a digest.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    step: u64,
    known: u64,
    digest: u64,
}

impl Told {
    /// `INFO  step 1438: 140 of 359 test digits, 389 per mille; digest 77fa9c3bddd328d5`
    fn parse(line: &str) -> Option<Self> {
        let (step, rest) = line.split_once("step ")?.1.split_once(": ")?;
        Some(Self {
            step: step.parse().ok()?,
            known: rest.split_once(' ')?.0.parse().ok()?,
            digest: u64::from_str_radix(rest.split_once("digest ")?.1.trim(), 16).ok()?,
        })
    }
}

/// Whether the image learned, began twice, and had this machine's digests before and after.
fn judge(log: &[String], course: &Course) -> Result<()> {
    let told: Vec<_> = log.iter().filter_map(|line| Told::parse(line)).collect();
    let epoch = TRAIN as u64;
    let steps: Vec<_> = told.iter().map(|told| told.step).collect();
    ensure!(
        steps == [0, epoch, epoch, 2 * epoch],
        "digests of the steps {steps:?} were told; expected after the first start, the first \
         epoch, the restart and the second epoch"
    );
    ensure!(
        log.iter().any(|line| line.ends_with("from checkpoint 1")),
        "it did not start from its first checkpoint"
    );
    for told in told.iter().skip(1) {
        let here = course.after(told.step)?;
        ensure!(
            told.digest == here,
            "after step {} its digest is {:016x}, and on this machine {here:016x}",
            told.step,
            told.digest
        );
    }
    let known: Vec<_> = told.iter().map(|told| told.known).collect();
    ensure!(
        known.is_sorted() && known.first() < known.get(1) && known.get(2) < known.get(3),
        "it knew {known:?} digits, which is not learning"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Told;

    #[test]
    fn lines_of_the_log_are_understood() {
        let line =
            "INFO  step 1438: 140 of 359 test digits, 389 per mille; digest 77fa9c3bddd328d5";
        assert_eq!(
            Told::parse(line),
            Some(Told {
                step: 1438,
                known: 140,
                digest: 0x77fa_9c3b_ddd3_28d5
            })
        );
        assert_eq!(Told::parse("INFO  checkpoint 1: 9216 bytes"), None);
    }
}
