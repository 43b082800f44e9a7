//! What a board can be asked, in the words of this program.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use apical_core::rule::Clock;
use apical_link::frame::payload;
use apical_link::{Configuration, Format, Reply, Report, Request, Section};
use serde::Serialize;

use super::DeviceError;
use super::exchange::Exchange;
use super::port::Port;
use super::state::State;

/// What the head of a `Write` takes besides its bytes, beyond what [`payload`] counts.
const WRITE_HEAD: usize = 8;

/// Who a board says it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Identity {
    /// The board.
    pub board: String,
    /// The version of Apical on it.
    pub version: String,
    /// The precision, as in `run.precision`.
    pub precision: String,
    /// Neurons of each layer, the input first.
    pub sizes: Vec<usize>,
    /// Words of weights, traces, potentials and rates.
    pub words: [usize; 4],
    /// Their formats.
    #[serde(skip)]
    pub formats: [Format; 4],
    /// Bytes of the longest frame.
    pub frame: usize,
    /// The digest of weights, activity and clock.
    #[serde(serialize_with = "hexadecimal")]
    pub digest: u64,
}

/// A digest as everywhere: 16 hexadecimal digits.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn hexadecimal<S: serde::Serializer>(digest: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{digest:016x}"))
}

/// A conversation with one board.
#[derive(Debug)]
pub struct Session<'s> {
    exchange: Exchange<'s>,
    identity: Identity,
}

impl<'s> Session<'s> {
    /// Begins a session: the board says who it is. An answer is waited for as long as `patience`,
    /// several times, or until `stop` is set.
    ///
    /// # Errors
    /// When the board does not answer, or speaks another version.
    pub fn begin(
        port: Port,
        patience: Duration,
        stop: &'s AtomicBool,
    ) -> Result<Self, DeviceError> {
        let mut session = Self {
            exchange: Exchange::begin(port, patience, stop)?,
            identity: Identity {
                board: String::new(),
                version: String::new(),
                precision: String::new(),
                sizes: Vec::new(),
                words: [0; 4],
                formats: [Format {
                    bytes: 0,
                    fraction: None,
                }; 4],
                frame: 0,
                digest: 0,
            },
        };
        session.identify()?;
        Ok(session)
    }

    /// Asks again who the board is.
    ///
    /// # Errors
    /// As every request: when the board does not answer or refuses.
    pub fn identify(&mut self) -> Result<&Identity, DeviceError> {
        self.identity = self.ask("identify itself", &Request::Identify, |reply| {
            let Reply::Identity(identity) = reply else {
                return None;
            };
            let storage = identity.storage;
            Some(Identity {
                board: identity.board.to_owned(),
                version: identity.version.to_owned(),
                precision: identity.precision.to_owned(),
                sizes: identity.sizes.iter().map(|&size| size as usize).collect(),
                words: [
                    storage.weights,
                    storage.traces,
                    storage.potentials,
                    storage.rates,
                ],
                // In the order of the sections, which is not that of the protocol.
                formats: [0, 3, 2, 1].map(|place| identity.formats[place]),
                frame: identity.frame as usize,
                digest: identity.digest,
            })
        })?;
        self.exchange.resize(self.identity.frame);
        Ok(&self.identity)
    }

    /// Who the board said it is.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// What the user calls the port.
    pub fn port(&self) -> &str {
        self.exchange.port()
    }

    /// The configuration in force.
    ///
    /// # Errors
    /// As every request.
    pub fn configuration(&mut self) -> Result<Configuration, DeviceError> {
        self.ask(
            "tell its configuration",
            &Request::ReadConfiguration,
            |reply| match reply {
                Reply::Configuration(configuration) => Some(configuration),
                _ => None,
            },
        )
    }

    /// Gives the board another network, which begins anew.
    ///
    /// # Errors
    /// As every request; when the network does not fit there.
    pub fn configure(&mut self, configuration: &Configuration) -> Result<(), DeviceError> {
        let request = Request::WriteConfiguration(configuration.clone());
        self.order("take the configuration", &request)?;
        // Sizes and digest are others now.
        self.identify().map(drop)
    }

    /// Tells the board that a new pattern begins.
    ///
    /// # Errors
    /// As every request.
    pub fn switch(&mut self) -> Result<(), DeviceError> {
        self.order("switch the pattern", &Request::Switch)
    }

    /// One step on a pattern; the output's rates after it, as the board's words.
    ///
    /// # Errors
    /// As every request.
    pub fn step(
        &mut self,
        input: &[u8],
        teacher: Option<&[u8]>,
        learning: bool,
    ) -> Result<Vec<u8>, DeviceError> {
        let request = Request::Step {
            input,
            teacher,
            steps: 1,
            learning,
        };
        self.ask("step", &request, bytes)
    }

