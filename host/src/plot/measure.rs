//! Measuring panels: what each must hold around its plotting area, and so where that area lies.

use super::geometry::Span;
use super::grid::Grid;
use super::labels::{label_ends, named, thinned, widest};
use super::layout::{BAR, BAR_GAP, Cell, Detail, LABEL, NOTE};
use super::legend::{self, Legends};
use super::prepare::{self, Prepared};
use super::ticks::{self, Tick};
use super::{Figure, Scale, Sharing, text};

/// What is decided before anything is measured.
pub(super) struct Plan<'a> {
    panels: &'a [Prepared<'a>],
    grid: Grid,
    pub(super) detail: Detail,
    /// Room for a panel with its margins.
    cell_width: f64,
    margin: f64,
    plot_height: f64,
    /// Tick labels stand only at the edges of the grid.
    outer_x: bool,
    outer_y: bool,
    pub(super) common_x: Option<String>,
    pub(super) common_y: Option<String>,
    pub(super) notes: Vec<String>,
}

impl<'a> Plan<'a> {
    pub(super) fn new(figure: &Figure, panels: &'a [Prepared<'a>], margin: f64) -> Self {
        let grid = Grid::new(panels.len(), figure.columns);
        let cell_width = (figure.width - 2.0 * margin) / grid.columns as f64;
        let detail = match cell_width {
            w if w >= 150.0 => Detail::Full,
            w if w >= 78.0 => Detail::Compact,
            _ => Detail::Spark,
        };
        let tallest_map = panels
            .iter()
            .filter_map(|p| p.panel.heatmap.as_ref())
            .map(|m| m.rows.len())
            .max();
        let plot_height = figure
            .panel_height
            .unwrap_or_else(|| match (detail, tallest_map) {
                (Detail::Full, Some(rows)) => (rows as f64 * 27.0).clamp(110.0, 480.0),
                (Detail::Full, None) => ((cell_width - 50.0) * 0.6).clamp(110.0, 300.0),
                (Detail::Compact, _) => (cell_width * 0.62).clamp(50.0, 110.0),
                (Detail::Spark, _) => (cell_width * 0.95).clamp(26.0, 60.0),
            });
        let spark = detail == Detail::Spark;
        let alike = |same: &dyn Fn(&Prepared<'_>, &Prepared<'_>) -> bool| {
            panels.windows(2).all(|pair| same(&pair[0], &pair[1]))
        };
        let outer_x = figure.share_x != Sharing::Own
            || (spark && alike(&|a, b| a.x == b.x && a.panel.x.scale == b.panel.x.scale));
        let outer_y = figure.share_y != Sharing::Own
            || (spark && alike(&|a, b| a.y == b.y && a.panel.y.scale == b.panel.y.scale));
        let first = panels.first().filter(|_| spark).map(|p| p.panel);
        let common_x = first
            .filter(|_| alike(&|a, b| a.panel.x.label == b.panel.x.label))
            .map(|panel| panel.x.label.clone())
            .filter(|label| !label.trim().is_empty());
        let common_y = first
            .filter(|_| grid.rows() > 1 && alike(&|a, b| a.panel.y.label == b.panel.y.label))
            .map(|panel| panel.y.label.clone())
            .filter(|label| !label.trim().is_empty());
        let mut notes = Vec::new();
        if spark {
            match (outer_x, outer_y) {
                (true, true) => {}
                (false, true) => notes.push("Each panel has its own horizontal scale.".to_owned()),
                (true, false) => notes.push("Each panel has its own vertical scale.".to_owned()),
                (false, false) => notes.push("Each panel has its own scales.".to_owned()),
            }
            notes.extend(prepare::gathered(panels));
        }
        Self {
            panels,
            grid,
            detail,
            cell_width,
            margin,
            plot_height,
            outer_x,
            outer_y,
            common_x,
            common_y,
            notes,
        }
    }

    /// Everything left and right of a panel.
    pub(super) fn beside(&self, at: usize) -> Cell {
        let prepared = &self.panels[at];
        let panel = prepared.panel;
        let size = self.detail.tick();
        let edge = !self.outer_y || self.grid.column(at) == 0;
        let mut cell = Cell {
            y_shown: edge && (self.detail != Detail::Spark || self.outer_y),
            x_shown: (!self.outer_x || self.grid.lowest(at))
                && (self.detail != Detail::Spark || self.outer_x),
            ..Cell::default()
        };
        let most = match self.detail {
            Detail::Full => (self.plot_height / 22.0).clamp(3.0, 8.0),
            Detail::Compact => (self.plot_height / 18.0).clamp(3.0, 5.0),
            Detail::Spark => 3.0,
        };
        let spaced = |ticks: &[Tick], span: Span| {
            ticks.windows(2).all(|pair| {
                let apart = span.fraction(pair[1].at) - span.fraction(pair[0].at);
                apart.abs() * self.plot_height >= size * 1.02
            })
        };
        let most_room = self.cell_width * 0.4;
        cell.y_ticks = if let Some(map) = &panel.heatmap {
            let rows = map.rows.len() as f64;
            let name = |(row, name): (usize, &String)| Tick {
                at: rows - row as f64 - 0.5,
                label: text::fit(name, most_room, size),
            };
            thinned(
                &map.rows.iter().enumerate().map(name).collect::<Vec<_>>(),
                &|t| spaced(t, prepared.y),
            )
        } else if panel.y.names.is_empty() {
            let fits = |ticks: &[Tick]| spaced(ticks, prepared.y);
            ticks::fitting(prepared.y, panel.y.scale, most as usize, fits)
        } else {
            let named = named(&panel.y.names, panel.y.scale, prepared.y, most_room, size);
            thinned(&named, &|t| spaced(t, prepared.y))
        };
        if cell.y_shown {
            cell.y_tick_width = widest(&cell.y_ticks, size);
        }
        if let Some(map) = &panel.heatmap {
            let fits = |ticks: &[Tick]| spaced(ticks, prepared.colours);
            cell.bar_ticks = ticks::fitting(prepared.colours, map.scale, most as usize, fits);
            cell.bar_tick_width = widest(&cell.bar_ticks, size);
        }
        if edge && self.common_y.is_none() {
            cell.y_label = if self.detail == Detail::Spark {
                text::wrap(&panel.y.label, 84.0, size, 3)
            } else {
                text::wrap(&panel.y.label, self.plot_height.max(60.0), LABEL, 3)
            };
        }
        cell
    }

    /// Gives the labels of all panels in a column equal room, so that they stand in line.
    fn line_up(&self, cells: &mut [Cell]) {
        let mut widths = vec![(0.0_f64, 0.0_f64); self.grid.columns];
        for (at, cell) in cells.iter().enumerate() {
            let width = &mut widths[self.grid.column(at)];
            width.0 = width.0.max(cell.y_tick_width);
            width.1 = width.1.max(cell.bar_tick_width);
        }
        for (at, cell) in cells.iter_mut().enumerate() {
            (cell.y_tick_width, cell.bar_tick_width) = widths[self.grid.column(at)];
        }
    }

    /// Gives every panel its column; returns the left and right ends of the grid.
    pub(super) fn place_columns(&self, cells: &mut [Cell], room: f64) -> (f64, f64) {
        self.line_up(cells);
        let columns = self.grid.columns;
        let mut left = vec![0.0_f64; columns];
        let mut right = vec![0.0_f64; columns];
        for (at, cell) in cells.iter().enumerate() {
            let column = self.grid.column(at);
            let labels = if self.detail == Detail::Spark {
                let size = self.detail.tick();
                let wide = cell
                    .y_label
                    .iter()
                    .map(|l| text::width(l, size))
                    .fold(0.0, f64::max);
                if wide > 0.0 { wide + 8.0 } else { 0.0 }
            } else {
                cell.y_label.len() as f64 * LABEL * 1.2 + 3.0
            };
            let ticks = if cell.y_tick_width > 0.0 {
                cell.y_tick_width + 6.0
            } else {
                0.0
            };
            left[column] = left[column].max(labels + ticks);
            let map = self.panels[at].panel.heatmap.as_ref();
            let needed = map.map_or(
                if self.detail == Detail::Full {
                    8.0
                } else {
                    0.0
                },
                |map| {
                    let label = if map.label.trim().is_empty() {
                        0.0
                    } else {
                        LABEL * 1.2 + 4.0
                    };
                    BAR_GAP + BAR + 5.0 + cell.bar_tick_width + label
                },
            );
            right[column] = right[column].max(needed);
        }
        if self.common_y.is_some() {
            left[0] += LABEL + 6.0;
        }
        let gap = self.detail.gap();
        let margins: f64 = left.iter().sum::<f64>() + right.iter().sum::<f64>();
        let plot = ((room - margins - gap * (columns as f64 - 1.0)) / columns as f64).max(4.0);
        let mut across = self.margin;
        let mut places = Vec::new();
        for column in 0..columns {
            across += left[column];
            places.push(across);
            across += plot + right[column] + gap;
        }
        for (at, cell) in cells.iter_mut().enumerate() {
            cell.plot.left = places[self.grid.column(at)];
            cell.plot.width = plot;
        }
        let first = places.first().copied().unwrap_or(self.margin);
        (first, places.last().copied().unwrap_or(self.margin) + plot)
    }

    /// Everything above and below a panel, once its width is known.
    pub(super) fn above_and_below(&self, at: usize, cell: &mut Cell, legends: &Legends) {
        let prepared = &self.panels[at];
        let panel = prepared.panel;
        let size = self.detail.tick();
        let width = cell.plot.width;
        let title = self.detail.panel_title();
        cell.title = match self.detail {
            // Bold is wider than the estimate.
            Detail::Full => text::wrap(&panel.title, width, title * 1.06, 2),
            _ => text::wrap(&panel.title, width, title * 1.06, 1),
        };
        (cell.legend, cell.legend_height) = legend::place(legends.own[at].clone(), width);

        cell.over = self.detail.gap() / 2.0 - 1.0;
        let (over, plot) = (cell.over, cell.plot);
        let span = prepared.x;
        let gap = if self.detail == Detail::Spark {
            3.0
        } else {
            7.0
        };
        let side_by_side = |ticks: &[Tick]| {
            let ends = label_ends(ticks, size, over, plot, |at| span.fraction(at));
            ends.windows(2).all(|pair| pair[0].1 + gap <= pair[1].0)
        };
        let names = panel.heatmap.as_ref().map(|map| {
            let middles = (0..map.columns.len()).map(|column| column as f64 + 0.5);
            middles.zip(map.columns.iter().cloned()).collect::<Vec<_>>()
        });
        let names = names.unwrap_or_else(|| panel.x.names.clone());
        if names.is_empty() {
            let most = (width / 24.0).clamp(3.0, 9.0) as usize;
            cell.x_ticks = ticks::fitting(span, panel.x.scale, most, side_by_side);
        } else {
            let scale = if panel.heatmap.is_some() {
                Scale::Linear
            } else {
                panel.x.scale
            };
            let level = named(&names, scale, span, width, size);
            if side_by_side(&level) {
                cell.x_ticks = level;
            } else {
                cell.upright = true;
                let upright = named(&names, scale, span, 96.0, size);
                cell.x_ticks = thinned(&upright, &|ticks: &[Tick]| {
                    ticks.windows(2).all(|pair| {
                        let apart = span.fraction(pair[1].at) - span.fraction(pair[0].at);
                        apart.abs() * width >= size * 1.15
                    })
                });
            }
        }
        if cell.x_shown && !cell.x_ticks.is_empty() {
            cell.x_tick_height = if cell.upright {
                widest(&cell.x_ticks, size) + 6.0
            } else {
                size + 6.0
            };
        }
        let edge = !self.outer_x || self.grid.lowest(at);
        if edge && self.common_x.is_none() {
            cell.x_label = text::wrap(&panel.x.label, width, LABEL, 2);
        }
        if self.detail != Detail::Spark {
            cell.notes = prepared
                .notes
                .iter()
                .flat_map(|note| text::wrap(note, width, NOTE, 3))
                .collect();
        }
    }

    /// Gives every panel its row; returns where the grid ends.
    pub(super) fn place_rows(&self, cells: &mut [Cell], start: f64) -> f64 {
        let mut down = start;
        for row in 0..self.grid.rows() {
            let of_row = |at: usize| self.grid.row(at) == row;
            let title = self.detail.panel_title();
            let (mut above, mut below) = (0.0_f64, 0.0_f64);
            for (_, cell) in cells.iter().enumerate().filter(|(at, _)| of_row(*at)) {
                let titles = cell.title.len() as f64 * title * 1.25;
                let head = titles + cell.legend_height;
                above = above.max(if head > 0.0 { head + 5.0 } else { 0.0 });
                let notes = cell.notes.len() as f64 * NOTE * 1.35;
                let labels = cell.x_label.len() as f64 * LABEL * 1.25;
                let foot = cell.x_tick_height + labels + notes;
                below = below.max(foot + if labels + notes > 0.0 { 5.0 } else { 1.0 });
            }
            // Half a tick label may stand above the plotting area.
            above = above.max(if self.detail == Detail::Spark {
                4.0
            } else {
                7.0
            });
            for (_, cell) in cells.iter_mut().enumerate().filter(|(at, _)| of_row(*at)) {
                cell.head = down;
                cell.plot.top = down + above;
                cell.plot.height = self.plot_height;
            }
            down += above + self.plot_height + below;
            if row + 1 < self.grid.rows() {
                down += if self.detail == Detail::Spark {
                    2.0
                } else {
                    10.0
                };
            }
        }
        down
    }
}
