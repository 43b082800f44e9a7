//! The page: shapes and text in pixels, written as SVG by `plotters`.
//!
//! `plotters` counts in whole units, so a unit here is a tenth of a pixel and the view box brings
//! the drawing back to size.

use plotters::backend::{DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{
    Color, FontDesc, FontFamily, FontStyle, FontTransform, RGBColor, ShapeStyle, TextStyle,
};

use super::PlotError;
use super::geometry::{Point, Rect, point};
use super::palette::{INK, Rgb};
use super::text;

/// Units to a pixel.
const UNITS: f64 = 10.0;

/// A drawing in progress.
pub(super) struct Canvas<'a> {
    backend: SVGBackend<'a>,
}

/// Which side of a text stands at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Start,
    Middle,
    End,
}

/// How a text is set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Type {
    pub(super) size: f64,
    pub(super) colour: Rgb,
    pub(super) side: Side,
    pub(super) bold: bool,
    /// Reading upwards.
    pub(super) upright: bool,
}

impl Type {
    pub(super) const fn new(size: f64) -> Self {
        Self {
            size,
            colour: INK,
            side: Side::Start,
            bold: false,
            upright: false,
        }
    }

    pub(super) const fn colour(mut self, colour: Rgb) -> Self {
        self.colour = colour;
        self
    }

    pub(super) const fn side(mut self, side: Side) -> Self {
        self.side = side;
        self
    }

    pub(super) const fn bold(mut self) -> Self {
        self.bold = true;
        self
    }

    pub(super) const fn upright(mut self) -> Self {
        self.upright = true;
        self
    }
}

/// Colour, width and opacity of a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pen {
    pub(super) colour: Rgb,
    pub(super) width: f64,
    pub(super) opacity: f64,
}

impl Pen {
    pub(super) const fn new(colour: Rgb, width: f64) -> Self {
        Self {
            colour,
            width,
            opacity: 1.0,
        }
    }
}

impl<'a> Canvas<'a> {
    /// An empty drawing of a size in pixels, written to `target`.
    pub(super) fn new(target: &'a mut String, width: f64, height: f64) -> Self {
        let size = (units(width).unsigned_abs(), units(height).unsigned_abs());
        Self {
            backend: SVGBackend::with_string(target, size),
        }
    }

    /// A joined line.
    pub(super) fn line(&mut self, points: &[Point], pen: Pen) -> Result<(), PlotError> {
        let style = shape(pen.colour, pen.opacity, pen.width);
        let mut path: Vec<(i32, i32)> = points.iter().copied().map(place).collect();
        path.dedup();
        if path.len() < 2 {
            return Ok(());
        }
        written(self.backend.draw_path(path, &style))
    }

    /// A dashed straight line.
    pub(super) fn dashes(&mut self, from: Point, to: Point, pen: Pen) -> Result<(), PlotError> {
        const DASH: f64 = 5.0;
        const GAP: f64 = 4.0;
        let length = (to.x - from.x).hypot(to.y - from.y);
        let count = (length / (DASH + GAP)).clamp(0.0, 1000.0).ceil() as u32;
        for dash in 0..count {
            let start = f64::from(dash) * (DASH + GAP);
            let end = (start + DASH).min(length);
            let at = |distance: f64| {
                let share = distance / length;
                point(
                    from.x + (to.x - from.x) * share,
                    from.y + (to.y - from.y) * share,
                )
            };
            self.line(&[at(start), at(end)], pen)?;
        }
        Ok(())
    }

    /// A filled outline.
    pub(super) fn area(
        &mut self,
        points: &[Point],
        fill: Rgb,
        opacity: f64,
    ) -> Result<(), PlotError> {
        if points.len() < 3 {
            return Ok(());
        }
        let path: Vec<(i32, i32)> = points.iter().copied().map(place).collect();
        written(self.backend.fill_polygon(path, &shape(fill, opacity, 0.0)))
    }

    /// A filled rectangle.
    pub(super) fn rect(&mut self, area: Rect, fill: Rgb, opacity: f64) -> Result<(), PlotError> {
        let corner = place(point(area.right(), area.bottom()));
        let style = shape(fill, opacity, 0.0);
        written(
            self.backend
                .draw_rect(place(point(area.left, area.top)), corner, &style, true),
        )
    }

