//! A desktop talks to a board: every request, and every frame that is none.

mod common;

use apical_app::server::{Event, Name, Session};
use apical_app::{NoStore, Server, Store, Trainer, arena, store};
use apical_core::microcircuit::{Layer, Specification};
use apical_core::rule::Clock;
use apical_core::{I16, Number, Precision, Rounding};
use apical_link::{Client, Configuration, Decoder, Error, Fault, Operand, Reply, Request, Section};
use common::{Flash, PAGE, configuration};
use proptest::prelude::*;

/// Bytes of a frame.
const FRAME: usize = 512;

const LARGEST: Specification<'static> = apical_app::digits::SPECIFICATION;
type Words = arena!(I16, LARGEST);
type Link = Server<I16, FRAME, 64, 10>;

/// A board with a desktop beside it.
struct Bench<'a, S> {
    trainer: Trainer<'a, I16>,
    store: S,
    configuration: Configuration,
    server: Link,
    client: Client,
    event: Event,
}

impl<'a, S: store::Checkpoints<I16>> Bench<'a, S> {
    fn new(words: &'a mut Words, layers: &'a mut [Layer<I16>; 4], store: S) -> Self {
        let configuration = configuration(1);
        let mut trainer = Trainer::configured(&configuration, layers, words.lend()).unwrap();
        let input: Vec<_> = INPUT.map(Rate::from_f64).into();
        trainer.learn(&input, Some(&TEACHER.map(Potential::from_f64)));
        Self {
            trainer,
            store,
            configuration,
            server: Server::new(Name {
                board: "bench",
                precision: "i16",
            }),
            client: Client::new(),
            event: Event::Nothing,
        }
    }

    /// Sends bytes; the frames that come back, without COBS.
    fn send(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut session = Session {
            trainer: &mut self.trainer,
            store: &mut self.store,
            configuration: &mut self.configuration,
        };
        let mut decoder = Decoder::<FRAME>::new();
        let mut frames = Vec::new();
        for &byte in bytes {
            let (reply, event) = self.server.feed(byte, &mut session);
            if event != Event::Nothing {
                self.event = event;
            }
            for &byte in reply.unwrap_or_default() {
                frames.extend(decoder.feed(byte).map(|frame| frame.unwrap().to_vec()));
            }
        }
        frames
    }

    /// One request and its one reply.
    fn ask<X>(&mut self, request: &Request<'_>, look: impl FnOnce(Reply<'_>) -> X) -> X {
        let mut out = [0; 2 * FRAME];
        let bytes = self.client.request(request, &mut out).unwrap().to_vec();
        let frames = self.send(&bytes);
        assert_eq!(frames.len(), 1, "{request:?}");
        look(self.client.reply(&frames[0]).unwrap())
    }

    fn refused(&mut self, request: &Request<'_>) -> Error {
        let before = self.trainer.digest();
        let error = self.ask(request, |reply| match reply {
            Reply::Refused(error) => error,
            other => panic!("{request:?}: {other:?}"),
        });
        assert_eq!(self.trainer.digest(), before, "{request:?}");
        error
    }

    fn done(&mut self, request: &Request<'_>) {
        self.answers(request, &Reply::Done);
    }

    fn answers(&mut self, request: &Request<'_>, expected: &Reply<'_>) {
        self.ask(request, |reply| {
            assert_eq!(&reply, expected, "{request:?}");
        });
    }
}

type Rate = <I16 as Precision>::Rate;
type Potential = <I16 as Precision>::Potential;

const INPUT: [f64; 6] = [0.1, 0.9, 0.0, 0.4, 1.0, 0.5];
const TEACHER: [f64; 3] = [1.0, -1.0, 0.5];

fn bytes<T: Number>(values: &[f64]) -> Vec<u8> {
    let words = values
        .iter()
        .map(|&value| T::from_f64(value).to_bits().to_le_bytes());
    words.flat_map(|word| word[..T::BYTES].to_vec()).collect()
}

fn step<'b>(input: &'b [u8], teacher: Option<&'b [u8]>, steps: u32) -> Request<'b> {
    Request::Step {
        input,
        teacher,
        steps,
        learning: true,
    }
}

macro_rules! bench {
    ($name:ident, $store:expr) => {
        let (mut words, mut layers) = (Words::new(), [Layer::default(); 4]);
        let mut $name = Bench::new(&mut words, &mut layers, $store);
    };
}

