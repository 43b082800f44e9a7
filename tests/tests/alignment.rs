//! Phaseless alignment: top-down weights that learn from noise.

use apical_core::microcircuit::{
    Alignment, Feedback, Initial, Interneurons, LayerSpecification, Microcircuit, Mode,
    Specification,
};
use apical_core::{F32, F64, I16, Precision, Rounding};
use apical_tests::network::{Network, equal_lambdas, full};
use apical_tests::vector::{difference, dot, largest, norm, positive, signed};

const SIZES: [usize; 4] = [8, 12, 9, 5];
/// The rate of the top-down weights.
const RATE: f64 = 0.5;
const ALIGNMENT: Alignment = Alignment {
    sigma: 0.3,
    decay: 5e-4,
    ..Alignment::DEFAULT
};

fn aligned(mode: Mode, layers: &[LayerSpecification]) -> Specification<'_> {
    Specification {
        mode,
        feedback: Feedback::PhaselessAlignment,
        interneurons: Interneurons::Mirrored,
        alignment: ALIGNMENT,
        ..full(&SIZES, layers)
    }
}

/// Nothing plastic but what goes down.
fn only_down(rate: f64) -> Vec<LayerSpecification> {
    let mut layers = equal_lambdas(0.1, 3);
    for layer in &mut layers {
        layer.rates.down = rate;
    }
    layers
}

fn begin<P: Precision>(specification: &Specification<'_>) -> Network<P> {
    let initial = Initial {
        down: (-0.5, 0.5),
        ..Initial::default()
    };
    Network::new(specification, &initial)
}

/// Shows `patterns` random patterns without a teacher.
fn show<P: Precision>(net: &mut Network<P>, patterns: u32, steps: usize) {
    for pattern in 0..patterns {
        let learning = Some(Rounding::Stochastic);
        net.present(&positive(8, 2 * pattern), None, steps, learning);
    }
}

/// (`W^PP_{k+1,k}`)^T, and the same with the slopes of the activations and the attenuations on either
/// side, the mean over other patterns.
fn transposed<P: Precision>(net: &Network<P>, k: usize, steps: usize) -> [Vec<f64>; 2] {
    const PATTERNS: u32 = 300;
    let mut net = net.clone();
    let up = net.get("up", k + 1);
    let (rows, columns) = (SIZES[k], SIZES[k + 1]);
    let plain: Vec<f64> = (0..rows * columns)
        .map(|i| up[i % columns * rows + i / columns])
        .collect();
    let attenuation = |k: usize| net.circuit.layers()[k - 1].attenuation();
    let factor = attenuation(k) * attenuation(k + 1) / f64::from(PATTERNS);
    let mut mean = vec![0.0; rows * columns];
    for pattern in 0..PATTERNS {
        net.present(&positive(8, 1_000_001 + 2 * pattern), None, steps, None);
        let slopes = |k: usize| -> Vec<f64> {
            let rates = net.get("prediction", k);
            rates.iter().map(|r| r * (1.0 - r)).collect()
        };
        let (own, above) = (slopes(k), slopes(k + 1));
        for (i, (mean, w)) in mean.iter_mut().zip(&plain).enumerate() {
            *mean += factor * own[i / columns] * w * above[i % columns];
        }
    }
    [plain, mean]
}

fn degrees(a: &[f64], b: &[f64]) -> f64 {
    (dot(a, b) / (norm(a) * norm(b))).acos().to_degrees()
}

fn assert_two_step_law<P: Precision>() {
    let layers = only_down(RATE);
    let mut net = begin::<P>(&aligned(Mode::TwoStep, &layers));
    show(&mut net, 12_000, 1);
    for (k, [to_law, to_transpose]) in [(1, [13.0, 19.0]), (2, [6.0, 31.0])] {
        let down = net.get("down", k);
        let [plain, law] = transposed(&net, k, 1);
        let before = begin::<P>(&aligned(Mode::TwoStep, &layers)).get("down", k);
        assert!(degrees(&before, &plain) > 80.0, "layer {k} began aligned");
        let angles = [degrees(&down, &law), degrees(&down, &plain)];
        println!("two-step, layer {k}: {angles:?}");
        assert!(angles[0] < to_law && angles[1] < to_transpose, "{angles:?}");
        // eta / alpha Var(xi) of it.
        let size = RATE / ALIGNMENT.decay * ALIGNMENT.sigma * ALIGNMENT.sigma;
        let ratio = norm(&down) / norm(&law) / size;
        assert!((ratio - 1.0).abs() < 0.1, "layer {k}: {ratio}");
    }
    assert_eq!(net.counters.saturations(), 0);
}

