//! Sums of products down columns: four columns at a time, two rows of them to a pair of rates.

use super::instruction::{Sum, with_dsp};
use super::pair::{load, lone};
use apical_core::{I16, Precision};
use core::arch::asm;

type Weight = <I16 as Precision>::Weight;
type Rate = <I16 as Precision>::Rate;

/// Four columns of a row from an address that is a multiple of 4; the pointer goes a row down.
macro_rules! aligned {
    () => {
        concat!("ldrd {w0}, r7, [{w}]\n", "add {w}, {w}, {row}\n")
    };
}

/// The same from any address.
macro_rules! unaligned {
    () => {
        concat!(
            "ldr {w0}, [{w}]\n",
            "ldr r7, [{w}, #4]\n",
            "add {w}, {w}, {row}\n"
        )
    };
}

/// Two rows of four columns.
macro_rules! two_rows {
    ($four:ident) => {
        concat!(
            "ldr {x}, [{pre}], #4\n",
            $four!(),
            "smlalbb {l0}, {h0}, {w0}, {x}\n",
            "smlaltb {l1}, {h1}, {w0}, {x}\n",
            "smlalbb {l2}, {h2}, r7, {x}\n",
            "smlaltb {l3}, {h3}, r7, {x}\n",
            $four!(),
            "smlalbt {l0}, {h0}, {w0}, {x}\n",
            "smlaltt {l1}, {h1}, {w0}, {x}\n",
            "smlalbt {l2}, {h2}, r7, {x}\n",
            "smlaltt {l3}, {h3}, r7, {x}\n",
        )
    };
}

/// Four rows a turn.
macro_rules! fours {
    ($name:ident, $four:ident) => {
        /// The sums of four columns over the first rows, as many as there are whole fours of.
        ///
        /// # Safety
        /// Four weights must be at each of 4 `fours` addresses from `w`, `columns` words apart, and
        /// that many rates at `pre`. `w` is a multiple of 4 and `columns` of 2 where the name says so.
        #[inline(always)]
        unsafe fn $name(
            w: *const Weight,
            columns: usize,
            pre: *const Rate,
            fours: usize,
        ) -> [Sum; 4] {
            let [mut l0, mut h0, mut l1, mut h1] = [0_u32; 4];
            let [mut l2, mut h2, mut l3, mut h3] = [0_u32; 4];
            if fours != 0 {
                // SAFETY: reads 4 `fours` rows of four words, and as many rates, says the caller. r7,
                // which the compiler keeps to itself, is as before at the end; no operand is on the
                // stack, where the end of the rates is: fourteen other registers are taken.
                unsafe {
                    asm!(
                        with_dsp!(
                            "push {{r7}}\n",
                            "push {{{x}}}\n",
                            "2:\n",
                            two_rows!($four),
                            two_rows!($four),
                            "ldr {x}, [sp]\n",
                            "cmp {pre}, {x}\n",
                            "bne 2b\n",
                            "add sp, sp, #4\n",
                            "pop {{r7}}"
                        ),
                        w = inout(reg) w => _,
                        row = in(reg) size_of::<Weight>() * columns,
                        pre = inout(reg) pre => _,
                        x = inout(reg) pre.add(4 * fours) => _,
                        l0 = inout(reg) l0,
                        h0 = inout(reg) h0,
                        l1 = inout(reg) l1,
                        h1 = inout(reg) h1,
                        l2 = inout(reg) l2,
                        h2 = inout(reg) h2,
                        l3 = inout(reg) l3,
                        h3 = inout(reg) h3,
                        w0 = out(reg) _,
                    );
                }
            }
            [
                Sum::new(l0, h0),
                Sum::new(l1, h1),
                Sum::new(l2, h2),
                Sum::new(l3, h3),
            ]
        }
    };
}
fours!(aligned_fours, aligned);
fours!(unaligned_fours, unaligned);

/// The sums of four neighbouring columns.
///
/// # Safety
/// Four weights must be at each of `x.len()` addresses from `w`, `columns` words apart.
#[inline(always)]
pub(crate) unsafe fn four_columns(w: *const Weight, columns: usize, x: &[Rate]) -> [Sum; 4] {
    let (fours, pre) = (x.len() / 4, x.as_ptr());
    // SAFETY: all rows, and no more: the fours here, the others in the loop.
    let mut sums = unsafe {
        if (w.addr() | (size_of::<Weight>() * columns)).is_multiple_of(4) {
            aligned_fours(w, columns, pre, fours)
        } else {
            unaligned_fours(w, columns, pre, fours)
        }
    };
    let [a, b, c, d] = &mut sums;
    for (row, &x) in x.iter().enumerate().skip(4 * fours) {
        let x = lone(x);
        // SAFETY: row < x.len().
        let [w0, w1] = unsafe { [load(w, row * columns), load(w, row * columns + 2)] };
        a.low_low(w0, x);
        b.high_low(w0, x);
        c.low_low(w1, x);
        d.high_low(w1, x);
    }
    sums
}

/// The sum of one column.
#[inline(always)]
pub(crate) fn one_column(w: &[Weight], columns: usize, x: &[Rate], column: usize) -> Sum {
    let mut sum = Sum::default();
    for (&x, row) in x.iter().zip(w.chunks_exact(columns.max(1))) {
        if let Some(&w) = row.get(column) {
            sum.low_low(lone(w), lone(x));
        }
    }
    sum
}
