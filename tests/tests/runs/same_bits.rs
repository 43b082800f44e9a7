//! Threads and compilers change no bit.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use apical::config::Config;
use apical::run::{Existing, run as run_seed};
use apical::task::Material;
use apical_tests::program::{assert_same_files, files, run};
use tempfile::tempdir;

use super::{FULL, settings};

#[test]
fn one_thread_and_two() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    let small = [
        "network.layers=[64,9,10]",
        "run.epochs=3",
        "run.precision=i16",
    ];
    for threads in ["1", "2"] {
        let more = [
            "train",
            "--quiet",
            "--seeds",
            "3",
            "--threads",
            threads,
            "--out",
            threads,
        ];
        run(folder, &[&more, &settings(&small)[..]].concat()).expect(0);
    }
    assert_same_files(&folder.join("1"), &folder.join("2"));
    let summaries = files(&folder.join("1"))
        .into_keys()
        .filter(|name| name.ends_with("summary.json"));
    assert_eq!(summaries.count(), 3);
}

/// Trains in this process, where debug assertions and overflow checks are on, and by the release
/// program, and compares every file of the two run folders.
#[track_caller]
fn debug_is_release(assignments: &[&str]) {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    let config = Config::load(None, assignments).unwrap();
    let material = Material::load(&config).unwrap();
    let (here, stop) = (folder.join("debug"), AtomicBool::new(false));
    let (seed, told) = (config.run.seed, |_| {});
    let summary = run_seed(
        &config,
        &material,
        seed,
        &here,
        Existing::Refuse,
        &told,
        &stop,
    )
    .unwrap();
    let arguments = ["train", "--quiet", "--out", "release"];
    run(folder, &[&arguments, &settings(assignments)[..]].concat()).expect(0);
    let text = std::fs::read_to_string(folder.join("release/digits-1/summary.json")).unwrap();
    assert!(
        text.contains(&summary.digest),
        "{assignments:?}: {} {text}",
        summary.digest
    );
    assert_same_files(&here, Path::new(&folder.join("release")));
}

#[test]
fn debug_and_release_in_two_steps() {
    for precision in [
        "run.precision=f64",
        "run.precision=f32",
        "run.precision=i16",
    ] {
        debug_is_release(&["network.layers=[64,21,10]", "run.epochs=2", precision]);
    }
}

#[test]
fn debug_and_release_in_full_mode() {
    for precision in [
        "run.precision=f64",
        "run.precision=f32",
        "run.precision=i16",
    ] {
        debug_is_release(&[&FULL[..], &["run.epochs=1", precision]].concat());
    }
}
