//! `apical compare`: the exit code is the answer.

use apical_tests::program::{Outcome, run};
use serde_json::Value;
use tempfile::tempdir;

fn compare(more: &[&str]) -> Outcome {
    let folder = tempdir().unwrap();
    let small = [
        "compare",
        "--set",
        "network.layers=[64,8,10]",
        "--steps",
        "40",
    ];
    let outcome = run(folder.path(), &[&small[..], more].concat());
    assert_eq!(
        folder.path().read_dir().unwrap().count(),
        0,
        "a comparison writes nothing"
    );
    outcome
}

#[test]
fn within_the_tolerance_is_success() {
    let outcome = compare(&["--left", "f64", "--right", "i16", "--tolerance", "0.1"]).expect(0);
    assert!(
        outcome
            .stdout
            .contains("No difference beyond 0.1 in 40 steps."),
        "{outcome:#?}"
    );
    // A precision is itself to the last bit; rounding has no meaning in floats.
    compare(&["--left", "f32:zero", "--right", "f32", "--tolerance", "0"]).expect(0);
    compare(&["--left", "i16", "--right", "i16", "--tolerance", "0"]).expect(0);
}

#[test]
fn beyond_the_tolerance_names_step_variable_and_both_values() {
    let outcome = compare(&["--left", "f64", "--right", "i16", "--tolerance", "0"]).expect(1);
    assert_eq!(outcome.stderr.lines().count(), 1, "{outcome:#?}");
    let message = &outcome.stderr;
    assert!(
        message.starts_with("apical: f64 stochastic and i16 stochastic differ"),
        "{message}"
    );
    // The initial weights are rounded, so it is the first step and the first array.
    assert!(
        message.contains("at step 1: up of layer 1, index 0: "),
        "{message}"
    );
    assert_eq!(message.matches("(bits 0x").count(), 2, "{message}");
    let values: Vec<f64> = message
        .split([' ', ':'])
        .filter(|word| word.contains('e') && word.contains('.'))
        .filter_map(|word| word.parse().ok())
        .collect();
    let [left, right] = values[..] else {
        panic!("two values: {message}")
    };
    assert!(
        left != right && (left - right).abs() <= 0.5 / 4096.0,
        "{message}"
    );
}

#[test]
fn a_saturation_ends_a_strict_comparison() {
    let wild = ["--set", "learning.up=1000", "--right", "i16", "--all"];
    compare(&wild).expect(1);
    let strict = [&wild[..], &["--set", "run.strict=true"]].concat();
    let message = compare(&strict).expect(1).stderr;
    assert!(
        message.starts_with("apical: saturation in strict mode: "),
        "{message}"
    );
}

#[test]
fn json_holds_the_difference() {
    let sides = [
        "--left",
        "i16:nearest",
        "--right",
        "i16:stochastic",
        "--tolerance",
        "0",
    ];
    let outcome = compare(&[&sides[..], &["--json", "--all"]].concat()).expect(1);
    let json: Value = serde_json::from_str(&outcome.stdout).expect("one JSON document");
    let first = &json["first"];
    assert!(
        first["step"]
            .as_u64()
            .is_some_and(|step| (1..=40).contains(&step)),
        "{first}"
    );
    assert!(
        first["variable"].is_string() && first["values"][0] != first["values"][1],
        "{first}"
    );
    assert_eq!(json["steps"], 40);
    let outcome = compare(&["--tolerance", "nan"]).expect(2);
    assert!(
        outcome.stderr.contains("accepted: a number, 0 or more"),
        "{outcome:#?}"
    );
}
