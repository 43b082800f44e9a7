//! Which series has which colour, and the legend that says so.

use std::collections::{BTreeMap, BTreeSet};

use super::canvas::{Canvas, Pen, Type};
use super::geometry::{Point, Rect, point};
use super::palette::Rgb;
use super::{Colour, Figure, Panel, PlotError, Style, text};

pub(super) const SIZE: f64 = 11.0;
pub(super) const ROW: f64 = 17.0;
const SWATCH: f64 = 18.0;
const GAP: f64 = 6.0;
const BETWEEN: f64 = 16.0;

/// One name in a legend.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) colour: Rgb,
    pub(super) style: Style,
    pub(super) width: f64,
    pub(super) opacity: f64,
}

/// An entry and its place relative to the legend's upper left corner.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub(super) entry: Entry,
    pub(super) at: Point,
}

/// The colours of a figure and its legends.
#[derive(Debug, Default)]
pub(super) struct Legends {
    /// For every panel, the colour of every series.
    pub(super) colours: Vec<Vec<Rgb>>,
    /// One legend for the whole figure, or nothing.
    pub(super) shared: Vec<Entry>,
    /// A legend for every panel where they have nothing in common.
    pub(super) own: Vec<Vec<Entry>>,
}

/// Assigns colours and collects legends.
///
/// Panels that have a name in common get one legend for the figure, in which a name means one
/// automatic colour everywhere; otherwise every panel has its own.
pub(super) fn legends(figure: &Figure) -> Legends {
    let shared = figure.panels.len() == 1 || in_common(figure);
    let mut legends = Legends::default();
    let mut numbers = BTreeMap::new();
    for panel in &figure.panels {
        if !shared {
            numbers.clear();
        }
        let colours = colours(panel, &mut numbers);
        let entries = entries(panel, &colours);
        if shared {
            for entry in entries {
                if legends.shared.iter().all(|known| known.name != entry.name) {
                    legends.shared.push(entry);
                }
            }
            legends.own.push(Vec::new());
        } else {
            legends.own.push(entries);
        }
        legends.colours.push(colours);
    }
    legends
}

fn in_common(figure: &Figure) -> bool {
    let mut seen = BTreeSet::new();
    figure.panels.iter().any(|panel| {
        let names: BTreeSet<&str> = named(panel).collect();
        names.into_iter().filter(|name| !seen.insert(*name)).count() > 0
    })
}

fn named(panel: &Panel) -> impl Iterator<Item = &str> {
    let shown = panel.heatmap.is_none();
    panel
        .series
        .iter()
        .map(|s| s.name.as_str())
        .filter(move |name| shown && !name.is_empty())
}

fn colours<'a>(panel: &'a Panel, numbers: &mut BTreeMap<&'a str, usize>) -> Vec<Rgb> {
    let mut unnamed = 0;
    panel
        .series
        .iter()
        .map(|series| {
            if series.colour != Colour::Auto {
                return series.colour.resolve(0);
            }
            let number = if series.name.is_empty() {
                unnamed += 1;
                unnamed - 1
            } else {
                let next = numbers.len();
                *numbers.entry(series.name.as_str()).or_insert(next)
            };
            series.colour.resolve(number)
        })
        .collect()
}

fn entries(panel: &Panel, colours: &[Rgb]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    if panel.heatmap.is_some() {
        return entries;
    }
    for (series, &colour) in panel.series.iter().zip(colours) {
        if !series.name.is_empty() && entries.iter().all(|e| e.name != series.name) {
            entries.push(Entry {
                name: series.name.clone(),
                colour,
                style: series.style,
                width: series.width,
                opacity: series.opacity,
            });
        }
    }
    entries
}

/// Lays entries out in rows of at most `room` pixels; returns them with the height they take.
pub(super) fn place(entries: Vec<Entry>, room: f64) -> (Vec<Placed>, f64) {
    let mut placed = Vec::new();
    let mut at = point(0.0, 0.0);
    for mut entry in entries {
        entry.name = text::fit(&entry.name, room - SWATCH - GAP, SIZE);
        let width = SWATCH + GAP + text::width(&entry.name, SIZE);
        if at.x > 0.0 && at.x + width > room {
            at = point(0.0, at.y + ROW);
        }
        placed.push(Placed { entry, at });
        at.x += width + BETWEEN;
    }
    let height = if placed.is_empty() { 0.0 } else { at.y + ROW };
    (placed, height)
}

/// Draws a legend with its upper left corner at `corner`.
pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    placed: &[Placed],
    corner: Point,
) -> Result<(), PlotError> {
    for Placed { entry, at } in placed {
        let (left, middle) = (corner.x + at.x, corner.y + at.y + ROW / 2.0);
        let opacity = entry.opacity.max(0.35);
        match entry.style {
            Style::Line | Style::Steps => {
                let width = entry.width.clamp(1.2, 4.0);
                let pen = Pen {
                    colour: entry.colour,
                    width,
                    opacity,
                };
                canvas.line(&[point(left, middle), point(left + SWATCH, middle)], pen)?;
            }
            Style::Points => {
                let centre = point(left + SWATCH / 2.0, middle);
                canvas.dot(centre, entry.width.clamp(2.0, 4.0), entry.colour, opacity)?;
            }
            Style::Band | Style::Bars => {
                let swatch = Rect {
                    left: left + 3.0,
                    top: middle - 5.0,
                    width: SWATCH - 6.0,
                    height: 10.0,
                };
                canvas.rect(swatch, entry.colour, opacity)?;
            }
        }
        let base = point(left + SWATCH + GAP, middle + SIZE * 0.36);
        canvas.text(&entry.name, base, Type::new(SIZE))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{Axis, Series};
    use super::*;

    fn panel(names: &[&str]) -> Panel {
        let empty = Panel::new("", Axis::new("x"), Axis::new("y"));
        names.iter().fold(empty, |panel, name| {
            panel.series(Series::values(*name, &[1.0]))
        })
    }

    #[test]
    fn a_shared_name_means_one_legend_and_one_colour() {
        let figure = Figure::new("")
            .panel(panel(&["a", "b"]))
            .panel(panel(&["c", "b", "b"]));
        let legends = legends(&figure);
        let names: Vec<&str> = legends.shared.iter().map(|e| e.name.as_str()).collect();
        assert_eq!(names, ["a", "b", "c"]);
        assert_eq!(legends.colours[0][1], legends.colours[1][1]);
        assert_ne!(legends.colours[0][0], legends.colours[1][0]);
    }

    #[test]
    fn strangers_have_their_own_legends() {
        let figure = Figure::new("").panel(panel(&["a"])).panel(panel(&["b"]));
        let legends = legends(&figure);
        assert!(legends.shared.is_empty());
        assert_eq!((legends.own[0].len(), legends.own[1].len()), (1, 1));
    }

    #[test]
    fn legends_wrap() {
        let figure = Figure::new("").panel(panel(&["one", "two", "three", "four"]));
        let (placed, height) = place(legends(&figure).shared, 120.0);
        assert!(height > ROW);
        assert!(
            placed
                .iter()
                .all(|p| { p.at.x + SWATCH + GAP + text::width(&p.entry.name, SIZE) <= 120.0 })
        );
    }
}
