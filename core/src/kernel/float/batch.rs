//! The update of a batch: the sum of the samples' changes, then one addition.

macro_rules! batch_kernels {
    () => {
        /// The changes of one row: a factor for each sample, and all presynaptic words.
        #[derive(Clone, Copy)]
        struct Changes<'x> {
            factors: &'x [Word],
            pre: &'x [Word],
            columns: usize,
        }

        /// sums + c x.
        #[inline(always)]
        fn add<const N: usize>(sums: &mut [Word; N], c: Word, x: &[Word; N]) {
            for (sum, &x) in sums.iter_mut().zip(x) {
                *sum += c * x;
            }
        }

        impl Changes<'_> {
            /// Changes `GROUPS` groups of `N` weights from column `first`, whose sums stay in
            /// registers: groups of one vector each, which the compiler keeps apart. How many
            /// changes were lost.
            #[inline(always)]
            fn change<O: Observe, const GROUPS: usize, const N: usize>(
                &self,
                w: &mut [[Word; N]; GROUPS],
                first: usize,
            ) -> u32 {
                // Not zero plus it: zero less than nothing would be lost.
                let mut sums = [[-0.0; N]; GROUPS];
                let rows = self.pre.chunks_exact(self.columns.max(1));
                for (&c, row) in self.factors.iter().zip(rows) {
                    let groups = row.get(first..).unwrap_or(&[]).as_chunks::<N>().0;
                    let Some(x) = groups.first_chunk::<GROUPS>() else {
                        break;
                    };
                    for (sums, x) in sums.iter_mut().zip(x) {
                        add(sums, c, x);
                    }
                }
                let mut total = 0;
                for (w, sums) in w.iter_mut().zip(&sums) {
                    for (w, &sum) in w.iter_mut().zip(sums) {
                        total += u32::from(lost::<O>(*w, sum));
                        *w += sum;
                    }
                }
                total
            }

            /// As many groups as there are from column `first`; where they end.
            #[inline(always)]
            fn groups<O: Observe, const GROUPS: usize, const N: usize>(
                &self,
                row: &mut [Word],
                first: usize,
                total: &mut u32,
            ) -> usize {
                let mut at = first;
                let rest = row.get_mut(first..).unwrap_or(&mut []);
                for w in rest.as_chunks_mut::<N>().0.as_chunks_mut::<GROUPS>().0 {
                    *total += self.change::<O, GROUPS, N>(w, at);
                    at += GROUPS * N;
                }
                at
            }
        }

        /// W + gain (sum over the samples of post pre^T) for the rows of a block.
        #[inline(always)]
        pub(crate) fn update<O: Observe>(
            w: &mut [Word],
            block: Block,
            post: &[Word],
            gain: Word,
            pre: &[Word],
            observer: &mut O,
        ) {
            let samples = block.samples.clamp(1, MAX_SAMPLES);
            let (all, columns) = (post.len() / samples, pre.len() / samples);
            for (row, i) in RowsMut::new(w, columns).zip(block.first..) {
                let mut factors = [0.0; MAX_SAMPLES];
                for (factor, post) in factors.iter_mut().zip(post.chunks_exact(all.max(1))) {
                    *factor = gain * post.get(i).copied().unwrap_or(0.0);
                }
                let changes = Changes {
                    factors: factors.get(..samples).unwrap_or(&factors),
                    pre,
                    columns,
                };
                let mut total = 0;
                let mut at = 0;
                if VECTORS {
                    at = changes.groups::<O, 4, LANES>(row, at, &mut total);
                    at = changes.groups::<O, 1, LANES>(row, at, &mut total);
                }
                changes.groups::<O, 1, 1>(row, at, &mut total);
                observer.updated(columns as u32, total);
            }
        }
    };
}

pub(super) use batch_kernels;
