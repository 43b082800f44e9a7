//! From a figure's numbers to marks on its axes' scales, with what cannot be shown counted.

use super::geometry::Span;
use super::{Figure, Heatmap, Panel, PlotError, Scale, Series, Style, ranges};

/// A point on the axes' scales, and for bands and bars where they start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mark {
    pub(super) x: f64,
    pub(super) y: f64,
    /// Minus infinity for the bottom of the panel.
    pub(super) low: f64,
}

/// A panel ready to be laid out.
#[derive(Debug)]
pub(super) struct Prepared<'a> {
    pub(super) panel: &'a Panel,
    /// For every series, its unbroken stretches.
    pub(super) runs: Vec<Vec<Vec<Mark>>>,
    pub(super) x: Span,
    pub(super) y: Span,
    /// For a heat map, the span of its colours and its cells' positions on it.
    pub(super) colours: Span,
    pub(super) cells: Vec<Vec<Option<f64>>>,
    /// The panel's own remarks and those about values left out.
    pub(super) notes: Vec<String>,
    /// Nothing to show.
    pub(super) empty: bool,
}

/// Values that cannot be shown.
#[derive(Clone, Copy, Debug, Default)]
struct Skipped {
    not_finite: usize,
    not_positive: usize,
}

impl Skipped {
    /// Whether all of some values can be shown on their scales; counted where not.
    fn shown(&mut self, values: &[(f64, Scale)]) -> bool {
        if values.iter().any(|(v, _)| !v.is_finite()) {
            self.not_finite += 1;
            return false;
        }
        if values
            .iter()
            .any(|&(v, scale)| scale == Scale::Log && v <= 0.0)
        {
            self.not_positive += 1;
            return false;
        }
        true
    }

    fn notes(self) -> impl Iterator<Item = String> {
        let plural = |n: usize| if n == 1 { "value" } else { "values" };
        let a = (self.not_finite > 0)
            .then(|| format!("{} {} not finite", self.not_finite, plural(self.not_finite)));
        let b = (self.not_positive > 0).then(|| {
            let n = self.not_positive;
            format!("{n} {} not positive, left out on a log axis", plural(n))
        });
        a.into_iter().chain(b)
    }
}

/// Prepares every panel of a figure.
pub(super) fn figure(figure: &Figure) -> Result<Vec<Prepared<'_>>, PlotError> {
    let mut spans = Vec::new();
    let mut panels = Vec::new();
    for source in &figure.panels {
        let (prepared, x, y) = panel(source)?;
        panels.push(prepared);
        spans.push((x, y));
    }
    let shared = ranges::shared(figure, &spans);
    for (panel, (x, y)) in panels.iter_mut().zip(shared) {
        (panel.x, panel.y) = (x, y);
    }
    Ok(panels)
}

type Bare<'a> = (Prepared<'a>, Option<Span>, Option<Span>);

fn panel(panel: &Panel) -> Result<Bare<'_>, PlotError> {
    let mut skipped = Skipped::default();
    let mut prepared = Prepared {
        panel,
        runs: Vec::new(),
        x: Span {
            low: 0.0,
            high: 1.0,
        },
        y: Span {
            low: 0.0,
            high: 1.0,
        },
        colours: Span {
            low: 0.0,
            high: 1.0,
        },
        cells: Vec::new(),
        notes: panel.notes.clone(),
        empty: false,
    };
    let (x, y);
    if let Some(map) = &panel.heatmap {
        map.check()?;
        prepared.cells = cells(map, &mut skipped);
        prepared.colours = ranges::colours(map, &prepared.cells)?;
        prepared.empty = map.columns.is_empty() || map.rows.is_empty();
        x = Some(Span::new(0.0, map.columns.len().max(1) as f64));
        y = Some(Span::new(0.0, map.rows.len().max(1) as f64));
    } else {
        for series in &panel.series {
            prepared.runs.push(runs(series, panel, &mut skipped)?);
        }
        prepared.empty = prepared.runs.iter().all(Vec::is_empty);
        x = ranges::horizontal(panel, &prepared.runs)?;
        y = ranges::vertical(panel, &prepared.runs)?;
    }
    prepared.notes.extend(skipped.notes());
    Ok((prepared, x, y))
}

