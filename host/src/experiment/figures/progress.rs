//! What changes over the presentations: distances, errors, weights.

use apical_core::microcircuit::Family;

use super::super::reference::{Reference, references};
use super::super::{Kind, Outcome};
use super::{Named, Part};
use crate::config::{Config, Task};
use crate::plot::{Axis, Colour, Figure, Panel, Reference as Line, Series};

/// Points that a smoothed line is averaged over, as a share of the run.
const SMOOTHING: usize = 50;

/// Distances and errors, all precisions in one picture.
pub(super) fn distances(kind: Kind, config: &Config, outcomes: &[Outcome]) -> Part {
    let picture = |name: &str, title: &str, caption: &str, columns: &[(&str, &str)]| {
        let mut figure = Figure::new(title).caption(caption).columns(columns.len());
        for (column, label) in columns {
            figure = figure.panel(panel(kind, config, outcomes, column, label));
        }
        Named {
            name: name.to_owned(),
            figure,
        }
    };
    let mut figures = vec![
        picture(
            "apical-distance",
            "Apical distance",
            "The squared norm of top-down input plus cancellation in the apical dendrites.",
            &[("apical", "‖vA‖² = ‖top-down + cancellation‖²")],
        ),
        picture(
            "interneuron-distance",
            "Interneurons against pyramidal neurons",
            "How far interneurons are from the neurons of the layer above that they follow.",
            &[("interneuron", "‖u^P above − u^I‖²")],
        ),
        picture(
            "weight-distance",
            "Distance of the weights from the self-predicting state",
            "Both are zero where interneurons cancel all feedback exactly.",
            &[
                ("distance_ip", "‖W^IP − a W^PP up‖²"),
                ("distance_pi", "‖W^PI + W^PP down‖²"),
            ],
        ),
    ];
    let has = |column: &str| outcomes.iter().any(|o| o.column(column).is_some());
    if has("test_error") {
        figures.push(picture(
            "alignment",
            "Alignment of the weights with the feedback",
            "The angle between the transposed bottom-up weights and the fixed top-down ones; 90 \
             degrees is chance.",
            &[("alignment", "angle (°)")],
        ));
        figures.insert(
            0,
            picture(
                "test-error",
                "Error on unseen patterns",
                "The squared distance of the output's rates from the teacher's, without noise. \
                 Dashed: the best answer that does not depend on the input.",
                &[("test_error", "‖r − r target‖²")],
            ),
        );
    }
    if has("output_error") {
        figures.insert(
            0,
            picture(
                "output-error",
                "Output error",
                "The squared distance of what the output would do by itself from its target.",
                &[("output_error", "‖a vB − u target‖²")],
            ),
        );
    }
    Part {
        title: "Over the run".to_owned(),
        text: format!(
            "Pale: each {}, the mean over the last 10 ms. Solid: smoothed. Black dots: an \
             independent simulation, another seed.",
            match config.data.measure_every {
                1 => "presentation".to_owned(),
                every => format!("{every} presentations"),
            }
        ),
        figures,
    }
}

/// How far a run has got, along the horizontal axis.
struct Length {
    label: &'static str,
    /// Of one presentation.
    unit: f64,
}

impl Length {
    /// Model time, or where that would be hours, presentations, as in the paper.
    fn of(config: &Config) -> Self {
        if config.data.task == Task::Regression {
            let (label, unit) = ("presentations (thousands)", 1e-3);
            Self { label, unit }
        } else {
            let (label, unit) = ("model time (s)", config.time.presentation / 1000.0);
            Self { label, unit }
        }
    }

    fn points(&self, counts: &[u64], values: &[f64]) -> Vec<(f64, f64)> {
        let at = counts.iter().map(|&count| count as f64 * self.unit);
        at.zip(values.iter().copied()).collect()
    }
}

/// One measure against the length of the run; on a logarithmic axis where it falls far.
fn panel(kind: Kind, config: &Config, outcomes: &[Outcome], measure: &str, label: &str) -> Panel {
    let length = Length::of(config);
    let y = if matches!(measure, "apical" | "interneuron" | "output_error") {
        Axis::log(label)
    } else {
        Axis::new(label)
    };
    let mut panel = Panel::new("", Axis::new(length.label), y);
    if measure == "test_error" {
        let constant = outcomes.iter().find_map(|outcome| outcome.constant_error);
        panel = constant.into_iter().fold(panel, |panel, error| {
            panel.reference(Line::horizontal(error, "constant"))
        });
    }
    let mut colour = 0;
    for outcome in outcomes {
        for column in outcome
            .columns
            .iter()
            .filter(|column| is_of(column, measure))
        {
            let Some(values) = outcome.column(column) else {
                continue;
            };
            let layer = column
                .strip_prefix(measure)
                .unwrap_or("")
                .trim_start_matches('_');
            let several = outcome.columns.iter().filter(|c| is_of(c, measure)).count() > 1;
            let name = if several {
                format!("{}, layer {layer}", outcome.student.name)
            } else {
                outcome.student.name.clone()
            };
            let points = |values: &[f64]| length.points(&outcome.counts, values);
            let own = Colour::Index(colour);
            colour += 1;
            panel = panel.series(Series::line("", points(&values)).colour(own).faint());
            let smooth = smoothed(&values);
            panel = panel.series(Series::line(name, points(&smooth)).colour(own).bold());
        }
    }
    let dots = dots(references(kind, config), outcomes, measure, &length);
    if !dots.is_empty() {
        let dots = Series::points("reference", dots).colour(Colour::Emphasis);
        panel = panel.series(dots.bold());
    }
    panel
}

