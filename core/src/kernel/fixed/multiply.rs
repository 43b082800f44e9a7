//! Products of weights and rates, and their exact sums.

use super::sum::Sum;
use crate::kernel::{Rows, VECTORS};
use crate::number::FixedNumber;
use ::fixed::types::extra::{LeEqU8, LeEqU16, LeEqU32};
use ::fixed::{FixedI8, FixedI16, FixedI32};

/// A weight format that can be multiplied with rates of format `R`, exactly.
pub trait Multiply<R: FixedNumber>: FixedNumber {
    /// The accumulator.
    type Sum: Sum;
    /// Bits of the magnitude of a row's step, the factor that multiplies every rate of the row.
    const STEP_BITS: u32;
    /// Sum of the products of two rows of equal length.
    fn dot(w: &[Self], x: &[R]) -> Self::Sum;
    /// The transpose of W times x for the `N` columns from `first`, of `columns` in all.
    fn columns<const N: usize>(w: &[Self], x: &[R], first: usize, columns: usize)
    -> [Self::Sum; N];
    /// One product.
    fn product(self, x: R) -> i64;
}

/// Sums of products of at most 16-bit words, several at a time.
///
/// A few products are exact in 32 bits. Their lower 16 bits and the rest go to two sums that 65,536
/// additions leave exact in 32 bits: fewer instructions than widening everything to 64. Two arrays,
/// because the compiler would weave pairs of words into one vector and take it apart again.
struct Halves<const N: usize> {
    low: [i32; N],
    high: [i32; N],
}

impl<const N: usize> Halves<N> {
    #[inline(always)]
    const fn new() -> Self {
        Self {
            low: [0; N],
            high: [0; N],
        }
    }

    /// Adds one sum of products for each word.
    #[inline(always)]
    fn add(&mut self, products: impl Fn(usize) -> i32) {
        for (i, (low, high)) in self.low.iter_mut().zip(&mut self.high).enumerate() {
            let products = products(i);
            *low = low.wrapping_add(products & 0xffff);
            *high = high.wrapping_add(products >> 16);
        }
    }

    /// Adds `K` rows times their rates at a time; the rates that are left. The mask takes nothing
    /// away: it tells the compiler that rates have no sign and fit its product of 16-bit words.
    #[inline(always)]
    fn rows<'w, 'x, const K: usize, const MASK: i32, W: FixedNumber, R: FixedNumber>(
        &mut self,
        rows: &mut impl Iterator<Item = &'w [W; N]>,
        x: &'x [R],
    ) -> &'x [R] {
        let (groups, rest) = x.as_chunks::<K>();
        let zero = [W::ZERO; N];
        for x in groups {
            let mut w: [&[W; N]; K] = [&zero; K];
            for w in &mut w {
                match rows.next() {
                    Some(row) => *w = row,
                    None => return rest,
                }
            }
            self.add(
                #[inline(always)]
                |i| {
                    let mut products = 0_i32;
                    for (w, x) in w.iter().zip(x) {
                        products = products.wrapping_add(w[i].raw().wrapping_mul(x.raw() & MASK));
                    }
                    products
                },
            );
        }
        rest
    }

    #[inline(always)]
    fn sums(self) -> [i64; N] {
        let mut sums = [0; N];
        for ((sum, high), low) in sums.iter_mut().zip(self.high).zip(self.low) {
            *sum = ((high as i64) << 16).wrapping_add(low as u32 as i64);
        }
        sums
    }
}

/// The largest rate of which four products with 16-bit weights can be summed in 32 bits: 4 x 32767 x
/// 16384 < 2^31. It is the 1.0 of rates with 14 fractional bits.
const QUARTER: u32 = 1 << 14;

/// The sum of the products of two rows of at most 16-bit words.
#[inline(always)]
fn dot_of_pairs<W: FixedNumber, R: FixedNumber>(w: &[W], x: &[R]) -> i64 {
    let mut sum = Halves::<1>::new();
    let (w_pairs, w_last) = w.as_chunks::<2>();
    let (x_pairs, x_last) = x.as_chunks::<2>();
    for (w, x) in w_pairs.iter().zip(x_pairs) {
        // Exact: rates are never the most negative pattern, so 2 x 32768 x 32767 < 2^31.
        let [first, second] = [
            w[0].raw().wrapping_mul(x[0].raw()),
            w[1].raw().wrapping_mul(x[1].raw()),
        ];
        sum.add(
            #[inline(always)]
            |_| first.wrapping_add(second),
        );
    }
    for (w, x) in w_last.iter().zip(x_last) {
        sum.add(
            #[inline(always)]
            |_| w.raw().wrapping_mul(x.raw()),
        );
    }
    let [sum] = sum.sums();
    sum
}

