//! What an experiment came to: summary.json and its table.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::reference::{Check, checks, is_control, part_of_control, references};
use super::{ExperimentOptions, Kind, Outcome};
use crate::network;
use crate::report::{Cell, Column, Table};

/// The content of summary.json.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// The experiment.
    pub experiment: String,
    /// The version of the program.
    pub version: String,
    /// The seed.
    pub seed: u64,
    /// Presentations asked for.
    pub patterns: u64,
    /// Whether all of them were shown; a stopped run has fewer.
    pub complete: bool,
    /// Whether the configuration has the wrong attenuation, from which a failure is expected.
    pub negative_control: bool,
    /// Whether every comparison with the reference holds; `None` when there is none.
    pub holds: Option<bool>,
    /// What each network came to.
    pub runs: Vec<RunSummary>,
}

/// What one network came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunSummary {
    /// What it is called: the precision, and whether deep or shallow where there are both.
    pub name: String,
    /// Whether it is the experiment's network, `deep`, or its control, `shallow`.
    pub network: String,
    /// The precision.
    pub precision: String,
    /// The rounding of weight writes; floats do not use it.
    pub rounding: String,
    /// Digest of weights, activity and clock at the end.
    pub digest: String,
    /// Presentations that were completed.
    pub patterns: u64,
    /// Whether floats left the numbers, which ended the run.
    pub diverged: bool,
    /// Steps of the network.
    pub steps: u64,
    /// Seconds of the run.
    pub seconds: f64,
    /// Microseconds a step.
    pub microseconds_per_step: f64,
    /// Weight updates that were asked for.
    pub updates: u64,
    /// Updates that were not zero and changed nothing.
    pub lost_updates: u64,
    /// Writes beyond a format's range.
    pub saturations: u64,
    /// Every measure before the first presentation.
    pub start: BTreeMap<String, f64>,
    /// Every measure at the end: the mean over the last presentations, at most 100.
    pub end: BTreeMap<String, f64>,
    /// The error on unseen patterns of the best answer that does not depend on the input; of a
    /// regression.
    pub constant_error: Option<f64>,
    /// The reference simulation beside the run.
    pub checks: Vec<Check>,
}

impl Summary {
    pub(super) fn new(kind: Kind, options: &ExperimentOptions, outcomes: &[Outcome]) -> Self {
        let config = &options.config;
        let runs: Vec<RunSummary> = outcomes
            .iter()
            .map(|outcome| {
                let rounding = network::rounding(config.run.rounding);
                let references = references(kind, &outcome.student.config);
                let mut checks = checks(references, outcome);
                if !references.is_empty() {
                    let control = outcomes.iter().find(|other| other.is_control_of(outcome));
                    checks.extend(control.and_then(|control| part_of_control(outcome, control)));
                }
                RunSummary::new(outcome, format!("{rounding:?}").to_lowercase(), checks)
            })
            .collect();
        let all: Vec<bool> = runs
            .iter()
            .flat_map(|run| &run.checks)
            .map(|c| c.holds)
            .collect();
        Self {
            experiment: kind.name().to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            seed: config.run.seed,
            patterns: config.data.patterns,
            complete: outcomes
                .iter()
                .all(|outcome| outcome.patterns == config.data.patterns),
            negative_control: is_control(config),
            holds: (!all.is_empty()).then(|| all.iter().all(|holds| *holds)),
            runs,
        }
    }

