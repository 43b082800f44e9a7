//! A configuration as it was written, with the place of every key.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{ConfigError, Fault};
use super::{Config, decode};

/// A configuration file and the overrides laid over it, not yet checked.
#[derive(Debug, Clone)]
pub struct ConfigDocument {
    origin: String,
    /// The folder of the file, from which its paths are counted.
    folder: PathBuf,
    root: Node,
}

/// One value and where it came from.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) value: Value,
    place: Place,
}

#[derive(Debug, Clone)]
enum Place {
    Line(usize),
    Override(String),
}

#[derive(Debug, Clone)]
pub(super) enum Value {
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    /// What no key accepts (a date, a number beyond 64 bits), as written.
    Other(String),
    List(Vec<Node>),
    Table(Vec<(String, Node)>),
}

impl Default for ConfigDocument {
    /// No file: every key has its default.
    fn default() -> Self {
        let root = Node {
            value: Value::Table(Vec::new()),
            place: Place::Line(1),
        };
        Self {
            origin: "defaults".to_owned(),
            folder: PathBuf::new(),
            root,
        }
    }
}

impl ConfigDocument {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// When it cannot be read, is not UTF-8, or is not TOML.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text =
            std::fs::read_to_string(path).map_err(|error| ConfigError::read(path, &error))?;
        let mut document = Self::parse(&text, &path.display().to_string())?;
        document.folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        Ok(document)
    }

    /// Takes the text of a file; `origin` names it in errors.
    ///
    /// # Errors
    ///
    /// When it is not TOML.
    pub fn parse(text: &str, origin: &str) -> Result<Self, ConfigError> {
        let table = DeTable::parse(text).map_err(|error| {
            let line = error.span().map(|span| line_of(text, span.start));
            let message = error.message().replace('\n', ", ");
            ConfigError::plain(origin, line, format!("not valid TOML: {message}"))
        })?;
        let place = |start: usize| Place::Line(line_of(text, start));
        let root = Node::table(table.get_ref(), place(0), &place);
        Ok(Self {
            origin: origin.to_owned(),
            folder: PathBuf::new(),
            root,
        })
    }

    /// Lays `key=value` over the document: `learning.up=0.1`, `network.layers=[64, 10]`.
    ///
    /// The value is TOML; a plain word needs no quotes (`run.precision=i16`).
    /// Whether the key exists and accepts the value is found out by [`Self::resolve`].
    ///
    /// # Errors
    ///
    /// When it is not of the form `key=value`.
    pub fn apply_override(&mut self, assignment: &str) -> Result<(), ConfigError> {
        let origin = format!("override `{assignment}`");
        let malformed = || {
            let message = "accepted: key=value with a TOML value, such as learning.up=0.1";
            ConfigError::plain(&origin, None, message.to_owned())
        };
        let (key, value) = assignment.split_once('=').ok_or_else(malformed)?;
        let (key, value) = (key.trim(), value.trim());
        let is_key = key.split('.').all(|part| {
            !part.is_empty()
                && part
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "_-".contains(c))
        });
        if !is_key || value.is_empty() {
            return Err(malformed());
        }
        // The shell has taken the quotes of a word or a path.
        let is_word = value.starts_with(|c: char| c.is_ascii_alphabetic() || "/.~".contains(c));
        let place = |_| Place::Override(origin.clone());
        let node = match DeValue::parse(value) {
            Ok(parsed) => Node::from_toml(&parsed, &place),
            Err(_) if is_word && !value.contains('\n') => Node {
                value: Value::Text(value.to_owned()),
                place: place(0),
            },
            Err(_) => return Err(malformed()),
        };
        self.root.insert(&split_path(key), node);
        Ok(())
    }

    /// Lays the text of a command-line option over a key; errors name the option.
    pub fn apply_option(&mut self, option: &str, key: &str, text: &str) {
        let node = Node {
            value: Value::Text(text.to_owned()),
            place: Place::Override(option.to_owned()),
        };
        self.root.insert(&split_path(key), node);
    }

    /// The configuration it means, checked as a whole.
    ///
    /// # Errors
    ///
    /// The first key or value that is not accepted, with its file and line.
    pub fn resolve(&self) -> Result<Config, ConfigError> {
        let mut config = super::Sections::deserialize(decode::Decoder(&self.root))
            .and_then(super::Sections::into_config)
            .map_err(|fault| self.locate(fault))?;
        config.check().map_err(|fault| self.locate(fault))?;
        let weights = &mut config.network.weights;
        if !weights.is_empty() && !weights.starts_with(super::BUILT_IN) {
            *weights = self.whole_path("network.weights", weights)?;
        }
        let data = &mut config.data.path;
        if !data.is_empty() {
            *data = self.whole_path("data.path", data)?;
        }
        Ok(config)
    }

    /// A path of the file counts from its folder, one of the command line from the working
    /// directory.
    fn whole_path(&self, key: &str, path: &str) -> Result<String, ConfigError> {
        let relative = match self.root.place_of(&split_path(key)) {
            Some(Place::Override(_)) => PathBuf::from(path),
            _ => self.folder.join(path),
        };
        let fault = |why: &str| {
            let accepted = format!("the path of a file ({why})");
            self.locate(Fault::value(key, format!("{path:?}"), accepted))
        };
        let whole = std::path::absolute(&relative).map_err(|error| fault(&error.to_string()))?;
        whole
            .into_os_string()
            .into_string()
            .map_err(|_| fault("in UTF-8"))
    }

    fn locate(&self, fault: Fault) -> ConfigError {
        match self.root.place_of(&fault.path) {
            Some(Place::Line(line)) => fault.at(&self.origin, Some(*line)),
            Some(Place::Override(origin)) => fault.at(origin, None),
            None => fault.at(&self.origin, None),
        }
    }
}

