//! Numbers in JSON, which has no NaN and no infinity: `serde_json` writes `null` for them, and these read
//! it back as NaN. The angle of an update that is zero is one, and so is what a diverged network measures.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

/// For `#[serde(deserialize_with)]` of named numbers.
///
/// # Errors
/// Where something else than a number or `null` stands.
pub(crate) fn map<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, f64>, D::Error> {
    let found = BTreeMap::<String, Option<f64>>::deserialize(from)?;
    let number = |(name, value): (String, Option<f64>)| (name, value.unwrap_or(f64::NAN));
    Ok(found.into_iter().map(number).collect())
}

/// The same of a list.
///
/// # Errors
/// As [`map`].
pub(crate) fn list<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<f64>, D::Error> {
    let found = Vec::<Option<f64>>::deserialize(from)?;
    Ok(found
        .into_iter()
        .map(|value| value.unwrap_or(f64::NAN))
        .collect())
}
