//! Each request, done or refused: what is refused has changed nothing.

use core::iter::once;

use apical_core::microcircuit::Layer;
use apical_core::{Number, Precision};
use apical_link::configuration::MAX_SIZES;
use apical_link::message::MAX_STEPS;
use apical_link::responder::Answer;
use apical_link::{
    Configuration, Error, Format, Identity, Operand, Reply, Report, Request, Section,
};
use heapless::Vec;

use super::{Event, Name, Session};
use crate::log;
use crate::store::Checkpoints;
use crate::trainer::{Trainer, TrainerError};
use crate::words;

/// What is kept between requests, and the words that bytes of a request become.
#[derive(Debug)]
pub(super) struct Desk<P: Precision, const INPUT: usize, const OUTPUT: usize> {
    pub(super) name: Name,
    pub(super) input: [P::Rate; INPUT],
    pub(super) teacher: [P::Potential; OUTPUT],
    pub(super) loss: Option<f64>,
}

/// A desk with a session on it, for one request.
pub(super) struct Answers<'d, 's, 'a, P: Precision, S, const INPUT: usize, const OUTPUT: usize> {
    pub(super) desk: &'d mut Desk<P, INPUT, OUTPUT>,
    pub(super) session: &'d mut Session<'s, 'a, P, S>,
    pub(super) frame: usize,
    pub(super) event: Event,
}

impl<P: Precision, S: Checkpoints<P>, const INPUT: usize, const OUTPUT: usize> Answer
    for Answers<'_, '_, '_, P, S, INPUT, OUTPUT>
{
    fn answer<'s>(
        &'s mut self,
        request: Request<'_>,
        scratch: &'s mut [u8],
    ) -> Result<Reply<'s>, Error> {
        match request {
            Request::Identify => Ok(self.identity()),
            Request::ReadConfiguration => {
                Ok(Reply::Configuration(self.session.configuration.clone()))
            }
            Request::WriteConfiguration(configuration) => self.configure(configuration),
            Request::Read {
                section,
                offset,
                length,
            } => {
                let bytes = part(scratch, length as usize)?;
                let got = self
                    .session
                    .trainer
                    .read(section.quantity(), offset as usize, bytes);
                got.map_err(|_| self.out_of_range(section))?;
                Ok(Reply::Bytes(bytes))
            }
            Request::Write {
                section,
                offset,
                bytes,
            } => {
                let trainer = &mut *self.session.trainer;
                let put = trainer.write(section.quantity(), offset as usize, bytes);
                put.map_err(|_| self.out_of_range(section))?;
                Ok(Reply::Done)
            }
            Request::SetClock(clock) => {
                self.session.trainer.set_clock(clock);
                Ok(Reply::Done)
            }
            Request::Step {
                input,
                teacher,
                steps,
                learning,
            } => {
                // The reply first: what cannot be answered is not done.
                let bytes = part(scratch, self.output_bytes())?;
                self.step(input, teacher, steps, learning)?;
                self.read_output(bytes)
            }
            Request::Switch => {
                self.session.trainer.switch();
                Ok(Reply::Done)
            }
            Request::Outputs => {
                let bytes = part(scratch, self.output_bytes())?;
                self.read_output(bytes)
            }
            Request::Report => Ok(Reply::Report(Report {
                clock: self.session.trainer.clock(),
                counters: *self.session.trainer.counters(),
                loss: self.desk.loss,
            })),
            Request::Digest => Ok(Reply::Digest(self.session.trainer.digest())),
            Request::Save => {
                let Session {
                    trainer,
                    store,
                    configuration,
                } = &mut *self.session;
                let saved = store.save(configuration, trainer);
                saved.map(|()| Reply::Done).map_err(Error::Store)
            }
            Request::Erase => self
                .session
                .store
                .erase()
                .map(|()| Reply::Done)
                .map_err(Error::Store),
            Request::Reset => {
                // The board begins anew, and nobody has taught it then.
                self.desk.loss = None;
                self.event = Event::Reset;
                Ok(Reply::Done)
            }
        }
    }
}

