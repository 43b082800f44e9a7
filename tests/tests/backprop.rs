//! The control: backpropagation is the gradient, in any number of layers, and learns the digits in
//! 16 bits.

use apical_app::digits::{self, Digits};
use apical_core::backprop::{Backprop, Description, Layer};
use apical_core::microcircuit::Initial;
use apical_core::rule::{Activity, Rule, argmax};
use apical_core::{Activation, Counters, F64, I16, Number, Precision, Rounding, Silent};
use apical_tests::network::{State, real};

/// Weights and one activity.
struct Memory<P: Precision> {
    weights: Vec<P::Weight>,
    state: State<P>,
}

impl<P: Precision> Memory<P> {
    fn new(network: &Backprop<'_, P>, up: (f64, f64), seed: u64) -> Self {
        let need = network.storage();
        let mut weights = vec![P::Weight::ZERO; need.weights];
        let initial = Initial {
            up,
            seed,
            ..Initial::default()
        };
        network.initialise(&mut weights, &initial);
        Self {
            weights,
            state: State::new(need),
        }
    }

    fn lend<R>(&mut self, f: impl FnOnce(&mut [P::Weight], &mut Activity<'_, P>) -> R) -> R {
        let weights = &mut self.weights;
        self.state.lend(|activity| f(weights, activity))
    }

    fn get(&self, network: &Backprop<'_, P>, name: &str, layer: usize) -> Vec<f64> {
        let variable = (0..)
            .map_while(|i| network.variable(i))
            .find(|v| v.name == name && v.layer == layer)
            .unwrap_or_else(|| panic!("no {name} in layer {layer}"));
        match name {
            "up" | "bias" => real(&self.weights[variable.range]),
            "r" | "r_error" => real(&self.state.rates[variable.range]),
            _ => real(&self.state.potentials[variable.range]),
        }
    }
}

const SIZES: [usize; 4] = [5, 7, 6, 4];
const TEACHER: [f64; 4] = [0.8, -1.1, 0.3, 2.0];
const INPUT: [f64; 5] = [0.9, 0.1, 0.5, 0.0, 0.7];

fn description(error_scale: f64, bias: bool) -> Description<'static> {
    Description {
        sizes: &SIZES,
        rates: &[0.3, 0.2, 0.1],
        activation: Activation::Logistic,
        bias,
        error_scale,
        weight_decay: 0.0,
        seed: 3,
    }
}

/// The change of every weight in one step of learning.
fn change(description: &Description<'_>) -> Vec<f64> {
    let mut layers = [Layer::<F64>::default(); 3];
    let network = Backprop::new(description, &mut layers).unwrap();
    let mut memory = Memory::new(&network, (-1.0, 1.0), 3);
    let before = memory.weights.clone();
    memory.lend(|weights, activity| {
        network.step(weights, activity, &INPUT, Some(&TEACHER), &mut Silent);
        network.learn(weights, activity, Rounding::Stochastic, &mut Silent);
    });
    memory
        .weights
        .iter()
        .zip(&before)
        .map(|(w, b)| w - b)
        .collect()
}

/// The loss that is descended: the squared error in potential, each weighted with the slope of its
/// neuron where the weights stand.
fn loss(network: &Backprop<'_, F64>, memory: &mut Memory<F64>, slopes: &[f64]) -> f64 {
    memory.lend(|weights, activity| network.step(weights, activity, &INPUT, None, &mut Silent));
    let u = memory.get(network, "u", 3);
    (u.iter().zip(TEACHER).zip(slopes))
        .map(|((u, target), slope)| 0.5 * slope * (target - u).powi(2))
        .sum()
}

#[test]
fn the_update_is_the_gradient() {
    let description = description(1.0, true);
    let change = change(&description);
    let mut layers = [Layer::<F64>::default(); 3];
    let network = Backprop::new(&description, &mut layers).unwrap();
    let mut memory = Memory::new(&network, (-1.0, 1.0), 3);
    memory.lend(|weights, activity| {
        network.step(weights, activity, &INPUT, Some(&TEACHER), &mut Silent);
    });
    let slopes = memory.get(&network, "slope", 3);
    let rates = [0.3, 0.2, 0.1];
    let (mut at, step) = (0, 1e-5);
    for (k, sizes) in SIZES.windows(2).enumerate() {
        for _ in 0..sizes[1] * (sizes[0] + 1) {
            let w = memory.weights[at];
            let mut side = |h: f64| {
                memory.weights[at] = w + h;
                loss(&network, &mut memory, &slopes)
            };
            let gradient = (side(step) - side(-step)) / (2.0 * step);
            memory.weights[at] = w;
            let expected = -rates[k] * gradient;
            assert!(
                (change[at] - expected).abs() < 1e-9,
                "weight {at}: {} for {expected}",
                change[at]
            );
            at += 1;
        }
    }
    assert_eq!(at, change.len());
    assert!(change.iter().filter(|c| c.abs() > 1e-4).count() > at / 2);
}

