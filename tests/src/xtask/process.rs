//! Starting programs: what is printed, what is timed, what they must not inherit.

use std::env;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::ops::ControlFlow;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::workspace;

/// Which of a program's outputs to read along with the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listen {
    /// cargo test reports there.
    Stdout,
    /// nextest reports there.
    Stderr,
}

/// A program in the root of the workspace, without what `cargo run` told this one about itself:
/// a build inside this program must be the build of an ordinary shell.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(workspace::root());
    for (key, _) in env::vars_os() {
        if key.to_str().is_some_and(is_of_cargo_run) {
            command.env_remove(key);
        }
    }
    command
}

/// The cargo that started this program, or the one on the path.
pub(crate) fn cargo() -> Command {
    program(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Variables by which cargo describes a package to its build and to its program.
fn is_of_cargo_run(key: &str) -> bool {
    [
        "CARGO_PKG_",
        "CARGO_MANIFEST_",
        "CARGO_BIN_",
        "CARGO_CRATE_",
        "CARGO_PRIMARY_",
    ]
    .iter()
    .any(|prefix| key.starts_with(prefix))
        || key == "OUT_DIR"
}

/// Runs to the end, with the program's output on the screen.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let began = announce(command);
    let status = command.status().with_context(|| cannot_start(command))?;
    judge(began, status)
}

/// Starts a program whose one output is read here.
fn start(command: &mut Command, listen: Listen) -> Result<(Child, Box<dyn BufRead + Send>)> {
    match listen {
        Listen::Stdout => command.stdout(Stdio::piped()),
        Listen::Stderr => command.stderr(Stdio::piped()),
    };
    let mut child = command.spawn().with_context(|| cannot_start(command))?;
    let output: Option<Box<dyn BufRead + Send>> = match listen {
        Listen::Stdout => child
            .stdout
            .take()
            .map(|pipe| Box::new(BufReader::new(pipe)) as _),
        Listen::Stderr => child
            .stderr
            .take()
            .map(|pipe| Box::new(BufReader::new(pipe)) as _),
    };
    Ok((child, output.context("the program has no output to read")?))
}

/// Runs to the end and gives every line of one output, which is still shown, to `hear`.
pub(crate) fn run_listening(
    command: &mut Command,
    listen: Listen,
    mut hear: impl FnMut(&str),
) -> Result<()> {
    let began = announce(command);
    let (mut child, mut output) = start(command, listen)?;
    // Bytes, not `lines`: a test may print what is not UTF-8, and its result still counts.
    let mut line = Vec::new();
    while output.read_until(b'\n', &mut line)? > 0 {
        let text = String::from_utf8_lossy(&line);
        match listen {
            Listen::Stdout => print!("{text}"),
            Listen::Stderr => eprint!("{text}"),
        }
        hear(text.trim_end());
        line.clear();
    }
    judge(began, child.wait()?)
}

/// Runs for at most so long, then ends the program; for programs that wait for a network.
pub(crate) fn run_for_at_most(command: &mut Command, limit: Duration) -> Result<()> {
    let began = announce(command);
    let mut child = command.spawn().with_context(|| cannot_start(command))?;
    loop {
        if let Some(status) = child.try_wait()? {
            return judge(began, status);
        }
        if began.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            bail!("no end within {} s", limit.as_secs());
        }
        thread::sleep(Duration::from_millis(50));
    }
}

/// Runs quietly, gives every line of one output to `hear`, and ends the program when `hear` has heard
/// enough. A program that comes to its own end must do so well and in time.
pub(crate) fn hear_within(
    command: &mut Command,
    listen: Listen,
    limit: Duration,
    mut hear: impl FnMut(&str) -> ControlFlow<()>,
) -> Result<()> {
    let began = Instant::now();
    let (mut child, output) = start(command, listen)?;
    let (sender, receiver) = mpsc::channel();
    // Reading blocks, and only an end of the program unblocks it: so it has a thread of its own.
    let reader = thread::spawn(move || {
        for line in output.lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    loop {
        match receiver.recv_timeout(limit.saturating_sub(began.elapsed())) {
            Ok(line) => {
                if hear(&line).is_break() {
                    child.kill()?;
                    child.wait()?;
                    return Ok(());
                }
            }
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                child.kill()?;
                child.wait()?;
                bail!("no end within {} s", limit.as_secs());
            }
        }
    }
    let status = child.wait()?;
    if reader.join().is_err() {
        bail!("the output of the program could not be read");
    }
    if !status.success() {
        bail!("it ended with {status}");
    }
    Ok(())
}

/// The output of a quick question, `None` where there is no such program or it fails.
pub(crate) fn ask(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    let answer = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| answer.trim().to_owned())
}

/// Whether this machine has the program, asked by its `--version`.
pub(crate) fn exists(command: &mut Command) -> bool {
    ask(command.arg("--version")).is_some()
}

fn announce(command: &Command) -> Instant {
    eprintln!("\n$ {}", shown(command));
    Instant::now()
}

fn judge(began: Instant, status: ExitStatus) -> Result<()> {
    eprintln!("  ({:.1} s)", began.elapsed().as_secs_f64());
    if !status.success() {
        bail!("{status}");
    }
    Ok(())
}

fn cannot_start(command: &Command) -> String {
    format!("cannot start {}", command.get_program().to_string_lossy())
}

/// The command as one would type it in the root of the workspace.
fn shown(command: &Command) -> String {
    let mut words = Vec::new();
    for (key, value) in command.get_envs() {
        // What is taken away matters to this program only.
        if let Some(value) = value {
            words.push(format!("{}={}", key.to_string_lossy(), quoted(value)));
        }
    }
    // The path of a toolchain's own cargo says nothing; a chosen one elsewhere does.
    let program = command.get_program();
    let own = env::var_os("CARGO").is_some_and(|cargo| cargo == program);
    words.push(if own {
        "cargo".to_owned()
    } else {
        quoted(program)
    });
    words.extend(command.get_args().map(quoted));
    words.join(" ")
}

fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    if word.is_empty() || word.contains(char::is_whitespace) {
        format!("'{word}'")
    } else {
        word.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Listen, cargo, is_of_cargo_run, program, run_for_at_most, run_listening, shown};

    #[test]
    fn commands_are_shown_as_typed() {
        let mut command = cargo();
        command
            .env("RUSTDOCFLAGS", "-D warnings")
            .args(["doc", "--no-deps"]);
        assert!(shown(&command).starts_with("RUSTDOCFLAGS='-D warnings' "));
        assert!(shown(&command).ends_with("cargo doc --no-deps"));
    }

    #[test]
    fn only_what_describes_this_package_is_taken_away() {
        assert!(is_of_cargo_run("CARGO_PKG_VERSION"));
        assert!(!is_of_cargo_run("CARGO_HOME"));
        assert!(!is_of_cargo_run("CARGO_TARGET_DIR"));
    }

    #[cfg(unix)]
    #[test]
    fn a_program_that_hangs_is_ended() {
        let began = Instant::now();
        let outcome = run_for_at_most(program("sleep").arg("60"), Duration::from_millis(100));
        assert!(outcome.is_err());
        assert!(began.elapsed() < Duration::from_secs(30));
    }

    #[cfg(unix)]
    #[test]
    fn lines_are_heard_and_the_status_counts() {
        let mut heard = Vec::new();
        let mut command = program("sh");
        command.args(["-c", "echo one; echo two; exit 3"]);
        let outcome = run_listening(&mut command, Listen::Stdout, |line| {
            heard.push(line.to_owned());
        });
        assert_eq!(heard, ["one", "two"]);
        assert!(outcome.is_err());
    }
}
