//! From a figure to its SVG document.

use super::canvas::{self, Canvas, Side, Type};
use super::geometry::{Rect, point};
use super::layout::{self, CAPTION, LABEL, Layout, NOTE, TITLE};
use super::legend::{self, Legends};
use super::palette::{MUTED, PAPER};
use super::prepare::{self, Prepared};
use super::{Figure, PlotError, chart, furniture, heat};

/// More panels than this are a mistake.
const MOST_PANELS: usize = 2000;
/// Bounds of a figure's width and of a panel's height in pixels.
const WIDTH: (f64, f64) = (120.0, 10_000.0);
const HEIGHT: (f64, f64) = (8.0, 10_000.0);

/// A figure as a complete SVG document on white, with its title and caption.
///
/// The same figure always gives the same bytes.
///
/// # Errors
///
/// Fails if the figure contradicts itself: see [`PlotError`].
pub fn svg(figure: &Figure) -> Result<String, PlotError> {
    render(figure, true)
}

/// A figure as an SVG element for an HTML page that shows the title and caption itself.
///
/// The ground is transparent; [`style_rules`](super::style_rules) adapts the colours to a dark
/// page. Title and caption are kept as the element's name and description for screen readers.
///
/// # Errors
///
/// Fails if the figure contradicts itself: see [`PlotError`].
pub fn svg_inline(figure: &Figure) -> Result<String, PlotError> {
    render(figure, false)
}

fn render(figure: &Figure, framed: bool) -> Result<String, PlotError> {
    if figure.panels.len() > MOST_PANELS {
        return Err(PlotError::TooManyPanels {
            panels: figure.panels.len(),
            limit: MOST_PANELS,
        });
    }
    check("wide", figure.width, WIDTH)?;
    if let Some(height) = figure.panel_height {
        check("high", height, HEIGHT)?;
    }
    let panels = prepare::figure(figure)?;
    let legends = legend::legends(figure);
    let layout = layout::layout(figure, &panels, &legends, framed);
    let mut drawn = String::new();
    let mut canvas = Canvas::new(&mut drawn, layout.width, layout.height);
    if framed {
        let page = Rect {
            left: 0.0,
            top: 0.0,
            width: layout.width,
            height: layout.height,
        };
        canvas.rect(page, PAPER, 1.0)?;
    }
    page(&mut canvas, &layout)?;
    inside(&mut canvas, &panels, &legends, &layout)?;
    canvas.finish()?;
    let name = if figure.title.trim().is_empty() {
        "Figure"
    } else {
        &figure.title
    };
    Ok(canvas::document(
        &drawn,
        layout.width,
        layout.height,
        name,
        &figure.caption,
    ))
}

fn check(dimension: &'static str, pixels: f64, (low, high): (f64, f64)) -> Result<(), PlotError> {
    if (low..=high).contains(&pixels) {
        Ok(())
    } else {
        Err(PlotError::Size { dimension, pixels })
    }
}

fn page(canvas: &mut Canvas<'_>, layout: &Layout) -> Result<(), PlotError> {
    for (line, at) in &layout.title {
        canvas.text(line, *at, Type::new(TITLE).bold())?;
    }
    legend::draw(canvas, &layout.legend, layout.legend_at)?;
    if let Some((label, at)) = &layout.common_x {
        canvas.text(label, *at, Type::new(LABEL).side(Side::Middle))?;
    }
    if let Some((label, at)) = &layout.common_y {
        canvas.text(label, *at, Type::new(LABEL).side(Side::Middle).upright())?;
    }
    for (line, at) in &layout.notes {
        canvas.text(line, *at, Type::new(NOTE).colour(MUTED))?;
    }
    for (line, at) in &layout.caption {
        canvas.text(line, *at, Type::new(CAPTION).colour(MUTED))?;
    }
    Ok(())
}

