//! Where everything on the page stands: margins are measured from what they must hold.

use super::geometry::{Point, Rect, point};
use super::legend::{self, Legends, Placed};
use super::measure::Plan;
use super::prepare::Prepared;
use super::ticks::Tick;
use super::{Figure, text};

pub(super) const TITLE: f64 = 15.0;
pub(super) const CAPTION: f64 = 11.0;
pub(super) const LABEL: f64 = 11.0;
pub(super) const TICK: f64 = 10.0;
pub(super) const NOTE: f64 = 9.5;
const MARGIN: f64 = 14.0;
/// Room beside a heat map before its colour bar, and the bar's width.
pub(super) const BAR_GAP: f64 = 10.0;
pub(super) const BAR: f64 = 10.0;

/// How much a panel of a certain size can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    Full,
    Compact,
    /// A sparkline: no ticks but at the edges of the grid.
    Spark,
}

impl Detail {
    pub(super) fn panel_title(self) -> f64 {
        match self {
            Self::Full => 11.5,
            Self::Compact => 10.5,
            Self::Spark => 8.5,
        }
    }

    pub(super) fn tick(self) -> f64 {
        match self {
            Self::Full => TICK,
            Self::Compact => 9.5,
            Self::Spark => 8.5,
        }
    }

    pub(super) fn gap(self) -> f64 {
        match self {
            Self::Full => 20.0,
            Self::Compact => 14.0,
            Self::Spark => 6.0,
        }
    }
}

/// A place for every part of one panel.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    pub(super) plot: Rect,
    /// The upper end of the title.
    pub(super) head: f64,
    pub(super) title: Vec<String>,
    pub(super) legend: Vec<Placed>,
    pub(super) legend_height: f64,
    pub(super) x_ticks: Vec<Tick>,
    pub(super) y_ticks: Vec<Tick>,
    pub(super) bar_ticks: Vec<Tick>,
    /// How far horizontal tick labels may stand out beyond the plotting area.
    pub(super) over: f64,
    /// Horizontal ticks read upwards.
    pub(super) upright: bool,
    pub(super) x_tick_height: f64,
    pub(super) y_tick_width: f64,
    pub(super) bar_tick_width: f64,
    /// Whether tick labels are shown, or only their grid lines.
    pub(super) x_shown: bool,
    pub(super) y_shown: bool,
    pub(super) x_label: Vec<String>,
    pub(super) y_label: Vec<String>,
    pub(super) notes: Vec<String>,
}

/// A place for everything on the page.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) detail: Detail,
    pub(super) title: Vec<(String, Point)>,
    pub(super) legend: Vec<Placed>,
    pub(super) legend_at: Point,
    pub(super) cells: Vec<Cell>,
    /// Labels that stand once for the whole grid.
    pub(super) common_x: Option<(String, Point)>,
    pub(super) common_y: Option<(String, Point)>,
    pub(super) notes: Vec<(String, Point)>,
    pub(super) caption: Vec<(String, Point)>,
}

/// Lays a figure out; `framed` with its title and caption.
pub(super) fn layout(
    figure: &Figure,
    panels: &[Prepared<'_>],
    legends: &Legends,
    framed: bool,
) -> Layout {
    // A page that shows the title itself also has its own margins.
    let margin = if framed { MARGIN } else { 1.0 };
    let plan = Plan::new(figure, panels, margin);
    let room = figure.width - 2.0 * margin;
    let mut cells: Vec<Cell> = Vec::new();
    for at in 0..panels.len() {
        cells.push(plan.beside(at));
    }
    let columns = plan.place_columns(&mut cells, room);
    for (at, cell) in cells.iter_mut().enumerate() {
        plan.above_and_below(at, cell, legends);
    }

    let mut down = if framed { MARGIN } else { 4.0 };
    let mut title = Vec::new();
    if framed {
        for line in text::wrap(&figure.title, room, TITLE * 1.06, 3) {
            title.push((line, point(margin, down + TITLE)));
            down += TITLE * 1.3;
        }
        down += if title.is_empty() { 0.0 } else { 6.0 };
    }
    let (legend, legend_height) = legend::place(legends.shared.clone(), room);
    let legend_at = point(margin, down);
    down += if legend_height > 0.0 {
        legend_height + 6.0
    } else {
        0.0
    };

    let first_row = down;
    down = plan.place_rows(&mut cells, down);
    let (left, right) = columns;
    let common_y = plan.common_y.clone().map(|label| {
        let label = text::fit(&label, down - first_row, LABEL);
        (label, point(margin + LABEL, f64::midpoint(first_row, down)))
    });
    let common_x = plan.common_x.clone().map(|label| {
        down += LABEL + 4.0;
        (
            text::fit(&label, right - left, LABEL),
            point(f64::midpoint(left, right), down),
        )
    });
    let mut notes = Vec::new();
    for note in &plan.notes {
        for line in text::wrap(note, room, NOTE, 2) {
            down += NOTE * 1.35;
            notes.push((line, point(margin, down)));
        }
    }
    down += if common_x.is_some() || !notes.is_empty() {
        5.0
    } else {
        0.0
    };
    let mut caption = Vec::new();
    if framed && !figure.caption.trim().is_empty() {
        down += 5.0;
        for line in text::wrap(&figure.caption, room, CAPTION, 30) {
            down += CAPTION * 1.4;
            caption.push((line, point(margin, down)));
        }
        down += 4.0;
    }
    let height = (down + if framed { MARGIN } else { 4.0 }).ceil();
    let detail = plan.detail;
    let width = figure.width;
    Layout {
        width,
        height,
        detail,
        title,
        legend,
        legend_at,
        cells,
        common_x,
        common_y,
        notes,
        caption,
    }
}
