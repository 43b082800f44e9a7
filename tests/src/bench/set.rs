//! The instruction sets the same code is compiled for.

use std::fmt;

use pulp::x86::{V3, V4};

/// An instruction set of this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Set {
    /// What every x86-64 has: SSE2, 128 bits.
    Baseline,
    /// AVX2, 256 bits.
    V3,
    /// AVX-512, 512 bits.
    V4,
}

impl Set {
    /// Those that this machine has.
    pub(crate) fn available() -> Vec<Self> {
        let mut sets = vec![Self::Baseline];
        sets.extend(V3::try_new().map(|_| Self::V3));
        sets.extend(V4::try_new().map(|_| Self::V4));
        sets
    }

    /// What the dispatcher of the host takes.
    pub(crate) fn chosen() -> Self {
        match pulp::Arch::new() {
            pulp::Arch::V4(_) => Self::V4,
            pulp::Arch::V3(_) => Self::V3,
            _ => Self::Baseline,
        }
    }

    /// Runs `f` compiled for this set, or for the baseline where the machine has not got it.
    #[inline(always)]
    pub(crate) fn run<R>(self, f: impl FnOnce() -> R) -> R {
        match self {
            Self::V3 if let Some(set) = V3::try_new() => set.vectorize(f),
            Self::V4 if let Some(set) = V4::try_new() => set.vectorize(f),
            _ => f(),
        }
    }
}

impl fmt::Display for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Baseline => "SSE2",
            Self::V3 => "AVX2",
            Self::V4 => "AVX-512",
        })
    }
}
