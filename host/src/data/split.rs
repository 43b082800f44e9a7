//! Which samples are trained on.

use super::DataError;

/// The samples of each part, by number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// Trained on.
    pub train: Vec<u32>,
    /// Only measured.
    pub test: Vec<u32>,
}

impl Split {
    /// Shuffles `samples` numbers and cuts them at `train_fraction`, to the nearest
    /// sample, with at least one on either side.
    ///
    /// `random(n)` gives a number below `n`.
    ///
    /// # Errors
    ///
    /// When there are fewer than two samples, or more than 32 bits can number.
    pub fn new(
        samples: usize,
        train_fraction: f64,
        random: impl FnMut(u32) -> u32,
    ) -> Result<Self, DataError> {
        let count = u32::try_from(samples).map_err(|_| DataError::Split { samples })?;
        if count < 2 {
            return Err(DataError::Split { samples });
        }
        let mut train: Vec<u32> = (0..count).collect();
        shuffle(&mut train, random);
        let cut = (samples as f64 * train_fraction).round() as usize;
        let test = train.split_off(cut.clamp(1, samples - 1));
        Ok(Self { train, test })
    }
}

/// Puts `items` in a random order, each order as likely as `random` makes it.
///
/// The algorithm of Fisher and Yates from the last item down: item `i` changes
/// places with item `random(i + 1)`. `random(n)` gives a number below `n`; what it
/// gives beyond is taken modulo `n`.
pub fn shuffle<T>(items: &mut [T], mut random: impl FnMut(u32) -> u32) {
    for last in (1..items.len()).rev() {
        let bound = u32::try_from(last + 1).unwrap_or(u32::MAX);
        items.swap(last, (random(bound) % bound) as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small generator with a fixed seed.
    fn source() -> impl FnMut(u32) -> u32 {
        let mut state = 1_u64;
        move |bound| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (((state >> 32) * u64::from(bound)) >> 32) as u32
        }
    }

    #[test]
    fn every_sample_is_in_one_part() {
        let split = Split::new(1797, 0.8, source()).unwrap();
        assert_eq!((split.train.len(), split.test.len()), (1438, 359));
        let mut all = [split.train.clone(), split.test.clone()].concat();
        assert_ne!(all, (0..1797).collect::<Vec<_>>());
        all.sort_unstable();
        assert_eq!(all, (0..1797).collect::<Vec<_>>());
        assert_eq!(Split::new(1797, 0.8, source()).unwrap(), split);
    }

    #[test]
    fn no_part_is_empty_and_one_sample_cannot_be_split() {
        assert_eq!(Split::new(2, 0.01, source()).unwrap().train.len(), 1);
        assert_eq!(Split::new(2, 0.99, source()).unwrap().test.len(), 1);
        for samples in [0, 1, 1 << 40] {
            let error = Split::new(samples, 0.8, source()).unwrap_err();
            assert!(matches!(error, DataError::Split { .. }));
        }
    }

    #[test]
    fn every_order_is_equally_likely() {
        let mut random = source();
        let mut counts = std::collections::BTreeMap::new();
        for _ in 0..24_000 {
            let mut items = [0, 1, 2, 3];
            shuffle(&mut items, &mut random);
            *counts.entry(items).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), 24);
        // 1000 each, standard deviation 31.
        assert!(
            counts.values().all(|count| (850..1150).contains(count)),
            "{counts:?}"
        );
    }
}
