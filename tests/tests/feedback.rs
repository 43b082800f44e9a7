//! Top-down weights that learn, interneurons that mirror them, and weights that decay.

use apical_core::backprop::{Backprop, Description};
use apical_core::microcircuit::{
    Feedback, Initial, Interneurons, LayerSpecification, LearningRates, Mode, Specification,
};
use apical_core::precision::DECAY_INTERVAL;
use apical_core::rule::Rule;
use apical_core::{Activation, F32, F64, I16, I32, Number, Precision, Rounding, Silent};
use apical_tests::network::{Network, State, equal_lambdas, full, two_step};
use apical_tests::vector::{difference, largest, norm, positive, signed};

const SIZES: [usize; 4] = [8, 7, 6, 5];
/// Top-down rates over the bottom-up ones of the layer above.
const RATIO: f64 = 3.0;

/// Every family plastic, each layer at another rate.
fn plastic(lambda: f64, eta: f64) -> Vec<LayerSpecification> {
    let mut layers = equal_lambdas(lambda, 3);
    for (k, layer) in (1..).zip(&mut layers) {
        layer.rates = LearningRates {
            up: eta * f64::from(k),
            down: RATIO * eta * f64::from(k + 1),
            ip: eta * f64::from(k + 1) / lambda,
            ..LearningRates::default()
        };
    }
    layers
}

/// Kolen and Pollack's rule with mirrored interneurons.
fn kolen_pollack(mode: Mode, layers: &[LayerSpecification]) -> Specification<'_> {
    Specification {
        mode,
        feedback: Feedback::KolenPollack,
        interneurons: Interneurons::Mirrored,
        ..full(&SIZES, layers)
    }
}

/// Shows `steps` random patterns with random teachers, one step each.
fn train<P: Precision>(net: &mut Network<P>, steps: u32) {
    for step in 0..steps {
        let (input, teacher) = (positive(8, 2 * step), signed(5, 2 * step + 1));
        net.present(&input, Some(&teacher), 1, Some(Rounding::Stochastic));
    }
}

/// `W^PP_{k,k+1}` less the ratio times the transpose of `W^PP_{k+1,k}`.
fn mismatch<P: Precision>(net: &Network<P>, k: usize) -> Vec<f64> {
    let (down, up) = (net.get("down", k), net.get("up", k + 1));
    let (rows, columns) = (SIZES[k], SIZES[k + 1]);
    let transposed = (0..rows * columns).map(|i| RATIO * up[i % columns * rows + i / columns]);
    difference(&down, &transposed.collect::<Vec<_>>())
}

#[test]
fn what_goes_down_learns_what_goes_up_transposed() {
    let layers = plastic(0.3, 0.05);
    for mode in [Mode::TwoStep, Mode::Full] {
        let mut net = Network::<F64>::new(&kolen_pollack(mode, &layers), &Initial::default());
        let before = [1, 2].map(|k| mismatch(&net, k));
        let (start, weights) = (net.clone(), [1, 2].map(|k| net.get("down", k)));
        train(&mut net, 100);
        for k in [1, 2] {
            let moved = largest(&difference(&net.get("down", k), &weights[k - 1]));
            assert!(
                moved > 1e-3,
                "{mode:?}, layer {k}: top-down weights moved by {moved}"
            );
            let kept = largest(&difference(&mismatch(&net, k), &before[k - 1]));
            assert!(kept < 1e-12, "{mode:?}, layer {k}: {kept}");
        }
        assert_ne!(start.real_weights(), net.real_weights());
    }
}

/// How much of the first mismatch is left after `decays` decays of a share `each`, in layer 1.
fn left<P: Precision>(each: f64, decays: u32) -> f64 {
    let layers = plastic(0.3, 0.01);
    let specification = Specification {
        weight_decay: each / f64::from(DECAY_INTERVAL),
        error_scale: 4.0,
        ..kolen_pollack(Mode::TwoStep, &layers)
    };
    let mut net = Network::<P>::new(&specification, &Initial::default());
    let before = norm(&mismatch(&net, 1));
    train(&mut net, decays * DECAY_INTERVAL);
    norm(&mismatch(&net, 1)) / before
}

#[test]
fn decay_takes_the_mismatch_away_whatever_is_learned() {
    // (1 - each)^decays of it is left, exactly but for what rounding adds.
    let expected = 0.97_f64.powi(40);
    let have = [
        left::<F64>(0.03, 40),
        left::<F32>(0.03, 40),
        left::<I32>(0.03, 40),
    ];
    for (have, within) in have.into_iter().zip([1e-9, 1e-4, 1e-3]) {
        assert!(
            (have / expected - 1.0).abs() < within,
            "{have} for {expected}"
        );
    }
    // In 16 bits the two sides round by themselves: a random walk that decay holds small.
    let narrow = left::<I16>(0.03, 40);
    assert!(
        (narrow / expected - 1.0).abs() < 0.05,
        "{narrow} for {expected}"
    );
    assert!((left::<F64>(0.0, 40) - 1.0).abs() < 1e-9);
}

#[test]
fn the_error_scale_changes_nothing_but_what_rates_can_hold() {
    let layers = plastic(0.3, 0.05);
    let run = |error_scale| {
        let specification = Specification {
            error_scale,
            ..kolen_pollack(Mode::TwoStep, &layers)
        };
        let mut net = Network::<F64>::new(&specification, &Initial::default());
        train(&mut net, 50);
        (net.real_weights(), net.get("r_error", 2))
    };
    let ((one, small), (four, large)) = (run(1.0), run(4.0));
    assert!(largest(&difference(&one, &four)) < 1e-14);
    let scaled: Vec<f64> = small.iter().map(|x| 4.0 * x).collect();
    assert!(largest(&difference(&scaled, &large)) < 1e-14 && largest(&large) > 1e-3);
}

