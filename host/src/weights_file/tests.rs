use std::fs;

use super::*;

fn example() -> WeightsFile {
    let mut file = WeightsFile::default();
    file.insert(
        "up_1",
        &[2, 3],
        vec![0.1, -0.0, 1e-300, 5e-324, f64::MAX, 0.1 + 0.2],
    );
    file.insert("bias_1", &[2], vec![1.0, 123_456_789.123_456_78]);
    file.insert_values(
        "up_1_raw",
        &[2, 3],
        Values::I16(vec![1, 2, 3, -4, i16::MIN, i16::MAX]),
    );
    file
}

fn expected() -> Vec<(&'static str, Vec<usize>)> {
    vec![("up_1", vec![2, 3]), ("bias_1", vec![2])]
}

fn check(file: &WeightsFile) -> String {
    file.check(Path::new("w.npz"), &expected())
        .unwrap_err()
        .to_string()
}

#[test]
fn both_formats_give_back_the_same_bits() {
    let root = tempfile::tempdir().unwrap();
    let mut file = example();
    file.insert_values("up_2", &[1], Values::I32(vec![i32::MIN]));
    file.insert_values("up_3", &[0, 2], Values::I8(vec![]));
    for name in ["w.npz", "w.json"] {
        let path = root.path().join(name);
        file.write(&path).unwrap();
        let found = WeightsFile::read(&path).unwrap();
        assert_eq!(found, file);
        let zero = found.floats("up_1").unwrap()[1];
        assert!(zero.is_sign_negative(), "{name} lost the sign of zero");
        // No time of day: the same weights are the same file.
        let bytes = fs::read(&path).unwrap();
        file.write(&path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
}

#[test]
fn names_and_shapes_are_those_of_the_network() {
    let file = example();
    file.check(Path::new("w.npz"), &expected()).unwrap();

    let mut missing = file.clone();
    missing.arrays.remove("bias_1");
    assert_eq!(
        check(&missing),
        "w.npz: bias_1: found nothing; accepted: an array of shape [2]"
    );
    let mut more = file.clone();
    more.insert("up_2", &[1], vec![1.0]);
    let message = check(&more);
    assert!(message.starts_with("w.npz: up_2: found an array that the network does not have; "));
    assert!(message.ends_with("accepted: up_1, bias_1"), "{message}");
    let mut other = file.clone();
    other.insert("up_1", &[3, 2], vec![0.0; 6]);
    assert_eq!(
        check(&other),
        "w.npz: up_1: found shape [3, 2]; accepted: shape [2, 3]"
    );
    let mut integers = file.clone();
    integers.insert_values("bias_1", &[2], Values::I8(vec![1, 2]));
    assert_eq!(
        check(&integers),
        "w.npz: bias_1: found int8; accepted: float64"
    );
    let mut raw = file;
    raw.insert("bias_1_raw", &[2], vec![1.0, 2.0]);
    assert_eq!(
        check(&raw),
        "w.npz: bias_1_raw: found float64; accepted: int8, int16 or int32"
    );
}

#[test]
fn numbers_that_are_not_finite_are_neither_written_nor_read() {
    let root = tempfile::tempdir().unwrap();
    let mut file = example();
    file.insert("up_1", &[2, 3], vec![0.0, 0.0, 0.0, 0.0, 0.0, f64::NAN]);
    for name in ["w.npz", "w.json"] {
        let path = root.path().join(name);
        let message = file.write(&path).unwrap_err().to_string();
        assert!(message.ends_with("up_1: found NaN at [1, 2]; accepted: finite numbers"));
        assert!(!path.exists());
    }
    let path = root.path().join("w.npz");
    npz::write(&file, fs::File::create(&path).unwrap()).unwrap();
    let message = WeightsFile::load(&path, &expected())
        .unwrap_err()
        .to_string();
    assert!(
        message.ends_with("up_1: found NaN at [1, 2]; accepted: finite numbers"),
        "{message}"
    );

    file.insert("up_1", &[2, 3], vec![0.0; 5]);
    let message = file.write(&path).unwrap_err().to_string();
    assert!(
        message.contains("up_1: found 5 numbers with shape [2, 3]"),
        "{message}"
    );
}

#[test]
fn damaged_files_are_one_error() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("w.npz");
    example().write(&path).unwrap();
    let bytes = fs::read(&path).unwrap();
    for length in 0..bytes.len() {
        fs::write(&path, &bytes[..length]).unwrap();
        let message = WeightsFile::read(&path).unwrap_err().to_string();
        assert!(message.contains("w.npz: not valid npz: "), "{message}");
    }
    let mut changed = bytes;
    let end_of_first = 100;
    changed[end_of_first] ^= 1;
    fs::write(&path, &changed).unwrap();
    assert!(WeightsFile::read(&path).is_err());

    let path = root.path().join("w.json");
    for text in [
        "",
        "{",
        "{\"format\": \"other\", \"version\": 1, \"arrays\": {}}",
        "{\"format\": \"apical-weights\", \"version\": 2, \"arrays\": {}}",
        "{\"format\": \"apical-weights\", \"version\": 1, \"arrays\": {\"a\": \
         {\"dtype\": \"float64\", \"shape\": [1], \"data\": [null]}}}",
        "{\"format\": \"apical-weights\", \"version\": 1, \"arrays\": {\"a\": \
         {\"dtype\": \"int8\", \"shape\": [1], \"data\": [128]}}}",
    ] {
        fs::write(&path, text).unwrap();
        let message = WeightsFile::read(&path).unwrap_err().to_string();
        assert!(message.contains("w.json: not valid json: "), "{message}");
    }
}

#[test]
fn an_unknown_format_and_a_missing_file_are_named() {
    let file = example();
    for name in ["w.txt", "w", "w.npy"] {
        let message = file.write(Path::new(name)).unwrap_err().to_string();
        assert!(
            message.contains("accepted: a name that ends with .npz or .json"),
            "{message}"
        );
    }
    let message = WeightsFile::read(Path::new("/nowhere/w.npz"))
        .unwrap_err()
        .to_string();
    assert!(
        message.starts_with("/nowhere/w.npz: cannot be read: "),
        "{message}"
    );
    let message = file
        .write(Path::new("/nowhere/w.npz"))
        .unwrap_err()
        .to_string();
    assert!(
        message.starts_with("/nowhere/w.npz: cannot be written: "),
        "{message}"
    );
}

/// Written by `numpy.savez_compressed(path, up_1=numpy.arange(6.0).reshape(3, 2).T)`.
#[test]
fn a_file_of_numpy_is_read() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("w.npz");
    fs::write(&path, NUMPY_FILE).unwrap();
    let file = WeightsFile::load(&path, &[("up_1", vec![2, 3])]).unwrap();
    assert_eq!(file.floats("up_1").unwrap(), [0.0, 2.0, 4.0, 1.0, 3.0, 5.0]);
}

