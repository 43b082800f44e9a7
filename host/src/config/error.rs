//! What can be wrong with a configuration, in one message.

use std::fmt;
use std::path::Path;

use apical_core::precision::DECAY_INTERVAL;
use serde::de;

/// A configuration that cannot be used: where, what was found, what is accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    origin: String,
    line: Option<usize>,
    key: String,
    problem: Problem,
}

impl ConfigError {
    /// The file, or the option of the command line, that the value came from.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The line in the file, where it is known (1 is the first).
    pub fn line(&self) -> Option<usize> {
        self.line
    }

    /// The key, such as `network.layers`; empty when the fault is not at a key.
    pub fn key(&self) -> &str {
        &self.key
    }

    pub(super) fn read(path: &Path, error: &std::io::Error) -> Self {
        Self::plain(
            &path.display().to_string(),
            None,
            format!("cannot be read: {error}"),
        )
    }

    pub(super) fn write(error: &toml::ser::Error) -> Self {
        Self::plain(
            "configuration",
            None,
            format!("cannot be written as TOML: {error}"),
        )
    }

    pub(super) fn plain(origin: &str, line: Option<usize>, message: String) -> Self {
        let problem = Problem::Plain(message);
        Self {
            origin: origin.to_owned(),
            line,
            key: String::new(),
            problem,
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        f.write_str(": ")?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        write!(f, "{}", self.problem)
    }
}

/// What is wrong, without the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Problem {
    /// A key that no section has.
    UnknownKey { accepted: &'static [&'static str] },
    /// A word that is not among the accepted ones.
    UnknownWord {
        found: String,
        accepted: &'static [&'static str],
    },
    /// A value of the wrong type or range.
    Value { found: String, accepted: String },
    /// Anything else.
    Plain(String),
}

impl Problem {
    fn nearest(word: &str, accepted: &[&'static str]) -> Option<&'static str> {
        let plain = |text: &str| text.to_lowercase().replace('-', "_");
        let word = plain(word);
        let distance = |other: &str| strsim::damerau_levenshtein(&word, &plain(other));
        let nearest = accepted
            .iter()
            .copied()
            .min_by_key(|other| distance(other))?;
        // Half of the letters wrong is no longer a slip of the pen.
        (2 * distance(nearest) <= word.chars().count().max(nearest.len())).then_some(nearest)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The key itself stands in front; `Fault::at` adds the nearest one.
            Self::UnknownKey { accepted } => {
                write!(f, "unknown key; accepted here: {}", accepted.join(", "))
            }
            Self::UnknownWord { found, accepted } => {
                write!(f, "found \"{found}\"; ")?;
                if let Some(nearest) = Self::nearest(found, accepted) {
                    write!(f, "did you mean \"{nearest}\"? ")?;
                }
                write!(f, "accepted: \"{}\"", accepted.join("\", \""))
            }
            Self::Value { found, accepted } => write!(f, "found {found}; accepted: {accepted}"),
            Self::Plain(message) => f.write_str(message),
        }
    }
}

/// A problem on its way out of the document: the key path grows as it passes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// Innermost part last.
    pub(super) path: Vec<String>,
    pub(super) problem: Problem,
}

impl Fault {
    /// A value at a whole key path such as `network.layers[1]`.
    pub(super) fn value(key: &str, found: impl Into<String>, accepted: impl Into<String>) -> Self {
        Self {
            path: super::document::split_path(key),
            problem: Problem::Value {
                found: found.into(),
                accepted: accepted.into(),
            },
        }
    }

    /// The same fault, seen from the table or list that `part` is in.
    pub(super) fn inside(mut self, part: impl Into<String>) -> Self {
        self.path.insert(0, part.into());
        self
    }

    /// Fills in what was found, if the innermost place has not done so.
    pub(super) fn found(mut self, text: impl FnOnce() -> String) -> Self {
        if let Problem::Value { found, .. } = &mut self.problem
            && found.is_empty()
        {
            *found = text();
        }
        self
    }

    pub(super) fn at(self, origin: &str, line: Option<usize>) -> ConfigError {
        let mut problem = self.problem;
        if let (Problem::UnknownKey { accepted }, Some(key)) = (&problem, self.path.last())
            && let Some(nearest) = Problem::nearest(key, accepted)
        {
            problem = Problem::Plain(format!(
                "unknown key; did you mean `{nearest}`? accepted here: {}",
                accepted.join(", ")
            ));
        }
        let mut key = String::new();
        for part in &self.path {
            if !key.is_empty() && !part.starts_with('[') {
                key.push('.');
            }
            key.push_str(part);
        }
        ConfigError {
            origin: origin.to_owned(),
            line,
            key,
            problem,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.join("."), self.problem)
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self {
            path: Vec::new(),
            problem: Problem::Plain(message.to_string()),
        }
    }

    fn invalid_type(_: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::value("", "", plain_words(&expected.to_string()))
    }

    fn invalid_value(_: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::value("", "", plain_words(&expected.to_string()))
    }

    fn invalid_length(_: usize, expected: &dyn de::Expected) -> Self {
        Self::value("", "", plain_words(&expected.to_string()))
    }

    fn unknown_field(_: &str, accepted: &'static [&'static str]) -> Self {
        Self {
            path: Vec::new(),
            problem: Problem::UnknownKey { accepted },
        }
    }

    fn unknown_variant(found: &str, accepted: &'static [&'static str]) -> Self {
        let problem = Problem::UnknownWord {
            found: found.to_owned(),
            accepted,
        };
        Self {
            path: Vec::new(),
            problem,
        }
    }
}

/// Serde names Rust types; a reader of the file knows only TOML.
fn plain_words(expected: &str) -> String {
    match expected {
        "usize" | "u64" | "u32" | "u16" => "a whole number, 0 or more".to_owned(),
        "f64" => "a number".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "a string" => "text in quotes".to_owned(),
        "a sequence" => "a list".to_owned(),
        "an array of length 2" => "a list of two numbers".to_owned(),
        _ if expected.starts_with("struct") => "a table of keys".to_owned(),
        _ if expected.starts_with("enum") || expected.contains("variant") => {
            "a word in quotes".to_owned()
        }
        _ => expected.to_owned(),
    }
}

/// Passes, or names the key, what it held, and what it may hold.
pub(super) fn require<T, A>(
    holds: bool,
    key: &str,
    found: &T,
    accepted: impl FnOnce() -> A,
) -> Result<(), Fault>
where
    T: fmt::Debug + ?Sized,
    A: Into<String>,
{
    if holds {
        return Ok(());
    }
    Err(Fault::value(key, format!("{found:?}"), accepted()))
}

/// A finite number of at least 0.
pub(super) fn require_not_negative(key: &str, value: f64) -> Result<(), Fault> {
    require(
        value.is_finite() && value >= 0.0,
        key,
        &value,
        || "a number, 0 or more",
    )
}

/// What share of itself a weight loses in an update: core takes it in steps of so many updates.
pub(super) fn require_decay(key: &str, share: f64) -> Result<(), Fault> {
    let most = 1.0 / f64::from(DECAY_INTERVAL);
    require((0.0..=most).contains(&share), key, &share, || {
        format!("a share of 0 to {most}")
    })
}

/// A finite number above 0.
pub(super) fn require_positive(key: &str, value: f64) -> Result<(), Fault> {
    require(
        value.is_finite() && value > 0.0,
        key,
        &value,
        || "a number above 0",
    )
}
