//! The self-predicting state: no apical potential and no plasticity at rest, for any number of
//! hidden layers; no teaching without feedback.

use apical_core::microcircuit::{
    Attenuation, Feedback, Initial, LayerSpecification, LearningRates, Mode, Specification, Teacher,
};
use apical_core::{F64, Rounding};
use apical_tests::network::{Network, equal_lambdas, full, two_step};
use apical_tests::vector::{difference, largest, positive, signed};

const SIZES: [usize; 4] = [8, 7, 6, 5];

fn all_plastic(mut layers: Vec<LayerSpecification>, eta: f64) -> Vec<LayerSpecification> {
    for layer in &mut layers {
        layer.rates = LearningRates {
            up: eta,
            ip: eta,
            pi: eta,
            ..LearningRates::default()
        };
    }
    layers
}

/// Nets of 1, 2 and 3 hidden layers, with conductances that differ from layer to layer.
fn nets() -> Vec<(Vec<usize>, Vec<LayerSpecification>)> {
    [vec![6, 5, 4], vec![6, 7, 5, 4], vec![6, 5, 7, 4, 3]]
        .into_iter()
        .map(|sizes| {
            let layer = |k: usize| LayerSpecification {
                apical: 0.8 - 0.2 * k as f64,
                dendritic: 1.0 + 0.1 * k as f64,
                leak: 0.1 + 0.05 * k as f64,
                ..LayerSpecification::default()
            };
            let layers = (0..sizes.len() - 1).map(layer).collect();
            (sizes, layers)
        })
        .collect()
}

#[test]
fn apical_potentials_vanish_at_rest() {
    for (sizes, layers) in nets() {
        for feedback in [Feedback::Fixed, Feedback::Transposed] {
            let specification = Specification {
                feedback,
                ..full(&sizes, &layers)
            };
            let mut net = Network::<F64>::new(&specification, &Initial::default());
            net.present(&positive(6, 1), None, 5000, None);
            for k in 1..layers.len() {
                let apical = largest(&net.get("v_a", k));
                assert!(apical < 1e-9, "{sizes:?} layer {k}: vA {apical}");
                let gap = difference(&net.get("u_i", k), &net.get("u", k + 1));
                assert!(largest(&gap) < 1e-9, "{sizes:?} layer {k}: uI - u {gap:?}");
                // The two parts of vA are there, and cancel.
                assert!(
                    largest(&net.get("top_down", k)) > 0.05,
                    "{sizes:?} layer {k}"
                );
            }
        }
    }
}

/// The change of all weights by one update at rest, without a teacher.
fn update_at_rest(specification: &Specification<'_>, steps: usize) -> f64 {
    let mut net = Network::<F64>::new(specification, &Initial::default());
    net.present(&positive(specification.sizes[0], 1), None, steps, None);
    let before = net.real_weights();
    net.learn(Rounding::Nearest);
    largest(&difference(&net.real_weights(), &before))
}

#[test]
fn nothing_is_learned_at_rest_without_a_teacher() {
    for (sizes, layers) in nets() {
        let layers = all_plastic(layers, 1.0);
        for (specification, steps) in [
            (full(&sizes, &layers), 5000),
            (two_step(&sizes, &layers), 1),
        ] {
            let change = update_at_rest(&specification, steps);
            assert!(
                change < 1e-10,
                "{sizes:?} {:?}: {change}",
                specification.mode
            );
            // The output attenuation with g_A is seen at once, where time is simulated.
            let wrong = Specification {
                attenuation: Attenuation::WrongOutput,
                ..specification
            };
            let change = update_at_rest(&wrong, steps);
            let visible = specification.mode == Mode::TwoStep || change > 1e-4;
            assert!(
                visible,
                "{sizes:?}: the wrong attenuation went unseen, {change}"
            );
        }
    }
}

#[test]
fn without_feedback_the_hidden_weights_do_not_move() {
    let mut layers = equal_lambdas(0.3, 3);
    for layer in &mut layers {
        layer.rates.up = 0.1;
    }
    let run = |down, mode| {
        let initial = Initial {
            down,
            ..Initial::default()
        };
        // Plasticity after settling only, where settling takes time.
        let lag = if mode == Mode::Full { 300.0 } else { 0.0 };
        let specification = Specification {
            mode,
            learning_lag: lag,
            ..full(&SIZES, &layers)
        };
        let mut net = Network::<F64>::new(&specification, &initial);
        let start = net.clone();
        net.present(
            &positive(8, 1),
            Some(&signed(5, 2)),
            5000,
            Some(Rounding::Nearest),
        );
        let moved = |k| largest(&difference(&net.get("up", k), &start.get("up", k)));
        [moved(1), moved(2), moved(3)]
    };
    let [first, second, output] = run((0.0, 0.0), Mode::TwoStep);
    assert_eq!([first, second], [0.0, 0.0], "without feedback");
    assert!(output > 0.1);
    let [first, second, output] = run((0.0, 0.0), Mode::Full);
    assert!(
        first.max(second) < 1e-9 && output > 0.1,
        "{first} {second} {output}"
    );
    for mode in [Mode::TwoStep, Mode::Full] {
        let [first, second, _] = run((-1.0, 1.0), mode);
        assert!(
            first > 1e-3 && second > 1e-3,
            "with feedback: {first} {second}"
        );
    }
}

#[test]
fn conductances_and_nudging_are_one_teacher_to_1e_12() {
    let layers = all_plastic(equal_lambdas(0.3, 3), 0.001);
    let nudging = full(&SIZES, &layers);
    let teacher = Teacher::Conductance {
        excitatory: 1.5,
        inhibitory: -0.75,
    };
    let run = |teacher| {
        let specification = Specification { teacher, ..nudging };
        let mut net = Network::<F64>::new(&specification, &Initial::default());
        net.present(
            &positive(8, 1),
            Some(&signed(5, 2)),
            2000,
            Some(Rounding::Nearest),
        );
        (net.real_weights(), net.real_potentials())
    };
    let (a, b) = (run(nudging.teacher), run(teacher));
    assert!(largest(&difference(&a.0, &b.0)) < 1e-12);
    assert!(largest(&difference(&a.1, &b.1)) < 1e-12);
    assert_ne!(a, b, "the two forms must be two computations");
}
