//! The desktop's side: requests out, replies in.

use crate::frame::{Frame, UNREAD, seal};
use crate::{Error, Reply, Request};

/// Numbers requests and matches replies.
///
/// It holds no transport: who sends and receives the bytes decides how long to wait, and may send
/// a request's bytes again when no reply came. A board does a request once however often it is
/// sent.
#[derive(Clone, Debug)]
pub struct Client {
    sequence: u16,
}

impl Default for Client {
    fn default() -> Self {
        Self::new()
    }
}

impl Client {
    /// A session, which begins with [`Request::Identify`].
    pub const fn new() -> Self {
        Self { sequence: UNREAD }
    }

    /// Writes the next request as a frame.
    ///
    /// # Errors
    /// [`Error::Oversized`] when `out` is too short.
    pub fn request<'o>(
        &mut self,
        request: &Request<'_>,
        out: &'o mut [u8],
    ) -> Result<&'o [u8], Error> {
        // 65,535 is followed by 1: 0 is the number of no request.
        self.sequence = self.sequence.wrapping_add(1).max(1);
        seal(self.sequence, request, out)
    }

    /// Reads a reply to the last request out of the content of a frame, as a
    /// [`Decoder`](crate::Decoder) gives it.
    ///
    /// # Errors
    /// When the frame is damaged, cut or of another version, answers another request
    /// ([`Error::Stale`]: wait for the next frame), or holds no reply. A refusal of the board is
    /// a reply.
    pub fn reply<'f>(&self, content: &'f [u8]) -> Result<Reply<'f>, Error> {
        let frame = Frame::open(content)?;
        match frame.sequence {
            // The board could not read our frame: it can only refuse.
            UNREAD => match frame.read()? {
                reply @ Reply::Refused(_) => Ok(reply),
                _ => Err(Error::Unknown),
            },
            sequence if sequence == self.sequence => frame.read(),
            sequence => Err(Error::Stale { sequence }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Decoder;

    fn content<X>(bytes: &[u8], look: impl FnOnce(&[u8]) -> X) -> X {
        let mut decoder = Decoder::<64>::new();
        let (last, rest) = bytes.split_last().unwrap();
        for &byte in rest {
            assert!(decoder.feed(byte).is_none());
        }
        look(decoder.feed(*last).unwrap().unwrap())
    }

    #[test]
    fn only_the_reply_to_the_last_request_counts() {
        let mut client = Client::new();
        let mut out = [0; 64];
        client.request(&Request::Switch, &mut out).unwrap();
        client.request(&Request::Digest, &mut out).unwrap();
        let frame = seal(2, &Reply::Digest(5), &mut out).unwrap();
        content(frame, |c| assert_eq!(client.reply(c), Ok(Reply::Digest(5))));
        let frame = seal(1, &Reply::Done, &mut out).unwrap();
        content(frame, |c| {
            assert_eq!(client.reply(c), Err(Error::Stale { sequence: 1 }));
        });
        let refused = Reply::Refused(Error::Damaged);
        let frame = seal(UNREAD, &refused, &mut out).unwrap();
        content(frame, |c| assert_eq!(client.reply(c), Ok(refused)));
        let frame = seal(UNREAD, &Reply::Done, &mut out).unwrap();
        content(frame, |c| assert_eq!(client.reply(c), Err(Error::Unknown)));
    }

    #[test]
    fn no_request_has_the_number_of_an_unread_frame() {
        let mut client = Client { sequence: u16::MAX };
        let mut out = [0; 64];
        let frame = client.request(&Request::Switch, &mut out).unwrap();
        content(frame, |c| assert_eq!(Frame::open(c).unwrap().sequence, 1));
    }
}
