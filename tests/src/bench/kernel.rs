//! The kernels of one precision on square matrices.

use std::hint::black_box;

use apical_core::kernel::Into;
use apical_core::precision::Draw;
use apical_core::random::{Key, stream};
use apical_core::{Number, Precision, Rounding, Silent};

use crate::set::Set;

/// Which kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kernel {
    /// W x.
    MatVec,
    /// The transpose of W times x.
    Transposed,
    /// W + gain post pre^T, rounded stochastically.
    RankOne,
}

impl Kernel {
    pub(crate) const ALL: [Self; 3] = [Self::MatVec, Self::Transposed, Self::RankOne];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::MatVec => "mat-vec",
            Self::Transposed => "transposed",
            Self::RankOne => "rank-one",
        }
    }
}

/// A square matrix and two vectors.
#[derive(Debug)]
pub(crate) struct Square<P: Precision> {
    w: Vec<P::Weight>,
    x: Vec<P::Rate>,
    y: Vec<P::Potential>,
    gain: P::Gain,
    step: u64,
}

impl<P: Precision> Square<P> {
    pub(crate) fn new(n: usize) -> Self {
        let key = Key::new(1, 0, stream::DATA);
        let draw = |i: usize| 2.0 * key.uniform(i as u32) - 1.0;
        let gain = P::gain(1e-4);
        Self {
            w: (0..n * n).map(|i| P::Weight::from_f64(draw(i))).collect(),
            x: (0..n).map(|i| P::Rate::from_f64(draw(i).abs())).collect(),
            y: (0..n)
                .map(|i| P::Potential::from_f64(draw(n + i)))
                .collect(),
            gain: gain.expect("a gain that every precision holds"),
            step: 0,
        }
    }

    /// `count` times the kernel in one dispatch.
    pub(crate) fn run(&mut self, kernel: Kernel, set: Set, count: u32) {
        let Self { w, x, y, gain, .. } = self;
        let first = self.step;
        set.run(
            #[inline(always)]
            || match kernel {
                Kernel::MatVec => {
                    for _ in 0..count {
                        P::mat_vec(black_box(w), x, y, Into::Store, &mut Silent);
                        black_box(&mut *y);
                    }
                }
                Kernel::Transposed => {
                    for _ in 0..count {
                        P::mat_vec_transposed(black_box(w), x, y, Into::Store, &mut Silent);
                        black_box(&mut *y);
                    }
                }
                Kernel::RankOne => {
                    for i in 0..count {
                        let draw = Draw {
                            rounding: Rounding::Stochastic,
                            key: Key::new(1, first + u64::from(i), stream::ROUNDING),
                        };
                        P::rank_one(black_box(w), y, *gain, x, draw, &mut Silent);
                    }
                }
            },
        );
        self.step += u64::from(count);
    }
}
