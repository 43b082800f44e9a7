//! The loops of the stochastically rounded update, two weights a register.

use super::instruction::with_dsp;
use crate::blocks::Row;
use apical_core::random::{INCREMENT, MULTIPLIER};
use apical_core::{I16, Precision};
use core::arch::asm;

type Weight = <I16 as Precision>::Weight;
type Rate = <I16 as Precision>::Rate;

/// One in both halves.
const ONES: u32 = 0x0001_0001;
/// One off the whole ulps of a change. The change of a pair is one too small until after the
/// saturating addition, and one is added then: -32768 becomes -32767, as formats are symmetric.
const BIAS: u32 = 0xffff_0000;

/// The changes of a pair, less one each, into `t`; the rates are used up.
///
/// The random words: the upper half of the state for the second weight, both halves' exclusive or for
/// the first.
macro_rules! change {
    ($r:literal) => {
        concat!(
            "mla {s}, {s}, {a}, {c}\n",
            "eor {t}, {s}, {s}, lsr #16\n",
            "uxtah {t}, {bias}, {t}\n",
            "smlawb {t}, {step}, ",
            $r,
            ", {t}\n",
            "smlawt ",
            $r,
            ", {step}, ",
            $r,
            ", {bias}\n",
            "uxtah ",
            $r,
            ", ",
            $r,
            ", {s}, ror #16\n",
            "pkhtb {t}, ",
            $r,
            ", {t}, asr #16\n",
        )
    };
}

/// Changes a pair of weights.
macro_rules! pair {
    ($w:literal, $r:literal) => {
        concat!(
            change!($r),
            "qadd16 ",
            $w,
            ", ",
            $w,
            ", {t}\n",
            "qadd16 ",
            $w,
            ", ",
            $w,
            ", {ones}\n",
        )
    };
}

/// Two pairs at addresses that are multiples of 4.
macro_rules! aligned {
    () => {
        concat!(
            "ldrd {w0}, {w1}, [{w}]\n",
            "ldrd {r0}, r7, [{r}], #8\n",
            pair!("{w0}", "{r0}"),
            pair!("{w1}", "r7"),
            "strd {w0}, {w1}, [{w}], #8\n",
        )
    };
}

/// The same at any address: single words may lie anywhere.
macro_rules! unaligned {
    () => {
        concat!(
            "ldr {w0}, [{w}]\n",
            "ldr {w1}, [{w}, #4]\n",
            "ldr {r0}, [{r}], #4\n",
            "ldr r7, [{r}], #4\n",
            pair!("{w0}", "{r0}"),
            pair!("{w1}", "r7"),
            "str {w0}, [{w}], #4\n",
            "str {w1}, [{w}], #4\n",
        )
    };
}

/// One pair at any address.
macro_rules! single {
    () => {
        concat!(
            "ldr {w0}, [{w}]\n",
            "ldr {r0}, [{r}], #4\n",
            pair!("{w0}", "{r0}"),
            "str {w0}, [{w}], #4\n",
        )
    };
}

