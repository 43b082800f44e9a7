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
                // Machines differ in the sign of the NaN that they make: here all are one.
                let value = if self.is_nan() { $float::NAN } else { self };
                $float::to_bits(value) as u64
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
    fn every_nan_is_one_word() {
        // x86 makes the first of an infinity less an infinity, Arm the second.
        for bits in [0xffc0_0000_u32, 0x7fc0_0000, 0x7f80_0001] {
            assert_eq!(Number::to_bits(f32::from_bits(bits)), 0x7fc0_0000);
        }
        let negative = f64::from_bits(0xfff8_0000_0000_0000);
        assert_eq!(Number::to_bits(negative), 0x7ff8_0000_0000_0000);
        assert_eq!(Number::to_bits(-0.0_f32), 0x8000_0000);
        assert_eq!(Number::to_bits(f32::NEG_INFINITY), 0xff80_0000);
    }

    #[test]
    fn bits_go_both_ways() {
        assert_eq!(<f32 as Number>::from_bits(Number::to_bits(-1.5_f32)), -1.5);
        assert_eq!(<f64 as Number>::from_bits(Number::to_bits(0.1_f64)), 0.1);
        assert!(!f32::holds(f64::NAN) && !f32::holds(1e39) && f32::holds(-1e38));
    }
}
