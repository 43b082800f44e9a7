//! f32 and f64 as storage.

use super::Number;

macro_rules! float_number {
    ($float:ident, $bits:ident) => {
        impl Number for $float {
            const BYTES: usize = size_of::<$float>();
            const ZERO: Self = 0.0;
            const FRACTION: Option<u32> = None;

            #[inline]
            fn from_f64(value: f64) -> Self {
                if value.is_nan() { 0.0 } else { value as $float }
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                self as f64
            }
            #[inline]
            fn to_bits(self) -> u64 {
                $float::to_bits(self) as u64
            }
            #[inline]
            fn from_bits(bits: u64) -> Self {
                $float::from_bits(bits as $bits)
            }
            fn largest() -> f64 {
                $float::MAX as f64
            }
        }
    };
}

float_number!(f32, u32);
float_number!(f64, u64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_go_both_ways() {
        assert_eq!(<f32 as Number>::from_bits(Number::to_bits(-1.5_f32)), -1.5);
        assert_eq!(<f64 as Number>::from_bits(Number::to_bits(0.1_f64)), 0.1);
        assert!(!f32::holds(f64::NAN) && !f32::holds(1e39) && f32::holds(-1e38));
    }
}
