//! `apical ranges`.

use super::experiment::kind;
use super::source::one_at_a_time;
use super::{Common, Source, Voice};
use crate::Error;
use crate::experiment::Kind;
use crate::ranges::{measure, table};
use clap::Args;
use std::sync::atomic::AtomicBool;

#[derive(Debug, Args)]
pub(super) struct RangesArgs {
    #[command(flatten)]
    pub(super) source: Source,
    /// The configuration of an experiment: self-prediction, association or regression
    #[arg(long, value_parser = kind, value_name = "NAME", conflicts_with = "config")]
    experiment: Option<Kind>,
    /// Presentations
    #[arg(long, default_value_t = 1000)]
    patterns: u64,
}

pub(super) fn run(args: &RangesArgs, common: &Common, stop: &AtomicBool) -> Result<(), Error> {
    let voice = Voice::new(common);
    let document = match args.experiment {
        Some(experiment) => experiment.document()?,
        None => args.source.document()?,
    };
    let (folder, overrides) = (&args.source.folder, &args.source.overrides);
    let config = one_at_a_time(folder.resolve(document, overrides)?)?;
    let bar = voice.bar(args.patterns, "patterns");
    let extents = measure(&config, args.patterns, &|count| bar.inc(count), stop)?;
    bar.finish_and_clear();
    let caption = format!("{}, {} patterns", config.run.precision, args.patterns);
    voice.say(&table(&extents, &caption).to_text());
    voice.result(&extents);
    Ok(())
}
