//! Frames that are none: whatever comes, the responder answers with a typed error, does nothing,
//! and understands the next frame.

use std::cell::RefCell;

use apical_core::rule::Clock;
use apical_link::frame::{CHECKSUM, Frame, VERSION, seal};
use apical_link::responder::Answer;
use apical_link::{Client, Decoder, Error, Reply, Request, Responder, Section};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{RngSeed, TestRunner};

/// Bytes of a frame.
const N: usize = 96;

/// A board that does nothing but count what reaches it.
#[derive(Debug, Default)]
struct Count {
    done: usize,
}

impl Answer for Count {
    fn answer<'s>(
        &'s mut self,
        request: Request<'_>,
        scratch: &'s mut [u8],
    ) -> Result<Reply<'s>, Error> {
        self.done += 1;
        match request {
            Request::Read { length, .. } => {
                let limit = scratch.len() as u32;
                let bytes = scratch.get_mut(..length as usize);
                Ok(Reply::Bytes(bytes.ok_or(Error::Oversized { limit })?))
            }
            Request::Digest => Ok(Reply::Digest(7)),
            _ => Ok(Reply::Done),
        }
    }
}

/// A board and what it says.
#[derive(Default)]
struct Bench {
    responder: Responder<N>,
    board: Count,
}

impl Bench {
    /// The contents of the frames that come back.
    fn send(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut decoder = Decoder::<N>::new();
        let mut replies = Vec::new();
        for &byte in bytes {
            for &byte in self
                .responder
                .feed(byte, &mut self.board)
                .unwrap_or_default()
            {
                replies.extend(decoder.feed(byte).map(|frame| frame.unwrap().to_vec()));
            }
        }
        replies
    }
}

fn error(content: &[u8]) -> Option<Error> {
    match Frame::open(content).unwrap().read().unwrap() {
        Reply::Refused(error) => Some(error),
        _ => None,
    }
}

fn request() -> impl Strategy<Value = Vec<u8>> {
    let content = prop::collection::vec(any::<u8>(), 0..40);
    (0..5, content, 1_u16.., any::<u32>()).prop_map(|(which, bytes, sequence, word)| {
        let request = match which {
            0 => Request::Step {
                input: &bytes,
                teacher: None,
                steps: word,
                learning: true,
            },
            1 => Request::Write {
                section: Section::Rates,
                offset: word,
                bytes: &bytes,
            },
            2 => Request::SetClock(Clock {
                step: word.into(),
                since_switch: 0,
            }),
            3 => Request::Read {
                section: Section::Weights,
                offset: 0,
                length: word % 64,
            },
            _ => Request::Digest,
        };
        let mut out = [0; N];
        seal(sequence, &request, &mut out).unwrap().to_vec()
    })
}

/// Bytes of which no part is a frame of this protocol, but for a chance of one in four billion.
fn spoilt() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        (request(), any::<Index>()).prop_map(|(frame, at)| {
            let at = at.index(frame.len() - 2) + 1;
            [&frame[..at], &[0]].concat()
        }),
        (request(), any::<Index>())
            .prop_map(|(frame, at)| frame[at.index(frame.len() - 2) + 1..].to_vec()),
        (request(), any::<Index>(), 0..8).prop_map(|(mut frame, at, bit)| {
            let last = frame.len() - 1;
            frame[at.index(last)] ^= 1_u8 << bit;
            frame
        }),
        prop::collection::vec(1_u8.., N..4 * N).prop_map(|bytes| [&bytes[..], &[0]].concat()),
        prop::collection::vec(any::<u8>(), 0..4 * N).prop_map(|bytes| [&bytes[..], &[0]].concat()),
    ]
}

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    })
}

#[test]
fn whatever_comes_nothing_is_done_and_the_next_frame_is_understood() {
    let bench = RefCell::new(Bench::default());
    let client = RefCell::new(Client::new());
    let frames = RefCell::new((0, 0));
    runner(10_000)
        .run(&spoilt(), |bytes| {
            let (mut bench, mut client) = (bench.borrow_mut(), client.borrow_mut());
            let before = bench.board.done;
            let replies = bench.send(&bytes);
            let sent = bytes
                .split(|&byte| byte == 0)
                .filter(|frame| !frame.is_empty());
            frames.borrow_mut().0 += sent.count();
            frames.borrow_mut().1 += replies.len();
            prop_assert!(replies.iter().all(|reply| error(reply).is_some()));
            prop_assert_eq!(bench.board.done, before);

            let mut out = [0; N];
            let request = client.request(&Request::Digest, &mut out).unwrap();
            let reply = bench.send(request).pop().unwrap();
            prop_assert_eq!(client.reply(&reply), Ok(Reply::Digest(7)));
            Ok(())
        })
        .unwrap();
    let (frames, refused) = frames.into_inner();
    println!("{frames} spoilt frames, {refused} refused by a typed error, none done");
    assert!(frames > 10_000 && refused == frames, "{frames} {refused}");
}

#[test]
fn whole_frames_are_done_once_each() {
    let tried = RefCell::new(0);
    runner(2_000)
        .run(&request(), |frame| {
            *tried.borrow_mut() += 1;
            let mut bench = Bench::default();
            let first = bench.send(&frame);
            prop_assert_eq!(first.len(), 1);
            prop_assert_eq!(
                &bench.send(&[&frame[..], &frame[..]].concat()),
                &[first.clone(), first].concat()
            );
            prop_assert_eq!(bench.board.done, 1);
            // Between a repetition, noise: the answer is gone, the request is not done again.
            bench.send(&[3, 1, 0]);
            let again = bench.send(&frame);
            let repeated = matches!(error(&again[0]), Some(Error::Repeated { .. }));
            prop_assert!(repeated);
            prop_assert_eq!(bench.board.done, 1);
            Ok(())
        })
        .unwrap();
    println!(
        "{} frames sent four times each, done once each",
        tried.into_inner()
    );
}

#[test]
fn another_version_is_refused_by_name_and_not_read() {
    let mut content = [0_u8; 8];
    let (head, sum) = content.split_at_mut(4);
    // Of a later version, and then what would be a request to reset in this one.
    let theirs = VERSION + 1;
    head.copy_from_slice(&[theirs, 1, 0, 13]);
    sum.copy_from_slice(&CHECKSUM.checksum(head).to_le_bytes());
    let mut frame = [0; 16];
    let length = cobs::encode(&content, &mut frame);
    let mut bench = Bench::default();
    let replies = bench.send(&frame[..=length]);
    assert_eq!(
        error(&replies[0]),
        Some(Error::Version {
            theirs,
            ours: VERSION
        })
    );
    assert_eq!(bench.board.done, 0);
}

#[test]
fn neither_side_panics_on_any_content() {
    let content = prop::collection::vec(any::<u8>(), 0..200);
    runner(10_000)
        .run(&content, |content| {
            let _ = Client::new().reply(&content);
            if let Ok(frame) = Frame::open(&content) {
                let _ = frame.read::<Request<'_>>();
            }
            let frame = Frame {
                sequence: 1,
                sum: 0,
                message: &content,
            };
            let _ = frame.read::<Request<'_>>();
            let _ = frame.read::<Reply<'_>>();
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_buffer_too_small_for_any_answer_says_nothing() {
    let mut responder = Responder::<8>::new();
    let replies: Vec<_> = [1, 1, 0]
        .into_iter()
        .filter_map(|byte| {
            responder
                .feed(byte, &mut Count::default())
                .map(<[u8]>::to_vec)
        })
        .collect();
    assert_eq!(replies, [Vec::<u8>::new()]);
}
