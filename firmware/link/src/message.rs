//! What can be asked of a board, and what it answers.
//!
//! Words travel as raw little-endian bytes in the formats that [`Identity`] names: what is in the
//! memory of the board is what is on the wire. postcard numbers the variants in the order they are
//! written here, so a new one goes to the end, and a changed one makes a new
//! [`VERSION`](crate::VERSION).

use apical_core::record::Quantity;
use apical_core::rule::Clock;
use apical_core::shape::Storage;
use apical_core::{Counters, Number, Precision};
use core::fmt;
use heapless::Vec;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::configuration::{Configuration, MAX_SIZES};
use crate::remote::{ClockWire, CountersWire, StorageWire};

/// The most steps that one request can ask for. A board hears nothing while it steps, so this is
/// how long it can be kept busy: seconds on a slow core, where a step takes ten milliseconds. A
/// longer run is several requests, to the same bits.
pub const MAX_STEPS: u32 = 1000;

/// What a desktop asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is no heap for the configuration to go to"
)]
pub enum Request<'a> {
    /// Who the board is. Begins a session: it is answered whatever its sequence number.
    Identify,
    /// The configuration in force.
    ReadConfiguration,
    /// A new configuration. The network begins anew.
    WriteConfiguration(Configuration),
    /// Words of a section.
    Read {
        /// Which storage.
        section: Section,
        /// The first byte.
        offset: u32,
        /// How many bytes: whole words, and no more than fit into a frame.
        length: u32,
    },
    /// Sets words of a section.
    Write {
        /// Which storage.
        section: Section,
        /// The first byte.
        offset: u32,
        /// Whole words.
        bytes: &'a [u8],
    },
    /// Sets the clock, as when a state is put back.
    SetClock(#[serde(with = "ClockWire")] Clock),
    /// Steps on one pattern.
    Step {
        /// Rates of the input.
        input: &'a [u8],
        /// Potentials that the output is nudged towards, if it is.
        #[serde(borrow)]
        teacher: Option<&'a [u8]>,
        /// How many steps; at most [`MAX_STEPS`].
        steps: u32,
        /// Whether each of them is learned from.
        learning: bool,
    },
    /// A new pattern begins.
    Switch,
    /// The rates of the output after the last step.
    Outputs,
    /// Clock, counters and loss.
    Report,
    /// The digest of weights, activity and clock.
    Digest,
    /// Saves a checkpoint.
    Save,
    /// Forgets all checkpoints.
    Erase,
    /// Starts the board anew, from its checkpoint if there is one.
    Reset,
}

/// What the board answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is no heap for the configuration to go to"
)]
pub enum Reply<'a> {
    /// It is done.
    Done,
    /// To [`Request::Identify`].
    #[serde(borrow)]
    Identity(Identity<'a>),
    /// To [`Request::ReadConfiguration`].
    Configuration(Configuration),
    /// To [`Request::Read`], and the output's rates to [`Request::Step`] and [`Request::Outputs`].
    Bytes(&'a [u8]),
    /// To [`Request::Report`].
    Report(Report),
    /// To [`Request::Digest`].
    Digest(u64),
    /// It was not done, and nothing has changed.
    Refused(Error),
}

/// Who a board is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Identity<'a> {
    /// The board.
    pub board: &'a str,
    /// The version of Apical on it.
    pub version: &'a str,
    /// The precision, as in a configuration of the desktop.
    pub precision: &'a str,
    /// The formats of weights, rates, potentials and traces.
    pub formats: [Format; 4],
    /// Neurons of each layer, the input first.
    pub sizes: Vec<u32, MAX_SIZES>,
    /// Words of storage that the network uses.
    #[serde(with = "StorageWire")]
    pub storage: Storage,
    /// Bytes of the longest frame that the board reads or writes.
    pub frame: u32,
    /// The digest of weights, activity and clock.
    pub digest: u64,
}

/// How one quantity is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Format {
    /// Bytes of a word.
    pub bytes: u8,
    /// Bits after the binary point; `None` for floats.
    pub fraction: Option<u8>,
}

impl Format {
    /// The format of a number.
    pub fn of<T: Number>() -> Self {
        Self {
            bytes: T::BYTES as u8,
            fraction: T::FRACTION.map(|bits| bits as u8),
        }
    }

    /// Those of weights, rates, potentials and traces.
    pub fn all<P: Precision>() -> [Self; 4] {
        [
            Self::of::<P::Weight>(),
            Self::of::<P::Rate>(),
            Self::of::<P::Potential>(),
            Self::of::<P::Trace>(),
        ]
    }
}

/// How far a board is and what it met.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Steps since the beginning, and since the pattern changed.
    #[serde(with = "ClockWire")]
    pub clock: Clock,
    /// Saturations and lost updates since the start.
    #[serde(with = "CountersWire")]
    pub counters: Counters,
    /// Squared distance of the output's rates to the last teacher's, summed over the neurons;
    /// `None` when there has been no teacher.
    pub loss: Option<f64>,
}

/// The storages of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Section {
    /// Weights and biases.
    Weights,
    /// Low-pass filtered plasticity.
    Traces,
    /// Potentials and errors.
    Potentials,
    /// Rates.
    Rates,
}

impl Section {
    /// All sections, in the order of the digest.
    pub const ALL: [Self; 4] = [Self::Weights, Self::Traces, Self::Potentials, Self::Rates];

    /// The quantity whose words it holds.
    pub const fn quantity(self) -> Quantity {
        match self {
            Self::Weights => Quantity::Weight,
            Self::Traces => Quantity::Trace,
            Self::Potentials => Quantity::Potential,
            Self::Rates => Quantity::Rate,
        }
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Weights => "weights",
            Self::Traces => "traces",
            Self::Potentials => "potentials",
            Self::Rates => "rates",
        })
    }
}
