//! Where a variable is in the storage of a network.

use std::ops::Range;

use apical_core::Precision;
use apical_core::rule::Rule;

/// The words of the variable of this name in this layer, empty if there is none.
pub(super) fn place<P: Precision>(
    network: &impl Rule<P>,
    name: &str,
    layer: usize,
) -> Range<usize> {
    (0..)
        .map_while(|index| network.variable(index))
        .find(|v| v.name == name && v.layer == layer)
        .map_or(0..0, |v| v.range)
}
