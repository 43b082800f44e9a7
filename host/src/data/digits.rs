//! The bundled 8x8 digits.

use super::{DataError, Dataset, table};
use crate::config::LabelColumn;

/// Whose digits they are; it goes wherever the data goes.
pub const DIGITS_ATTRIBUTION: &str = "Optical Recognition of Handwritten Digits, E. Alpaydin and \
     C. Kaynak, UCI Machine Learning Repository, CC BY 4.0";

const FILE: &[u8] = include_bytes!("../../data/digits8x8.csv.gz");

/// Rows and columns.
const IMAGE: [usize; 2] = [8, 8];

/// A pixel counts the dark dots in a field of 4x4.
const LARGEST_PIXEL: f64 = 16.0;

/// 1,797 digits of 8x8 pixels in 0..1, 10 classes.
///
/// # Errors
///
/// When the program's own copy is damaged.
pub fn digits() -> Result<Dataset, DataError> {
    let mut dataset = table::parse_csv(FILE, "digits8x8", &LabelColumn::Last, 10)?;
    dataset.inputs.map(|_, pixel| pixel / LARGEST_PIXEL);
    dataset.image = Some(IMAGE);
    Ok(dataset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_digits_are_whole() {
        let digits = digits().unwrap();
        assert_eq!(
            (digits.len(), digits.features, digits.classes),
            (1797, 64, 10)
        );
        assert_eq!(digits.inputs.len(), 1797 * 64);
        assert!(
            digits
                .inputs
                .iter()
                .all(|pixel| (0.0..=1.0).contains(&pixel))
        );
        assert!(digits.inputs.iter().any(|pixel| pixel == 1.0));
        // The first row of the published file.
        assert_eq!(
            digits.row(0)[..8],
            [0.0, 0.0, 0.3125, 0.8125, 0.5625, 0.0625, 0.0, 0.0]
        );
        assert_eq!(digits.labels[..3], [0, 1, 2]);
        let mut counts = [0; 10];
        for label in &digits.labels {
            counts[usize::from(*label)] += 1;
        }
        assert_eq!(counts, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    }
}
