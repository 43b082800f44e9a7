//! Words of a batch as the vector kernels read them: on cache lines of their own.

/// Words that begin where a cache line does. Sample by sample, as an activity has them, a long vector
/// crosses a line nearly always.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub(super) struct Line<T, const WORDS: usize>(pub(super) [T; WORDS]);

/// Samples that a product takes together.
pub(super) const FIVE: usize = 5;

impl<T: Copy + Default, const WORDS: usize> Default for Line<T, WORDS> {
    fn default() -> Self {
        Self([T::default(); WORDS])
    }
}

impl<T: Copy + Default, const WORDS: usize> Line<T, WORDS> {
    /// These words, and zeros behind them.
    #[inline(always)]
    pub(super) fn new(words: &[T]) -> Self {
        let mut line = Self::default();
        if let Some(full) = words.first_chunk() {
            line.0 = *full;
        } else {
            line.0[..words.len()].copy_from_slice(words);
        }
        line
    }
}