    /// What the names of the networks are.
    fn heading(&self) -> &'static str {
        if self.runs.iter().all(|run| run.name == run.precision) {
            "precision"
        } else {
            "network"
        }
    }

    /// Start and end of every measure, a row for each network and measure.
    pub fn table(&self) -> Table {
        let columns = vec![
            Column::text(self.heading()),
            Column::text("measure"),
            Column::number("start", ""),
            Column::number("end", "").help("mean over the last presentations, at most 100"),
            Column::number("speed", "µs/step"),
            Column::text("digest").help("of the state at the end"),
        ];
        let caption = format!("{}, seed {}", self.experiment, self.seed);
        let mut table = Table::new(caption, columns);
        for run in &self.runs {
            let measures = run.end.iter().filter(|(name, _)| !counts(name));
            for (row, (name, end)) in measures.enumerate() {
                let start = run.start.get(name).copied().unwrap_or(f64::NAN);
                let first = |text: &str| Cell::text(if row == 0 { text } else { "" });
                table.push(vec![
                    first(&run.name),
                    Cell::text(words(name)),
                    digits(start),
                    digits(*end),
                    first(&format!("{:.2}", run.microseconds_per_step)),
                    first(&run.digest),
                ]);
            }
        }
        for run in self.runs.iter().filter(|run| run.diverged) {
            let (name, patterns) = (&run.name, run.patterns);
            let note = format!("{name} diverged within {patterns} presentations.");
            table.footnotes.push(note);
        }
        if self
            .runs
            .iter()
            .any(|run| !run.diverged && run.patterns < self.patterns)
        {
            table
                .footnotes
                .push("Stopped before all patterns had been shown.".to_owned());
        }
        table
    }

    /// The reference simulation beside every precision; `None` when there is nothing to compare.
    pub fn comparison(&self) -> Option<Table> {
        self.holds?;
        let columns = vec![
            Column::text("measure"),
            Column::number("patterns", ""),
            Column::text(self.heading()),
            Column::number("reference", "").help("an independent simulation, one seed"),
            Column::number("measured", ""),
            Column::text("accepted").help("the range over seeds, generously"),
            Column::text("holds"),
        ];
        let mut table = Table::new("Against the reference simulation", columns);
        let count = self
            .runs
            .iter()
            .map(|run| run.checks.len())
            .max()
            .unwrap_or(0);
        for number in 0..count {
            for run in &self.runs {
                let Some(check) = run.checks.get(number) else {
                    continue;
                };
                let [low, high] = check.accepted;
                table.push(vec![
                    Cell::text(words(&check.measure)),
                    Cell::text(check.patterns.to_string()),
                    Cell::text(&*run.name),
                    digits(check.reference),
                    digits(check.measured),
                    Cell::text(format!("{} to {}", short(low), short(high))),
                    Cell::text(if check.holds { "yes" } else { "no" }),
                ]);
            }
        }
        Some(table.footnote(
            "The reference is one seed of another program; seeds differ by such factors.",
        ))
    }
}

impl RunSummary {
    fn new(outcome: &Outcome, rounding: String, checks: Vec<Check>) -> Self {
        let measures = |count: u64, window: u64| {
            let mean = |name: &String| Some((name.clone(), outcome.mean(name, count, window)?));
            outcome
                .columns
                .iter()
                .filter(|name| !counts(name))
                .filter_map(mean)
                // JSON has no other numbers.
                .filter(|(_, mean)| mean.is_finite())
                .collect()
        };
        let last = outcome.last();
        let window = (last / 20).clamp(1, 100);
        let student = &outcome.student;
        Self {
            name: student.name.clone(),
            network: student.depth.name().to_owned(),
            precision: student.config.run.precision.to_string(),
            rounding,
            digest: format!("{:016x}", outcome.digest),
            patterns: outcome.patterns,
            diverged: outcome.diverged(),
            steps: outcome.steps,
            seconds: outcome.seconds,
            microseconds_per_step: 1e6 * outcome.seconds / (outcome.steps as f64).max(1.0),
            updates: outcome.counters.updates,
            lost_updates: outcome.counters.lost,
            saturations: outcome.counters.saturations(),
            start: measures(0, 1),
            end: measures(last, window),
            constant_error: outcome.constant_error,
            checks,
        }
    }
}

/// Whether a column counts events, so that its mean says nothing.
fn counts(name: &str) -> bool {
    name == "lost_updates" || name == "saturations"
}

/// A measure as a reader of the paper knows it.
fn words(name: &str) -> String {
    let (measure, layer) = match name.rsplit_once('_') {
        Some((measure, layer)) if layer.bytes().all(|b| b.is_ascii_digit()) => (measure, layer),
        _ => (name, ""),
    };
    let text = match measure {
        "apical" => "‖vA‖²",
        "interneuron" => "‖u^P above − u^I‖²",
        "distance_pi" => "‖W^PI + W^PP down‖²",
        "distance_ip" => "‖W^IP − a W^PP up‖²",
        "output_error" => "‖a vB − u target‖²",
        "test_error" => "‖r − r target‖², unseen",
        "test_error_part" => "the same / shallow",
        "alignment" => "W^PP up ∠ W^PP down (°)",
        _ => return name.to_owned(),
    };
    if layer.is_empty() || layer == "1" {
        text.to_owned()
    } else {
        format!("{text}, layer {layer}")
    }
}

/// Three significant digits.
fn short(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    let places = 2 - value.abs().log10().floor() as i32;
    if places > 7 {
        format!("{value:.1e}")
    } else {
        format!("{value:.*}", places.max(0) as usize)
    }
}

fn digits(value: f64) -> Cell {
    Cell {
        value: Some(value),
        ..Cell::text(short(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_three_digits() {
        let texts = [131.66, 0.032_04, 1.5, 0.0, 0.000_000_012].map(short);
        assert_eq!(texts, ["132", "0.0320", "1.50", "0", "1.2e-8"]);
    }

    #[test]
    fn measures_have_names() {
        assert_eq!(words("apical_1"), "‖vA‖²");
        assert_eq!(words("apical_2"), "‖vA‖², layer 2");
        assert_eq!(words("output_error"), "‖a vB − u target‖²");
    }
}
