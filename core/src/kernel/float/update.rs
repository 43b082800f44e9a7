//! The rank-one update, and the groups of lanes in which weights are changed.

macro_rules! update_kernels {
    () => {
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
            fn new(pre: &'x [Word]) -> Option<Self> {
                let last = pre.last_chunk().filter(|_| VECTORS)?;
                let (full, rest) = pre.as_chunks();
                Some(Self {
                    full,
                    last,
                    rest: rest.len(),
                })
            }
        }

        /// Whether a change was not zero and left the weight as it was.
        #[inline(always)]
        fn lost<O: Observe>(old: Word, change: Word) -> u32 {
            if O::ON {
                u32::from(change != 0.0 && old + change == old)
            } else {
                0
            }
        }

        /// w + c r for a group, and how many of the last `count` changes were lost.
        #[inline(always)]
        fn changed<O: Observe>(w: &Lanes, r: &Lanes, c: Word, count: usize) -> (Lanes, u32) {
            let (mut new, mut total) = (*w, 0);
            for (lane, (new, &r)) in new.iter_mut().zip(r).enumerate() {
                if lane + count >= LANES {
                    total += lost::<O>(*new, c * r);
                }
                *new += c * r;
            }
            (new, total)
        }

        /// w -= fraction w.
        #[inline(always)]
        pub(crate) fn decay<O: Observe>(w: &mut [Word], fraction: Word, observer: &mut O) {
            let mut total = 0;
            for w in &mut *w {
                let change = -(fraction * *w);
                total += lost::<O>(*w, change);
                *w += change;
            }
            observer.updated(w.len() as u32, total);
        }

        /// w += post pre^T, where post already holds the learning rate.
        #[inline(always)]
        pub(crate) fn rank_one<O: Observe>(
            w: &mut [Word],
            post: impl Iterator<Item = Word>,
            pre: &[Word],
            observer: &mut O,
        ) {
            let groups = Groups::new(pre);
            for (c, row) in post.zip(RowsMut::new(w, pre.len())) {
                let mut total = 0;
                if let (Some(groups), Some(&w)) = (&groups, row.last_chunk()) {
                    let (last, count) = changed::<O>(&w, groups.last, c, groups.rest);
                    total += count;
                    for (w, r) in row.as_chunks_mut().0.iter_mut().zip(groups.full) {
                        let (new, count) = changed::<O>(w, r, c, LANES);
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
    };
}

pub(super) use update_kernels;
