//! Potentials within presentations, before and after the run.

use super::super::{Course, LayerCourse, Outcome, Traces};
use super::{Named, Part};
use crate::plot::{Axis, Colour, Figure, Panel, Reference, Series, Sharing};

/// Neurons of a layer that get a panel each.
const PANELS: usize = 20;
/// Neurons of a layer that get a line each in the overview.
const LINES: usize = 10;

/// All neurons before and after the run.
pub(super) fn potentials(outcome: &Outcome) -> Part {
    let name = &outcome.student.name;
    let mut figures = Vec::new();
    for (course, when) in [(&outcome.before, "before"), (&outcome.after, "after")] {
        let mut add = |figure_name: &str, figure: Figure| {
            figures.push(Named {
                name: format!("{figure_name}-{when}-{name}"),
                figure,
            });
        };
        let count = course.layers.len();
        for (k, layer) in course.layers.iter().enumerate() {
            let below = (k + 1 < count).then_some(k + 1);
            // One hidden layer, as in the paper, needs no number.
            let number = if count == 2 {
                String::new()
            } else {
                format!("-{}", k + 1)
            };
            if let (Some(k), Some(above)) = (below, course.layers.get(k + 1)) {
                add(&format!("apical{number}"), apical(course, layer, k, when));
                add(
                    &format!("interneurons{number}"),
                    interneurons(course, layer, above, k, when),
                );
            } else {
                add("output", output(course, layer, when));
            }
        }
        add("neurons", overview(course, when));
    }
    Part {
        title: format!("Potentials in {name}, before and after the run"),
        text: "Presentations one after the other, without noise and without learning; dashed \
               lines mark where the next one begins."
            .to_owned(),
        figures,
    }
}

/// One line: a name, its values over time and its colour.
type Line<'a> = (&'a str, &'a [f64], Colour);

fn panel(course: &Course, heading: String, lines: &[Line<'_>]) -> Panel {
    let mut panel = Panel::new(heading, Axis::new("time (ms)"), Axis::new("potential"));
    for (name, values, colour) in lines {
        let points = course.times.iter().copied().zip(values.iter().copied());
        // There is no target while the output is not taught.
        let points = points.filter(|(_, value)| !value.is_nan()).collect();
        panel = panel.series(Series::line(*name, points).colour(*colour));
    }
    marked(course, panel)
}

/// A line at every switch from one pattern to the next.
fn marked(course: &Course, mut panel: Panel) -> Panel {
    for (at, _) in course.switches.iter().skip(1) {
        panel = panel.reference(Reference::vertical(*at, ""));
    }
    panel
}

fn grid(title: String, caption: &str) -> Figure {
    Figure::new(title)
        .caption(caption)
        .columns(5)
        .width(900.0)
        .share(Sharing::All, Sharing::Own)
}

fn of(traces: &Traces, neuron: usize) -> &[f64] {
    traces.get(neuron).map_or(&[], Vec::as_slice)
}

/// Input, top-down part, cancellation and their sum, a panel for each neuron.
fn apical(course: &Course, layer: &LayerCourse, k: usize, when: &str) -> Figure {
    let caption = "Apical potential (sum) of each neuron and its two parts, with the basal input \
                   as it reaches the soma.";
    let title = format!("Apical dendrites of layer {k}, {when} the run");
    (0..layer.apical.len().min(PANELS)).fold(grid(title, caption), |figure, neuron| {
        let lines = [
            ("input", of(&layer.basal, neuron), Colour::Input),
            ("top-down", of(&layer.top_down, neuron), Colour::TopDown),
            (
                "cancellation",
                of(&layer.cancellation, neuron),
                Colour::Cancellation,
            ),
            ("sum", of(&layer.apical, neuron), Colour::Sum),
        ];
        figure.panel(panel(course, format!("neuron {neuron}"), &lines))
    })
}

/// Each interneuron with the neuron it follows.
fn interneurons(
    course: &Course,
    layer: &LayerCourse,
    above: &LayerCourse,
    k: usize,
    when: &str,
) -> Figure {
    let caption = "Each interneuron and the pyramidal neuron of the layer above that it follows.";
    let title = format!("Interneurons of layer {k}, {when} the run");
    (0..layer.interneurons.len().min(PANELS)).fold(grid(title, caption), |figure, neuron| {
        let lines = [
            ("pyramidal neuron", of(&above.soma, neuron), Colour::TopDown),
            (
                "interneuron",
                of(&layer.interneurons, neuron),
                Colour::Cancellation,
            ),
        ];
        figure.panel(panel(course, format!("pair {neuron}"), &lines))
    })
}

/// Each output neuron with its target.
fn output(course: &Course, layer: &LayerCourse, when: &str) -> Figure {
    let caption = "Each output neuron, what it would do by itself (a vB), and its target.";
    let title = format!("Output, {when} the run");
    let taught = course
        .target
        .iter()
        .flatten()
        .any(|target| target.is_finite());
    (0..layer.soma.len().min(PANELS)).fold(grid(title, caption), |figure, neuron| {
        let mut lines = vec![
            ("output", of(&layer.soma, neuron), Colour::Sum),
            ("prediction", of(&layer.basal, neuron), Colour::Input),
        ];
        if taught {
            lines.push(("target", of(&course.target, neuron), Colour::TopDown));
        }
        figure.panel(panel(course, format!("neuron {neuron}"), &lines))
    })
}

/// The input and every layer's potentials: the mean and some neurons.
fn overview(course: &Course, when: &str) -> Figure {
    let caption = "Black: the mean of a layer. Colours: its first neurons.";
    let mut figure = Figure::new(format!("Input and potentials, {when} the run"))
        .caption(caption)
        .columns(2);
    let layer = |k: usize| format!("layer {k}");
    let mut all = vec![("input".to_owned(), &course.input)];
    for (k, one) in course.layers.iter().enumerate() {
        all.push((layer(k + 1), &one.soma));
        if !one.interneurons.is_empty() {
            all.push((
                format!("interneurons of layer {}", k + 1),
                &one.interneurons,
            ));
        }
    }
    for (heading, traces) in all {
        let mut lines: Vec<Line<'_>> = traces
            .iter()
            .take(LINES)
            .enumerate()
            .map(|(i, values)| ("", values.as_slice(), Colour::Index(i)))
            .collect();
        let mean: Vec<f64> = (0..course.times.len())
            .map(|at| {
                let sum: f64 = traces.iter().filter_map(|values| values.get(at)).sum();
                sum / (traces.len() as f64).max(1.0)
            })
            .collect();
        lines.push(("", &mean, Colour::Emphasis));
        let mut panel = panel(course, heading, &lines);
        let last = panel.series.len().saturating_sub(1);
        for (i, series) in panel.series.iter_mut().enumerate() {
            *series = if i == last {
                series.clone().bold()
            } else {
                series.clone().faint()
            };
        }
        figure = figure.panel(panel);
    }
    figure
}
