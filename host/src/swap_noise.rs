//! Swap noise on what a network is trained on: inputs that come from another sample.
//!
//! A denoising network generalises better than one that sees clean images only. Noise by swapping keeps
//! the distribution of every input, needs no arithmetic on rates, and so has the same meaning in every
//! number format. Each draw is a function of (seed, epoch, sample, input).

use apical_core::Precision;
use apical_core::random::{Key, stream};

use crate::config::Config;
use crate::task::{Material, Task};

/// The noise of one epoch.
#[derive(Debug, Clone, Copy)]
pub struct SwapNoise<'m> {
    /// Samples that inputs are taken from.
    donors: &'m [u32],
    /// The share of inputs that are swapped, times 2^32.
    threshold: u32,
    /// Which inputs are swapped.
    which: Key,
    /// With which samples.
    with: Key,
}

impl<'m> SwapNoise<'m> {
    /// The noise of an epoch (from 1) of a run with this seed; `None` where there is none.
    pub fn of_epoch(
        config: &Config,
        material: &'m Material,
        seed: u64,
        epoch: u64,
    ) -> Option<Self> {
        let share = config.data.swap_noise;
        (share > 0.0).then(|| Self {
            donors: &material.split.train,
            threshold: (share * f64::from(u32::MAX)).round() as u32,
            which: Key::new(seed, epoch, stream::SWAP),
            with: Key::new(seed, epoch, stream::SWAP + 1),
        })
    }

    /// Swaps some of the inputs of a sample, which are given, with those of other samples.
    pub fn apply<P: Precision>(&self, task: &Task<P>, sample: u32, input: &mut [P::Rate]) {
        let first = sample.wrapping_mul(input.len() as u32);
        for (i, rate) in input.iter_mut().enumerate() {
            let index = first.wrapping_add(i as u32);
            if self.which.word(index) >= self.threshold {
                continue;
            }
            let donor = self.with.below(index, self.donors.len() as u32) as usize;
            let donor = self.donors.get(donor).copied().unwrap_or(sample);
            if let Some(swapped) = task.input_at(donor, i) {
                *rate = swapped;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ConfigDocument;
    use apical_core::{F64, I16};

    /// Inputs sample by sample.
    type Inputs<P> = Vec<Vec<<P as Precision>::Rate>>;

    /// The training samples of the digits with this share of noise in an epoch, and without.
    fn noisy<P: Precision>(share: f64, epoch: u64) -> (Inputs<P>, Inputs<P>) {
        let text = format!("[data]\nswap_noise = {share}\ntest_samples = 1");
        let document = ConfigDocument::parse(&text, "test.toml").unwrap();
        let config = document.resolve().unwrap();
        let material = Material::load(&config).unwrap();
        let task = Task::<P>::new(&config, &material).unwrap();
        let noise = SwapNoise::of_epoch(&config, &material, 1, epoch);
        assert_eq!(noise.is_some(), share > 0.0);
        let clean = material.split.train.iter().map(|&s| task.input(s).to_vec());
        let clean: Inputs<P> = clean.collect();
        let mut inputs = clean.clone();
        for (&sample, input) in material.split.train.iter().zip(&mut inputs) {
            if let Some(noise) = noise {
                noise.apply(&task, sample, input);
            }
        }
        (inputs, clean)
    }

    /// How many of the words differ.
    fn differing<T: PartialEq>(a: &[Vec<T>], b: &[Vec<T>]) -> usize {
        let pairs = a.iter().flatten().zip(b.iter().flatten());
        pairs.filter(|(a, b)| a != b).count()
    }

    #[test]
    fn as_many_inputs_are_swapped_as_are_asked_for_and_every_one_keeps_its_mean() {
        let (all, clean) = noisy::<F64>(1.0, 1);
        // What a swap changes: two samples often have the same value.
        let visible = differing(&all, &clean) as f64;
        let (tenth, _) = noisy::<F64>(0.1, 1);
        let share = differing(&tenth, &clean) as f64 / visible;
        assert!((share - 0.1).abs() < 0.005, "{share}");
        for feature in 0..64 {
            let mean = |of: &[Vec<f64>]| -> f64 {
                of.iter().map(|input| input[feature]).sum::<f64>() / of.len() as f64
            };
            // Four standard deviations of a mean of 1,438 words that deviate by at most 0.5.
            let off = (mean(&all) - mean(&clean)).abs();
            assert!(off < 0.055, "feature {feature}: {off}");
        }
    }

    #[test]
    fn the_noise_is_the_same_in_every_format_and_new_in_every_epoch() {
        let (float, clean) = noisy::<F64>(0.2, 3);
        let (fixed, words) = noisy::<I16>(0.2, 3);
        let swapped = differing(&float, &clean);
        assert_eq!(swapped, differing(&fixed, &words));
        let (again, _) = noisy::<F64>(0.2, 4);
        assert!(differing(&float, &again) > swapped);
        assert_eq!(differing(&noisy::<F64>(0.0, 3).0, &clean), 0);
    }
}
