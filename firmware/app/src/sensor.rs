//! What the network feels: sensors over `embedded-hal`, as rates between 0 and 1.

pub mod accelerometer;
pub mod analogue;

pub use accelerometer::Acceleration;
pub use analogue::{Analogue, AnalogueSample};

use apical_core::{Number, Precision};

/// Something that fills a part of the network's input.
pub trait Sensor<P: Precision> {
    /// What can go wrong.
    type Error;

    /// Measures, and writes one rate a channel; channels without a slot are left out, slots
    /// without a channel left alone.
    ///
    /// # Errors
    /// When the measurement fails; the rates are not touched then.
    fn sense(&mut self, rates: &mut [P::Rate]) -> Result<(), Self::Error>;
}

/// The rate of a value between 0 and `full`.
///
/// A division and a rounding in floating point, once a channel and sample: the same bits on every
/// machine, and little beside a step.
fn rate<P: Precision>(value: u32, full: u32) -> P::Rate {
    P::Rate::from_f64(f64::from(value.min(full)) / f64::from(full.max(1)))
}
