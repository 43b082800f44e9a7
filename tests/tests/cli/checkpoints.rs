//! A run is not resumed from a checkpoint that is not its own or not as it was written.

use std::fs;
use std::path::Path;

use apical_tests::program::files;
use tempfile::tempdir;

use super::{SMALL, refused, train_small};

const CHECKPOINT: &str = "runs/digits-1/checkpoint.bin";

/// Resuming is refused, and leaves every file of the run as it is.
#[track_caller]
fn not_resumed(folder: &Path, more: &[&str], parts: &[&str]) {
    let arguments = [&["train", "--resume"], &SMALL[..], more].concat();
    refused(folder, &arguments, parts);
}

#[test]
fn damaged_checkpoints() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    train_small(folder, &[]).expect(0);
    let path = folder.join(CHECKPOINT);
    let whole = fs::read(&path).unwrap();
    let length = whole.len();

    for cut in [length - 1, length / 2, 12, 5] {
        fs::write(&path, &whole[..cut]).unwrap();
        not_resumed(
            folder,
            &[],
            &[CHECKPOINT, " bytes"].map(|part| if cut < 8 { CHECKPOINT } else { part }),
        );
    }
    fs::write(&path, [&whole[..], &[0]].concat()).unwrap();
    not_resumed(
        folder,
        &[],
        &[
            CHECKPOINT,
            &format!("{} bytes", length + 1),
            &format!("has {length}"),
        ],
    );
    for place in [30, length / 2, length - 1] {
        let mut flipped = whole.clone();
        flipped[place] ^= 0x10;
        fs::write(&path, flipped).unwrap();
        not_resumed(folder, &[], &[CHECKPOINT, "damaged", "CRC-32"]);
    }
    let mut version = whole.clone();
    version[8] = 99;
    fs::write(&path, version).unwrap();
    not_resumed(
        folder,
        &[],
        &[CHECKPOINT, "checkpoint format 99; accepted: 1"],
    );
    for bytes in [&b"PK\x03\x04 something else"[..], b""] {
        fs::write(&path, bytes).unwrap();
        not_resumed(folder, &[], &[CHECKPOINT, "not a checkpoint of Apical"]);
    }
    // As it was, it is good again; a finished run has nothing left to do and stays the same.
    fs::write(&path, &whole).unwrap();
    let before = files(folder);
    train_small(folder, &["--resume"]).expect(0);
    assert!(files(folder) == before);
}

#[test]
fn checkpoints_of_something_else() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    train_small(folder, &[]).expect(0);
    let path = folder.join(CHECKPOINT);
    for (other, parts) in [
        (
            "network.layers=[64,5,10]",
            ["shape [64, 5, 10]", "accepted: [64, 4, 10]"],
        ),
        ("run.precision=i16", ["precision i16", "accepted: f64"]),
    ] {
        train_small(folder, &["--out", "other", "--force", "--set", other]).expect(0);
        fs::copy(folder.join("other/digits-1/checkpoint.bin"), &path).unwrap();
        not_resumed(folder, &[], &[CHECKPOINT, parts[0], parts[1]]);
    }
    // The configuration of the folder is looked at first.
    for (other, line) in [
        ("run.precision=i16", "precision = "),
        ("learning.up=0.2", "up = "),
    ] {
        not_resumed(
            folder,
            &["--set", other],
            &["config.toml", line, "accepted: the same"],
        );
    }
    let metrics = folder.join("runs/digits-1/metrics.csv");
    train_small(folder, &["--force"]).expect(0);
    let text = fs::read_to_string(&metrics).unwrap();
    fs::write(&metrics, text.replace("test_loss", "loss")).unwrap();
    not_resumed(folder, &[], &["metrics.csv:1: found", "accepted: "]);
    fs::remove_file(&metrics).unwrap();
    not_resumed(folder, &[], &["metrics.csv"]);
}
