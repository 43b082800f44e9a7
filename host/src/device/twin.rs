//! The board's network on this machine, and how the two come to the same place.

use apical_core::rule::{Clock, Rule, Variable};
use apical_core::{Counters, Number, Precision, Rounding};
use apical_link::configuration::MAX_LAYERS;
use apical_link::{Configuration, Format, Section};

use super::course::{Course, to_bytes};
use super::session::Session;
use super::state::State;
use crate::config::{self, Config};
use crate::engine::Engine;
use crate::network::{Blueprint, Circuit, Layers, Memory, precision_name, rounding};
use crate::order::Moment;
use crate::present::{Pattern, learn};
use crate::task::Material;
use crate::{Error, train};

/// Steps that the twin catches up between two looks at the stop flag.
const CHUNK: u64 = 256;

/// A network on this machine, in the board's precision.
#[derive(Debug)]
pub struct Twin<'l, P: Engine> {
    circuit: Circuit<'l, P>,
    memory: Memory<P>,
    rounding: Rounding,
    wanted: Configuration,
    /// Whether the weights begin as a file says: then they travel too.
    given: bool,
    /// What is shown to both.
    pub course: Course<P>,
}

/// How a board and its twin came together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Joined {
    /// The step at which they stand.
    pub step: u64,
    /// Whether the board was begun anew, which it is when it had another configuration.
    pub anew: bool,
}

/// The precision that a board says it has.
///
/// # Errors
/// When this program does not have it.
pub fn precision(session: &Session<'_>) -> Result<config::Precision, Error> {
    let name = &session.identity().precision;
    let known = config::Precision::ALL;
    let found = known.iter().find(|precision| precision.as_str() == name);
    found.copied().ok_or_else(|| {
        let known: Vec<_> = known.iter().map(|precision| precision.as_str()).collect();
        Error::Mismatch(format!(
            "the board at {} computes in {name}, which this program does not know; it knows {}",
            session.port(),
            known.join(", ")
        ))
    })
}

/// Makes sure that the formats of a board are those that this program knows by the same name.
///
/// # Errors
/// When they are others, as those of another release may be.
pub fn check_formats<P: Precision>(session: &Session<'_>) -> Result<(), Error> {
    if session.identity().formats == formats::<P>() {
        return Ok(());
    }
    Err(Error::Mismatch(format!(
        "the board at {} stores {} in other formats than this program (board {}, program {})",
        session.port(),
        precision_name::<P>(),
        session.identity().version,
        env!("CARGO_PKG_VERSION"),
    )))
}

/// The formats of a precision, in the order of [`Section::ALL`].
pub fn formats<P: Precision>() -> [Format; 4] {
    [
        Format::of::<P::Weight>(),
        Format::of::<P::Trace>(),
        Format::of::<P::Potential>(),
        Format::of::<P::Rate>(),
    ]
}

impl<'l, P: Engine> Twin<'l, P> {
    /// A twin at its beginning, with the layers of the blueprint, which is of the configuration.
    ///
    /// # Errors
    /// When the data or weights of the configuration do not fit, or the network has more layers
    /// than a board can be told of.
    pub fn new(
        config: &Config,
        material: &Material,
        blueprint: &Blueprint,
        layers: &'l mut Layers<P>,
    ) -> Result<Self, Error> {
        let circuit = train::build_microcircuit(config, blueprint, layers)?.into();
        let course = Course::new(config, material)?;
        let memory = Memory::begin(config, &circuit, blueprint)?;
        let rounding = rounding(config.run.rounding);
        let described = Configuration::new(&blueprint.specification(), blueprint.initial());
        let wanted = described.ok_or_else(|| {
            Error::Mismatch(format!(
                "network.layers = {:?}; a board takes at most {MAX_LAYERS} layers above the input",
                config.network.layers
            ))
        })?;
        Ok(Self {
            circuit,
            memory,
            rounding,
            // A board that learned by itself would not be where its twin is.
            wanted: Configuration {
                rounding,
                learning: false,
                ..wanted
            },
            given: !config.network.weights.is_empty(),
            course,
        })
    }

    /// Brings both to the same step: a board of this configuration stays where it is and the twin
    /// comes there; any other is given the configuration and begins anew, as all do with `anew`.
    ///
    /// # Errors
    /// When the board stores words in other formats or refuses the configuration, or the user
    /// stops it.
    pub fn join(&mut self, session: &mut Session<'_>, anew: bool) -> Result<Joined, Error> {
        check_formats::<P>(session)?;
        if anew || session.configuration()? != self.wanted {
            session.configure(&self.wanted)?;
            if self.given {
                session.write(Section::Weights, 0, &to_bytes(&self.memory.weights))?;
            }
            return Ok(Joined {
                step: 0,
                anew: true,
            });
        }
        let step = session.report()?.clock.step;
        Ok(Joined { step, anew: false })
    }

    /// Steps by itself until so many steps are done, telling how far it came.
    ///
    /// # Errors
    /// When `told` says so.
    pub fn catch_up<E>(
        &mut self,
        step: u64,
        mut told: impl FnMut(u64) -> Result<(), E>,
    ) -> Result<(), E> {
        while self.memory.clock.step < step {
            let moment = self.course.after(self.memory.clock.step);
            self.step(moment);
            if self.memory.clock.step.is_multiple_of(CHUNK) {
                told(self.memory.clock.step)?;
            }
        }
        Ok(())
    }

    /// A new pattern begins.
    pub fn switch(&mut self) {
        let (_, mut activity) = self.memory.parts();
        self.circuit.switch(&mut activity);
        self.memory.clock = activity.clock;
    }

    /// One learning step.
    pub fn step(&mut self, moment: Moment) {
        let task = &self.course.task;
        let teacher = Some(task.teacher(moment.sample));
        let input = task.input(moment.sample);
        let pattern = Pattern::one(&input, teacher);
        learn(
            &self.circuit,
            &mut self.memory,
            &pattern,
            moment.begins,
            self.rounding,
            &mut Counters::default(),
        );
    }

    /// Steps done.
    pub fn clock(&self) -> Clock {
        self.memory.clock
    }

    /// The digest of weights, activity and clock.
    pub fn digest(&mut self) -> u64 {
        self.memory.digest()
    }

    /// The rates of the output, as they travel.
    pub fn output(&mut self) -> Vec<u8> {
        let (_, activity) = self.memory.parts();
        to_bytes(self.circuit.output(&activity))
    }

    /// All words and the clock.
    pub fn state(&self) -> State {
        State {
            sections: [
                to_bytes(&self.memory.weights),
                to_bytes(&self.memory.traces),
                to_bytes(&self.memory.potentials),
                to_bytes(&self.memory.rates),
            ],
            clock: self.memory.clock,
        }
    }

    /// What is there to go back to.
    pub fn snapshot(&self) -> Memory<P> {
        self.memory.clone()
    }

    /// Goes back.
    pub fn restore(&mut self, snapshot: &Memory<P>) {
        self.memory.clone_from(snapshot);
    }

    /// The arrays within the storage.
    pub fn variables(&self) -> Vec<Variable> {
        (0..)
            .map_while(|index| self.circuit.variable(index))
            .collect()
    }

    /// The class that output rates stand for, as a board sends them.
    pub fn class(&self, output: &[u8]) -> usize {
        let format = Format::of::<P::Rate>();
        let rates: Vec<f64> = output
            .chunks(P::Rate::BYTES)
            .map(|bytes| super::state::word(bytes, format).value)
            .collect();
        apical_core::rule::argmax(&rates)
    }
}
