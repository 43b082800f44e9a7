//! The tests that run on this machine, and how many there were.

use anyhow::Result;

use crate::process::{self, Listen};
use crate::tally::Tally;

/// What a test program said.
#[derive(Debug, Default, PartialEq, Eq)]
struct Report {
    passed: usize,
    failed: usize,
    /// As the program names them; may be fewer than failed.
    names: Vec<String>,
    /// nextest repeats the failures after its summary: only those are taken.
    summary_seen: bool,
}

/// Runs unit, integration and documentation tests.
pub(crate) fn run(tally: &mut Tally) {
    // Whole runs are tested on the program as users have it. Built by a line of its own, because
    // inside a test its minutes would be silent ones.
    let mut program = process::cargo();
    program.args([
        "build",
        "--release",
        "--package",
        "apical",
        "--bin",
        "apical",
    ]);
    tally.record("the program in release", process::run(&mut program));
    if process::exists(process::cargo().arg("nextest")) {
        let mut tests = process::cargo();
        tests.args([
            "nextest",
            "run",
            "--workspace",
            "--profile",
            "ci",
            "--no-tests",
            "pass",
        ]);
        let mut report = Report::default();
        let outcome = process::run_listening(&mut tests, Listen::Stderr, |line| {
            report.hear_nextest(line);
        });
        report.count(tally, "tests", outcome);
        // nextest leaves these to cargo.
        cargo_test(tally, "documentation tests", &["--doc"]);
    } else {
        cargo_test(tally, "tests", &[]);
    }
    say_what_was_tried(tally);
}

/// The tests of power cuts and of damaged frames say how many they tried, where they are let: once more,
/// for a reader of the log. They have been counted.
fn say_what_was_tried(tally: &mut Tally) {
    let mut tests = process::cargo();
    tests.args(["test", "--quiet", "--workspace"]);
    for test in ["power_cuts", "spoilt_frames", "frames"] {
        tests.args(["--test", test]);
    }
    tests.args(["--", "--nocapture", "--test-threads", "1"]);
    if let Err(error) = process::run(&mut tests) {
        tally.failed(format!("power cuts and frames, said aloud ({error})"));
    }
}

fn cargo_test(tally: &mut Tally, what: &str, arguments: &[&str]) {
    let mut tests = process::cargo();
    tests
        .args(["test", "--workspace", "--no-fail-fast"])
        .args(arguments);
    let mut report = Report::default();
    let outcome = process::run_listening(&mut tests, Listen::Stdout, |line| {
        report.hear_cargo_test(line);
    });
    report.count(tally, what, outcome);
}

impl Report {
    /// `Summary [ 0.1s] 5 tests run: 3 passed (1 slow), 1 failed, 1 timed out, 2 skipped`
    fn hear_nextest(&mut self, line: &str) {
        let line = line.trim_start();
        if let Some(counts) = line
            .strip_prefix("Summary [")
            .and_then(|rest| rest.split_once(": "))
        {
            self.summary_seen = true;
            for part in without_parentheses(counts.1).split(", ") {
                let Some((number, word)) = part.trim().split_once(' ') else {
                    continue;
                };
                let Ok(number) = number.parse::<usize>() else {
                    continue;
                };
                match word.trim() {
                    "passed" => self.passed += number,
                    "skipped" => {}
                    // failed, timed out, exec failed: none of them is a pass.
                    _ => self.failed += number,
                }
            }
        } else if self.summary_seen
            && !line.starts_with("error")
            && let Some((_, name)) = line.split_once("] ")
        {
            // Without nextest's place in the run, `(3/5)`, which differs from run to run.
            self.names.push(without_parentheses(name).trim().to_owned());
        }
    }

    /// `test result: FAILED. 3 passed; 1 failed; 0 ignored; ...` and `test a::b ... FAILED`
    fn hear_cargo_test(&mut self, line: &str) {
        if let Some(counts) = line.strip_prefix("test result: ") {
            let number_of = |word: &str| {
                counts
                    .split(['.', ';'])
                    .filter_map(|part| part.trim().strip_suffix(word)?.trim().parse::<usize>().ok())
                    .sum::<usize>()
            };
            self.passed += number_of("passed");
            self.failed += number_of("failed");
        } else if let Some(name) = line
            .strip_prefix("test ")
            .and_then(|rest| rest.strip_suffix(" ... FAILED"))
        {
            self.names.push(name.to_owned());
        }
    }

    /// A failure that was not heard, such as a test that does not compile, counts as well.
    fn count(mut self, tally: &mut Tally, what: &str, outcome: Result<()>) {
        tally.passed(self.passed);
        self.names.sort();
        self.names.dedup();
        let unnamed = self.failed.saturating_sub(self.names.len());
        for name in self.names.drain(..).take(self.failed) {
            tally.failed(name);
        }
        for _ in 0..unnamed {
            tally.failed(format!("one of the {what}, see above"));
        }
        if self.failed == 0
            && let Err(error) = outcome
        {
            tally.failed(format!("the {what} did not build or did not end ({error})"));
        }
    }
}

fn without_parentheses(text: &str) -> String {
    let mut depth = 0_usize;
    text.chars()
        .filter(|&letter| {
            match letter {
                '(' => depth += 1,
                ')' => {
                    depth = depth.saturating_sub(1);
                    return false;
                }
                _ => {}
            }
            depth == 0
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Report;

    #[test]
    fn nextest_is_understood() {
        let mut report = Report::default();
        for line in [
            "        FAIL [   0.006s] (3/5) apical::cli early",
            "     Summary [   0.012s] 5 tests run: 3 passed (1 slow, 1 leaky), 1 failed, 1 timed out, 2 skipped",
            "        FAIL [   0.006s] (3/5) apical::cli early",
            "     TIMEOUT [ 300.006s] (5/5) apical::cli late",
            "error: test run failed",
        ] {
            report.hear_nextest(line);
        }
        assert_eq!((report.passed, report.failed), (3, 2));
        assert_eq!(report.names, ["apical::cli early", "apical::cli late"]);
    }

    #[test]
    fn cargo_test_is_understood() {
        let mut report = Report::default();
        for line in [
            "test number::tests::a ... ok",
            "test number::tests::b ... FAILED",
            "test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "test result: ok. 4 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.10s",
        ] {
            report.hear_cargo_test(line);
        }
        assert_eq!((report.passed, report.failed), (5, 1));
        assert_eq!(report.names, ["number::tests::b"]);
    }

    #[test]
    fn what_did_not_compile_counts_once() {
        let mut tally = crate::tally::Tally::default();
        Report::default().count(
            &mut tally,
            "tests",
            Err(anyhow::anyhow!("exit status: 101")),
        );
        assert_eq!(format!("{tally:?}").matches("did not build").count(), 1);
    }
}
