//! What stands around a panel: its title, axes, tick labels, axis labels and remarks.

use super::canvas::{Canvas, Pen, Side, Type};
use super::geometry::point;
use super::labels::label_ends;
use super::layout::{Cell, Detail, LABEL, NOTE};
use super::legend;
use super::palette::{FRAME, MUTED};
use super::prepare::Prepared;
use super::{PlotError, text};

/// Draws a panel's surroundings.
pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    prepared: &Prepared<'_>,
    cell: &Cell,
    detail: Detail,
) -> Result<(), PlotError> {
    head(canvas, cell, detail)?;
    if prepared.panel.heatmap.is_none() {
        axes(canvas, cell, detail)?;
    }
    if prepared.empty {
        let middle = point(
            cell.plot.left + cell.plot.width / 2.0,
            cell.plot.top + cell.plot.height / 2.0 + 3.0,
        );
        let word = if text::width("No data", NOTE) < cell.plot.width {
            "No data"
        } else {
            "–"
        };
        canvas.text(
            word,
            middle,
            Type::new(NOTE).colour(MUTED).side(Side::Middle),
        )?;
    }
    vertical(canvas, prepared, cell, detail)?;
    horizontal(canvas, prepared, cell, detail)
}

fn head(canvas: &mut Canvas<'_>, cell: &Cell, detail: Detail) -> Result<(), PlotError> {
    let plot = cell.plot;
    let size = detail.panel_title();
    let mut base = cell.head + size;
    for line in &cell.title {
        let face = Type::new(size);
        let face = if detail == Detail::Spark {
            face.colour(MUTED)
        } else {
            face.bold()
        };
        let (x, face) = match detail {
            Detail::Spark => (plot.left + plot.width / 2.0, face.side(Side::Middle)),
            _ => (plot.left, face),
        };
        canvas.text(line, point(x, base), face)?;
        base += size * 1.25;
    }
    let corner = point(plot.left, base - size + 1.0);
    legend::draw(canvas, &cell.legend, corner)
}

fn axes(canvas: &mut Canvas<'_>, cell: &Cell, detail: Detail) -> Result<(), PlotError> {
    let plot = cell.plot;
    let pen = Pen::new(FRAME, if detail == Detail::Spark { 0.6 } else { 1.0 });
    let corner = point(plot.left, plot.bottom());
    canvas.line(
        &[
            point(plot.left, plot.top),
            corner,
            point(plot.right(), plot.bottom()),
        ],
        pen,
    )
}

fn vertical(
    canvas: &mut Canvas<'_>,
    prepared: &Prepared<'_>,
    cell: &Cell,
    detail: Detail,
) -> Result<(), PlotError> {
    let plot = cell.plot;
    let size = detail.tick();
    let mut left = plot.left;
    if cell.y_shown {
        for tick in &cell.y_ticks {
            let y = plot.bottom() - plot.height * prepared.y.fraction(tick.at);
            let face = Type::new(size).colour(MUTED).side(Side::End);
            canvas.text(&tick.label, point(plot.left - 6.0, y + size * 0.36), face)?;
        }
        left -= cell.y_tick_width + 6.0;
    }
    let lines = cell.y_label.len() as f64;
    let middle = plot.top + plot.height / 2.0;
    if detail == Detail::Spark {
        let mut base = middle - (lines - 1.0) * size * 0.6 + size * 0.36;
        for line in &cell.y_label {
            canvas.text(
                line,
                point(left - 8.0, base),
                Type::new(size).side(Side::End),
            )?;
            base += size * 1.2;
        }
        return Ok(());
    }
    let mut base = left - 5.0 - (lines - 1.0) * LABEL * 1.2;
    for line in &cell.y_label {
        let face = Type::new(LABEL).side(Side::Middle).upright();
        canvas.text(line, point(base, middle), face)?;
        base += LABEL * 1.2;
    }
    Ok(())
}

fn horizontal(
    canvas: &mut Canvas<'_>,
    prepared: &Prepared<'_>,
    cell: &Cell,
    detail: Detail,
) -> Result<(), PlotError> {
    let plot = cell.plot;
    let size = detail.tick();
    let fraction = |at| prepared.x.fraction(at);
    if cell.x_shown && cell.upright {
        for tick in &cell.x_ticks {
            let x = plot.left + plot.width * fraction(tick.at) + size * 0.36;
            let face = Type::new(size).colour(MUTED).side(Side::End).upright();
            canvas.text(&tick.label, point(x, plot.bottom() + 5.0), face)?;
        }
    } else if cell.x_shown {
        let ends = label_ends(&cell.x_ticks, size, cell.over, plot, fraction);
        for (tick, (start, end)) in cell.x_ticks.iter().zip(ends) {
            let face = Type::new(size).colour(MUTED).side(Side::Middle);
            let base = point(f64::midpoint(start, end), plot.bottom() + size + 4.0);
            canvas.text(&tick.label, base, face)?;
        }
    }
    let mut base = plot.bottom() + cell.x_tick_height + 1.0;
    for line in &cell.x_label {
        base += LABEL * 1.25;
        let at = point(plot.left + plot.width / 2.0, base);
        canvas.text(line, at, Type::new(LABEL).side(Side::Middle))?;
    }
    base += if cell.notes.is_empty() { 0.0 } else { 3.0 };
    for line in &cell.notes {
        base += NOTE * 1.35;
        canvas.text(line, point(plot.left, base), Type::new(NOTE).colour(MUTED))?;
    }
    Ok(())
}
