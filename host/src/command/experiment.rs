//! `apical experiment`.

use super::again::Again;
use super::source::one_at_a_time;
use super::{Common, Folder, Voice};
use crate::Error;
use crate::config::{ConfigDocument, Precision};
use crate::experiment::{ExperimentOptions, Kind, Student, perform};
use clap::Args;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

#[derive(Debug, Args)]
pub(super) struct ExperimentArgs {
    /// self-prediction (Fig S1), association (Fig 1) or regression (Fig 2)
    #[arg(value_parser = kind, value_name = "NAME")]
    kind: Kind,
    /// Another configuration than the paper's
    #[arg(long, short, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Override a key (may be repeated)
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(super) overrides: Vec<String>,
    #[command(flatten)]
    folder: Folder,
    /// Presentations
    #[arg(long, value_name = "N")]
    patterns: Option<u64>,
    /// The seed
    #[arg(long)]
    seed: Option<u64>,
    /// Precisions side by side, such as f64,i16
    #[arg(long, value_delimiter = ',', value_parser = precision, value_name = "LIST")]
    precisions: Vec<Precision>,
    /// The negative control: the output's attenuation wrongly contains the apical conductance
    #[arg(long)]
    wrong_attenuation: bool,
    #[command(flatten)]
    again: Again,
}

/// An experiment by its name.
pub(super) fn kind(text: &str) -> Result<Kind, String> {
    let found = Kind::ALL.into_iter().find(|kind| kind.name() == text);
    found.ok_or_else(|| format!("accepted: {}", Kind::ALL.map(Kind::name).join(", ")))
}

/// A precision by its name.
pub(super) fn precision(text: &str) -> Result<Precision, String> {
    let found = Precision::ALL.iter().find(|p| p.as_str() == text).copied();
    let words: Vec<&str> = Precision::ALL.iter().map(|p| p.as_str()).collect();
    found.ok_or_else(|| format!("accepted: {}", words.join(", ")))
}

pub(super) fn run(args: &ExperimentArgs, common: &Common, stop: &AtomicBool) -> Result<(), Error> {
    let voice = Voice::new(common);
    let document = match &args.config {
        Some(path) => ConfigDocument::read(path)?,
        None => args.kind.document()?,
    };
    let mut overrides: Vec<String> = Vec::new();
    overrides.extend(args.patterns.map(|n| format!("data.patterns={n}")));
    overrides.extend(args.seed.map(|n| format!("run.seed={n}")));
    if args.wrong_attenuation {
        overrides.push("network.attenuation=wrong-output".into());
    }
    // What is said in full wins over what has a name of its own.
    overrides.extend(args.overrides.iter().cloned());
    let config = one_at_a_time(args.folder.resolve(document, &overrides)?)?;
    let folder = common.out.join(config.run.folder_name(config.run.seed));
    let options = ExperimentOptions {
        config,
        precisions: args.precisions.clone(),
        command: std::env::args().collect::<Vec<_>>().join(" "),
        existing: args.again.existing(),
    };
    let networks = Student::all(&options).len() as u64;
    let bar = voice.bar(options.config.data.patterns * networks, "patterns");
    bar.set_message(args.kind.name());
    let told = |done, _| bar.set_position(done);
    let summary = perform(args.kind, &options, &folder, &told, stop)?;
    bar.finish_and_clear();
    voice.say(&summary.table().to_text());
    if let Some(table) = summary.comparison() {
        voice.say(&format!("\n{}", table.to_text()));
    }
    voice.say(&format!(
        "\nReport with plots: {}",
        folder.join("report.html").display()
    ));
    voice.result(&summary);
    if stop.load(Ordering::Relaxed) {
        return Err(Error::Differs(format!(
            "stopped after the presentation; what there is stands in {}; --resume continues",
            folder.display()
        )));
    }
    if let Some(run) = summary.runs.iter().find(|run| run.diverged) {
        return Err(Error::Differs(format!(
            "{} diverged within {} presentations; smaller learning rates or a smaller time.dt may \
             not",
            run.name, run.patterns
        )));
    }
    if summary.holds == Some(false) {
        return Err(Error::Differs(
            "a measure is further from the reference simulation than accepted (see the table)"
                .into(),
        ));
    }
    Ok(())
}
