//! What a network makes of patterns that it is never taught.

use std::ops::Range;

use apical_core::activation::Activation;
use apical_core::microcircuit::{Family, Layer, Microcircuit};
use apical_core::rule::Rule;
use apical_core::{Counters, Number, Precision};

use super::Schedule;
use super::place::place;
use crate::config::Config;
use crate::engine::Engine;
use crate::gradient::angle;
use crate::network::{self, Circuit, Memory};
use crate::present::{Pattern, advance};

/// The number of the first of them: one that no run gets to.
const FIRST: u64 = 1 << 41;

/// A fixed set of patterns, shown without noise, teacher or learning.
#[derive(Debug)]
pub struct Unseen<'l, P: Engine> {
    circuit: Circuit<'l, P>,
    schedule: Schedule<P>,
    activation: Activation,
    output: Range<usize>,
    patterns: u64,
    steps: u32,
}

impl<'l, P: Engine> Unseen<'l, P> {
    /// For a network without noise, and the schedule that has the teacher.
    pub fn new(config: &Config, network: Microcircuit<'l, P>, schedule: Schedule<P>) -> Self {
        Self {
            output: place(&network, "u", network.layers().len()),
            circuit: network.into(),
            schedule,
            activation: network::activation(&config.network.activation),
            patterns: config.data.test_patterns,
            steps: config.pattern_steps(),
        }
    }

    /// ‖`r_N` - `r_trgt`‖² at the end of a presentation, the mean over the patterns. The network
    /// begins at rest, so that nothing but its weights counts.
    pub fn error(&mut self, weights: &[P::Weight]) -> f64 {
        let mut memory = Memory::<P>::new(self.circuit.storage());
        memory.weights.copy_from_slice(weights);
        let (weights, mut activity) = memory.parts();
        let unheard = &mut Counters::default();
        let mut sum = 0.0;
        for number in 0..self.patterns {
            let (input, target) = self.schedule.show(FIRST + number);
            self.circuit.switch(&mut activity);
            let pattern = Pattern::one(input, None);
            advance(
                &self.circuit,
                weights,
                &mut activity,
                &pattern,
                None,
                self.steps,
                unheard,
            );
            let own = activity.potentials.get(self.output.clone()).unwrap_or(&[]);
            let rate = |u: &P::Potential| self.activation.value(u.to_f64());
            let pairs = own.iter().zip(target.unwrap_or(&[]));
            sum += pairs
                .map(|(u, target)| (rate(u) - rate(target)).powi(2))
                .sum::<f64>();
        }
        sum / self.patterns as f64
    }

    /// The same error of the best answer that does not depend on the input, the mean target: who
    /// is not better has learned nothing about the input.
    pub fn constant(&mut self) -> f64 {
        let count = self.patterns as f64;
        let mut sums: Vec<(f64, f64)> = Vec::new();
        for number in 0..self.patterns {
            let (_, target) = self.schedule.show(FIRST + number);
            let target = target.unwrap_or(&[]);
            sums.resize(target.len(), (0.0, 0.0));
            for ((sum, squares), u) in sums.iter_mut().zip(target) {
                let rate = self.activation.value(u.to_f64());
                *sum += rate;
                *squares += rate * rate;
            }
        }
        let variance = |(sum, squares): &(f64, f64)| squares / count - (sum / count).powi(2);
        sums.iter().map(variance).sum()
    }
}

/// The angle in degrees between the transpose of `W^PP_{k+1,k}` and `W^PP_{k,k+1}`, the weights
/// that backpropagation would use and those that bring the error; 90 is chance, and what weights of
/// no direction, all zero, are given.
pub fn alignment<P: Precision>(
    network: &Microcircuit<'_, P>,
    weights: &[P::Weight],
    k: usize,
) -> f64 {
    let real = |words: &[P::Weight]| -> Vec<f64> { words.iter().map(|w| w.to_f64()).collect() };
    let down = real(network.family(weights, Family::Down, k));
    let up = real(network.family(weights, Family::Up, k + 1));
    let above = network.layers().get(k).map_or(1, Layer::size);
    let below = up.len() / above.max(1);
    let transposed: Vec<f64> = (0..down.len())
        .map(|at| up.get(at % above * below + at / above).copied())
        .map(|word| word.unwrap_or(f64::NAN))
        .collect();
    let degrees = angle(&transposed, &down);
    if degrees.is_nan() { 90.0 } else { degrees }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Kind;
    use crate::network::Blueprint;
    use apical_core::F64;

    #[test]
    fn feedback_that_is_the_transpose_has_no_angle() {
        let mut document = Kind::Regression.document().unwrap();
        document.apply_override("network.layers=[3, 4, 2]").unwrap();
        let config = document.resolve().unwrap();
        let blueprint = Blueprint::new(&config, 1);
        let mut layers = blueprint.layers::<F64>();
        let network = blueprint
            .build(&mut layers)
            .unwrap()
            .microcircuit()
            .unwrap();
        let mut weights = Memory::initial(&network.into(), blueprint.initial()).weights;
        let chance = alignment(&network, &weights, 1);
        assert!((20.0..160.0).contains(&chance), "{chance}");
        let (up, down) = (place(&network, "up", 2), place(&network, "down", 1));
        for (row, column) in (0..4).flat_map(|row| (0..2).map(move |column| (row, column))) {
            weights[down.start + 2 * row + column] = 3.0 * weights[up.start + 4 * column + row];
        }
        assert!(alignment(&network, &weights, 1) < 1e-6);
        weights[up].fill(0.0);
        assert_eq!(alignment(&network, &weights, 1), 90.0);
    }

    #[test]
    fn the_error_is_that_of_rates_on_patterns_that_training_does_not_show() {
        let mut document = Kind::Regression.document().unwrap();
        for assignment in ["network.init_up=[0, 0]", "data.test_patterns=50"] {
            document.apply_override(assignment).unwrap();
        }
        let config = document.resolve().unwrap();
        let blueprint = Blueprint::new(&config, 1).quiet();
        let mut layers = blueprint.layers::<F64>();
        let network = blueprint
            .build(&mut layers)
            .unwrap()
            .microcircuit()
            .unwrap();
        let weights = Memory::initial(&network.into(), blueprint.initial()).weights;
        let mut schedule = Schedule::<F64>::new(&config, 1).unwrap();
        let phi = network::activation(&config.network.activation);
        // Without weights the output rests at 0, whatever it is shown.
        let mut expected = 0.0;
        for number in 0..50 {
            let target = schedule.show(FIRST + number).1.unwrap();
            let error = |u: &f64| (phi.value(*u) - phi.value(0.0)).powi(2);
            expected += target.iter().map(error).sum::<f64>() / 50.0;
        }
        let mut unseen = Unseen::new(&config, network, schedule);
        let error = unseen.error(&weights);
        assert!((error - expected).abs() < 1e-12, "{error} {expected}");
        let constant = unseen.constant();
        assert!(constant > 0.0 && constant < error, "{constant} {error}");
    }
}
