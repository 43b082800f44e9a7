//! Colours: the Okabe–Ito set for series, continuous ramps for heat maps, greys for furniture.

/// A colour as red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Rgb(pub(super) u8, pub(super) u8, pub(super) u8);

/// Titles, labels.
pub(super) const INK: Rgb = Rgb(0x1f, 0x23, 0x28);
/// Tick labels, captions, notes.
pub(super) const MUTED: Rgb = Rgb(0x59, 0x63, 0x6e);
/// Axis lines.
pub(super) const FRAME: Rgb = Rgb(0x8c, 0x95, 0x9f);
/// Grid lines.
pub(super) const GRID: Rgb = Rgb(0xe4, 0xe7, 0xeb);
/// Reference lines and their labels.
pub(super) const REFERENCE: Rgb = Rgb(0x57, 0x60, 0x6b);
/// The page.
pub(super) const PAPER: Rgb = Rgb(0xff, 0xff, 0xfe);
/// A heat-map cell without a value.
pub(super) const VOID: Rgb = Rgb(0xeb, 0xed, 0xf0);
/// Text on dark heat-map cells; never re-themed.
pub(super) const ON_DARK: Rgb = Rgb(0xff, 0xff, 0xff);
/// Text on light heat-map cells; never re-themed.
pub(super) const ON_LIGHT: Rgb = Rgb(0x14, 0x14, 0x14);

pub(super) const BLACK: Rgb = Rgb(0x00, 0x00, 0x00);
pub(super) const ORANGE: Rgb = Rgb(0xe6, 0x9f, 0x00);
pub(super) const SKY: Rgb = Rgb(0x56, 0xb4, 0xe9);
pub(super) const GREEN: Rgb = Rgb(0x00, 0x9e, 0x73);
pub(super) const YELLOW: Rgb = Rgb(0xf0, 0xe4, 0x42);
pub(super) const BLUE: Rgb = Rgb(0x00, 0x72, 0xb2);
pub(super) const VERMILLION: Rgb = Rgb(0xd5, 0x5e, 0x00);
pub(super) const PURPLE: Rgb = Rgb(0xcc, 0x79, 0xa7);
pub(super) const GREY: Rgb = Rgb(0x7d, 0x86, 0x90);

/// Okabe and Ito's set, ordered so that the first few are far apart and yellow comes last.
const CYCLE: [Rgb; 8] = [BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, BLACK, YELLOW];

/// How a series is coloured: by its role in the picture, by number, or exactly.
///
/// Roles and numbers stay distinguishable for colour-blind readers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colour {
    /// The next colour of the cycle; series of one name share it across a figure's panels.
    #[default]
    Auto,
    /// A colour of the eight in the cycle, counted from zero and wrapping around.
    Index(usize),
    /// Green: what arrives from below.
    Input,
    /// Red (vermillion): what arrives from above.
    TopDown,
    /// Blue: what is meant to cancel.
    Cancellation,
    /// Grey: the sum of the others, or anything that should stay in the background.
    Sum,
    /// Black (white on a dark page): the one series to look at.
    Emphasis,
    /// An exact red, green and blue.
    Rgb(u8, u8, u8),
}

impl Colour {
    /// The colour to draw with; `index` numbers the automatic ones.
    pub(super) fn resolve(self, index: usize) -> Rgb {
        match self {
            Self::Auto => CYCLE[index % CYCLE.len()],
            Self::Index(index) => CYCLE[index % CYCLE.len()],
            Self::Input => GREEN,
            Self::TopDown => VERMILLION,
            Self::Cancellation => BLUE,
            Self::Sum => GREY,
            Self::Emphasis => BLACK,
            Self::Rgb(red, green, blue) => Rgb(red, green, blue),
        }
    }
}

impl Rgb {
    /// `#RRGGBB`, as the SVG writer spells it.
    pub(super) fn hex(self) -> String {
        format!("#{:02X}{:02X}{:02X}", self.0, self.1, self.2)
    }

    /// Relative luminance by the web accessibility guidelines, from 0 to 1.
    pub(super) fn luminance(self) -> f64 {
        let channel = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.040_45 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * channel(self.0) + 0.7152 * channel(self.1) + 0.0722 * channel(self.2)
    }

    /// The colour of text that stays readable on this one.
    pub(super) fn text_on(self) -> Rgb {
        if self.luminance() > 0.26 {
            ON_LIGHT
        } else {
            ON_DARK
        }
    }
}

/// Viridis at nine equal steps.
const VIRIDIS: [Rgb; 9] = [
    Rgb(0x44, 0x01, 0x54),
    Rgb(0x47, 0x2d, 0x7b),
    Rgb(0x3b, 0x52, 0x8b),
    Rgb(0x2c, 0x72, 0x8e),
    Rgb(0x21, 0x91, 0x8c),
    Rgb(0x28, 0xae, 0x80),
    Rgb(0x5e, 0xc9, 0x62),
    Rgb(0xad, 0xdc, 0x30),
    Rgb(0xfd, 0xe7, 0x25),
];

/// Blue through near-white to red, at nine steps (`ColorBrewer`'s `RdBu`, reversed).
const BLUE_RED: [Rgb; 9] = [
    Rgb(0x21, 0x66, 0xac),
    Rgb(0x43, 0x93, 0xc3),
    Rgb(0x92, 0xc5, 0xde),
    Rgb(0xd1, 0xe5, 0xf0),
    Rgb(0xf7, 0xf7, 0xf7),
    Rgb(0xfd, 0xdb, 0xc7),
    Rgb(0xf4, 0xa5, 0x82),
    Rgb(0xd6, 0x60, 0x4d),
    Rgb(0xb2, 0x18, 0x2b),
];

/// Viridis at `fraction` of its length.
pub(super) fn sequential(fraction: f64) -> Rgb {
    along(&VIRIDIS, fraction)
}

/// Blue at 0, white at one half, red at 1.
pub(super) fn diverging(fraction: f64) -> Rgb {
    along(&BLUE_RED, fraction)
}

fn along(stops: &[Rgb; 9], fraction: f64) -> Rgb {
    let fraction = if fraction.is_finite() {
        fraction.clamp(0.0, 1.0)
    } else {
        0.0
    };
    let place = fraction * 8.0;
    let first = (place.floor() as usize).min(7);
    let share = place - first as f64;
    let (a, b) = (stops[first], stops[first + 1]);
    let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share).round() as u8;
    Rgb(mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ramps_reach_both_ends_and_survive_anything() {
        assert_eq!(sequential(0.0), VIRIDIS[0]);
        assert_eq!(sequential(1.0), VIRIDIS[8]);
        assert_eq!(sequential(7.0), VIRIDIS[8]);
        assert_eq!(diverging(0.5), BLUE_RED[4]);
        assert_eq!(sequential(f64::NAN), VIRIDIS[0]);
    }

    #[test]
    fn text_on_a_ramp_keeps_its_contrast() {
        for step in 0..=100 {
            let ground = sequential(f64::from(step) / 100.0);
            let (a, b) = (ground.luminance(), ground.text_on().luminance());
            let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
            assert!(contrast >= 3.0, "contrast {contrast} at step {step}");
        }
    }

    #[test]
    fn the_cycle_wraps() {
        assert_eq!(Colour::Auto.resolve(0), Colour::Index(8).resolve(5));
    }
}