/// Whether a column is this measure, of any layer.
fn is_of(column: &str, measure: &str) -> bool {
    column.strip_prefix(measure).is_some_and(|rest| {
        rest.is_empty()
            || rest
                .strip_prefix('_')
                .is_some_and(|k| k.bytes().all(|b| b.is_ascii_digit()))
    })
}

fn dots(
    references: &[Reference],
    outcomes: &[Outcome],
    measure: &str,
    length: &Length,
) -> Vec<(f64, f64)> {
    let dot = |reference: &Reference| {
        let reached = outcomes
            .iter()
            .any(|outcome| outcome.patterns >= reference.patterns);
        reached.then_some((reference.patterns as f64 * length.unit, reference.value))
    };
    references
        .iter()
        .filter(|r| is_of(r.column, measure))
        .filter_map(dot)
        .collect()
}

/// The mean over the points around each one.
fn smoothed(values: &[f64]) -> Vec<f64> {
    let reach = values.len() / SMOOTHING / 2;
    let mean = |at: usize| {
        // Equally far to both sides, so that the steep beginning is not shifted; at the flat end
        // over what there is.
        let reach = reach.min(at);
        let window = &values[at - reach..=(at + reach).min(values.len() - 1)];
        window.iter().sum::<f64>() / window.len() as f64
    };
    (0..values.len()).map(mean).collect()
}

/// The grid of weights: a panel for each matrix, its mean and some synapses.
pub(super) fn weights(config: &Config, outcome: &Outcome) -> Part {
    let length = Length::of(config);
    let traces = &outcome.traces;
    let title = format!("Weights in {}", outcome.student.name);
    let caption = "Black: the mean of a matrix. Colours: some of its synapses.";
    let mut figure = Figure::new(&*title)
        .caption(caption)
        .columns(4)
        .width(900.0);
    for matrix in &traces.matrices {
        let points = |values: &[f64]| length.points(&traces.counts, values);
        let family = match matrix.family {
            Family::Up => "W^PP up",
            Family::Ip => "W^IP",
            Family::Pi => "W^PI",
            Family::Down => "W^PP down",
            Family::Bias | Family::IpBias => "threshold",
        };
        let heading = format!("{family}, layer {}", matrix.layer);
        let mut panel = Panel::new(heading, Axis::new(length.label), Axis::new("weight"));
        for (number, (_, values)) in matrix.synapses.iter().enumerate() {
            let line = Series::line("", points(values)).colour(Colour::Index(number));
            panel = panel.series(line);
        }
        let mean = Series::line("", points(&matrix.mean)).colour(Colour::Emphasis);
        figure = figure.panel(panel.series(mean.bold()));
    }
    Part {
        title,
        text: "Each matrix of each layer: bottom-up, onto interneurons, from interneurons to \
               apical dendrites, top-down."
            .to_owned(),
        figures: vec![Named {
            name: format!("weights-{}", outcome.student.name),
            figure,
        }],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn smoothing_keeps_lines_and_lengths() {
        let line: Vec<f64> = (0..500).map(f64::from).collect();
        let smooth = smoothed(&line);
        assert_eq!(smooth.len(), 500);
        assert!(
            smooth
                .iter()
                .zip(&line)
                .take(490)
                .all(|(a, b)| (a - b).abs() < 1e-9)
        );
        assert!((smooth[499] - 499.0).abs() <= 5.0, "{}", smooth[499]);
        assert!(smoothed(&[]).is_empty());
        let ripple: Vec<f64> = (0..500).map(|i| f64::from(i % 2)).collect();
        assert!((smoothed(&ripple)[250] - 0.5).abs() < 0.06);
    }

    #[test]
    fn columns_belong_to_their_measure() {
        assert!(is_of("apical_1", "apical") && is_of("output_error", "output_error"));
        assert!(!is_of("distance_pi_1", "distance") && !is_of("apical_distance", "apical"));
    }
}
