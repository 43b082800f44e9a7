//! The names of everything in a network's storage, in one order: weights, filtered plasticity,
//! potentials, rates.

use super::{Family, Feedback, Interneurons, Layer, Microcircuit};
use crate::Precision;
use crate::record::Quantity;
use crate::rule::Variable;

/// Counts variables down to the one that is asked for.
struct Search {
    left: usize,
    found: Option<Variable>,
}

impl Search {
    /// One variable of `rows` x `columns` words from `start`; nothing where there are no words.
    fn offer(
        &mut self,
        (name, layer): (&'static str, usize),
        storage: Quantity,
        start: usize,
        (rows, columns): (usize, usize),
    ) {
        if rows * columns == 0 || self.found.is_some() {
            return;
        }
        if self.left == 0 {
            let range = start..start + rows * columns;
            self.found = Some(Variable {
                name,
                layer,
                storage,
                range,
                columns,
            });
        } else {
            self.left -= 1;
        }
    }
}

/// The variable with this number; `None` after the last.
pub(super) fn variable<P: Precision>(
    network: &Microcircuit<'_, P>,
    index: usize,
) -> Option<Variable> {
    let mut search = Search {
        left: index,
        found: None,
    };
    matrices(network, Quantity::Weight, &mut search);
    if network.trace_filter.is_some() {
        matrices(network, Quantity::Trace, &mut search);
    }
    potentials(network, &mut search);
    rates(network, &mut search);
    search.found
}

/// Layers 1 .. N with their numbers.
fn layers<'n, P: Precision>(
    network: &'n Microcircuit<'_, P>,
) -> impl Iterator<Item = (usize, &'n Layer<P>)> {
    (1..).zip(network.layers)
}

/// Weights, or the filtered plasticity in their place.
fn matrices<P: Precision>(network: &Microcircuit<'_, P>, storage: Quantity, search: &mut Search) {
    let bias = usize::from(network.bias);
    let down = usize::from(network.feedback != Feedback::Transposed);
    let ip = usize::from(network.interneurons != Interneurons::Tied);
    let pi = usize::from(network.interneurons == Interneurons::Learned);
    for (k, l) in layers(network) {
        for (family, start, rows, columns) in [
            (Family::Up, l.up, l.size, l.below),
            (Family::Bias, l.bias, bias * l.size, 1),
            (Family::Down, l.down, down * l.size, l.above),
            (Family::Ip, l.ip, ip * l.above, l.size),
            (Family::IpBias, l.ip_bias, ip * bias * l.above, 1),
            (Family::Pi, l.pi, pi * l.size, l.above),
        ] {
            search.offer((family.name(), k), storage, start, (rows, columns));
        }
    }
}

/// In the order of [`State`](super::state::State).
fn potentials<P: Precision>(network: &Microcircuit<'_, P>, search: &mut Search) {
    let at = network.layout();
    let storage = Quantity::Potential;
    search.offer(("input", 0), storage, 0, (at.input, 1));
    let mut start = at.input;
    for [pyramidal, interneuron] in [
        ["u", "u_i"],
        ["v_b", "v_i"],
        ["prediction", "prediction_i"],
        ["error", "error_i"],
    ] {
        for (k, l) in layers(network) {
            search.offer((pyramidal, k), storage, start + l.neuron, (l.size, 1));
        }
        for (k, l) in layers(network) {
            let first = start + network.interneuron(l);
            search.offer((interneuron, k), storage, first, (l.above, 1));
        }
        start += at.neurons();
    }
    let inverse = match network.feedback {
        Feedback::KolenPollack => "seen",
        Feedback::PhaselessAlignment => "noise",
        _ => "inverse",
    };
    for (name, words) in [
        ("v_a", at.hidden),
        ("top_down", at.hidden),
        (inverse, at.inverse),
    ] {
        for (k, l) in layers(network).filter(|(_, l)| l.hidden() && words > 0) {
            search.offer((name, k), storage, start + l.neuron, (l.size, 1));
        }
        start += words;
    }
    let low_passed = usize::from(at.low_passed > 0);
    for (k, l) in layers(network) {
        let range = (low_passed * l.size, 1);
        search.offer(("r_low", k), storage, start + l.neuron, range);
    }
}

fn rates<P: Precision>(network: &Microcircuit<'_, P>, search: &mut Search) {
    let at = network.layout();
    let storage = Quantity::Rate;
    search.offer(("r", 0), storage, 0, (at.input, 1));
    let nudged = usize::from(at.nudged > 0);
    let errors = usize::from(at.error_rate > 0);
    let errors_name = match network.feedback {
        Feedback::PhaselessAlignment => "r_high",
        _ => "r_error",
    };
    for (k, l) in layers(network) {
        let pyramidal = at.input + l.neuron;
        search.offer(("r", k), storage, pyramidal, (l.size, 1));
        let first = at.input + network.interneuron(l);
        search.offer(("r_i", k), storage, first, (l.above, 1));
        let above = pyramidal + at.neurons();
        search.offer(("r_nudged", k), storage, above, (nudged * l.size, 1));
        let error = above + at.nudged;
        search.offer((errors_name, k), storage, error, (errors * l.size, 1));
    }
}
