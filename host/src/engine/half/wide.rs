//! The kernels of i16 in AVX-512.

mod change;
mod product;

pub(super) use change::change;
pub(super) use product::product;

/// 16-bit words of a vector.
pub(super) const WORDS: usize = 32;
