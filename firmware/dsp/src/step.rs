//! What the rows of an update begin with, in 32-bit registers.

use apical_core::kernel::fixed::{self, Gain};
use apical_core::random::{Key, Lcg};
use apical_core::{I16, Precision};

type Weight = <I16 as Precision>::Weight;
type Rate = <I16 as Precision>::Rate;
type Potential = <I16 as Precision>::Potential;

/// The longest factor: core's limit.
const LIMIT: i32 = ((1 << 15) - 1) << 14;

/// Rows that are prepared together: what they begin with needs other constants in registers than
/// the loops over their weights.
pub(crate) const BLOCK: usize = 8;

/// What a row begins with.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub(crate) struct Row {
    /// The factor times 2^(16 - right), in the words of [`fixed::Step`]: the upper 32 bits of its
    /// product with a rate are core's product after its shift.
    pub(crate) step: i32,
    /// The state of the row's generator.
    pub(crate) state: u32,
}

/// How the product of the learning rate and a postsynaptic word is shifted.
#[derive(Clone, Copy, Debug)]
enum Shift {
    /// Right by 33 to 62: the product's upper word by one less than so many, rounded.
    High(u32),
    /// Right by 1 to 32, which is the word left by so many, and the product's upper word.
    Low(u32),
    /// Not at all, or the other way: core does it.
    Other,
}

/// What all rows of an update have in common.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    exact: fixed::Scale,
    mantissa: i32,
    shift: Shift,
}

impl Scale {
    pub(crate) fn new(gain: Gain) -> Self {
        let exact = fixed::Scale::new::<Weight, Rate, Potential>(gain);
        let (mantissa, shift) = match exact.shift() {
            Some((mantissa, right @ 33..=62)) => (mantissa, Shift::High(right - 33)),
            Some((mantissa, right @ 1..=32)) => (mantissa, Shift::Low(32 - right)),
            _ => (0, Shift::Other),
        };
        Self {
            exact,
            mantissa,
            shift,
        }
    }

    /// Prepares the rows from number `first` for their postsynaptic words.
    #[inline(always)]
    pub(crate) fn prepare(self, rows: &mut [Row; BLOCK], post: &[Potential], key: Key, first: u32) {
        begin(rows, key, first);
        let mantissa = self.mantissa;
        match self.shift {
            Shift::High(shift) => fill(rows, post, |post| high(post, mantissa, shift)),
            Shift::Low(shift) => fill(rows, post, |post| {
                low(post, mantissa, shift).unwrap_or_else(|| limit(post, mantissa))
            }),
            Shift::Other => self.by_core(rows, post),
        }
    }

    /// How many of these rows have a factor that is cut to [`LIMIT`].
    #[inline(never)]
    pub(crate) fn cut(self, post: &[Potential]) -> u32 {
        let beyond = |step: i32| !(-LIMIT..=LIMIT).contains(&step);
        let cut = |post: &&Potential| match self.shift {
            Shift::High(shift) => beyond(high(post.to_bits(), self.mantissa, shift)),
            Shift::Low(shift) => low(post.to_bits(), self.mantissa, shift).is_none_or(beyond),
            Shift::Other => self.exact.step::<Weight, Rate, Potential>(**post).cut(),
        };
        post.iter().filter(cut).count() as u32
    }

    #[cold]
    #[inline(never)]
    fn by_core(self, rows: &mut [Row; BLOCK], post: &[Potential]) {
        for (row, &post) in rows.iter_mut().zip(post) {
            let step = self.exact.step::<Weight, Rate, Potential>(post);
            row.step = step.mantissa() << (16 - step.right());
        }
    }
}

/// The upper word of the product, shifted: to nearest, ties up.
#[inline(always)]
fn high(post: i32, mantissa: i32, shift: u32) -> i32 {
    let product = (i64::from(post) * i64::from(mantissa)) >> 32;
    ((product as i32 >> shift) + 1) >> 1
}

/// The upper word of the product of the shifted word, to nearest, ties up; `None` where the word does
/// not fit, and its product, with a mantissa of 31 bits, even less.
#[inline(always)]
fn low(post: i32, mantissa: i32, shift: u32) -> Option<i32> {
    let shifted = post << shift;
    let product = i64::from(shifted) * i64::from(mantissa) + (1 << 31);
    (shifted >> shift == post).then_some((product >> 32) as i32)
}

const fn limit(post: i32, mantissa: i32) -> i32 {
    if (post ^ mantissa) < 0 { -LIMIT } else { LIMIT }
}

// Functions of their own, each of which keeps its constants in registers.

#[inline(never)]
fn fill(rows: &mut [Row; BLOCK], post: &[Potential], step: impl Fn(i32) -> i32) {
    for (row, post) in rows.iter_mut().zip(post) {
        row.step = normal(step(post.to_bits()).clamp(-LIMIT, LIMIT));
    }
}

#[inline(never)]
fn begin(rows: &mut [Row; BLOCK], key: Key, first: u32) {
    for (row, i) in rows.iter_mut().zip(first..) {
        row.state = Lcg::row(key, i).state();
    }
}

/// To 15 significant bits, to nearest, ties up; where the rounding carries, the bit that is then
/// dropped is zero.
#[inline(always)]
fn normal(step: i32) -> i32 {
    let length = 32 - step.unsigned_abs().leading_zeros();
    let exponent = length.saturating_sub(15);
    let half = (1 << exponent) >> 1;
    // mantissa x 2^exponent, which is core's mantissa x 2^(15 - right); one more makes 16 - right.
    ((step + half) >> exponent << exponent) << 1
}