/// The digest of what both have, and the words of each.
fn mirrored_and_stored<P: Precision>(mode: Mode) -> [(Vec<f64>, Vec<f64>, usize); 2] {
    let mut layers = plastic(0.3, 0.05);
    for layer in &mut layers {
        layer.rates.down = 0.0;
    }
    [Interneurons::Mirrored, Interneurons::Learned].map(|interneurons| {
        let specification = Specification {
            mode,
            interneurons,
            ..full(&SIZES, &layers)
        };
        let mut net = Network::<P>::new(&specification, &Initial::default());
        train(&mut net, 100);
        let weights = (1..=3).flat_map(|k| net.get("up", k));
        let weights = weights.chain((1..=2).flat_map(|k| net.get("ip", k)));
        (weights.collect(), net.real_potentials(), net.weights.len())
    })
}

fn assert_mirrored<P: Precision>() {
    for mode in [Mode::TwoStep, Mode::Full] {
        let [mirrored, stored] = mirrored_and_stored::<P>(mode);
        assert_eq!(mirrored.0, stored.0, "{mode:?}");
        assert_eq!(mirrored.1, stored.1, "{mode:?}");
        // W^PI of 7 x 6 and 6 x 5.
        assert_eq!(stored.2 - mirrored.2, 72);
    }
}

#[test]
fn mirrored_weights_are_stored_ones_to_the_bit() {
    assert_mirrored::<F64>();
    assert_mirrored::<F32>();
    assert_mirrored::<I16>();
}

#[test]
fn nothing_lags_behind_top_down_weights_that_learn() {
    for feedback in [Feedback::Learned, Feedback::KolenPollack] {
        let mut layers = plastic(0.3, 0.05);
        for layer in &mut layers {
            (layer.rates.up, layer.rates.ip) = (0.0, 0.0);
        }
        let specification = Specification {
            feedback,
            interneurons: Interneurons::Mirrored,
            ..two_step(&SIZES, &layers)
        };
        let mut net = Network::<F64>::new(&specification, &Initial::default());
        let before = net.get("down", 1);
        train(&mut net, 100);
        assert!(largest(&difference(&net.get("down", 1), &before)) > 1e-2);
        net.present(&positive(8, 1), None, 1, None);
        let apical = largest(&net.get("v_a", 1));
        assert!(apical < 1e-12, "{feedback:?}: vA {apical}");
    }
}

#[test]
fn decay_spares_what_is_frozen_and_thresholds() {
    let mut layers = equal_lambdas(0.3, 3);
    for layer in &mut layers {
        // Plastic, but by next to nothing.
        (layer.rates.up, layer.rates.bias) = (1e-15, 1e-15);
    }
    layers[1].rates.up = 0.0;
    let specification = Specification {
        bias: true,
        weight_decay: 0.25 / f64::from(DECAY_INTERVAL),
        ..two_step(&SIZES, &layers)
    };
    let initial = Initial {
        bias: (0.5, 1.0),
        ..Initial::default()
    };
    let mut net = Network::<F64>::new(&specification, &initial);
    let before = net.clone();
    train(&mut net, 2 * DECAY_INTERVAL);
    for (name, layer, factor) in [
        ("up", 1, 0.5625),
        ("up", 2, 1.0),
        ("up", 3, 0.5625),
        ("bias", 1, 1.0),
        ("down", 1, 1.0),
        ("ip", 1, 1.0),
        ("pi", 1, 1.0),
    ] {
        let expected: Vec<f64> = (before.get(name, layer).iter())
            .map(|w| factor * w)
            .collect();
        let off = largest(&difference(&net.get(name, layer), &expected));
        assert!(off < 1e-9, "{name} of layer {layer}: {off}");
    }
}

#[test]
fn the_control_decays_alike() {
    let description = Description {
        sizes: &[3, 2],
        rates: &[1e-15],
        activation: Activation::Logistic,
        bias: true,
        error_scale: 1.0,
        weight_decay: 0.5 / f64::from(DECAY_INTERVAL),
        seed: 1,
    };
    let mut layers = [apical_core::backprop::Layer::<F64>::default(); 1];
    let network = Backprop::new(&description, &mut layers).unwrap();
    let mut state = State::new(network.storage());
    let mut weights = vec![1.0; network.storage().weights];
    state.lend(|activity| {
        for _ in 0..2 * DECAY_INTERVAL {
            let (input, teacher) = ([0.5, 0.1, 0.9], [0.2, -0.3]);
            network.step(&weights, activity, &input, Some(&teacher), &mut Silent);
            network.learn(&mut weights, activity, Rounding::Nearest, &mut Silent);
        }
    });
    for (i, w) in weights.iter().enumerate() {
        let expected = if i < 6 { 0.25 } else { 1.0 };
        assert!((w.to_f64() - expected).abs() < 1e-9, "{i}: {w}");
    }
}

#[test]
fn a_decay_beyond_a_whole_weight_is_refused_by_name() {
    let layers = plastic(0.3, 0.05);
    let specification = Specification {
        weight_decay: 0.02,
        ..kolen_pollack(Mode::TwoStep, &layers)
    };
    let mut room = [apical_core::microcircuit::Layer::<I16>::default(); 3];
    let refused = apical_core::microcircuit::Microcircuit::new(&specification, &mut room);
    let message = refused.unwrap_err().to_string();
    assert!(
        message.contains("learning.weight_decay = 0.02") && message.contains("0.0 to 0.015625"),
        "{message}"
    );
}
