//! The update of a batch: the sum of the samples' changes, then one addition.

use std::ops::Range;

use apical_core::Counters;
use apical_core::record::Observe;
use pulp::{Simd, WithSimd, bytemuck};

use super::panel::{STRIP, Strips};
use super::short_rows;
use crate::dispatch::with_simd;
use crate::engine::Division;
use crate::engine::line::Line;

/// Rows that are taken together.
const ROWS: usize = 4;
/// Vectors of them: the sums leave registers for what they are made of, on AVX2 as well.
const VECTORS: usize = 2;

pub(crate) fn change(
    weights: Division<&mut [f32]>,
    samples: usize,
    post: &[f32],
    gain: f32,
    pre: &[f32],
) -> Counters {
    let samples = samples.max(1);
    let (all, columns) = (post.len() / samples, pre.len() / samples);
    if columns == 0 || all == 0 {
        return Counters::default();
    }
    let strips = (columns > 1).then(|| Strips::new(pre, columns));
    weights.run(|rows, w| {
        let mut counters = Counters::default();
        let changes = (rows.len() * columns) as u32;
        let lost = match &strips {
            None => short_rows::change(w, all, rows, post, gain, pre),
            Some(strips) => with_simd(Change {
                w,
                strips,
                factors: &factors(post, all, rows, gain),
            }),
        };
        counters.updated(changes, lost);
        counters
    })
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

    /// Strip by strip of four rows.
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> u32 {
        let columns = self.strips.columns;
        let samples = self.strips.samples;
        let mut adder = Adder {
            simd,
            lost: simd.splat_u32s(0),
        };
        let fours = self.w.chunks_mut(ROWS * columns);
        for (w, factors) in fours.zip(self.factors.chunks_exact(samples)) {
            let mut rows = w.chunks_mut(columns);
            let mut rows = [(); ROWS].map(|()| rows.next().unwrap_or_default());
            let full = if rows[ROWS - 1].is_empty() {
                0
            } else {
                columns / STRIP
            };
            let [a, b, c, d] = rows.each_mut().map(
                #[inline(always)]
                |row| row.as_chunks_mut::<STRIP>().0,
            );
            let fours = a.iter_mut().zip(b).zip(c).zip(d);
            for ((((a, b), c), d), x) in fours.zip(self.strips.from(0)) {
                adder.strip(&mut [a, b, c, d], factors, x);
            }
            // What fills no strip or is of fewer rows than four, in a place of its own. What is not
            // there is zero, does not change and is not counted.
            let rests = rows.map(|row| row.get_mut(full * STRIP..).unwrap_or_default());
            let mut rests = rests.map(|rest| rest.chunks_mut(STRIP));
            for x in self.strips.from(full) {
                let mut place = [[0.0; STRIP]; ROWS];
                let words = rests.each_mut().map(|rest| rest.next().unwrap_or_default());
                for (place, words) in place.iter_mut().zip(&words) {
                    place[..words.len()].copy_from_slice(words);
                }
                adder.strip(&mut place.each_mut(), factors, x);
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

/// Adds changes and counts those that were lost.
struct Adder<S: Simd> {
    simd: S,
    lost: S::u32s,
}

impl<S: Simd> Adder<S> {
    /// A strip of four rows, some vectors of it at a time.
    #[inline(always)]
    fn strip(
        &mut self,
        strip: &mut [&mut [f32; STRIP]; ROWS],
        factors: &[[f32; ROWS]],
        x: &[Line<f32, STRIP>],
    ) {
        let simd = self.simd;
        for first in (0..STRIP / S::F32_LANES).step_by(VECTORS) {
            // Zero less than nothing: not a bit of the first product is lost.
            let mut sums = [[simd.splat_f32s(-0.0); VECTORS]; ROWS];
            for (x, factors) in x.iter().zip(factors) {
                let x = &S::as_simd_f32s(&x.0).0[first..first + VECTORS];
                for r in 0..ROWS {
                    let c = simd.splat_f32s(factors[r]);
                    for v in 0..VECTORS {
                        sums[r][v] = simd.add_f32s(sums[r][v], simd.mul_f32s(c, x[v]));
                    }
                }
            }
            for r in 0..ROWS {
                let w = S::as_mut_simd_f32s(&mut *strip[r]).0;
                let w = &mut w[first..first + VECTORS];
                for v in 0..VECTORS {
                    w[v] = self.add(w[v], sums[r][v]);
                }
            }
        }
    }

    /// The weights with their changes; counts those that were lost.
    #[inline(always)]
    fn add(&mut self, old: S::f32s, sum: S::f32s) -> S::f32s {
        let simd = self.simd;
        let new = simd.add_f32s(old, sum);
        // What had nothing to add is compared with what is no number, and is not the same.
        let [zero, minus] = [simd.splat_u32s(0), simd.splat_u32s(u32::MAX)];
        let nothing = simd.equal_f32s(sum, simd.splat_f32s(0.0));
        let nothing = simd.select_u32s(nothing, minus, zero);
        let old = simd.or_u32s(simd.transmute_u32s_f32s(old), nothing);
        let same = simd.equal_f32s(new, simd.transmute_f32s_u32s(old));
        self.lost = simd.sub_u32s(self.lost, simd.select_u32s(same, minus, zero));
        new
    }
}
