//! i16: exact sums of 16-bit products, in AVX-512 or AVX2 where the machine has them, else core's kernels.
//!
//! The instruction that multiplies 16-bit words adds two products in 32 bits. How many of those a
//! lane can add before it might overflow follows from the largest weight of some rows and the
//! largest rate; only then are the lanes added up in 64 bits. Everything is exact, so the order
//! does not matter and the bits are core's.

use apical_core::kernel::Into;
use apical_core::kernel::fixed::Gain;
use apical_core::precision::Draw;
use apical_core::{Counters, I16, Precision};

use super::{Division, Strip};

#[cfg(target_arch = "x86_64")]
mod change;
#[cfg(target_arch = "x86_64")]
mod narrow;
#[cfg(target_arch = "x86_64")]
mod product;
#[cfg(target_arch = "x86_64")]
mod vectors;
#[cfg(target_arch = "x86_64")]
mod wide;

type Weight = <I16 as Precision>::Weight;
type Rate = <I16 as Precision>::Rate;
type Potential = <I16 as Precision>::Potential;

pub(super) fn product(
    w: &[Weight],
    x: &[Rate],
    columns: usize,
    outputs: Division<Strip<'_, I16>>,
    into: Into,
) -> Counters {
    #[cfg(target_arch = "x86_64")]
    if columns >= vectors::WORDS {
        if let Some(simd) = pulp::x86::V4::try_new() {
            return product::product::<_, { wide::ROWS }>(simd, w, x, columns, outputs, into);
        }
        if let Some(simd) = pulp::x86::V3::try_new() {
            return product::product::<_, { narrow::ROWS }>(simd, w, x, columns, outputs, into);
        }
    }
    super::product::<I16>(w, x, columns, outputs, into)
}

pub(super) fn change(
    weights: Division<&mut [Weight]>,
    samples: usize,
    post: &[Potential],
    gain: Gain,
    pre: &[Rate],
    draw: Draw,
) -> Counters {
    #[cfg(target_arch = "x86_64")]
    if draw.rounding == apical_core::Rounding::Stochastic
        && (vectors::WORDS..=vectors::MOST).contains(&(pre.len() / samples.max(1)))
    {
        if let Some(simd) = pulp::x86::V4::try_new() {
            return change::change(simd, weights, samples, post, gain, pre, draw);
        }
        if let Some(simd) = pulp::x86::V3::try_new() {
            return change::change(simd, weights, samples, post, gain, pre, draw);
        }
    }
    super::change::<I16>(weights, samples, post, gain, pre, draw)
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use apical_core::Rounding;
    use apical_core::random::Key;
    use pulp::x86::{V3, V4};

    use super::vectors::Vectors;
    use super::*;
    use crate::engine::words;

    /// On this instruction set as by core, in all bits and counts.
    fn agrees<V: Vectors, const ROWS: usize>(simd: V, [rows, columns, samples]: [usize; 3]) {
        for largest in [0.05, 1.0, 1e9] {
            let at = (rows, columns, samples, largest);
            let mut w = words::<Weight>(rows * columns, 1, largest);
            let x = words::<Rate>(columns * samples, 2, largest);
            let mut want = vec![Potential::ZERO; rows * samples];
            let mut got = want.clone();
            let into = Into::Subtract;
            let outputs = Division::whole(rows, want.chunks_mut(rows).collect());
            let wanted = crate::engine::product::<I16>(&w, &x, columns, outputs, into);
            let outputs = Division::whole(rows, got.chunks_mut(rows).collect());
            let counted = product::product::<V, ROWS>(simd, &w, &x, columns, outputs, into);
            assert_eq!(got, want, "{at:?}");
            assert_eq!(counted.potential, wanted.potential, "{at:?}");

            let post = words::<Potential>(rows * samples, 3, largest);
            let Some(gain) = I16::gain(0.01) else {
                panic!("a rate of 0.01 fits");
            };
            let draw = Draw {
                rounding: Rounding::Stochastic,
                key: Key::new(7, 2, 4),
            };
            let mut want = w.clone();
            let whole = Division::whole(rows, &mut want[..]);
            let wanted = crate::engine::change::<I16>(whole, samples, &post, gain, &x, draw);
            let whole = Division::whole(rows, &mut w[..]);
            let counted = change::change(simd, whole, samples, &post, gain, &x, draw);
            assert_eq!(w, want, "{at:?}");
            assert_eq!(
                (counted.weight, counted.updates, counted.lost),
                (wanted.weight, wanted.updates, wanted.lost),
                "{at:?}"
            );
        }
    }

    #[test]
    fn every_instruction_set_has_cores_bits() {
        for shape in [
            [1, 32, 1],
            [5, 37, 3],
            [9, 100, 7],
            [4, 203, 10],
            [70, 130, 11],
        ] {
            if let Some(simd) = V3::try_new() {
                agrees::<V3, { narrow::ROWS }>(simd, shape);
            }
            if let Some(simd) = V4::try_new() {
                agrees::<V4, { wide::ROWS }>(simd, shape);
            }
        }
    }
}
