//! `apical trace`.

use super::experiment::precision;
use super::source::without_epochs;
use super::{Common, Folder, Voice};
use crate::Error;
use crate::config::{ConfigDocument, Precision};
use crate::journal::write_atomically_by;
use crate::trace::{TraceOptions, golden, write};
use clap::Args;
use std::io::{self, BufWriter};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

#[derive(Debug, Args)]
pub(super) struct TraceArgs {
    /// Configuration file; without one, the golden configuration of the tests
    #[arg(long, short, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Override a key (may be repeated)
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(super) overrides: Vec<String>,
    #[command(flatten)]
    folder: Folder,
    /// Number formats, as run.precision
    #[arg(long, value_parser = precision)]
    precision: Option<Precision>,
    /// Steps
    #[arg(long, default_value_t = 1000)]
    steps: u64,
    /// Only these variables, such as `u,v_a,up`
    #[arg(long, value_delimiter = ',', value_name = "LIST")]
    variables: Vec<String>,
    /// File to write; without one, standard output
    #[arg(long, short = 'o', value_name = "FILE")]
    file: Option<PathBuf>,
}

pub(super) fn run(args: &TraceArgs, common: &Common, stop: &AtomicBool) -> Result<(), Error> {
    let document = match &args.config {
        Some(path) => ConfigDocument::read(path)?,
        None => golden()?,
    };
    let mut overrides: Vec<String> = Vec::new();
    overrides.extend(args.precision.map(|p| format!("run.precision={p}")));
    overrides.extend(args.overrides.iter().cloned());
    let config = without_epochs(args.folder.resolve(document, &overrides)?)?;
    let options = TraceOptions {
        steps: args.steps,
        variables: args.variables.clone(),
    };
    let Some(path) = &args.file else {
        if common.json {
            return Err(Error::Mismatch(
                "--json: a trace on standard output is CSV; accepted: --json with -o FILE".into(),
            ));
        }
        let mut out = BufWriter::new(io::stdout().lock());
        return write(&config, &options, &mut out, stop);
    };
    // What ends a trace early leaves the file as it was.
    let mut ended = None;
    let written = write_atomically_by(path, |file| {
        let lines = write(&config, &options, &mut BufWriter::new(file), stop);
        lines.map_err(|error| {
            ended = Some(error);
            io::ErrorKind::Interrupted.into()
        })
    });
    if let Some(error) = ended {
        return Err(error);
    }
    written?;
    let voice = Voice::new(common);
    voice.say(&format!("{}: {} steps", path.display(), args.steps));
    voice.result(&serde_json::json!({ "trace": path, "steps": args.steps }));
    Ok(())
}
