//! The stochastically rounded rank-one update, two weights a register.

use crate::instruction::with_dsp;
use crate::step::Scale;
use apical_core::kernel::fixed::Gain;
use apical_core::number::FixedNumber;
use apical_core::random::{INCREMENT, Key, Lcg, MULTIPLIER};
use apical_core::{I16, Precision};
use core::arch::asm;

type Weight = <I16 as Precision>::Weight;
type Rate = <I16 as Precision>::Rate;
type Potential = <I16 as Precision>::Potential;

/// One in both halves.
const ONES: u32 = 0x0001_0001;
/// One off the whole ulps of a change. The change of a pair is one too small until after the
/// saturating addition, and one is added then: -32768 becomes -32767, as formats are symmetric.
const BIAS: u32 = 0xffff_0000;

/// The change of one pair of weights in place of the pair: `step` is the factor times 2^(16 - right),
/// so that the upper 32 bits of a product with a rate are core's product after its shift.
///
/// The random words: the upper half of the state for the second weight, both halves' exclusive or for
/// the first.
macro_rules! pair {
    ($w:literal, $r:literal) => {
        with_dsp!(
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

/// Changes `2 * pairs` weights; the state after them.
///
/// # Safety
/// As many weights and rates must be at the pointers.
#[inline(always)]
unsafe fn pairs(w: *mut Weight, r: *const Rate, pairs: usize, step: i32, state: u32) -> u32 {
    // SAFETY: `fours` + `rest` pairs are all there are.
    unsafe {
        let fours = if w.addr() % 4 == 0 && r.addr() % 4 == 0 {
            pairs / 4
        } else {
            0
        };
        let state = fours_of_pairs(w, r, fours, step, state);
        let rest = pairs - 4 * fours;
        single_pairs(w.add(8 * fours), r.add(8 * fours), rest, step, state)
    }
}

/// Four pairs a turn, loaded and stored two at a time.
///
/// # Safety
/// `8 * fours` weights and rates must be at the pointers, which are multiples of 4.
#[inline(always)]
unsafe fn fours_of_pairs(
    w: *mut Weight,
    r: *const Rate,
    fours: usize,
    step: i32,
    state: u32,
) -> u32 {
    let mut s = state;
    if fours == 0 {
        return s;
    }
    // SAFETY: reads and writes 8 `fours` words from both pointers. r7, which the compiler keeps to
    // itself, is as before at the end; no operand is on the stack. The instructions that saturate
    // set the Q flag, which nobody reads.
    unsafe {
        asm!(
            "push {{r7}}",
            "2:",
            "ldrd {w0}, {w1}, [{w}]",
            "ldrd {r0}, r7, [{r}], #8",
            pair!("{w0}", "{r0}"),
            pair!("{w1}", "r7"),
            "strd {w0}, {w1}, [{w}], #8",
            "ldrd {w0}, {w1}, [{w}]",
            "ldrd {r0}, r7, [{r}], #8",
            pair!("{w0}", "{r0}"),
            pair!("{w1}", "r7"),
            "strd {w0}, {w1}, [{w}], #8",
            "cmp {w}, {end}",
            "bne 2b",
            "pop {{r7}}",
            w = inout(reg) w => _,
            r = inout(reg) r => _,
            end = in(reg) w.add(8 * fours),
            s = inout(reg) s,
            a = in(reg) MULTIPLIER,
            c = in(reg) INCREMENT,
            step = in(reg) step,
            bias = in(reg) BIAS,
            ones = in(reg) ONES,
            w0 = out(reg) _,
            w1 = out(reg) _,
            r0 = out(reg) _,
            t = out(reg) _,
        );
    }
    s
}

/// One pair a turn, wherever the words are.
///
/// # Safety
/// `2 * pairs` weights and rates must be at the pointers.
#[inline(always)]
unsafe fn single_pairs(w: *mut Weight, r: *const Rate, pairs: usize, step: i32, state: u32) -> u32 {
    let mut s = state;
    if pairs == 0 {
        return s;
    }
    // SAFETY: reads and writes 2 `pairs` words from both pointers. These cores load and store
    // unaligned words. For the Q flag see above.
    unsafe {
        asm!(
            "2:",
            "ldr {w0}, [{w}]",
            "ldr {r0}, [{r}], #4",
            pair!("{w0}", "{r0}"),
            "str {w0}, [{w}], #4",
            "cmp {w}, {end}",
            "bne 2b",
            w = inout(reg) w => _,
            r = inout(reg) r => _,
            end = in(reg) w.add(2 * pairs),
            s = inout(reg) s,
            a = in(reg) MULTIPLIER,
            c = in(reg) INCREMENT,
            step = in(reg) step,
            bias = in(reg) BIAS,
            ones = in(reg) ONES,
            w0 = out(reg) _,
            r0 = out(reg) _,
            t = out(reg) _,
            options(nostack),
        );
    }
    s
}

/// w += round(gain post pre^T), stochastically; the bits of core's rank-one update.
pub(crate) fn rank_one(w: &mut [Weight], post: &[Potential], gain: Gain, pre: &[Rate], key: Key) {
    if pre.is_empty() {
        return;
    }
    let scale = Scale::new(gain);
    for ((row, post), i) in w.chunks_exact_mut(pre.len()).zip(post).zip(0..) {
        let step = scale.step(post.raw());
        let count = pre.len() / 2;
        // SAFETY: row and rates have 2 `count` words.
        let state = unsafe {
            pairs(
                row.as_mut_ptr(),
                pre.as_ptr(),
                count,
                step,
                Lcg::row(key, i).state(),
            )
        };
        if let (true, [.., w], [.., rate]) = (pre.len() % 2 == 1, &mut *row, pre) {
            // A pair whose other half nobody keeps.
            let mut last = [*w, Weight::from_raw(0)];
            let rates = [*rate, Rate::from_raw(0)];
            // SAFETY: two words each.
            unsafe { pairs(last.as_mut_ptr(), rates.as_ptr(), 1, step, state) };
            [*w, _] = last;
        }
    }
}