    /// A filled circle.
    pub(super) fn dot(
        &mut self,
        centre: Point,
        radius: f64,
        fill: Rgb,
        opacity: f64,
    ) -> Result<(), PlotError> {
        let style = shape(fill, opacity, 0.0);
        written(
            self.backend
                .draw_circle(place(centre), units(radius).unsigned_abs(), &style, true),
        )
    }

    /// One line of text standing on the height of `at`; an upright one stands left of it.
    pub(super) fn text(&mut self, words: &str, at: Point, face: Type) -> Result<(), PlotError> {
        let words = text::clean(words);
        if words.trim().is_empty() {
            return Ok(());
        }
        // The writer lifts text by half the height of an x; put it back on its line.
        let drop = face.size * 0.26;
        let at = if face.upright {
            point(at.x + drop, at.y)
        } else {
            point(at.x, at.y + drop)
        };
        // It also divides sizes by 1.24.
        let size = face.size * UNITS * 1.24;
        let style = if face.bold {
            FontStyle::Bold
        } else {
            FontStyle::Normal
        };
        let mut font = FontDesc::new(FontFamily::SansSerif, size, style);
        if face.upright {
            font = font.transform(FontTransform::Rotate270);
        }
        let h_pos = match face.side {
            Side::Start => HPos::Left,
            Side::Middle => HPos::Center,
            Side::End => HPos::Right,
        };
        let ink = colour(face.colour);
        let style = TextStyle::from(font)
            .color(&ink)
            .pos(Pos::new(h_pos, VPos::Bottom));
        written(self.backend.draw_text(&words, &style, place(at)))
    }

    /// Completes the document.
    pub(super) fn finish(mut self) -> Result<(), PlotError> {
        written(self.backend.present())
    }
}

fn written<E: std::fmt::Display>(result: Result<(), E>) -> Result<(), PlotError> {
    result.map_err(|error| PlotError::Draw(error.to_string()))
}

fn colour(rgb: Rgb) -> RGBColor {
    RGBColor(rgb.0, rgb.1, rgb.2)
}

fn shape(rgb: Rgb, opacity: f64, width: f64) -> ShapeStyle {
    let opacity = if opacity.is_finite() {
        opacity.clamp(0.0, 1.0)
    } else {
        1.0
    };
    // Two decimals, so that the document says 0.3 and not 0.30000000000000004.
    let opacity = (opacity * 100.0).round() / 100.0;
    ShapeStyle {
        color: colour(rgb).mix(opacity),
        filled: true,
        stroke_width: units(width).unsigned_abs(),
    }
}

fn units(pixels: f64) -> i32 {
    // The cast saturates and turns what is not a number into zero.
    (pixels * UNITS).round().clamp(-1e8, 1e8) as i32
}

fn place(at: Point) -> (i32, i32) {
    (units(at.x), units(at.y))
}

/// Rewrites what the writer produced into a document with a name and a description, at its size in
/// pixels.
pub(super) fn document(drawn: &str, width: f64, height: f64, title: &str, about: &str) -> String {
    let body = drawn.split_once(">\n").map_or("", |(_, body)| body);
    let head = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"figure\" role=\"img\" \
         width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {} {}\" \
         stroke-linejoin=\"round\" stroke-linecap=\"round\">\n",
        units(width),
        units(height),
    );
    let mut out = String::with_capacity(body.len() + 512);
    out.push_str(&head);
    for (tag, words) in [("title", title), ("desc", about)] {
        if !words.trim().is_empty() {
            out += &[
                "<",
                tag,
                ">",
                &escape(&text::clean(words)),
                "</",
                tag,
                ">\n",
            ]
            .concat();
        }
    }
    // The values of attributes hold no quotes, so these strings are only ever attributes.
    let body = body
        .replace(" opacity=\"1\"", "")
        .replace(" stroke=\"none\"/>", "/>")
        .replace(" stroke=\"none\" stroke-width=\"0\"", "")
        .replace(" \"/>", "\"/>");
    out.push_str(&body);
    out
}

/// `text` with the characters that mean something in markup spelled out.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
