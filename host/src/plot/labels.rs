//! Tick labels on the page: which of them fit and where they stand.

use super::geometry::{Rect, Span};
use super::ticks::Tick;
use super::{Scale, text};

/// Named ticks in order, shortened to `room` pixels.
pub(super) fn named(
    names: &[(f64, String)],
    scale: Scale,
    span: Span,
    room: f64,
    size: f64,
) -> Vec<Tick> {
    let mut ticks: Vec<Tick> = names
        .iter()
        .map(|(at, name)| Tick {
            at: scale.forward(*at),
            label: text::fit(name, room, size),
        })
        .filter(|tick| tick.at.is_finite() && span.holds(tick.at))
        .collect();
    ticks.sort_by(|a, b| a.at.total_cmp(&b.at));
    ticks
}

/// Every tick, or every second, third and so on until they fit.
pub(super) fn thinned(ticks: &[Tick], fits: &dyn Fn(&[Tick]) -> bool) -> Vec<Tick> {
    let mut every = 1;
    loop {
        let kept: Vec<Tick> = ticks.iter().step_by(every).cloned().collect();
        if kept.len() <= 1 || fits(&kept) {
            return kept;
        }
        every += 1;
    }
}

/// The width of the widest label.
pub(super) fn widest(ticks: &[Tick], size: f64) -> f64 {
    ticks
        .iter()
        .map(|tick| text::width(&tick.label, size))
        .fold(0.0, f64::max)
}

/// Where level labels under an axis start and end, moved inwards where they would stand out by
/// more than `over`.
pub(super) fn label_ends(
    ticks: &[Tick],
    size: f64,
    over: f64,
    plot: Rect,
    fraction: impl Fn(f64) -> f64,
) -> Vec<(f64, f64)> {
    let (first, last) = (plot.left - over, plot.right() + over);
    ticks
        .iter()
        .map(|tick| {
            let width = text::width(&tick.label, size);
            let middle = plot.left + plot.width * fraction(tick.at);
            let start = (middle - width / 2.0).min(last - width).max(first);
            (start, start + width)
        })
        .collect()
}
