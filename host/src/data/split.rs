//! Which samples are trained on.

use super::DataError;

/// The samples of each part, by number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// Trained on.
    pub train: Vec<u32>,
    /// Measured while training goes on, to choose by; often empty.
    pub validation: Vec<u32>,
    /// Only measured, and nothing is chosen by it.
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
        let mut train = numbers(samples)?;
        shuffle(&mut train, random);
        let cut = (samples as f64 * train_fraction).round() as usize;
        let test = train.split_off(cut.clamp(1, samples - 1));
        Ok(Self {
            train,
            validation: Vec::new(),
            test,
        })
    }

    /// Takes the first `train` numbers for training and the others for the test, each
    /// part in a random order.
    ///
    /// # Errors
    ///
    /// As for [`Self::new`]; both parts need a sample.
    pub fn published(
        samples: usize,
        train: usize,
        mut random: impl FnMut(u32) -> u32,
    ) -> Result<Self, DataError> {
        let mut all = numbers(samples)?;
        let mut test = all.split_off(train.clamp(1, samples - 1));
        shuffle(&mut all, &mut random);
        // The published order is not one of chance: a part of it would not be like the whole.
        shuffle(&mut test, random);
        Ok(Self {
            train: all,
            validation: Vec::new(),
            test,
        })
    }

    /// What is measured while training goes on: the validation part, or the test part where there
    /// is no other.
    pub fn measured(&self) -> &[u32] {
        if self.validation.is_empty() {
            &self.test
        } else {
            &self.validation
        }
    }

    /// The name of that part.
    pub fn measured_name(&self) -> &'static str {
        if self.validation.is_empty() {
            "test"
        } else {
            "validation"
        }
    }

    /// Takes the last `validation` samples out of the training part.
    ///
    /// The test part stays as it is, and the rest of the training part keeps its order.
    ///
    /// # Errors
    ///
    /// When nothing would be left to train on.
    pub fn hold_out(&mut self, validation: usize) -> Result<(), DataError> {
        let train = self.train.len();
        let left = train.checked_sub(validation).filter(|left| *left > 0);
        let left = left.ok_or(DataError::Validation { validation, train })?;
        self.validation = self.train.split_off(left);
        Ok(())
    }

    /// Keeps the first so many samples of the parts; 0 keeps all, and so does a number
    /// beyond their size.
    pub fn limit(&mut self, train: usize, test: usize) {
        for (part, most) in [(&mut self.train, train), (&mut self.test, test)] {
            if most > 0 {
                part.truncate(most);
            }
        }
    }
}

/// 0 to `samples - 1`.
fn numbers(samples: usize) -> Result<Vec<u32>, DataError> {
    match u32::try_from(samples) {
        Ok(count) if count >= 2 => Ok((0..count).collect()),
        _ => Err(DataError::Split { samples }),
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
    fn a_published_test_part_stays_apart() {
        let split = Split::published(70, 60, source()).unwrap();
        let sorted = |part: &[u32]| {
            let mut part = part.to_vec();
            part.sort_unstable();
            part
        };
        assert_eq!(sorted(&split.train), (0..60).collect::<Vec<_>>());
        assert_eq!(sorted(&split.test), (60..70).collect::<Vec<_>>());
        assert_ne!(split.train, sorted(&split.train));
        assert_ne!(split.test, sorted(&split.test));
        assert!(split.validation.is_empty());
    }

    #[test]
    fn validation_comes_out_of_the_training_part() {
        let whole = Split::new(100, 0.8, source()).unwrap();
        let mut split = whole.clone();
        split.hold_out(0).unwrap();
        split.limit(0, 0);
        assert_eq!(split, whole);
        split.hold_out(30).unwrap();
        assert_eq!(split.test, whole.test);
        assert_eq!(
            [split.train.clone(), split.validation.clone()].concat(),
            whole.train
        );
        split.limit(10, 5);
        assert_eq!(split.train, whole.train[..10]);
        assert_eq!(split.validation, whole.train[50..]);
        assert_eq!(split.test, whole.test[..5]);
        split.limit(1000, 1000);
        assert_eq!((split.train.len(), split.test.len()), (10, 5));
        let error = split.hold_out(10).unwrap_err().to_string();
        assert!(
            error.starts_with("data.validation: found 10; accepted: less than 10, "),
            "{error}"
        );
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
