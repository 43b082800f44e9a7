//! Fixed point against f64 over long runs in full mode, and what must not change a run's bits.
//!
//! The divergences are printed: `cargo test -p apical-tests --test float_vs_fixed -- --nocapture`.

use apical_core::microcircuit::{
    Initial, LayerSpecification, LearningRates, Noise, NoiseConvention, Specification,
};
use apical_core::random::{Key, stream};
use apical_core::rule::Rule;
use apical_core::{Counters, F32, F64, I8, I16, I16x32, I32, Number, Precision, Rounding, Silent};
use apical_tests::network::Network;
use apical_tests::vector::{difference, largest};

fn layers(up: [f64; 2], ip: f64, pi: f64) -> [LayerSpecification; 2] {
    let layer = |rates| LayerSpecification {
        rates,
        ..LayerSpecification::default()
    };
    [
        layer(LearningRates {
            up: up[0],
            ip,
            pi,
            ..LearningRates::default()
        }),
        layer(LearningRates {
            up: up[1],
            ..LearningRates::default()
        }),
    ]
}

fn reproducible(n: usize, use_: u32) -> Vec<f64> {
    let key = Key::new(8, 0, stream::DATA + use_);
    (0..n as u32).map(|i| key.uniform(i)).collect()
}

/// A run of many patterns with everything plastic, recorded after each pattern.
struct Task<'s> {
    specification: Specification<'s>,
    initial: Initial,
    patterns: Vec<(Vec<f64>, Vec<f64>)>,
    steps: usize,
}

impl Task<'_> {
    fn network<P: Precision>(&self) -> Network<P> {
        Network::new(&self.specification, &self.initial)
    }

    /// All weights and potentials after each pattern.
    fn run<P: Precision>(&self, rounding: Rounding) -> (Network<P>, Vec<[Vec<f64>; 2]>) {
        let mut net = self.network();
        let mut record = vec![];
        for (input, teacher) in &self.patterns {
            net.present(input, Some(teacher), self.steps, Some(rounding));
            record.push([net.real_weights(), net.real_potentials()]);
        }
        (net, record)
    }

    /// The largest divergence from f64 of any weight and of any potential, after any pattern.
    fn divergence<P: Precision>(&self, name: &str, rounding: Rounding) -> [f64; 2] {
        let (_, reference) = self.run::<F64>(rounding);
        let (net, have) = self.run::<P>(rounding);
        let mut worst = [0.0_f64; 2];
        for (have, want) in have.iter().zip(&reference) {
            for k in 0..2 {
                worst[k] = worst[k].max(largest(&difference(&have[k], &want[k])));
            }
        }
        // How far the weights went, to judge the divergence by.
        let start = self.network::<F64>().real_weights();
        let way = largest(&difference(&reference[reference.len() - 1][0], &start));
        let Counters { lost, updates, .. } = net.counters;
        println!(
            "| {name} | {} | {:.2e} | {:.2e} | {way:.3} | {:.1} % |",
            rounding.name(),
            worst[0],
            worst[1],
            100.0 * lost as f64 / updates as f64,
        );
        assert_eq!(net.counters.saturations(), 0, "{name}");
        worst
    }

    /// Asserts the largest divergences of weights and potentials.
    fn check(&self, bounds: [([f64; 2], [f64; 2]); 4]) {
        println!("| precision | rounding | weights | potentials | way of a weight | lost |");
        let single = self.divergence::<F32>("F32", Rounding::Nearest);
        assert!(single[0] < 2e-3 && single[1] < 1e-3, "f32: {single:?}");
        let modes = [Rounding::Stochastic, Rounding::Nearest];
        let have = [
            ("I32", modes.map(|mode| self.divergence::<I32>("I32", mode))),
            (
                "I16x32",
                modes.map(|mode| self.divergence::<I16x32>("I16x32", mode)),
            ),
            ("I16", modes.map(|mode| self.divergence::<I16>("I16", mode))),
            ("I8", modes.map(|mode| self.divergence::<I8>("I8", mode))),
        ];
        for ((name, [stochastic, nearest]), bounds) in have.into_iter().zip(bounds) {
            for k in 0..2 {
                assert!(
                    stochastic[k] < bounds.0[k],
                    "{name} stochastic: {stochastic:?}"
                );
                assert!(nearest[k] < bounds.1[k], "{name} nearest: {nearest:?}");
            }
        }
        // What stochastic rounding is for: 16-bit weights that follow where nearest stays behind.
        let [_, _, (_, [stochastic, nearest]), _] = have;
        assert!(
            stochastic[0] < 0.5 * nearest[0],
            "{stochastic:?} {nearest:?}"
        );
    }
}

/// The sizes, conductances and rates of the golden trajectory, for 50,000 steps.
fn golden(layers: &[LayerSpecification]) -> Task<'_> {
    let pattern = (vec![0.2, 0.9, 0.5, 0.1], vec![0.7, -0.4]);
    Task {
        specification: Specification {
            sizes: &[4, 3, 2],
            layers,
            tau_input: 0.0,
            ..Specification::default()
        },
        initial: Initial {
            self_predicting: false,
            ..Initial::default()
        },
        patterns: vec![pattern; 50],
        steps: 1000,
    }
}

