//! Frames that are damaged, cut, too long, or none at all change nothing on a board.

mod common;

use apical_app::NoStore;
use apical_app::server::Event;
use apical_core::rule::Clock;
use apical_link::frame::seal;
use apical_link::{Reply, Request, Section};
use common::bench::{FRAME, bench, configuration, refusal};
use proptest::prelude::*;
use proptest::sample::Index;

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
        seal(sequence, &request, &mut out).unwrap().to_vec()
    })
}

/// A frame that must not be done, made of one that would be.
fn spoilt() -> impl Strategy<Value = Vec<u8>> {
    let noise = prop::collection::vec(any::<u8>(), 1..3 * FRAME);
    prop_oneof![
        // Cut off, at either end.
        (changing(), any::<Index>()).prop_map(|(frame, at)| {
            let at = at.index(frame.len() - 2) + 1;
            [&frame[..at], &[0]].concat()
        }),
        (changing(), any::<Index>())
            .prop_map(|(frame, at)| { frame[at.index(frame.len() - 2) + 1..].to_vec() }),
        // One bit to three bits flipped.
        (
            changing(),
            prop::collection::vec((any::<Index>(), 0..8), 1..=3)
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