fn inside(
    canvas: &mut Canvas<'_>,
    panels: &[Prepared<'_>],
    legends: &Legends,
    layout: &Layout,
) -> Result<(), PlotError> {
    if panels.is_empty() {
        let at = point(layout.width / 2.0, layout.height / 2.0);
        return canvas.text(
            "No panels",
            at,
            Type::new(NOTE).colour(MUTED).side(Side::Middle),
        );
    }
    for ((prepared, cell), colours) in panels.iter().zip(&layout.cells).zip(&legends.colours) {
        match &prepared.panel.heatmap {
            Some(map) => heat::draw(canvas, prepared, map, cell, layout.detail)?,
            None => chart::draw(canvas, prepared, colours, cell, layout.detail)?,
        }
        furniture::draw(canvas, prepared, cell, layout.detail)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{
        Axis, Heatmap, Line, Panel, Range, Reference, Scale, Series, Sharing, Style,
    };
    use super::*;

    const STYLES: [Style; 5] = [
        Style::Line,
        Style::Points,
        Style::Band,
        Style::Steps,
        Style::Bars,
    ];

    fn parse(document: &str) -> roxmltree::Document<'_> {
        roxmltree::Document::parse(document).unwrap_or_else(|e| panic!("{e}\n{document}"))
    }

    fn one(panel: Panel) -> String {
        svg(&Figure::new("Figure").panel(panel)).unwrap()
    }

    /// Every coordinate in the document that lies outside the page.
    fn outside(document: &str) -> Vec<String> {
        let tree = parse(document);
        let page: Vec<f64> = tree
            .root_element()
            .attribute("viewBox")
            .unwrap()
            .split(' ')
            .map(|n| n.parse().unwrap())
            .collect();
        let inside = |pair: &str| {
            let (x, y) = pair.split_once(',').unwrap();
            let (x, y): (f64, f64) = (x.parse().unwrap(), y.parse().unwrap());
            (0.0..=page[2]).contains(&x) && (0.0..=page[3]).contains(&y)
        };
        let points = tree.descendants().filter_map(|n| n.attribute("points"));
        points
            .flat_map(str::split_whitespace)
            .filter(|p| !inside(p))
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn awkward_numbers_in_every_style_scale_and_size_give_a_document() {
        let awkward: [&[f64]; 9] = [
            &[],
            &[1.0],
            &[0.0; 5],
            &[f64::NAN; 3],
            &[1.0, f64::NAN, 2.0, f64::INFINITY],
            &[f64::MIN, f64::MAX, 5e-324],
            &[-1.0, -2.0],
            &[1.0, 1.0 + 1e-15],
            &[1e-320, 1e300],
        ];
        for values in awkward {
            for style in STYLES {
                for scale in [Scale::Linear, Scale::Log] {
                    for columns in [1, 6, 40] {
                        let points = values.iter().map(|&v| (v, v)).collect();
                        let series = Series::new("s", style, points).faint();
                        let (mut x, mut y) = (Axis::new("x"), Axis::new("y"));
                        (x.scale, y.scale) = (scale, scale);
                        let panel = Panel::new("p", x, y)
                            .series(series)
                            .reference(Reference::horizontal(values.len() as f64, "r"))
                            .reference(Reference::vertical(f64::NAN, "r"));
                        let mut figure = Figure::new("f").columns(columns);
                        figure.panels = vec![panel; columns.min(8)];
                        let document = svg(&figure).unwrap();
                        assert_eq!(
                            outside(&document),
                            [""; 0],
                            "{values:?} {style:?} {scale:?}"
                        );
                        assert!(!document.contains("NaN") && !document.contains("inf"));
                    }
                }
            }
        }
    }

    #[test]
    fn the_same_figure_gives_the_same_bytes() {
        let figure = || {
            let series = Series::values("s", &[1.0, 5.0, 2.0]);
            let panel = Panel::new("p", Axis::new("x"), Axis::log("y")).series(series);
            Figure::new("f")
                .columns(2)
                .panel(panel.clone())
                .panel(panel)
        };
        assert_eq!(svg(&figure()), svg(&figure()));
        assert_eq!(svg_inline(&figure()), svg_inline(&figure()));
    }

    #[test]
    fn text_is_escaped_and_named() {
        let nasty = "<b> & \"q\" 'a' \u{0}\u{1b} </title>";
        let panel = Panel::new(nasty, Axis::new(nasty), Axis::new(nasty))
            .series(Series::values(nasty, &[1.0, 2.0]))
            .reference(Reference::horizontal(1.5, nasty))
            .note(nasty);
        let document = svg(&Figure::new(nasty).caption(nasty).panel(panel)).unwrap();
        let tree = parse(&document);
        let title = tree.root_element().first_element_child().unwrap();
        assert_eq!(title.tag_name().name(), "title");
        assert!(title.text().unwrap().starts_with("<b> & \"q\" 'a'"));
    }

    #[test]
    fn values_left_out_are_said_so() {
        let values = Series::values("s", &[1.0, f64::NAN, -1.0, f64::INFINITY]);
        let panel = Panel::new("", Axis::new("x"), Axis::log("y")).series(values);
        let document = one(panel.clone());
        assert!(document.contains("2 values not finite"));
        assert!(document.contains("1 value not positive"));
        let mut small = Figure::new("").columns(30);
        small.panels = vec![panel; 30];
        assert!(
            svg(&small)
                .unwrap()
                .contains("In each of 30 panels: 2 values not finite.")
        );
    }

    #[test]
    fn a_million_points_make_a_small_file_that_keeps_the_extremes() {
        let mut points: Vec<(f64, f64)> = (0..1_000_000_u32)
            .map(|i| (f64::from(i), f64::from(i % 7)))
            .collect();
        points[123_456].1 = 1000.0;
        let axis = Axis::new("y").range(0.0, 1000.0);
        let document = one(Panel::new("", Axis::new("x"), axis).series(Series::line("", points)));
        assert!(document.len() < 40_000, "{} bytes", document.len());
        let highest = parse(&document)
            .descendants()
            .filter(|n| n.attribute("stroke") == Some("#0072B2"))
            .filter_map(|n| n.attribute("points").map(str::to_owned))
            .flat_map(|points| {
                let ys = points
                    .split_whitespace()
                    .filter_map(|p| p.split_once(',')?.1.parse().ok());
                ys.collect::<Vec<i32>>()
            })
            .min();
        let frame_top = document.split("#8C959F").nth(1).and_then(|rest| {
            rest.split("points=\"")
                .nth(1)?
                .split([',', ' '])
                .nth(1)?
                .parse()
                .ok()
        });
        assert_eq!(
            highest, frame_top,
            "the peak does not reach the top of the panel"
        );
    }

    #[test]
    fn a_grid_of_sparklines_has_one_legend() {
        let panel = Panel::new("", Axis::new("t"), Axis::new("u"))
            .series(Series::values("input", &[0.0, 1.0]))
            .series(Series::values("sum", &[1.0, 0.0]));
        let mut figure = Figure::new("")
            .columns(20)
            .share(Sharing::All, Sharing::All);
        figure.panels = vec![panel; 60];
        let document = svg(&figure).unwrap();
        assert_eq!(document.matches("\ninput\n").count(), 1);
        assert_eq!(outside(&document), [""; 0]);
    }

    #[test]
    fn contradictions_are_errors_and_empty_figures_are_not() {
        parse(&svg(&Figure::default()).unwrap());
        for width in [0.0, -5.0, f64::NAN, f64::INFINITY] {
            let result = svg(&Figure::new("").width(width));
            assert!(matches!(result, Err(PlotError::Size { .. })), "{width}");
        }
        let mut many = Figure::new("");
        many.panels = vec![Panel::default(); MOST_PANELS + 1];
        assert!(matches!(svg(&many), Err(PlotError::TooManyPanels { .. })));
        let narrow = Figure::new("long title")
            .width(120.0)
            .columns(50)
            .panel(Panel::default());
        parse(&svg(&narrow).unwrap());
    }

    #[test]
    fn heat_maps_show_missing_cells_and_survive_any_size() {
        for (columns, rows) in [(0, 0), (1, 1), (3, 0), (40, 200)] {
            let names = |n: usize| (0..n).map(|i| format!("name {i}")).collect::<Vec<_>>();
            let mut values = vec![vec![1.5; columns]; rows];
            if let Some(first) = values.first_mut().and_then(|row| row.first_mut()) {
                *first = f64::NAN;
            }
            let mut map = Heatmap::new("v", names(columns), names(rows), values).decimals(400);
            map.range = Range::Auto;
            let document = one(Panel::heatmap("m", Axis::new("x"), Axis::new("y"), map));
            parse(&document);
            assert_eq!(document.contains("1 value not finite"), columns * rows > 0);
        }
    }

    #[test]
    fn reference_lines_stretch_the_range() {
        let reference = Reference::horizontal(9.0, "limit");
        assert_eq!(reference.line, Line::Horizontal(9.0));
        let panel = Panel::new("", Axis::new("x"), Axis::new("y"))
            .series(Series::values("", &[1.0, 2.0]))
            .reference(reference);
        assert!(one(panel).contains("limit"));
    }
}
