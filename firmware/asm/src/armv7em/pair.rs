//! Words of 16 bits, two to a register.

use apical_core::number::FixedNumber;
use core::ptr;

/// The two neighbouring words from index `at`, the first in the lower half.
///
/// # Safety
/// `at + 1` must be within the slice. The word is as in memory, so the caller sees the bits of a
/// type of 16 bits without padding.
#[inline(always)]
pub(crate) unsafe fn load<T>(words: *const T, at: usize) -> u32 {
    const { assert!(size_of::<T>() == 2, "pairs are of 16-bit words") };
    // SAFETY: within the slice, says the caller. These cores load unaligned words.
    unsafe { ptr::read_unaligned(words.add(at).cast()) }
}

/// A lone word as the lower half of a pair.
#[inline(always)]
pub(crate) fn lone<T: FixedNumber>(word: T) -> u32 {
    word.raw() as u32
}