    /// The digest of weights, activity and clock.
    ///
    /// # Errors
    /// As every request.
    pub fn digest(&mut self) -> Result<u64, DeviceError> {
        self.ask("tell its digest", &Request::Digest, |reply| match reply {
            Reply::Digest(digest) => Some(digest),
            _ => None,
        })
    }

    /// Clock, counters and loss.
    ///
    /// # Errors
    /// As every request.
    pub fn report(&mut self) -> Result<Report, DeviceError> {
        self.ask("report", &Request::Report, |reply| match reply {
            Reply::Report(report) => Some(report),
            _ => None,
        })
    }

    /// Saves a checkpoint on the board.
    ///
    /// # Errors
    /// As every request; when the board has no place for it.
    pub fn save(&mut self) -> Result<(), DeviceError> {
        self.order("save a checkpoint", &Request::Save)
    }

    /// Erases all checkpoints of the board; its network stays as it is.
    ///
    /// # Errors
    /// As every request; when its flash fails.
    pub fn erase(&mut self) -> Result<(), DeviceError> {
        self.order("erase its checkpoints", &Request::Erase)
    }

    /// Starts the board anew, as a power-up does: from its checkpoint if there is one.
    ///
    /// # Errors
    /// As every request; when the board does not come back.
    pub fn reset(&mut self) -> Result<(), DeviceError> {
        self.order("start anew", &Request::Reset)?;
        // The network may be another one now.
        self.identify().map(drop)
    }

    /// All words and the clock.
    ///
    /// # Errors
    /// As every request.
    pub fn state(&mut self) -> Result<State, DeviceError> {
        let clock = self.report()?.clock;
        let mut sections = [const { Vec::new() }; 4];
        for (section, bytes) in Section::ALL.into_iter().zip(&mut sections) {
            *bytes = self.section(section)?;
        }
        Ok(State { sections, clock })
    }

    /// All words of a section.
    ///
    /// # Errors
    /// As every request.
    pub fn section(&mut self, section: Section) -> Result<Vec<u8>, DeviceError> {
        let place = section as usize;
        let word = usize::from(self.identity.formats[place].bytes).max(1);
        let total = self.identity.words[place] * word;
        let part = whole_words(payload(self.identity.frame), word);
        let mut all = Vec::with_capacity(total);
        while all.len() < total {
            let request = Request::Read {
                section,
                offset: all.len() as u32,
                length: part.min(total - all.len()) as u32,
            };
            let got = self.ask(&format!("read its {section}"), &request, bytes)?;
            if got.is_empty() {
                return Err(self.exchange.unexpected("read"));
            }
            all.extend(got);
        }
        Ok(all)
    }

    /// Sets words of a section, from a byte on.
    ///
    /// # Errors
    /// As every request; when there are no such words.
    pub fn write(
        &mut self,
        section: Section,
        offset: usize,
        bytes: &[u8],
    ) -> Result<(), DeviceError> {
        let word = usize::from(self.identity.formats[section as usize].bytes).max(1);
        let part = whole_words(
            payload(self.identity.frame).saturating_sub(WRITE_HEAD),
            word,
        );
        let mut at = offset;
        for bytes in bytes.chunks(part) {
            let offset = at as u32;
            let request = Request::Write {
                section,
                offset,
                bytes,
            };
            self.order(&format!("write its {section}"), &request)?;
            at += bytes.len();
        }
        Ok(())
    }

    /// Puts back a state that was read.
    ///
    /// # Errors
    /// As every request.
    pub fn restore(&mut self, state: &State) -> Result<(), DeviceError> {
        for (section, bytes) in Section::ALL.into_iter().zip(&state.sections) {
            self.write(section, 0, bytes)?;
        }
        self.set_clock(state.clock)
    }

    /// Sets the board's clock.
    ///
    /// # Errors
    /// As every request.
    pub fn set_clock(&mut self, clock: Clock) -> Result<(), DeviceError> {
        self.order("set its clock", &Request::SetClock(clock))
    }

    fn order(&mut self, what: &str, request: &Request<'_>) -> Result<(), DeviceError> {
        self.ask(what, request, |reply| (reply == Reply::Done).then_some(()))
    }

    fn ask<X>(
        &mut self,
        what: &str,
        request: &Request<'_>,
        take: impl Fn(Reply<'_>) -> Option<X>,
    ) -> Result<X, DeviceError> {
        self.exchange.ask(what, request, take)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "`ask` hands the answer over")]
fn bytes(reply: Reply<'_>) -> Option<Vec<u8>> {
    match reply {
        Reply::Bytes(bytes) => Some(bytes.to_vec()),
        _ => None,
    }
}

/// The most bytes of so many that are whole words, and at least one word.
fn whole_words(bytes: usize, word: usize) -> usize {
    (bytes / word * word).max(word)
}
