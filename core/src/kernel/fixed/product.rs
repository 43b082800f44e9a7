//! Matrix-vector products: exact sums, each rounded once.

use super::multiply::Multiply;
use super::sum::Sum;
use crate::kernel::{Into, Rows, VECTORS};
use crate::number::FixedNumber;
use crate::record::{Observe, Quantity};

/// Rounds a sum of products of `W` and `R` to nearest even, in the format of `U`, and writes it; 1 where
/// it saturated.
#[inline(always)]
pub fn store_sum<W, R, U>(y: &mut U, sum: W::Sum, into: Into) -> u32
where
    W: Multiply<R>,
    R: FixedNumber,
    U: FixedNumber,
{
    let have = W::FRAC + R::FRAC;
    if !VECTORS && let Some(product) = sum.round32(have.wrapping_sub(U::FRAC)) {
        // What fits 32 bits before and after is nearly everything.
        let value = match into {
            Into::Store => Some(product),
            Into::Add => y.raw().checked_add(product),
            Into::Subtract => y.raw().checked_sub(product),
        };
        if let Some(value) = value
            && (-U::MAX_RAW..=U::MAX_RAW).contains(&value)
        {
            *y = U::from_raw(value);
            return 0;
        }
    }
    let product = if have >= U::FRAC {
        sum.round(have - U::FRAC)
    } else {
        sum.round(0).clamp(-(1 << 33), 1 << 33) << (U::FRAC - have)
    };
    let value = match into {
        Into::Store => product,
        Into::Add => product.saturating_add(y.raw() as i64),
        Into::Subtract => (y.raw() as i64).saturating_sub(product),
    };
    *y = U::saturate(value);
    u32::from(U::exceeds(value))
}

/// W x, every row summed exactly and rounded once, to nearest even.
#[inline(always)]
pub(crate) fn mat_vec<W, R, U, O>(w: &[W], x: &[R], y: &mut [U], into: Into, observer: &mut O)
where
    W: Multiply<R>,
    R: FixedNumber,
    U: FixedNumber,
    O: Observe,
{
    if x.is_empty() {
        if into == Into::Store {
            y.fill(U::ZERO);
        }
        return;
    }
    let mut saturated = 0;
    for (y, row) in y.iter_mut().zip(Rows::new(w, x.len())) {
        saturated += store_sum::<W, R, U>(y, W::dot(row, x), into);
    }
    if O::ON {
        observer.saturated(Quantity::Potential, saturated);
    }
}

/// The transpose of W times x: columns in blocks whose exact sums stay in registers.
#[inline(always)]
pub(crate) fn mat_vec_transposed<W, R, U, O>(
    w: &[W],
    x: &[R],
    y: &mut [U],
    into: Into,
    observer: &mut O,
) where
    W: Multiply<R>,
    R: FixedNumber,
    U: FixedNumber,
    O: Observe,
{
    let mut left = Columns {
        w,
        x,
        all: y.len(),
        first: 0,
        into,
        saturated: 0,
    };
    let mut y = y;
    if VECTORS {
        y = left.blocks::<U, 64>(y);
        y = left.blocks::<U, 16>(y);
    }
    y = left.blocks::<U, 4>(y);
    left.blocks::<U, 1>(y);
    if O::ON {
        observer.saturated(Quantity::Potential, left.saturated);
    }
}

/// The columns of a transposed product, of which the first are done.
struct Columns<'m, W, R> {
    w: &'m [W],
    x: &'m [R],
    all: usize,
    first: usize,
    into: Into,
    saturated: u32,
}

impl<W: Multiply<R>, R: FixedNumber> Columns<'_, W, R> {
    /// As many blocks of `N` columns as there are; the outputs that are left.
    #[inline(always)]
    fn blocks<'y, U: FixedNumber, const N: usize>(&mut self, y: &'y mut [U]) -> &'y mut [U] {
        let (blocks, rest) = y.as_chunks_mut::<N>();
        for y in blocks {
            let sums = W::columns::<N>(self.w, self.x, self.first, self.all);
            for (y, sum) in y.iter_mut().zip(sums) {
                self.saturated += store_sum::<W, R, U>(y, sum, self.into);
            }
            self.first += N;
        }
        rest
    }
}
