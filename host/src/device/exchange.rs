//! A request and its answer, over a line that may lose either.
//!
//! A request that gets no answer, or whose frame was damaged on the way, is sent again: a board
//! does a request once however often it comes.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use apical_link::{Client, Decoder, Error, Reply, Request};

use super::DeviceError;
use super::port::Port;

/// How often a request is sent before the board counts as silent.
const ATTEMPTS: u32 = 3;

/// Bytes of the longest frame that is understood here.
const LONGEST: usize = 1 << 16;

/// Bytes of the frame of the first request, before the board has said how long they may be.
const FIRST: usize = 64;

/// A line to a board, and what is under way on it.
#[derive(Debug)]
pub(super) struct Exchange<'s> {
    port: Port,
    patience: Duration,
    stop: &'s AtomicBool,
    client: Client,
    decoder: Box<Decoder<LONGEST>>,
    /// Bytes that have come and are not yet looked at.
    inbox: VecDeque<u8>,
    /// The next frame out.
    outbox: Vec<u8>,
}

impl<'s> Exchange<'s> {
    /// An exchange in which nothing has been asked.
    ///
    /// # Errors
    /// When the port fails.
    pub(super) fn begin(
        port: Port,
        patience: Duration,
        stop: &'s AtomicBool,
    ) -> Result<Self, DeviceError> {
        let mut exchange = Self {
            port,
            patience,
            stop,
            client: Client::new(),
            decoder: Box::new(Decoder::new()),
            inbox: VecDeque::new(),
            outbox: vec![0; FIRST],
        };
        // Whatever the board has heard so far ends here.
        exchange.port.send(&[0])?;
        Ok(exchange)
    }

    /// Frames may be so many bytes long from now on.
    pub(super) fn resize(&mut self, frame: usize) {
        self.outbox.resize(frame.min(LONGEST), 0);
    }

    /// What the user calls the port.
    pub(super) fn port(&self) -> &str {
        self.port.name()
    }

    /// The board has answered something that `what` is not answered by.
    pub(super) fn unexpected(&self, what: &str) -> DeviceError {
        let (port, what) = (self.port.name().to_owned(), what.to_owned());
        DeviceError::Unexpected { port, what }
    }

    /// Sends a request until it is answered; `take` takes what it wants out of the answer.
    ///
    /// # Errors
    /// When there is no answer, a refusal, or nothing that `take` wants.
    pub(super) fn ask<X>(
        &mut self,
        what: &str,
        request: &Request<'_>,
        take: impl Fn(Reply<'_>) -> Option<X>,
    ) -> Result<X, DeviceError> {
        let port = self.port.name().to_owned();
        let sealed = self.client.request(request, &mut self.outbox);
        let length = sealed
            .map_err(|reason| DeviceError::Refused {
                port: port.clone(),
                what: what.to_owned(),
                reason,
            })?
            .len();
        let mut fault = None;
        for _ in 0..ATTEMPTS {
            self.port.send(&self.outbox[..length])?;
            match self.answer(what, &take)? {
                Answer::Taken(taken) => return Ok(taken),
                Answer::Damaged(error) => fault = Some(error),
                Answer::None => {}
            }
        }
        Err(match fault {
            Some(fault) => DeviceError::Garbled { port, fault },
            None => DeviceError::Silent {
                port,
                what: what.to_owned(),
                attempts: ATTEMPTS,
                seconds: self.patience.as_secs_f64(),
            },
        })
    }

    /// Waits for the answer to the last request.
    fn answer<X>(
        &mut self,
        what: &str,
        take: impl Fn(Reply<'_>) -> Option<X>,
    ) -> Result<Answer<X>, DeviceError> {
        let deadline = Instant::now() + self.patience;
        let mut fault = None;
        while let Some(byte) = self.byte(deadline)? {
            let Some(frame) = self.decoder.feed(byte) else {
                continue;
            };
            let reply = frame.and_then(|content| self.client.reply(content));
            let port = || self.port.name().to_owned();
            match reply {
                // What the board has not read, in its own words.
                Ok(Reply::Refused(error @ (Error::Damaged | Error::Cut))) => {
                    return Ok(Answer::Damaged(error));
                }
                Ok(Reply::Refused(Error::Version { theirs, ours })) => {
                    return Err(DeviceError::Version {
                        port: port(),
                        board: ours,
                        program: theirs,
                    });
                }
                Ok(Reply::Refused(reason)) => {
                    return Err(DeviceError::Refused {
                        port: port(),
                        what: what.to_owned(),
                        reason,
                    });
                }
                Ok(reply) => {
                    let taken = take(reply).ok_or_else(|| self.unexpected(what))?;
                    return Ok(Answer::Taken(taken));
                }
                Err(Error::Version { theirs, ours }) => {
                    return Err(DeviceError::Version {
                        port: port(),
                        board: theirs,
                        program: ours,
                    });
                }
                // A late answer to a request that was sent twice.
                Err(Error::Stale { .. }) => {}
                // Noise, or what the board printed as it started: the answer may follow.
                Err(error) => fault = Some(error),
            }
        }
        Ok(fault.map_or(Answer::None, Answer::Damaged))
    }

    /// The next byte; `None` at the deadline.
    fn byte(&mut self, deadline: Instant) -> Result<Option<u8>, DeviceError> {
        let mut bytes = [0; 4096];
        loop {
            if let Some(byte) = self.inbox.pop_front() {
                return Ok(Some(byte));
            }
            let received = self.port.receive(&mut bytes);
            // A Ctrl-C in the terminal ends an emulator as well: that is not its failure.
            if self.stop.load(Ordering::Relaxed) {
                return Err(DeviceError::Stopped);
            }
            let count = received?;
            self.inbox.extend(&bytes[..count]);
            if count == 0 && Instant::now() >= deadline {
                return Ok(None);
            }
        }
    }
}

/// What came within the patience.
enum Answer<X> {
    /// The answer.
    Taken(X),
    /// Frames that could not be read, on either side.
    Damaged(Error),
    /// Nothing.
    None,
}
