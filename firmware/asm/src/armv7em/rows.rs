//! Sums of products along rows: two rows at a time, which share the loads of the rates.

use super::instruction::{Sum, with_dsp};
use super::pair::{load, lone};
use apical_core::{I16, Precision};
use core::arch::asm;

type Weight = <I16 as Precision>::Weight;
type Rate = <I16 as Precision>::Rate;

/// Four columns of both rows, from addresses that are multiples of 4. The second row's weights take
/// the registers of the first row's.
macro_rules! aligned {
    () => {
        concat!(
            "ldrd {x0}, {x1}, [{x}], #8\n",
            "ldrd {a}, {b}, [{w}], #8\n",
            "smlald {l0}, {h0}, {a}, {x0}\n",
            "smlald {l0}, {h0}, {b}, {x1}\n",
            "ldrd {a}, {b}, [{v}], #8\n",
            "smlald {l1}, {h1}, {a}, {x0}\n",
            "smlald {l1}, {h1}, {b}, {x1}\n",
        )
    };
}

/// The same from any address.
macro_rules! unaligned {
    () => {
        concat!(
            "ldr {x0}, [{x}], #4\n",
            "ldr {x1}, [{x}], #4\n",
            "ldr {a}, [{w}], #4\n",
            "ldr {b}, [{w}], #4\n",
            "smlald {l0}, {h0}, {a}, {x0}\n",
            "smlald {l0}, {h0}, {b}, {x1}\n",
            "ldr {a}, [{v}], #4\n",
            "ldr {b}, [{v}], #4\n",
            "smlald {l1}, {h1}, {a}, {x0}\n",
            "smlald {l1}, {h1}, {b}, {x1}\n",
        )
    };
}

/// Sixteen columns a turn.
macro_rules! sixteens {
    ($name:ident, $four:ident) => {
        /// The sums of the first columns of two rows, as many as there are whole sixteens of.
        ///
        /// # Safety
        /// `sixteens` times 16 words must be at each of the pointers, which are multiples of 4 where
        /// the name says so.
        #[inline(always)]
        unsafe fn $name(
            w: *const Weight,
            v: *const Weight,
            x: *const Rate,
            sixteens: usize,
        ) -> [Sum; 2] {
            let [mut l0, mut h0, mut l1, mut h1] = [0_u32; 4];
            if sixteens != 0 {
                // SAFETY: reads 16 `sixteens` words from each pointer, says the caller.
                unsafe {
                    asm!(
                        with_dsp!(
                            "2:\n",
                            $four!(),
                            $four!(),
                            $four!(),
                            $four!(),
                            "cmp {x}, {end}\n",
                            "bne 2b"
                        ),
                        x = inout(reg) x => _,
                        w = inout(reg) w => _,
                        v = inout(reg) v => _,
                        end = in(reg) x.add(16 * sixteens),
                        l0 = inout(reg) l0,
                        h0 = inout(reg) h0,
                        l1 = inout(reg) l1,
                        h1 = inout(reg) h1,
                        x0 = out(reg) _,
                        x1 = out(reg) _,
                        a = out(reg) _,
                        b = out(reg) _,
                        options(pure, readonly, nostack),
                    );
                }
            }
            [Sum::new(l0, h0), Sum::new(l1, h1)]
        }
    };
}
sixteens!(aligned_sixteens, aligned);
sixteens!(unaligned_sixteens, unaligned);

/// The sums of two neighbouring rows of `x.len()` words.
///
/// # Safety
/// 2 `x.len()` weights must be at the pointer.
#[inline(always)]
pub(crate) unsafe fn two_rows(w: *const Weight, x: &[Rate]) -> [Sum; 2] {
    let (columns, pre) = (x.len(), x.as_ptr());
    // SAFETY: all columns of both rows, and no more: the sixteens, pairs, and a last one.
    unsafe {
        let v = w.add(columns);
        let sixteens = columns / 16;
        let mut sums = if (w.addr() | v.addr() | pre.addr()).is_multiple_of(4) {
            aligned_sixteens(w, v, pre, sixteens)
        } else {
            unaligned_sixteens(w, v, pre, sixteens)
        };
        let mut at = 16 * sixteens;
        while at + 1 < columns {
            let x = load(pre, at);
            sums[0].pairs(load(w, at), x);
            sums[1].pairs(load(v, at), x);
            at += 2;
        }
        if let Some(&x) = x.get(at) {
            sums[0].low_low(lone(*w.add(at)), lone(x));
            sums[1].low_low(lone(*v.add(at)), lone(x));
        }
        sums
    }
}

/// The sum of one row: the last one of an odd number.
#[inline(always)]
pub(crate) fn one_row(w: &[Weight], x: &[Rate]) -> Sum {
    let mut sum = Sum::default();
    let (w_pairs, w_last) = w.as_chunks::<2>();
    let (x_pairs, x_last) = x.as_chunks::<2>();
    for (w, x) in w_pairs.iter().zip(x_pairs) {
        // SAFETY: two words each.
        sum.pairs(unsafe { load(w.as_ptr(), 0) }, unsafe {
            load(x.as_ptr(), 0)
        });
    }
    if let ([w], [x]) = (w_last, x_last) {
        sum.low_low(lone(*w), lone(*x));
    }
    sum
}
