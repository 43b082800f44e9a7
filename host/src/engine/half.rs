//! i16: exact sums of 16-bit products, in AVX-512 where the machine has it, else core's kernels.
//!
//! The instruction that multiplies 16-bit words adds two products in 32 bits. How many of those a
//! lane can add before it might overflow follows from the largest weight of some rows and the
//! largest rate; only then are the lanes added up in 64 bits. Everything is exact, so the order
//! does not matter and the bits are core's.

use apical_core::batch::Block;
use apical_core::kernel::Into;
use apical_core::kernel::fixed::Gain;
use apical_core::precision::Draw;
use apical_core::{Counters, I16, Precision};

use super::Strip;

#[cfg(target_arch = "x86_64")]
mod wide;

type Weight = <I16 as Precision>::Weight;
type Rate = <I16 as Precision>::Rate;
type Potential = <I16 as Precision>::Potential;

pub(super) fn product(
    w: &[Weight],
    x: &[Rate],
    columns: usize,
    strip: Strip<'_, I16>,
    into: Into,
) -> Counters {
    #[cfg(target_arch = "x86_64")]
    if let Some(simd) = pulp::x86::V4::try_new()
        && columns >= wide::WORDS
    {
        return wide::product(simd, w, x, columns, strip, into);
    }
    super::product::<I16>(w, x, columns, strip, into)
}

pub(super) fn change(
    w: &mut [Weight],
    block: Block,
    post: &[Potential],
    gain: Gain,
    pre: &[Rate],
    draw: Draw,
) -> Counters {
    #[cfg(target_arch = "x86_64")]
    if let Some(simd) = pulp::x86::V4::try_new()
        && draw.rounding == apical_core::Rounding::Stochastic
        && pre.len() / block.samples.max(1) >= wide::WORDS
    {
        return wide::change(simd, w, block, post, gain, pre, draw);
    }
    super::change::<I16>(w, block, post, gain, pre, draw)
}
