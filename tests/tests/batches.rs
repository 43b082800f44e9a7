//! Batches: many samples on one set of weights compute what each of them computes alone, whatever
//! the machine's vectors and however many threads there are.

use apical::batch::Parallel;
use apical::engine::{Division, Engine};
use apical_core::batch::Block;
use apical_core::kernel::Into;
use apical_core::microcircuit::{
    Initial, Layer, LayerSpecification, LearningRates, Microcircuit, Mode, Specification,
};
use apical_core::precision::Draw;
use apical_core::random::Key;
use apical_core::rule::{Activity, Rule};
use apical_core::{Counters, F32, F64, I8, I16, I16x32, I32, Number, One, Precision, Rounding};
use apical_tests::network::State;

/// Rows, columns and samples: within a vector and beyond, with and without what fills none.
const SHAPES: [[usize; 3]; 9] = [
    [1, 1, 1],
    [77, 1, 10],
    [70, 10, 10],
    [3, 5, 2],
    [8, 32, 10],
    [9, 37, 7],
    [37, 100, 11],
    [4, 203, 5],
    [70, 784, 10],
];

/// Words all over a format, its ends among them.
fn words<T: Number>(count: usize, stream: u32, largest: f64) -> Vec<T> {
    let key = Key::new(3, 1, stream);
    let most = largest.min(T::largest());
    let word = |i: usize| match key.below(2 * i as u32, 40) {
        0 => most,
        1 => -most,
        2 => 0.0,
        3 => most * 1e-5,
        _ => most * (2.0 * key.uniform(2 * i as u32 + 1) - 1.0),
    };
    (0..count).map(|i| T::from_f64(word(i))).collect()
}

fn bits<T: Number>(words: &[T]) -> Vec<u64> {
    words.iter().map(|word| word.to_bits()).collect()
}

fn products_are_cores<P: Engine>(largest: f64) {
    for [rows, columns, samples] in SHAPES {
        let w = words::<P::Weight>(rows * columns, 1, largest);
        let x = words::<P::Rate>(columns * samples, 2, largest);
        for into in [Into::Store, Into::Add, Into::Subtract] {
            let begun = words::<P::Potential>(rows * samples, 3, 1.0);
            let (mut want, mut got) = (begun.clone(), begun);
            let mut wanted = Counters::default();
            for (x, y) in x.chunks(columns).zip(want.chunks_mut(rows)) {
                P::mat_vec(&w, x, y, into, &mut wanted);
            }
            let outputs = Division::whole(rows, got.chunks_mut(rows).collect());
            let counted = P::product(&w, &x, columns, outputs, into);
            let at = (rows, columns, samples, into);
            assert_eq!(bits(&got), bits(&want), "{at:?}");
            assert_eq!(counted.potential, wanted.potential, "{at:?}");
        }
    }
}

#[test]
fn products_of_a_batch_are_those_of_its_samples() {
    for largest in [0.3, 1.0, 1e9] {
        products_are_cores::<F64>(largest);
        products_are_cores::<F32>(largest.min(1e6));
        products_are_cores::<I8>(largest);
        products_are_cores::<I16>(largest);
        products_are_cores::<I16x32>(largest);
        products_are_cores::<I32>(largest);
    }
}

fn draw(rounding: Rounding) -> Draw {
    let key = Key::new(11, 5, 9);
    Draw { rounding, key }
}

fn updates_are_cores<P: Engine>(largest: f64, gain: f64) {
    let gain = P::gain(gain).unwrap();
    for [rows, columns, samples] in SHAPES {
        let post = words::<P::Potential>(rows * samples, 4, largest);
        let pre = words::<P::Rate>(columns * samples, 5, 1.0);
        for rounding in Rounding::ALL {
            let begun = words::<P::Weight>(rows * columns, 6, 1e9_f64.min(P::Weight::largest()));
            let (mut want, mut wanted) = (begun.clone(), Counters::default());
            let whole = Block { first: 0, samples };
            P::update(
                &mut want,
                whole,
                &post,
                gain,
                &pre,
                draw(rounding),
                &mut wanted,
            );
            let mut got = begun;
            let cut = rows / 2;
            let (head, tail) = got.split_at_mut(cut * columns);
            let parts = Division::new(vec![0..cut, cut..rows], [head, tail]);
            let counted = P::change(parts, samples, &post, gain, &pre, draw(rounding));
            let at = (rows, columns, samples, rounding);
            assert_eq!(bits(&got), bits(&want), "{at:?}");
            assert_eq!(counted, wanted, "{at:?}");
        }
    }
}

