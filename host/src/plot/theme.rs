//! Colours of inline figures on light and dark pages.
//!
//! A figure is always written in its light colours, as attributes. A style sheet outranks
//! attributes, so a dark page only has to say what each light colour becomes.

use std::fmt::Write as _;

use super::palette::{
    BLACK, BLUE, FRAME, GREEN, GREY, GRID, INK, MUTED, PAPER, PURPLE, REFERENCE, Rgb, VERMILLION,
    VOID,
};

/// Each light colour and what it becomes on a dark page.
const DARK: [(Rgb, &str); 13] = [
    (INK, "#e6e9ed"),
    (MUTED, "#9aa4af"),
    (FRAME, "#6b7580"),
    (GRID, "#2b323a"),
    (REFERENCE, "#a3acb6"),
    (PAPER, "#161a1f"),
    (VOID, "#262c33"),
    (BLACK, "#f3f4f6"),
    (BLUE, "#4aa3df"),
    (VERMILLION, "#f07f37"),
    (GREEN, "#22b88d"),
    (PURPLE, "#d98fb9"),
    (GREY, "#8f98a3"),
];

/// CSS rules that give figures from [`svg_inline`](super::svg_inline) the colours of a dark page;
/// to be wrapped in the page's own media query. The dark page itself should be `#161a1f`.
pub fn style_rules() -> String {
    let mut rules = String::new();
    for (light, dark) in DARK {
        let light = light.hex();
        // Writing to a string cannot fail.
        let _ = writeln!(rules, "svg.figure [fill=\"{light}\"]{{fill:{dark}}}");
        let _ = writeln!(rules, "svg.figure [stroke=\"{light}\"]{{stroke:{dark}}}");
    }
    rules
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_names_a_colour_as_the_writer_spells_it() {
        let rules = style_rules();
        assert!(
            rules.contains("svg.figure [fill=\"#1F2328\"]{fill:#e6e9ed}"),
            "{rules}"
        );
        assert_eq!(rules.lines().count(), 2 * DARK.len());
    }
}
