//! Run folders that are looked at again: in the way, unfinished, of the main job, of an experiment.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use apical_tests::program::{files, finish, run, start};
use serde_json::Value;
use tempfile::tempdir;

use super::{SMALL, refused, train_small};

/// Drawing again writes the report and nothing else.
#[track_caller]
fn drawn_again(folder: &Path, name: &str) {
    let report = folder.join(name).join("report.html");
    let before = files(folder);
    fs::remove_file(&report).unwrap();
    run(folder, &["report", name]).expect(0);
    let page = fs::read_to_string(&report).unwrap();
    assert!(
        page.contains("<svg") && page.ends_with("</html>\n"),
        "{name}"
    );
    let after = files(folder);
    let names: [Vec<_>; 2] = [&before, &after].map(|files| files.keys().collect());
    assert_eq!(names[0], names[1]);
}

#[test]
fn a_measure_that_is_no_number_is_written_read_and_drawn() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    // Without feedback the hidden layer has no error, and a change of nothing has no angle.
    let none = ["--set", "network.init_down=[0,0]"];
    train_small(folder, &none).expect(0);
    let summary = fs::read_to_string(folder.join("runs/digits-1/summary.json")).unwrap();
    let summary: Value = serde_json::from_str(&summary).unwrap();
    assert!(summary["metrics"]["angle_1"].is_null(), "{summary}");
    drawn_again(folder, "runs/digits-1");
    train_small(folder, &[&none[..], &["--resume"]].concat()).expect(0);
    // So has a network that left the numbers.
    let wild = ["--set", "run.name=wild", "--set", "learning.up=1e300"];
    train_small(folder, &wild).expect(0);
    drawn_again(folder, "runs/wild-1");
}

#[test]
fn a_folder_in_the_way_of_any_seed_is_known_before_the_first() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    fs::create_dir_all(folder.join("runs/digits-3")).unwrap();
    fs::write(folder.join("runs/digits-3/notes.txt"), "mine").unwrap();
    let three = [&["train"], &SMALL[..], &["--seeds", "3"]].concat();
    refused(
        folder,
        &three,
        &["runs/digits-3", "exists and is not empty"],
    );
    assert!(!folder.join("runs/digits-1").exists());
}

#[test]
fn a_folder_without_a_checkpoint_is_not_resumed_unless_nothing_was_done() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    let resume = [&["train", "--resume"], &SMALL[..]].concat();
    fs::create_dir_all(folder.join("runs/digits-1")).unwrap();
    fs::write(folder.join("runs/digits-1/notes.txt"), "mine").unwrap();
    refused(
        folder,
        &resume,
        &["runs/digits-1", "no checkpoint", "--force"],
    );
    fs::remove_file(folder.join("runs/digits-1/notes.txt")).unwrap();

    let whole = run(folder, &[&resume[..], &["--json"]].concat()).expect(0);
    fs::remove_file(folder.join("runs/digits-1/checkpoint.bin")).unwrap();
    refused(folder, &resume, &["runs/digits-1", "no checkpoint"]);
    // As a run leaves it that is killed before its first checkpoint.
    for file in ["summary.json", "weights.npz", "report.html"] {
        fs::remove_file(folder.join("runs/digits-1").join(file)).unwrap();
    }
    let metrics = folder.join("runs/digits-1/metrics.csv");
    let text = fs::read_to_string(&metrics).unwrap();
    fs::write(&metrics, text.split_inclusive('\n').next().unwrap()).unwrap();
    let again = run(folder, &[&resume[..], &["--json"]].concat()).expect(0);
    assert_eq!(again.stdout, whole.stdout);
}

