//! Scaling of features to 0..1 by what the training part contains.

use super::Dataset;

/// The range of each feature.
#[derive(Debug, Clone, PartialEq)]
pub struct MinMax {
    ranges: Vec<(f64, f64)>,
}

impl MinMax {
    /// The ranges over `rows` only: the test part must not be known in advance.
    pub fn fit(dataset: &Dataset, rows: &[u32]) -> Self {
        let mut ranges = vec![(f64::INFINITY, f64::NEG_INFINITY); dataset.features];
        for row in rows {
            for ((low, high), value) in ranges.iter_mut().zip(dataset.values(*row)) {
                *low = low.min(value);
                *high = high.max(value);
            }
        }
        Self { ranges }
    }

    /// Maps each feature's range to 0..1 and clips what is beyond it.
    ///
    /// A feature that never varied becomes 0.
    pub fn apply(&self, dataset: &mut Dataset) {
        let width = self.ranges.len().max(1);
        dataset.inputs.map(|index, value| {
            let range = self.ranges.get(index % width);
            range.map_or(value, |(low, high)| scale(value, *low, *high))
        });
    }
}

fn scale(value: f64, low: f64, high: f64) -> f64 {
    // Halves, so that a range wider than the largest float stays finite.
    let width = 0.5 * high - 0.5 * low;
    if width > 0.0 {
        ((0.5 * value - 0.5 * low) / width).clamp(0.0, 1.0)
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_range_becomes_the_unit_range() {
        assert_eq!(scale(3.0, 2.0, 6.0), 0.25);
        assert_eq!(scale(7.0, 2.0, 6.0), 1.0);
        assert_eq!(scale(1.0, 2.0, 6.0), 0.0);
        assert_eq!(scale(5.0, 5.0, 5.0), 0.0);
        assert_eq!(scale(f64::MAX, -f64::MAX, f64::MAX), 1.0);
        assert_eq!(scale(0.0, f64::INFINITY, f64::NEG_INFINITY), 0.0);
    }
}
