//! Points, rectangles and the fitting of a range of values to a length of pixels.

/// A place on the page, in pixels from its upper left corner.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

pub(super) const fn point(x: f64, y: f64) -> Point {
    Point { x, y }
}

/// A part of the page, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Rect {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Rect {
    pub(super) fn right(self) -> f64 {
        self.left + self.width
    }

    pub(super) fn bottom(self) -> f64 {
        self.top + self.height
    }

    pub(super) fn holds(self, p: Point) -> bool {
        p.x >= self.left && p.x <= self.right() && p.y >= self.top && p.y <= self.bottom()
    }

    pub(super) fn overlaps(self, other: Self) -> bool {
        self.left < other.right()
            && other.left < self.right()
            && self.top < other.bottom()
            && other.top < self.bottom()
    }
}

/// A range of positions on an axis' scale, never empty and always finite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span {
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Span {
    /// The span between two positions, in either order, widened where they are too close to tell
    /// apart or to label.
    pub(super) fn new(a: f64, b: f64) -> Self {
        let (mut low, mut high) = if a <= b { (a, b) } else { (b, a) };
        if !low.is_finite() || !high.is_finite() {
            return Self {
                low: 0.0,
                high: 1.0,
            };
        }
        // Half the range of floats: sums and differences of the ends stay finite.
        (low, high) = (low.clamp(-8e307, 8e307), high.clamp(-8e307, 8e307));
        let size = low.abs().max(high.abs());
        if high - low <= size * 1e-7 || high - low < 1e-300 {
            let middle = low / 2.0 + high / 2.0;
            let margin = if size < 1e-290 { 1.0 } else { size * 0.1 };
            (low, high) = (middle - margin, middle + margin);
        }
        Self { low, high }
    }

    pub(super) fn width(self) -> f64 {
        self.high - self.low
    }

    /// The same span with a share of its width added at each end.
    pub(super) fn pad(self, below: f64, above: f64) -> Self {
        let width = self.width();
        Self::new(self.low - width * below, self.high + width * above)
    }

    /// The smallest span around both.
    pub(super) fn join(self, other: Self) -> Self {
        Self {
            low: self.low.min(other.low),
            high: self.high.max(other.high),
        }
    }

    /// How far along the span a position lies: 0 at its low end and 1 at its high end. Positions
    /// far outside are held at a finite distance.
    pub(super) fn fraction(self, position: f64) -> f64 {
        ((position - self.low) / self.width()).clamp(-1e4, 1e4)
    }

    pub(super) fn holds(self, position: f64) -> bool {
        let slack = self.width() * 1e-9;
        position >= self.low - slack && position <= self.high + slack
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_never_empty_and_always_finite() {
        let awkward = [
            (0.0, 0.0),
            (5.0, 5.0),
            (1.0, 1.0 + 1e-15),
            (f64::MIN, f64::MAX),
            (f64::NAN, 1.0),
            (f64::NEG_INFINITY, 0.0),
            (5e-324, 1e-323),
        ];
        for (a, b) in awkward {
            let span = Span::new(a, b).pad(0.1, 0.1);
            assert!(span.low < span.high, "{a} {b} gave {span:?}");
            assert!(span.width().is_finite(), "{a} {b} gave {span:?}");
            assert!(span.fraction(0.0).is_finite());
        }
    }

    #[test]
    fn the_ends_of_a_span_are_zero_and_one() {
        let span = Span::new(4.0, -2.0);
        assert_eq!((span.fraction(-2.0), span.fraction(4.0)), (0.0, 1.0));
    }
}