#[test]
fn a_board_says_who_it_is_and_steps_as_the_desktop_does() {
    bench!(board, NoStore);
    let digest = board.trainer.digest();
    board.ask(&Request::Identify, |reply| {
        let Reply::Identity(identity) = reply else {
            panic!("{reply:?}")
        };
        assert_eq!((identity.board, identity.precision), ("bench", "i16"));
        assert_eq!(identity.sizes, [6, 5, 3]);
        assert_eq!(identity.digest, digest);
        assert_eq!(identity.formats.map(|format| format.bytes), [2, 2, 4, 4]);
        assert_eq!(identity.frame as usize, FRAME);
    });
    // The same on the desktop.
    let (mut words, mut layers) = (Words::new(), [Layer::default(); 4]);
    let mut twin = Bench::new(&mut words, &mut layers, NoStore).trainer;
    let (input, teacher) = (INPUT.map(Rate::from_f64), TEACHER.map(Potential::from_f64));
    twin.switch();
    twin.advance(&input, Some(&teacher), Some(Rounding::Stochastic), 7);

    board.done(&Request::Switch);
    let (input, teacher) = (bytes::<Rate>(&INPUT), bytes::<Potential>(&TEACHER));
    let output: Vec<f64> = twin.output().iter().map(|rate| rate.to_f64()).collect();
    let output = bytes::<Rate>(&output);
    board.answers(&step(&input, Some(&teacher), 7), &Reply::Bytes(&output));
    board.answers(&Request::Outputs, &Reply::Bytes(&output));
    board.answers(&Request::Digest, &Reply::Digest(twin.digest()));
    let loss = twin.loss(&TEACHER.map(Potential::from_f64));
    board.ask(&Request::Report, |reply| {
        let Reply::Report(report) = reply else {
            panic!("{reply:?}")
        };
        assert_eq!(report.clock, twin.clock());
        assert_eq!(&report.counters, twin.counters());
        assert_eq!(report.loss, Some(loss));
    });
}

#[test]
fn all_of_the_state_is_read_and_written_in_parts() {
    bench!(board, NoStore);
    let digest = board.trainer.digest();
    let clock = board.trainer.clock();
    let mut copy = Vec::new();
    for section in Section::ALL {
        let length = board.trainer.range(section.quantity()).bytes as u32;
        for offset in (0..length).step_by(32) {
            let length = 32.min(length - offset);
            let part = board.ask(
                &Request::Read {
                    section,
                    offset,
                    length,
                },
                |reply| {
                    let Reply::Bytes(bytes) = reply else {
                        panic!("{reply:?}")
                    };
                    bytes.to_vec()
                },
            );
            copy.push((section, offset, part));
        }
    }
    board.trainer.begin(&configuration(9).initial);
    assert_ne!(board.trainer.digest(), digest);
    for (section, offset, bytes) in &copy {
        let (section, offset) = (*section, *offset);
        board.done(&Request::Write {
            section,
            offset,
            bytes,
        });
    }
    board.done(&Request::SetClock(clock));
    assert_eq!(board.trainer.digest(), digest);
}

#[test]
fn what_cannot_be_done_is_refused_and_changes_nothing() {
    bench!(board, NoStore);
    let (input, teacher) = (bytes::<Rate>(&INPUT), bytes::<Potential>(&TEACHER));
    let length = |operand, needed, given| Error::Length {
        operand,
        needed,
        given,
    };
    let error = board.refused(&step(&input[1..], None, 1));
    assert_eq!(error, length(Operand::Input, 12, 11));
    let error = board.refused(&step(&input, Some(&teacher[..8]), 1));
    assert_eq!(error, length(Operand::Teacher, 12, 8));
    for (offset, length) in [(1, 2), (0, 3), (190, 200), (u32::MAX - 1, 2)] {
        let section = Section::Weights;
        let error = board.refused(&Request::Read {
            section,
            offset,
            length,
        });
        assert!(
            matches!(error, Error::OutOfRange { word: 2, .. }),
            "{error}"
        );
        let bytes = &[7; 200][..length as usize];
        let error = board.refused(&Request::Write {
            section,
            offset,
            bytes,
        });
        assert!(
            matches!(error, Error::OutOfRange { word: 2, .. }),
            "{error}"
        );
    }
    let length = FRAME as u32;
    let error = board.refused(&Request::Read {
        section: Section::Rates,
        offset: 0,
        length,
    });
    assert!(matches!(error, Error::Oversized { .. }), "{error}");
    assert_eq!(board.refused(&Request::Save), Error::Store(Fault::Absent));
    assert_eq!(board.refused(&Request::Erase), Error::Store(Fault::Absent));
    // Configurations that are not this board's.
    let mut other = configuration(1);
    other.sizes[1] = 60;
    let error = board.refused(&Request::WriteConfiguration(other.clone()));
    let needed = Error::DoesNotFit {
        section: Section::Potentials,
        needed: 390,
        available: 336,
    };
    assert_eq!(error, needed, "{error}");
    other.sizes[1] = 0;
    assert_eq!(
        board.refused(&Request::WriteConfiguration(other)),
        Error::Unbuildable
    );
    let mut other = configuration(1);
    other.layers[0].leak = f64::NAN;
    assert_eq!(
        board.refused(&Request::WriteConfiguration(other)),
        Error::Unbuildable
    );
    assert_eq!(
        (board.configuration, board.event),
        (configuration(1), Event::Nothing)
    );
}