#[test]
fn updates_in_vectors_and_in_parts_are_cores() {
    for (largest, gain) in [(0.01, 0.03), (0.9, 0.5), (1e9, 3.0), (1e-6, -1e-3)] {
        updates_are_cores::<F64>(largest, gain);
        updates_are_cores::<F32>(largest, gain);
        updates_are_cores::<I8>(largest, gain);
        updates_are_cores::<I16>(largest, gain);
        updates_are_cores::<I16x32>(largest, gain);
        updates_are_cores::<I32>(largest, gain);
    }
}

fn one_sample_is_rank_one<P: Precision>() {
    for (largest, gain) in [(0.01, 0.03), (0.9, 0.5), (1e9, 3.0)] {
        let gain = P::gain(gain).unwrap();
        for [rows, columns, _] in SHAPES {
            let post = words::<P::Potential>(rows, 4, largest);
            let pre = words::<P::Rate>(columns, 5, 1.0);
            for rounding in Rounding::ALL {
                let begun = words::<P::Weight>(rows * columns, 6, 2.0);
                let (mut want, mut got) = (begun.clone(), begun);
                let [mut wanted, mut counted] = [Counters::default(); 2];
                let draw = draw(rounding);
                P::rank_one(&mut want, &post, gain, &pre, draw, &mut wanted);
                let block = Block {
                    first: 0,
                    samples: 1,
                };
                P::update(&mut got, block, &post, gain, &pre, draw, &mut counted);
                assert_eq!(bits(&got), bits(&want), "{rows} {columns} {rounding:?}");
                assert_eq!(counted, wanted, "{rows} {columns} {rounding:?}");
            }
        }
    }
}

#[test]
fn a_batch_of_one_is_the_rank_one_update() {
    one_sample_is_rank_one::<F64>();
    one_sample_is_rank_one::<F32>();
    one_sample_is_rank_one::<I8>();
    one_sample_is_rank_one::<I16>();
    one_sample_is_rank_one::<I16x32>();
    one_sample_is_rank_one::<I32>();
}

/// In fixed point the sum over the samples is exact but for what the factors lose, which is below
/// their last bit: against the same in real numbers, rounded to nearest.
#[test]
fn a_batch_changes_a_weight_once_by_the_sum() {
    let [rows, columns, samples] = [9, 37, 7];
    let post = words::<<I16 as Precision>::Potential>(rows * samples, 4, 0.2);
    let pre = words::<<I16 as Precision>::Rate>(columns * samples, 5, 1.0);
    let begun = words::<<I16 as Precision>::Weight>(rows * columns, 6, 2.0);
    let mut got = begun.clone();
    let gain = 0.0625;
    let block = Block { first: 0, samples };
    let exactly = I16::gain(gain).unwrap();
    let rounding = draw(Rounding::Nearest);
    I16::update(
        &mut got,
        block,
        &post,
        exactly,
        &pre,
        rounding,
        &mut Counters::default(),
    );
    let ulp = 1.0 / 4096.0;
    let mut moved = 0;
    for i in 0..rows {
        let largest = (0..samples).map(|s| (gain * post[s * rows + i].to_f64()).abs());
        let largest = largest.fold(0.0, f64::max);
        for j in 0..columns {
            let change: f64 = (0..samples)
                .map(|s| gain * post[s * rows + i].to_f64() * pre[s * columns + j].to_f64())
                .sum();
            let at = i * columns + j;
            let was = got[at].to_f64() - begun[at].to_f64();
            // Half an ulp of the weight, and of the factors' last bit for each sample.
            let bound = 0.5001 * ulp + samples as f64 * largest / 8192.0;
            assert!((was - change).abs() <= bound, "{i} {j}: {was} for {change}");
            moved += u32::from(was != 0.0);
        }
    }
    assert!(moved > 300, "{moved}");
}

const SIZES: [usize; 4] = [37, 29, 21, 5];

