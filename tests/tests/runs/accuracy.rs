//! What the default configuration reaches on the digits.

use apical_tests::program::run;
use serde_json::Value;
use tempfile::tempdir;

/// Mean test accuracy of two seeds in percent.
fn accuracy(precision: &str) -> f64 {
    let folder = tempdir().unwrap();
    let arguments = ["train", "--json", "--seeds", "2", "--set", precision];
    let outcome = run(folder.path(), &arguments).expect(0);
    let json: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let seeds = json.as_array().unwrap();
    let of = |seed: &Value| seed["metrics"]["test_accuracy"].as_f64().unwrap();
    assert_eq!(seeds.len(), 2);
    seeds.iter().map(of).sum::<f64>() / 2.0
}

#[test]
fn digits_are_learned_in_f64_and_as_well_in_16_bits() {
    let (reference, fixed) = (accuracy("run.precision=f64"), accuracy("run.precision=i16"));
    assert!(reference >= 96.5, "f64: {reference} %");
    assert!(
        (fixed - reference).abs() <= 0.5,
        "i16: {fixed} %, f64: {reference} %"
    );
}
