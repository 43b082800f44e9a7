//! Small files, whole and damaged.

use std::fs;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;

use super::*;

/// Three images of 2 x 2 pixels to train on and two to test on, with labels.
const FILES: [(&str, &[u32], &[u8]); 4] = [
    (
        "train-images-idx3-ubyte",
        &[3, 2, 2],
        &[0, 51, 102, 153, 204, 255, 0, 0, 1, 2, 3, 4],
    ),
    ("train-labels-idx1-ubyte", &[3], &[9, 0, 4]),
    (
        "t10k-images-idx3-ubyte",
        &[2, 2, 2],
        &[255, 0, 0, 0, 0, 0, 0, 255],
    ),
    ("t10k-labels-idx1-ubyte", &[2], &[1, 2]),
];

fn idx(sizes: &[u32], bytes: &[u8]) -> Vec<u8> {
    let mut file = (0x0800 + sizes.len() as u32).to_be_bytes().to_vec();
    file.extend(sizes.iter().flat_map(|size| size.to_be_bytes()));
    file.extend(bytes);
    file
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A folder with the files, each as `pack` makes it.
fn folder(pack: impl Fn(&str, Vec<u8>) -> (String, Vec<u8>)) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, sizes, bytes) in FILES {
        let (name, bytes) = pack(name, idx(sizes, bytes));
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

fn plain() -> TempDir {
    folder(|name, bytes| (name.to_owned(), bytes))
}

/// What is said of the folder once `bytes` stand in one of its files.
fn fault(name: &str, bytes: &[u8]) -> String {
    let folder = plain();
    fs::write(folder.path().join(name), bytes).unwrap();
    let message = read_idx(folder.path(), "t").unwrap_err().to_string();
    let place = format!("{}: ", folder.path().join(name).display());
    match message.strip_prefix(&place) {
        Some(rest) => rest.to_owned(),
        None => panic!("{message} is not about {place}"),
    }
}

#[test]
fn training_part_and_test_part_follow_each_other() {
    let data = read_idx(plain().path(), "mnist").unwrap();
    assert_eq!((data.name.as_str(), data.len()), ("mnist", 5));
    assert_eq!((data.features, data.classes), (4, 10));
    assert_eq!(data.labels, [9, 0, 4, 1, 2]);
    assert_eq!(data.published_train, Some(3));
    assert_eq!(data.row(0), [0.0, 0.2, 0.4, 0.6]);
    assert_eq!(data.row(3), [1.0, 0.0, 0.0, 0.0]);
    assert!(data.row(5).is_empty());
    assert!(matches!(&data.inputs, Features::Bytes(pixels) if pixels.bytes().len() == 20));
}

#[test]
fn every_name_and_both_forms_are_read() {
    let expected = read_idx(plain().path(), "t").unwrap();
    let dotted = |name: &str| name.replacen("-idx", ".idx", 1);
    for folder in [
        folder(|name, bytes| (format!("{name}.gz"), gzip(&bytes))),
        folder(|name, bytes| (dotted(name), bytes)),
        folder(|name, bytes| (format!("{}.gz", dotted(name)), gzip(&bytes))),
        // Packed, whatever the name says, and the other way round.
        folder(|name, bytes| (name.to_owned(), gzip(&bytes))),
        folder(|name, bytes| (format!("{name}.gz"), bytes)),
    ] {
        assert!(is_there(folder.path()));
        assert_eq!(read_idx(folder.path(), "t").unwrap(), expected);
    }
    assert!(!is_there(tempfile::tempdir().unwrap().path()));
}

#[test]
fn a_missing_file_is_named_with_its_other_names() {
    for (name, ..) in FILES {
        let folder = plain();
        fs::remove_file(folder.path().join(name)).unwrap();
        let message = read_idx(folder.path(), "t").unwrap_err().to_string();
        let path = folder.path().join(name);
        let dotted = name.replacen("-idx", ".idx", 1);
        let expected = format!(
            "{}: missing; accepted: this name or {name}.gz, {dotted}, {dotted}.gz",
            path.display()
        );
        assert_eq!(message, expected);
    }
}

#[test]
fn a_cut_file_is_named_with_its_bytes() {
    let (images, sizes, pixels) = FILES[0];
    let whole = idx(sizes, pixels);
    assert_eq!(
        fault(images, &whole[..20]),
        "found 20 bytes; accepted: 28, as its header says 3 x 2 x 2"
    );
    assert_eq!(
        fault(images, &[&whole[..], &[0]].concat()),
        "found 29 bytes; accepted: 28, as its header says 3 x 2 x 2"
    );
    let header = "accepted: 16, the header, and what it says";
    for length in [0, 3, 4, 15] {
        let expected = format!("found {length} bytes; {header}");
        assert_eq!(fault(images, &whole[..length]), expected);
    }
    // Noise does not shrink, so that a cut takes some of it away.
    let noise: Vec<u8> = (0..40_000_u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    let packed = gzip(&idx(&[10_000, 2, 2], &noise));
    let message = fault(images, &packed[..packed.len() / 2]);
    assert!(
        message.starts_with("found ")
            && message.ends_with(
                " bytes, where the gzip data break off; accepted: 40016, as its header says \
                 10000 x 2 x 2"
            ),
        "{message}"
    );
    // All pixels are there, but not the checksum behind them.
    let packed = gzip(&whole);
    assert_eq!(
        fault(images, &packed[..packed.len() - 4]),
        "found 28 bytes, where the gzip data break off; accepted: 28, and the end of the gzip data"
    );
    let mut broken = packed;
    let last = broken.len() - 5;
    broken[last] ^= 1;
    let message = fault(images, &broken);
    assert!(message.starts_with("cannot be read: "), "{message}");
}

#[test]
fn a_file_of_another_kind_is_refused() {
    let (images, ..) = FILES[0];
    let (labels, ..) = FILES[1];
    assert_eq!(
        fault(images, &idx(&[3], &[9, 0, 4])),
        "found magic number 0x00000801; accepted: 0x00000803, of images in unsigned bytes"
    );
    assert_eq!(
        fault(labels, b"label,pixel1,pixel2\n"),
        "found magic number 0x6c616265; accepted: 0x00000801, of labels in unsigned bytes"
    );
    assert_eq!(
        fault(images, &idx(&[u32::MAX; 3], &[])),
        "found a header of 4294967295 x 4294967295 x 4294967295; accepted: sizes of a file"
    );
    assert_eq!(
        fault(images, &idx(&[0, 2, 2], &[])),
        "found 0 images of 2 x 2 pixels; accepted: at least one image of one pixel"
    );
}

#[test]
fn files_that_do_not_belong_together_are_refused() {
    let message = fault(FILES[1].0, &idx(&[2], &[9, 0]));
    assert!(
        message.starts_with("found 2 labels; accepted: 3, one for each image of /")
            && message.ends_with(FILES[0].0),
        "{message}"
    );
    assert_eq!(
        fault(FILES[3].0, &idx(&[2], &[1, 10])),
        "found 10 as label 2; accepted: 0 to 9"
    );
    let message = fault(FILES[2].0, &idx(&[2, 1, 4], &[0; 8]));
    assert!(
        message.starts_with("found images of 1 x 4 pixels; accepted: 2 x 2, as in /")
            && message.ends_with(FILES[0].0),
        "{message}"
    );
}
