//! `apical trace`.

use super::experiment::precision;
use super::source::one_at_a_time;
use super::{Common, Folder, Voice};
use crate::Error;
use crate::config::{ConfigDocument, Precision};
use crate::journal::write_atomically;
use crate::trace::{TraceOptions, golden, write};
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct TraceArgs {
    /// Configuration file; without one, the golden configuration of the tests
    #[arg(long, short, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Override a key (may be repeated)
    #[arg(long = "set", value_name = "KEY=VALUE")]
    overrides: Vec<String>,
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

pub(super) fn run(args: &TraceArgs, common: &Common) -> Result<(), Error> {
    let document = match &args.config {
        Some(path) => ConfigDocument::read(path)?,
        None => golden()?,
    };
    let mut overrides: Vec<String> = Vec::new();
    overrides.extend(args.precision.map(|p| format!("run.precision={p}")));
    overrides.extend(args.overrides.iter().cloned());
    let config = one_at_a_time(args.folder.resolve(document, &overrides)?)?;
    let options = TraceOptions {
        steps: args.steps,
        variables: args.variables.clone(),
    };
    let Some(path) = &args.file else {
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        return write(&config, &options, &mut out);
    };
    let mut bytes = Vec::new();
    write(&config, &options, &mut bytes)?;
    write_atomically(path, &bytes)?;
    let voice = Voice::new(common);
    voice.say(&format!("{}: {} steps", path.display(), args.steps));
    voice.result(&serde_json::json!({ "trace": path, "steps": args.steps }));
    Ok(())
}
