//! The self-predicting state and what follows from it: no apical potential and no plasticity at
//! rest, and an update that is the gradient when a teacher nudges.
//!
//! The tables are printed: `cargo test -p apical-tests --test self_predicting -- --nocapture`.

use apical_core::microcircuit::{
    Attenuation, Feedback, Initial, LayerSpecification, LearningRates, Mode, Specification, Teacher,
};
use apical_core::random::Key;
use apical_core::{Activation, F64, Rounding};
use apical_tests::network::{Network, equal_lambdas};
use apical_tests::vector::{
    angle, difference, dot, largest, mat_vec, mat_vec_transposed, norm, outer,
};

/// Reproducible numbers in -1..1.
fn signed(n: usize, use_: u32) -> Vec<f64> {
    let key = Key::new(3, 0, use_);
    (0..n as u32).map(|i| 2.0 * key.uniform(i) - 1.0).collect()
}

/// Reproducible numbers in 0..1.
fn positive(n: usize, use_: u32) -> Vec<f64> {
    signed(n, use_).iter().map(|x| (x + 1.0) / 2.0).collect()
}

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

fn full<'s>(sizes: &'s [usize], layers: &'s [LayerSpecification]) -> Specification<'s> {
    Specification {
        sizes,
        layers,
        tau_input: 0.0,
        tau_weights: 0.0,
        ..Specification::default()
    }
}

