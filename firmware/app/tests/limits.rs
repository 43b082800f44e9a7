//! What a request cannot ask of a board, whole frame or not: words that no format has, steps without
//! end, a loss of before.

mod common;

use apical_app::NoStore;
use apical_link::message::MAX_STEPS;
use apical_link::{Error, Reply, Request, Section};
use common::bench::{INPUT, Potential, Rate, TEACHER, bench, bytes, configuration, step};

#[test]
fn the_most_negative_integer_is_refused_and_changes_nothing() {
    bench!(board, NoStore);
    let (input, teacher) = (bytes::<Rate>(&INPUT), bytes::<Potential>(&TEACHER));
    let with = |bytes: &[u8], at: usize, word: &[u8]| {
        let mut bytes = bytes.to_vec();
        bytes[at..at + word.len()].copy_from_slice(word);
        bytes
    };
    let out_of_range = |section, bytes, word| Error::OutOfRange {
        section,
        bytes,
        word,
    };
    let spoilt = with(&input, 6, &i16::MIN.to_le_bytes());
    let error = board.refused(&step(&spoilt, Some(&teacher), 1));
    assert_eq!(error, out_of_range(Section::Rates, 12, 2));
    let spoilt = with(&teacher, 4, &i32::MIN.to_le_bytes());
    let error = board.refused(&step(&input, Some(&spoilt), 1));
    assert_eq!(error, out_of_range(Section::Potentials, 12, 4));
    let mut written = 0;
    for section in Section::ALL {
        let range = board.trainer.range(section.quantity());
        let lowest = match range.word {
            2 => i16::MIN.to_le_bytes().to_vec(),
            _ => i32::MIN.to_le_bytes().to_vec(),
        };
        // A good word before it is not written either; the next word up is taken.
        let mut words = with(&[1; 8], 8 - range.word, &lowest);
        // This network has no traces.
        if range.bytes == 0 {
            continue;
        }
        let error = board.refused(&write(section, &words));
        let expected = out_of_range(section, range.bytes as u32, range.word as u8);
        assert_eq!(error, expected);
        words[8 - range.word] = 1;
        board.done(&write(section, &words));
        written += 1;
    }
    assert_eq!(written, 3);
}

#[test]
fn more_steps_than_the_limit_are_refused() {
    bench!(board, NoStore);
    let input = bytes::<Rate>(&INPUT);
    for steps in [MAX_STEPS + 1, u32::MAX] {
        let error = board.refused(&step(&input, None, steps));
        assert_eq!(error, Error::Oversized { limit: MAX_STEPS });
    }
    let before = board.trainer.clock().step;
    board.ask(&step(&input, None, MAX_STEPS), |reply| {
        assert!(matches!(reply, Reply::Bytes(_)), "{reply:?}");
    });
    assert_eq!(board.trainer.clock().step, before + u64::from(MAX_STEPS));
}

#[test]
fn the_loss_of_before_is_forgotten_with_the_rest() {
    let (input, teacher) = (bytes::<Rate>(&INPUT), bytes::<Potential>(&TEACHER));
    for anew in [
        Request::Reset,
        Request::WriteConfiguration(configuration(5)),
    ] {
        bench!(board, NoStore);
        let has_loss = |reply: Reply<'_>| match reply {
            Reply::Report(report) => report.loss.is_some(),
            other => panic!("{other:?}"),
        };
        board.ask(&step(&input, Some(&teacher), 1), |_| ());
        assert!(board.ask(&Request::Report, has_loss));
        board.done(&anew);
        assert!(!board.ask(&Request::Report, has_loss), "{anew:?}");
    }
}

fn write(section: Section, bytes: &[u8]) -> Request<'_> {
    Request::Write {
        section,
        offset: 0,
        bytes,
    }
}
