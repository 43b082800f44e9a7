//! A 64-bit digest of a network's state, the same on every machine.
//!
//! For every word, in order: h = (h xor word) x 0x100000001b3 modulo 2^64, then h = h xor
//! (h >> 29). Each step is a bijection of h, so two states that differ in one word have different
//! digests. Words are the stored bits, sign-extended for integers, zero-extended for floats.

use crate::Number;

/// A digest in the making.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest(u64);

impl Default for Digest {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Digest {
    /// Takes in one word.
    #[inline]
    pub const fn word(&mut self, word: u64) {
        let h = (self.0 ^ word).wrapping_mul(0x0000_0100_0000_01b3);
        self.0 = h ^ (h >> 29);
    }

    /// Takes in stored words.
    pub fn words<T: Number>(&mut self, words: &[T]) {
        for word in words {
            self.word(word.to_bits());
        }
    }

    /// The digest of all words so far.
    pub const fn finish(self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bit_anywhere_shows() {
        let mut words = [0.0_f64, 1.0, -2.5];
        let of = |words: &[f64]| {
            let mut digest = Digest::default();
            digest.words(words);
            digest.finish()
        };
        let before = of(&words);
        words[0] = f64::from_bits(1);
        assert_ne!(of(&words), before);
        words[0] = -0.0;
        assert_ne!(of(&words), before);
    }

    #[test]
    fn test_vector() {
        let mut digest = Digest::default();
        digest.word(1);
        digest.word(u64::MAX);
        assert_eq!(digest.finish(), reference(&[1, u64::MAX]));
    }

    /// The definition in 128-bit arithmetic, written a second time.
    fn reference(words: &[u64]) -> u64 {
        words.iter().fold(0xcbf2_9ce4_8422_2325, |h: u64, w| {
            let h = (u128::from(h ^ w) * 0x0000_0100_0000_01b3) as u64;
            h ^ (h >> 29)
        })
    }
}
