//! QEMU: there or installed, and an image run in it to its end or to a time-out.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::apt;
use crate::image::Image;
use crate::process;

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
    let began = Instant::now();
    let mut child = command
        .spawn()
        .with_context(|| format!("cannot start {}", command.get_program().to_string_lossy()))?;
    let output = child.stdout.take().context("QEMU has no output to read")?;
    let (sender, receiver) = mpsc::channel();
    // Reading blocks, and only an end of QEMU unblocks it: so it has a thread of its own.
    let reader = thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    let mut lines = Vec::new();
    loop {
        match receiver.recv_timeout(LIMIT.saturating_sub(began.elapsed())) {
            Ok(line) => lines.push(line),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                child.kill()?;
                child.wait()?;
                bail!(
                    "no end within {} s; last line: {}",
                    LIMIT.as_secs(),
                    lines.last().map_or("none", String::as_str)
                );
            }
        }
    }
    let status = child.wait()?;
    if reader.join().is_err() {
        bail!("the output of QEMU could not be read");
    }
    if !status.success() {
        bail!(
            "the image ended with {status}; last line: {}",
            lines.last().map_or("none", String::as_str)
        );
    }
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