fn two_step<'s>(sizes: &'s [usize], layers: &'s [LayerSpecification]) -> Specification<'s> {
    Specification {
        mode: Mode::TwoStep,
        ..full(sizes, layers)
    }
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

/// Sizes of the net whose gradients are compared.
const SIZES: [usize; 4] = [8, 7, 6, 5];

/// The reference: the feedforward net u = a W r and its backpropagated errors. Returns for the
/// layers 1 .. N the gradient of the bottom-up weights, with W^T or the top-down weights as the way
/// back.
fn gradients(
    net: &Network<F64>,
    lambda: f64,
    input: &[f64],
    teacher: &[f64],
    feedback: Feedback,
) -> Vec<Vec<f64>> {
    let n = net.circuit.layers().len();
    let logistic = |u: &f64| 1.0 / (1.0 + (-u).exp());
    let (mut rates, mut potentials) = (vec![input.to_vec()], vec![]);
    for k in 1..=n {
        // g_lk + g_B = 1.1 of the output's conductances, 1 - lambda of a hidden layer's.
        let attenuation = if k < n {
            (1.0 - lambda) / 1.1
        } else {
            1.0 / 1.1
        };
        let v = mat_vec(&net.get("up", k), &rates[k - 1]);
        let u: Vec<f64> = v.iter().map(|v| attenuation * v).collect();
        rates.push(u.iter().map(logistic).collect());
        potentials.push(u);
    }
    let mut error = difference(teacher, &potentials[n - 1]);
    let mut gradients = vec![];
    for k in (1..=n).rev() {
        let delta: Vec<f64> = error
            .iter()
            .zip(&rates[k])
            .map(|(error, r)| error * r * (1.0 - r))
            .collect();
        gradients.insert(0, outer(&delta, &rates[k - 1]));
        if k > 1 {
            error = if feedback == Feedback::Transposed {
                mat_vec_transposed(&net.get("up", k), &delta)
            } else {
                mat_vec(&net.get("down", k - 1), &delta)
            };
        }
    }
    gradients
}

/// Angle to the gradient and scale over lambda^(N-k+1), for the layers 1 .. N.
fn update_against_gradient(mode: Mode, feedback: Feedback, lambda: f64) -> Vec<(f64, f64)> {
    let n = SIZES.len() - 1;
    let mut layers = equal_lambdas(lambda, n);
    for (k, layer) in layers.iter_mut().enumerate() {
        // Rates that undo the expected size, so that no digits are lost in the weights.
        layer.rates.up = lambda.powi(k as i32 - n as i32);
    }
    let specification = Specification {
        mode,
        feedback,
        dt: 1.0 / 16.0,
        ..full(&SIZES, &layers)
    };
    let (input, teacher) = (positive(8, 1), signed(5, 2));
    let mut net = Network::<F64>::new(&specification, &Initial::default());
    let reference = gradients(&net, lambda, &input, &teacher, feedback);
    let (steps, dt) = if mode == Mode::Full {
        (4000, 1.0 / 16.0)
    } else {
        (1, 1.0)
    };
    net.present(&input, Some(&teacher), steps, None);
    let before = net.clone();
    net.learn(Rounding::Nearest);
    (1..=n)
        .map(|k| {
            let mut update = difference(&net.get("up", k), &before.get("up", k));
            update.iter_mut().for_each(|x| *x /= dt);
            let gradient = &reference[k - 1];
            (
                angle(&update, gradient),
                dot(&update, gradient) / dot(gradient, gradient),
            )
        })
        .collect()
}

#[test]
fn updates_are_gradients_in_the_limit_of_weak_feedback() {
    println!("| mode | feedback | lambda | k=1: degrees, scale | k=2 | k=3 |");
    for mode in [Mode::Full, Mode::TwoStep] {
        for feedback in [Feedback::Transposed, Feedback::Fixed] {
            let lambdas = [0.3, 0.1, 0.01, 0.001];
            let all = lambdas.map(|lambda| update_against_gradient(mode, feedback, lambda));
            for (lambda, have) in lambdas.iter().zip(&all) {
                let cells = have.iter().map(|(a, s)| format!(" {a:.4}, {s:.4} |"));
                println!(
                    "| {mode:?} | {feedback:?} | {lambda} |{}",
                    cells.collect::<String>()
                );
            }
            let mut before: Option<Vec<(f64, f64)>> = None;
            for (lambda, have) in lambdas.into_iter().zip(all) {
                for (i, &(degrees, scale)) in have.iter().enumerate() {
                    // scale = (1 - lambda_I)^(N-k), up to terms of the order of lambda.
                    let want = (1.0 - lambda).powi((have.len() - 1 - i) as i32);
                    assert!(
                        (scale / want - 1.0).abs() < 0.35 * lambda,
                        "layer {}",
                        i + 1
                    );
                    assert!(degrees < 8.0 * lambda, "layer {}: {degrees}", i + 1);
                    // The angle falls linearly: ten times weaker feedback, a tenth of it.
                    if let Some(before) = &before
                        && lambda < 0.05
                        && before[i].0 > 1e-9
                    {
                        let ratio = degrees / before[i].0;
                        assert!((0.07..0.14).contains(&ratio), "layer {}: {ratio}", i + 1);
                    }
                }
                before = Some(have);
            }
        }
    }
}

#[test]
fn random_feedback_is_not_the_gradient() {
    // What the reference of random feedback must differ from: the measurement tells them apart.
    let layers = equal_lambdas(0.01, 3);
    let net = Network::<F64>::new(&two_step(&SIZES, &layers), &Initial::default());
    let (input, teacher) = (positive(8, 1), signed(5, 2));
    let of = |feedback| gradients(&net, 0.01, &input, &teacher, feedback);
    let (back, random) = (of(Feedback::Transposed), of(Feedback::Fixed));
    assert!(angle(&back[0], &random[0]) > 20.0);
    assert_eq!(back[2], random[2]);
}

#[test]
fn two_step_and_full_relaxation_meet_as_apical_conductance_vanishes() {
    let sizes = [8, 7, 6, 5];
    let (input, teacher) = (positive(8, 1), signed(5, 2));
    let mut last = f64::INFINITY;
    println!("| g_A | largest difference of somata | of errors, relative |");
    for apical in [0.8, 0.4, 0.2, 0.1, 0.05, 0.025] {
        let layers = vec![
            LayerSpecification {
                apical,
                ..LayerSpecification::default()
            };
            3
        ];
        let run = |specification: &Specification<'_>, steps| {
            let mut net = Network::<F64>::new(specification, &Initial::default());
            net.present(&input, Some(&teacher), steps, None);
            let all = |name| -> Vec<f64> { (1..=3).flat_map(|k| net.get(name, k)).collect() };
            (all("u"), all("error"))
        };
        let (full_u, full_error) = run(&full(&sizes, &layers), 4000);
        let (u, error) = run(&two_step(&sizes, &layers), 1);
        let gap = largest(&difference(&full_u, &u));
        let relative = norm(&difference(&full_error, &error)) / norm(&full_error);
        println!("| {apical} | {gap:.2e} | {relative:.2e} |");
        assert!(gap < 0.7 * last, "g_A {apical}: {gap} after {last}");
        assert!(
            gap < 0.1 * apical && relative < 0.2 * apical,
            "g_A {apical}"
        );
        last = gap;
    }
}

