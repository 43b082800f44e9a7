//! Ports that are absent, silent, of another version or no board at all: exit code 2, one line.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use apical_link::frame::{CHECKSUM, VERSION};
use apical_tests::program::Outcome;

use super::bench::{Wire, board};
use super::{WEIGHT, device};

/// A port whose other end answers whatever comes with these bytes.
fn answering(bytes: Vec<u8>) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = format!("tcp:{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut heard = [0; 64];
            while stream.read(&mut heard).is_ok_and(|count| count > 0) {
                let _ = stream.write_all(&bytes);
            }
        }
    });
    port
}

#[track_caller]
fn says(outcome: Outcome, parts: &[&str]) {
    let outcome = outcome.expect(2);
    assert_eq!(outcome.stderr.lines().count(), 1, "{outcome:#?}");
    assert_eq!(outcome.stdout, "", "{outcome:#?}");
    for part in parts {
        assert!(outcome.stderr.contains(part), "no {part:?} in {outcome:#?}");
    }
}

#[test]
fn a_silent_port_is_given_up() {
    let port = answering(Vec::new());
    let outcome = device(&port, &["identify", "--timeout", "0.1"]);
    says(outcome, &["nothing answers at", &port, "0.1 s"]);
}

#[test]
fn another_version_is_named() {
    // Version 9, the number of the first request, a message, its sum; then COBS, which for a
    // frame without zeros is one length before it, and for each zero another.
    let mut frame = vec![9, 1, 0, 7];
    frame.extend(CHECKSUM.checksum(&frame).to_le_bytes());
    let mut stuffed = Vec::new();
    for part in frame.split(|&byte| byte == 0) {
        stuffed.push(part.len() as u8 + 1);
        stuffed.extend(part);
    }
    stuffed.push(0);
    let port = answering(stuffed);
    let ours = format!("this program version {VERSION}");
    for words in [&["identify"][..], &["lockstep"], &["monitor"]] {
        let parts = ["speaks version 9", &ours, &port];
        says(device(&port, words), &parts);
    }
}

#[test]
fn what_is_no_board_is_said_to_be_none() {
    let port = answering(b"login: \0".to_vec());
    let outcome = device(&port, &["identify", "--timeout", "0.1"]);
    says(outcome, &["is not the link protocol", &port]);
}

#[test]
fn an_absent_port_is_named() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = format!("tcp:{}", taken.local_addr().unwrap());
    drop(taken);
    says(device(&port, &["identify"]), &["there is no port", &port]);
    let outcome = device("/dev/no-such-port", &["identify"]);
    says(
        outcome,
        &["there is no port /dev/no-such-port", "tcp:HOST:PORT"],
    );
    says(device("tcp:nowhere", &["identify"]), &["tcp:HOST:PORT"]);
}

#[test]
fn what_would_be_found_equal_without_a_look_is_refused() {
    let port = board(Wire::socket(), None);
    let late = ["lockstep", "--steps", "5", "--flip", "6:up:1:17:3"];
    says(
        device(&port, &late),
        &["step 6; accepted: a step from 1 to 5"],
    );
    // The rates that a board was told of stay: epochs end on the desktop alone.
    for command in ["lockstep", "run"] {
        let falling = [command, "--set", "learning.decay=0.5"];
        says(
            device(&port, &falling),
            &["learning.decay = 0.5: only `apical train`"],
        );
    }
}

#[test]
fn words_that_are_not_there_are_refused_with_those_that_are() {
    let port = board(Wire::socket(), None);
    let write = |words: &[&str]| device(&port, &[&["write"], words].concat());
    let flip = ["--flip-bit", "0"];
    let place =
        |variable, layer, index| ["--variable", variable, "--layer", layer, "--index", index];
    for (place, part) in [
        (
            place("down", "2", "0"),
            "--layer 2: down is not there; accepted: 1",
        ),
        (place("weights", "1", "0"), "accepted: bias, down"),
        (place("bias", "2", "10"), "10 words; accepted: 0 to 9"),
    ] {
        says(write(&[&place[..], &flip].concat()), &[part]);
    }
    says(
        write(&[&WEIGHT[..], &["--flip-bit", "16"]].concat()),
        &["accepted: 0 to 15"],
    );
    says(
        write(&[&WEIGHT[..], &["--value", "1e6"]].concat()),
        &["i16"],
    );
    let outcome = device(&port, &["lockstep", "--set", "network.layers=[64,100,10]"]);
    says(outcome, &["refuses", "10520 words of weights", "3380"]);
    says(
        device(&port, &["lockstep", "--config", "none.toml"]),
        &["none.toml"],
    );
    // Refused requests have changed nothing.
    device(&port, &["lockstep", "--steps", "3"]).expect(0);
}
