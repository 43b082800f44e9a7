//! The inside of a panel with series: grid, bands, bars, lines, dots and reference lines.

use super::canvas::{Canvas, Pen};
use super::geometry::{Point, Rect, Span, point};
use super::layout::{Cell, Detail};
use super::palette::{GRID, Rgb};
use super::prepare::{Mark, Prepared};
use super::ranges::bar_distance;
use super::{PlotError, Scale, Series, Style, clip, decimate, references};

/// A panel's mapping from positions to pixels.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    pub(super) plot: Rect,
    pub(super) x: Span,
    pub(super) y: Span,
}

impl Frame {
    pub(super) fn across(self, x: f64) -> f64 {
        self.plot.left + self.plot.width * self.x.fraction(x)
    }

    pub(super) fn down(self, y: f64) -> f64 {
        self.plot.bottom() - self.plot.height * self.y.fraction(y)
    }

    fn point(self, mark: &Mark) -> Point {
        point(self.across(mark.x), self.down(mark.y))
    }
}

/// Draws what lies between a panel's axes.
pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    prepared: &Prepared<'_>,
    colours: &[Rgb],
    cell: &Cell,
    detail: Detail,
) -> Result<(), PlotError> {
    let frame = Frame {
        plot: cell.plot,
        x: prepared.x,
        y: prepared.y,
    };
    grid(canvas, prepared, frame, cell, detail)?;
    let panel = prepared.panel;
    let drawn: Vec<(&Series, &[Vec<Mark>], Rgb)> = panel
        .series
        .iter()
        .zip(&prepared.runs)
        .zip(colours)
        .map(|((series, runs), &colour)| (series, runs.as_slice(), colour))
        .collect();
    for &(series, runs, colour) in drawn.iter().filter(|d| d.0.style == Style::Band) {
        for run in runs {
            band(canvas, run, series, colour, frame)?;
        }
    }
    let bars: Vec<_> = drawn.iter().filter(|d| d.0.style == Style::Bars).collect();
    let room = bar_distance(panel, &prepared.runs) * 0.76 / bars.len().max(1) as f64;
    for (number, &&(series, runs, colour)) in bars.iter().enumerate() {
        let offset = (number as f64 - (bars.len() as f64 - 1.0) / 2.0) * room;
        for mark in runs.iter().flatten() {
            bar(canvas, mark, (offset, room), series, colour, frame)?;
        }
    }
    for &(series, runs, colour) in &drawn {
        let width = thickness(series.width, detail);
        let pen = Pen {
            colour,
            width,
            opacity: series.opacity,
        };
        match series.style {
            Style::Line => {
                for run in runs {
                    let path: Vec<Point> = run.iter().map(|m| frame.point(m)).collect();
                    line(canvas, &path, pen, frame)?;
                }
            }
            Style::Steps => {
                for run in runs {
                    line(canvas, &treads(run, frame), pen, frame)?;
                }
            }
            Style::Points => {
                let all: Vec<Point> = runs.iter().flatten().map(|m| frame.point(m)).collect();
                for at in decimate::dots(&all, width) {
                    if frame.plot.holds(at) {
                        canvas.dot(at, width, colour, series.opacity)?;
                    }
                }
            }
            Style::Band | Style::Bars => {}
        }
    }
    references::draw(canvas, panel, frame, &ink(&drawn, frame), detail)
}

/// A usable line width or dot radius, finer where panels are small.
fn thickness(width: f64, detail: Detail) -> f64 {
    let width = if width.is_finite() {
        width.clamp(0.2, 20.0)
    } else {
        1.6
    };
    match detail {
        Detail::Full => width,
        Detail::Compact => width * 0.85,
        Detail::Spark => width * 0.7,
    }
}

fn grid(
    canvas: &mut Canvas<'_>,
    prepared: &Prepared<'_>,
    frame: Frame,
    cell: &Cell,
    detail: Detail,
) -> Result<(), PlotError> {
    let plot = frame.plot;
    let pen = Pen::new(GRID, if detail == Detail::Spark { 0.6 } else { 0.8 });
    if detail == Detail::Spark {
        let zero = prepared.panel.y.scale == Scale::Linear && frame.y.holds(0.0);
        if zero {
            let y = frame.down(0.0);
            canvas.line(&[point(plot.left, y), point(plot.right(), y)], pen)?;
        }
        return Ok(());
    }
    for tick in &cell.y_ticks {
        let y = frame.down(tick.at);
        canvas.line(&[point(plot.left, y), point(plot.right(), y)], pen)?;
    }
    // Bars and categories need no lines between them.
    if prepared.panel.x.names.is_empty() {
        for tick in &cell.x_ticks {
            let x = frame.across(tick.at);
            canvas.line(&[point(x, plot.top), point(x, plot.bottom())], pen)?;
        }
    }
    Ok(())
}

