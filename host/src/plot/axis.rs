//! An axis: what it measures, how it is scaled and how far it runs.

/// How values are spread along an axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// Equal differences take equal room.
    #[default]
    Linear,
    /// Equal ratios take equal room; values that are not positive cannot be shown.
    Log,
}

impl Scale {
    /// The position of `value` on this scale, before it is fitted to a range.
    pub(super) fn forward(self, value: f64) -> f64 {
        match self {
            Self::Linear => value,
            Self::Log => value.log10(),
        }
    }
}

/// How far an axis runs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Range {
    /// From the smallest to the largest value shown, with a little air.
    #[default]
    Auto,
    /// Exactly from the first to the second value; what lies outside is clipped.
    Fixed(f64, f64),
}

/// One axis of a panel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Axis {
    /// What is measured, with its unit: `"Test error (%)"`.
    pub label: String,
    /// How values are spread.
    pub scale: Scale,
    /// How far the axis runs.
    pub range: Range,
    /// Named positions that replace the numeric ticks, for bars and other categories.
    pub names: Vec<(f64, String)>,
}

impl Axis {
    /// A linear axis that fits its data.
    pub fn new(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            ..Self::default()
        }
    }

    /// A logarithmic axis that fits its data.
    pub fn log(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            scale: Scale::Log,
            ..Self::default()
        }
    }

    /// An axis of categories: the first name stands at 0, the second at 1, and so on.
    pub fn categories<S: Into<String>>(
        label: impl Into<String>,
        names: impl IntoIterator<Item = S>,
    ) -> Self {
        let names = names
            .into_iter()
            .enumerate()
            .map(|(at, name)| (at as f64, name.into()))
            .collect();
        Self {
            label: label.into(),
            names,
            ..Self::default()
        }
    }

    /// The same axis running exactly from `low` to `high`.
    pub fn range(mut self, low: f64, high: f64) -> Self {
        self.range = Range::Fixed(low, high);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_are_numbered_from_zero() {
        let axis = Axis::categories("Format", ["Q15", "Q7"]);
        assert_eq!(
            axis.names,
            [(0.0, "Q15".to_owned()), (1.0, "Q7".to_owned())]
        );
    }
}
