//! What changes over the presentations: distances, errors, weights.

use apical_core::microcircuit::Family;

use super::super::reference::{Reference, references};
use super::super::{Kind, Outcome};
use super::{Named, Part};
use crate::config::Config;
use crate::plot::{Axis, Colour, Figure, Panel, Series};

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
    if outcomes
        .iter()
        .any(|outcome| outcome.column("output_error").is_some())
    {
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
        text:
            "Pale: each presentation, the mean over its last 10 ms. Solid: smoothed. Black dots: \
               an independent simulation, another seed."
                .to_owned(),
        figures,
    }
}

/// One measure against model time; on a logarithmic axis where it falls far.
fn panel(kind: Kind, config: &Config, outcomes: &[Outcome], measure: &str, label: &str) -> Panel {
    let seconds = config.time.presentation / 1000.0;
    let far = measure != "distance_ip" && measure != "distance_pi";
    let y = if far {
        Axis::log(label)
    } else {
        Axis::new(label)
    };
    let mut panel = Panel::new("", Axis::new("model time (s)"), y);
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
                format!("{}, layer {layer}", outcome.precision)
            } else {
                outcome.precision.to_string()
            };
            let points = |values: &[f64]| -> Vec<(f64, f64)> {
                values
                    .iter()
                    .enumerate()
                    .map(|(i, &v)| (i as f64 * seconds, v))
                    .collect()
            };
            let own = Colour::Index(colour);
            colour += 1;
            panel = panel.series(Series::line("", points(&values)).colour(own).faint());
            let smooth = smoothed(&values);
            panel = panel.series(Series::line(name, points(&smooth)).colour(own).bold());
        }
    }
    let dots = dots(references(kind, config), outcomes, measure, seconds);
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
    seconds: f64,
) -> Vec<(f64, f64)> {
    let dot = |reference: &Reference| {
        let reached = outcomes
            .iter()
            .any(|outcome| outcome.patterns >= reference.patterns);
        reached.then_some((reference.patterns as f64 * seconds, reference.value))
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
    let seconds = config.time.presentation / 1000.0;
    let traces = &outcome.traces;
    let title = format!("Weights in {}", outcome.precision);
    let caption = "Black: the mean of a matrix. Colours: some of its synapses.";
    let mut figure = Figure::new(&*title)
        .caption(caption)
        .columns(4)
        .width(900.0);
    for matrix in &traces.matrices {
        let points = |values: &[f64]| -> Vec<(f64, f64)> {
            traces
                .counts
                .iter()
                .map(|&n| n as f64 * seconds)
                .zip(values.iter().copied())
                .collect()
        };
        let family = match matrix.family {
            Family::Up => "W^PP up",
            Family::Ip => "W^IP",
            Family::Pi => "W^PI",
            Family::Down => "W^PP down",
            Family::Bias | Family::IpBias => "threshold",
        };
        let heading = format!("{family}, layer {}", matrix.layer);
        let mut panel = Panel::new(heading, Axis::new("model time (s)"), Axis::new("weight"));
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
            name: format!("weights-{}", outcome.precision),
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
