//! `apical device`.

mod checkpoints;
mod lockstep;
mod train;
mod words;

use super::source::without_epochs;
use super::{Common, Source, Voice};
use crate::Error;
use crate::config::{Config, Precision};
use crate::device::emulator::{Emulator, Machine, find_image};
use crate::device::port::Port;
use crate::device::session::{Identity, Session};
use crate::device::twin;
use crate::report::{Cell, Column, Table};
use clap::{Args, Subcommand};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

#[derive(Debug, Args)]
pub(super) struct DeviceArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Say who the board is
    Identify(Line),
    /// Let the board learn the samples of a configuration
    Run(train::RunArgs),
    /// Hold the board against this machine, step by step
    Lockstep(lockstep::LockstepArgs),
    /// Read weights, state or configuration, to the screen or a file
    Read(words::ReadArgs),
    /// Set one word, or all weights from a file
    Write(words::WriteArgs),
    /// Print counters and digest now and then
    Monitor(train::MonitorArgs),
    /// Save a checkpoint on the board
    Save(Line),
    /// Erase the board's checkpoints; its network stays as it is
    Erase(Line),
    /// Start the board anew, from its checkpoint if there is one
    Reset(Line),
}

/// Where the board is.
#[derive(Debug, Args)]
struct Line {
    /// Serial port or pseudo-terminal by its path, or tcp:HOST:PORT
    #[arg(long, short, value_name = "PORT", required_unless_present = "emulate")]
    port: Option<String>,
    /// Bits a second of a serial port
    #[arg(long, default_value_t = 115_200, value_name = "N")]
    baud: u32,
    /// Seconds to wait for an answer, three times
    #[arg(long, default_value_t = 2.0, value_name = "S", value_parser = seconds)]
    timeout: f64,
    /// Start QEMU instead: cortex-m0, -m3, -m4, -m4-256k, -m7, -m33 or riscv
    #[arg(long, value_name = "MACHINE", value_parser = machine, conflicts_with = "port")]
    emulate: Option<Machine>,
    /// Precision of that board
    #[arg(long, default_value = "i16", value_name = "P", value_parser = ["i8", "i16", "f32"])]
    precision: String,
    /// Image for the emulator, instead of the one from `cargo xtask emulate`
    #[arg(long, value_name = "FILE", requires = "emulate")]
    image: Option<PathBuf>,
}

fn machine(text: &str) -> Result<Machine, String> {
    let found = Machine::ALL.into_iter().find(|m| m.as_str() == text);
    found.ok_or_else(|| format!("accepted: {}", Machine::ALL.map(Machine::as_str).join(", ")))
}

fn seconds(text: &str) -> Result<f64, String> {
    let found = text.parse().ok();
    found
        .filter(|seconds| (0.001..=3600.0).contains(seconds))
        .ok_or_else(|| "accepted: seconds from 0.001 to 3600".to_owned())
}

/// A session, and the emulator that has to live as long.
struct Connected<'s> {
    session: Session<'s>,
    _emulator: Option<Emulator>,
}

impl Line {
    fn connect<'s>(&self, stop: &'s AtomicBool) -> Result<Connected<'s>, Error> {
        let patience = Duration::from_secs_f64(self.timeout);
        let (emulator, port) = match (self.emulate, &self.port) {
            (Some(machine), _) => {
                let image = match &self.image {
                    Some(image) => image.clone(),
                    None => find_image(machine, &self.precision)?,
                };
                let (emulator, port) = Emulator::start(machine, &image, stop)?;
                (Some(emulator), port)
            }
            (None, port) => {
                let name = port.as_deref().unwrap_or_default();
                (None, Port::open(name, self.baud, patience)?)
            }
        };
        let session = Session::begin(port, patience, stop)?;
        Ok(Connected {
            session,
            _emulator: emulator,
        })
    }
}

/// The configuration of a source for a board: in its precision, and without a file with its shape.
fn configuration(source: &Source, session: &Session<'_>) -> Result<(Config, Precision), Error> {
    let precision = twin::precision(session)?;
    let mut overrides = Vec::new();
    if source.config.is_none() {
        overrides.push(format!("network.layers={:?}", session.identity().sizes));
    }
    overrides.extend(source.overrides.iter().cloned());
    // Whatever the file says: there is only one that the board computes in.
    overrides.push(format!("run.precision={precision}"));
    Ok((without_epochs(source.resolve(&overrides)?)?, precision))
}

pub(super) fn run(args: &DeviceArgs, common: &Common, stop: &AtomicBool) -> Result<(), Error> {
    match &args.action {
        Action::Identify(line) => {
            let connected = line.connect(stop)?;
            let voice = Voice::new(common);
            let identity = connected.session.identity();
            voice.say(&table(identity, connected.session.port()).to_text());
            voice.result(identity);
            Ok(())
        }
        Action::Run(args) => train::run(args, common, stop),
        Action::Lockstep(args) => lockstep::run(args, common, stop),
        Action::Read(args) => words::read(args, common, stop),
        Action::Write(args) => words::write(args, common, stop),
        Action::Monitor(args) => train::monitor(args, common, stop),
        Action::Save(line) => checkpoints::save(line, common, stop),
        Action::Erase(line) => checkpoints::erase(line, common, stop),
        Action::Reset(line) => checkpoints::reset(line, common, stop),
    }
}

fn table(identity: &Identity, port: &str) -> Table {
    let columns = vec![Column::text(port), Column::text("")];
    let mut table = Table::new("", columns);
    let names = ["weights", "traces", "potentials", "rates"];
    let words: Vec<_> = names
        .iter()
        .zip(identity.words)
        .map(|(name, words)| format!("{words} {name}"))
        .collect();
    for (name, value) in [
        ("board", identity.board.clone()),
        ("apical", identity.version.clone()),
        ("precision", identity.precision.clone()),
        ("layers", format!("{:?}", identity.sizes)),
        ("words", words.join(", ")),
        ("longest frame", format!("{} bytes", identity.frame)),
        ("digest", format!("{:016x}", identity.digest)),
    ] {
        table.push(vec![Cell::text(name), Cell::text(value)]);
    }
    table
}
