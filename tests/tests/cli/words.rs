//! Help, lists, the commented configuration, and the two ways to be less talkative.

use std::fs;

use apical_tests::program::run;
use serde_json::Value;
use tempfile::tempdir;

use super::train_small;

const COMMANDS: [&str; 10] = [
    "train",
    "sweep",
    "experiment",
    "compare",
    "trace",
    "ranges",
    "device",
    "report",
    "init",
    "list",
];

/// What a board can be asked.
const ACTIONS: [&str; 9] = [
    "identify", "run", "lockstep", "read", "write", "monitor", "save", "erase", "reset",
];

#[test]
fn help_fits_a_screen() {
    let folder = tempdir().unwrap();
    let program = [vec!["-h"], vec!["--help"]];
    let commands = COMMANDS
        .iter()
        .flat_map(|command| [vec![*command, "-h"], vec![*command, "--help"]]);
    let actions = ACTIONS.iter().flat_map(|action| {
        [
            vec!["device", *action, "-h"],
            vec!["device", *action, "--help"],
        ]
    });
    for arguments in program.into_iter().chain(commands).chain(actions) {
        let help = run(folder.path(), &arguments).expect(0).stdout;
        // As a terminal of 100 columns shows them.
        let lines: usize = help
            .lines()
            .map(|line| line.chars().count().div_ceil(100).max(1))
            .sum();
        assert!(lines <= 24, "{arguments:?}: {lines} lines\n{help}");
        assert!(help.contains("Usage: apical"), "{help}");
    }
    let help = run(folder.path(), &["--help"]).stdout;
    assert!(
        COMMANDS
            .iter()
            .all(|command| help.contains(&format!("\n  {command} "))),
        "{help}"
    );
    // No action is left out above.
    let help = run(folder.path(), &["device", "--help"]).stdout;
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let listed = listed.map_while(|line| line.split_whitespace().next());
    assert!(listed.eq(ACTIONS), "{help}");
    let version = run(folder.path(), &["--version"]).expect(0).stdout;
    assert_eq!(version, concat!("apical ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn a_wrong_command_line_ends_with_2() {
    let folder = tempdir().unwrap();
    for (arguments, part) in [
        (&["trian"][..], "'train'"),
        (&["train", "--seed", "3"], "'--seeds'"),
        (
            &["train", "--seeds", "0"],
            "accepted: a whole number from 1",
        ),
        (&["train", "--resume", "--force"], "cannot be used with"),
        (
            &["train", "--threads", "all"],
            "0 (one for each core) to 1024",
        ),
        (
            &["train", "--threads", "100000"],
            "0 (one for each core) to 1024",
        ),
        (
            &["compare", "--left", "i17"],
            "f64, f32, i8, i16, i32, i16x32",
        ),
        (
            &["compare", "--right", "i16:up"],
            "stochastic, nearest, floor, zero",
        ),
        (
            &["experiment", "fig1"],
            "self-prediction, association, regression",
        ),
        (&["sweep"], "arguments were not provided: <KEY>"),
    ] {
        super::refused(folder.path(), arguments, &[part]);
    }
}

#[test]
fn whoever_asks_for_json_reads_json_of_faults_too() {
    let folder = tempdir().unwrap();
    for (arguments, part) in [
        (&["train", "--json", "--sed", "3"][..], "'--seeds'"),
        (&["trace", "--json"], "accepted: --json with -o FILE"),
        (&["report", "none", "--json"], "not a run folder"),
    ] {
        let outcome = run(folder.path(), arguments).expect(2);
        let said: Value = serde_json::from_str(&outcome.stdout).unwrap();
        let error = said["error"].as_str().unwrap();
        assert!(error.contains(part), "{error}");
        assert_eq!(outcome.stderr, format!("apical: {error}\n"));
    }
    let written = ["trace", "--steps", "3", "--json", "-o", "trace.csv"];
    let outcome = run(folder.path(), &written).expect(0);
    let said: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(said["steps"], 3);
    let text = fs::read_to_string(folder.path().join("trace.csv")).unwrap();
    assert_eq!(text.lines().count(), 5);
}

#[test]
fn the_commented_configuration_trains() {
    let folder = tempdir().unwrap();
    let outcome = run(folder.path(), &["init"]).expect(0);
    assert!(
        outcome.stdout.contains("apical train --config apical.toml"),
        "{outcome:#?}"
    );
    let outcome = train_small(folder.path(), &["--config", "apical.toml"]).expect(0);
    assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str()), ("", ""));
    // It means the defaults: without it, the run is the same.
    train_small(folder.path(), &["--out", "other"]).expect(0);
    let summary =
        |out: &str| fs::read(folder.path().join(out).join("digits-1/summary.json")).unwrap();
    assert_eq!(summary("runs"), summary("other"));
    let again = run(folder.path(), &["init"]).expect(2);
    assert!(again.stderr.contains("--force"), "{again:#?}");
    run(folder.path(), &["init", "--force"]).expect(0);
}

