//! How one quantity is stored: a word, its range, its way to and from real numbers.

mod fixed;
mod float;
pub mod rounding;

pub use fixed::FixedNumber;

/// A storage format of one quantity.
///
/// Conversions to and from `f64` serve configuration, records and comparison; the step of a
/// fixed-point network never calls them.
pub trait Number:
    Copy + Default + PartialEq + PartialOrd + core::fmt::Debug + Send + Sync + 'static
{
    /// Bytes of one word in memory and in a checkpoint.
    const BYTES: usize;
    /// Nothing.
    const ZERO: Self;
    /// Bits after the binary point; `None` for floats.
    const FRACTION: Option<u32>;

    /// The nearest value of the format, ties to even; beyond the range its end; NaN becomes zero.
    fn from_f64(value: f64) -> Self;
    /// The value. Exact for every format of at most 53 significant bits.
    fn to_f64(self) -> f64;
    /// The stored bits, sign-extended for integers, zero-extended for floats, of which every NaN is one
    /// word: machines differ in the one that they make.
    fn to_bits(self) -> u64;
    /// The word of these bits; bits beyond the word are ignored.
    fn from_bits(bits: u64) -> Self;
    /// The largest value; the smallest is its negative.
    fn largest() -> f64;

    /// Whether `value` is a real number within the range of the format.
    fn holds(value: f64) -> bool {
        value >= -Self::largest() && value <= Self::largest()
    }
}
