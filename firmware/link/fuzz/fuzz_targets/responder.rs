//! Any bytes into the board's side: it must not panic, and every answer must be a whole frame.
//!
//! `cargo +nightly fuzz run responder` in the folder above.
#![no_main]

use apical_link::frame::Frame;
use apical_link::responder::Answer;
use apical_link::{Decoder, Error, Reply, Request, Responder};
use libfuzzer_sys::fuzz_target;

/// Reads back what it is asked and refuses the rest.
struct Board;

impl Answer for Board {
    fn answer<'s>(
        &'s mut self,
        request: Request<'_>,
        scratch: &'s mut [u8],
    ) -> Result<Reply<'s>, Error> {
        match request {
            Request::Read { length, .. } => {
                let limit = scratch.len() as u32;
                let bytes = scratch.get_mut(..length as usize);
                Ok(Reply::Bytes(bytes.ok_or(Error::Oversized { limit })?))
            }
            Request::WriteConfiguration(configuration) => Ok(Reply::Configuration(configuration)),
            _ => Ok(Reply::Done),
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let mut responder = Responder::<1024>::new();
    let mut decoder = Decoder::<1024>::new();
    for &byte in bytes {
        for &byte in responder.feed(byte, &mut Board).unwrap_or_default() {
            if let Some(content) = decoder.feed(byte) {
                let frame = content
                    .and_then(Frame::open)
                    .expect("an answer is a whole frame");
                frame.read::<Reply<'_>>().expect("an answer is a reply");
            }
        }
    }
});