/// The sum of the products of two rows of 8 by at most 16-bit words: 256 of them are below 2^30.
#[inline(always)]
fn dot_of_blocks<W: FixedNumber, R: FixedNumber>(w: &[W], x: &[R]) -> i64 {
    let mut sum = 0_i64;
    for (w, x) in w.chunks(256).zip(x.chunks(256)) {
        let mut block = 0_i32;
        for (w, x) in w.iter().zip(x) {
            block = block.wrapping_add(w.raw().wrapping_mul(x.raw()));
        }
        sum = sum.wrapping_add(block as i64);
    }
    sum
}

/// 16-bit rates: products of up to 31 bits.
macro_rules! narrow_rates {
    ($weight:ident, $bound:ident, $dot:ident) => {
        impl<F, G> Multiply<FixedI16<G>> for $weight<F>
        where
            F: $bound + Send + Sync + 'static,
            G: LeEqU16 + Send + Sync + 'static,
        {
            type Sum = i64;
            const STEP_BITS: u32 = 15;

            #[inline(always)]
            fn dot(w: &[Self], x: &[FixedI16<G>]) -> i64 {
                $dot(w, x)
            }
            #[inline(always)]
            fn columns<const N: usize>(
                w: &[Self],
                x: &[FixedI16<G>],
                first: usize,
                columns: usize,
            ) -> [i64; N] {
                let mut sums = Halves::<N>::new();
                let mut rows = Rows::new(w, columns).map_while(
                    #[inline(always)]
                    |row| row.get(first..)?.first_chunk::<N>(),
                );
                // Asked once for all rates: the loops below must not have a branch inside.
                let large = |x: &FixedI16<G>| x.raw() as u32 > QUARTER;
                let mut rest = x;
                if VECTORS && !x.iter().fold(false, |any, x| any | large(x)) {
                    rest = sums.rows::<4, 0x7fff, _, _>(&mut rows, x);
                }
                if VECTORS {
                    rest = sums.rows::<2, -1, _, _>(&mut rows, rest);
                }
                sums.rows::<1, -1, _, _>(&mut rows, rest);
                sums.sums()
            }
            #[inline(always)]
            fn product(self, x: FixedI16<G>) -> i64 {
                self.raw().wrapping_mul(x.raw()) as i64
            }
        }
    };
}

narrow_rates!(FixedI8, LeEqU8, dot_of_blocks);
narrow_rates!(FixedI16, LeEqU16, dot_of_pairs);

macro_rules! wide_rates {
    ($weight:ident, $bound:ident, $rate:ident, $rate_bound:ident, $sum:ident) => {
        impl<F, G> Multiply<$rate<G>> for $weight<F>
        where
            F: $bound + Send + Sync + 'static,
            G: $rate_bound + Send + Sync + 'static,
        {
            type Sum = $sum;
            const STEP_BITS: u32 = 31;

            #[inline(always)]
            fn dot(w: &[Self], x: &[$rate<G>]) -> $sum {
                let mut sum = $sum::default();
                for (&w, &x) in w.iter().zip(x) {
                    sum.add(w.product(x));
                }
                sum
            }
            #[inline(always)]
            fn columns<const N: usize>(
                w: &[Self],
                x: &[$rate<G>],
                first: usize,
                columns: usize,
            ) -> [$sum; N] {
                let mut sums = [$sum::default(); N];
                for (&x, row) in x.iter().zip(Rows::new(w, columns)) {
                    if let Some(row) = row.get(first..).and_then(<[Self]>::first_chunk::<N>) {
                        for (sum, &w) in sums.iter_mut().zip(row) {
                            sum.add(w.product(x));
                        }
                    }
                }
                sums
            }
            #[inline(always)]
            fn product(self, x: $rate<G>) -> i64 {
                self.raw() as i64 * x.raw() as i64
            }
        }
    };
}

wide_rates!(FixedI8, LeEqU8, FixedI32, LeEqU32, i64);
wide_rates!(FixedI16, LeEqU16, FixedI32, LeEqU32, i64);
wide_rates!(FixedI32, LeEqU32, FixedI32, LeEqU32, i128);
