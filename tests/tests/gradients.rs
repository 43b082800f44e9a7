//! The update of a microcircuit in the self-predicting state is the gradient, in the limit of weak
//! feedback; and the two-step mode is the full one, in the same limit.
//!
//! The tables are printed: `cargo test -p apical-tests --test gradients -- --nocapture`.

use apical_core::microcircuit::{Feedback, Initial, LayerSpecification, Mode, Specification};
use apical_core::{F64, Rounding};
use apical_tests::network::{Network, equal_lambdas, full, two_step};
use apical_tests::vector::{
    angle, difference, dot, largest, mat_vec, mat_vec_transposed, norm, outer, positive, signed,
};

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
            for x in &mut update {
                *x /= dt;
            }
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
