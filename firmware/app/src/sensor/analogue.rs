//! Voltages. `embedded-hal` 1.0 has no trait for a converter, so there is one here; a board
//! implements it in a few lines over its own converter.

use apical_core::Precision;

use super::{Sensor, rate};

/// One channel of an analogue-to-digital converter.
pub trait AnalogueSample {
    /// What can go wrong.
    type Error;

    /// The largest sample: 4095 for 12 bits.
    const FULL: u16;

    /// Converts once.
    ///
    /// # Errors
    /// When the converter does not answer.
    fn sample(&mut self) -> Result<u16, Self::Error>;
}

/// `N` channels of converters of one kind.
#[derive(Debug)]
pub struct Analogue<A, const N: usize> {
    channels: [A; N],
}

impl<A, const N: usize> Analogue<A, N> {
    /// Feels through these channels.
    pub const fn new(channels: [A; N]) -> Self {
        Self { channels }
    }
}

impl<P: Precision, A: AnalogueSample, const N: usize> Sensor<P> for Analogue<A, N> {
    type Error = A::Error;

    fn sense(&mut self, rates: &mut [P::Rate]) -> Result<(), A::Error> {
        let mut samples = [0; N];
        for (sample, channel) in samples.iter_mut().zip(&mut self.channels) {
            *sample = channel.sample()?;
        }
        for (slot, sample) in rates.iter_mut().zip(samples) {
            *slot = rate::<P>(u32::from(sample), u32::from(A::FULL));
        }
        Ok(())
    }
}
