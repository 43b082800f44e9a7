//! Every instruction set of this machine gives the same bits, not only the one that the
//! dispatcher of the host takes (tests/dispatch.rs).
#![cfg(target_arch = "x86_64")]

use apical_core::microcircuit::{
    Initial, LayerSpecification, LearningRates, Mode, Noise, NoiseConvention, Specification,
};
use apical_core::rule::{Activity, Rule};
use apical_core::{F32, F64, I16, Precision, Rounding, Silent};
use apical_tests::network::Network;
use pulp::x86::{V3, V4};

/// 37-21-13-5: full groups of lanes and rests of every kind.
fn network<P: Precision>(mode: Mode) -> Network<P> {
    let rates = LearningRates {
        up: 0.01,
        ip: 0.02,
        pi: 0.01,
        ..LearningRates::default()
    };
    let full = mode == Mode::Full;
    let specification = Specification {
        sizes: &[37, 21, 13, 5],
        layers: &[LayerSpecification {
            rates,
            ..LayerSpecification::default()
        }; 3],
        mode,
        noise: Noise {
            sigma: if full { 0.2 } else { 0.0 },
            convention: NoiseConvention::PerStep,
        },
        tau_weights: if full { 5.0 } else { 0.0 },
        ..Specification::default()
    };
    Network::new(&specification, &Initial::default())
}

/// What a run leaves behind. To be compiled for the caller's instruction set.
#[inline(always)]
fn digest<P: Precision>(mut network: Network<P>) -> u64 {
    let ramp = |n: i32| (0..n).map(move |i| f64::from(i) / f64::from(n));
    let input = Network::<P>::input(&ramp(37).collect::<Vec<_>>());
    let teacher = Network::<P>::teacher(&ramp(5).map(|x| x - 0.5).collect::<Vec<_>>());
    // Not through `Network::present`, which is compiled once, for the baseline.
    let state = &mut network.state;
    let mut activity = Activity::<P> {
        potentials: &mut state.potentials,
        rates: &mut state.rates,
        traces: &mut state.traces,
        clock: state.clock,
    };
    let (circuit, weights) = (&network.circuit, &mut network.weights);
    for _ in 0..100 {
        circuit.step(weights, &mut activity, &input, Some(&teacher), &mut Silent);
        circuit.learn(weights, &mut activity, Rounding::Stochastic, &mut Silent);
    }
    state.clock = activity.clock;
    network.digest()
}

fn on_all_sets<P: Precision>(mode: Mode) {
    let baseline = digest(network::<P>(mode));
    if let Some(set) = V3::try_new() {
        let network = network::<P>(mode);
        let avx2 = set.vectorize(
            #[inline(always)]
            || digest(network),
        );
        assert_eq!(avx2, baseline, "AVX2, {mode:?}");
    }
    if let Some(set) = V4::try_new() {
        let network = network::<P>(mode);
        let avx512 = set.vectorize(
            #[inline(always)]
            || digest(network),
        );
        assert_eq!(avx512, baseline, "AVX-512, {mode:?}");
    }
}

#[test]
fn f64_is_the_same_on_all_sets() {
    on_all_sets::<F64>(Mode::Full);
    on_all_sets::<F64>(Mode::TwoStep);
}

#[test]
fn f32_is_the_same_on_all_sets() {
    on_all_sets::<F32>(Mode::Full);
    on_all_sets::<F32>(Mode::TwoStep);
}

#[test]
fn i16_is_the_same_on_all_sets() {
    on_all_sets::<I16>(Mode::Full);
    on_all_sets::<I16>(Mode::TwoStep);
}
