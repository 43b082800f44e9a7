//! QEMU: there or installed, and an image run in it to its end or to a time-out.

use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::apt;
use crate::image::Image;
use crate::process::{self, Listen};

/// The emulators and the packages they are in.
const EMULATORS: [(&str, &str); 2] = [
    ("qemu-system-arm", "qemu-system-arm"),
    ("qemu-system-riscv32", "qemu-system-misc"),
];

/// The slowest image, f32 in software on a Cortex-M0, needs some 15 s on an idle desktop core.
const LIMIT: Duration = Duration::from_mins(3);

/// Makes sure that both emulators are here.
pub(crate) fn ready() -> Result<()> {
    let missing: Vec<_> = EMULATORS
        .into_iter()
        .filter(|(program, _)| !process::exists(&mut process::program(program)))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<_> = missing.iter().map(|(_, package)| *package).collect();
    apt::install(&packages).with_context(|| {
        let programs: Vec<_> = missing.iter().map(|(program, _)| *program).collect();
        format!("the emulated boards need {}", programs.join(" and "))
    })
}

/// Runs an image with settings; its lines, if it ends well and in time.
pub(crate) fn run(image: &Image, settings: &[(&str, u64)]) -> Result<Vec<String>> {
    let mut command = command(image, settings)?;
    let mut lines = Vec::new();
    let ended = process::hear_within(&mut command, Listen::Stdout, LIMIT, |line| {
        lines.push(line.to_owned());
        ControlFlow::Continue(())
    });
    ended.with_context(|| format!("last line: {}", lines.last().map_or("none", String::as_str)))?;
    Ok(lines)
}

fn command(image: &Image, settings: &[(&str, u64)]) -> Result<Command> {
    let (program, machine) = image
        .machine
        .emulator
        .split_first()
        .context("a machine without an emulator")?;
    let mut command = process::program(program);
    // Nothing but the image's own lines: no monitor, no serial line, no display.
    command.args(machine);
    command.args(["-display", "none", "-monitor", "none", "-serial", "none"]);
    // Without a device of its own the semihosting console is QEMU's standard error.
    command.args(["-chardev", "stdio,id=console,signal=off"]);
    let mut semihosting = "enable=on,target=native,chardev=console,arg=lockstep".to_owned();
    for (name, value) in settings {
        write!(semihosting, ",arg={name}={value}")?;
    }
    command.args(["-semihosting-config", &semihosting]);
    command.arg("-kernel").arg(&image.path);
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    // "Timer with period zero, disabling" at every start of an Arm machine.
    command.stderr(Stdio::null());
    Ok(command)
}
