//! A number for every layer, or a list with one for each.

use std::fmt;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::error::{Fault, require};

/// One number for all layers, or one for each of them.
#[derive(Debug, Clone, PartialEq)]
pub enum PerLayer {
    /// The same for every layer.
    Same(f64),
    /// One for each layer, the lowest first.
    Each(Vec<f64>),
}

impl PerLayer {
    /// One number for each of `layers` layers.
    ///
    /// A list is taken as it is: its length has been checked with the configuration.
    pub fn expand(&self, layers: usize) -> Vec<f64> {
        match self {
            Self::Same(value) => vec![*value; layers],
            Self::Each(values) => values.clone(),
        }
    }

    /// Whether every number is 0.
    pub fn is_zero(&self) -> bool {
        self.values().iter().all(|value| *value == 0.0)
    }

    pub(super) fn values(&self) -> &[f64] {
        match self {
            Self::Same(value) => std::slice::from_ref(value),
            Self::Each(values) => values,
        }
    }

    /// The right length, and every number accepted by `holds`.
    pub(super) fn check(
        &self,
        key: &str,
        (layers, which): (usize, &str),
        (holds, accepted): (impl Fn(f64) -> bool, &str),
    ) -> Result<(), Fault> {
        if let Self::Each(values) = self
            && values.len() != layers
        {
            let found = format!("a list of {} {self}", values.len());
            let accepted = format!("one number, or a list of {layers}: one for each {which}");
            return Err(Fault::value(key, found, accepted));
        }
        for (index, value) in self.values().iter().enumerate() {
            let key = match self {
                Self::Same(_) => key.to_owned(),
                Self::Each(_) => format!("{key}[{index}]"),
            };
            require(value.is_finite() && holds(*value), &key, value, || accepted)?;
        }
        Ok(())
    }
}

impl From<f64> for PerLayer {
    fn from(value: f64) -> Self {
        Self::Same(value)
    }
}

impl fmt::Display for PerLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Same(value) => write!(f, "{value:?}"),
            Self::Each(values) => write!(f, "{values:?}"),
        }
    }
}

impl Serialize for PerLayer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Same(value) => serializer.serialize_f64(*value),
            Self::Each(values) => values.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for PerLayer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = PerLayer;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, or a list with a number for each layer")
            }

            fn visit_i64<E>(self, value: i64) -> Result<PerLayer, E> {
                Ok(PerLayer::Same(value as f64))
            }

            fn visit_u64<E>(self, value: u64) -> Result<PerLayer, E> {
                Ok(PerLayer::Same(value as f64))
            }

            fn visit_f64<E>(self, value: f64) -> Result<PerLayer, E> {
                Ok(PerLayer::Same(value))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<PerLayer, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = list.next_element()? {
                    values.push(value);
                }
                Ok(PerLayer::Each(values))
            }
        }

        deserializer.deserialize_any(Reader)
    }
}
