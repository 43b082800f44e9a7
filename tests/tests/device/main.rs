//! `apical device` against a board in this process: the firmware's own server, trainer and store
//! behind a TCP socket or a pseudo-terminal.

mod bench;
mod checkpoints;
// The flash of the firmware's tests: one model of it is enough.
#[path = "../../../firmware/app/tests/common/flash.rs"]
#[allow(dead_code, reason = "nothing here cuts its power")]
mod flash;
mod interrupted;
mod refusals;

use apical_tests::program::{Outcome, run};
use bench::{Sabotage, Wire, board};
use serde_json::Value;
use tempfile::tempdir;

/// `apical device` with an action and more words, at a port.
fn device(port: &str, words: &[&str]) -> Outcome {
    let folder = tempdir().unwrap();
    let all = [&["device", words[0], "--port", port], &words[1..]].concat();
    run(folder.path(), &all)
}

fn json(outcome: &Outcome) -> Value {
    serde_json::from_str(&outcome.stdout).unwrap_or_else(|error| panic!("{error}: {outcome:#?}"))
}

/// The one weight that these tests make wrong.
const WEIGHT: [&str; 6] = ["--variable", "up", "--layer", "1", "--index", "17"];

#[test]
fn a_board_says_who_it_is() {
    let port = board(Wire::socket(), None);
    let text = device(&port, &["identify"]).expect(0).stdout;
    for part in ["bench", "i16", "[64, 32, 10]", "3380 weights"] {
        assert!(text.contains(part), "{text}");
    }
    let identity = json(&device(&port, &["identify", "--json"]).expect(0));
    assert_eq!(identity["words"], serde_json::json!([3380, 0, 336, 158]));
    assert_eq!(identity["digest"].as_str().unwrap().len(), 16);
}

#[test]
fn board_and_twin_are_equal_and_go_on_from_where_they_are() {
    let port = board(Wire::socket(), None);
    let first = json(&device(&port, &["lockstep", "--steps", "30", "--json"]).expect(0));
    assert_eq!(
        (&first["from"], &first["steps"], &first["equal"]),
        (&Value::from(0), &Value::from(30), &Value::from(true))
    );
    assert_eq!(first["digests"][0], first["digests"][1]);
    // The board of this configuration is not begun anew: the twin comes to where it is.
    let words = ["lockstep", "--steps", "20", "--every", "7", "--json"];
    let second = json(&device(&port, &words).expect(0));
    assert_eq!(
        (&second["from"], &second["anew"]),
        (&30.into(), &false.into())
    );
    // Nor does it matter who shows the samples: the same steps, alone.
    let alone = board(Wire::socket(), None);
    let ran = json(&device(&alone, &["run", "--steps", "50", "--json"]).expect(0));
    assert_eq!(ran["digest"], second["digests"][1]);
    assert_eq!(ran["samples"], 50);
    // Another network, another rule for time: the description travels, and the board begins anew.
    let full = [
        "lockstep",
        "--steps",
        "25",
        "--json",
        "--set",
        "network.mode=full",
        "--set",
        "time.presentation=1.0",
        "--set",
        "run.seed=5",
    ];
    let full = json(&device(&port, &full).expect(0));
    assert_eq!(
        (&full["anew"], &full["equal"]),
        (&true.into(), &true.into())
    );
}

