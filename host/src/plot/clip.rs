//! Cutting lines and outlines to a rectangle.

use super::geometry::{Point, Rect, point};

/// The parts of a joined line inside `area` (Liang and Barsky's method on each segment).
pub(super) fn line(points: &[Point], area: Rect) -> Vec<Vec<Point>> {
    let mut parts: Vec<Vec<Point>> = Vec::new();
    let mut open = false;
    for pair in points.windows(2) {
        let Some((from, to)) = segment(pair[0], pair[1], area) else {
            open = false;
            continue;
        };
        match parts.last_mut() {
            Some(part) if open && part.last() == Some(&from) => part.push(to),
            _ => parts.push(vec![from, to]),
        }
        open = to == pair[1];
    }
    parts
}

/// The part of one segment inside `area`.
fn segment(a: Point, b: Point, area: Rect) -> Option<(Point, Point)> {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    let edges = [
        (-dx, a.x - area.left),
        (dx, area.right() - a.x),
        (-dy, a.y - area.top),
        (dy, area.bottom() - a.y),
    ];
    for (toward, room) in edges {
        if toward == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if toward < 0.0 {
            enter = enter.max(room / toward);
        } else {
            leave = leave.min(room / toward);
        }
    }
    if enter > leave {
        return None;
    }
    let at = |share: f64| point(a.x + dx * share, a.y + dy * share);
    let from = if enter == 0.0 { a } else { at(enter) };
    let to = if leave == 1.0 { b } else { at(leave) };
    Some((from, to))
}

/// The part of a closed outline inside `area` (Sutherland and Hodgman's method); empty when there
/// is none.
pub(super) fn outline(points: &[Point], area: Rect) -> Vec<Point> {
    let mut shape = points.to_vec();
    shape = cut(&shape, |p| p.x - area.left);
    shape = cut(&shape, |p| area.right() - p.x);
    shape = cut(&shape, |p| p.y - area.top);
    cut(&shape, |p| area.bottom() - p.y)
}

/// The part of an outline where `depth` is not negative.
fn cut(shape: &[Point], depth: impl Fn(Point) -> f64) -> Vec<Point> {
    let mut kept = Vec::with_capacity(shape.len());
    let Some(&(mut before)) = shape.last() else {
        return kept;
    };
    for &here in shape {
        let (was, is) = (depth(before), depth(here));
        if (was < 0.0) != (is < 0.0) {
            let share = was / (was - is);
            kept.push(point(
                before.x + (here.x - before.x) * share,
                before.y + (here.y - before.y) * share,
            ));
        }
        if is >= 0.0 {
            kept.push(here);
        }
        before = here;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    const AREA: Rect = Rect {
        left: 0.0,
        top: 0.0,
        width: 10.0,
        height: 10.0,
    };

    #[test]
    fn a_line_that_leaves_and_returns_becomes_two() {
        let path = [
            point(5.0, 5.0),
            point(15.0, 5.0),
            point(15.0, 8.0),
            point(5.0, 8.0),
        ];
        let parts = line(&path, AREA);
        assert_eq!(
            parts,
            [
                vec![point(5.0, 5.0), point(10.0, 5.0)],
                vec![point(10.0, 8.0), point(5.0, 8.0)]
            ]
        );
    }

    #[test]
    fn a_line_inside_is_left_alone_and_one_outside_vanishes() {
        let inside = [point(1.0, 1.0), point(2.0, 9.0), point(3.0, 1.0)];
        assert_eq!(line(&inside, AREA), [inside.to_vec()]);
        assert!(line(&[point(11.0, 1.0), point(20.0, 9.0)], AREA).is_empty());
    }

    #[test]
    fn an_outline_is_cut_to_the_area() {
        let square = [
            point(-5.0, -5.0),
            point(5.0, -5.0),
            point(5.0, 5.0),
            point(-5.0, 5.0),
        ];
        let shape = outline(&square, AREA);
        assert_eq!(shape.len(), 4);
        assert!(shape.iter().all(|&p| AREA.holds(p)), "{shape:?}");
        assert!(
            outline(
                &[point(20.0, 20.0), point(30.0, 20.0), point(30.0, 30.0)],
                AREA
            )
            .is_empty()
        );
        assert!(outline(&[], AREA).is_empty());
    }
}
