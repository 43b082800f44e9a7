//! What the default configuration reaches on the digits.

use apical_tests::program::run;
use serde_json::Value;
use tempfile::tempdir;

/// Two seeds: the mean test accuracy in percent, and how far the interneurons are from what they follow
/// at the end, ||W^IP - a W^PP|| / ||a W^PP||.
fn trained(precision: &str) -> (f64, f64) {
    let folder = tempdir().unwrap();
    let arguments = ["train", "--json", "--seeds", "2", "--set", precision];
    let outcome = run(folder.path(), &arguments).expect(0);
    let json: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let seeds = json.as_array().unwrap();
    assert_eq!(seeds.len(), 2);
    let mean = |name: &str| {
        let of = |seed: &Value| seed["metrics"][name].as_f64().unwrap();
        seeds.iter().map(of).sum::<f64>() / 2.0
    };
    (mean("test_accuracy"), mean("interneuron_tracking"))
}

#[test]
fn digits_are_learned_in_f64_and_as_well_in_16_bits() {
    let (reference, mirror) = trained("run.precision=f64");
    let (fixed, rounded) = trained("run.precision=i16");
    assert!(reference >= 96.5, "f64: {reference} %");
    assert!(
        (fixed - reference).abs() <= 0.5,
        "i16: {fixed} %, f64: {reference} %"
    );
    assert!(mirror < 0.005, "f64: {mirror}");
    // 0.043 if an interneuron and the neuron it follows round with random words of their own.
    assert!(rounded < 0.035, "i16: {rounded}");
}
