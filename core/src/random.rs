//! Random numbers that are a function of (seed, step, stream, index), and of nothing else.
//!
//! There is no state to carry: the order of evaluation, the number of threads, an interruption
//! and a resume change nothing. Two layers, both on 32-bit integers:
//!
//! * [`Key`]: a hash of (seed, step, stream); [`Key::word`] gives the 32 bits of one index. Used
//!   for noise, initial weights and shuffles.
//! * [`Lcg`]: one row of stochastic rounding starts at the key's word of that row and then steps
//!   a 32-bit linear congruential generator: one multiply-accumulate for two weights. The upper 16
//!   bits of a state are one random word; the lower, which are poor by themselves, become the other
//!   after an exclusive or with the upper. Lanes skip ahead in one step.
//!
//! The algorithm, test vectors and the statistics that led to it are in `docs/numerics.md`.

/// Streams keep the uses of randomness apart. Tensors of layer `k` use `base + k`.
pub mod stream {
    /// Stochastic rounding of weights: plus 4096 x family plus layer.
    pub const ROUNDING: u32 = 0x0001_0000;
    /// Noise of the potentials.
    pub const NOISE: u32 = 0x0002_0000;
    /// Initial weights: plus 4096 x family plus layer.
    pub const INITIAL: u32 = 0x0003_0000;
    /// Order of the samples.
    pub const SHUFFLE: u32 = 0x0004_0000;
    /// Data that a task generates: inputs, targets, teachers.
    pub const DATA: u32 = 0x0005_0000;
    /// Stochastic rounding of weight decay: plus 4096 x family plus layer.
    pub const DECAY: u32 = 0x0006_0000;
    /// Inputs that are swapped between samples; the samples they come from have the next stream.
    pub const SWAP: u32 = 0x0007_0000;
    /// Noise that top-down weights are aligned by.
    pub const ALIGNMENT: u32 = 0x0008_0000;
    /// How training images are moved: three draws a sample.
    pub const AUGMENTATION: u32 = 0x0009_0000;
}

/// A bijection of 32 bits in which every input bit reaches every output bit (the finaliser of
/// `MurmurHash3`, by Austin Appleby, in the public domain).
#[inline(always)]
pub const fn mix(mut x: u32) -> u32 {
    x ^= x >> 16;
    x = x.wrapping_mul(0x85eb_ca6b);
    x ^= x >> 13;
    x = x.wrapping_mul(0xc2b2_ae35);
    x ^ (x >> 16)
}

/// 2^32 divided by the golden ratio, made odd: consecutive indices land far apart.
const GOLDEN: u32 = 0x9e37_79b9;

/// A 64-bit hash of (seed, step, stream) that gives a 32-bit word for every index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    lo: u32,
    hi: u32,
}

impl Key {
    /// Hashes seed, step and stream.
    #[inline]
    pub const fn new(seed: u64, step: u64, stream: u32) -> Self {
        let lo = absorb(0x6170_6963, seed, step, stream);
        let hi = absorb(0x616c_2121, seed, step, stream);
        Self { lo, hi }
    }

    /// The 32 random bits of `index`.
    #[inline(always)]
    pub const fn word(self, index: u32) -> u32 {
        mix(mix(self.lo ^ index.wrapping_mul(GOLDEN)).wrapping_add(self.hi))
    }

    /// A real number in the open interval (0, 1) on a grid of 2^-33, the same in every precision.
    #[inline]
    pub fn uniform(self, index: u32) -> f64 {
        (f64::from(self.word(index)) + 0.5) * (1.0 / 4_294_967_296.0)
    }

    /// An integer in `0..bound` by multiply and shift; no value is favoured by more than
    /// `bound` / 2^32. Zero when `bound` is zero.
    #[inline]
    pub const fn below(self, index: u32, bound: u32) -> u32 {
        ((self.word(index) as u64 * bound as u64) >> 32) as u32
    }

    /// A sum of eight random bytes less its mean: an integer in -1020..=1020, close to normal
    /// (Irwin-Hall of order eight: excess kurtosis -0.15), with variance [`NOISE_VARIANCE`].
    #[inline(always)]
    pub const fn noise(self, index: u32) -> i32 {
        let a = self.word(index.wrapping_mul(2));
        let b = self.word(index.wrapping_mul(2).wrapping_add(1));
        let pairs = (a & 0x00ff_00ff)
            + ((a >> 8) & 0x00ff_00ff)
            + (b & 0x00ff_00ff)
            + ((b >> 8) & 0x00ff_00ff);
        (pairs & 0xffff) as i32 + (pairs >> 16) as i32 - 1020
    }
}

/// Variance of [`Key::noise`]: eight bytes of variance (256^2 - 1) / 12 each.
pub const NOISE_VARIANCE: f64 = 43_690.0;

const fn absorb(start: u32, seed: u64, step: u64, stream: u32) -> u32 {
    let mut h = mix(start ^ seed as u32);
    h = mix(h.wrapping_add(GOLDEN) ^ (seed >> 32) as u32);
    h = mix(h.wrapping_add(GOLDEN) ^ step as u32);
    h = mix(h.wrapping_add(GOLDEN) ^ (step >> 32) as u32);
    mix(h.wrapping_add(GOLDEN) ^ stream)
}

/// The random bits of one row of stochastic rounding.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lcg(u32);

/// Multiplier with good lattices up to eight dimensions modulo 2^32 (Steele and Vigna,
/// "Computationally easy, spectrally good multipliers", 2021, table for 32 bits).
pub const MULTIPLIER: u32 = 0x915f_77f5;
/// An odd increment: the period is 2^32.
pub const INCREMENT: u32 = 0x9e37_79b9;

