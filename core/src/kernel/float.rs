//! Kernels in f32 and f64 with one specified order of summation.
//!
//! A dot product runs in L lanes (8 in f64, 16 in f32): element j of every full group of L goes to
//! lane j. The rest of the row is cut into blocks of L/2, L/4, .. 1 elements, each added to the
//! first lanes. Then the upper half of the lanes is added to the lower half until one is left. No
//! product is contracted with its addition. Any machine that follows this has the same bits, be
//! its vectors 1, 4 or 16 words wide.

mod batch;
mod filter;
mod multiply;
mod update;

use super::{Into, Rows, RowsMut, VECTORS, end_of_group};
use crate::batch::{Block, MAX_SAMPLES};
use crate::record::Observe;
use batch::batch_kernels;
use core::hint::black_box;
use filter::filter_kernels;
use multiply::multiply_kernels;
use update::update_kernels;

/// What begins where a cache line does: a vector that crosses one is stored and loaded in two halves.
#[cfg_attr(target_pointer_width = "64", repr(align(64)))]
struct Line<T>(T);

// Macros and not functions of a type parameter: the number of lanes is the length of an array, which
// cannot depend on one.
macro_rules! float_kernels {
    ($module:ident, $float:ident, $count:ident, $lanes:literal, [$($half:literal),*]) => {
        pub(crate) mod $module {
            use super::{Into, Line, Observe, Rows, RowsMut, VECTORS, black_box, end_of_group};
            use super::{Block, MAX_SAMPLES};
            use super::{batch_kernels, filter_kernels, multiply_kernels, update_kernels};

            type Word = $float;
            const LANES: usize = $lanes;
            type Lanes = [Word; LANES];
            /// As wide as a word, so that a vector of comparisons is one of counts.
            type Count = $count;
            type Counts = [Count; LANES];

            multiply_kernels!([$($half),*]);
            update_kernels!();
            batch_kernels!();
            filter_kernels!();
        }
    };
}

/// The end of a row in f32: lanes as they stand after the full groups, what is left of weights and
/// rates, then the tree. For kernels of another shape that are to have the same bits.
#[inline(always)]
pub fn finish(lanes: [f32; 16], w: &[f32], x: &[f32]) -> f32 {
    single::finish(lanes, w, x)
}

float_kernels!(double, f64, u64, 8, [4, 2, 1]);
float_kernels!(single, f32, u32, 16, [8, 4, 2, 1]);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Counters, Silent};

    /// The order of the module's documentation, written out one element at a time.
    fn specified(w: &[f32], x: &[f32]) -> f32 {
        let mut lanes = [0.0_f32; 16];
        let full = w.len() / 16 * 16;
        for j in 0..full {
            lanes[j % 16] += w[j] * x[j];
        }
        let mut j = full;
        for block in [8, 4, 2, 1] {
            if w.len() - j >= block {
                for lane in 0..block {
                    lanes[lane] += w[j + lane] * x[j + lane];
                }
                j += block;
            }
        }
        for half in [8, 4, 2, 1] {
            for lane in 0..half {
                lanes[lane] += lanes[lane + half];
            }
        }
        lanes[0]
    }

    #[test]
    fn dot_products_follow_the_specified_order() {
        let key = crate::random::Key::new(1, 0, 0);
        let mut w = [0.0_f32; 7 * 67];
        let mut x = [0.0_f32; 67];
        for (i, w) in w.iter_mut().enumerate() {
            *w = (key.uniform(i as u32) - 0.5) as f32;
        }
        for (i, x) in x.iter_mut().enumerate() {
            *x = key.uniform(1000 + i as u32) as f32;
        }
        for columns in [1, 2, 3, 7, 15, 16, 17, 31, 48, 67] {
            let mut y = [0.5_f32; 7];
            single::mat_vec(&w, &x[..columns], &mut y, Into::Add);
            for (row, y) in w.chunks_exact(columns).zip(y) {
                assert_eq!(y.to_bits(), (0.5 + specified(row, &x[..columns])).to_bits());
            }
        }
    }

    #[test]
    fn transposed_is_the_sum_in_row_order() {
        let w = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0_f64];
        let mut y = [9.0; 3];
        double::mat_vec_transposed(&w, &[10.0, 100.0], &mut y, Into::Store);
        assert_eq!(y, [410.0, 520.0, 630.0]);
    }

    #[test]
    fn short_storage_is_no_panic() {
        let mut y = [1.0_f64; 5];
        double::mat_vec(&[1.0; 7], &[1.0; 3], &mut y, Into::Store);
        double::mat_vec(&[], &[], &mut y, Into::Store);
        assert_eq!(y, [0.0; 5]);
        double::mat_vec_transposed(&[], &[1.0], &mut [], Into::Add);
        double::rank_one(
            &mut [1.0_f64; 3],
            [1.0, 1.0].into_iter(),
            &[1.0; 2],
            &mut Silent,
        );
    }

    #[test]
    fn lost_updates_are_counted() {
        let mut w = [1.0_f32, 1.0];
        let mut counters = Counters::default();
        single::rank_one(&mut w, [1e-9].into_iter(), &[1.0, 1e9], &mut counters);
        assert_eq!((w, counters.updates, counters.lost), ([1.0, 2.0], 2, 1));
    }
}
