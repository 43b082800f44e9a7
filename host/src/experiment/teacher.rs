//! The network that a regression is taught by.

use apical_core::activation::Activation;
use apical_core::random::{Key, stream};

use crate::config::Config;
use crate::network;

/// The number of the first pattern whose random words are the teacher's weights, not an input: no
/// run, and no test, gets to it.
const WEIGHTS: u64 = 1 << 42;

/// A feedforward network with a hidden layer, in real numbers: u = k21 W21 phi(k10 W10 r0).
#[derive(Debug, Clone)]
pub struct Teacher {
    /// W10 and W21 by rows, each times its gain.
    layers: [Vec<f64>; 2],
    inputs: usize,
    hidden: usize,
    activation: Activation,
}

impl Teacher {
    /// The teacher of a configuration for this seed: weights uniform in -1..1, and the student's
    /// activation.
    pub fn new(config: &Config, seed: u64) -> Self {
        let (inputs, outputs) = (config.network.inputs(), config.network.outputs());
        let hidden = config.data.teacher.hidden;
        let [lower, upper] = config.data.teacher.gains;
        let draw = |layer: u64, words: usize, gain: f64| {
            let key = Key::new(seed, WEIGHTS + layer, stream::DATA);
            (0..words)
                .map(|i| gain * (2.0 * key.uniform(i as u32) - 1.0))
                .collect()
        };
        Self {
            layers: [
                draw(1, hidden * inputs, lower),
                draw(2, outputs * hidden, upper),
            ],
            inputs,
            hidden,
            activation: network::activation(&config.network.activation),
        }
    }

    /// The potentials of its output for an input: what the student's output is nudged towards.
    pub fn potentials(&self, input: &[f64]) -> Vec<f64> {
        let [lower, upper] = &self.layers;
        let hidden: Vec<f64> = product(lower, self.inputs, input)
            .map(|u| self.activation.value(u))
            .collect();
        product(upper, self.hidden, &hidden).collect()
    }
}

/// W x, row by row.
fn product<'w>(weights: &'w [f64], columns: usize, x: &'w [f64]) -> impl Iterator<Item = f64> + 'w {
    let row = move |row: &[f64]| row.iter().zip(x).map(|(w, x)| w * x).sum();
    weights.chunks_exact(columns).map(row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Kind;

    fn config(overrides: &[&str]) -> Config {
        let mut document = Kind::Regression.document().unwrap();
        for assignment in overrides {
            document.apply_override(assignment).unwrap();
        }
        document.resolve().unwrap()
    }

    #[test]
    fn two_layers_with_their_gains_and_the_activation_between_them() {
        let teacher = Teacher {
            layers: [vec![2.0, -4.0, 0.0, 6.0], vec![10.0, -5.0]],
            inputs: 2,
            hidden: 2,
            activation: Activation::Rectified,
        };
        // Hidden potentials: 2 x 1 - 4 x 0.25 = 1, and 6 x 0.25 = 1.5.
        assert_eq!(teacher.potentials(&[1.0, 0.25]), [10.0 - 7.5]);
        // The hidden layer is rectified, the output is a potential and is not.
        assert_eq!(teacher.potentials(&[0.0, 1.0]), [-30.0]);
    }

    #[test]
    fn the_papers_function_is_softplus_with_a_threshold() {
        let teacher = Teacher::new(&config(&[]), 1);
        // 0.1 ln(1 + exp(3 - 3)) and 0.1 ln(1 + exp(-3)).
        assert!((teacher.activation.value(3.0) - 0.069_314_718_055_994_53).abs() < 1e-15);
        assert!((teacher.activation.value(0.0) - 0.004_858_735_157_374_206).abs() < 1e-15);
        // Without input every hidden neuron has that rate.
        let rest = teacher.potentials(&[0.0; 30]);
        for (u, row) in rest.iter().zip(teacher.layers[1].chunks_exact(20)) {
            let expected = row.iter().sum::<f64>() * 0.004_858_735_157_374_206;
            assert!((u - expected).abs() < 1e-12, "{u} {expected}");
        }
    }

    #[test]
    fn gains_scale_weights_that_the_seed_alone_decides() {
        let teacher = Teacher::new(&config(&[]), 1);
        let [lower, upper] = &teacher.layers;
        assert_eq!((lower.len(), upper.len()), (600, 200));
        let largest = |w: &[f64]| w.iter().fold(0.0, |m: f64, w| m.max(w.abs()));
        assert!((1.9..2.0).contains(&largest(lower)), "{}", largest(lower));
        assert!((9.5..10.0).contains(&largest(upper)), "{}", largest(upper));
        let doubled = Teacher::new(&config(&["data.teacher.gains=[4, 10]"]), 1);
        assert_eq!(doubled.layers[1], *upper);
        assert_eq!(doubled.layers[0][7], 2.0 * lower[7]);
        // The student's precision and weights have no part in it.
        let other = config(&["run.precision=i16", "network.init_up=[-1, 1]"]);
        assert_eq!(Teacher::new(&other, 1).layers, teacher.layers);
        assert_ne!(Teacher::new(&config(&[]), 2).layers, teacher.layers);
    }
}
