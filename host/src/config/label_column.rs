//! The column of a table that holds the class.

use std::fmt;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The column of a table that holds the class.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum LabelColumn {
    /// The last one, `"last"`.
    #[default]
    Last,
    /// By number; 1 is the first.
    Number(usize),
    /// By its name in the header.
    Name(String),
}

impl Serialize for LabelColumn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Last => serializer.serialize_str("last"),
            Self::Number(number) => number.serialize(serializer),
            Self::Name(name) => serializer.serialize_str(name),
        }
    }
}

impl<'de> Deserialize<'de> for LabelColumn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl Visitor<'_> for Reader {
            type Value = LabelColumn;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("\"last\", the number of a column (1 is the first), or its name")
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<LabelColumn, E> {
                usize::try_from(number)
                    .map(LabelColumn::Number)
                    .map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))
            }

            fn visit_str<E>(self, name: &str) -> Result<LabelColumn, E> {
                Ok(match name {
                    "last" => LabelColumn::Last,
                    _ => LabelColumn::Name(name.to_owned()),
                })
            }
        }

        deserializer.deserialize_any(Reader)
    }
}
