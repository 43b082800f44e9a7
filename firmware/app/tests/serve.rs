//! A board that serves a port: what it starts from, and what it does between two starts.

mod common;

use std::collections::VecDeque;
use std::convert::Infallible;

use apical_app::server::Name;
use apical_app::{NoStore, Server, Store, Trainer, serve, store};
use apical_core::I16;
use apical_link::{Client, Decoder, Reply, Request};
use common::bench::{
    FRAME, INPUT, Link, Potential, Rate, TEACHER, Words, bytes, configuration, step,
};
use common::flash::{Flash, PAGE};
use embedded_io::{ErrorType, Read, Write};

/// A port on which all requests have come already, and which is closed after them.
#[derive(Default)]
struct Recorded {
    requests: VecDeque<Vec<u8>>,
    replies: Vec<u8>,
}

impl ErrorType for Recorded {
    type Error = Infallible;
}

impl Read for Recorded {
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize, Infallible> {
        let Some(mut request) = self.requests.pop_front() else {
            return Ok(0);
        };
        let rest = request.split_off(request.len().min(bytes.len()));
        bytes[..request.len()].copy_from_slice(&request);
        if !rest.is_empty() {
            self.requests.push_front(rest);
        }
        Ok(request.len())
    }
}

impl Write for Recorded {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        self.replies.extend(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// Serves these requests, each read for itself; the digests among the replies.
fn digests<S: store::Checkpoints<I16>>(store: &mut S, requests: &[Request<'_>]) -> Vec<u64> {
    let mut client = Client::new();
    let mut port = Recorded::default();
    for request in requests {
        let mut out = [0; 2 * FRAME];
        port.requests
            .push_back(client.request(request, &mut out).unwrap().to_vec());
    }
    let mut server: Link = Server::new(Name {
        board: "bench",
        precision: "i16",
    });
    let mut words = Words::new();
    serve(&mut server, &mut port, store, &configuration(1), &mut words).unwrap();

    let mut decoder = Decoder::<FRAME>::new();
    let mut count = 0;
    let mut digests = Vec::new();
    for byte in port.replies {
        let Some(frame) = decoder.feed(byte) else {
            continue;
        };
        count += 1;
        match apical_link::frame::Frame::open(frame.unwrap())
            .unwrap()
            .read()
            .unwrap()
        {
            Reply::Digest(digest) => digests.push(digest),
            Reply::Refused(error) => panic!("{error:?}"),
            _ => {}
        }
    }
    assert_eq!(count, requests.len(), "every request is answered");
    digests
}

/// The digest of a trainer of this seed at its beginning.
fn beginning(seed: u64) -> u64 {
    let mut words = Words::new();
    let mut layers = [apical_core::microcircuit::Layer::default(); 4];
    Trainer::<I16>::configured(&configuration(seed), &mut layers, words.lend())
        .unwrap()
        .digest()
}

#[test]
fn a_reset_and_another_start_go_on_from_what_was_saved() {
    let (input, teacher) = (bytes::<Rate>(&INPUT), bytes::<Potential>(&TEACHER));
    let learn = || step(&input, Some(&teacher), 3);
    let mut store = Store::new(Flash::new(8), 0..8 * PAGE as u32).unwrap();
    let first = [
        Request::Digest,
        learn(),
        Request::Save,
        Request::Digest,
        learn(),
        Request::Digest,
        Request::Reset,
        Request::Digest,
    ];
    let told = digests(&mut store, &first);
    assert_eq!(told[0], beginning(1));
    assert_ne!(told[1], told[0]);
    assert_ne!(told[2], told[1]);
    assert_eq!(told[3], told[1], "a reset goes back to the checkpoint");

    // The power was away.
    let second = [Request::Digest, learn(), Request::Digest];
    let again = digests(&mut store, &second);
    assert_eq!(again, [told[1], told[2]]);
}

#[test]
fn another_configuration_starts_at_its_beginning_and_a_reset_ends_it() {
    let requests = [
        Request::WriteConfiguration(configuration(2)),
        Request::Digest,
        Request::Reset,
        Request::Digest,
    ];
    assert_eq!(
        digests(&mut NoStore, &requests),
        [beginning(2), beginning(1)]
    );
}