#[test]
fn lists_name_what_a_configuration_accepts() {
    let folder = tempdir().unwrap();
    let text = run(folder.path(), &["list"]).expect(0).stdout;
    let line = text
        .lines()
        .find(|line| line.starts_with("run.precision"))
        .unwrap();
    let words: Vec<&str> = line.split_whitespace().skip(1).collect();
    assert_eq!(words, ["f64", "f32", "i8", "i16", "i32", "i16x32"]);
    let json: Value =
        serde_json::from_str(&run(folder.path(), &["list", "--json"]).stdout).unwrap();
    assert_eq!(json["run.precision"].as_array().unwrap().len(), words.len());
    // Every word of every list is one that its key accepts.
    for (key, values) in json
        .as_object()
        .unwrap()
        .iter()
        .filter(|(key, _)| key.contains('.'))
    {
        for value in values.as_array().unwrap() {
            let mut assignment = format!("{key}={value}");
            if key == "network.activation" && value == "softplus" {
                assignment = format!("{key}={{kind={value},gamma=0.1,beta=1.0,theta=3.0}}");
            }
            let outcome = run(
                folder.path(),
                &["trace", "--steps", "0", "--set", &assignment],
            );
            // It may not suit the rest of the configuration, but it is never an unknown word.
            let fault = outcome
                .stderr
                .split_once(&format!("{key}: found {value}; "));
            let refused = fault.is_some_and(|(_, accepted)| !accepted.contains(&value.to_string()));
            assert!(!refused, "{assignment} {outcome:#?}");
        }
    }
}

#[test]
fn json_is_one_document_and_quiet_is_silent() {
    let folder = tempdir().unwrap();
    let small = ["--set", "network.layers=[64,4,10]", "--set", "run.epochs=1"];
    for (arguments, key) in [
        (&["train", "--seeds", "2"][..], "/1/digest"),
        (
            &["compare", "--steps", "3", "--tolerance", "9"],
            "/distances/0/variable",
        ),
        (&["report", "runs/digits-1"], "/report"),
        (&["init"], "/config"),
        (&["trace", "--steps", "2", "-o", "t.csv"], "/steps"),
        (&["list"], "/run.precision"),
    ] {
        let configured = ["train", "compare"].contains(&arguments[0]);
        let arguments = [arguments, if configured { &small } else { &[] }].concat();
        let outcome = run(folder.path(), &[&arguments[..], &["--json"]].concat()).expect(0);
        let json: Value = serde_json::from_str(&outcome.stdout).expect("one JSON document");
        assert!(json.pointer(key).is_some(), "{key} {json:#}");
        assert_eq!(outcome.stderr, "");
        let force: &[&str] = if ["train", "init"].contains(&arguments[0]) {
            &["--force"]
        } else {
            &[]
        };
        let outcome = run(
            folder.path(),
            &[&arguments[..], force, &["--quiet"]].concat(),
        )
        .expect(0);
        assert_eq!(
            (outcome.stdout.as_str(), outcome.stderr.as_str()),
            ("", ""),
            "{arguments:?}"
        );
    }
    let outcome = run(folder.path(), &["train", "--json", "--config", "none.toml"]).expect(2);
    let json: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert!(
        outcome.stderr.contains(json["error"].as_str().unwrap()),
        "{outcome:#?}"
    );
}
