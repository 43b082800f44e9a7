//! The golden trajectory of the model's reference (f64, sigma 0): sizes 4-3-2, logistic, nominal
//! conductances, dt 0.1, `tau_w` 30, constant input and target, everything at rest at the start.

use apical_core::microcircuit::{
    Attenuation, Family, Feedback, Layer, LayerSpecification, LearningRates, Microcircuit,
    Specification, Teacher,
};
use apical_core::rule::{Activity, Clock, Rule};
use apical_core::{F64, Rounding, Silent};

const SIZES: [usize; 3] = [4, 3, 2];

fn specification(layers: &[LayerSpecification]) -> Specification<'_> {
    Specification {
        sizes: &SIZES,
        layers,
        tau_input: 0.0,
        ..Specification::default()
    }
}

fn layers() -> [LayerSpecification; 2] {
    let rates = |up, ip, pi| LearningRates {
        up,
        ip,
        pi,
        ..LearningRates::default()
    };
    [
        LayerSpecification {
            rates: rates(0.001_187_5, 0.001_187_5, 0.0005),
            ..Default::default()
        },
        LayerSpecification {
            rates: rates(0.0005, 0.0, 0.0),
            ..Default::default()
        },
    ]
}

/// W[i][j] = 0.8 sin(1.3 (i + 1) + 0.7 (j + 1) s + s)
fn golden_weights(network: &Microcircuit<'_, F64>) -> Vec<f64> {
    let mut weights = Vec::new();
    for (s, rows, columns) in [(1, 3, 4), (3, 3, 2), (4, 2, 3), (5, 3, 2), (2, 2, 3)] {
        for i in 0..rows {
            for j in 0..columns {
                let s = f64::from(s);
                let angle = 1.3 * f64::from(i + 1) + 0.7 * f64::from(j + 1) * s + s;
                weights.push(0.8 * angle.sin());
            }
        }
    }
    assert_eq!(weights.len(), network.storage().weights);
    weights
}

struct Run {
    weights: Vec<f64>,
    potentials: Vec<f64>,
}

fn run(
    description: &Specification<'_>,
    steps: usize,
) -> (Run, impl Fn(&Run, &str, usize) -> Vec<f64> + use<>) {
    let mut storage = [Layer::<F64>::default(); 2];
    let network = Microcircuit::<F64>::new(description, &mut storage).unwrap();
    let need = network.storage();
    let mut weights = golden_weights(&network);
    let (mut potentials, mut rates) = (vec![0.0; need.potentials], vec![0.0; need.rates]);
    let mut traces = vec![0.0; need.traces];
    let mut activity = Activity::<F64> {
        potentials: &mut potentials,
        rates: &mut rates,
        traces: &mut traces,
        clock: Clock::default(),
    };
    for _ in 0..steps {
        let (input, teacher) = ([0.2, 0.9, 0.5, 0.1], [0.7, -0.4]);
        network.step(&weights, &mut activity, &input, Some(&teacher), &mut Silent);
        network.learn(&mut weights, &mut activity, Rounding::Nearest, &mut Silent);
    }
    let mut named = Vec::new();
    for i in 0.. {
        let Some(variable) = network.variable(i) else {
            break;
        };
        named.push(variable);
    }
    let get = move |run: &Run, name: &str, layer: usize| {
        let v = named
            .iter()
            .find(|v| v.name == name && v.layer == layer)
            .unwrap();
        let from = if Family::ALL.iter().any(|f| f.name() == name) {
            &run.weights
        } else {
            &run.potentials
        };
        from[v.range.clone()].to_vec()
    };
    (
        Run {
            weights,
            potentials,
        },
        get,
    )
}

fn close(have: &[f64], want: &[f64], what: &str) {
    assert_eq!(have.len(), want.len(), "{what}");
    for (have, want) in have.iter().zip(want) {
        assert!(
            (have - want).abs() < 1e-9,
            "{what}: {have} instead of {want}"
        );
    }
}

/// Steps done; u1, u2, uI, vA; the first weight of W10, W21, WIP, WPI.
type Golden = (usize, [f64; 3], [f64; 2], [f64; 2], [f64; 3], [f64; 4]);

