//! A sweep as a figure and a table.

use super::Point;
use crate::plot::{Axis, Figure, Panel, Series};
use crate::report::{Best, Cell, Column, Table};

/// From here on, the ratio of the largest value to the smallest asks for a logarithmic axis.
const WIDE: f64 = 30.0;

/// Where the values stand on an axis, and the axis.
struct Places {
    values: Vec<String>,
    numbers: Option<Vec<f64>>,
    logarithmic: bool,
}

impl Places {
    fn new(points: &[Point]) -> Self {
        let mut values: Vec<String> = Vec::new();
        for point in points {
            if !values.contains(&point.value) {
                values.push(point.value.clone());
            }
        }
        let numbers: Option<Vec<f64>> = values.iter().map(|value| value.parse().ok()).collect();
        let logarithmic = numbers.as_ref().is_some_and(|numbers| {
            let low = numbers.iter().copied().fold(f64::INFINITY, f64::min);
            let high = numbers.iter().copied().fold(0.0, f64::max);
            low > 0.0 && high / low >= WIDE
        });
        Self {
            values,
            numbers,
            logarithmic,
        }
    }

    fn of(&self, point: &Point) -> f64 {
        let at = self.values.iter().position(|value| *value == point.value);
        let at = at.unwrap_or(0);
        self.numbers
            .as_ref()
            .map_or(at as f64, |numbers| numbers[at])
    }

    fn axis(&self, key: &str) -> Axis {
        match self.numbers {
            Some(_) if self.logarithmic => Axis::log(key),
            Some(_) => Axis::new(key),
            None => Axis::categories(key, self.values.clone()),
        }
    }
}

/// What tells the curves of a sweep apart: the precision, and the rule where it is not everyone's.
fn curve(point: &Point) -> String {
    match point.rule.as_str() {
        "microcircuit" => point.precision.clone(),
        rule => format!("{rule}, {}", point.precision),
    }
}

/// Error, angle to backpropagation, lag of the interneurons and lost updates over the values.
pub fn figure(key: &str, points: &[Point]) -> Figure {
    let places = Places::new(points);
    let mut curves: Vec<String> = Vec::new();
    for point in points {
        if !curves.contains(&curve(point)) {
            curves.push(curve(point));
        }
    }
    let panel = |title: &str, y: Axis, of: &dyn Fn(&Point) -> Option<f64>, spread: bool| {
        let mut panel = Panel::new(title, places.axis(key), y);
        for name in &curves {
            let own = || points.iter().filter(|point| curve(point) == *name);
            let line = own().filter_map(|point| Some((places.of(point), of(point)?)));
            if spread {
                let edges: Vec<(f64, f64, f64)> = own()
                    .filter_map(|p| {
                        let sd = p.error_sd?;
                        Some((places.of(p), p.error_mean - sd, p.error_mean + sd))
                    })
                    .collect();
                if !edges.is_empty() {
                    panel = panel.series(Series::band(name, &edges));
                }
            }
            panel = panel.series(Series::line(name, line.collect()));
        }
        panel
    };
    let part = points.first().map_or("test", |point| &point.part);
    let error = format!("{part} error, mean and deviation of the seeds");
    Figure::new(format!("{key}, swept"))
        .columns(2)
        .panel(panel(&error, Axis::new("%"), &|p| Some(p.error_mean), true))
        .panel(panel(
            "angle to backpropagation, layer 1",
            Axis::new("degrees"),
            &|p| p.angle,
            false,
        ))
        .panel(panel(
            "interneurons: distance from self-prediction",
            Axis::new("relative"),
            &|p| p.tracking,
            false,
        ))
        .panel(panel(
            "lost updates",
            Axis::new("%"),
            &|p| Some(p.lost),
            false,
        ))
}

/// One line a value and precision.
pub fn table(key: &str, points: &[Point]) -> Table {
    let part = points.first().map_or("test", |point| &point.part);
    let columns = vec![
        Column::text(key),
        Column::text("rule"),
        Column::text("precision"),
        Column::number(format!("{part} error"), "%"),
        Column::number("angle", "degrees"),
        Column::number("tracking", ""),
        Column::number("lost updates", "%"),
        Column::number("saturations", ""),
    ];
    let mut table = Table::new("", columns);
    for point in points {
        let maybe = |value: Option<f64>| value.unwrap_or(f64::NAN);
        let precision = match &point.rounding {
            Some(rounding) => format!("{} {rounding}", point.precision),
            None => point.precision.clone(),
        };
        table.push(vec![
            Cell::text(&point.value),
            Cell::text(&point.rule),
            Cell::text(precision),
            Cell::spread(point.error_mean, maybe(point.error_sd), 2),
            Cell::number(maybe(point.angle), 1),
            Cell::number(maybe(point.tracking), 3),
            Cell::number(point.lost, 2),
            Cell::text(point.saturations.to_string()),
        ]);
    }
    table.mark(3, Best::Lowest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(value: &str, error: f64) -> Point {
        Point {
            value: value.to_owned(),
            network: vec![2, 1],
            rule: "microcircuit".into(),
            precision: "f32".into(),
            rounding: None,
            seeds: vec![1],
            epochs: 1,
            part: "test".into(),
            error_mean: error,
            error_sd: None,
            angle: None,
            tracking: Some(0.5),
            lost: 0.0,
            saturations: 0,
            digests: vec![],
            version: String::new(),
        }
    }

    #[test]
    fn numbers_stand_where_they_are_and_words_side_by_side() {
        let wide = [point("0.01", 3.0), point("1", 2.0)];
        let places = Places::new(&wide);
        assert_eq!((places.logarithmic, places.of(&wide[0])), (true, 0.01));
        let words = [point("[2, 1]", 3.0), point("[2, 3, 1]", 2.0)];
        let places = Places::new(&words);
        assert_eq!((places.logarithmic, places.of(&words[1])), (false, 1.0));
        assert_eq!(places.axis("network.layers").names.len(), 2);
        assert!(!Places::new(&[point("0", 1.0), point("5", 1.0)]).logarithmic);
    }

    #[test]
    fn what_there_is_no_number_of_is_a_dash_and_a_gap() {
        let points = [point("1", 3.0), point("2", 2.0)];
        let text = table("learning.up", &points).to_text();
        assert!(
            text.contains("learning.up") && text.contains('–') || text.contains('-'),
            "{text}"
        );
        let figure = figure("learning.up", &points);
        assert_eq!(figure.panels.len(), 4);
        crate::plot::svg(&figure).unwrap();
    }
}
