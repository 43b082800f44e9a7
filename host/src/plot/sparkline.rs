//! A line of text that shows a course.

const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// `values` as a line of at most `width` block characters, from the lowest to the highest.
///
/// Longer series are averaged; a stretch without finite values is blank, and a constant series
/// stands halfway.
pub fn sparkline(values: &[f64], width: usize) -> String {
    let columns = width.min(values.len());
    let mean = |column: usize| {
        // In 128 bits the products cannot overflow for any slice that exists.
        let edge = |at: usize| (at as u128 * values.len() as u128 / columns as u128) as usize;
        let part = &values[edge(column)..edge(column + 1)];
        let finite = part.iter().copied().filter(|v| v.is_finite());
        let count = finite.clone().count();
        (count > 0).then(|| finite.map(|v| v / count as f64).sum::<f64>())
    };
    let means: Vec<Option<f64>> = (0..columns).map(mean).collect();
    let (low, high) = means
        .iter()
        .flatten()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &v| {
            (low.min(v), high.max(v))
        });
    let level = |value: f64| {
        let width = high / 8.0 - low / 8.0;
        if width == 0.0 {
            return LEVELS[3];
        }
        LEVELS[(((value / 8.0 - low / 8.0) / width * 8.0).floor() as usize).min(7)]
    };
    means
        .into_iter()
        .map(|mean| mean.map_or(' ', level))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ramp_climbs_through_all_levels() {
        let ramp: Vec<f64> = (0..800).map(f64::from).collect();
        assert_eq!(sparkline(&ramp, 8), "▁▂▃▄▅▆▇█");
        assert_eq!(sparkline(&ramp[..3], 80), "▁▅█");
    }

    #[test]
    fn awkward_series_are_drawn_all_the_same() {
        assert_eq!(sparkline(&[], 10), "");
        assert_eq!(sparkline(&[1.0, 2.0], 0), "");
        assert_eq!(sparkline(&[7.0; 3], 3), "▄▄▄");
        assert_eq!(sparkline(&[0.0, f64::NAN, 1.0], 3), "▁ █");
        assert_eq!(sparkline(&[f64::INFINITY; 2], 2), "  ");
        assert_eq!(sparkline(&[f64::MIN, f64::MAX], 2), "▁█");
    }
}
