//! Where the ticks of an axis stand and what they say.

use super::Scale;
use super::geometry::Span;
use super::numerals::{self, power_of_ten, value_label};

/// A labelled place on an axis.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tick {
    /// Its position on the axis' scale.
    pub(super) at: f64,
    /// What stands beside it.
    pub(super) label: String,
}

/// At most about `most` ticks at round values within `span`.
pub(super) fn ticks(span: Span, scale: Scale, most: usize) -> Vec<Tick> {
    let most = most.max(2);
    match scale {
        Scale::Linear => linear(span, most),
        Scale::Log => log(span, most),
    }
}

/// Most ticks for which `fits` holds, from at most `most` downwards; one tick, if it fits alone,
/// rather than none.
pub(super) fn fitting(
    span: Span,
    scale: Scale,
    most: usize,
    fits: impl Fn(&[Tick]) -> bool,
) -> Vec<Tick> {
    let mut last = Vec::new();
    for most in (2..=most.max(2)).rev() {
        last = ticks(span, scale, most);
        if fits(&last) {
            return last;
        }
    }
    last.truncate(1);
    if fits(&last) { last } else { Vec::new() }
}

fn linear(span: Span, most: usize) -> Vec<Tick> {
    let (multiples, step) = round_multiples(span, most);
    let values: Vec<f64> = multiples.iter().map(|&k| k * step.value()).collect();
    let labels = numerals::even(&values, step.exponent);
    values
        .into_iter()
        .zip(labels)
        .map(|(at, label)| Tick { at, label })
        .collect()
}

/// A tick distance of 1, 2 or 5 times a power of ten.
#[derive(Clone, Copy)]
struct Step {
    digit: u8,
    exponent: i32,
}

impl Step {
    fn value(self) -> f64 {
        f64::from(self.digit) * 10f64.powi(self.exponent)
    }
}

/// The multiples of a round step within the span: the smallest step that needs at most `most`.
/// Steps of 3 and 4 are there for spans where 1, 2 and 5 leave a single tick.
fn round_multiples(span: Span, most: usize) -> (Vec<f64>, Step) {
    let start = (span.width() / most as f64).log10().floor() as i32;
    for (digits, least) in [
        (&[1, 2, 5][..], 2.0),
        (&[1, 2, 3, 4, 5], 2.0),
        (&[1, 2, 5], 1.0),
    ] {
        for exponent in start..start + 4 {
            for &digit in digits {
                let step = Step { digit, exponent };
                let size = step.value();
                if size == 0.0 || !size.is_finite() {
                    continue;
                }
                let slack = 1e-9;
                let first = (span.low / size - slack).ceil();
                let last = (span.high / size + slack).floor();
                let count = last - first + 1.0;
                if count >= least && count <= most as f64 {
                    let multiples = (0..count as u32).map(|k| first + f64::from(k)).collect();
                    return (multiples, step);
                }
            }
        }
    }
    (
        Vec::new(),
        Step {
            digit: 1,
            exponent: 0,
        },
    )
}