fn runs(
    series: &Series,
    panel: &Panel,
    skipped: &mut Skipped,
) -> Result<Vec<Vec<Mark>>, PlotError> {
    let (count, lower) = (series.points.len(), series.lower.len());
    let band = series.style == Style::Band && lower > 0;
    if band && lower != count {
        return Err(PlotError::BandEdges {
            series: series.name.clone(),
            points: count,
            lower,
        });
    }
    let (x_scale, y_scale) = (panel.x.scale, panel.y.scale);
    let mut runs = Vec::new();
    let mut run = Vec::new();
    for (at, &(x, y)) in series.points.iter().enumerate() {
        let low = if band { series.lower[at] } else { 0.0 };
        if !skipped.shown(&[(x, x_scale), (y, y_scale), (low, Scale::Linear)]) {
            if !run.is_empty() {
                runs.push(std::mem::take(&mut run));
            }
            continue;
        }
        // A lower edge that a logarithmic axis cannot show reaches down to its end.
        let low = match y_scale {
            Scale::Log if low <= 0.0 => f64::NEG_INFINITY,
            scale => scale.forward(low),
        };
        run.push(Mark {
            x: x_scale.forward(x),
            y: y_scale.forward(y),
            low,
        });
    }
    if !run.is_empty() {
        runs.push(run);
    }
    Ok(runs)
}

fn cells(map: &Heatmap, skipped: &mut Skipped) -> Vec<Vec<Option<f64>>> {
    map.values
        .iter()
        .map(|row| {
            row.iter()
                .map(|&v| {
                    skipped
                        .shown(&[(v, map.scale)])
                        .then(|| map.scale.forward(v))
                })
                .collect()
        })
        .collect()
}

/// One remark for all the panels that are too small to hold their own.
pub(super) fn gathered(panels: &[Prepared<'_>]) -> Vec<String> {
    let mut notes: Vec<(String, usize)> = Vec::new();
    for note in panels.iter().flat_map(|p| &p.notes) {
        match notes.iter_mut().find(|(known, _)| known == note) {
            Some((_, count)) => *count += 1,
            None => notes.push((note.clone(), 1)),
        }
    }
    let more = notes.len().saturating_sub(4);
    let mut lines: Vec<String> = notes
        .into_iter()
        .take(4)
        .map(|(note, count)| match count {
            1 => format!("In one panel: {note}."),
            _ => format!("In each of {count} panels: {note}."),
        })
        .collect();
    if more > 0 {
        lines.push(format!("And {more} other remarks."));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::super::Axis;
    use super::*;

    fn one(panel: Panel) -> Figure {
        Figure::new("").panel(panel)
    }

    #[test]
    fn values_not_finite_break_the_line_and_are_counted() {
        let points = vec![
            (0.0, 1.0),
            (1.0, f64::NAN),
            (2.0, 2.0),
            (f64::INFINITY, 3.0),
        ];
        let picture =
            one(Panel::new("", Axis::new("x"), Axis::new("y")).series(Series::line("a", points)));
        let panels = figure(&picture).unwrap();
        assert_eq!(panels[0].runs[0].len(), 2);
        assert_eq!(panels[0].notes, ["2 values not finite"]);
    }

    #[test]
    fn a_log_axis_leaves_out_what_is_not_positive() {
        let points = vec![(0.0, 1.0), (1.0, 0.0), (2.0, 100.0)];
        let picture =
            one(Panel::new("", Axis::new("x"), Axis::log("y")).series(Series::line("a", points)));
        let panels = figure(&picture).unwrap();
        assert_eq!(
            panels[0].notes,
            ["1 value not positive, left out on a log axis"]
        );
        assert!(
            panels[0].y.holds(0.0) && panels[0].y.holds(2.0),
            "{:?}",
            panels[0].y
        );
    }

    #[test]
    fn contradictions_are_errors() {
        let mut band = Series::band("b", &[(0.0, 1.0, 2.0)]);
        band.points.push((1.0, 2.0));
        let axes = || Panel::new("", Axis::new("x"), Axis::new("y"));
        let result = figure(&one(axes().series(band))).map(|_| ());
        assert!(matches!(
            result,
            Err(PlotError::BandEdges {
                points: 2,
                lower: 1,
                ..
            })
        ));
        let mut panel = axes();
        panel.y = Axis::log("y").range(0.0, 1.0);
        assert!(matches!(
            figure(&one(panel)).map(|_| ()),
            Err(PlotError::Range { .. })
        ));
    }
}