#[test]
fn noise_finds_the_transpose_times_the_slopes_in_two_steps() {
    assert_two_step_law::<F64>();
    assert_two_step_law::<F32>();
    assert_two_step_law::<I16>();
}

fn assert_full_mode<P: Precision>() {
    let layers = only_down(0.2);
    let specification = Specification {
        alignment: Alignment {
            tau_noise: 2.0,
            decay: 2e-5,
            ..ALIGNMENT
        },
        ..aligned(Mode::Full, &layers)
    };
    let mut net = begin::<P>(&specification);
    show(&mut net, 750, 200);
    for (k, to_transpose) in [(1, 24.0), (2, 32.0)] {
        let [plain, law] = transposed(&net, k, 200);
        let down = net.get("down", k);
        let angles = [degrees(&down, &law), degrees(&down, &plain)];
        println!("full, layer {k}: {angles:?}");
        assert!(angles[0] < 20.0 && angles[1] < to_transpose, "{angles:?}");
    }
}

#[test]
fn noise_finds_the_transpose_in_continuous_time() {
    assert_full_mode::<F64>();
    assert_full_mode::<I16>();
}

/// In the self-predicting state there is no error without a teacher, whatever the neurons' noise.
#[test]
fn no_layer_takes_noise_for_an_error_in_two_steps() {
    let mut layers = only_down(0.1);
    for layer in &mut layers {
        (layer.rates.up, layer.rates.ip) = (0.1, 0.1);
    }
    let mut net = begin::<F64>(&aligned(Mode::TwoStep, &layers));
    let before = net.clone();
    show(&mut net, 200, 1);
    for (name, layer) in [("up", 1), ("up", 2), ("up", 3), ("ip", 1), ("ip", 2)] {
        let moved = largest(&difference(&net.get(name, layer), &before.get(name, layer)));
        assert!(moved < 1e-12, "{name} of layer {layer} moved by {moved}");
    }
    assert!(largest(&difference(&net.get("down", 1), &before.get("down", 1))) > 0.1);
    assert!(largest(&net.get("noise", 1)) > 0.3);
}

#[test]
fn without_noise_it_is_fixed_feedback() {
    for mode in [Mode::TwoStep, Mode::Full] {
        let mut layers = only_down(0.5);
        for layer in &mut layers {
            (layer.rates.up, layer.rates.ip) = (0.1, 0.2);
        }
        let silent = Specification {
            alignment: Alignment {
                sigma: 0.0,
                decay: 0.0,
                ..ALIGNMENT
            },
            ..aligned(mode, &layers)
        };
        let mut fixed_layers = layers.clone();
        for layer in &mut fixed_layers {
            layer.rates.down = 0.0;
        }
        let fixed = Specification {
            feedback: Feedback::Fixed,
            layers: &fixed_layers,
            ..silent
        };
        let run = |specification: &Specification<'_>| {
            let mut net = begin::<I16>(specification);
            for step in 0..50 {
                let (input, teacher) = (positive(8, 2 * step), signed(5, 2 * step + 1));
                net.present(&input, Some(&teacher), 3, Some(Rounding::Stochastic));
            }
            (net.weights.clone(), net.get("u", 3), net.get("v_a", 1))
        };
        assert_eq!(run(&silent), run(&fixed), "{mode:?}");
    }
}

#[test]
fn filters_and_decay_out_of_range_are_refused_by_name() {
    let layers = only_down(0.5);
    let refused = |mode, alignment| {
        let specification = Specification {
            alignment,
            ..aligned(mode, &layers)
        };
        let mut room = [apical_core::microcircuit::Layer::<I16>::default(); 3];
        let refused = Microcircuit::new(&specification, &mut room);
        refused.map(|_| ()).unwrap_err().to_string()
    };
    for (mode, alignment, expected) in [
        (
            Mode::TwoStep,
            Alignment {
                tau_rate: 0.5,
                ..ALIGNMENT
            },
            "alignment.tau_rate = 0.5 is out of range for this precision; accepted: 1.0 to",
        ),
        (
            Mode::Full,
            Alignment {
                tau_noise: f64::NAN,
                ..ALIGNMENT
            },
            "alignment.tau_noise = NaN is out of range for this precision; accepted: 0.1 to",
        ),
        (
            Mode::Full,
            Alignment {
                sigma: -1.0,
                ..ALIGNMENT
            },
            "alignment.sigma = -1.0 is out of range",
        ),
        (
            Mode::TwoStep,
            Alignment {
                decay: 0.02,
                ..ALIGNMENT
            },
            "alignment.decay = 0.02 is out of range for this precision; accepted: 0.0 to 0.015625",
        ),
    ] {
        let message = refused(mode, alignment);
        assert!(message.starts_with(expected), "{message}");
    }
}
