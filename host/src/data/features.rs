//! The numbers of all samples, in as few bytes as they came in.

use std::sync::Arc;

/// One row of numbers for each sample, row after row.
#[derive(Debug, Clone, PartialEq)]
pub enum Features {
    /// As they are.
    Numbers(Vec<f64>),
    /// One byte for each number, as in a file of images.
    Bytes(Pixels),
}

/// Bytes, and the number that each of their 256 values stands for.
///
/// 70,000 images of 28x28 are 55 MB this way and 440 MB as floats; a scale that is the
/// same for all pixels changes the table only.
#[derive(Debug, Clone, PartialEq)]
pub struct Pixels {
    /// Shared: the images of a run stand in memory once.
    bytes: Arc<Vec<u8>>,
    meaning: Vec<f64>,
    /// For each pixel of an image whether it is 0 whatever its byte; empty if none is.
    silent: Vec<bool>,
}

impl Pixels {
    /// Bytes that stand for 0 to 1.
    pub fn new(bytes: Vec<u8>) -> Self {
        let meaning = (0..=255_u8).map(|byte| f64::from(byte) / 255.0).collect();
        Self {
            bytes: Arc::new(bytes),
            meaning,
            silent: Vec::new(),
        }
    }

    /// The bytes, image after image.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The number that a byte stands for.
    pub fn meaning(&self, byte: u8) -> f64 {
        self.meaning.get(usize::from(byte)).copied().unwrap_or(0.0)
    }

    /// Changes what the bytes stand for; `silent` are the pixels of an image that are 0
    /// whatever their byte.
    pub fn rescale(&mut self, change: impl Fn(f64) -> f64, silent: Vec<bool>) {
        for meaning in &mut self.meaning {
            *meaning = change(*meaning);
        }
        self.silent = silent;
    }

    /// Whether the pixel with this index over all images is 0 whatever its byte.
    pub fn silent(&self, index: usize) -> bool {
        !self.silent.is_empty() && self.silent[index % self.silent.len()]
    }

    fn value(&self, index: usize) -> Option<f64> {
        let byte = *self.bytes.get(index)?;
        Some(if self.silent(index) {
            0.0
        } else {
            self.meaning(byte)
        })
    }
}

impl Features {
    /// How many numbers there are, over all samples.
    pub fn len(&self) -> usize {
        match self {
            Self::Numbers(numbers) => numbers.len(),
            Self::Bytes(pixels) => pixels.bytes.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One number, or `None` beyond the last.
    pub fn get(&self, index: usize) -> Option<f64> {
        match self {
            Self::Numbers(numbers) => numbers.get(index).copied(),
            Self::Bytes(pixels) => pixels.value(index),
        }
    }

    /// All numbers, sample after sample.
    pub fn iter(&self) -> impl Iterator<Item = f64> + '_ {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    /// Changes every number, which is given with its index; bytes become floats.
    pub fn map(&mut self, mut change: impl FnMut(usize, f64) -> f64) {
        let values = self.iter().enumerate();
        let changed = values.map(|(index, value)| change(index, value)).collect();
        *self = Self::Numbers(changed);
    }
}

impl From<Vec<f64>> for Features {
    fn from(numbers: Vec<f64>) -> Self {
        Self::Numbers(numbers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_stand_for_the_unit_range_until_they_are_rescaled() {
        let mut pixels = Pixels::new(vec![0, 51, 255, 102]);
        let features = Features::Bytes(pixels.clone());
        assert_eq!(features.iter().collect::<Vec<_>>(), [0.0, 0.2, 1.0, 0.4]);
        assert_eq!((features.get(1), features.get(4)), (Some(0.2), None));
        // Two pixels an image; the second is silent.
        pixels.rescale(|value| value - 1.0, vec![false, true]);
        let mut features = Features::Bytes(pixels);
        assert_eq!(features.iter().collect::<Vec<_>>(), [-1.0, 0.0, 0.0, 0.0]);
        assert_eq!(features.len(), 4);
        features.map(|index, value| value + index as f64);
        assert_eq!(features, vec![-1.0, 1.0, 2.0, 3.0].into());
    }
}
