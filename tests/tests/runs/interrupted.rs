//! A run that is killed or stopped goes on to the bits of one that never was.

use std::fs;
use std::path::Path;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

use apical_tests::program::{assert_same_files, finish, run, start};
use tempfile::tempdir;

use super::{FULL, settings};

/// Lines of a file that is being written; 0 before there is one.
fn lines(path: &Path) -> usize {
    fs::read_to_string(path).map_or(0, |text| text.lines().count())
}

/// Starts a run and gives it back when its metrics have so many lines, long before its end.
fn started(folder: &Path, arguments: &[&str], least: usize) -> Child {
    let mut child = start(folder, arguments);
    let metrics = folder.join("broken/digits-1/metrics.csv");
    let began = Instant::now();
    while lines(&metrics) < least {
        assert!(
            began.elapsed() < Duration::from_mins(2),
            "no epoch in two minutes"
        );
        assert!(child.try_wait().unwrap().is_none(), "the run ended early");
        sleep(Duration::from_millis(2));
    }
    child
}

/// Trains once without a break and once with all that `interrupt` does, and compares all files.
fn comes_to_the_same(assignments: &[&str], interrupt: impl Fn(&Path, &[&str])) {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    let of = |out: &'static str, more: &[&'static str]| {
        [
            &["train", "--quiet", "--out", out],
            &settings(assignments)[..],
            more,
        ]
        .concat()
    };
    interrupt(folder, &of("broken", &[]));
    let broken = folder.join("broken/digits-1");
    assert!(
        !broken.join("summary.json").exists(),
        "the run was over before it was interrupted"
    );
    run(folder, &of("broken", &["--resume"])).expect(0);
    run(folder, &of("whole", &[])).expect(0);
    assert!(broken.join("summary.json").exists());
    // metrics.csv and summary.json with its digest; and checkpoint, weights, report and plots.
    assert_same_files(&broken, &folder.join("whole/digits-1"));
}

#[test]
fn killed_and_resumed() {
    // Checkpoints are rarer than lines of metrics, so the kill leaves lines to take back.
    let assignments = [
        "network.layers=[64,12,10]",
        "run.precision=i16",
        "run.epochs=80",
        "run.checkpoint_every=7",
    ];
    comes_to_the_same(&assignments, |folder, arguments| {
        let mut child = started(folder, arguments, 12);
        child.kill().unwrap();
        assert_eq!(finish(child).code, None);
        // And killed once more on its way from there.
        let resume = [arguments, &["--resume"]].concat();
        let mut child = started(folder, &resume, 30);
        child.kill().unwrap();
        assert_eq!(finish(child).code, None);
    });
}

#[test]
fn stopped_by_ctrl_c_and_resumed() {
    let assignments = [&FULL[..], &["run.precision=f32", "run.epochs=16"]].concat();
    comes_to_the_same(&assignments, |folder, arguments| {
        let child = started(folder, arguments, 4);
        let mut kill = Command::new("kill");
        let sent = kill
            .args(["-INT", &child.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
        let outcome = finish(child).expect(1);
        assert!(
            outcome.stderr.contains("--resume in broken/digits-1"),
            "{outcome:#?}"
        );
        assert_eq!(outcome.stdout, "");
    });
}
