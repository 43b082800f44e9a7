//! What rates of 16 bits cost: plasticity is a difference of two nearly equal rates, of the order
//! of lambda per layer, and the apical potential another.
//!
//! The table of docs/numerics.md: `cargo test -p apical-tests --test rate_width -- --nocapture`.

use apical_core::microcircuit::{Initial, Interneurons, Mode, Specification};
use apical_core::random::{Key, stream};
use apical_core::{F64, I8, I16, I16x32, I32, Precision};
use apical_tests::network::{Network, equal_lambdas};
use apical_tests::vector::{angle, norm, outer};

const WIDTH: usize = 50;
const SAMPLES: usize = 10;

/// Inputs in 0..1 and targets of -1..1 around the middle of the logistic.
fn sample(i: usize, classes: usize) -> (Vec<f64>, Vec<f64>) {
    let key = Key::new(4, i as u64, stream::DATA);
    let input = (0..WIDTH as u32).map(|j| key.uniform(j)).collect();
    let target = (0..classes as u32)
        .map(|j| 2.0 * key.uniform(1000 + j) - 1.0)
        .collect();
    (input, target)
}

fn network<P: Precision>(hidden: usize, lambda: f64, interneurons: Interneurons) -> Network<P> {
    let layers = equal_lambdas(lambda, hidden + 1);
    let mut sizes = vec![WIDTH; hidden + 1];
    sizes.push(10);
    let specification = Specification {
        sizes: &sizes,
        layers: &layers,
        mode: Mode::TwoStep,
        interneurons,
        tau_weights: 0.0,
        ..Specification::default()
    };
    // Weights that keep potentials of the order of one at this width.
    let initial = Initial {
        up: (-0.3, 0.3),
        down: (-0.3, 0.3),
        ..Initial::default()
    };
    Network::new(&specification, &initial)
}

/// The direction of rule (7) in the first layer, before any weight is rounded.
fn first_update<P: Precision>(
    net: &mut Network<P>,
    (input, target): &(Vec<f64>, Vec<f64>),
) -> Vec<f64> {
    net.present(input, Some(target), 1, None);
    outer(&net.get("error", 1), &net.get("r", 0))
}

/// The mean angle of the first layer's update to that of f64 over some samples, and the root mean
/// square of its postsynaptic factor in f64.
fn first_angle<P: Precision>(net: &mut Network<P>, reference: &mut Network<F64>) -> [f64; 2] {
    let (mut degrees, mut square) = (0.0, 0.0);
    for i in 0..SAMPLES {
        let sample = sample(i, 10);
        let have = angle(
            &first_update(net, &sample),
            &first_update(reference, &sample),
        );
        // An update that vanished points nowhere: a right angle.
        degrees += if have.is_finite() { have } else { 90.0 } / SAMPLES as f64;
        square += norm(&reference.get("error", 1)).powi(2) / (SAMPLES * WIDTH) as f64;
    }
    [degrees, square.sqrt()]
}

/// Angles with interneurons of their own weights, against f64 with unrounded weights; and with
/// tied interneurons against f64 with the same rounded weights, which leaves the arithmetic alone.
fn angles<P: Precision>(hidden: usize, lambda: f64) -> [[f64; 2]; 2] {
    let own = Interneurons::Learned;
    let [mut net, mut tied] =
        [own, Interneurons::Tied].map(|which| network::<P>(hidden, lambda, which));
    let mut same = network::<F64>(hidden, lambda, Interneurons::Tied);
    same.weights = tied.real_weights();
    [
        first_angle(&mut net, &mut network(hidden, lambda, own)),
        first_angle(&mut tied, &mut same),
    ]
}

#[test]
fn deepest_update_in_fixed_point_against_f64() {
    let mut table: Vec<[[f64; 2]; 4]> = vec![];
    println!("| hidden layers | lambda | error, ulp of 2^-24 | I8 | I16 | I16x32 | I32 |");
    for lambda in [0.3, 0.1] {
        for hidden in 1..=4 {
            let all = [
                angles::<I8>(hidden, lambda),
                angles::<I16>(hidden, lambda),
                angles::<I16x32>(hidden, lambda),
                angles::<I32>(hidden, lambda),
            ];
            let cells = all
                .iter()
                .map(|[own, tied]| format!(" {:.2} / {:.2} |", own[0], tied[0]));
            let size = all[3][1][1] * 2.0_f64.powi(24);
            println!(
                "| {hidden} | {lambda} | {size:.0} |{}",
                cells.collect::<String>()
            );
            table.push(all.map(|[own, tied]| [own[0], tied[0]]));
        }
    }
    let [i16, i16x32] = [1, 2];
    let at = |precision: usize, hidden: usize, lambda: f64| {
        table[4 * usize::from(lambda < 0.2) + hidden - 1][precision]
    };
    // Where rates of 16 bits suffice: one hidden layer, and two at the stronger feedback.
    assert!(at(i16, 1, 0.3)[0] < 0.1 && at(i16, 1, 0.1)[0] < 0.2);
    assert!(at(i16, 2, 0.3)[0] < 3.0);
    // Where they do not, rates of 32 bits do, if the interneurons predict exactly.
    assert!(at(i16, 3, 0.3)[1] > 10.0 && at(i16x32, 3, 0.3)[1] < 0.5);
    assert!(at(i16, 2, 0.1)[1] > 3.0 && at(i16x32, 2, 0.1)[1] < 0.5);
    // Interneuron weights rounded to 12 bits break the prediction, whatever the rates.
    assert!(at(i16x32, 3, 0.3)[0] > 10.0);
}
