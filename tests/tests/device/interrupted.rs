//! Ctrl-C while a board is asked: a clean exit, and a board that is still there.

use std::process::Command;
use std::sync::atomic::AtomicBool;
use std::thread::sleep;
use std::time::Duration;

use apical::device::{Session, port::Port};
use apical_tests::program::{Outcome, finish, start};
use tempfile::tempdir;

use super::bench::{Wire, board};
use super::{device, json};

/// Long enough for a connection and some steps on a busy machine, far from the end of what is asked.
const MEANWHILE: Duration = Duration::from_secs(3);

/// `apical device` with an action at a port, stopped in the middle.
fn stopped(port: &str, words: &[&str]) -> Outcome {
    let folder = tempdir().unwrap();
    let all = [&["device", words[0], "--port", port], &words[1..]].concat();
    let child = start(folder.path(), &all);
    sleep(MEANWHILE);
    let id = child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert!(sent.success());
    finish(child)
}

/// The step that a board is at.
fn step(port: &str) -> u64 {
    let look = json(&device(port, &["monitor", "--count", "1", "--json"]).expect(0));
    look["step"].as_u64().unwrap_or_else(|| panic!("{look}"))
}

#[test]
fn training_and_lockstep_stop_and_the_board_answers() {
    let port = board(Wire::socket(), None);
    let mut before = step(&port);
    for words in [
        &["run", "--steps", "100000000"][..],
        &["lockstep", "--steps", "100000000", "--every", "1"],
    ] {
        let outcome = stopped(&port, words).expect(1);
        assert!(outcome.stderr.contains("stopped"), "{outcome:#?}");
        let after = step(&port);
        assert!(after > before, "{words:?}: step {after} after {before}");
        before = after;
    }
}

#[test]
fn a_board_told_of_a_pattern_that_never_came_is_still_in_step() {
    let port = board(Wire::socket(), None);
    device(&port, &["run", "--steps", "12", "--quiet"]).expect(0);
    // What a run leaves that is stopped between the two.
    let stop = AtomicBool::new(false);
    let patience = Duration::from_secs(5);
    let line = Port::open(&port, 0, patience).unwrap();
    let mut session = Session::begin(line, patience, &stop).unwrap();
    session.switch().unwrap();
    drop(session);
    let found = json(&device(&port, &["lockstep", "--steps", "5", "--json"]).expect(0));
    assert_eq!(
        (&found["from"], &found["equal"]),
        (&12.into(), &true.into()),
        "{found:#}"
    );
}

#[test]
fn looking_on_just_ends() {
    let port = board(Wire::socket(), None);
    let outcome = stopped(&port, &["monitor", "--interval", "0.1"]).expect(0);
    assert!(outcome.stdout.lines().count() >= 2, "{outcome:#?}");
}