fn specification(mode: Mode, layers: &[LayerSpecification]) -> Specification<'_> {
    Specification {
        sizes: &SIZES,
        layers,
        mode,
        bias: true,
        tau_weights: 0.0,
        ..Specification::default()
    }
}

/// Weights and activity of so many samples.
struct Store<P: Precision> {
    weights: Vec<P::Weight>,
    state: State<P>,
}

impl<P: Precision> Store<P> {
    fn new(network: &Microcircuit<'_, P>, samples: usize) -> Self {
        let need = network.storage().batch(samples);
        let mut weights = vec![P::Weight::ZERO; need.weights];
        let initial = Initial {
            up: (-0.5, 0.5),
            bias: (-0.1, 0.1),
            down: (-1.0, 1.0),
            ip: (0.0, 0.0),
            pi: (0.0, 0.0),
            self_predicting: true,
            seed: 4,
        };
        network.initialise(&mut weights, &initial);
        Self {
            weights,
            state: State::new(need),
        }
    }

    fn with<R>(&mut self, f: impl FnOnce(&mut [P::Weight], &mut Activity<'_, P>) -> R) -> R {
        let weights = &mut self.weights;
        self.state.lend(|activity| f(weights, activity))
    }
}

fn samples_do_not_meet<P: Engine>(mode: Mode) {
    let rates = LearningRates {
        up: 0.05,
        bias: 0.05,
        ip: 0.1,
        ip_bias: 0.1,
        pi: 0.01,
        ..LearningRates::FROZEN
    };
    let layers = [LayerSpecification {
        rates,
        ..LayerSpecification::default()
    }; 3];
    let mut storage = [Layer::<P>::default(); 3];
    let network = Microcircuit::new(&specification(mode, &layers), &mut storage).unwrap();
    let samples = 6;
    let input = words::<P::Rate>(SIZES[0] * samples, 7, 1.0);
    let teacher = words::<P::Potential>(SIZES[3] * samples, 8, 1.5);
    let mut together = Store::<P>::new(&network, samples);
    let outputs = together.with(|weights, activity| {
        let batch = Parallel::new(samples);
        for _ in 0..3 {
            let teacher = Some(&teacher[..]);
            let unheard = &mut Counters::default();
            network.step_batch(&batch, weights, activity, &input, teacher, unheard);
        }
        bits(network.outputs(activity, samples))
    });
    let mut alone = Vec::new();
    for (input, teacher) in input.chunks(SIZES[0]).zip(teacher.chunks(SIZES[3])) {
        let mut one = Store::<P>::new(&network, 1);
        one.with(|weights, activity| {
            for _ in 0..3 {
                let unheard = &mut Counters::default();
                network.step(weights, activity, input, Some(teacher), unheard);
            }
            alone.extend(bits(network.output(activity)));
        });
    }
    assert_eq!(outputs, alone, "{mode:?}");
    // And a batch of one learns as a device does.
    let [mut device, mut desktop] = [Store::<P>::new(&network, 1), Store::<P>::new(&network, 1)];
    let (input, teacher) = (&input[..SIZES[0]], Some(&teacher[..SIZES[3]]));
    let rounding = Rounding::Stochastic;
    let unheard = &mut Counters::default();
    device.with(|w, a| {
        for _ in 0..4 {
            network.step_batch(&One, w, a, input, teacher, unheard);
            network.learn_batch(&One, w, a, rounding, unheard);
        }
    });
    desktop.with(|w, a| {
        for _ in 0..4 {
            network.step_batch(&Parallel::new(1), w, a, input, teacher, unheard);
            network.learn_batch(&Parallel::new(1), w, a, rounding, unheard);
        }
    });
    assert_eq!(bits(&device.weights), bits(&desktop.weights), "{mode:?}");
    assert_eq!(
        bits(&device.state.potentials),
        bits(&desktop.state.potentials)
    );
}

#[test]
fn the_samples_of_a_batch_do_not_meet_before_they_learn() {
    for mode in [Mode::TwoStep, Mode::Full] {
        samples_do_not_meet::<F64>(mode);
        samples_do_not_meet::<F32>(mode);
        samples_do_not_meet::<I8>(mode);
        samples_do_not_meet::<I16>(mode);
        samples_do_not_meet::<I16x32>(mode);
        samples_do_not_meet::<I32>(mode);
    }
}
