//! A desktop talks to a board: every request, and what cannot be done.

mod common;

use apical_app::server::{Event, Session};
use apical_app::{NoStore, Store};
use apical_core::{Number, Rounding};
use apical_link::{Client, Error, Fault, Operand, Reply, Request, Section};
use common::bench::{
    FRAME, INPUT, Potential, Rate, TEACHER, bench, bytes, configuration, refusal, step,
};
use common::flash::{Flash, PAGE};

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
    bench!(twin, NoStore);
    let twin = &mut twin.trainer;
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
