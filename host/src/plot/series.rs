//! A series: named points and how they are drawn.

use super::palette::Colour;

/// How the points of a series are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// Joined in the order given; a value that is not finite leaves a gap.
    #[default]
    Line,
    /// One dot each.
    Points,
    /// A filled strip from [`Series::lower`] up to the points.
    Band,
    /// Joined by level treads: each value holds until the next point.
    Steps,
    /// A bar each, standing on zero (on the bottom of a logarithmic axis).
    Bars,
}

/// Points with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// The name in the legend; empty for none. Series of one name share a legend entry.
    pub name: String,
    /// How the points are drawn.
    pub style: Style,
    /// The colour, by role or number.
    pub colour: Colour,
    /// Line width, or dot radius, in pixels.
    pub width: f64,
    /// From 0 (invisible) to 1 (solid).
    pub opacity: f64,
    /// The points, horizontal coordinate first.
    pub points: Vec<(f64, f64)>,
    /// For a band, its lower edge at each point; empty for zero throughout.
    pub lower: Vec<f64>,
}

impl Series {
    /// A series drawn as `style`, in the next colour.
    pub fn new(name: impl Into<String>, style: Style, points: Vec<(f64, f64)>) -> Self {
        let (width, opacity) = match style {
            Style::Line | Style::Steps => (1.6, 1.0),
            Style::Points => (2.2, 0.85),
            Style::Band => (0.0, 0.22),
            Style::Bars => (0.0, 1.0),
        };
        Self {
            name: name.into(),
            style,
            colour: Colour::Auto,
            width,
            opacity,
            points,
            lower: Vec::new(),
        }
    }

    /// A line.
    pub fn line(name: impl Into<String>, points: Vec<(f64, f64)>) -> Self {
        Self::new(name, Style::Line, points)
    }

    /// A line through values that stand at 0, 1, 2 and so on.
    pub fn values(name: impl Into<String>, values: &[f64]) -> Self {
        let points = values
            .iter()
            .enumerate()
            .map(|(at, &value)| (at as f64, value))
            .collect();
        Self::new(name, Style::Line, points)
    }

    /// Dots.
    pub fn points(name: impl Into<String>, points: Vec<(f64, f64)>) -> Self {
        Self::new(name, Style::Points, points)
    }

    /// Level treads.
    pub fn steps(name: impl Into<String>, points: Vec<(f64, f64)>) -> Self {
        Self::new(name, Style::Steps, points)
    }

    /// Bars; several series of bars in one panel stand side by side.
    pub fn bars(name: impl Into<String>, points: Vec<(f64, f64)>) -> Self {
        Self::new(name, Style::Bars, points)
    }

    /// A band from (coordinate, low, high).
    pub fn band(name: impl Into<String>, edges: &[(f64, f64, f64)]) -> Self {
        let points = edges.iter().map(|&(x, _, high)| (x, high)).collect();
        let lower = edges.iter().map(|&(_, low, _)| low).collect();
        Self {
            lower,
            ..Self::new(name, Style::Band, points)
        }
    }

    /// The same series in another colour.
    pub fn colour(mut self, colour: Colour) -> Self {
        self.colour = colour;
        self
    }

    /// The same series thin and pale: one of many, behind a bold mean.
    pub fn faint(mut self) -> Self {
        self.width = if self.style == Style::Points {
            1.4
        } else {
            0.9
        };
        self.opacity = 0.4;
        self
    }

    /// The same series thick and solid: the mean of many faint ones.
    pub fn bold(mut self) -> Self {
        self.width = if self.style == Style::Points {
            3.2
        } else {
            2.3
        };
        self.opacity = 1.0;
        self
    }
}
