//! How fast core is on this machine.

use std::path::PathBuf;

use clap::Args;

use crate::process;
use crate::tally::Tally;

/// Where the tables go, besides the screen.
#[derive(Debug, Clone, Args)]
pub(crate) struct BenchHost {
    /// Write the tables to this file as well, as Markdown.
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// Write the figures to this file as well, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Only the tables of batches, beside NumPy
    #[arg(long)]
    batches: bool,
}

/// Builds the bench for speed and runs it.
pub(crate) fn run(tally: &mut Tally, options: &BenchHost) {
    let mut bench = process::cargo();
    bench.args(["run", "--release", "--package", "apical-tests"]);
    bench.args(["--features", "bench", "--bin", "bench-host", "--"]);
    for (name, path) in [("--markdown", &options.markdown), ("--json", &options.json)] {
        if let Some(path) = path {
            bench.arg(name).arg(path);
        }
    }
    if options.batches {
        bench.arg("--batches");
    }
    tally.record("bench-host", process::run(&mut bench));
}
