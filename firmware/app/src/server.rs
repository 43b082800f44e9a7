//! The board's end of the link: requests of a desktop, done on a trainer and a store.

mod answers;

use apical_core::{Number, Precision};
use apical_link::{Configuration, Responder};
use embedded_io::{Read, Write};

use crate::store::Checkpoints;
use crate::trainer::Trainer;
use answers::{Answers, Desk};

/// Bytes that are read from the port at once.
const PORT: usize = 64;

/// What a board calls itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name {
    /// The board.
    pub board: &'static str,
    /// The precision, as in a configuration of the desktop: `i16`, `f32`, ...
    pub precision: &'static str,
}

/// What the board has to do after some bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Event {
    /// Nothing.
    #[default]
    Nothing,
    /// Build the network of the new configuration, at its beginning.
    Configured,
    /// Start anew, as after power-up.
    Reset,
    /// The other end of the port is gone.
    Closed,
}

/// What requests are done on, lent for as long as a few bytes take.
#[derive(Debug)]
pub struct Session<'s, 'a, P: Precision, S> {
    /// The network.
    pub trainer: &'s mut Trainer<'a, P>,
    /// Where checkpoints go.
    pub store: &'s mut S,
    /// The configuration in force.
    pub configuration: &'s mut Configuration,
}

/// Serves frames of at most `FRAME` bytes, for networks of at most `INPUT` inputs and `OUTPUT`
/// outputs.
#[derive(Debug)]
pub struct Server<P: Precision, const FRAME: usize, const INPUT: usize, const OUTPUT: usize> {
    responder: Responder<FRAME>,
    desk: Desk<P, INPUT, OUTPUT>,
}

impl<P: Precision, const FRAME: usize, const INPUT: usize, const OUTPUT: usize>
    Server<P, FRAME, INPUT, OUTPUT>
{
    /// A server that has heard nothing.
    pub const fn new(name: Name) -> Self {
        Self {
            responder: Responder::new(),
            desk: Desk {
                name,
                input: [P::Rate::ZERO; INPUT],
                teacher: [P::Potential::ZERO; OUTPUT],
                loss: None,
            },
        }
    }

    /// Takes one byte; the frame to send if it ended a request, and what has to be done then.
    pub fn feed<S: Checkpoints<P>>(
        &mut self,
        byte: u8,
        session: &mut Session<'_, '_, P, S>,
    ) -> (Option<&[u8]>, Event) {
        let mut answers = Answers {
            desk: &mut self.desk,
            session,
            frame: FRAME,
            event: Event::Nothing,
        };
        let reply = self.responder.feed(byte, &mut answers);
        (reply, answers.event)
    }

    /// Waits for bytes of a port, once, and answers the requests in them. A board that has other
    /// work asks the port first whether there are any (`embedded_io::ReadReady`).
    ///
    /// Bytes after a request that ends in an event are dropped: a desktop waits for its answer.
    ///
    /// # Errors
    /// When the port cannot be read or written.
    pub fn poll<T: Read + Write, S: Checkpoints<P>>(
        &mut self,
        port: &mut T,
        session: &mut Session<'_, '_, P, S>,
    ) -> Result<Event, T::Error> {
        let mut bytes = [0; PORT];
        let count = port.read(&mut bytes)?;
        if count == 0 {
            return Ok(Event::Closed);
        }
        for &byte in bytes.iter().take(count) {
            let (reply, event) = self.feed(byte, session);
            if let Some(reply) = reply {
                port.write_all(reply)?;
                port.flush()?;
            }
            if event != Event::Nothing {
                return Ok(event);
            }
        }
        Ok(Event::Nothing)
    }
}
