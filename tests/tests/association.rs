//! One association, Fig 1 of the paper, and two controls that must fail at it: the output's
//! attenuation with an apical conductance, and interneurons that do not learn.
//!
//! The figures are printed: `cargo test -p apical-tests --test association -- --nocapture`.

use apical_core::microcircuit::{
    Attenuation, Initial, LayerSpecification, LearningRates, Specification,
};
use apical_core::{Activation, F64, Rounding};
use apical_tests::network::Network;
use apical_tests::vector::{difference, norm, positive, signed};

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
        dt: 0.25,
        ..Specification::default()
    };
    let mut net = Network::<F64>::new(&specification, &Initial::default());
    let (input, teacher) = (positive(30, 3), signed(10, 4));
    for _ in 0..presentations {
        net.present(&input, Some(&teacher), 400, Some(Rounding::Nearest));
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
    for (activation, presentations) in [(SOFTPLUS, 300), (Activation::Logistic, 400)] {
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
        let diverged = wrong_error.is_nan() || wrong_error > 10.0;
        assert!(diverged, "{activation:?}: {wrong_error}");
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
