//! The run folder of an experiment: measures, summary, figures, report, weights.

use std::path::Path;

use super::figures::{Part, parts};
use super::keep::Keeper;
use super::{ExperimentOptions, Kind, Outcome, Student, Summary};
use crate::config::Config;
use crate::journal::{Journal, config_path};
use crate::report::{self, Block, Report, Section};
use crate::run::{Existing, check_same};
use crate::{Error, plot};

/// Begins the folder, so that one that cannot be written is known before the work.
pub(super) fn begin(
    options: &ExperimentOptions,
    columns: &[String],
    folder: &Path,
) -> Result<Journal, Error> {
    let config = options.config.to_toml()?;
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    match options.existing {
        Existing::Replace => {
            for student in Student::all(options) {
                Keeper::discard(folder, &student.name)?;
            }
        }
        // All files but the checkpoints are written at the end, and so anew.
        Existing::Resume if config_path(folder).is_file() => check_same(&options.config, folder)?,
        Existing::Refuse | Existing::Resume => {}
    }
    let replace = options.existing != Existing::Refuse;
    Ok(Journal::create(folder, &config, &columns, replace)?)
}

/// Fills the folder. The epoch of metrics.csv is the number of presentations, 0 the state before.
pub(super) fn finish(
    kind: Kind,
    options: &ExperimentOptions,
    outcomes: &[Outcome],
    summary: &Summary,
    journal: &mut Journal,
) -> Result<(), Error> {
    // A network that was stopped before another, or diverged, has no numbers for the rest.
    let longest = outcomes.iter().max_by_key(|outcome| outcome.counts.len());
    let counts = longest.map_or(&[][..], |outcome| &outcome.counts);
    for (row, count) in counts.iter().enumerate() {
        let values = |outcome: &Outcome| {
            let nothing = || vec![f64::NAN; outcome.columns.len()];
            outcome.rows.get(row).cloned().unwrap_or_else(nothing)
        };
        let values: Vec<f64> = outcomes.iter().flat_map(values).collect();
        journal.record(*count, &values)?;
    }
    journal.summary(summary)?;
    let format = options.config.run.weights;
    for outcome in outcomes.iter().filter(|outcome| !outcome.diverged()) {
        let path = journal
            .folder()
            .join(format.of(&format!("weights-{}", outcome.student.name)));
        outcome.weights.write(&path)?;
    }
    let parts = parts(kind, &options.config, outcomes);
    for named in parts.iter().flat_map(|part| &part.figures) {
        let svg = plot::svg(&named.figure).map_err(|error| Error::Draw(error.to_string()))?;
        journal.plot(&named.name, &svg)?;
    }
    let page = page(kind, options, summary, &parts)?;
    journal.report(&page)?;
    Ok(())
}

/// The names of all columns, the precision before each.
pub(super) fn columns(names: &[(String, Vec<String>)]) -> Vec<String> {
    let full = |(precision, names): &(String, Vec<String>)| -> Vec<String> {
        names
            .iter()
            .map(|name| format!("{precision}.{name}"))
            .collect()
    };
    names.iter().flat_map(full).collect()
}

fn page(
    kind: Kind,
    options: &ExperimentOptions,
    summary: &Summary,
    parts: &[Part],
) -> Result<String, Error> {
    let title = match kind {
        Kind::SelfPrediction => "Self-prediction (Fig S1)",
        Kind::Association => "One association (Fig 1)",
        Kind::Regression => "Nonlinear regression (Fig 2)",
    };
    let mut result = Section::new("Result")
        .text(story(kind, summary))
        .block(summary.table());
    if let Some(comparison) = summary.comparison() {
        result = result.block(comparison);
    }
    result = result.block(Block::KeyValues(facts(&options.config, summary)));
    if !options.command.is_empty() {
        result = result.block(Block::Code(options.command.clone()));
    }
    let subtitle = format!("seed {}, apical {}", summary.seed, summary.version);
    let mut report = Report::new(title, subtitle).section(result);
    for part in parts {
        report = report.section(part.section());
    }
    let config = options.config.to_toml()?;
    let section = Section::new("Configuration, as resolved").block(Block::Code(config));
    report::html(&report.section(section)).map_err(|error| Error::Draw(error.to_string()))
}

fn story(kind: Kind, summary: &Summary) -> String {
    let story = match kind {
        Kind::SelfPrediction => {
            "Random weights, random inputs, no teacher; only the interneuron circuit learns. \
             Interneurons come to predict the layer above, their feedback cancels the top-down \
             input, and the apical dendrites fall silent."
        }
        Kind::Association => {
            "A network in the self-predicting state is taught one target for one input. The error \
             appears in the apical dendrites, the bottom-up weights learn, and the error goes."
        }
        Kind::Regression => {
            "From random weights, all but the feedback plastic all the time, a network learns what \
             a random teacher makes of random inputs. The shallow control differs in one thing: \
             the weights onto its hidden layer do not learn. The error is measured on unseen \
             patterns, without noise and without the teacher."
        }
    };
    let control = "This is the negative control: the output's attenuation wrongly contains the \
                   apical conductance, which it does not have. The output then takes part of \
                   its own potential for an error, and its weights grow without bound.";
    if summary.negative_control {
        format!("{story} {control}")
    } else {
        story.to_owned()
    }
}

fn facts(config: &Config, summary: &Summary) -> Vec<(String, String)> {
    let pair = |key: &str, value: String| (key.to_owned(), value);
    let mut facts = vec![
        pair("layers", format!("{:?}", config.network.layers)),
        pair(
            "activation",
            format!("{:?}", config.network.activation.kind().as_str()),
        ),
        pair("presentations", summary.patterns.to_string()),
        pair(
            "one presentation",
            format!("{} ms", config.time.presentation),
        ),
        pair(
            "noise",
            format!("{} ({})", config.noise.sigma, config.noise.convention),
        ),
    ];
    for run in &summary.runs {
        let lost = 100.0 * run.lost_updates as f64 / (run.updates as f64).max(1.0);
        facts.push(pair(
            &run.name,
            format!(
                "{} updates ({lost:.2} % lost, rounding {}), {} saturations, {:.1} s",
                run.updates, run.rounding, run.saturations, run.seconds
            ),
        ));
    }
    facts
}
