//! What passed and what failed, and the line that says so at the end.

use std::process::ExitCode;

/// Counts of one run.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    passed: usize,
    /// One line each: what failed, and where that is known the reason.
    failures: Vec<String>,
}

impl Tally {
    /// Adds things that passed.
    pub(crate) fn passed(&mut self, count: usize) {
        self.passed += count;
    }

    /// Adds one thing that failed.
    pub(crate) fn failed(&mut self, what: impl Into<String>) {
        self.failures.push(what.into());
    }

    /// Adds one thing by its outcome.
    pub(crate) fn record(&mut self, what: &str, outcome: anyhow::Result<()>) {
        match outcome {
            Ok(()) => self.passed(1),
            Err(error) => {
                eprintln!("failed: {what}: {error:#}");
                self.failed(format!("{what}: {error:#}"));
            }
        }
    }

    /// Prints all failures and the closing line; the exit code follows from them.
    pub(crate) fn close(&self) -> ExitCode {
        println!();
        for failure in &self.failures {
            println!("failed: {failure}");
        }
        println!("{}", self.closing_line());
        if self.failures.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    fn closing_line(&self) -> String {
        format!("{} passed, {} failed", self.passed, self.failures.len())
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn the_closing_line_counts_both() {
        let mut tally = Tally::default();
        tally.passed(3);
        tally.record("fourth", Ok(()));
        tally.record("fifth", Err(anyhow::anyhow!("no")));
        assert_eq!(tally.closing_line(), "4 passed, 1 failed");
    }
}
