//! The command line: what it says, how it ends, what it writes and what it refuses.

mod bad_input;
mod checkpoints;
mod comparison;
mod folders;
mod images;
mod sweep;
mod words;

use std::path::Path;

use apical_tests::program::{Outcome, files, run};

/// A network that trains in no time.
const SMALL: [&str; 4] = ["--set", "network.layers=[64,4,10]", "--set", "run.epochs=2"];

/// Trains a small network in `folder`, with more words behind the command.
fn train_small(folder: &Path, more: &[&str]) -> Outcome {
    run(folder, &[&["train", "--quiet"], &SMALL[..], more].concat())
}

/// Makes sure that the program refuses its arguments: exit code 2, one line that holds all of
/// `parts`, and not one byte written.
#[track_caller]
fn refused(folder: &Path, arguments: &[&str], parts: &[&str]) {
    let before = files(folder);
    let outcome = run(folder, arguments).expect(2);
    let what = format!("{arguments:?} {outcome:#?}");
    assert_eq!(outcome.stdout, "", "{what}");
    assert_eq!(outcome.stderr.lines().count(), 1, "{what}");
    assert!(outcome.stderr.starts_with("apical: "), "{what}");
    for part in parts {
        assert!(outcome.stderr.contains(part), "no {part:?} in {what}");
    }
    assert!(files(folder) == before, "files changed: {what}");
}
