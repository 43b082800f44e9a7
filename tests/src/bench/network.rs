//! Networks to be measured: a microcircuit with its storage, and the steps of one presentation.

use apical_core::microcircuit::{
    Initial, Layer, LayerSpecification, LearningRates, Microcircuit, Mode, Noise, NoiseConvention,
    Specification,
};
use apical_core::random::{Key, stream};
use apical_core::rule::{Activity, Clock, Rule};
use apical_core::{Number, Precision, Rounding, Silent};

use crate::plain::{Parameters, Plain};
use crate::set::Set;

/// The parameters of the paper's first figure.
pub(crate) const PARAMETERS: Parameters = Parameters {
    dt: 0.1,
    tau_input: 3.0,
    tau_weights: 30.0,
    sigma: 0.1,
    seed: 1,
    leak: 0.1,
    basal: 1.0,
    apical: 0.8,
    somatic: 0.8,
    rates: [0.001_187_5, 0.000_5, 0.001_187_5, 0.000_5],
};

/// A network, its storage, an input and a target.
#[derive(Debug)]
pub(crate) struct Network<P: Precision> {
    circuit: Microcircuit<'static, P>,
    weights: Aligned<P::Weight>,
    potentials: Aligned<P::Potential>,
    rates: Aligned<P::Rate>,
    traces: Aligned<P::Trace>,
    clock: Clock,
    input: Vec<P::Rate>,
    target: Vec<P::Potential>,
}

/// Words that begin where a cache line does, as an allocator for vectors would place them.
#[derive(Debug)]
struct Aligned<T> {
    words: Vec<T>,
    first: usize,
    len: usize,
}

impl<T: Number> Aligned<T> {
    fn new(len: usize) -> Self {
        const LINE: usize = 64;
        let words = vec![T::ZERO; len + LINE / size_of::<T>()];
        let first = words.as_ptr().align_offset(LINE);
        Self { words, first, len }
    }
}

impl<T> std::ops::Deref for Aligned<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.words[self.first..][..self.len]
    }
}

impl<T> std::ops::DerefMut for Aligned<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.words[self.first..][..self.len]
    }
}

/// An input within 0 .. 1 and a target within -1 .. 1.
fn pattern(inputs: usize, outputs: usize) -> (Vec<f64>, Vec<f64>) {
    let key = Key::new(PARAMETERS.seed, 0, stream::DATA);
    let draw = |i: usize| key.uniform(i as u32);
    let input = (0..inputs).map(draw).collect();
    let target = (0..outputs).map(|i| 2.0 * draw(inputs + i) - 1.0);
    (input, target.collect())
}

impl<P: Precision> Network<P> {
    /// Full mode: everything plastic but the top-down weights, filtered plasticity, noise.
    pub(crate) fn full(sizes: &[usize]) -> Self {
        Self::new(sizes, Mode::Full)
    }

    /// Two-step mode with the same learning rates, without filters and noise.
    pub(crate) fn two_step(sizes: &[usize]) -> Self {
        Self::new(sizes, Mode::TwoStep)
    }

    fn new(sizes: &[usize], mode: Mode) -> Self {
        let p = PARAMETERS;
        let [up1, up2, ip, pi] = p.rates;
        let layer = |up, ip, pi| LayerSpecification {
            leak: p.leak,
            basal: p.basal,
            dendritic: p.basal,
            apical: p.apical,
            somatic: p.somatic,
            rates: LearningRates {
                up,
                ip,
                pi,
                ..LearningRates::default()
            },
        };
        let full = mode == Mode::Full;
        let count = sizes.len() - 1;
        let mut descriptions = vec![layer(up1, ip, pi); count];
        descriptions[count - 1] = layer(up2, 0.0, 0.0);
        let specification = Specification {
            sizes,
            layers: &descriptions,
            mode,
            noise: Noise {
                sigma: if full { p.sigma } else { 0.0 },
                convention: NoiseConvention::PerStep,
            },
            dt: p.dt,
            tau_input: p.tau_input,
            tau_weights: if full { p.tau_weights } else { 0.0 },
            seed: p.seed,
            ..Specification::default()
        };
        // Lives as long as the program, which measures a handful of them.
        let layers = vec![Layer::<P>::default(); count].leak();
        let circuit = Microcircuit::new(&specification, layers).expect("a valid network");
        let need = circuit.storage();
        let mut weights = Aligned::new(need.weights);
        // Potentials of the size of one, whatever the width of the layers.
        let range = |n: usize| {
            let half = (3.0 / n as f64).sqrt();
            (-half, half)
        };
        let initial = Initial {
            up: range(sizes[0].max(sizes[1])),
            down: range(sizes[2]),
            ip: range(sizes[1]),
            pi: range(sizes[2]),
            self_predicting: false,
            ..Initial::default()
        };
        circuit.initialise(&mut weights, &initial);
        let (input, target) = pattern(sizes[0], sizes[count]);
        Self {
            circuit,
            weights,
            potentials: Aligned::new(need.potentials),
            rates: Aligned::new(need.rates),
            traces: Aligned::new(need.traces),
            clock: Clock::default(),
            input: input.into_iter().map(P::Rate::from_f64).collect(),
            target: target.into_iter().map(P::Potential::from_f64).collect(),
        }
    }

    /// `count` steps, each with plasticity, in one dispatch.
    pub(crate) fn run(&mut self, set: Set, count: u32) {
        let mut activity = Activity::<P> {
            potentials: &mut self.potentials,
            rates: &mut self.rates,
            traces: &mut self.traces,
            clock: self.clock,
        };
        let (circuit, weights) = (&self.circuit, &mut self.weights);
        let (input, target) = (&self.input, &self.target);
        set.run(
            #[inline(always)]
            || {
                for _ in 0..count {
                    circuit.step(weights, &mut activity, input, Some(target), &mut Silent);
                    circuit.learn(weights, &mut activity, Rounding::Stochastic, &mut Silent);
                }
            },
        );
        self.clock = activity.clock;
    }
}

/// The plain loops with the weights, the input and the target of [`Network::full`].
#[derive(Debug)]
pub(crate) struct Yardstick {
    plain: Plain,
    input: Vec<f64>,
    target: Vec<f64>,
}

impl Yardstick {
    pub(crate) fn new(sizes: [usize; 3]) -> Self {
        let weights = Network::<apical_core::F64>::full(&sizes).weights;
        let (input, target) = pattern(sizes[0], sizes[2]);
        Self {
            plain: Plain::new(PARAMETERS, sizes, &weights),
            input,
            target,
        }
    }

    pub(crate) fn run(&mut self, count: u32) {
        for _ in 0..count {
            self.plain.step(&self.input, &self.target);
        }
    }

    /// Largest difference of a weight from core's after as many steps.
    pub(crate) fn distance(sizes: [usize; 3], steps: u32) -> f64 {
        let (mut plain, mut core) = (Self::new(sizes), Network::<apical_core::F64>::full(&sizes));
        plain.run(steps);
        core.run(Set::Baseline, steps);
        plain
            .plain
            .weights()
            .iter()
            .zip(&*core.weights)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f64::max)
    }
}
