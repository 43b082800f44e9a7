//! The stochastically rounded rank-one update.

use crate::blocks::{Row, blocks, single};
use crate::step::Scale;
use apical_core::kernel::fixed::Gain;
use apical_core::number::FixedNumber;
use apical_core::precision::Draw;
use apical_core::random::{INCREMENT, Key, MULTIPLIER};
use apical_core::record::Observe;
use apical_core::{I16, Precision, Rounding, Silent};
use core::arch::asm;

type Weight = <I16 as Precision>::Weight;
type Rate = <I16 as Precision>::Rate;
type Potential = <I16 as Precision>::Potential;

/// What the loops keep in registers: the generator's two constants, and the largest weight.
const CONSTANTS: [u32; 3] = [MULTIPLIER, INCREMENT, Weight::MAX_RAW as u32];

/// A new weight in a register, cut to the largest magnitude where it is beyond.
macro_rules! saturate {
    ($w:literal) => {
        concat!(
            "mov r7, r11\n",
            "adds r7, r7, ",
            $w,
            "\n",
            "cmp r7, r12\n",
            "bls 4f\n",
            "asrs r7, ",
            $w,
            ", #31\n",
            "mov ",
            $w,
            ", r11\n",
            "eors ",
            $w,
            ", r7\n",
            "subs ",
            $w,
            ", ",
            $w,
            ", r7\n",
            "4:\n",
        )
    };
}

/// Changes a pair of weights.
macro_rules! pair {
    () => {
        concat!(
            // The next state: a random word in its upper half, and one in both halves' exclusive or.
            "mov r4, r8\n",
            "muls r2, r4, r2\n",
            "add r2, r9\n",
            "ldmia r1!, {{r5}}\n",
            "sxth r6, r5\n",
            "asrs r5, r5, #16\n",
            "mov r4, r10\n",
            "muls r6, r4, r6\n",
            "muls r5, r4, r5\n",
            "asrs r6, r3\n",
            "asrs r5, r3\n",
            "lsrs r4, r2, #16\n",
            "adds r5, r5, r4\n",
            "asrs r5, r5, #16\n",
            "uxth r7, r2\n",
            "eors r7, r4\n",
            "adds r6, r6, r7\n",
            "asrs r6, r6, #16\n",
            "ldr r4, [r0]\n",
            "sxth r7, r4\n",
            "asrs r4, r4, #16\n",
            "adds r6, r6, r7\n",
            "adds r5, r5, r4\n",
            saturate!("r6"),
            saturate!("r5"),
            "strh r6, [r0]\n",
            "strh r5, [r0, #2]\n",
            "adds r0, r0, #4\n",
        )
    };
}

/// A loop over whole rows of as many pairs a turn as the text has.
macro_rules! rows {
    ($(#[$doc:meta])* $name:ident, $($turn:expr),+) => {
        $(#[$doc])*
        ///
        /// # Safety
        /// `rows.len()` times `columns` weights must be at `w`, and `columns` rates at `r`, both
        /// multiples of 4. Neither number is zero.
        #[inline(always)]
        unsafe fn $name(w: *mut Weight, r: *const Rate, columns: usize, rows: &[Row]) {
            let rows = rows.as_ptr_range();
            // SAFETY: reads the rows and the constants, and reads and writes as many weights as the
            // caller says. r6 and r7, which the compiler keeps to itself, are as before at the end,
            // and so is the stack, where the outer loop has its variables.
            unsafe {
                asm!(
                    "push {{r6, r7}}",
                    "ldr r6, [r5]",
                    "mov r8, r6",
                    "ldr r6, [r5, #4]",
                    "mov r9, r6",
                    "ldr r6, [r5, #8]",
                    "mov r11, r6",
                    "adds r6, r6, r6",
                    "mov r12, r6",
                    "sub sp, #16",
                    "str r1, [sp]",
                    "str r2, [sp, #4]",
                    "str r3, [sp, #8]",
                    "str r4, [sp, #12]",
                    "2:",
                    "ldr r1, [sp]",
                    "ldmia r1!, {{r2, r3, r4}}",
                    "str r1, [sp]",
                    "mov r10, r2",
                    "mov r2, r4",
                    "ldr r1, [sp, #8]",
                    "ldr r4, [sp, #12]",
                    "adds r4, r4, r0",
                    "mov lr, r4",
                    "3:",
                    $($turn,)+
                    "cmp r0, lr",
                    // A conditional branch does not reach as far back.
                    "beq 5f",
                    "b 3b",
                    "5:",
                    "ldr r4, [sp]",
                    "ldr r5, [sp, #4]",
                    "cmp r4, r5",
                    "beq 6f",
                    "b 2b",
                    "6:",
                    "add sp, #16",
                    "pop {{r6, r7}}",
                    inout("r0") w => _,
                    inout("r1") rows.start => _,
                    inout("r2") rows.end => _,
                    inout("r3") r => _,
                    inout("r4") size_of::<Weight>() * columns => _,
                    inout("r5") CONSTANTS.as_ptr() => _,
                    out("r8") _,
                    out("r9") _,
                    out("r10") _,
                    out("r11") _,
                    out("r12") _,
                    out("lr") _,
                );
            }
        }
    };
}
rows!(
    /// Changes rows of a multiple of 8 weights.
    eights, pair!(), pair!(), pair!(), pair!()
);
rows!(
    /// Changes rows of an even number of weights.
    pairs, pair!()
);

/// w += round(gain post pre^T), stochastically; the bits of core's rank-one update.
#[inline(never)]
pub(crate) fn rank_one(w: &mut [Weight], post: &[Potential], gain: Gain, pre: &[Rate], key: Key) {
    let columns = pre.len();
    let aligned = (w.as_ptr().addr() | pre.as_ptr().addr()).is_multiple_of(4);
    if columns == 1 || (aligned && columns.is_multiple_of(2)) {
        blocks(w, post, Scale::new(gain), columns, key, |weights, rows| {
            if let [rate] = pre {
                for (w, row) in weights.iter_mut().zip(rows) {
                    single(w, *rate, *row);
                }
            } else if !rows.is_empty() {
                let (w, r) = (weights.as_mut_ptr(), pre.as_ptr());
                // SAFETY: there are `columns` weights for every row, and as many rates.
                unsafe {
                    if columns.is_multiple_of(8) {
                        eights(w, r, columns, rows);
                    } else {
                        pairs(w, r, columns, rows);
                    }
                }
            }
        });
    } else {
        // These cores load no word from an odd place.
        counted_rank_one(w, post, gain, pre, key, &mut Silent);
    }
}

/// As [`rank_one`], and counts: core's.
#[inline(never)]
pub(crate) fn counted_rank_one<O: Observe>(
    w: &mut [Weight],
    post: &[Potential],
    gain: Gain,
    pre: &[Rate],
    key: Key,
    observer: &mut O,
) {
    let rounding = Rounding::Stochastic;
    I16::rank_one(w, post, gain, pre, Draw { rounding, key }, observer);
}
