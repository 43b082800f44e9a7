//! What the property tests of fixed point share: a runner and raw words.

use apical_core::{Number, Precision};
use apical_tests::exact::{Format, raw, word};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};

/// Runs a property on the same cases every time.
pub(crate) fn check<S: Strategy>(
    cases: u32,
    strategy: S,
    property: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    let config = Config {
        cases,
        rng_seed: RngSeed::Fixed(0x00ca_1000),
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config).run(&strategy, property).unwrap();
}

/// Integers of `bits` bits: any, the ends, powers of two with either sign, small ones.
pub(crate) fn integers(bits: u32) -> impl Strategy<Value = i128> + Clone {
    let max = (1_i64 << (bits - 1)) - 1;
    prop_oneof![
        4 => -max - 1..=max,
        2 => select(vec![-max - 1, -max, 1 - max, max - 1, max, 0, 1, -1]),
        2 => (0..bits - 1, any::<bool>()).prop_map(|(n, minus)| if minus { -1 << n } else { 1 << n }),
        2 => -100_i64..=100,
    ]
    .prop_map(i128::from)
}

/// Words of a format, as [`integers`].
pub(crate) fn words<T: Number>() -> impl Strategy<Value = T> + Clone {
    integers(8 * T::BYTES as u32).prop_map(word)
}

/// Rates as the network stores them: symmetric, never the most negative pattern.
pub(crate) fn rates<P: Precision>() -> impl Strategy<Value = P::Rate> + Clone {
    words::<P::Rate>().prop_map(|r| word(raw(r).max(-Format::of::<P::Rate>().max)))
}

/// Rows and columns: none, one, odd ones, either side of the groups of 16 and blocks of 256.
pub(crate) fn shapes() -> impl Strategy<Value = (usize, usize)> {
    let columns = prop_oneof![
        3 => 0_usize..6,
        3 => 14_usize..19,
        2 => 30_usize..36,
        1 => 254_usize..260,
        1 => 510_usize..515,
    ];
    (0_usize..4, columns)
}

/// Writes a property as one test for each fixed-point precision.
macro_rules! in_every_precision {
    ($($property:ident)*) => {$(
        mod $property {
            use super::*;
            #[test]
            fn i8() { super::$property::<I8>(); }
            #[test]
            fn i16() { super::$property::<I16>(); }
            #[test]
            fn i16x32() { super::$property::<I16x32>(); }
            #[test]
            fn i32() { super::$property::<I32>(); }
        }
    )*};
}
pub(crate) use in_every_precision;
