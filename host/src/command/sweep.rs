//! `apical sweep`.

use super::again::Again;
use super::experiment::precision;
use super::{Common, Source, Voice, seeds};
use crate::config::Precision;
use crate::journal::write_atomically;
use crate::sweep::{self, Setting};
use crate::{Error, plot};
use clap::Args;
use std::sync::atomic::AtomicBool;

#[derive(Debug, Args)]
pub(super) struct SweepArgs {
    /// The key, such as learning.up
    key: String,
    /// Its values as in a configuration, such as 0.1 or '[64, 50, 10]'
    #[arg(required = true, num_args = 1.., allow_negative_numbers = true)]
    values: Vec<String>,
    #[command(flatten)]
    pub(super) source: Source,
    /// Precisions side by side, such as f64,i16; else run.precision
    #[arg(long, value_delimiter = ',', value_parser = precision, value_name = "LIST")]
    precisions: Vec<Precision>,
    /// How many seeds of each: run.seed, run.seed + 1, ..
    #[arg(long, value_name = "N", value_parser = seeds)]
    seeds: Option<u64>,
    #[command(flatten)]
    again: Again,
}

pub(super) fn run(args: &SweepArgs, common: &Common, stop: &AtomicBool) -> Result<(), Error> {
    let voice = Voice::new(common);
    let settings = settings(args)?;
    let existing = args.again.existing();
    let bar = voice.bar(sweep::samples(&settings)?, "samples");
    bar.set_message(args.key.clone());
    let told = |count| bar.inc(count);
    let points = sweep::sweep(&settings, &common.out, existing, &told, stop);
    bar.finish_and_clear();
    let points = points?;
    let base = args.source.resolve(&args.source.overrides)?.run.name;
    let name = format!("{base}-{}", args.key.rsplit('.').next().unwrap_or_default());
    let figure = sweep::figure(&args.key, &points);
    let svg = plot::svg(&figure).map_err(|error| Error::Draw(error.to_string()))?;
    let json = serde_json::json!({ "key": args.key, "points": points });
    let path = |end: &str| common.out.join(format!("{name}.{end}"));
    write_atomically(&path("svg"), svg.as_bytes())?;
    write_atomically(&path("json"), format!("{json:#}\n").as_bytes())?;
    voice.say(&sweep::table(&args.key, &points).to_text());
    voice.say(&format!("\nFigure: {}", path("svg").display()));
    voice.result(&json);
    Ok(())
}

/// Every value in every precision; whatever is wrong with one of them is found before a run begins.
fn settings(args: &SweepArgs) -> Result<Vec<Setting>, Error> {
    let mut common = args.source.overrides.clone();
    common.extend(args.seeds.map(|seeds| format!("run.seeds={seeds}")));
    let base = args.source.resolve(&common)?;
    let precisions = match args.precisions.as_slice() {
        [] => vec![base.run.precision],
        some => some.to_vec(),
    };
    let mut settings: Vec<Setting> = Vec::new();
    for &precision in &precisions {
        for value in &args.values {
            let name = sweep::name(&base.run.name, &args.key, value, precision.as_str());
            let mut overrides = common.clone();
            overrides.push(format!("run.precision={precision}"));
            overrides.push(format!("{}={value}", args.key));
            overrides.push(format!("run.name={name}"));
            let config = args.source.resolve(&overrides)?;
            if settings.iter().any(|other| other.config.run.name == name) {
                return Err(Error::Mismatch(format!(
                    "{}: {value} would be in the same folders ({name}) as another value; accepted: \
                     each value and precision once",
                    args.key
                )));
            }
            settings.push(Setting {
                value: value.clone(),
                config,
            });
        }
    }
    Ok(settings)
}