fn line(
    canvas: &mut Canvas<'_>,
    points: &[Point],
    pen: Pen,
    frame: Frame,
) -> Result<(), PlotError> {
    if let [only] = *points {
        // A point between two gaps would vanish as a line.
        if frame.plot.holds(only) {
            canvas.dot(only, (pen.width * 0.9).max(1.2), pen.colour, pen.opacity)?;
        }
        return Ok(());
    }
    for part in clip::line(&decimate::simplify(&decimate::line(points)), frame.plot) {
        canvas.line(&part, pen)?;
    }
    Ok(())
}

fn treads(run: &[Mark], frame: Frame) -> Vec<Point> {
    let mut path: Vec<Point> = Vec::with_capacity(run.len() * 2);
    for mark in run {
        let here = frame.point(mark);
        if let Some(&before) = path.last() {
            path.push(point(here.x, before.y));
        }
        path.push(here);
    }
    path
}

fn band(
    canvas: &mut Canvas<'_>,
    run: &[Mark],
    series: &Series,
    colour: Rgb,
    frame: Frame,
) -> Result<(), PlotError> {
    let edges: Vec<(Point, f64)> = run
        .iter()
        .map(|m| (frame.point(m), frame.down(m.low)))
        .collect();
    let edges = decimate::band(&edges);
    let back = edges
        .iter()
        .rev()
        .map(|(upper, lower)| point(upper.x, *lower));
    let outline: Vec<Point> = edges.iter().map(|(upper, _)| *upper).chain(back).collect();
    canvas.area(&clip::outline(&outline, frame.plot), colour, series.opacity)
}

fn bar(
    canvas: &mut Canvas<'_>,
    mark: &Mark,
    (offset, room): (f64, f64),
    series: &Series,
    colour: Rgb,
    frame: Frame,
) -> Result<(), PlotError> {
    let plot = frame.plot;
    let (a, b) = (
        frame.across(mark.x + offset - room / 2.0),
        frame.across(mark.x + offset + room / 2.0),
    );
    let (c, d) = (frame.down(mark.y), frame.down(mark.low));
    let (left, right) = (a.min(b).max(plot.left), a.max(b).min(plot.right()));
    let (top, bottom) = (c.min(d).max(plot.top), c.max(d).min(plot.bottom()));
    if left >= right || top >= bottom {
        return Ok(());
    }
    // A hair of paper between neighbours.
    let hair = if right - left > 6.0 { 0.5 } else { 0.0 };
    let body = Rect {
        left: left + hair,
        top,
        width: right - left - 2.0 * hair,
        height: bottom - top,
    };
    canvas.rect(body, colour, series.opacity)
}

/// Places where lines and dots are, close enough together to tell where a label would cover them.
fn ink(drawn: &[(&Series, &[Vec<Mark>], Rgb)], frame: Frame) -> Vec<Point> {
    const APART: f64 = 5.0;
    const MOST: usize = 50_000;
    let mut ink = Vec::new();
    for (series, runs, _) in drawn {
        for run in *runs {
            let path: Vec<Point> = run.iter().map(|m| frame.point(m)).collect();
            if series.style != Style::Line {
                ink.extend(path.into_iter().filter(|p| frame.plot.holds(*p)).take(MOST));
                continue;
            }
            for part in clip::line(&decimate::line(&path), frame.plot) {
                for pair in part.windows(2) {
                    let (a, b) = (pair[0], pair[1]);
                    let steps = ((b.x - a.x).hypot(b.y - a.y) / APART)
                        .ceil()
                        .clamp(1.0, 999.0);
                    for step in 0..=steps as u32 {
                        let share = f64::from(step) / steps;
                        ink.push(point(a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share));
                    }
                }
            }
        }
        if ink.len() > MOST {
            break;
        }
    }
    ink
}
