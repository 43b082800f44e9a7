//! Mean and deviation over seeds.

/// The mean of some values and their standard deviation, that of a sample: there is none of fewer than
/// two. The mean of no value is not a number.
pub fn spread(values: &[f64]) -> (f64, Option<f64>) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
    let several = values.len() > 1;
    (mean, several.then(|| (squares / (count - 1.0)).sqrt()))
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn a_deviation_needs_two() {
        assert_eq!(spread(&[3.0]), (3.0, None));
        assert_eq!(spread(&[1.0, 3.0]), (2.0, Some(2.0_f64.sqrt())));
        assert!(spread(&[]).0.is_nan());
    }
}