/// A loop over whole rows of as many weights a turn as the text has.
macro_rules! rows {
    ($(#[$doc:meta])* $name:ident, $($turn:expr),+) => {
        $(#[$doc])*
        /// The state of the last row's generator after it.
        ///
        /// # Safety
        /// `rows.len()` times `columns` weights must be at `w`, and `columns` rates at `r`.
        #[inline(always)]
        pub(crate) unsafe fn $name(w: *mut Weight, r: *const Rate, columns: usize, rows: &[Row]) -> u32 {
            let rows = rows.as_ptr_range();
            let mut state = 0;
            if rows.is_empty() || columns == 0 {
                return state;
            }
            // SAFETY: reads the rows, and reads and writes as many weights as the caller says, a turn
            // after the other. r7, which the compiler keeps to itself, is as before at the end, and so
            // is the stack, where the outer loop has its variables: fourteen registers are taken. No
            // operand is on the stack. The instructions that saturate set the Q flag, which nobody
            // reads.
            unsafe {
                asm!(
                    with_dsp!(
                        "push {{r7}}\n",
                        "sub sp, sp, #16\n",
                        "strd {w0}, {w1}, [sp]\n",
                        "strd {r}, {end}, [sp, #8]\n",
                        "2:\n",
                        "ldr {t}, [sp]\n",
                        "ldrd {step}, {s}, [{t}], #8\n",
                        "str {t}, [sp]\n",
                        "ldrd {r}, {end}, [sp, #8]\n",
                        "add {end}, {end}, {w}\n",
                        "3:\n",
                        $($turn,)+
                        "cmp {w}, {end}\n",
                        "bne 3b\n",
                        "ldrd {w0}, {w1}, [sp]\n",
                        "cmp {w0}, {w1}\n",
                        "bne 2b\n",
                        "add sp, sp, #16\n",
                        "pop {{r7}}"
                    ),
                    w = inout(reg) w => _,
                    r = inout(reg) r => _,
                    end = inout(reg) size_of::<Weight>() * columns => _,
                    w0 = inout(reg) rows.start => _,
                    w1 = inout(reg) rows.end => _,
                    a = in(reg) MULTIPLIER,
                    c = in(reg) INCREMENT,
                    bias = in(reg) BIAS,
                    ones = in(reg) ONES,
                    step = out(reg) _,
                    s = out(reg) state,
                    r0 = out(reg) _,
                    t = out(reg) _,
                );
            }
            state
        }
    };
}
rows!(
    /// Changes rows of a multiple of 8 weights, which begin, as the rates do, at multiples of 4.
    aligned_eights, aligned!(), aligned!()
);
rows!(
    /// Changes rows of a multiple of 4 weights.
    fours, unaligned!()
);
rows!(
    /// Changes rows of an even number of weights.
    pairs, single!()
);

/// What was counted in one row.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counted {
    /// The state of the generator after the row.
    pub(crate) state: u32,
    /// Weights whose change was rounded to zero.
    pub(crate) unchanged: u32,
    /// Weights that saturated.
    pub(crate) saturated: u32,
}

/// As [`pairs`], and counts. At most 32,767 pairs: two counters share a register.
///
/// # Safety
/// As many weights and rates must be at the pointers.
#[inline(always)]
pub(crate) unsafe fn counted_pairs(
    w: *mut Weight,
    r: *const Rate,
    pairs: usize,
    row: Row,
) -> Counted {
    let mut s = row.state;
    let (mut zeros, mut saturated) = (0_u32, 0_u32);
    if pairs != 0 {
        // SAFETY: reads and writes 2 `pairs` words from both pointers. r7, which the compiler keeps to
        // itself, is as before at the end, and so is the stack, where the saturations are counted; no
        // operand is there. For the Q flag see above.
        unsafe {
            asm!(
                with_dsp!(
                    "push {{r7}}\n",
                    "push {{{u}}}\n",
                    "movs r7, #0\n",
                    "2:\n",
                    "ldr {w0}, [{w}]\n",
                    "ldr {r0}, [{r}], #4\n",
                    change!("{r0}"),
                    // Where a change is zero, which is -1 here, the sum carries: a lower half adds 1 or
                    // 0, an upper one 1 or -1.
                    "uadd16 {u}, {t}, {ones}\n",
                    "sel {u}, {ones}, {bias}\n",
                    "sadd16 r7, r7, {u}\n",
                    // The sum that wraps around is another where the one that saturates did so.
                    "sadd16 {u}, {w0}, {t}\n",
                    "sadd16 {u}, {u}, {ones}\n",
                    "qadd16 {w0}, {w0}, {t}\n",
                    "qadd16 {w0}, {w0}, {ones}\n",
                    "str {w0}, [{w}], #4\n",
                    "eors {u}, {u}, {w0}\n",
                    "beq 3f\n",
                    "ldr {t}, [sp]\n",
                    "lsls {w0}, {u}, #16\n",
                    "it ne\n",
                    "addne {t}, {t}, #1\n",
                    "lsrs {w0}, {u}, #16\n",
                    "it ne\n",
                    "addne {t}, {t}, #1\n",
                    "str {t}, [sp]\n",
                    "3:\n",
                    "cmp {w}, {end}\n",
                    "bne 2b\n",
                    "pop {{{u}}}\n",
                    "mov {t}, r7\n",
                    "pop {{r7}}"
                ),
                w = inout(reg) w => _,
                r = inout(reg) r => _,
                end = in(reg) w.add(2 * pairs),
                s = inout(reg) s,
                a = in(reg) MULTIPLIER,
                c = in(reg) INCREMENT,
                step = in(reg) row.step,
                bias = in(reg) BIAS,
                ones = in(reg) ONES,
                w0 = out(reg) _,
                r0 = out(reg) _,
                t = out(reg) zeros,
                u = inout(reg) saturated,
            );
        }
    }
    let (lower, upper) = (zeros as i16, (zeros >> 16) as i16);
    Counted {
        state: s,
        unchanged: (i32::from(lower) + i32::midpoint(i32::from(upper), pairs as i32)) as u32,
        saturated,
    }
}
