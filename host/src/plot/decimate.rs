//! Thinning long series to what a picture can show.

use std::collections::HashSet;

use super::geometry::Point;

/// At most two points for every pixel column a line passes through: its highest and its lowest,
/// in the order they came.
///
/// Points are grouped while they stay in one column, so a line may also run backwards.
pub(super) fn line(points: &[Point]) -> Vec<Point> {
    let mut kept = Vec::new();
    for group in columns(points, |p| p.x) {
        let group = &points[group];
        let (mut least, mut most) = (0, 0);
        for (at, p) in group.iter().enumerate() {
            if p.y < group[least].y {
                least = at;
            }
            if p.y > group[most].y {
                most = at;
            }
        }
        let (first, second) = (least.min(most), least.max(most));
        kept.push(group[first]);
        if second != first {
            kept.push(group[second]);
        }
    }
    // A line's ends are worth their exact place.
    if let (Some(&last), Some(&end)) = (points.last(), kept.last())
        && last != end
    {
        kept.push(last);
    }
    kept
}

/// A line without the points that lie on it anyway, to a tenth of a pixel (Ramer, Douglas and
/// Peucker's method).
pub(super) fn simplify(points: &[Point]) -> Vec<Point> {
    const TOLERANCE: f64 = 0.1;
    const MOST: usize = 20_000;
    if points.len() < 3 || points.len() > MOST {
        return points.to_vec();
    }
    let mut keep = vec![false; points.len()];
    let last = points.len() - 1;
    (keep[0], keep[last]) = (true, true);
    let mut open = vec![(0, last)];
    while let Some((from, to)) = open.pop() {
        let mut farthest = (TOLERANCE, None);
        for at in from + 1..to {
            let distance = off(points[at], points[from], points[to]);
            if distance > farthest.0 {
                farthest = (distance, Some(at));
            }
        }
        if let Some(at) = farthest.1 {
            keep[at] = true;
            open.extend([(from, at), (at, to)]);
        }
    }
    points
        .iter()
        .zip(keep)
        .filter(|(_, keep)| *keep)
        .map(|(p, _)| *p)
        .collect()
}

/// The distance of a point from a segment.
fn off(p: Point, a: Point, b: Point) -> f64 {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let length = dx * dx + dy * dy;
    let along = if length > 0.0 {
        ((p.x - a.x) * dx + (p.y - a.y) * dy) / length
    } else {
        0.0
    };
    let along = along.clamp(0.0, 1.0);
    (p.x - a.x - along * dx).hypot(p.y - a.y - along * dy)
}

/// At most one strip for every pixel column: from the highest upper edge to the lowest lower one.
/// Each item is a point of the upper edge and the height of the lower edge there.
pub(super) fn band(edges: &[(Point, f64)]) -> Vec<(Point, f64)> {
    let mut kept = Vec::new();
    for group in columns(edges, |e| e.0.x) {
        let group = &edges[group];
        let mut strip = group[0];
        for &(upper, lower) in group {
            strip.0.y = strip.0.y.min(upper.y);
            strip.1 = strip.1.max(lower);
        }
        kept.push(strip);
    }
    if let (Some(&last), Some(&end)) = (edges.last(), kept.last())
        && last.0.x != end.0.x
    {
        kept.push(last);
    }
    kept
}

/// One dot for every square of `size` pixels that has any: the first to arrive.
pub(super) fn dots(points: &[Point], size: f64) -> Vec<Point> {
    let size = size.max(0.5);
    let mut taken = HashSet::new();
    points
        .iter()
        .copied()
        .filter(|p| taken.insert(((p.x / size).floor() as i64, (p.y / size).floor() as i64)))
        .collect()
}

/// The longest stretches of `items` that stay in one pixel column.
fn columns<T>(items: &[T], x: impl Fn(&T) -> f64) -> impl Iterator<Item = std::ops::Range<usize>> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let column = x(items.get(start)?).floor();
        let length = items[start..]
            .iter()
            .take_while(|item| x(item).floor() == column)
            .count();
        // An item always shares its own column, unless its place is not a number.
        let end = start + length.max(1);
        let group = start..end;
        start = end;
        Some(group)
    })
}

#[cfg(test)]
mod tests {
    use super::super::geometry::point;
    use super::*;

    fn noise(n: usize) -> Vec<Point> {
        let mut state = 1_u32;
        (0..n)
            .map(|at| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                point(at as f64 * 300.0 / n as f64, f64::from(state >> 8) / 1e5)
            })
            .collect()
    }

    #[test]
    fn extremes_survive_and_the_rest_is_bounded() {
        let mut points = noise(100_000);
        points[54_321].y = -1e6;
        points[77_777].y = 1e6;
        let kept = line(&points);
        assert!(kept.len() <= 601, "{} points kept", kept.len());
        assert!(kept.iter().any(|p| p.y == -1e6), "the minimum is gone");
        assert!(kept.iter().any(|p| p.y == 1e6), "the maximum is gone");
        assert!(kept.is_sorted_by(|a, b| a.x <= b.x), "the order is gone");
    }

    #[test]
    fn short_lines_are_untouched() {
        let points = [point(0.0, 1.0), point(4.0, 2.0), point(8.0, 0.0)];
        assert_eq!(line(&points), points);
        assert!(line(&[]).is_empty());
    }

    #[test]
    fn simplified_lines_stay_where_they_were() {
        let wave: Vec<Point> = (0..600)
            .map(|at| {
                point(
                    f64::from(at) / 2.0,
                    50.0 + 40.0 * (f64::from(at) / 60.0).sin(),
                )
            })
            .collect();
        let few = simplify(&wave);
        assert!(few.len() < 120, "{} points", few.len());
        for p in wave {
            let nearest = few
                .windows(2)
                .map(|s| off(p, s[0], s[1]))
                .fold(f64::MAX, f64::min);
            assert!(nearest <= 0.1, "{p:?} is {nearest} off");
        }
    }

    #[test]
    fn a_line_may_run_backwards() {
        let points = [point(9.0, 1.0), point(5.0, 2.0), point(9.0, 3.0)];
        assert_eq!(line(&points), points);
    }

    #[test]
    fn dots_do_not_pile_up() {
        assert!(dots(&noise(100_000), 2.0).len() <= 151 * 100);
        assert_eq!(
            dots(&[point(1.0, 1.0), point(1.1, 1.1), point(9.0, 1.0)], 2.0).len(),
            2
        );
    }

    #[test]
    fn bands_keep_their_widest_reach() {
        let edges = [
            (point(1.0, 5.0), 6.0),
            (point(1.5, 2.0), 9.0),
            (point(1.9, 4.0), 5.0),
        ];
        assert_eq!(band(&edges)[0], (point(1.0, 2.0), 9.0));
    }
}
