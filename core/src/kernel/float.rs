//! Kernels in f32 and f64 with one specified order of summation.
//!
//! A dot product runs in L lanes (8 in f64, 16 in f32): element j of every full group of L goes to
//! lane j. The rest of the row is cut into blocks of L/2, L/4, .. 1 elements, each added to the
//! first lanes. Then the upper half of the lanes is added to the lower half until one is left. No
//! product is contracted with its addition. Any machine that follows this has the same bits, be
//! its vectors 1, 4 or 16 words wide.

use super::Into;
use crate::record::Observe;

macro_rules! float_kernels {
    ($module:ident, $float:ident, $lanes:literal, [$($half:literal),*]) => {
        pub(crate) mod $module {
            use super::{Into, Observe};

            type Lanes = [$float; $lanes];

            #[inline(always)]
            fn multiply_add<const N: usize>(sum: &mut Lanes, w: &[$float; N], x: &[$float; N]) {
                for ((sum, &w), &x) in sum.iter_mut().zip(w).zip(x) {
                    *sum += w * x;
                }
            }

            /// The rest of a row that does not fill all lanes, then the tree.
            #[inline(always)]
            fn finish(mut sum: Lanes, mut w: &[$float], mut x: &[$float]) -> $float {
                $(
                    if let (Some((w_block, w_rest)), Some((x_block, x_rest))) =
                        (w.split_first_chunk::<$half>(), x.split_first_chunk::<$half>())
                    {
                        multiply_add(&mut sum, w_block, x_block);
                        (w, x) = (w_rest, x_rest);
                    }
                )*
                let _ = (w, x);
                $(
                    for lane in 0..$half {
                        sum[lane] += sum[lane + $half];
                    }
                )*
                sum[0]
            }

            #[inline(always)]
            fn put(y: &mut $float, value: $float, into: Into) {
                *y = match into {
                    Into::Store => value,
                    Into::Add => *y + value,
                    Into::Subtract => *y - value,
                };
            }

            /// W x. Four rows at a time, which changes no row's order.
            #[inline(always)]
            pub(crate) fn mat_vec(w: &[$float], x: &[$float], y: &mut [$float], into: Into) {
                if x.is_empty() {
                    if into == Into::Store {
                        y.fill(0.0);
                    }
                    return;
                }
                let (x_groups, x_rest) = x.as_chunks::<$lanes>();
                let mut rows = w.chunks_exact(x.len()).map(|row| {
                    let (groups, rest) = row.as_chunks::<$lanes>();
                    (groups, rest)
                });
                let (y_fours, y_rest) = y.as_chunks_mut::<4>();
                for y in y_fours {
                    let (Some(a), Some(b), Some(c), Some(d)) =
                        (rows.next(), rows.next(), rows.next(), rows.next())
                    else {
                        return;
                    };
                    let mut sums = [[0.0; $lanes]; 4];
                    let groups = x_groups.iter().zip(a.0).zip(b.0).zip(c.0).zip(d.0);
                    for ((((x, a), b), c), d) in groups {
                        multiply_add(&mut sums[0], a, x);
                        multiply_add(&mut sums[1], b, x);
                        multiply_add(&mut sums[2], c, x);
                        multiply_add(&mut sums[3], d, x);
                    }
                    let [s0, s1, s2, s3] = sums;
                    let [y0, y1, y2, y3] = y;
                    put(y0, finish(s0, a.1, x_rest), into);
                    put(y1, finish(s1, b.1, x_rest), into);
                    put(y2, finish(s2, c.1, x_rest), into);
                    put(y3, finish(s3, d.1, x_rest), into);
                }
                for (y, (groups, rest)) in y_rest.iter_mut().zip(rows) {
                    let mut sum = [0.0; $lanes];
                    for (x, w) in x_groups.iter().zip(groups) {
                        multiply_add(&mut sum, w, x);
                    }
                    put(y, finish(sum, rest, x_rest), into);
                }
            }

            /// The transpose of W times x: every output is summed in the order of the rows.
            #[inline(always)]
            pub(crate) fn mat_vec_transposed(
                w: &[$float],
                x: &[$float],
                y: &mut [$float],
                into: Into,
            ) {
                if into == Into::Store {
                    y.fill(0.0);
                }
                if y.is_empty() {
                    return;
                }
                for (&x, row) in x.iter().zip(w.chunks_exact(y.len())) {
                    let x = if into == Into::Subtract { -x } else { x };
                    for (y, &w) in y.iter_mut().zip(row) {
                        *y += w * x;
                    }
                }
            }

            /// w += post pre^T, where post already holds the learning rate.
            #[inline(always)]
            pub(crate) fn rank_one<O: Observe>(
                w: &mut [$float],
                post: impl Iterator<Item = $float>,
                pre: &[$float],
                observer: &mut O,
            ) {
                if pre.is_empty() {
                    return;
                }
                for (c, row) in post.zip(w.chunks_exact_mut(pre.len())) {
                    let mut lost = 0;
                    for (w, &r) in row.iter_mut().zip(pre) {
                        let change = c * r;
                        let new = *w + change;
                        if O::ON {
                            lost += u32::from(change != 0.0 && new == *w);
                        }
                        *w = new;
                    }
                    observer.updated(pre.len() as u32, lost);
                }
            }

            /// w += gain trace; trace += k (post pre^T - trace).
            #[inline(always)]
            #[expect(clippy::too_many_arguments, reason = "the kernel of an equation of this many terms")]
            pub(crate) fn filtered<O: Observe>(
                w: &mut [$float],
                traces: &mut [$float],
                post: &[$float],
                pre: &[$float],
                gain: $float,
                k: $float,
                learns: bool,
                observer: &mut O,
            ) {
                if pre.is_empty() {
                    return;
                }
                let rows = w.chunks_exact_mut(pre.len()).zip(traces.chunks_exact_mut(pre.len()));
                for (&post, (row, traces)) in post.iter().zip(rows) {
                    let mut lost = 0;
                    if learns {
                        for ((w, trace), &r) in row.iter_mut().zip(traces).zip(pre) {
                            let change = gain * *trace;
                            let new = *w + change;
                            if O::ON {
                                lost += u32::from(change != 0.0 && new == *w);
                            }
                            *w = new;
                            *trace += k * (post * r - *trace);
                        }
                        observer.updated(pre.len() as u32, lost);
                    } else {
                        for (trace, &r) in traces.iter_mut().zip(pre) {
                            *trace += k * (post * r - *trace);
                        }
                    }
                }
            }
        }
    };
}

float_kernels!(double, f64, 8, [4, 2, 1]);
float_kernels!(single, f32, 16, [8, 4, 2, 1]);

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