#[test]
fn a_scaled_error_is_the_same_error() {
    // A power of two changes no digit of a float.
    assert_eq!(
        change(&description(8.0, true)),
        change(&description(1.0, true))
    );
    // Without thresholds the weights learn the same at first: thresholds begin at zero.
    let with = change(&description(1.0, true));
    let without = change(&description(1.0, false));
    assert_eq!(without[..35], with[..35]);
    assert_eq!(without.len() + 7 + 6 + 4, with.len());
}

#[test]
fn variables_cover_the_storage_once() {
    for bias in [true, false] {
        let mut layers = [Layer::<I16>::default(); 3];
        let network = Backprop::new(&description(1.0, bias), &mut layers).unwrap();
        let need = network.storage();
        let mut seen = [
            vec![0; need.weights],
            vec![0; need.potentials],
            vec![0; need.rates],
        ];
        for variable in (0..).map_while(|i| network.variable(i)) {
            let of = match variable.name {
                "up" | "bias" => 0,
                "r" | "r_error" => 2,
                _ => 1,
            };
            for word in &mut seen[of][variable.range] {
                *word += 1;
            }
        }
        assert!(seen.iter().flatten().all(|&times| times == 1), "{seen:?}");
    }
}

#[test]
fn what_cannot_be_built_is_named() {
    let mut layers = [Layer::<I16>::default(); 3];
    let mut refuse = |description: Description<'_>| {
        Backprop::new(&description, &mut layers)
            .unwrap_err()
            .to_string()
    };
    let good = description(1.0, true);
    let short = refuse(Description {
        rates: &[0.1],
        ..good
    });
    assert!(short.contains("learning.up has 1 entries"), "{short}");
    let empty = refuse(Description {
        sizes: &[5, 0, 3, 2],
        ..good
    });
    assert!(empty.contains("layer 1 has 0 neurons"), "{empty}");
    let scale = refuse(Description {
        error_scale: 1e9,
        weight_decay: 0.0,
        ..good
    });
    assert!(scale.contains("error_scale = 1000000000"), "{scale}");
    let rate = refuse(Description {
        rates: &[f64::NAN, 0.1, 0.1],
        ..good
    });
    assert!(rate.contains("learning.up = NaN"), "{rate}");
}

/// Recognised test digits in percent after so many epochs, and what was counted on the way.
fn learn_digits<P: Precision>(epochs: usize) -> (f64, Counters) {
    let task = Digits::<P>::new();
    let mut layers = [Layer::<P>::default(); 2];
    let network = Backprop::new(
        &Description {
            sizes: &digits::SIZES,
            rates: &[0.1, 0.1],
            error_scale: 1.0,
            weight_decay: 0.0,
            ..description(1.0, true)
        },
        &mut layers,
    )
    .unwrap();
    let mut memory = Memory::new(&network, (-0.5, 0.5), 1);
    let mut counters = Counters::default();
    memory.lend(|weights, activity| {
        for number in 0..epochs * digits::TRAIN {
            let digit = digits::train(number % digits::TRAIN).unwrap();
            let (input, teacher) = (task.input(digit), task.teacher(digit.class()));
            network.step(weights, activity, &input, Some(&teacher), &mut counters);
            network.learn(weights, activity, Rounding::Stochastic, &mut counters);
        }
        let right = (0..digits::TEST)
            .filter(|&number| {
                let digit = digits::test(number).unwrap();
                network.step(weights, activity, &task.input(digit), None, &mut Silent);
                argmax(network.output(activity)) == digit.class()
            })
            .count();
        (100.0 * right as f64 / digits::TEST as f64, counters)
    })
}

#[test]
fn digits_are_learned_in_16_bits_as_in_64() {
    let ((float, _), (fixed, counters)) = (learn_digits::<F64>(10), learn_digits::<I16>(10));
    println!("f64 {float:.2} %, i16 {fixed:.2} %, {counters:?}");
    assert!(float > 95.0, "{float}");
    assert!((fixed - float).abs() < 1.0, "{fixed} for {float}");
    assert!(counters.updates > 0 && counters.saturations() < counters.updates / 1000);
}
