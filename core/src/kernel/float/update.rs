//! The rank-one update, and the groups of lanes in which weights are changed.

macro_rules! update_kernels {
    () => {
        /// A row of presynaptic words in full groups of lanes and one more that ends where the
        /// row ends. The last one overlaps the others: whoever changes a row in groups loads
        /// it before the others are stored, so that every word is changed once.
        struct Groups<'x> {
            full: &'x [Lanes],
            last: &'x Lanes,
            /// One for the lanes of the last group that are in no full one.
            rest: Counts,
        }

        /// Every lane counts.
        const ALL: Counts = [1; LANES];

        /// The sum of the lanes.
        #[inline(always)]
        fn total(counts: Counts) -> u32 {
            counts.iter().fold(0, |sum, &count| sum + count as u32)
        }

        impl<'x> Groups<'x> {
            /// `None` where a row is better taken word by word: shorter than a group, or on a
            /// machine without vectors.
            #[inline(always)]
            fn new(pre: &'x [Word]) -> Option<Self> {
                let last = pre.last_chunk().filter(|_| VECTORS)?;
                let (full, left) = pre.as_chunks();
                let mut rest = [0; LANES];
                for rest in rest.iter_mut().rev().take(left.len()) {
                    *rest = 1;
                }
                Some(Self { full, last, rest })
            }
        }

        /// Whether a change was not zero and left the weight as it was. Without a branch.
        #[inline(always)]
        fn lost<O: Observe>(old: Word, change: Word) -> bool {
            O::ON && (change != 0.0) & (old + change == old)
        }

        /// The counts with the changes of a group that were not zero and left the weight as it was, in
        /// the lanes that count.
        #[inline(always)]
        fn count_lost(
            mut counts: Counts,
            counted: &Counts,
            old: &Lanes,
            new: &Lanes,
            changes: &Lanes,
        ) -> Counts {
            let words = old.iter().zip(new).zip(changes);
            for ((count, counted), ((old, new), &change)) in
                counts.iter_mut().zip(counted).zip(words)
            {
                *count += counted & Count::from((change != 0.0) & (new == old));
            }
            counts
        }

        /// w + c r for a group, and the counts with what was lost in the lanes that count.
        #[inline(always)]
        fn changed<O: Observe>(
            w: &Lanes,
            r: &Lanes,
            c: Word,
            counted: &Counts,
            mut counts: Counts,
        ) -> (Lanes, Counts) {
            let (mut new, mut changes) = (*w, [0.0; LANES]);
            for ((change, new), &r) in changes.iter_mut().zip(&mut new).zip(r) {
                *change = c * r;
                *new += *change;
            }
            if O::ON {
                counts = count_lost(counts, counted, w, &new, &changes);
            }
            (new, counts)
        }

        /// w -= fraction w.
        #[inline(always)]
        pub(crate) fn decay<O: Observe>(w: &mut [Word], fraction: Word, observer: &mut O) {
            let mut total = 0;
            for w in &mut *w {
                let change = -(fraction * *w);
                total += u32::from(lost::<O>(*w, change));
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
            let (mut words, mut lost_words, mut counts) = (0, 0, [0; LANES]);
            for (c, row) in post.zip(RowsMut::new(w, pre.len())) {
                words += pre.len() as u32;
                if let (Some(groups), Some(&w)) = (&groups, row.last_chunk()) {
                    let last;
                    (last, counts) = changed::<O>(&w, groups.last, c, &groups.rest, counts);
                    for (w, r) in row.as_chunks_mut().0.iter_mut().zip(groups.full) {
                        (*w, counts) = changed::<O>(w, r, c, &ALL, counts);
                        end_of_group();
                    }
                    if let Some(w) = row.last_chunk_mut() {
                        *w = last;
                    }
                } else {
                    for (w, &r) in row.iter_mut().zip(pre) {
                        lost_words += u32::from(lost::<O>(*w, c * r));
                        *w += c * r;
                    }
                }
            }
            observer.updated(words, lost_words + total(counts));
        }
    };
}

pub(super) use update_kernels;
