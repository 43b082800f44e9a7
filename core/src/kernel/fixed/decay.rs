//! Weight decay.

use super::gain::{Gain, floor_scale};
use super::update::write;
use crate::Rounding;
use crate::number::FixedNumber;
use crate::number::rounding::{Round, with_rounding};
use crate::random::{Key, Lcg};
use crate::record::{Observe, Quantity};

/// Weights that draw from one generator.
const ROW: usize = 256;

/// w -= round(fraction w).
#[inline(always)]
pub(crate) fn decay<W: FixedNumber, O: Observe>(
    w: &mut [W],
    fraction: Gain,
    rounding: Rounding,
    key: Key,
    observer: &mut O,
) {
    let (mut saturated, mut lost) = (0, 0);
    with_rounding!(rounding, M => {
        for (row, i) in w.chunks_mut(ROW).zip(0..) {
            let mut random = Lcg::row(key, i);
            for pair in row.chunks_mut(2) {
                let words = if M::DRAWS { random.pair() } else { [0; 2] };
                for (w, word) in pair.iter_mut().zip(words) {
                    let change = -(w.raw() as i64 * fraction.mantissa as i64);
                    let change = floor_scale(change, fraction.shift - 16);
                    let (s, l) = write::<W, M>(w, change, word);
                    saturated += s;
                    lost += l;
                }
            }
        }
    });
    if O::ON {
        observer.saturated(Quantity::Weight, saturated);
        observer.updated(w.len() as u32, lost);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::stream;
    use crate::record::Counters;
    use ::fixed::types::I4F12;

    /// What is left of 8,000 weights of 1 after this fraction is taken, in ulps, and what was lost.
    fn left(fraction: f64, rounding: Rounding) -> (f64, u64) {
        let mut w = [I4F12::ONE; 8_000];
        let mut counters = Counters::default();
        let key = Key::new(5, 6, stream::DECAY);
        let fraction = Gain::new(fraction).unwrap();
        decay(&mut w, fraction, rounding, key, &mut counters);
        let sum: i64 = w.iter().map(|w| i64::from(w.to_bits())).sum();
        (sum as f64 / 8_000.0, counters.words()[5])
    }

    #[test]
    fn stochastic_rounding_takes_a_tenth_of_an_ulp_on_average_and_the_nearest_nothing() {
        let tenth = 0.1 / 4096.0;
        let (mean, _) = left(tenth, Rounding::Stochastic);
        // Three standard deviations of the mean of 8,000 words that are 1 in a tenth of the cases.
        assert!((mean - 4095.9).abs() < 0.011, "{mean}");
        assert_eq!(left(tenth, Rounding::Nearest).0, 4096.0);
        assert_eq!(left(tenth, Rounding::Zero).0, 4096.0);
        assert_eq!(left(tenth, Rounding::Floor).0, 4095.0);
    }

    #[test]
    fn large_fractions_are_exact_and_a_negative_weight_rises() {
        for rounding in Rounding::ALL {
            assert_eq!(left(0.5, rounding), (2048.0, 0));
            let mut w = [I4F12::from_num(-2)];
            let key = Key::new(1, 1, stream::DECAY);
            decay(
                &mut w,
                Gain::new(0.25).unwrap(),
                rounding,
                key,
                &mut Counters::default(),
            );
            assert_eq!(w, [I4F12::from_num(-1.5)]);
        }
    }
}