/// One association, Fig 1 of the paper: 30-20-10, self-predicting at the start, a constant input
/// and a target. Returns the net after some presentations of 100 ms and its squared output error.
fn associate(
    activation: Activation,
    attenuation: Attenuation,
    eta_ip: f64,
    presentations: usize,
) -> (Network<F64>, f64) {
    let rates = |up, ip| LearningRates {
        up,
        ip,
        ..LearningRates::default()
    };
    let layer = |rates| LayerSpecification {
        rates,
        ..LayerSpecification::default()
    };
    let layers = [layer(rates(0.001_187_5, eta_ip)), layer(rates(0.0005, 0.0))];
    let specification = Specification {
        sizes: &[30, 20, 10],
        layers: &layers,
        activation,
        attenuation,
        ..Specification::default()
    };
    let mut net = Network::<F64>::new(&specification, &Initial::default());
    let (input, teacher) = (positive(30, 3), signed(10, 4));
    for _ in 0..presentations {
        net.present(&input, Some(&teacher), 1000, Some(Rounding::Nearest));
    }
    let predicted: Vec<f64> = net.get("v_b", 2).iter().map(|v| v / 1.1).collect();
    let error = norm(&difference(&predicted, &teacher)).powi(2);
    (net, error)
}

/// log(1 + exp(u)).
const SOFTPLUS: Activation = Activation::Softplus {
    gamma: 1.0,
    beta: 1.0,
    theta: 0.0,
};

#[test]
fn the_wrong_output_attenuation_diverges_where_the_right_one_learns() {
    let output_weights = |net: &Network<F64>| norm(&net.get("up", 2)).powi(2);
    for (activation, presentations) in [(SOFTPLUS, 400), (Activation::Logistic, 600)] {
        let (right, error) = associate(
            activation,
            Attenuation::Dendritic,
            0.001_187_5,
            presentations,
        );
        let (wrong, wrong_error) = associate(
            activation,
            Attenuation::WrongOutput,
            0.001_187_5,
            presentations,
        );
        println!(
            "{activation:?}: squared error {error:.2e}, |W21|^2 {:.1}; with g_A at the output \
             {wrong_error:.2e}, {:.1}",
            output_weights(&right),
            output_weights(&wrong)
        );
        assert!(error < 0.01, "{activation:?}: {error}");
        // NaN counts as diverged.
        assert!(!(wrong_error < 10.0), "{activation:?}: {wrong_error}");
    }
}

#[test]
fn interneurons_that_do_not_learn_leave_the_apical_error_standing() {
    let (learned, _) = associate(
        Activation::Logistic,
        Attenuation::Dendritic,
        0.001_187_5,
        300,
    );
    let (fixed, _) = associate(Activation::Logistic, Attenuation::Dendritic, 0.0, 300);
    let [cancelled, standing] = [&learned, &fixed].map(|net| norm(&net.get("v_a", 1)));
    println!("|vA| after 300 presentations: {cancelled:.4}; with eta_IP = 0 {standing:.4}");
    assert!(cancelled < 0.1 * standing, "{cancelled} against {standing}");
}

#[test]
fn without_feedback_the_hidden_weights_do_not_move() {
    let mut layers = equal_lambdas(0.3, 3);
    layers.iter_mut().for_each(|layer| layer.rates.up = 0.1);
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
