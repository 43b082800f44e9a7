//! The `apical` program as a user has it: built in release, run in a folder of its own.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

/// What the program left behind when it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Outcome {
    /// Makes sure of the exit code; what the program said is in the message.
    ///
    /// # Panics
    /// When it is another one, or the program panicked.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        assert!(!self.stderr.contains("panicked"), "{self:#?}");
        self
    }
}

/// The program, built when it is first asked for; cargo finds what is up to date by itself.
pub fn path() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(build)
}

/// Runs the program to its end in `folder`.
///
/// # Panics
/// When it cannot be started.
pub fn run(folder: &Path, arguments: &[&str]) -> Outcome {
    finish(start(folder, arguments))
}

/// Starts the program in `folder`.
///
/// # Panics
/// When it cannot be started.
pub fn start(folder: &Path, arguments: &[&str]) -> Child {
    let mut command = Command::new(path());
    command.args(arguments).current_dir(folder);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.spawn().expect("the program starts")
}

/// Waits for the end of the program.
///
/// # Panics
/// When it cannot be waited for.
pub fn finish(child: Child) -> Outcome {
    let output = child.wait_with_output().expect("the program ends");
    Outcome {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Every file below a folder by its path in it, and every folder as an empty one.
///
/// # Panics
/// When it cannot be read.
pub fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(next) = waiting.pop() {
        for entry in fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry of it").path();
            let name = path.strip_prefix(folder).unwrap_or(&path).to_path_buf();
            if path.is_dir() {
                found.insert(name, Vec::new());
                waiting.push(path);
            } else {
                found.insert(name, fs::read(&path).expect("a file"));
            }
        }
    }
    found
}

/// Makes sure that two folders hold the same files, byte by byte.
///
/// # Panics
/// With the first path that differs.
#[track_caller]
pub fn assert_same_files(left: &Path, right: &Path) {
    let (a, b) = (files(left), files(right));
    assert!(a.keys().eq(b.keys()), "{:#?} {:#?}", a.keys(), b.keys());
    for (name, bytes) in &a {
        assert!(bytes == &b[name], "{} differs", name.display());
    }
}

fn build() -> PathBuf {
    // For a program that was built somewhere else, or on another machine.
    if let Some(program) = env::var_os("APICAL_PROGRAM") {
        return program.into();
    }
    // Fixed at compile time: the sources of these tests.
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = tests.parent().unwrap_or(tests);
    let target = env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    let target = root.join(target);
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (key, _) in env::vars_os() {
        // What cargo told this test about its own package is not for another build.
        let own = [
            "CARGO_PKG_",
            "CARGO_MANIFEST_",
            "CARGO_BIN_",
            "CARGO_CRATE_",
            "CARGO_PRIMARY_",
        ];
        if key
            .to_str()
            .is_some_and(|key| own.iter().any(|own| key.starts_with(own)))
        {
            cargo.env_remove(key);
        }
    }
    cargo.args([
        "build",
        "--quiet",
        "--release",
        "--package",
        "apical",
        "--bin",
        "apical",
    ]);
    cargo
        .arg("--target-dir")
        .arg(&target)
        .current_dir(root)
        .stdin(Stdio::null());
    let status = cargo.status().expect("cargo starts");
    assert!(status.success(), "the program does not build: {status}");
    target
        .join("release")
        .join(format!("apical{}", env::consts::EXE_SUFFIX))
}
