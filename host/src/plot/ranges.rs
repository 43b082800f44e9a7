//! How far axes run: fixed, fitted to the data, or agreed between panels.

use super::geometry::Span;
use super::grid::Grid;
use super::prepare::Mark;
use super::{Axis, Figure, Heatmap, Line, Panel, PlotError, Ramp, Range, Scale, Sharing, Style};

/// The horizontal span of a panel with series; none if nothing says how far it runs.
pub(super) fn horizontal(
    panel: &Panel,
    runs: &[Vec<Vec<Mark>>],
) -> Result<Option<Span>, PlotError> {
    Ok(fixed(&panel.x)?.or_else(|| auto_x(panel, runs)))
}

/// The vertical span of a panel with series; none if nothing says how far it runs.
pub(super) fn vertical(panel: &Panel, runs: &[Vec<Vec<Mark>>]) -> Result<Option<Span>, PlotError> {
    Ok(fixed(&panel.y)?.or_else(|| auto_y(panel, runs)))
}

/// The horizontal and vertical span of a panel, where known.
pub(super) type Spans = (Option<Span>, Option<Span>);

/// Every panel's spans once those that share a range have agreed on it.
pub(super) fn shared(figure: &Figure, spans: &[Spans]) -> Vec<(Span, Span)> {
    let grid = Grid::new(figure.panels.len(), figure.columns);
    let agree = |at: usize, sharing, line: &dyn Fn(usize) -> usize, axis: Reading<'_>| {
        let mine = &figure.panels[at];
        let peer = |&peer: &usize| {
            let together = match sharing {
                Sharing::Own => peer == at,
                Sharing::Facing => line(peer) == line(at),
                Sharing::All => true,
            };
            let other = &figure.panels[peer];
            together
                && (axis.scale)(other) == (axis.scale)(mine)
                && other.heatmap.is_some() == mine.heatmap.is_some()
        };
        (0..spans.len())
            .filter(peer)
            .filter_map(|peer| (axis.span)(&spans[peer]))
            .reduce(Span::join)
            .unwrap_or(Span {
                low: 0.0,
                high: 1.0,
            })
    };
    let x = Reading {
        scale: &|panel| panel.x.scale,
        span: &|pair| pair.0,
    };
    let y = Reading {
        scale: &|panel| panel.y.scale,
        span: &|pair| pair.1,
    };
    (0..spans.len())
        .map(|at| {
            (
                agree(at, figure.share_x, &|peer| grid.column(peer), x),
                agree(at, figure.share_y, &|peer| grid.row(peer), y),
            )
        })
        .collect()
}

/// How to read one of a panel's two axes.
#[derive(Clone, Copy)]
struct Reading<'a> {
    scale: &'a dyn Fn(&Panel) -> Scale,
    span: &'a dyn Fn(&Spans) -> Option<Span>,
}

/// The span of a fixed range, or none for an automatic one.
fn fixed(axis: &Axis) -> Result<Option<Span>, PlotError> {
    range(axis.range, axis.scale, &axis.label)
}

fn range(range: Range, scale: Scale, label: &str) -> Result<Option<Span>, PlotError> {
    let Range::Fixed(low, high) = range else {
        return Ok(None);
    };
    let wrong = |reason| PlotError::Range {
        axis: label.to_owned(),
        low,
        high,
        reason,
    };
    if !low.is_finite() || !high.is_finite() {
        return Err(wrong(": both ends must be finite"));
    }
    if scale == Scale::Log && (low <= 0.0 || high <= 0.0) {
        return Err(wrong(": both ends of a logarithmic axis must be positive"));
    }
    Ok(Some(Span::new(scale.forward(low), scale.forward(high))))
}

/// The smallest and the largest of some positions, leaving out what is not finite.
fn extent(positions: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    positions
        .filter(|v| v.is_finite())
        .fold(None, |so_far, v| match so_far {
            None => Some((v, v)),
            Some((low, high)) => Some((v.min(low), v.max(high))),
        })
}

/// All marks of a panel.
fn marks(runs: &[Vec<Vec<Mark>>]) -> impl Iterator<Item = &Mark> {
    runs.iter().flatten().flatten()
}

/// The automatic horizontal span: flush with lines, with room for dots and bars.
fn auto_x(panel: &Panel, runs: &[Vec<Vec<Mark>>]) -> Option<Span> {
    let scale = panel.x.scale;
    let references = panel
        .references
        .iter()
        .filter_map(|reference| match reference.line {
            Line::Vertical(at) => Some(scale.forward(at)),
            Line::Horizontal(_) => None,
        });
    let names = panel.x.names.iter().map(|(at, _)| scale.forward(*at));
    let named = !panel.x.names.is_empty();
    let (low, high) = extent(marks(runs).map(|m| m.x).chain(references).chain(names))?;
    let any = |style| panel.series.iter().any(|s| s.style == style);
    if any(Style::Bars) || named {
        let room = bar_distance(panel, runs) / 2.0;
        return Some(Span::new(low - room, high + room));
    }
    let span = Span::new(low, high);
    Some(if any(Style::Points) {
        span.pad(0.03, 0.03)
    } else {
        span
    })
}

