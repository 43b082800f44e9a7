//! The kernels of i16 in AVX-512.

mod change;
mod product;

pub(super) use change::change;
pub(super) use product::product;

use std::sync::LazyLock;

use pulp::x86::V4;

/// AVX-512, if the machine has it.
pub(super) static SIMD: LazyLock<Option<V4>> = LazyLock::new(V4::try_new);

/// 16-bit words of a vector.
pub(super) const WORDS: usize = 32;
