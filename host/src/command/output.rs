//! What a person sees while it runs, and what a program reads afterwards.

use super::Common;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

/// Speaks to a person, to a program, or to nobody.
#[derive(Debug, Clone, Copy)]
pub struct Voice {
    quiet: bool,
    json: bool,
}

impl Voice {
    /// The voice that the command line asks for.
    pub fn new(common: &Common) -> Self {
        Self {
            quiet: common.quiet,
            json: common.json,
        }
    }

    /// Text for a person.
    pub fn say(self, text: &str) {
        if !self.quiet && !self.json {
            print_line(text);
        }
    }

    /// The result for a program.
    pub fn result<T: Serialize>(self, value: &T) {
        if self.json
            && let Ok(text) = serde_json::to_string_pretty(value)
        {
            print_line(&text);
        }
    }

    /// One of many results for a program, on a line of its own.
    pub fn one_of_many<T: Serialize>(self, value: &T) {
        if self.json
            && let Ok(text) = serde_json::to_string(value)
        {
            print_line(&text);
        }
    }

    /// A bar over `total` units; hidden when nobody looks (indicatif hides it without a terminal).
    pub fn bar(self, total: u64, unit: &str) -> ProgressBar {
        if self.quiet || self.json {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new(total);
        let template = format!(
            "{{msg:<24}} {{bar:32}} {{human_pos}}/{{human_len}} {unit}  {{elapsed}} + {{eta}}"
        );
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        bar
    }
}

/// A line on standard output; a reader that has gone away is no error.
fn print_line(text: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}
