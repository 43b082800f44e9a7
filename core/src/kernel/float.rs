//! Kernels in f32 and f64 with one specified order of summation.
//!
//! A dot product runs in L lanes (8 in f64, 16 in f32): element j of every full group of L goes to
//! lane j. The rest of the row is cut into blocks of L/2, L/4, .. 1 elements, each added to the
//! first lanes. Then the upper half of the lanes is added to the lower half until one is left. No
//! product is contracted with its addition. Any machine that follows this has the same bits, be
//! its vectors 1, 4 or 16 words wide.

use super::{Into, Rows, RowsMut, VECTORS, end_of_group};
use crate::record::Observe;
use core::hint::black_box;

/// What begins where a cache line does: a vector that crosses one is stored and loaded in two halves.
#[cfg_attr(target_pointer_width = "64", repr(align(64)))]
struct Line<T>(T);

macro_rules! float_kernels {
    ($module:ident, $float:ident, $lanes:literal, [$($half:literal),*]) => {
        pub(crate) mod $module {
            use super::{Into, Line, Observe, Rows, RowsMut, VECTORS, black_box, end_of_group};

            type Lanes = [$float; $lanes];

            #[inline(always)]
            fn multiply_add<const N: usize>(
                sum: &mut [$float; N],
                w: &[$float; N],
                x: &[$float; N],
            ) {
                for ((sum, &w), &x) in sum.iter_mut().zip(w).zip(x) {
                    *sum += w * x;
                }
            }

            /// The lanes of some rows, as they stand after the full groups.
            ///
            /// The barrier keeps every row's lanes in one vector: without it the compiler builds
            /// the pairs of the tree's end into the loop, which then runs in vectors of two.
            #[inline(always)]
            fn settle<const ROWS: usize>(sums: [Lanes; ROWS]) -> [Lanes; ROWS] {
                if VECTORS { black_box(Line(sums)).0 } else { sums }
            }

            /// The rest of a row that does not fill all lanes, then the tree.
            #[inline(always)]
            fn finish(mut sum: Lanes, mut w: &[$float], mut x: &[$float]) -> $float {
                $(
                    if let (Some((w_block, w_rest)), Some((x_block, x_rest)), Some(sum)) = (
                        w.split_first_chunk::<$half>(),
                        x.split_first_chunk::<$half>(),
                        sum.first_chunk_mut(),
                    ) {
                        multiply_add(sum, w_block, x_block);
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
                if x.is_empty() && into == Into::Store {
                    y.fill(0.0);
                }
                let (x_groups, x_rest) = x.as_chunks();
                let mut rows = Rows::new(w, x.len()).map(
                    #[inline(always)]
                    |row| row.as_chunks(),
                );
                let (y_fours, y_rest) = y.as_chunks_mut::<4>();
                for y in y_fours {
                    let Some(a) = rows.next() else { return };
                    let Some(b) = rows.next() else { return };
                    let Some(c) = rows.next() else { return };
                    let Some(d) = rows.next() else { return };
                    let mut sums = [[0.0; $lanes]; 4];
                    let groups = x_groups.iter().zip(a.0).zip(b.0).zip(c.0).zip(d.0);
                    for ((((x, a), b), c), d) in groups {
                        multiply_add(&mut sums[0], a, x);
                        multiply_add(&mut sums[1], b, x);
                        multiply_add(&mut sums[2], c, x);
                        multiply_add(&mut sums[3], d, x);
                    }
                    let rests = [a.1, b.1, c.1, d.1];
                    for ((y, sum), rest) in y.iter_mut().zip(settle(sums)).zip(rests) {
                        put(y, finish(sum, rest, x_rest), into);
                    }
                }
                for (y, (groups, rest)) in y_rest.iter_mut().zip(rows) {
                    let mut sum = [0.0; $lanes];
                    for (x, w) in x_groups.iter().zip(groups) {
                        multiply_add(&mut sum, w, x);
                    }
                    let [sum] = settle([sum]);
                    put(y, finish(sum, rest, x_rest), into);
                }
            }

            /// The transpose of W times x: every output is summed in the order of the rows. Four
            /// rows a sweep, so that an output is loaded and stored once for four products.
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
                let mut rows = Rows::new(w, y.len());
                let sign = if into == Into::Subtract { -1.0 } else { 1.0 };
                let (x_fours, x_rest) = x.as_chunks::<4>();
                for x in x_fours {
                    let (Some(a), Some(b), Some(c), Some(d)) =
                        (rows.next(), rows.next(), rows.next(), rows.next())
                    else {
                        break;
                    };
                    let [x0, x1, x2, x3] = x.map(|x| sign * x);
                    for ((((y, &a), &b), &c), &d) in y.iter_mut().zip(a).zip(b).zip(c).zip(d) {
                        *y = (((*y + a * x0) + b * x1) + c * x2) + d * x3;
                    }
                }
                for (&x, row) in x_rest.iter().zip(rows) {
                    let x = sign * x;
                    for (y, &w) in y.iter_mut().zip(row) {
                        *y += w * x;
                    }
                }
            }

            /// A row of presynaptic words in full groups of lanes and one more that ends where the
            /// row ends. The last one overlaps the others: whoever changes a row in groups loads
            /// it before the others are stored, so that every word is changed once.
            struct Groups<'x> {
                full: &'x [Lanes],
                last: &'x Lanes,
                /// Lanes of the last group that are in no full one.
                rest: usize,
            }

            impl<'x> Groups<'x> {
                /// `None` where a row is better taken word by word: shorter than a group, or on a
                /// machine without vectors.
                #[inline(always)]
                fn new(pre: &'x [$float]) -> Option<Self> {
                    let last = pre.last_chunk().filter(|_| VECTORS)?;
                    let (full, rest) = pre.as_chunks();
                    Some(Self { full, last, rest: rest.len() })
                }
            }

            /// Whether a change was not zero and left the weight as it was.
            #[inline(always)]
            fn lost<O: Observe>(old: $float, change: $float) -> u32 {
                if O::ON { u32::from(change != 0.0 && old + change == old) } else { 0 }
            }

            /// w + c r for a group, and how many of the last `count` changes were lost.
            #[inline(always)]
            fn changed<O: Observe>(w: &Lanes, r: &Lanes, c: $float, count: usize) -> (Lanes, u32) {
                let (mut new, mut total) = (*w, 0);
                for (lane, (new, &r)) in new.iter_mut().zip(r).enumerate() {
                    if lane + count >= $lanes {
                        total += lost::<O>(*new, c * r);
                    }
                    *new += c * r;
                }
                (new, total)
            }

            /// w += post pre^T, where post already holds the learning rate.
            #[inline(always)]
            pub(crate) fn rank_one<O: Observe>(
                w: &mut [$float],
                post: impl Iterator<Item = $float>,
                pre: &[$float],
                observer: &mut O,
            ) {
                let groups = Groups::new(pre);
                for (c, row) in post.zip(RowsMut::new(w, pre.len())) {
                    let mut total = 0;
                    if let (Some(groups), Some(&w)) = (&groups, row.last_chunk()) {
                        let (last, count) = changed::<O>(&w, groups.last, c, groups.rest);
                        total += count;
                        for (w, r) in row.as_chunks_mut().0.iter_mut().zip(groups.full) {
                            let (new, count) = changed::<O>(w, r, c, $lanes);
                            *w = new;
                            total += count;
                            end_of_group();
                        }
                        if let Some(w) = row.last_chunk_mut() {
                            *w = last;
                        }
                    } else {
                        for (w, &r) in row.iter_mut().zip(pre) {
                            total += lost::<O>(*w, c * r);
                            *w += c * r;
                        }
                    }
                    observer.updated(pre.len() as u32, total);
                }
            }

            /// The low-pass filter of plasticity and what reaches the weight.
            #[derive(Clone, Copy)]
            struct Filter<const LEARNS: bool> {
                gain: $float,
                k: $float,
            }

            impl<const LEARNS: bool> Filter<LEARNS> {
                /// One synapse: its weight, its trace, its induction. Whether a change was lost.
                #[inline(always)]
                fn one<O: Observe>(self, w: &mut $float, trace: &mut $float, induction: $float) -> u32 {
                    let mut count = 0;
                    if LEARNS {
                        let change = self.gain * *trace;
                        count = lost::<O>(*w, change);
                        *w += change;
                    }
                    *trace += self.k * (induction - *trace);
                    count
                }

                /// A group, and how many of the last `count` changes were lost.
                #[inline(always)]
                fn group<O: Observe>(
                    self,
                    (mut w, mut traces): (Lanes, Lanes),
                    post: $float,
                    pre: &Lanes,
                    count: usize,
                ) -> (Lanes, Lanes, u32) {
                    let mut total = 0;
                    for (lane, ((w, trace), &r)) in w.iter_mut().zip(&mut traces).zip(pre).enumerate() {
                        let lost = self.one::<O>(w, trace, post * r);
                        if lane + count >= $lanes {
                            total += lost;
                        }
                    }
                    (w, traces, total)
                }

                /// Rows of `FULL` full groups.
                #[inline(always)]
                fn rows<'m, const FULL: usize, O: Observe>(
                    self,
                    groups: &Groups<'_>,
                    rows: impl Iterator<Item = ($float, &'m mut [$float], &'m mut [$float])>,
                ) -> u32 {
                    let mut total = 0;
                    let Some(full) = groups.full.first_chunk::<FULL>() else { return 0 };
                    for (post, row, traces) in rows {
                        let (Some(&w), Some(&trace)) = (row.last_chunk(), traces.last_chunk())
                        else {
                            break;
                        };
                        let (last, last_trace, count) =
                            self.group::<O>((w, trace), post, groups.last, groups.rest);
                        total += count;
                        let (Some(w), Some(trace)) = (
                            row.as_chunks_mut().0.first_chunk_mut::<FULL>(),
                            traces.as_chunks_mut().0.first_chunk_mut::<FULL>(),
                        ) else {
                            break;
                        };
                        for ((w, trace), r) in w.iter_mut().zip(trace).zip(full) {
                            let (new, new_trace, count) =
                                self.group::<O>((*w, *trace), post, r, $lanes);
                            (*w, *trace) = (new, new_trace);
                            total += count;
                            end_of_group();
                        }
                        if let (Some(w), Some(trace)) =
                            (row.last_chunk_mut(), traces.last_chunk_mut())
                        {
                            (*w, *trace) = (last, last_trace);
                        }
                    }
                    total
                }

                /// Rows of any number of groups.
                #[inline(always)]
                fn rows_of_any<'m, O: Observe>(
                    self,
                    groups: &Groups<'_>,
                    rows: impl Iterator<Item = ($float, &'m mut [$float], &'m mut [$float])>,
                ) -> u32 {
                    let mut total = 0;
                    for (post, row, traces) in rows {
                        let (Some(&w), Some(&trace)) = (row.last_chunk(), traces.last_chunk())
                        else {
                            break;
                        };
                        let (last, last_trace, count) =
                            self.group::<O>((w, trace), post, groups.last, groups.rest);
                        total += count;
                        let rows = row.as_chunks_mut().0.iter_mut().zip(traces.as_chunks_mut().0);
                        for ((w, trace), r) in rows.zip(groups.full) {
                            let (new, new_trace, count) =
                                self.group::<O>((*w, *trace), post, r, $lanes);
                            (*w, *trace) = (new, new_trace);
                            total += count;
                            end_of_group();
                        }
                        if let (Some(w), Some(trace)) =
                            (row.last_chunk_mut(), traces.last_chunk_mut())
                        {
                            (*w, *trace) = (last, last_trace);
                        }
                    }
                    total
                }

                #[inline(always)]
                fn matrix<O: Observe>(
                    self,
                    w: &mut [$float],
                    traces: &mut [$float],
                    post: &[$float],
                    pre: &[$float],
                    observer: &mut O,
                ) {
                    let words = w.len().min(post.len() * pre.len());
                    let mut total = 0;
                    let rows = RowsMut::new(w, pre.len()).zip(RowsMut::new(traces, pre.len()));
                    let rows = post.iter().zip(rows);
                    if let Some(groups) = Groups::new(pre) {
                        let rows = rows.map(#[inline(always)] |(&post, (row, traces))| (post, row, traces));
                        total = match groups.full.len() {
                            1 => self.rows::<1, O>(&groups, rows),
                            2 => self.rows::<2, O>(&groups, rows),
                            3 => self.rows::<3, O>(&groups, rows),
                            _ => self.rows_of_any::<O>(&groups, rows),
                        };
                    } else {
                        for (&post, (row, traces)) in rows {
                            for ((w, trace), &r) in row.iter_mut().zip(traces).zip(pre) {
                                total += self.one::<O>(w, trace, post * r);
                            }
                        }
                    }
                    if LEARNS {
                        observer.updated(words as u32, total);
                    }
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
                if learns {
                    Filter::<true> { gain, k }.matrix(w, traces, post, pre, observer);
                } else {
                    Filter::<false> { gain, k }.matrix(w, traces, post, pre, observer);
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
