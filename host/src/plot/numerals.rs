//! Numbers as they stand beside ticks.

/// Values with the precision of a step of some power of ten: plain, with an SI prefix when large, in powers of ten when small or
/// very large.
pub(super) fn even(values: &[f64], exponent: i32) -> Vec<String> {
    let largest = values.iter().fold(0.0_f64, |most, v| most.max(v.abs()));
    let size = if largest == 0.0 {
        0
    } else {
        (largest * (1.0 + 1e-9)).log10().floor() as i32
    };
    let decimals_at = |power: i32| (power - exponent).clamp(0, 12) as usize;
    if (-3..4).contains(&size) || largest == 0.0 {
        return values.iter().map(|&v| plain(v, decimals_at(0))).collect();
    }
    if (4..15).contains(&size) {
        let (power, prefix) = match size {
            4..6 => (3, "k"),
            6..9 => (6, "M"),
            9..12 => (9, "G"),
            _ => (12, "T"),
        };
        let scale = 10f64.powi(power);
        let label = |&v: &f64| {
            if v == 0.0 {
                "0".to_owned()
            } else {
                plain(v / scale, decimals_at(power)) + prefix
            }
        };
        return values.iter().map(label).collect();
    }
    let label = |&v: &f64| {
        if v == 0.0 {
            return "0".to_owned();
        }
        // Two factors, so that neither leaves the range of floats.
        let half = 10f64.powi(-size / 2);
        let mantissa = v * half * 10f64.powi(-size - (-size / 2));
        format!(
            "{}×{}",
            plain(mantissa, decimals_at(size)),
            power_of_ten(size)
        )
    };
    values.iter().map(label).collect()
}

/// A single value, as short as it can be said exactly enough for a tick or a colour bar.
pub(super) fn value_label(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    if !value.is_finite() {
        return "–".to_owned();
    }
    let size = (value.abs() * (1.0 + 1e-9)).log10().floor() as i32;
    if (-4..5).contains(&size) {
        let text = plain(value, (3 - size).clamp(0, 7) as usize);
        if text.contains('.') {
            return text.trim_end_matches('0').trim_end_matches('.').to_owned();
        }
        return text;
    }
    let mantissa = value / 10f64.powi(size);
    let digits = plain(mantissa, 2);
    let digits = digits.trim_end_matches('0').trim_end_matches('.');
    match digits {
        "1" => power_of_ten(size),
        "−1" => format!("−{}", power_of_ten(size)),
        _ => format!("{digits}×{}", power_of_ten(size)),
    }
}

/// Fixed decimals with a true minus sign, and no negative zero.
pub(super) fn plain(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(digits) if digits.bytes().any(|b| (b'1'..=b'9').contains(&b)) => format!("−{digits}"),
        Some(digits) => digits.to_owned(),
        None => text,
    }
}

pub(super) fn power_of_ten(exponent: i32) -> String {
    let raised = |c| match c {
        '-' => '⁻',
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        _ => '⁹',
    };
    format!(
        "10{}",
        exponent.to_string().chars().map(raised).collect::<String>()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_values_are_short() {
        let label = |v| value_label(v);
        assert_eq!(label(0.05), "0.05");
        assert_eq!(label(-2.0), "−2");
        assert_eq!(label(1e-6), "10⁻⁶");
        assert_eq!(label(2.5e9), "2.5×10⁹");
        assert_eq!(plain(-0.001, 1), "0.0");
    }
}