impl Node {
    fn from_toml(value: &Spanned<DeValue<'_>>, place: &impl Fn(usize) -> Place) -> Self {
        let start = value.span().start;
        let here = place(start);
        let value = match value.get_ref() {
            DeValue::Boolean(value) => Value::Bool(*value),
            DeValue::Integer(value) => i64::from_str_radix(value.as_str(), value.radix())
                .map_or_else(|_| Value::Other(value.to_string()), Value::Integer),
            DeValue::Float(value) => value
                .as_str()
                .parse()
                .map_or_else(|_| Value::Other(value.to_string()), Value::Float),
            DeValue::String(value) => Value::Text(value.clone().into_owned()),
            DeValue::Datetime(value) => Value::Other(value.to_string()),
            DeValue::Array(values) => Value::List(
                values
                    .iter()
                    .map(|value| Self::from_toml(value, place))
                    .collect(),
            ),
            DeValue::Table(table) => return Self::table(table, here, place),
        };
        Self { value, place: here }
    }

    /// A key's place is that of the key: a value can begin lines after it.
    fn table(table: &DeTable<'_>, here: Place, place: &impl Fn(usize) -> Place) -> Self {
        let mut entries: Vec<_> = table.iter().collect();
        // In the order of the file, so that the first fault reported is the first there.
        entries.sort_by_key(|(key, _)| key.span().start);
        let entries = entries.into_iter().map(|(key, value)| {
            let mut node = Self::from_toml(value, place);
            node.place = place(key.span().start);
            (key.get_ref().clone().into_owned(), node)
        });
        Self {
            value: Value::Table(entries.collect()),
            place: here,
        }
    }

    /// Puts `node` at `path`, replacing what is in the way.
    fn insert(&mut self, path: &[String], node: Self) {
        let Some((first, rest)) = path.split_first() else {
            *self = node;
            return;
        };
        if !matches!(self.value, Value::Table(_)) {
            self.value = Value::Table(Vec::new());
            self.place = node.place.clone();
        }
        let Value::Table(entries) = &mut self.value else {
            return;
        };
        if let Some((_, entry)) = entries.iter_mut().find(|(key, _)| key == first) {
            entry.insert(rest, node);
            return;
        }
        let mut entry = Self {
            value: Value::Table(Vec::new()),
            place: node.place.clone(),
        };
        entry.insert(rest, node);
        entries.push((first.clone(), entry));
    }

    /// Where the key at `path` stands; an element of a list falls back on the list.
    fn place_of(&self, path: &[String]) -> Option<&Place> {
        let Some((first, rest)) = path.split_first() else {
            return Some(&self.place);
        };
        match &self.value {
            Value::Table(entries) => entries
                .iter()
                .find(|(key, _)| key == first)?
                .1
                .place_of(rest),
            Value::List(values) => {
                let index = first.trim_matches(['[', ']']).parse::<usize>().ok();
                match index.and_then(|index| values.get(index)) {
                    Some(value) => value.place_of(rest),
                    None => Some(&self.place),
                }
            }
            _ => Some(&self.place),
        }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Value::Bool(value) => write!(f, "{value}"),
            Value::Integer(value) => write!(f, "{value}"),
            Value::Float(value) => write!(f, "{value:?}"),
            Value::Text(value) => write!(f, "{value:?}"),
            Value::Other(value) => f.write_str(value),
            Value::List(values) => {
                f.write_str("[")?;
                for (index, value) in values.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}{value}")?;
                }
                f.write_str("]")
            }
            Value::Table(entries) => {
                let keys: Vec<&str> = entries.iter().map(|(key, _)| key.as_str()).collect();
                write!(f, "a table with the keys {{{}}}", keys.join(", "))
            }
        }
    }
}

/// `network.layers[1]` as `network`, `layers`, `[1]`.
pub(super) fn split_path(key: &str) -> Vec<String> {
    let mut parts = Vec::new();
    for part in key
        .split('.')
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        match part.split_once('[') {
            Some((name, index)) => {
                parts.push(name.to_owned());
                parts.push(format!("[{index}"));
            }
            None => parts.push(part.to_owned()),
        }
    }
    parts
}

fn line_of(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().iter().take(offset);
    1 + before.filter(|byte| **byte == b'\n').count()
}
