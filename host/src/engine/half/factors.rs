//! What the rows of an update begin with, some rows side by side: core's [`Factors`] to the bit.

use apical_core::kernel::fixed::{Factors, Gain, Multiply, Scale};

use super::{Potential, Rate, Weight};

/// Rows that are prepared together.
pub(super) const ROWS: usize = 16;

/// A word for each of some rows.
pub(super) type Lanes<T> = [T; ROWS];

/// Bits of a factor without its sign.
const BITS: u32 = <Weight as Multiply<Rate>>::STEP_BITS;

/// The postsynaptic words of a batch and the learning rate.
#[derive(Clone, Copy)]
pub(super) struct Errors<'p> {
    post: &'p [Potential],
    rows: usize,
    scale: Scale,
}

impl<'p> Errors<'p> {
    pub(super) fn new(post: &'p [Potential], samples: usize, gain: Gain) -> Self {
        Self {
            post,
            rows: post.len() / samples,
            scale: Scale::new::<Weight, Rate, Potential>(gain),
        }
    }

    /// The words of some rows from `first`, sample by sample; zeros where there are no more rows.
    #[inline(always)]
    fn words(self, first: usize) -> impl Iterator<Item = Lanes<Potential>> + use<'p> {
        self.post.chunks_exact(self.rows).map(
            #[inline(always)]
            move |post| {
                let own = &post[first..];
                own.first_chunk().copied().unwrap_or_else(
                    #[inline(always)]
                    || {
                        let mut words = [Potential::ZERO; ROWS];
                        words[..own.len()].copy_from_slice(own);
                        words
                    },
                )
            },
        )
    }
}

/// The factors of some rows.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// Sample by sample.
    pub(super) mantissas: Vec<Lanes<i32>>,
    /// How far the sum of the products of a row is shifted.
    pub(super) right: Lanes<u32>,
    /// Factors that have been cut, in all rows that were asked for together.
    pub(super) cut: u32,
    exact: Vec<Lanes<i32>>,
}

impl Block {
    /// Of so many rows from `first`, at most [`ROWS`]; what stands for others is not counted.
    #[inline(always)]
    pub(super) fn fill(&mut self, errors: Errors<'_>, first: usize, rows: usize) {
        let (mut largest, mut total, mut cut) = ([0_u32; ROWS], [0_u64; ROWS], [0_u32; ROWS]);
        self.exact.clear();
        for words in errors.words(first) {
            let mut exact = [0; ROWS];
            for ((exact, &word), cut) in exact.iter_mut().zip(&words).zip(&mut cut) {
                // Below 2^29.
                let (step, beyond) = errors.scale.exact::<Weight, Rate, Potential>(word);
                *exact = step as i32;
                *cut += u32::from(beyond);
            }
            for ((&exact, largest), total) in exact.iter().zip(&mut largest).zip(&mut total) {
                *largest = (*largest).max(exact.unsigned_abs());
                *total += u64::from(exact.unsigned_abs());
            }
            self.exact.push(exact);
        }
        self.cut = cut.iter().take(rows).sum();
        let mut exponents = [0; ROWS];
        for ((exponent, &largest), &total) in exponents.iter_mut().zip(&largest).zip(&total) {
            let most = (u32::BITS - largest.leading_zeros()).saturating_sub(BITS);
            let sum = (u64::BITS - total.leading_zeros()).saturating_sub(BITS + 1);
            *exponent = most.max(sum);
        }
        if self.round(&exponents, &mut largest) {
            // A rounding has carried into one bit more.
            for (exponent, &carry) in exponents.iter_mut().zip(&largest) {
                *exponent += carry;
            }
            self.round(&exponents, &mut largest);
        }
        if exponents.iter().any(|&exponent| exponent >= BITS) {
            self.by_core(errors, first, rows);
            return;
        }
        for (right, exponent) in self.right.iter_mut().zip(&exponents) {
            *right = BITS - exponent;
        }
    }

    /// The mantissas, rounded; which rows have one bit too many, and whether any has.
    #[inline(always)]
    fn round(&mut self, exponents: &Lanes<u32>, carry: &mut Lanes<u32>) -> bool {
        let (mut most, mut sum) = ([0_u32; ROWS], [0_u32; ROWS]);
        self.mantissas.clear();
        for exact in &self.exact {
            let mut mantissas = [0; ROWS];
            for ((mantissa, &exact), &exponent) in mantissas.iter_mut().zip(exact).zip(exponents) {
                // To nearest, ties up, as core does it.
                *mantissa = ((exact << 1).wrapping_shr(exponent) + 1) >> 1;
            }
            for ((&mantissa, most), sum) in mantissas.iter().zip(&mut most).zip(&mut sum) {
                *most = (*most).max(mantissa.unsigned_abs());
                *sum += mantissa.unsigned_abs();
            }
            self.mantissas.push(mantissas);
        }
        let mut any = 0;
        for ((carry, &most), &sum) in carry.iter_mut().zip(&most).zip(&sum) {
            *carry = u32::from(most >> BITS | sum >> (BITS + 1) != 0);
            any |= *carry;
        }
        any != 0
    }

    /// Where a learning rate is so large that a sum of factors is cut.
    #[cold]
    #[inline(never)]
    fn by_core(&mut self, errors: Errors<'_>, first: usize, rows: usize) {
        self.cut = 0;
        for row in 0..rows {
            let words = errors.words(first).map(|words| words[row]);
            let factors = Factors::new::<Weight, Rate, Potential>(errors.scale, words);
            for (mantissas, mantissa) in self.mantissas.iter_mut().zip(factors.mantissas) {
                mantissas[row] = mantissa;
            }
            self.right[row] = factors.right;
            self.cut += factors.cut;
        }
    }
}

#[cfg(test)]
mod tests {
    use apical_core::{I16, Precision};

    use super::*;
    use crate::engine::words;

    #[test]
    fn factors_are_cores() {
        for (rows, samples) in [(1, 1), (16, 3), (37, 10), (20, 64)] {
            for largest in [1e-6, 0.01, 1.0, 100.0] {
                for gain in [1e-7, 0.003, 0.7, 40.0] {
                    let post = words::<Potential>(rows * samples, 4, largest);
                    let gain = I16::gain(gain).unwrap_or_default();
                    let errors = Errors::new(&post, samples, gain);
                    let mut block = Block::default();
                    for first in (0..rows).step_by(ROWS) {
                        // The last part of a matrix, and one that another follows.
                        let some = (rows - first).min(if first == 0 { ROWS } else { 5 });
                        block.fill(errors, first, some);
                        let mut cut = 0;
                        for row in first..first + some {
                            let words = post.chunks_exact(rows).map(|post| post[row]);
                            let want = Factors::new::<Weight, Rate, Potential>(errors.scale, words);
                            let lane = row - first;
                            let got: Vec<_> = block.mantissas.iter().map(|m| m[lane]).collect();
                            assert_eq!(got, want.mantissas[..samples], "{largest} {gain:?}");
                            assert_eq!(block.right[lane], want.right, "{largest} {gain:?}");
                            cut += want.cut;
                        }
                        assert_eq!(block.cut, cut, "{largest} {gain:?}");
                    }
                }
            }
        }
    }
}
