//! Scaling to mean 0 and one deviation by what the training part contains.

use super::{Dataset, Features, Pixels};

/// Makes the training part's mean 0 and its standard deviation `wanted`: of each feature of a
/// table, of all pixels together where samples are images.
///
/// Pixels share one mean and one deviation, so that an image keeps its contrast. Only
/// `rows` are looked at: the test part must not be known in advance. What is constant
/// in them becomes 0 everywhere.
pub fn standardise(dataset: &mut Dataset, rows: &[u32], wanted: f64) {
    let width = dataset.features.max(1);
    match &mut dataset.inputs {
        Features::Bytes(pixels) => of_images(pixels, width, rows, wanted),
        Features::Numbers(numbers) => of_table(numbers, width, rows, wanted),
    }
}

fn of_images(pixels: &mut Pixels, width: usize, rows: &[u32], wanted: f64) {
    // Counted by byte: exact, whatever the order of the rows.
    let mut counts = [0_u64; 256];
    let mut extent = vec![(u8::MAX, u8::MIN); width];
    for row in rows {
        let start = *row as usize * width;
        let image = pixels.bytes().get(start..start + width).unwrap_or(&[]);
        for (byte, (low, high)) in image.iter().zip(&mut extent) {
            counts[usize::from(*byte)] += 1;
            *low = (*low).min(*byte);
            *high = (*high).max(*byte);
        }
    }
    let weighed = || {
        let values = (0..=u8::MAX).map(|byte| pixels.meaning(byte));
        values.zip(counts.map(|count| count as f64))
    };
    let total: f64 = weighed().map(|(_, count)| count).sum();
    let mean = weighed().map(|(value, count)| count * value).sum::<f64>() / total;
    let squares = weighed().map(|(value, count)| count * (value - mean) * (value - mean));
    let deviation = (squares.sum::<f64>() / total).sqrt();
    let silent = extent.iter().map(|(low, high)| low >= high).collect();
    pixels.rescale(|value| wanted * ((value - mean) / deviation), silent);
}

fn of_table(numbers: &mut [f64], width: usize, rows: &[u32], wanted: f64) {
    for feature in 0..width {
        let place = |row: &u32| *row as usize * width + feature;
        let values = || rows.iter().filter_map(|row| numbers.get(place(row)));
        let low = values().fold(f64::INFINITY, |low, value| low.min(*value));
        let high = values().fold(f64::NEG_INFINITY, |high, value| high.max(*value));
        // By way of the range, which changes nothing but that sums of large numbers stay
        // finite; halves, because the range itself can be wider than the largest float.
        let half = 0.5 * high - 0.5 * low;
        let varies = half > 0.0 && half.is_finite();
        let share = |value: f64| (0.5 * value - 0.5 * low) / half;
        let count = rows.len().max(1) as f64;
        let mean = values().map(|value| share(*value)).sum::<f64>() / count;
        let square = |value: &f64| (share(*value) - mean) * (share(*value) - mean);
        let deviation = (values().map(square).sum::<f64>() / count).sqrt();
        for value in numbers.iter_mut().skip(feature).step_by(width) {
            *value = if varies {
                wanted * ((share(*value) - mean) / deviation)
            } else {
                0.0
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dataset(inputs: Features, features: usize) -> Dataset {
        let samples = inputs.len() / features;
        Dataset {
            name: "t".to_owned(),
            inputs,
            features,
            labels: vec![0; samples],
            classes: 1,
            image: None,
            published_train: None,
        }
    }

    fn assert_near(found: &Features, expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
    }

    #[test]
    fn each_feature_of_a_table_has_its_own_mean_and_deviation() {
        // The third row is not trained on and the middle column never varies there.
        let numbers = vec![2.0, 7.0, -1e300, 4.0, 7.0, 1e300, 9.0, 8.0, 0.0];
        let mut table = dataset(numbers.into(), 3);
        standardise(&mut table, &[1, 0], 0.5);
        let expected = [-0.5, 0.0, -0.5, 0.5, 0.0, 0.5, 3.0, 0.0, 0.0];
        assert_near(&table.inputs, &expected);
        let mut far = dataset(vec![-f64::MAX, f64::MAX].into(), 1);
        standardise(&mut far, &[0, 1], 1.0);
        assert_near(&far.inputs, &[-1.0, 1.0]);
    }

    #[test]
    fn pixels_share_one_mean_and_deviation() {
        // Trained on: 10, 50 | 30, 50; the mean is 35, the deviation that of 25, 15, 5, 15.
        let bytes = vec![10, 50, 30, 50, 60, 0];
        let mut images = dataset(Features::Bytes(Pixels::new(bytes)), 2);
        standardise(&mut images, &[0, 1], 2.0);
        let deviation = f64::sqrt((625.0 + 225.0 + 25.0 + 225.0) / 4.0);
        let of = |byte: f64| 2.0 * ((byte - 35.0) / deviation);
        assert_near(
            &images.inputs,
            &[of(10.0), 0.0, of(30.0), 0.0, of(60.0), 0.0],
        );
        // Nothing varies: nothing is divided by 0.
        let mut blank = dataset(Features::Bytes(Pixels::new(vec![9; 4])), 2);
        standardise(&mut blank, &[0, 1], 1.0);
        assert_near(&blank.inputs, &[0.0; 4]);
    }
}