#[test]
fn golden_trajectory_in_f64() {
    let layers = layers();
    let golden: [Golden; 4] = [
        (
            1,
            [-0.042_380_820_0, -0.088_094_544_8, -0.004_749_555_1],
            [0.046_236_568_6, 0.016_168_391_6],
            [0.035_216_332_0, 0.012_673_359_3],
            [0.487_250_780_2, 0.208_771_075_4, -0.375_558_743_9],
            [
                0.112_896_006_448,
                -0.799_938_606_051,
                0.775_911_848_676,
                -0.293_183_303_402,
            ],
        ),
        (
            2,
            [-0.076_487_224_8, -0.159_193_924_4, -0.008_681_151_8],
            [0.084_767_255_2, 0.027_863_626_4],
            [0.068_285_174_1, 0.024_780_236_4],
            [0.490_026_523_0, 0.211_986_096_4, -0.376_614_458_1],
            [
                0.112_896_014_796,
                -0.799_938_604_203,
                0.775_911_832_969,
                -0.293_183_344_006,
            ],
        ),
        (
            10,
            [-0.193_381_786_7, -0.404_185_099_0, -0.022_856_293_5],
            [0.231_186_901_5, 0.052_044_197_7],
            [0.240_792_009_1, 0.083_935_745_2],
            [0.494_806_303_9, 0.218_035_748_6, -0.378_157_689_2],
            [
                0.112_896_306_134,
                -0.799_938_461_934,
                0.775_911_318_098,
                -0.293_185_207_110,
            ],
        ),
        (
            1000,
            [-0.223_443_074_4, -0.462_522_651_1, -0.024_033_645_4],
            [0.273_952_410_9, 0.046_287_847_2],
            [0.323_052_265_9, 0.100_842_883_5],
            [0.480_412_184_0, 0.208_906_434_3, -0.368_647_731_1],
            [
                0.113_746_613_203,
                -0.798_725_079_013,
                0.775_551_439_041,
                -0.303_227_302_715,
            ],
        ),
    ];
    for (steps, u1, u2, ui, va, first) in golden {
        let (run, get) = run(&specification(&layers), steps);
        close(&get(&run, "u", 1), &u1, &format!("u1 after {steps}"));
        close(&get(&run, "u", 2), &u2, &format!("u2 after {steps}"));
        close(&get(&run, "u_i", 1), &ui, &format!("uI after {steps}"));
        close(&get(&run, "v_a", 1), &va, &format!("vA after {steps}"));
        let heads = [
            get(&run, "up", 1)[0],
            get(&run, "up", 2)[0],
            get(&run, "ip", 1)[0],
            get(&run, "pi", 1)[0],
        ];
        close(&heads, &first, &format!("weights after {steps}"));
        if steps == 1000 {
            let sums = [("up", 1), ("up", 2), ("ip", 1), ("pi", 1)]
                .map(|(name, layer)| get(&run, name, layer).iter().sum::<f64>());
            close(
                &sums,
                &[
                    -2.831_018_257_1,
                    0.767_929_273_1,
                    0.955_598_534_9,
                    -0.135_282_378_9,
                ],
                "sums",
            );
        }
    }
}

#[test]
fn conductances_and_nudging_are_the_same_teacher() {
    let layers = layers();
    let nudged = specification(&layers);
    let conductance = Specification {
        teacher: Teacher::Conductance {
            excitatory: 1.0,
            inhibitory: -1.0,
        },
        ..nudged
    };
    let (a, get) = run(&nudged, 300);
    let (b, _) = run(&conductance, 300);
    for layer in [1, 2] {
        for (a, b) in get(&a, "u", layer).iter().zip(get(&b, "u", layer)) {
            assert!((a - b).abs() < 1e-12, "{a} {b}");
        }
    }
    assert_ne!(
        a.potentials, b.potentials,
        "the two forms must be two computations"
    );
}

#[test]
fn choices_that_exclude_each_other_are_refused() {
    let layers = layers();
    let bad = Specification {
        attenuation: Attenuation::Dropped,
        ..specification(&layers)
    };
    let mut storage = [Layer::<F64>::default(); 2];
    let error = Microcircuit::<F64>::new(&bad, &mut storage)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("network.attenuation") && error.contains("network.mode"),
        "{error}"
    );
    let transposed = Specification {
        feedback: Feedback::Transposed,
        ..specification(&layers)
    };
    assert!(Microcircuit::<F64>::new(&transposed, &mut storage).is_ok());
}
