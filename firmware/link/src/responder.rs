//! The board's side: every frame gets one answer, and no frame acts twice.

use crate::frame::{Frame, UNREAD, payload, seal};
use crate::{Decoder, Error, Reply, Request};

/// Who answers requests.
pub trait Answer {
    /// Does what is asked. The reply may borrow `scratch`; bytes that fit there fit into a frame.
    ///
    /// # Errors
    /// Why it was not done; nothing has changed then.
    fn answer<'s>(
        &'s mut self,
        request: Request<'_>,
        scratch: &'s mut [u8],
    ) -> Result<Reply<'s>, Error>;
}

/// Turns bytes into requests and answers into frames of at most `N` bytes.
///
/// The last answer is kept: when the frame it belongs to comes again, because the answer was lost
/// on its way, the answer is sent again and nothing else happens. A request to identify begins a
/// new session and is answered anew each time; it changes nothing.
#[derive(Debug)]
pub struct Responder<const N: usize> {
    decoder: Decoder<N>,
    answered: Answered<N>,
}

impl<const N: usize> Default for Responder<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> Responder<N> {
    /// A board that has heard nothing.
    pub const fn new() -> Self {
        Self {
            decoder: Decoder::new(),
            answered: Answered::new(),
        }
    }

    /// Takes one byte; the frame to send if it was the last of a request.
    pub fn feed(&mut self, byte: u8, board: &mut impl Answer) -> Option<&[u8]> {
        let Self { decoder, answered } = self;
        let frame = match decoder.feed(byte)?.and_then(Frame::open) {
            Ok(frame) => frame,
            Err(error) => return Some(answered.refuse(UNREAD, error)),
        };
        let sequence = frame.sequence;
        let request = match frame.read() {
            Ok(request) => request,
            Err(error) => return Some(answered.refuse(sequence, error)),
        };
        if let Some((last, sum)) = answered.last
            && last == sequence
            && request != Request::Identify
        {
            return Some(if sum == frame.sum && answered.whole {
                answered.bytes()
            } else {
                answered.refuse(sequence, Error::Repeated { sequence })
            });
        }
        answered.last = Some((sequence, frame.sum));
        let mut scratch = [0; N];
        let scratch = scratch.get_mut(..payload(N)).unwrap_or_default();
        let result = board.answer(request, scratch);
        Some(answered.answer(sequence, result))
    }
}

/// The last answer, and what it answered.
#[derive(Debug)]
struct Answered<const N: usize> {
    /// Number and check sum of the last request that reached the board.
    last: Option<(u16, u32)>,
    /// Whether the bytes are still the answer to it.
    whole: bool,
    bytes: [u8; N],
    length: usize,
}

impl<const N: usize> Answered<N> {
    const fn new() -> Self {
        Self {
            last: None,
            whole: false,
            bytes: [0; N],
            length: 0,
        }
    }

    fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    /// The answer to a request that reached the board.
    fn answer(&mut self, sequence: u16, result: Result<Reply<'_>, Error>) -> &[u8] {
        self.whole = true;
        let reply = result.unwrap_or_else(Reply::Refused);
        let sealed = seal(sequence, &reply, &mut self.bytes).map(<[u8]>::len);
        self.length = match sealed {
            Ok(length) => length,
            // Only what is read can be too long for a frame; nothing has changed.
            Err(error) => self.seal_refusal(sequence, error),
        };
        self.bytes()
    }

    /// The answer to a frame that did not reach the board.
    fn refuse(&mut self, sequence: u16, error: Error) -> &[u8] {
        self.whole = false;
        self.length = self.seal_refusal(sequence, error);
        self.bytes()
    }

    /// Its length; nothing is sent from a buffer that cannot even hold a refusal.
    fn seal_refusal(&mut self, sequence: u16, error: Error) -> usize {
        seal(sequence, &Reply::Refused(error), &mut self.bytes).map_or(0, <[u8]>::len)
    }
}