#[test]
fn a_flipped_weight_is_found_where_and_when_it_is() {
    let port = board(Wire::socket(), None);
    device(&port, &["run", "--steps", "12", "--quiet"]).expect(0);
    let write = [&["write"], &WEIGHT[..], &["--flip-bit", "3"]].concat();
    device(&port, &write).expect(0);
    let outcome = device(&port, &["lockstep", "--steps", "5"]).expect(1);
    let error = outcome.stderr.as_str();
    let place = "for the first time after step 12: up of layer 1, index 17: ";
    assert!(error.contains(place), "{outcome:#?}");
    assert!(
        error.contains("(bits 0x") && error.contains("--anew"),
        "{outcome:#?}"
    );
    // Begun anew it is right again, and what goes wrong on the way is found on the way.
    let words = ["lockstep", "--steps", "30", "--anew", "--json"];
    for (every, flip) in [("1", "23:pi:1:319:0"), ("10", "23:bias:2:9:0")] {
        let more = ["--every", every, "--flip", flip];
        let found = json(&device(&port, &[&words[..], &more].concat()).expect(1));
        let first = &found["first"];
        let wanted: Vec<&str> = flip.split(':').collect();
        assert_eq!(first["step"], 23, "{found:#}");
        assert_eq!(first["variable"], wanted[1], "{found:#}");
        assert_eq!(first["layer"].to_string(), wanted[2], "{found:#}");
        assert_eq!(first["index"].to_string(), wanted[3], "{found:#}");
        assert_ne!(first["bits"][0], first["bits"][1]);
        assert_eq!(first["words"].as_array().unwrap().len(), 1, "{found:#}");
    }
}

#[test]
fn what_goes_wrong_once_is_found_and_said_to_be_so() {
    // Nobody writes here: the board itself goes wrong, once.
    let sabotage = Some(Sabotage { step: 13, word: 17 });
    let port = board(Wire::socket(), sabotage);
    let words = ["lockstep", "--steps", "30", "--json"];
    let found = json(&device(&port, &words).expect(1));
    assert_eq!(found["first"]["step"], 13, "{found:#}");
    assert_eq!(found["first"]["index"], 17, "{found:#}");
    let port = board(Wire::socket(), sabotage);
    let found = json(&device(&port, &[&words[..], &["--every", "30"]].concat()).expect(1));
    assert_eq!(found["came_again"], false, "{found:#}");
    assert!(found["first"]["step"].as_u64() >= Some(13), "{found:#}");
}

#[test]
fn words_are_read_and_written() {
    let port = board(Wire::socket(), None);
    let folder = tempdir().unwrap();
    let at = |words: &[&str]| {
        let all = [&["device", words[0], "--port", &port], &words[1..]].concat();
        run(folder.path(), &all).expect(0)
    };
    at(&["run", "--steps", "5", "--save"]);
    let before = json(&at(&["identify", "--json"]))["digest"].clone();
    at(&["read", "-o", "w.npz"]);
    at(&["read", "state", "-o", "s.json"]);
    at(&[&["write"], &WEIGHT[..], &["--value", "-0.25"]].concat());
    let read = json(&at(&[&["read"], &WEIGHT[..], &["--json"]].concat()));
    assert_eq!(
        read["variables"]["up_1"]["values"],
        serde_json::json!([-0.25])
    );
    assert_eq!(
        read["variables"]["up_1"]["bits"],
        serde_json::json!(["0xfc00"])
    );
    assert_ne!(json(&at(&["identify", "--json"]))["digest"], before);
    at(&["write", "--weights", "w.npz", "--save"]);
    assert_eq!(json(&at(&["identify", "--json"]))["digest"], before);
    let state = std::fs::read_to_string(folder.path().join("s.json")).unwrap();
    assert!(state.contains("\"v_a_1\"") && state.contains("\"u_2_raw\""));
    let configuration = json(&at(&["read", "configuration", "--json"]));
    assert_eq!(configuration["sizes"], serde_json::json!([64, 32, 10]));
    let seen = at(&["monitor", "--interval", "0.01", "--count", "3", "--json"]).stdout;
    assert_eq!(seen.lines().count(), 3, "{seen}");
    let look: Value = serde_json::from_str(seen.lines().last().unwrap()).unwrap();
    assert_eq!((&look["step"], &look["digest"]), (&5.into(), &before));
}

#[cfg(unix)]
#[test]
fn a_pseudo_terminal_is_a_port_and_is_busy_while_it_is_used() {
    let port = board(Wire::terminal(), None);
    device(&port, &["lockstep", "--steps", "10"]).expect(0);
    let user = serialport::new(&port, 115_200).open().unwrap();
    let outcome = device(&port, &["identify"]).expect(2);
    assert!(outcome.stderr.contains("is busy"), "{outcome:#?}");
    drop(user);
    device(&port, &["identify"]).expect(0);
}
