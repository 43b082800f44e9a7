//! The update of a batch with stochastic rounding, 64 weights of a row at a time.

use apical_core::Counters;
use apical_core::batch::MAX_SAMPLES;
use apical_core::kernel::fixed::Gain;
use apical_core::precision::Draw;
use apical_core::random::Lcg;
use apical_core::record::{Observe, Quantity};
use pulp::bytemuck::{cast_slice, cast_slice_mut};

use super::factors::{Block, Errors, ROWS};
use super::vectors::{GROUP, Two, Vectors, Write};
use super::{Potential, Rate, Weight};
use crate::dispatch::dispatch;
use crate::engine::Division;
use crate::engine::line::Line;

pub(super) fn change<V: Vectors>(
    simd: V,
    weights: Division<&mut [Weight]>,
    samples: usize,
    post: &[Potential],
    gain: Gain,
    pre: &[Rate],
    draw: Draw,
) -> Counters {
    let samples = samples.max(1);
    let columns = pre.len() / samples;
    let pairs = &interleave::<V>(cast_slice(pre), samples, columns);
    let errors = Errors::new(post, samples, gain);
    weights.run(|rows, w| {
        let mut counters = Counters::default();
        let (mut block, mut both) = (Block::default(), [0; MAX_SAMPLES / 2]);
        let both = &mut both[..samples.div_ceil(2)];
        dispatch(
            #[inline(always)]
            || {
                let w: &mut [i16] = cast_slice_mut(w);
                for (some, first) in w.chunks_mut(ROWS * columns).zip(rows.step_by(ROWS)) {
                    block.fill(errors, first, some.len() / columns);
                    counters.saturated(Quantity::Weight, block.cut);
                    for (at, row) in some.chunks_exact_mut(columns).enumerate() {
                        for (both, two) in both.iter_mut().zip(block.mantissas.chunks(2)) {
                            let upper = two.get(1).map_or(0, |two| two[at] as u32);
                            *both = (two[0][at] as u32 & 0xffff | upper << 16) as i32;
                        }
                        let mut change = Row {
                            simd,
                            right: block.right[at],
                            factors: both,
                            random: Lcg::row(draw.key, (first + at) as u32),
                            counts: [simd.zero(); 2],
                        };
                        change.change(row, pairs);
                        let [saturated, lost] = simd.counted(change.counts);
                        counters.saturated(Quantity::Weight, saturated);
                        counters.updated(columns as u32, lost);
                    }
                }
            },
        );
        counters
    })
}

/// The rates by groups of columns: of each group all samples, two by two; zeros behind the last column.
fn interleave<V: Vectors>(pre: &[i16], samples: usize, columns: usize) -> Vec<Two> {
    let twos = samples.div_ceil(2);
    let mut groups: Vec<Two> = vec![[Line::default(); 4]; columns.div_ceil(GROUP) * twos];
    for (s, row) in pre.chunks_exact(columns).enumerate() {
        let place = groups[s / 2..].iter_mut().step_by(twos);
        for (two, words) in place.zip(row.chunks(GROUP)) {
            for (column, &word) in words.iter().enumerate() {
                let at = V::place(column);
                two[at / 16].0[at % 16][s % 2] = word;
            }
        }
    }
    groups
}

/// One row while it is changed.
struct Row<'r, V: Vectors> {
    simd: V,
    /// The shift of the sums.
    right: u32,
    /// Factors of two samples each, one in either half.
    factors: &'r [i32],
    random: Lcg,
    /// What saturated and what was lost.
    counts: [V::Vector; 2],
}

impl<V: Vectors> Row<'_, V> {
    #[inline(always)]
    fn change(&mut self, row: &mut [i16], pairs: &[Two]) {
        let mut pairs = pairs.chunks_exact(self.factors.len());
        let (groups, rest) = row.as_chunks_mut::<GROUP>();
        for (group, pairs) in groups.iter_mut().zip(pairs.by_ref()) {
            self.group(group, pairs);
        }
        if let Some(pairs) = pairs.next() {
            // Of the words behind the row nothing is changed, and nothing counted.
            let mut group = [0; GROUP];
            group[..rest.len()].copy_from_slice(rest);
            self.group(&mut group, pairs);
            rest.copy_from_slice(&group[..rest.len()]);
        }
    }

    #[inline(always)]
    fn group(&mut self, weights: &mut [i16; GROUP], pairs: &[Two]) {
        let write = Write {
            right: self.right,
            random: &self.random.draw::<32, GROUP>(),
        };
        self.counts = self
            .simd
            .change(self.counts, weights, self.factors, pairs, write);
    }
}
