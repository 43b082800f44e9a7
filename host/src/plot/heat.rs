//! The inside of a heat map's panel: cells, the values in them and the colour bar.

use super::canvas::{Canvas, Pen, Side, Type};
use super::geometry::{Rect, point};
use super::layout::{BAR, BAR_GAP, Cell, Detail, LABEL};
use super::palette::{self, FRAME, MUTED, Rgb, VOID};
use super::prepare::Prepared;
use super::{Heatmap, PlotError, Ramp, numerals, text};

/// Draws the cells and the colour bar.
pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    prepared: &Prepared<'_>,
    map: &Heatmap,
    cell: &Cell,
    detail: Detail,
) -> Result<(), PlotError> {
    let plot = cell.plot;
    let width = plot.width / map.columns.len().max(1) as f64;
    let height = plot.height / map.rows.len().max(1) as f64;
    // Paper shows between cells that are large enough.
    let seam = if width > 8.0 && height > 8.0 {
        0.6
    } else {
        0.0
    };
    let size = detail.tick().min(height * 0.55);
    for (row, positions) in prepared.cells.iter().enumerate() {
        for (column, position) in positions.iter().enumerate() {
            let area = Rect {
                left: plot.left + width * column as f64 + seam,
                top: plot.top + height * row as f64 + seam,
                width: width - 2.0 * seam,
                height: height - 2.0 * seam,
            };
            let ground = position.map(|at| shade(map.ramp, prepared.colours.fraction(at)));
            canvas.rect(area, ground.unwrap_or(VOID), 1.0)?;
            let Some(decimals) = map.decimals else {
                continue;
            };
            let value = map.values.get(row).and_then(|row| row.get(column)).copied();
            let (label, colour) = match (ground, value) {
                (Some(ground), Some(value)) => {
                    (numerals::plain(value, decimals.min(12)), ground.text_on())
                }
                _ => ("–".to_owned(), MUTED),
            };
            if size >= 6.0 && text::width(&label, size) + 3.0 <= area.width {
                let base = point(
                    area.left + area.width / 2.0,
                    area.top + area.height / 2.0 + size * 0.36,
                );
                canvas.text(
                    &label,
                    base,
                    Type::new(size).colour(colour).side(Side::Middle),
                )?;
            }
        }
    }
    bar(canvas, prepared, map, cell, detail)
}

fn shade(ramp: Ramp, fraction: f64) -> Rgb {
    match ramp {
        Ramp::Sequential => palette::sequential(fraction),
        Ramp::Reversed => palette::sequential(1.0 - fraction.clamp(0.0, 1.0)),
        Ramp::Diverging(_) => palette::diverging(fraction),
    }
}

fn bar(
    canvas: &mut Canvas<'_>,
    prepared: &Prepared<'_>,
    map: &Heatmap,
    cell: &Cell,
    detail: Detail,
) -> Result<(), PlotError> {
    const SLICES: u32 = 48;
    let plot = cell.plot;
    let left = plot.right() + BAR_GAP;
    let height = plot.height / f64::from(SLICES);
    for slice in 0..SLICES {
        let fraction = 1.0 - (f64::from(slice) + 0.5) / f64::from(SLICES);
        let top = plot.top + height * f64::from(slice);
        // Slices reach under the next one, so that no seam shows; the last ends with the bar.
        let reach = (height + 0.5).min(plot.bottom() - top);
        let area = Rect {
            left,
            top,
            width: BAR,
            height: reach,
        };
        canvas.rect(area, shade(map.ramp, fraction), 1.0)?;
    }
    let size = detail.tick();
    for tick in &cell.bar_ticks {
        let y = plot.bottom() - plot.height * prepared.colours.fraction(tick.at);
        let ends = [point(left + BAR, y), point(left + BAR + 3.0, y)];
        canvas.line(&ends, Pen::new(FRAME, 0.8))?;
        let base = point(left + BAR + 5.0, y + size * 0.36);
        canvas.text(&tick.label, base, Type::new(size).colour(MUTED))?;
    }
    let label = text::fit(&map.label, plot.height.max(60.0), LABEL);
    let at = point(
        left + BAR + 5.0 + cell.bar_tick_width + 4.0 + LABEL,
        plot.top + plot.height / 2.0,
    );
    canvas.text(&label, at, Type::new(LABEL).side(Side::Middle).upright())
}
