//! How many samples of the training part are kept for validation.

use std::fmt;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Task;

/// Samples that are neither trained on nor part of the test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Validation {
    /// As many as is usual for the task, `"auto"`.
    #[default]
    Auto,
    /// So many.
    Samples(usize),
}

impl Validation {
    /// How many that is in a task.
    pub const fn samples(self, task: Task) -> usize {
        match (self, task) {
            (Self::Samples(samples), _) => samples,
            // A twelfth of the images that are published for training.
            (Self::Auto, Task::Mnist | Task::FashionMnist) => 5000,
            // Of few samples none can be spared.
            (Self::Auto, _) => 0,
        }
    }
}

impl Serialize for Validation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Auto => serializer.serialize_str("auto"),
            Self::Samples(samples) => samples.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Validation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl Visitor<'_> for Reader {
            type Value = Validation;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("\"auto\", or a number of samples, 0 or more")
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Validation, E> {
                usize::try_from(number)
                    .map(Validation::Samples)
                    .map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<Validation, E> {
                match word {
                    "auto" => Ok(Validation::Auto),
                    _ => Err(E::invalid_value(Unexpected::Str(word), &self)),
                }
            }
        }

        deserializer.deserialize_any(Reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_validated_and_few_samples_are_not_unless_asked_for() {
        for (task, samples) in [
            (Task::Mnist, 5000),
            (Task::FashionMnist, 5000),
            (Task::Digits, 0),
            (Task::Csv, 0),
        ] {
            assert_eq!(Validation::Auto.samples(task), samples);
            assert_eq!(Validation::Samples(7).samples(task), 7);
            assert_eq!(Validation::Samples(0).samples(task), 0);
        }
    }
}
