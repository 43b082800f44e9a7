//! Short runs of the paper's two small experiments, and the folder that a run leaves.
//!
//! The bounds stand apart from what was measured by a factor of two or more.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use apical::config::Precision;
use apical::experiment::{ExperimentOptions, Kind, Outcome, observe, perform, self_prediction};
use apical::journal::{read_metrics, read_summary};

fn options(kind: Kind, overrides: &[&str]) -> ExperimentOptions {
    let mut document = kind.document().unwrap();
    for assignment in overrides {
        document.apply_override(assignment).unwrap();
    }
    ExperimentOptions::new(document.resolve().unwrap())
}

fn go(options: &ExperimentOptions) -> Vec<Outcome> {
    observe(options, &|_, _| {}, &AtomicBool::new(false)).unwrap()
}

fn last(outcome: &Outcome, column: &str) -> f64 {
    *outcome.column(column).unwrap().last().unwrap()
}

/// A folder that is removed when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("apical-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn apical_dendrites_fall_silent_in_floats_and_in_fixed_point() {
    let mut options = options(Kind::SelfPrediction, &["data.patterns=50"]);
    options.precisions = vec![Precision::F64, Precision::I16];
    let outcomes = go(&options);
    for outcome in &outcomes {
        let precision = outcome.precision;
        let apical = outcome.mean("apical_1", 50, 10).unwrap();
        let start = outcome.mean("apical_1", 0, 1).unwrap();
        assert!(start > 10.0, "{precision}: {start}");
        assert!(apical < 1.0, "{precision}: ‖vA‖² is {apical}");
        let interneurons = outcome.column("interneuron_1").unwrap();
        assert!(
            last(outcome, "interneuron_1") < interneurons[0] / 1.5,
            "{precision}"
        );
        // Weights move far less than what they cancel.
        assert!(last(outcome, "distance_pi_1") < outcome.mean("distance_pi_1", 0, 1).unwrap());
        assert!(last(outcome, "distance_ip_1") < outcome.mean("distance_ip_1", 0, 1).unwrap());
        assert_eq!(outcome.counters.saturations(), 0, "{precision}");
    }
    let [double, fixed] = &outcomes[..] else {
        panic!("two precisions")
    };
    let ratio = fixed.mean("apical_1", 50, 10).unwrap() / double.mean("apical_1", 50, 10).unwrap();
    assert!((0.7..1.4).contains(&ratio), "i16 over f64: {ratio}");
    assert_ne!(double.digest, fixed.digest);
}

#[test]
fn an_association_is_learned_in_floats_and_in_fixed_point() {
    let mut options = options(Kind::Association, &["data.patterns=100"]);
    options.precisions = vec![Precision::F64, Precision::I16];
    for outcome in &go(&options) {
        let error = outcome.column("output_error").unwrap();
        let precision = outcome.precision;
        assert!(
            error[60] < error[0] / 4.0,
            "{precision}: {} of {}",
            error[60],
            error[0]
        );
        assert!(
            error[100] < error[0] / 10.0,
            "{precision}: {} of {}",
            error[100],
            error[0]
        );
        // The dendrites show the error and are silent without it.
        let apical = outcome.column("apical_1").unwrap();
        assert!(apical[0] > 0.1 && apical[100] < 0.02, "{precision}");
    }
}

#[test]
fn the_wrong_output_attenuation_does_not_converge() {
    let wrong = &["data.patterns=150", "network.attenuation=wrong-output"];
    let error = go(&options(Kind::Association, wrong))[0]
        .column("output_error")
        .unwrap();
    assert!(
        error[150] > error[0] / 4.0,
        "{} of {}",
        error[150],
        error[0]
    );
    assert!(
        error[150] > error[100],
        "{} after {}",
        error[150],
        error[100]
    );
}

#[test]
fn a_run_depends_on_its_seed_alone() {
    let one = options(Kind::SelfPrediction, &["data.patterns=3"]);
    let other = options(Kind::SelfPrediction, &["data.patterns=3", "run.seed=2"]);
    let digests: Vec<u64> = [&one, &one, &other]
        .map(|options| go(options)[0].digest)
        .into();
    assert_eq!(digests[0], digests[1]);
    assert_ne!(digests[0], digests[2]);
}

#[test]
fn a_folder_holds_everything() {
    let folder = Folder::new("everything");
    let mut options = options(Kind::Association, &["data.patterns=20"]);
    options.precisions = vec![Precision::F64, Precision::I16];
    let heard = AtomicU64::new(0);
    let progress = |done: u64, total: u64| {
        assert!(done <= total && total == 40);
        heard.fetch_add(1, Ordering::Relaxed);
    };
    let stop = AtomicBool::new(false);
    let summary = perform(Kind::Association, &options, &folder.0, &progress, &stop).unwrap();
    assert_eq!(heard.into_inner(), 40);
    assert!(summary.complete && !summary.negative_control);
    assert_eq!(summary.holds, None, "no reference within 20 patterns");
    assert_eq!(
        read_summary::<apical::experiment::Summary>(&folder.0).unwrap(),
        summary
    );
    let metrics = read_metrics(&folder.0).unwrap();
    assert_eq!(metrics.epochs, (0..=20).collect::<Vec<u64>>());
    for column in [
        "f64.apical_1",
        "f64.output_error",
        "i16.interneuron_1",
        "i16.lost_updates",
    ] {
        assert!(
            metrics.column(column).is_some(),
            "{column} in {:?}",
            metrics.columns
        );
    }
    for plot in [
        "output-error",
        "apical-distance",
        "interneuron-distance",
        "weight-distance",
        "weights-f64",
        "apical-before-f64",
        "apical-after-i16",
        "interneurons-after-f64",
        "output-before-f64",
        "output-after-i16",
        "neurons-before-i16",
    ] {
        let svg = std::fs::read_to_string(folder.0.join(format!("plots/{plot}.svg"))).unwrap();
        assert!(
            svg.starts_with("<svg") || svg.starts_with("<?xml"),
            "{plot}"
        );
    }
    let page = std::fs::read_to_string(folder.0.join("report.html")).unwrap();
    assert!(page.matches("<svg").count() >= 20);
    assert!(folder.0.join("weights-i16.npz").is_file() && folder.0.join("config.toml").is_file());
    // A second run does not overwrite the first.
    let again = perform(Kind::Association, &options, &folder.0, &|_, _| {}, &stop);
    assert_eq!(again.unwrap_err().exit_code(), 2);
}

#[test]
fn a_stopped_run_shows_what_there_is() {
    let folder = Folder::new("stopped");
    let options = options(Kind::SelfPrediction, &["data.patterns=1000"]);
    let stop = AtomicBool::new(false);
    let progress = |done: u64, _: u64| stop.store(done >= 5, Ordering::Relaxed);
    let summary = self_prediction(&options, &folder.0, &progress, &stop).unwrap();
    assert!(!summary.complete);
    assert_eq!(summary.runs[0].patterns, 5);
    assert_eq!(read_metrics(&folder.0).unwrap().epochs.len(), 6);
}

#[test]
fn what_cannot_run_leaves_no_folder() {
    let folder = Folder::new("nothing");
    // A rate of i16 ends at 2.
    let mut options = options(Kind::SelfPrediction, &["data.input_range=[0, 3]"]);
    options.precisions = vec![Precision::F64, Precision::I16];
    let stop = AtomicBool::new(false);
    let error = self_prediction(&options, &folder.0, &|_, _| {}, &stop).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("data.input_range = 3 does not fit i16"),
        "{error}"
    );
    assert_eq!(error.exit_code(), 2);
    assert!(!folder.0.exists());
}
