//! What can go wrong on the way to a board, as one line that names the port.

use std::path::PathBuf;

/// A board that cannot be talked to, or that does not do what it is asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeviceError {
    /// There is no such port.
    #[error(
        "there is no port {port}{}; accepted: a serial port or pseudo-terminal by its path, or \
         tcp:HOST:PORT",
        ports(.others)
    )]
    Absent {
        /// The port.
        port: String,
        /// Serial ports that there are.
        others: Vec<String>,
    },
    /// Somebody else has the port.
    #[error("the port {port} is busy: another program has it open")]
    Busy {
        /// The port.
        port: String,
    },
    /// The port cannot be opened for another reason.
    #[error("cannot open {port}: {reason}")]
    Open {
        /// The port.
        port: String,
        /// Why.
        reason: String,
    },
    /// The port failed while it was in use.
    #[error("{port} failed: {source}")]
    Failed {
        /// The port.
        port: String,
        /// Why.
        source: std::io::Error,
    },
    /// The other end has hung up.
    #[error("{port} was closed by the other end")]
    Closed {
        /// The port.
        port: String,
    },
    /// Nothing came back.
    #[error(
        "nothing answers at {port}: asked {attempts} times to {what}, {seconds} s each; is it \
         powered, at this --baud, and is its firmware one with a link?"
    )]
    Silent {
        /// The port.
        port: String,
        /// What was asked.
        what: String,
        /// How often.
        attempts: u32,
        /// Seconds waited each time.
        seconds: f64,
    },
    /// Something came back, but no frame of the protocol.
    #[error("what comes from {port} is not the link protocol: {fault}; is --baud right?")]
    Garbled {
        /// The port.
        port: String,
        /// What was wrong with it.
        fault: apical_link::Error,
    },
    /// The board speaks another version of the protocol.
    #[error(
        "the board at {port} speaks version {board} of the link protocol, this program version \
         {program}: install the two from the same release"
    )]
    Version {
        /// The port.
        port: String,
        /// The board's version.
        board: u8,
        /// This program's.
        program: u8,
    },
    /// The board has refused a request; nothing has changed there.
    #[error("the board at {port} refuses to {what}: {reason}")]
    Refused {
        /// The port.
        port: String,
        /// What was asked.
        what: String,
        /// Why not.
        reason: apical_link::Error,
    },
    /// An answer to something else.
    #[error("the board at {port} does not answer what it is asked: to {what}")]
    Unexpected {
        /// The port.
        port: String,
        /// What was asked.
        what: String,
    },
    /// No image for an emulated machine.
    #[error(
        "no image {name} for {machine}, looked for in {}; build it in a checkout with \
         `cargo xtask emulate`, or name one with --image",
        folders(.looked)
    )]
    NoImage {
        /// The image.
        name: String,
        /// The machine.
        machine: String,
        /// The folders.
        looked: Vec<PathBuf>,
    },
    /// The emulator did not start.
    #[error("cannot emulate {machine}: {reason}")]
    Emulator {
        /// The machine.
        machine: String,
        /// Why.
        reason: String,
    },
    /// The user ended it.
    #[error("stopped")]
    Stopped,
}

fn ports(others: &[String]) -> String {
    if others.is_empty() {
        return String::new();
    }
    format!(" (there are {})", others.join(", "))
}

fn folders(looked: &[PathBuf]) -> String {
    let names: Vec<_> = looked
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    names.join(", ")
}