impl Lcg {
    /// The generator of row `row`.
    #[inline(always)]
    pub const fn row(key: Key, row: u32) -> Self {
        Self(key.word(row))
    }

    /// The state, for who takes the steps in registers of their own.
    #[inline(always)]
    pub const fn state(self) -> u32 {
        self.0
    }

    /// The 16 random bits of each of the next two weights in the row.
    #[inline(always)]
    pub const fn pair(&mut self) -> [u16; 2] {
        self.0 = self.0.wrapping_mul(MULTIPLIER).wrapping_add(INCREMENT);
        let words = spread(self.0);
        [words as u16, (words >> 16) as u16]
    }

    /// The 16 random bits of each of the next `N` weights, drawn side by side: `N` = 2 `PAIRS`, or it
    /// does not compile.
    #[inline(always)]
    pub fn draw<const PAIRS: usize, const N: usize>(&mut self) -> [u16; N] {
        let mut states = [0; PAIRS];
        for ((state, a), c) in states
            .iter_mut()
            .zip(Lanes::<PAIRS>::A)
            .zip(Lanes::<PAIRS>::C)
        {
            let words = spread(self.0.wrapping_mul(a).wrapping_add(c));
            *state = if cfg!(target_endian = "little") {
                words
            } else {
                words.rotate_left(16)
            };
        }
        let (a, c) = const { skip(PAIRS as u32) };
        self.0 = self.0.wrapping_mul(a).wrapping_add(c);
        // A view of the same register, which the compiler does not find by itself.
        bytemuck::must_cast(states)
    }
}

/// Two random words out of a state: the upper 16 bits stay, the lower are mixed with them.
#[inline(always)]
const fn spread(state: u32) -> u32 {
    state ^ (state >> 16)
}

/// Multipliers and increments from the beginning to the first `N` states.
struct Lanes<const N: usize>;

impl<const N: usize> Lanes<N> {
    const A: [u32; N] = Self::skips().0;
    const C: [u32; N] = Self::skips().1;

    const fn skips() -> ([u32; N], [u32; N]) {
        let (mut a, mut c) = ([0; N], [0; N]);
        let mut lane = 0;
        while lane < N {
            (a[lane], c[lane]) = skip(lane as u32 + 1);
            lane += 1;
        }
        (a, c)
    }
}

/// Multiplier and increment that take `n` steps of the [`Lcg`] at once.
pub const fn skip(n: u32) -> (u32, u32) {
    let (mut a, mut c) = (1_u32, 0_u32);
    let mut i = 0;
    while i < n {
        a = a.wrapping_mul(MULTIPLIER);
        c = c.wrapping_mul(MULTIPLIER).wrapping_add(INCREMENT);
        i += 1;
    }
    (a, c)
}

/// Puts `items` into the random order of `key` (Fisher and Yates).
pub fn shuffle<T>(items: &mut [T], key: Key) {
    for i in (1..items.len()).rev() {
        let j = key.below(i as u32, i as u32 + 1) as usize;
        items.swap(i, j);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_vectors() {
        // Printed in docs/numerics.md; a second implementation in Python gave the same.
        let key = Key::new(1, 2, 3);
        let words = [key.word(0), key.word(1), key.word(2), key.word(u32::MAX)];
        let mut row = Lcg::row(key, 0);
        let bits = [row.pair(), row.pair()];
        assert_eq!(words, [0x8711_66e5, 0x2a25_92f0, 0xd5ad_071d, 0xfb55_5f4d]);
        assert_eq!(bits, [[47_436, 56_494], [47_706, 45_913]]);
        assert_eq!([key.noise(0), key.noise(1), key.noise(2)], [-72, -273, -29]);
    }

    #[test]
    fn words_drawn_side_by_side_are_those_of_the_row() {
        let key = Key::new(7, 8, 9);
        let (mut row, mut groups) = (Lcg::row(key, 5), Lcg::row(key, 5));
        for _ in 0..4 {
            for pair in groups.draw::<16, 32>().as_chunks::<2>().0 {
                assert_eq!(row.pair(), *pair);
            }
        }
    }

    #[test]
    fn noise_has_the_variance_it_says() {
        let key = Key::new(3, 4, stream::NOISE);
        let n = 200_000;
        let (mut sum, mut squares) = (0_i64, 0_i64);
        for i in 0..n {
            let x = i64::from(key.noise(i));
            assert!(x.abs() <= 1020);
            sum += x;
            squares += x * x;
        }
        let mean = sum as f64 / f64::from(n);
        let variance = squares as f64 / f64::from(n) - mean * mean;
        assert!(mean.abs() < 4.0 * 209.0 / 447.0, "mean {mean}");
        assert!(
            (variance / NOISE_VARIANCE - 1.0).abs() < 0.02,
            "variance {variance}"
        );
    }

    #[test]
    fn shuffle_is_a_permutation_and_depends_on_the_key() {
        let mut a = [0_u32; 100];
        for (i, x) in a.iter_mut().enumerate() {
            *x = i as u32;
        }
        let mut b = a;
        shuffle(&mut a, Key::new(1, 0, stream::SHUFFLE));
        shuffle(&mut b, Key::new(1, 1, stream::SHUFFLE));
        assert_ne!(a, b);
        a.sort_unstable();
        assert!(a.iter().enumerate().all(|(i, &x)| i as u32 == x));
    }
}