impl<P: Precision, S, const INPUT: usize, const OUTPUT: usize>
    Answers<'_, '_, '_, P, S, INPUT, OUTPUT>
{
    fn identity(&self) -> Reply<'_> {
        let trainer = &self.session.trainer;
        let network = trainer.network();
        let above = network.layers().iter().map(Layer::size);
        let mut sizes = Vec::<u32, MAX_SIZES>::new();
        for size in once(network.input_size()).chain(above) {
            // A configuration cannot have more layers than the list takes.
            let _ = sizes.push(size as u32);
        }
        Reply::Identity(Identity {
            board: self.desk.name.board,
            version: env!("CARGO_PKG_VERSION"),
            precision: self.desk.name.precision,
            formats: Format::all::<P>(),
            sizes,
            storage: trainer.storage(),
            frame: self.frame as u32,
            digest: trainer.digest(),
        })
    }

    fn configure<'r>(&mut self, configuration: Configuration) -> Result<Reply<'r>, Error> {
        let (layers, lent) = self.session.trainer.room();
        Trainer::<P>::check(&configuration.specification(), layers, lent).map_err(refusal)?;
        *self.session.configuration = configuration;
        self.desk.loss = None;
        self.event = Event::Configured;
        log::info!("a new configuration");
        Ok(Reply::Done)
    }

    fn step(
        &mut self,
        input: &[u8],
        teacher: Option<&[u8]>,
        steps: u32,
        learning: bool,
    ) -> Result<(), Error> {
        if steps > MAX_STEPS {
            return Err(Error::Oversized { limit: MAX_STEPS });
        }
        let Session { trainer, .. } = &mut *self.session;
        let (inputs, outputs) = (trainer.network().input_size(), trainer.output_size());
        let input = take(Operand::Input, input, &mut self.desk.input, inputs)?;
        let teacher = match teacher {
            Some(bytes) => Some(take(
                Operand::Teacher,
                bytes,
                &mut self.desk.teacher,
                outputs,
            )?),
            None => None,
        };
        let learning = learning.then(|| trainer.rounding());
        trainer.advance(input, teacher, learning, steps);
        if let Some(teacher) = teacher {
            self.desk.loss = Some(trainer.loss(teacher));
        }
        Ok(())
    }

    fn output_bytes(&self) -> usize {
        self.session
            .trainer
            .output_size()
            .saturating_mul(P::Rate::BYTES)
    }

    fn read_output<'b>(&self, bytes: &'b mut [u8]) -> Result<Reply<'b>, Error> {
        let got = words::read(self.session.trainer.output(), 0, bytes);
        got.map_err(|_| self.out_of_range(Section::Rates))?;
        Ok(Reply::Bytes(bytes))
    }

    fn out_of_range(&self, section: Section) -> Error {
        let range = self.session.trainer.range(section.quantity());
        Error::OutOfRange {
            section,
            bytes: range.bytes as u32,
            word: range.word as u8,
        }
    }
}

/// Room for so many bytes of a reply.
fn part(scratch: &mut [u8], length: usize) -> Result<&mut [u8], Error> {
    let limit = scratch.len() as u32;
    scratch.get_mut(..length).ok_or(Error::Oversized { limit })
}

/// Bytes of a request as the words that the network takes, in `words`.
fn take<'w, T: Number>(
    operand: Operand,
    bytes: &[u8],
    words: &'w mut [T],
    needed: usize,
) -> Result<&'w [T], Error> {
    let length = needed.saturating_mul(T::BYTES);
    if bytes.len() != length {
        return Err(Error::Length {
            operand,
            needed: length as u32,
            given: bytes.len() as u32,
        });
    }
    let limit = words.len().saturating_mul(T::BYTES) as u32;
    let words = words.get_mut(..needed).ok_or(Error::Oversized { limit })?;
    // The length is right, so it is a word that the format excludes.
    words::write(words, 0, bytes).map_err(|_| Error::OutOfRange {
        section: match operand {
            Operand::Input => Section::Rates,
            Operand::Teacher => Section::Potentials,
        },
        bytes: length as u32,
        word: T::BYTES as u8,
    })?;
    Ok(words)
}

/// Why a configuration is not taken.
fn refusal(error: TrainerError) -> Error {
    let TrainerError::Storage { needed, lent } = error else {
        return Error::Unbuildable;
    };
    let sections = [
        (Section::Weights, needed.weights, lent.weights),
        (Section::Traces, needed.traces, lent.traces),
        (Section::Potentials, needed.potentials, lent.potentials),
        (Section::Rates, needed.rates, lent.rates),
    ];
    let short = sections.into_iter().find(|(_, needed, lent)| needed > lent);
    short.map_or(Error::Unbuildable, |(section, needed, lent)| {
        Error::DoesNotFit {
            section,
            needed: needed as u32,
            available: lent as u32,
        }
    })
}
