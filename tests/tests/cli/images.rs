//! MNIST and its like: a folder of files, found or refused, and a run on them.

use std::fs;
use std::path::Path;

use apical_tests::program::run;
use serde_json::Value;
use tempfile::tempdir;

use super::refused;

/// `train` on images of 2 x 2 pixels.
const TRAIN: [&str; 7] = [
    "train",
    "--set",
    "data.task=mnist",
    "--set",
    "network.layers=[4,3,10]",
    "--set",
    "data.validation=4",
];

/// A file of unsigned bytes with these sizes.
fn idx(sizes: &[u32], bytes: &[u8]) -> Vec<u8> {
    let mut file = (0x0800 + sizes.len() as u32).to_be_bytes().to_vec();
    file.extend(sizes.iter().flat_map(|size| size.to_be_bytes()));
    file.extend(bytes);
    file
}

/// Twenty images to train on, ten to test on.
fn write_images(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    for (part, count) in [("train", 20_u8), ("t10k", 10)] {
        let pixels: Vec<u8> = (0..4 * count).map(|i| i.wrapping_mul(37)).collect();
        let labels: Vec<u8> = (0..count).map(|i| i % 10).collect();
        let images = idx(&[count.into(), 2, 2], &pixels);
        fs::write(folder.join(format!("{part}-images-idx3-ubyte")), images).unwrap();
        let labels = idx(&[count.into()], &labels);
        fs::write(folder.join(format!("{part}-labels-idx1-ubyte")), labels).unwrap();
    }
}

#[test]
fn folders_and_files_that_are_not_there() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    let with = |more: &[&'static str]| [&TRAIN[..], more].concat();
    refused(
        folder,
        &with(&["--data", "none"]),
        &[
            "none: no such folder",
            "none/mnist",
            "train-images-idx3-ubyte",
            "APICAL_DATA",
        ],
    );
    write_images(&folder.join("images"));
    fs::create_dir(folder.join("empty")).unwrap();
    refused(
        folder,
        &with(&["--data", "empty"]),
        &[
            "empty: no files of data.task = \"mnist\"",
            "accepted: a folder",
        ],
    );
    fs::remove_file(folder.join("images/t10k-labels-idx1-ubyte")).unwrap();
    refused(
        folder,
        &with(&["--data", "images"]),
        &[
            "images/t10k-labels-idx1-ubyte: missing; accepted: ",
            "t10k-labels.idx1-ubyte.gz",
        ],
    );
    // A folder of images for samples that are built in.
    refused(
        folder,
        &["train", "--data", "images"],
        &[
            "--data: data.path: found",
            "data.task = \"digits\", which is built in",
        ],
    );
    let csv = ["--set", "data.task=csv"];
    refused(
        folder,
        &[&["train", "--data", "images"], &csv[..]].concat(),
        &["--data: found \"images\" with data.task = \"csv\"; accepted: "],
    );
}

#[test]
fn files_that_are_cut() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    write_images(&folder.join("images"));
    let cut = folder.join("images/train-images-idx3-ubyte");
    let bytes = fs::read(&cut).unwrap();
    fs::write(&cut, &bytes[..bytes.len() - 1]).unwrap();
    refused(
        folder,
        &[&TRAIN[..], &["--data", "images"]].concat(),
        &[
            "images/train-images-idx3-ubyte: found 95 bytes; accepted: 96, as its header says \
             20 x 2 x 2",
        ],
    );
    fs::write(&cut, bytes).unwrap();
    let twenty = ["--data", "images", "--set", "data.validation=20"];
    refused(
        folder,
        &[&TRAIN[..], &twenty].concat(),
        &["data.validation: found 20; accepted: less than 20"],
    );
}

#[test]
fn a_run_on_images_and_the_copy_of_its_configuration() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    // One folder for all data: this set is in the one named like it.
    write_images(&folder.join("data/mnist"));
    let epochs = ["--set", "run.epochs=2", "--json"];
    let train = |more: &[&str]| run(folder, &[&TRAIN[..], &epochs, more].concat()).expect(0);
    let result: Value = serde_json::from_str(&train(&["--data", "data"]).stdout).unwrap();
    // 20 images less 4 for validation, twice.
    let cells = 3 * (4 + 1) + 10 * (3 + 1) + 3 * 10;
    let updates = result[0]["updates"].as_u64().unwrap();
    assert!(updates > 0 && updates <= 2 * 16 * 2 * cells, "{updates}");
    let copy = fs::read_to_string(folder.join("runs/digits-1/config.toml")).unwrap();
    let whole = folder.join("data").canonicalize().unwrap();
    assert!(copy.contains(whole.to_str().unwrap()), "{copy}");
    // The copy means the same files wherever it is used.
    let elsewhere = tempdir().unwrap();
    let config = folder.join("runs/digits-1/config.toml");
    let again = ["train", "--json", "--config", config.to_str().unwrap()];
    let outcome = run(elsewhere.path(), &again).expect(0);
    let repeated: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(repeated[0]["digest"], result[0]["digest"]);
    // Short runs, and other scales.
    let short = [
        "--set",
        "data.train_samples=5",
        "--set",
        "data.test_samples=3",
    ];
    for scale in ["min-max", "standardise"] {
        let scale = format!("data.scale={scale}");
        train(&[&["--data", "data", "--force", "--set", &scale][..], &short].concat());
    }
}