fn log(span: Span, most: usize) -> Vec<Tick> {
    let (first, last) = (
        (span.low - 1e-9).ceil() as i32,
        (span.high + 1e-9).floor() as i32,
    );
    let decades = (last - first + 1).max(0) as usize;
    if decades >= 3 || (decades == 2 && most <= 4) {
        let every = decades.div_ceil(most).max(1) as i32;
        let decades: Vec<i32> = (first..=last)
            .filter(|e| e.rem_euclid(every) == 0)
            .collect();
        let spelled = decades.iter().all(|e| (-3..4).contains(e));
        return decades
            .into_iter()
            .map(|e| Tick {
                at: f64::from(e),
                label: if spelled {
                    value_label(10f64.powi(e))
                } else {
                    power_of_ten(e)
                },
            })
            .collect();
    }
    // Fewer than three decades: 1, 2 and 5 of each, or 1 and 3 where those are too many.
    for digits in [&[1.0, 2.0, 5.0][..], &[1.0, 3.0]] {
        let mut values = Vec::new();
        for exponent in first.saturating_sub(1)..=last.saturating_add(1) {
            for digit in digits {
                let value = digit * 10f64.powi(exponent);
                if span.holds(value.log10()) {
                    values.push(value);
                }
            }
        }
        if values.len() >= 3 && values.len() <= most {
            return values
                .into_iter()
                .map(|v| Tick {
                    at: v.log10(),
                    label: value_label(v),
                })
                .collect();
        }
    }
    let (low, high) = (10f64.powf(span.low), 10f64.powf(span.high));
    if !(low > 0.0 && high.is_finite()) {
        return Vec::new();
    }
    let mut ticks = linear(Span::new(low, high), most);
    ticks.retain(|tick| tick.at > 0.0);
    for tick in &mut ticks {
        tick.at = tick.at.log10();
    }
    ticks.retain(|tick| span.holds(tick.at));
    ticks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(low: f64, high: f64, scale: Scale, most: usize) -> Vec<String> {
        let span = Span::new(scale.forward(low), scale.forward(high));
        ticks(span, scale, most)
            .into_iter()
            .map(|tick| tick.label)
            .collect()
    }

    #[test]
    fn linear_ticks_are_round() {
        assert_eq!(
            labels(0.0, 1.0, Scale::Linear, 6),
            ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]
        );
        assert_eq!(
            labels(-20.0, 20.0, Scale::Linear, 5),
            ["−20", "−10", "0", "10", "20"]
        );
    }

    #[test]
    fn large_and_small_values_are_shortened() {
        assert_eq!(
            labels(0.0, 60_000.0, Scale::Linear, 4),
            ["0", "20k", "40k", "60k"]
        );
        assert_eq!(
            labels(0.0, 4e6, Scale::Linear, 5),
            ["0", "1M", "2M", "3M", "4M"]
        );
        assert_eq!(
            labels(0.0, 4e-5, Scale::Linear, 3),
            ["0", "2×10⁻⁵", "4×10⁻⁵"]
        );
        assert_eq!(
            labels(0.0, 4e20, Scale::Linear, 3),
            ["0", "2×10²⁰", "4×10²⁰"]
        );
    }

    #[test]
    fn log_ticks_are_decades_or_their_parts() {
        assert_eq!(
            labels(0.01, 10.0, Scale::Log, 6),
            ["0.01", "0.1", "1", "10"]
        );
        assert_eq!(
            labels(1e-8, 1e-2, Scale::Log, 4),
            ["10⁻⁸", "10⁻⁶", "10⁻⁴", "10⁻²"]
        );
        assert_eq!(labels(1.0, 10.0, Scale::Log, 6), ["1", "2", "5", "10"]);
        assert!(labels(3.1, 3.9, Scale::Log, 6).len() >= 3);
    }

    #[test]
    fn every_span_has_bounded_ticks_inside_it() {
        let ends = [
            -1e308, -1e9, -3.7, -1e-12, 0.0, 1e-300, 4e-5, 1.0, 1.000_001, 1e18, 1e308,
        ];
        for &a in &ends {
            for &b in &ends {
                let span = Span::new(a, b);
                for scale in [Scale::Linear, Scale::Log] {
                    let span = if scale == Scale::Log {
                        Span::new(
                            span.low.clamp(-300.0, 300.0),
                            span.high.clamp(-300.0, 300.0),
                        )
                    } else {
                        span
                    };
                    for most in [1, 2, 5, 9] {
                        let ticks = ticks(span, scale, most);
                        assert!(ticks.len() <= most.max(4), "{span:?} {scale:?} {ticks:?}");
                        assert!(ticks.iter().all(|t| span.holds(t.at)), "{span:?} {ticks:?}");
                    }
                }
            }
        }
    }
}