/// 10-8-5 from the self-predicting state, with inputs and targets that change, and noise.
fn changing(layers: &[LayerSpecification]) -> Task<'_> {
    let (inputs, targets) = (reproducible(10 * 100, 1), reproducible(5 * 100, 2));
    let targets = targets
        .chunks(5)
        .map(|t| t.iter().map(|t| 2.0 * t - 1.0).collect());
    Task {
        specification: Specification {
            sizes: &[10, 8, 5],
            layers,
            noise: Noise {
                sigma: 0.1,
                convention: NoiseConvention::PerStep,
            },
            ..Specification::default()
        },
        initial: Initial::default(),
        patterns: inputs
            .chunks(10)
            .map(<[f64]>::to_vec)
            .zip(targets)
            .collect(),
        steps: 500,
    }
}

#[test]
fn golden_configuration_for_50_000_steps() {
    let layers = layers([0.001_187_5, 0.0005], 0.001_187_5, 0.0005);
    golden(&layers).check([
        ([7e-5, 6e-5], [2e-3, 6e-4]),
        ([0.03, 0.03], [0.8, 0.8]),
        ([0.03, 0.03], [0.8, 0.8]),
        ([0.2, 0.2], [0.8, 0.8]),
    ]);
}

#[test]
fn changing_inputs_with_noise_for_50_000_steps() {
    let layers = layers([0.001_187_5, 0.0005], 0.001_187_5, 0.0005);
    // In 16 bits a weight walks at random around its f64 twin: 0.8 % of 50,000 updates move it by an
    // ulp of 2.4e-4, 400 steps or 20 ulps in the mean, 0.005. The bound is five of these; the worst of
    // some 200 weights was at two with one sequence of random words and at three with another.
    changing(&layers).check([
        ([4e-5, 4e-5], [1.2e-4, 2e-4]),
        ([0.025, 0.012], [0.15, 0.4]),
        ([0.025, 0.012], [0.15, 0.4]),
        ([0.2, 0.25], [0.15, 0.4]),
    ]);
}

fn same_bits<P: Precision>() {
    let layers = layers([0.001_187_5, 0.0005], 0.001_187_5, 0.0005);
    let task = changing(&layers);
    let rounding = Rounding::Stochastic;
    let short = |net: &mut Network<P>, observer: &mut Counters| {
        for (input, teacher) in &task.patterns[..3] {
            net.observe(input, Some(teacher), 100, Some(rounding), observer);
        }
    };
    let mut counted = task.network();
    short(&mut counted, &mut Counters::default());

    // Again; and with nobody listening.
    let mut again = task.network();
    short(&mut again, &mut Counters::default());
    assert_eq!(again.digest(), counted.digest(), "a second run");
    let mut silent = task.network::<P>();
    for (input, teacher) in &task.patterns[..3] {
        silent.observe(input, Some(teacher), 100, Some(rounding), &mut Silent);
    }
    assert_eq!(silent.digest(), counted.digest(), "without counters");
    assert_eq!(silent.weights, counted.weights);

    // Interrupted: the state goes through its bits and into another network.
    let mut first = task.network::<P>();
    let mut counters = Counters::default();
    let (input, teacher) = &task.patterns[0];
    first.observe(input, Some(teacher), 100, Some(rounding), &mut counters);
    let mut resumed = task.network::<P>();
    resumed.weights = first
        .weights
        .iter()
        .map(|w| P::Weight::from_bits(w.to_bits()))
        .collect();
    resumed.state = first.state.clone();
    for (input, teacher) in &task.patterns[1..3] {
        resumed.observe(input, Some(teacher), 100, Some(rounding), &mut counters);
    }
    assert_eq!(resumed.digest(), counted.digest(), "resumed");

    // Another seed is another run.
    let other = Task {
        specification: Specification {
            seed: 2,
            ..task.specification
        },
        ..changing(&layers)
    };
    let mut other = other.network();
    short(&mut other, &mut Counters::default());
    assert_ne!(other.digest(), counted.digest(), "another seed");
}

#[test]
fn a_run_has_the_same_bits_repeated_resumed_and_unobserved() {
    same_bits::<F64>();
    same_bits::<F32>();
    same_bits::<I8>();
    same_bits::<I16>();
    same_bits::<I16x32>();
    same_bits::<I32>();
}

/// One set of weights serves two activities in turn; each goes as if it were alone.
fn shared_weights<P: Precision>() {
    let layers = layers([0.0, 0.0], 0.0, 0.0);
    let task = changing(&layers);
    let alone = |pattern: usize| {
        let mut net = task.network::<P>();
        let (input, teacher) = &task.patterns[pattern];
        net.present(input, Some(teacher), 50, None);
        net.digest()
    };
    let mut net = task.network::<P>();
    let mut states = [net.state.clone(), net.state.clone()];
    for _ in 0..50 {
        for (state, (input, teacher)) in states.iter_mut().zip(&task.patterns) {
            let (input, teacher) = (Network::<P>::input(input), Network::<P>::teacher(teacher));
            state.lend(|activity| {
                net.circuit
                    .step(&net.weights, activity, &input, Some(&teacher), &mut Silent);
            });
        }
    }
    for (pattern, state) in states.into_iter().enumerate() {
        net.state = state;
        assert_eq!(net.digest(), alone(pattern), "activity {pattern}");
    }
    assert_ne!(alone(0), alone(1));
}

#[test]
fn weights_serve_several_activities() {
    shared_weights::<F64>();
    shared_weights::<F32>();
    shared_weights::<I16>();
    shared_weights::<I32>();
}
