//! Learning rates, and shifts by signed distances.

/// A learning rate: `mantissa` x 2^-`shift`, the mantissa of 31 significant bits, or zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gain {
    pub(super) mantissa: i32,
    pub(super) shift: i32,
}

impl Gain {
    /// The nearest gain; `None` when the number is not finite or beyond 2^31 or below 2^-60
    /// without being zero.
    pub fn new(value: f64) -> Option<Self> {
        if value == 0.0 {
            return Some(Self {
                mantissa: 0,
                shift: 0,
            });
        }
        let (mut magnitude, mut shift) = (value.abs(), 0);
        if !(8.7e-19..2_147_483_648.0).contains(&magnitude) {
            return None;
        }
        while magnitude < 1_073_741_824.0 {
            magnitude *= 2.0;
            shift += 1;
        }
        // At most 2^31 - 1 after rounding: the mantissa is cut, not the exponent raised.
        let mantissa = ((magnitude + 0.5) as i64).min(i32::MAX as i64) as i32;
        Some(Self {
            mantissa: if value < 0.0 { -mantissa } else { mantissa },
            shift,
        })
    }
}

/// Shifts by a signed distance, to nearest (ties up) when bits are dropped, clamped to 2^62.
#[inline(always)]
pub(super) fn scale(value: i64, right: i32) -> i64 {
    match right {
        63.. => 0,
        1..=62 => ((value >> (right - 1)) + 1) >> 1,
        -62..=0 => {
            let left = -right;
            let limit = (1_i64 << 62) >> left;
            value.clamp(-limit, limit) << left
        }
        _ => 0,
    }
}

/// As [`scale`], but floored, which leaves the rounding of a weight to its own mode.
#[inline(always)]
pub(super) fn floor_scale(value: i64, right: i32) -> i64 {
    if right > 0 {
        value >> right.min(63)
    } else {
        scale(value, right)
    }
}
