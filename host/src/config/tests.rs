//! Configurations as texts: what they mean, and what is not accepted.

mod faults;
mod meaning;
mod overrides;
mod ranges;
mod template;

use super::*;

fn resolve(text: &str) -> Result<Config, ConfigError> {
    ConfigDocument::parse(text, "test.toml")?.resolve()
}

/// The message of a file that must not be accepted.
fn fault(text: &str) -> String {
    match resolve(text) {
        Ok(_) => panic!("accepted: {text}"),
        Err(error) => error.to_string(),
    }
}

fn with_override(assignment: &str) -> Result<Config, ConfigError> {
    Config::load(None, &[assignment])
}

/// Each text must be refused with a message that contains what stands beside it.
fn assert_refused(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        let message = fault(text);
        assert!(message.contains(expected), "{message}");
    }
}
