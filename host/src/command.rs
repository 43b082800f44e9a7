//! The command line.

mod again;
mod compare;
mod device;
mod experiment;
mod main_job;
mod output;
mod ranges;
mod report;
mod source;
mod sweep;
mod trace;
mod train;
mod words;

pub use output::Voice;
use source::{Folder, Source};

use crate::Error;
use clap::{Args, Parser, Subcommand};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Above the help of the program; with it, that is 24 lines of 100 columns.
const ABOUT: &str = "\
Cortical microcircuits that learn by local rules, in floats and in fixed point.
Without a command: learns 8x8 digits in f64, f32 and 16 bits; table, and report in runs/.";

/// Cortical microcircuits that learn by local rules, in floats and in fixed point.
#[derive(Debug, Parser)]
#[command(name = "apical", version, disable_help_subcommand = true, about = ABOUT)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    common: Common,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// No progress bars and no table; errors and files only
    #[arg(long, short, global = true)]
    quiet: bool,
    /// Results as JSON on standard output
    #[arg(long, global = true)]
    json: bool,
    /// Folder for run folders
    #[arg(long, global = true, default_value = "runs", value_name = "DIR")]
    out: PathBuf,
    /// Worker threads; 0 is one a core. Never changes a result
    #[arg(long, global = true, value_name = "N", value_parser = threads)]
    threads: Option<usize>,
}

/// As `run.threads`.
fn threads(text: &str) -> Result<usize, String> {
    let found = text.parse().ok().filter(|&threads| threads <= 1024);
    found.ok_or_else(|| "accepted: a whole number from 0 (one for each core) to 1024".into())
}

/// As `run.seeds`, which says how many there can be.
fn seeds(text: &str) -> Result<u64, String> {
    let found = text.parse().ok().filter(|&count| count > 0);
    found.ok_or_else(|| "accepted: a whole number from 1".into())
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Train a network from a configuration
    Train(train::TrainArgs),
    /// Train with several values of one key, and plot what becomes of it
    Sweep(sweep::SweepArgs),
    /// Reproduce an experiment of the paper
    Experiment(experiment::ExperimentArgs),
    /// Hold two precisions against each other in lockstep
    Compare(compare::CompareArgs),
    /// Measure how large every variable gets, to choose formats
    Ranges(ranges::RangesArgs),
    /// Write every state variable of every step as CSV
    Trace(trace::TraceArgs),
    /// Talk to a board: run it, hold it against this machine, read and write it
    Device(device::DeviceArgs),
    /// Draw the report of a run folder again
    Report(report::ReportArgs),
    /// Write a commented configuration file
    Init(words::InitArgs),
    /// Say what exists: precisions, roundings, activations, tasks
    List,
}

/// Runs the program; the exit code is 0, 1 when the answer is no, 2 when it could not work.
pub fn main() -> u8 {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        // --help and --version.
        Err(error) if !error.use_stderr() => error.exit(),
        Err(error) => {
            let text = one_line(&error.to_string());
            // Nothing is parsed yet, but whoever asked for JSON reads JSON.
            if std::env::args().any(|word| word == "--json") {
                println!("{}", serde_json::json!({ "error": text }));
            }
            eprintln!("apical: {text}");
            return 2;
        }
    };
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    // The second Ctrl-C ends the program at once; the first leaves a resumable run.
    let handler = ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            std::process::exit(1);
        }
        eprintln!("\nstopping where it can go on from; once more ends at once");
    });
    if let Err(error) = handler {
        eprintln!("apical: warning: Ctrl-C will not leave a resumable run: {error}");
    }
    match run(&cli, &stop) {
        Ok(()) => 0,
        Err(error) => {
            // A comparison has printed what it found, which holds the difference.
            if cli.common.json && !matches!(error, Error::Differs(_)) {
                let object = serde_json::json!({ "error": error.to_string() });
                println!("{object}");
            }
            eprintln!("apical: {error}");
            error.exit_code()
        }
    }
}

/// What clap says in paragraphs, on one line: the fault, what is near, and what is accepted.
fn one_line(text: &str) -> String {
    let mut line = String::new();
    let said = text.lines().map(str::trim).filter(|part| !part.is_empty());
    for part in said.take_while(|part| !part.starts_with("For more information")) {
        let part = part.strip_prefix("error: ").unwrap_or(part);
        let begins = ["tip: ", "[", "Usage: "]
            .iter()
            .any(|head| part.starts_with(head));
        line += match (line.is_empty(), begins) {
            (true, _) => "",
            (false, true) => "; ",
            (false, false) => " ",
        };
        line += part;
    }
    line.replace("; Usage: ", "; usage: ")
}

fn run(cli: &Cli, stop: &AtomicBool) -> Result<(), Error> {
    let common = &cli.common;
    if let Some(threads) = common.threads {
        // A second call in one process is the only way to fail, and there is none.
        let _ = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build_global();
    }
    let done = match &cli.command {
        None => main_job::run(common, stop),
        Some(Command::Train(args)) => train::run(args, common, stop),
        Some(Command::Sweep(args)) => sweep::run(args, common, stop),
        Some(Command::Experiment(args)) => experiment::run(args, common, stop),
        Some(Command::Compare(args)) => compare::run(args, common, stop),
        Some(Command::Ranges(args)) => ranges::run(args, common, stop),
        Some(Command::Trace(args)) => trace::run(args, common, stop),
        Some(Command::Device(args)) => device::run(args, common, stop),
        Some(Command::Report(args)) => report::draw(args, common),
        Some(Command::Init(args)) => words::init(args, common),
        Some(Command::List) => {
            words::list(common);
            Ok(())
        }
    };
    match cli.command.as_ref().and_then(Command::file) {
        Some((path, overrides)) => done.map_err(|error| error.in_file(path, overrides)),
        None => done,
    }
}

impl Command {
    /// The configuration file that it was given, and what goes over the file.
    fn file(&self) -> Option<(&Path, &[String])> {
        let (config, overrides) = match self {
            Self::Train(args) => args.source.file(),
            Self::Sweep(args) => args.source.file(),
            Self::Compare(args) => args.source.file(),
            Self::Ranges(args) => args.source.file(),
            Self::Experiment(args) => (&args.config, &args.overrides),
            Self::Trace(args) => (&args.config, &args.overrides),
            Self::Device(_) | Self::Report(_) | Self::Init(_) | Self::List => return None,
        };
        Some((config.as_deref()?, overrides))
    }
}

#[cfg(test)]
mod tests {
    use super::{Cli, one_line};
    use clap::Parser;

    #[test]
    fn a_wrong_command_line_is_one_line() {
        let say = |words: &[&str]| {
            let all = [&["apical"], words].concat();
            one_line(&Cli::try_parse_from(all).unwrap_err().to_string())
        };
        let text = say(&["train", "--sed", "3"]);
        assert!(
            text.starts_with("unexpected argument '--sed' found; tip: "),
            "{text}"
        );
        assert!(
            text.contains("'--seeds'") && text.contains("; usage: apical train"),
            "{text}"
        );
        let text = say(&["experiment", "fig-9"]);
        assert!(
            text.starts_with("invalid value 'fig-9' for '<NAME>': accepted: "),
            "{text}"
        );
        let text = say(&["sweep"]);
        assert!(
            text.starts_with("the following required arguments were not provided: <KEY> "),
            "{text}"
        );
    }
}