#[test]
fn a_configuration_and_a_reset_are_the_boards_to_do() {
    bench!(board, NoStore);
    let other = configuration(5);
    board.done(&Request::WriteConfiguration(other.clone()));
    assert_eq!(board.event, Event::Configured);
    board.answers(
        &Request::ReadConfiguration,
        &Reply::Configuration(other.clone()),
    );
    board.done(&Request::Reset);
    assert_eq!(board.event, Event::Reset);
}

#[test]
fn a_checkpoint_is_saved_and_forgotten() {
    let store = Store::new(Flash::new(8), 0..8 * PAGE as u32).unwrap();
    bench!(board, store);
    board.done(&Request::Save);
    let saved = board.store.open().unwrap().unwrap();
    assert_eq!((saved.configuration, saved.sequence), (configuration(1), 1));
    board.done(&Request::Erase);
    assert_eq!(board.store.open(), Ok(None));
}

#[test]
fn a_request_that_comes_again_is_answered_again_and_done_once() {
    bench!(board, NoStore);
    let (input, mut out) = (bytes::<Rate>(&INPUT), [0; FRAME]);
    let frame = board
        .client
        .request(&step(&input, None, 3), &mut out)
        .unwrap()
        .to_vec();
    let first = board.send(&frame);
    let after = board.trainer.digest();
    assert_eq!(board.send(&frame), first);
    assert_eq!(board.trainer.digest(), after);
    // After something else was answered the reply is gone; it is still done once.
    assert_eq!(refusal(&board.send(&[9, 0])[0]), Error::Cut);
    assert_eq!(
        refusal(&board.send(&frame)[0]),
        Error::Repeated { sequence: 1 }
    );
    // Another request of the same number is not taken for it.
    let other = Client::new()
        .request(&step(&input, None, 4), &mut out)
        .unwrap()
        .to_vec();
    assert_eq!(
        refusal(&board.send(&other)[0]),
        Error::Repeated { sequence: 1 }
    );
    assert_eq!(board.trainer.digest(), after);
    // A new session begins with a request to identify, whatever its number.
    board.client = Client::new();
    board.ask(&Request::Identify, |reply| {
        assert!(matches!(reply, Reply::Identity(_)));
    });
}

fn refusal(content: &[u8]) -> Error {
    let frame = apical_link::frame::Frame::open(content).unwrap();
    match frame.read() {
        Ok(Reply::Refused(error)) => error,
        other => panic!("{other:?}"),
    }
}

/// Requests that would change the state if they were done.
fn changing() -> impl Strategy<Value = Vec<u8>> {
    let bytes_of = prop::collection::vec(any::<u8>(), 12);
    let sequence = 1_u16..1000;
    (0..5, bytes_of, sequence).prop_map(|(which, bytes, sequence)| {
        let request = match which {
            0 => Request::Step {
                input: &bytes,
                teacher: Some(&bytes),
                steps: 2,
                learning: true,
            },
            1 => Request::Write {
                section: Section::Weights,
                offset: 4,
                bytes: &bytes,
            },
            2 => Request::SetClock(Clock {
                step: 99,
                since_switch: 1,
            }),
            3 => Request::WriteConfiguration(configuration(7)),
            _ => Request::Switch,
        };
        let mut out = [0; FRAME];
        apical_link::frame::seal(sequence, &request, &mut out)
            .unwrap()
            .to_vec()
    })
}

