//! The filtered update: a low-pass filter of plasticity and what of it reaches the weights.

macro_rules! filter_kernels {
    () => {
        /// For a number of full groups that is not known at compile time; none at all is one.
        const ANY: usize = 0;

        /// The first `FULL` groups, whose number the compiler then knows, or all where it is [`ANY`].
        #[inline(always)]
        fn first<const FULL: usize>(groups: &[Lanes]) -> Option<&[Lanes]> {
            if FULL == ANY {
                return Some(groups);
            }
            let groups: &[Lanes] = groups.first_chunk::<FULL>()?;
            Some(groups)
        }

        /// The same, to be written.
        #[inline(always)]
        fn first_mut<const FULL: usize>(groups: &mut [Lanes]) -> Option<&mut [Lanes]> {
            if FULL == ANY {
                return Some(groups);
            }
            let groups: &mut [Lanes] = groups.first_chunk_mut::<FULL>()?;
            Some(groups)
        }

        /// The low-pass filter of plasticity and what reaches the weight.
        #[derive(Clone, Copy)]
        struct Filter<const LEARNS: bool> {
            gain: Word,
            k: Word,
        }

        impl<const LEARNS: bool> Filter<LEARNS> {
            /// One synapse: its weight, its trace, its induction. Whether a change was lost.
            #[inline(always)]
            fn one<O: Observe>(self, w: &mut Word, trace: &mut Word, induction: Word) -> bool {
                let mut was_lost = false;
                if LEARNS {
                    let change = self.gain * *trace;
                    was_lost = lost::<O>(*w, change);
                    *w += change;
                }
                *trace += self.k * (induction - *trace);
                was_lost
            }

            /// A group, and the counts with what was lost in the lanes that count.
            #[inline(always)]
            fn group<O: Observe>(
                self,
                (w, mut traces): (Lanes, Lanes),
                post: Word,
                pre: &Lanes,
                counted: &Counts,
                mut counts: Counts,
            ) -> (Lanes, Lanes, Counts) {
                let mut new = w;
                if LEARNS {
                    let mut changes = [0.0; LANES];
                    for ((change, new), trace) in changes.iter_mut().zip(&mut new).zip(&traces) {
                        *change = self.gain * *trace;
                        *new += *change;
                    }
                    if O::ON {
                        counts = count_lost(counts, counted, &w, &new, &changes);
                    }
                }
                for (trace, &r) in traces.iter_mut().zip(pre) {
                    *trace += self.k * (post * r - *trace);
                }
                (new, traces, counts)
            }

            /// Rows of `FULL` full groups, or of any number where it is [`ANY`].
            #[inline(always)]
            fn rows<'m, const FULL: usize, O: Observe>(
                self,
                groups: &Groups<'_>,
                rows: impl Iterator<Item = (Word, &'m mut [Word], &'m mut [Word])>,
            ) -> u32 {
                let mut counts = [0; LANES];
                let Some(full) = first::<FULL>(groups.full) else {
                    return 0;
                };
                for (post, row, traces) in rows {
                    let (Some(&w), Some(&trace)) = (row.last_chunk(), traces.last_chunk()) else {
                        break;
                    };
                    let (last, last_trace);
                    (last, last_trace, counts) =
                        self.group::<O>((w, trace), post, groups.last, &groups.rest, counts);
                    let (Some(w), Some(trace)) = (
                        first_mut::<FULL>(row.as_chunks_mut().0),
                        first_mut::<FULL>(traces.as_chunks_mut().0),
                    ) else {
                        break;
                    };
                    for ((w, trace), r) in w.iter_mut().zip(trace).zip(full) {
                        (*w, *trace, counts) = self.group::<O>((*w, *trace), post, r, &ALL, counts);
                        end_of_group();
                    }
                    if let (Some(w), Some(trace)) = (row.last_chunk_mut(), traces.last_chunk_mut())
                    {
                        (*w, *trace) = (last, last_trace);
                    }
                }
                total(counts)
            }

            #[inline(always)]
            fn matrix<O: Observe>(
                self,
                w: &mut [Word],
                traces: &mut [Word],
                post: &[Word],
                pre: &[Word],
                observer: &mut O,
            ) {
                let words = w.len().min(post.len() * pre.len());
                let mut total = 0;
                let rows = RowsMut::new(w, pre.len()).zip(RowsMut::new(traces, pre.len()));
                let rows = post.iter().zip(rows);
                if let Some(groups) = Groups::new(pre) {
                    let rows = rows.map(
                        #[inline(always)]
                        |(&post, (row, traces))| (post, row, traces),
                    );
                    total = match groups.full.len() {
                        1 => self.rows::<1, O>(&groups, rows),
                        2 => self.rows::<2, O>(&groups, rows),
                        3 => self.rows::<3, O>(&groups, rows),
                        _ => self.rows::<ANY, O>(&groups, rows),
                    };
                } else {
                    for (&post, (row, traces)) in rows {
                        for ((w, trace), &r) in row.iter_mut().zip(traces).zip(pre) {
                            total += u32::from(self.one::<O>(w, trace, post * r));
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
        #[expect(
            clippy::too_many_arguments,
            reason = "the kernel of an equation of this many terms"
        )]
        pub(crate) fn filtered<O: Observe>(
            w: &mut [Word],
            traces: &mut [Word],
            post: &[Word],
            pre: &[Word],
            gain: Word,
            k: Word,
            learns: bool,
            observer: &mut O,
        ) {
            if learns {
                Filter::<true> { gain, k }.matrix(w, traces, post, pre, observer);
            } else {
                Filter::<false> { gain, k }.matrix(w, traces, post, pre, observer);
            }
        }
    };
}

pub(super) use filter_kernels;
