//! Reference lines and their labels.

use super::canvas::{Canvas, Pen, Side, Type};
use super::chart::Frame;
use super::geometry::{Point, Rect, point};
use super::layout::{Detail, NOTE};
use super::palette::{PAPER, REFERENCE};
use super::{Colour, Line, Panel, PlotError, text};

/// Draws a panel's reference lines, with labels where they cover the least of `ink`.
pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    panel: &Panel,
    frame: Frame,
    ink: &[Point],
    detail: Detail,
) -> Result<(), PlotError> {
    let plot = frame.plot;
    let mut taken: Vec<Rect> = Vec::new();
    let mut labels = Vec::new();
    for reference in &panel.references {
        let colour = match reference.colour {
            Colour::Auto => REFERENCE,
            other => other.resolve(0),
        };
        let (from, to, level) = match reference.line {
            Line::Horizontal(at) => {
                let at = panel.y.scale.forward(at);
                if !at.is_finite() || !frame.y.holds(at) {
                    continue;
                }
                let y = frame.down(at);
                (point(plot.left, y), point(plot.right(), y), true)
            }
            Line::Vertical(at) => {
                let at = panel.x.scale.forward(at);
                if !at.is_finite() || !frame.x.holds(at) {
                    continue;
                }
                let x = frame.across(at);
                (point(x, plot.top), point(x, plot.bottom()), false)
            }
        };
        if detail == Detail::Spark {
            canvas.line(&[from, to], Pen::new(colour, 0.6))?;
            continue;
        }
        canvas.dashes(from, to, Pen::new(colour, 1.0))?;
        let label = text::fit(&reference.label, plot.width * 0.9, NOTE);
        if !label.is_empty() {
            let spot = spot(&label, from, level, plot, &taken, ink);
            taken.push(spot);
            labels.push((label, spot, colour));
        }
    }
    for (label, spot, colour) in labels {
        canvas.rect(spot, PAPER, 0.8)?;
        let base = point(spot.left + 2.0, spot.bottom() - 3.0);
        canvas.text(
            &label,
            base,
            Type::new(NOTE).colour(colour).side(Side::Start),
        )?;
    }
    Ok(())
}

/// The place beside a line where its label is inside the panel, on no other label and on as little
/// ink as can be.
fn spot(label: &str, from: Point, level: bool, plot: Rect, taken: &[Rect], ink: &[Point]) -> Rect {
    let (width, height) = (text::width(label, NOTE) + 4.0, NOTE + 3.0);
    let (near, far) = (plot.left + 3.0, plot.right() - width - 3.0);
    let (top, bottom) = (plot.top + 2.0, plot.bottom() - height - 2.0);
    let mut best = (
        usize::MAX,
        Rect {
            left: far.max(near),
            top,
            width,
            height,
        },
    );
    for share in [1.0, 0.0, 0.75, 0.5, 0.25] {
        let corners = if level {
            let left = near + (far - near) * share;
            [(left, from.y - height - 1.0), (left, from.y + 1.5)]
        } else {
            let down = bottom + (top - bottom) * share;
            [(from.x + 2.0, down), (from.x - width - 2.0, down)]
        };
        for (left, top) in corners {
            let spot = Rect {
                left,
                top,
                width,
                height,
            };
            let (start, end) = (point(left, top), point(spot.right(), spot.bottom()));
            if !plot.holds(start) || !plot.holds(end) {
                continue;
            }
            let covered = ink.iter().filter(|p| spot.holds(**p)).count();
            let clash = taken.iter().filter(|other| spot.overlaps(**other)).count();
            let cost = covered + clash * 1000;
            if cost < best.0 {
                best = (cost, spot);
            }
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_avoid_each_other_and_the_data() {
        let plot = Rect {
            left: 0.0,
            top: 0.0,
            width: 200.0,
            height: 100.0,
        };
        let from = point(0.0, 50.0);
        let first = spot("chance", from, true, plot, &[], &[]);
        let second = spot("chance", from, true, plot, &[first], &[]);
        assert!(!first.overlaps(second));
        let ink = [point(first.left + 5.0, first.top + 5.0)];
        assert!(!spot("chance", from, true, plot, &[], &ink).holds(ink[0]));
    }
}