/// A frame that must not be done, made of one that would be.
fn spoilt() -> impl Strategy<Value = Vec<u8>> {
    let noise = prop::collection::vec(any::<u8>(), 1..3 * FRAME);
    prop_oneof![
        // Cut off, at either end.
        (changing(), any::<prop::sample::Index>()).prop_map(|(frame, at)| {
            let at = at.index(frame.len() - 2) + 1;
            [&frame[..at], &[0]].concat()
        }),
        (changing(), any::<prop::sample::Index>())
            .prop_map(|(frame, at)| { frame[at.index(frame.len() - 2) + 1..].to_vec() }),
        // One bit to three bits flipped.
        (
            changing(),
            prop::collection::vec((any::<prop::sample::Index>(), 0..8), 1..=3)
        )
            .prop_map(|(mut frame, flips)| {
                let last = frame.len() - 1;
                let whole = frame.clone();
                for (at, bit) in flips {
                    frame[at.index(last)] ^= 1_u8 << bit;
                }
                // Two flips can undo each other.
                if frame == whole { vec![0] } else { frame }
            }),
        // Longer than the buffer.
        noise.clone().prop_map(|noise| {
            let long = noise.iter().cycle().map(|byte| byte | 1).take(2 * FRAME);
            long.chain([0]).collect()
        }),
        // Anything.
        noise.prop_map(|noise| [&noise[..], &[0]].concat()),
    ]
}

#[test]
fn no_spoilt_frame_changes_the_state() {
    bench!(board, NoStore);
    let digest = board.trainer.digest();
    let (mut frames, mut answers, mut cases) = (0, 0, 0);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 4000,
        rng_seed: proptest::test_runner::RngSeed::Fixed(3),
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let board = std::cell::RefCell::new(&mut board);
    let counted = std::cell::RefCell::new((&mut frames, &mut answers, &mut cases));
    runner
        .run(&spoilt(), |bytes| {
            let mut board = board.borrow_mut();
            let replies = board.send(&bytes);
            // A cut frame may have left a part behind; a zero ends it.
            let rest = board.send(&[0]);
            let mut counted = counted.borrow_mut();
            for reply in replies.iter().chain(&rest) {
                refusal(reply);
                *counted.1 += 1;
            }
            *counted.0 += bytes
                .split(|&byte| byte == 0)
                .filter(|frame| !frame.is_empty())
                .count();
            *counted.2 += 1;
            assert_eq!(board.trainer.digest(), digest);
            assert_eq!(board.event, Event::Nothing);
            assert_eq!(board.configuration, configuration(1));
            Ok(())
        })
        .unwrap();
    println!("{frames} spoilt frames in {cases} cases, {answers} typed refusals, no state changed");
    assert!(frames > 4000 && answers > 4000, "{frames} {answers}");
    // And the board still listens.
    board
        .borrow_mut()
        .answers(&Request::Digest, &Reply::Digest(digest));
}

#[test]
fn a_port_is_served_until_it_closes() {
    bench!(board, NoStore);
    let mut client = Client::new();
    let (mut out, mut sent) = ([0; FRAME], Vec::new());
    for request in [Request::Identify, Request::Digest, Request::Reset] {
        sent.extend(client.request(&request, &mut out).unwrap());
    }
    let mut port = Port {
        input: &sent,
        output: Vec::new(),
    };
    let mut session = Session {
        trainer: &mut board.trainer,
        store: &mut board.store,
        configuration: &mut board.configuration,
    };
    let mut events = Vec::new();
    while events.last() != Some(&Event::Closed) {
        events.push(board.server.poll(&mut port, &mut session).unwrap());
    }
    assert!(events.contains(&Event::Reset), "{events:?}");
    assert_eq!(port.output.split(|&byte| byte == 0).count(), 4);
}

/// A serial port, a few bytes at a time.
struct Port<'b> {
    input: &'b [u8],
    output: Vec<u8>,
}

impl embedded_io::ErrorType for Port<'_> {
    type Error = std::convert::Infallible;
}

impl embedded_io::Read for Port<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize, Self::Error> {
        let count = self.input.len().min(bytes.len()).min(3);
        let (now, later) = self.input.split_at(count);
        bytes[..count].copy_from_slice(now);
        self.input = later;
        Ok(count)
    }
}

impl embedded_io::Write for Port<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
        self.output.extend(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }
}