/// The smallest distance between bars of one series; 1 when there is none.
pub(super) fn bar_distance(panel: &Panel, runs: &[Vec<Vec<Mark>>]) -> f64 {
    let mut least = f64::INFINITY;
    for (series, runs) in panel.series.iter().zip(runs) {
        if series.style == Style::Bars {
            let mut places: Vec<f64> = runs.iter().flatten().map(|m| m.x).collect();
            places.sort_by(f64::total_cmp);
            for pair in places.windows(2) {
                if pair[1] > pair[0] {
                    least = least.min(pair[1] - pair[0]);
                }
            }
        }
    }
    if least.is_finite() { least } else { 1.0 }
}

/// The automatic vertical span: from zero where the data nearly reach it.
fn auto_y(panel: &Panel, runs: &[Vec<Vec<Mark>>]) -> Option<Span> {
    const AIR: f64 = 0.06;
    let scale = panel.y.scale;
    let references = panel
        .references
        .iter()
        .filter_map(|reference| match reference.line {
            Line::Horizontal(at) => Some(scale.forward(at)),
            Line::Vertical(_) => None,
        });
    let mut starts = Vec::new();
    for (series, runs) in panel.series.iter().zip(runs) {
        if matches!(series.style, Style::Band | Style::Bars) {
            starts.extend(runs.iter().flatten().map(|m| m.low));
        }
    }
    let names = panel.y.names.iter().map(|(at, _)| scale.forward(*at));
    let (low, high) = extent(
        marks(runs)
            .map(|m| m.y)
            .chain(references)
            .chain(starts)
            .chain(names),
    )?;
    if scale == Scale::Linear && low >= 0.0 && low <= 0.35 * high && high > 0.0 {
        return Some(Span::new(0.0, high).pad(0.0, AIR));
    }
    if scale == Scale::Linear && high <= 0.0 && high >= 0.35 * low && low < 0.0 {
        return Some(Span::new(low, 0.0).pad(AIR, 0.0));
    }
    Some(Span::new(low, high).pad(AIR, AIR))
}

/// The span of a heat map's colours.
pub(super) fn colours(map: &Heatmap, cells: &[Vec<Option<f64>>]) -> Result<Span, PlotError> {
    if let Some(span) = range(map.range, map.scale, &map.label)? {
        return Ok(span);
    }
    let Some((low, high)) = extent(cells.iter().flatten().flatten().copied()) else {
        return Ok(Span {
            low: 0.0,
            high: 1.0,
        });
    };
    if let Ramp::Diverging(centre) = map.ramp {
        let centre = map.scale.forward(centre);
        if centre.is_finite() {
            let reach = (high - centre).abs().max((centre - low).abs());
            return Ok(Span::new(centre - reach, centre + reach));
        }
    }
    Ok(Span::new(low, high))
}

#[cfg(test)]
mod tests {
    use super::super::{Series, prepare};
    use super::*;

    #[test]
    fn shared_ranges_cover_their_group() {
        let panel = |top| {
            Panel::new("", Axis::new("x"), Axis::new("y")).series(Series::values("a", &[0.0, top]))
        };
        let picture = |sharing| {
            let figure = Figure::new("").columns(2).share(Sharing::Own, sharing);
            figure
                .panel(panel(1.0))
                .panel(panel(2.0))
                .panel(panel(30.0))
                .panel(panel(3.0))
        };
        let tops = |sharing| -> Vec<f64> {
            let picture = picture(sharing);
            prepare::figure(&picture)
                .unwrap()
                .iter()
                .map(|p| (p.y.high / 1.06).round())
                .collect()
        };
        assert_eq!(tops(Sharing::Own), [1.0, 2.0, 30.0, 3.0]);
        assert_eq!(tops(Sharing::Facing), [2.0, 2.0, 30.0, 30.0]);
        assert_eq!(tops(Sharing::All), [30.0; 4]);
    }

    #[test]
    fn ranges_start_at_zero_where_the_data_nearly_do() {
        let span = |values: &[f64]| {
            let panel = Panel::new("", Axis::new("x"), Axis::new("y"));
            let figure = Figure::new("").panel(panel.series(Series::values("a", values)));
            prepare::figure(&figure).unwrap()[0].y
        };
        assert_eq!(span(&[1.0, 10.0]).low, 0.0);
        assert!(span(&[9.0, 10.0]).low > 8.0);
        assert_eq!(span(&[-1.0, -10.0]).high, 0.0);
    }

    #[test]
    fn bars_get_room_on_both_sides() {
        let panel = Panel::new("", Axis::new("x"), Axis::new("y"));
        let bars = Series::bars("a", vec![(0.0, 2.0), (1.0, 3.0), (3.0, 1.0)]);
        let figure = Figure::new("").panel(panel.series(bars));
        let x = prepare::figure(&figure).unwrap()[0].x;
        assert_eq!((x.low, x.high), (-0.5, 3.5));
    }
}