#[test]
fn an_unfinished_run_and_an_experiment_are_drawn() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    train_small(folder, &[]).expect(0);
    let summary = folder.join("runs/digits-1/summary.json");
    fs::remove_file(&summary).unwrap();
    drawn_again(folder, "runs/digits-1");
    let page = fs::read_to_string(folder.join("runs/digits-1/report.html")).unwrap();
    assert!(page.contains("2 of 2, unfinished"));

    run(
        folder,
        &["experiment", "association", "--patterns", "20", "--quiet"],
    );
    let before = files(folder);
    drawn_again(folder, "runs/association-1");
    for (path, bytes) in files(folder) {
        let same = before.get(&path) == Some(&bytes);
        // The command is not known any more, and reading a checkpoint takes time, which counts.
        let told = ["report.html", "checkpoint-f64.bin", "summary.json"];
        let told = told.iter().any(|name| path.ends_with(name));
        assert!(same || told, "{}", path.display());
    }
    let nothing = ["not a run folder", "accepted: "];
    refused(folder, &["report", "runs"], &nothing);
    fs::remove_file(folder.join("runs/association-1/checkpoint-f64.bin")).unwrap();
    let missing = ["checkpoint-f64.bin", "missing"];
    refused(folder, &["report", "runs/association-1"], &missing);
}

#[test]
fn weights_go_out_and_in_as_json_too() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    train_small(folder, &["--set", "run.weights=json"]).expect(0);
    assert!(!folder.join("runs/digits-1/weights.npz").exists());
    let json = fs::read_to_string(folder.join("runs/digits-1/weights.json")).unwrap();
    let weights: Value = serde_json::from_str(&json).unwrap();
    let shape = &weights["arrays"]["up_1"]["shape"];
    assert_eq!(*shape, serde_json::json!([4, 64]), "{shape}");
    // What is read back is what was written, to the last bit.
    let of = |name: &str, weights: &str| {
        let none = ["--set", "learning.up=0", "--set", "run.weights=json"];
        let weights = format!("network.weights={weights}");
        let name = format!("run.name={name}");
        let words = ["--set", &name, "--set", &weights];
        let rates = ["--set", "learning.pyramidal_to_interneuron=0"];
        train_small(folder, &[&none[..], &rates, &words].concat()).expect(0);
    };
    of("again", "runs/digits-1/weights.json");
    let again = fs::read_to_string(folder.join("runs/again-1/weights.json")).unwrap();
    assert!(again == json);
}

#[test]
fn the_main_job_goes_on_from_the_seeds_that_are_done() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    let child = start(folder, &["--quiet", "--threads", "1"]);
    let first = folder.join("runs/digits/seed-1.json");
    let begin = Instant::now();
    while !first.exists() {
        assert!(begin.elapsed() < Duration::from_mins(5), "no seed is done");
        sleep(Duration::from_millis(20));
    }
    let mut kill = Command::new("kill");
    let sent = kill.args(["-INT", &child.id().to_string()]).status();
    assert!(sent.unwrap().success());
    let stopped = finish(child).expect(1);
    assert!(
        stopped
            .stderr
            .contains("of 5 seeds are kept in runs/digits, and the same command"),
        "{stopped:#?}"
    );
    // What nothing else depends on tells that the seed was taken and not trained again.
    let mut kept: Value = serde_json::from_slice(&fs::read(&first).unwrap()).unwrap();
    kept["done"]["outcomes"][0]["samples_per_second"] = 12.5.into();
    fs::write(&first, kept.to_string()).unwrap();
    let done = run(folder, &["--json"]).expect(0);
    let study: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(study["rows"][0]["outcomes"][0]["samples_per_second"], 12.5);

    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/results/digits.json");
    let [found, expected] = [done.stdout, fs::read_to_string(file).unwrap()].map(|text| {
        let study: Value = serde_json::from_str(&text).unwrap();
        let rows = study["rows"].as_array().unwrap().iter();
        let outcomes = rows.flat_map(|row| row["outcomes"].as_array().unwrap());
        let digests: Vec<Value> = outcomes.map(|outcome| outcome["digest"].clone()).collect();
        digests
    });
    assert_eq!(found.len(), 20);
    assert_eq!(found, expected);
    assert!(!first.exists());
    let metrics = fs::read_to_string(folder.join("runs/digits/metrics.csv")).unwrap();
    let header = metrics.lines().next().unwrap();
    assert!(
        header.starts_with("epoch,f64.test_accuracy,f64.angle_1,"),
        "{header}"
    );
    assert_eq!(metrics.lines().count(), 41);
    assert!(folder.join("runs/digits/config.toml").is_file());
    drawn_again(folder, "runs/digits");
}
