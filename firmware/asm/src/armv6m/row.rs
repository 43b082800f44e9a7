//! The sum of the products of one row.

use apical_core::number::FixedNumber;
use apical_core::{I16, Precision};
use core::arch::asm;

type Weight = <I16 as Precision>::Weight;
type Rate = <I16 as Precision>::Rate;

/// Two products, which together fit 32 bits, added to the sum in r2 and r3.
macro_rules! pair {
    () => {
        concat!(
            "ldmia r0!, {{r4}}\n",
            "ldmia r1!, {{r5}}\n",
            "sxth r6, r4\n",
            "sxth r7, r5\n",
            "muls r6, r7, r6\n",
            "asrs r4, r4, #16\n",
            "asrs r5, r5, #16\n",
            "muls r4, r5, r4\n",
            "adds r6, r6, r4\n",
            "asrs r7, r6, #31\n",
            "adds r2, r2, r6\n",
            "adcs r3, r3, r7\n",
        )
    };
}

/// Sums the first columns, eight a turn.
///
/// # Safety
/// 8 `eights` words must be at both pointers, which are multiples of 4.
#[inline(always)]
unsafe fn eights(w: *const Weight, x: *const Rate, eights: usize) -> i64 {
    if eights == 0 {
        return 0;
    }
    let (low, high): (u32, u32);
    // SAFETY: reads what the caller says is there. r6 and r7, which the compiler keeps to itself, are as
    // before at the end, and so is the stack, where the end of the rates is.
    unsafe {
        asm!(
            "push {{r6, r7}}",
            "push {{r2}}",
            "movs r2, #0",
            "movs r3, #0",
            "2:",
            pair!(),
            pair!(),
            pair!(),
            pair!(),
            "ldr r6, [sp]",
            "cmp r1, r6",
            "bne 2b",
            "add sp, #4",
            "pop {{r6, r7}}",
            inout("r0") w => _,
            inout("r1") x => _,
            inlateout("r2") x.add(8 * eights) => low,
            lateout("r3") high,
            out("r4") _,
            out("r5") _,
        );
    }
    ((u64::from(high) << 32) | u64::from(low)) as i64
}

/// The sum of a row, exactly.
#[inline(always)]
pub(crate) fn sum(w: &[Weight], x: &[Rate]) -> i64 {
    let mut done = 0;
    let mut sum = 0;
    if (w.as_ptr().addr() | x.as_ptr().addr()).is_multiple_of(4) {
        done = w.len().min(x.len()) / 8;
        // SAFETY: both have so many words.
        sum = unsafe { eights(w.as_ptr(), x.as_ptr(), done) };
    }
    for (w, x) in w.iter().zip(x).skip(8 * done) {
        sum += i64::from(w.raw() * x.raw());
    }
    sum
}