#[rustfmt::skip]
const NUMPY_FILE: &[u8] = &[
    0x50, 0x4b, 0x03, 0x04, 0x2d, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x21, 0x00, 0xbd, 0x19,
    0xf7, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x08, 0x00, 0x14, 0x00, 0x75, 0x70,
    0x5f, 0x31, 0x2e, 0x6e, 0x70, 0x79, 0x01, 0x00, 0x10, 0x00, 0xb0, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x56, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x9b, 0xec, 0x17, 0xea, 0x1b, 0x10,
    0xc9, 0xc8, 0x50, 0xc6, 0x50, 0xad, 0x9e, 0x92, 0x5a, 0x9c, 0x5c, 0xa4, 0x6e, 0xa5, 0xa0, 0x6e,
    0x93, 0x66, 0xa1, 0xae, 0xa3, 0xa0, 0x9e, 0x96, 0x5f, 0x54, 0x52, 0x94, 0x98, 0x17, 0x9f, 0x5f,
    0x94, 0x92, 0x0a, 0x12, 0x0f, 0x29, 0x2a, 0x4d, 0x05, 0x0a, 0x17, 0x67, 0x24, 0x16, 0xa4, 0x02,
    0xb9, 0x1a, 0x46, 0x3a, 0x0a, 0xc6, 0x9a, 0x3a, 0x0a, 0xb5, 0x0a, 0xe4, 0x03, 0x2e, 0x06, 0x14,
    0xf0, 0xc1, 0x1e, 0xca, 0x70, 0x80, 0x50, 0x1c, 0x50, 0x5a, 0x00, 0x4a, 0x8b, 0x38, 0x00, 0x00,
    0x50, 0x4b, 0x01, 0x02, 0x2d, 0x03, 0x2d, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x21, 0x00,
    0xbd, 0x19, 0xf7, 0x01, 0x56, 0x00, 0x00, 0x00, 0xb0, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x80, 0x01, 0x00, 0x00, 0x00, 0x00, 0x75, 0x70,
    0x5f, 0x31, 0x2e, 0x6e, 0x70, 0x79, 0x50, 0x4b, 0x05, 0x06, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00,
    0x01, 0x00, 0x36, 0x00, 0x00, 0x00, 0x90, 0x00, 0x00, 0x00, 0x00, 0x00,
];
