//! Threads and compilers change no bit.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use apical::config::Config;
use apical::run::{Existing, run as run_seed};
use apical::task::Material;
use apical_tests::program::{assert_same_files, files, run};
use tempfile::{TempDir, tempdir};

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

/// Batches of ten on a network of three layers above the input: the main path of the MNIST runs, on
/// data that every checkout has.
const BATCHES: [&str; 8] = [
    "network.layers=[64,40,30,10]",
    "network.init_up=[-0.3,0.3]",
    "mixing.lambda_output=0.8",
    "learning.batch=10",
    "learning.decay=0.95",
    "learning.up=[4.0,1.0,0.5]",
    "learning.pyramidal_to_interneuron=[7.0,5.0]",
    "data.validation=50",
];

/// What a run of batches came to: its digest and test accuracy.
fn batches(folder: &Path, more: &[&str]) -> (String, f64) {
    let arguments = [&["train", "--json"], &settings(&BATCHES)[..], more].concat();
    let outcome = run(folder, &arguments).expect(0);
    let json: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    let digest = json[0]["digest"].as_str().unwrap().to_owned();
    let accuracy = json[0]["metrics"]["test_accuracy"].as_f64().unwrap();
    (digest, accuracy)
}

/// Two epochs of batches on each number of threads: the digest, and the files of one thread and of two. The
/// folder has the runs, named by their threads.
fn two_epochs(rule: &[&str], precision: &str, digest: &str, threads: &[&str]) -> TempDir {
    let folder = tempdir().unwrap();
    let precision = format!("run.precision={precision}");
    let rule = settings(&[rule, &["run.epochs=2", &precision]].concat());
    for threads in threads {
        let words = [&rule[..], &["--threads", threads, "--out", threads]].concat();
        assert_eq!(batches(folder.path(), &words).0, digest, "{precision}");
    }
    assert_same_files(&folder.path().join("1"), &folder.path().join("2"));
    folder
}

/// The digests are those of every machine, so they stand here as numbers.
#[test]
fn batches_have_these_bits_on_every_machine_and_any_threads() {
    for (precision, digest) in [
        ("f64", "72f03fefbf1cd588"),
        ("f32", "3998e5656ecf137e"),
        ("i8", "37176619d2f634aa"),
        ("i16", "a5f896faca182f31"),
        ("i16x32", "e578bb06f84bac28"),
        ("i32", "797f2fe5c68c13e5"),
    ] {
        two_epochs(&[], precision, digest, &["1", "2", "3"]);
    }
}

/// Top-down weights that learn, weights that decay, and noise.
const KOLEN_POLLACK: [&str; 6] = [
    "network.feedback=kolen-pollack",
    "network.interneurons=mirrored",
    "learning.down=[0.5,0.25]",
    "learning.weight_decay=0.00001",
    "learning.error_scale=4",
    "data.swap_noise=0.05",
];

#[test]
fn kolen_and_pollacks_rule_has_these_bits_on_every_machine_and_any_threads() {
    for (precision, digest) in [
        ("f64", "72b9f44eaeaeb4ae"),
        ("f32", "6b8b472a007a8c25"),
        ("i8", "e8a8822c8e109751"),
        ("i16", "f1bd4c888e0c5569"),
        ("i16x32", "76c1c8621fa56d9d"),
        ("i32", "575e1c1e60283506"),
    ] {
        two_epochs(&KOLEN_POLLACK, precision, digest, &["1", "2"]);
    }
}

/// Top-down weights that learn from noise, which every sample of a batch has its own of.
const ALIGNMENT: [&str; 5] = [
    "network.feedback=phaseless-alignment",
    "network.interneurons=mirrored",
    "learning.down=[0.05,0.05]",
    "alignment.sigma=0.2",
    "alignment.decay=0.001",
];

#[test]
fn phaseless_alignment_has_these_bits_on_every_machine_and_any_threads() {
    for (precision, digest) in [
        ("f64", "63984f71974e9ffe"),
        ("f32", "0ee82f2007762bc0"),
        ("i16", "4f3ce08f6c86451c"),
    ] {
        two_epochs(&ALIGNMENT, precision, digest, &["1", "2"]);
    }
}

#[test]
fn moved_images_have_these_bits_on_every_machine_and_any_threads() {
    for (precision, digest) in [
        ("f64", "8717338bd71df59c"),
        ("f32", "ac016e206a41bebf"),
        ("i16", "f14bcb65c2e99a1b"),
    ] {
        two_epochs(
            &["data.shift=1", "data.mirror=true"],
            precision,
            digest,
            &["1", "2"],
        );
    }
}

/// Backpropagation goes through the same batches.
#[test]
fn the_control_has_these_bits_and_the_angle_of_the_gradient() {
    for (precision, digest) in [
        ("f64", "802b9a2c1d0f6a48"),
        ("f32", "c305a8999fa691c0"),
        ("i16", "0828cf78e9ec3750"),
    ] {
        let control = ["network.rule=backpropagation", "learning.up=0.1"];
        let folder = two_epochs(&control, precision, digest, &["1", "2"]);
        let metrics =
            std::fs::read_to_string(folder.path().join("1/digits-1/metrics.csv")).unwrap();
        let mut lines = metrics
            .lines()
            .map(|line| line.split(',').collect::<Vec<_>>());
        let place = lines
            .next()
            .unwrap()
            .iter()
            .position(|name| *name == "angle_1")
            .unwrap();
        for line in lines {
            let angle: f64 = line[place].parse().unwrap();
            assert!(angle < 2.0, "{precision}: {angle} degrees");
        }
    }
}

#[test]
fn batches_in_debug_are_those_in_release() {
    for precision in ["run.precision=f32", "run.precision=i16"] {
        debug_is_release(&[&BATCHES[..], &["run.epochs=2", precision]].concat());
    }
}

#[test]
fn batches_learn_the_digits_in_16_bits_as_in_floats() {
    let folder = tempdir().unwrap();
    for (rule, least) in [(&[][..], 94.5), (&KOLEN_POLLACK, 95.0)] {
        let of = |precision| {
            let assignments = settings(&[rule, &[precision, "run.epochs=30"]].concat());
            let out = ["--out", precision, "--force"];
            batches(folder.path(), &[&assignments[..], &out].concat()).1
        };
        let (float, fixed) = (of("run.precision=f32"), of("run.precision=i16"));
        assert!(float >= least, "{rule:?} f32: {float} %");
        assert!(
            (fixed - float).abs() <= 0.6,
            "{rule:?} i16: {fixed} %, f32: {float} %"
        );
    }
}
