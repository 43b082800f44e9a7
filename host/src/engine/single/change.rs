//! The update of a batch: the sum of the samples' changes, then one addition.

use std::ops::Range;

use apical_core::Counters;
use apical_core::batch::Block;
use apical_core::record::Observe;
use pulp::{Simd, WithSimd, bytemuck};

use super::panel::{STRIP, Strips};
use crate::dispatch::with_simd;
use crate::engine::line::Line;

/// Rows that are taken together.
const ROWS: usize = 4;
/// Strips whose rates stay in the first cache while all rows pass by.
const BLOCK: usize = 8;

pub(crate) fn change(
    w: &mut [f32],
    block: Block,
    post: &[f32],
    gain: f32,
    pre: &[f32],
) -> Counters {
    let mut counters = Counters::default();
    let samples = block.samples.max(1);
    let (all, columns) = (post.len() / samples, pre.len() / samples);
    if columns == 0 || all == 0 {
        return counters;
    }
    let rows = w.len() / columns;
    let lost = with_simd(Change {
        w,
        strips: &Strips::new(pre, columns),
        factors: &factors(post, all, block.first..block.first + rows, gain),
    });
    counters.updated((rows * columns) as u32, lost);
    counters
}

/// gain x post of some rows, which are all of a matrix or a part: four rows side by side, sample by
/// sample, then the next four.
pub(super) fn factors(post: &[f32], all: usize, rows: Range<usize>, gain: f32) -> Vec<[f32; ROWS]> {
    let samples = post.len() / all;
    let mut factors = vec![[0.0; ROWS]; rows.len().div_ceil(ROWS) * samples];
    for (s, post) in post.chunks_exact(all).enumerate() {
        let fours = factors[s..].iter_mut().step_by(samples);
        for (four, post) in fours.zip(post[rows.clone()].chunks(ROWS)) {
            for (factor, post) in four.iter_mut().zip(post) {
                *factor = gain * post;
            }
        }
    }
    factors
}

pub(super) struct Change<'a> {
    pub(super) w: &'a mut [f32],
    pub(super) strips: &'a Strips,
    /// Of each four rows: for each sample.
    pub(super) factors: &'a [[f32; ROWS]],
}

impl WithSimd for Change<'_> {
    type Output = u32;

    /// Four rows and two vectors at a time: their sums leave registers for what they are made of.
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> u32 {
        self.fours::<S, ROWS, 2>(simd)
    }
}

impl Change<'_> {
    #[inline(always)]
    fn fours<S: Simd, const TOGETHER: usize, const VECTORS: usize>(self, simd: S) -> u32 {
        let columns = self.strips.columns;
        let samples = self.strips.samples;
        let full = columns / STRIP;
        let mut adder = Adder {
            simd,
            lost: simd.splat_u32s(0),
        };
        for first in (0..full).step_by(BLOCK) {
            let block = first * STRIP..full.min(first + BLOCK) * STRIP;
            let fours = self.w.chunks_exact_mut(ROWS * columns);
            for (w, factors) in fours.zip(self.factors.chunks_exact(samples)) {
                let [a, b, c, d] = four(w, columns).map(
                    #[inline(always)]
                    |row| row[block.clone()].as_chunks_mut::<STRIP>().0,
                );
                let fours = a.iter_mut().zip(b).zip(c).zip(d);
                for ((((a, b), c), d), x) in fours.zip(self.strips.from(first)) {
                    adder.strip::<TOGETHER, VECTORS>(&mut [a, b, c, d], factors, x);
                }
            }
        }
        // What fills no strip or is of fewer rows than four, in a place of its own. What is not there
        // is zero, does not change and is not counted.
        let fours = self.w.chunks_mut(ROWS * columns);
        for (w, factors) in fours.zip(self.factors.chunks_exact(samples)) {
            let full = if w.len() < ROWS * columns { 0 } else { full };
            let rests = four(w, columns).map(|row| row.get_mut(full * STRIP..).unwrap_or_default());
            let mut rests = rests.map(|rest| rest.chunks_mut(STRIP));
            for x in self.strips.from(full) {
                let mut place = [[0.0; STRIP]; ROWS];
                let words = rests.each_mut().map(|rest| rest.next().unwrap_or_default());
                for (place, words) in place.iter_mut().zip(&words) {
                    place[..words.len()].copy_from_slice(words);
                }
                adder.strip::<TOGETHER, VECTORS>(&mut place.each_mut(), factors, x);
                for (place, words) in place.iter().zip(words) {
                    words.copy_from_slice(&place[..words.len()]);
                }
            }
        }
        bytemuck::cast_slice::<S::u32s, u32>(&[adder.lost])
            .iter()
            .sum()
    }
}

/// The rows of four; empty ones behind the last.
#[inline(always)]
fn four(w: &mut [f32], columns: usize) -> [&mut [f32]; ROWS] {
    let mut rows = w.chunks_mut(columns);
    [(); ROWS].map(
        #[inline(always)]
        |()| rows.next().unwrap_or_default(),
    )
}

/// Adds changes and counts those that were lost.
struct Adder<S: Simd> {
    simd: S,
    lost: S::u32s,
}

impl<S: Simd> Adder<S> {
    /// A strip of four rows, some rows and vectors of it at a time.
    #[inline(always)]
    fn strip<const TOGETHER: usize, const VECTORS: usize>(
        &mut self,
        strip: &mut [&mut [f32; STRIP]; ROWS],
        factors: &[[f32; ROWS]],
        x: &[Line<f32, STRIP>],
    ) {
        let simd = self.simd;
        for first_row in (0..ROWS).step_by(TOGETHER) {
            for first in (0..STRIP / S::F32_LANES).step_by(VECTORS) {
                // Zero less than nothing: not a bit of the first product is lost.
                let mut sums = [[simd.splat_f32s(-0.0); VECTORS]; TOGETHER];
                for (x, factors) in x.iter().zip(factors) {
                    let x = &S::as_simd_f32s(&x.0).0[first..first + VECTORS];
                    for r in 0..TOGETHER {
                        let c = simd.splat_f32s(factors[first_row + r]);
                        for v in 0..VECTORS {
                            sums[r][v] = simd.add_f32s(sums[r][v], simd.mul_f32s(c, x[v]));
                        }
                    }
                }
                for r in 0..TOGETHER {
                    let w = S::as_mut_simd_f32s(&mut *strip[first_row + r]).0;
                    let w = &mut w[first..first + VECTORS];
                    for v in 0..VECTORS {
                        w[v] = self.add(w[v], sums[r][v]);
                    }
                }
            }
        }
    }

    /// The weights with their changes; counts those that were lost.
    #[inline(always)]
    fn add(&mut self, old: S::f32s, sum: S::f32s) -> S::f32s {
        let simd = self.simd;
        let new = simd.add_f32s(old, sum);
        // Minus one where it holds: all that stay the same, without those that had nothing to add.
        let [zero, minus] = [simd.splat_u32s(0), simd.splat_u32s(u32::MAX)];
        let same = simd.select_u32s(simd.equal_f32s(new, old), minus, zero);
        let nothing = simd.equal_f32s(sum, simd.splat_f32s(0.0));
        let nothing = simd.select_u32s(nothing, minus, zero);
        self.lost = simd.add_u32s(simd.sub_u32s(self.lost, same), nothing);
        new
    }
}
