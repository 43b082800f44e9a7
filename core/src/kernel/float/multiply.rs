//! Matrix times vector and transposed matrix times vector, in the order of summation of [`super`].

macro_rules! multiply_kernels {
    ([$($half:literal),*]) => {
        #[inline(always)]
        fn multiply_add<const N: usize>(
            sum: &mut [Word; N],
            w: &[Word; N],
            x: &[Word; N],
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
        pub(crate) fn finish(mut sum: Lanes, mut w: &[Word], mut x: &[Word]) -> Word {
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
        fn put(y: &mut Word, value: Word, into: Into) {
            *y = match into {
                Into::Store => value,
                Into::Add => *y + value,
                Into::Subtract => *y - value,
            };
        }

        /// W x. Four rows at a time, which changes no row's order.
        #[inline(always)]
        pub(crate) fn mat_vec(w: &[Word], x: &[Word], y: &mut [Word], into: Into) {
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
                let mut sums = [[0.0; LANES]; 4];
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
                let mut sum = [0.0; LANES];
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
            w: &[Word],
            x: &[Word],
            y: &mut [Word],
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
    };
}

pub(super) use multiply_kernels;
