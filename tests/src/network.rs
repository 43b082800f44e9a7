//! A microcircuit with storage of its own, spoken to in real numbers.

use apical_core::digest::Digest;
use apical_core::microcircuit::{
    Initial, Layer, LayerSpecification, Microcircuit, Mode, Specification,
};
use apical_core::record::Quantity;
use apical_core::rule::{Activity, Clock, Rule, Variable, digest};
use apical_core::shape::Storage;
use apical_core::{Counters, Number, Observe, Precision, Rounding};

/// Words of one activity.
#[derive(Clone, Debug)]
pub struct State<P: Precision> {
    /// Potentials.
    pub potentials: Vec<P::Potential>,
    /// Rates.
    pub rates: Vec<P::Rate>,
    /// Filtered plasticity.
    pub traces: Vec<P::Trace>,
    /// Time.
    pub clock: Clock,
}

impl<P: Precision> State<P> {
    /// Everything at rest.
    pub fn new(need: Storage) -> Self {
        Self {
            potentials: vec![P::Potential::ZERO; need.potentials],
            rates: vec![P::Rate::ZERO; need.rates],
            traces: vec![P::Trace::ZERO; need.traces],
            clock: Clock::default(),
        }
    }

    /// Lends the words to `f` as an activity.
    pub fn lend<R>(&mut self, f: impl FnOnce(&mut Activity<'_, P>) -> R) -> R {
        let mut activity = Activity {
            potentials: &mut self.potentials,
            rates: &mut self.rates,
            traces: &mut self.traces,
            clock: self.clock,
        };
        let result = f(&mut activity);
        self.clock = activity.clock;
        result
    }
}

/// A microcircuit, its weights, one activity and the counters of what it gave up.
#[derive(Clone, Debug)]
pub struct Network<P: Precision> {
    /// The configuration.
    pub circuit: Microcircuit<'static, P>,
    /// Weights.
    pub weights: Vec<P::Weight>,
    /// Activity.
    pub state: State<P>,
    /// Saturations and lost updates so far.
    pub counters: Counters,
}

impl<P: Precision> Network<P> {
    /// Builds the network and draws its weights.
    ///
    /// # Panics
    /// When the specification is refused.
    pub fn new(specification: &Specification<'_>, initial: &Initial) -> Self {
        // A test's few layers live as long as the test.
        let layers = vec![Layer::<P>::default(); specification.layers.len()].leak();
        let circuit = Microcircuit::new(specification, layers).expect("a valid specification");
        let mut weights = vec![P::Weight::ZERO; circuit.storage().weights];
        circuit.initialise(&mut weights, initial);
        Self {
            circuit,
            weights,
            state: State::new(circuit.storage()),
            counters: Counters::default(),
        }
    }

    /// Numbers in the words of the input.
    pub fn input(values: &[f64]) -> Vec<P::Rate> {
        values.iter().map(|&x| P::Rate::from_f64(x)).collect()
    }

    /// Numbers in the words of the teacher.
    pub fn teacher(values: &[f64]) -> Vec<P::Potential> {
        values.iter().map(|&x| P::Potential::from_f64(x)).collect()
    }

    /// Shows one pattern for some steps, with plasticity if a rounding mode is given.
    pub fn present(
        &mut self,
        input: &[f64],
        teacher: Option<&[f64]>,
        steps: usize,
        learning: Option<Rounding>,
    ) {
        let mut counters = self.counters;
        self.observe(input, teacher, steps, learning, &mut counters);
        self.counters = counters;
    }

    /// The same with another observer.
    pub fn observe<O: Observe>(
        &mut self,
        input: &[f64],
        teacher: Option<&[f64]>,
        steps: usize,
        learning: Option<Rounding>,
        observer: &mut O,
    ) {
        let input = Self::input(input);
        let teacher = teacher.map(Self::teacher);
        let Self {
            circuit,
            weights,
            state,
            ..
        } = self;
        state.lend(|activity| {
            circuit.switch(activity);
            for _ in 0..steps {
                circuit.step(weights, activity, &input, teacher.as_deref(), observer);
                if let Some(rounding) = learning {
                    circuit.learn(weights, activity, rounding, observer);
                }
            }
        });
    }

    /// Changes the weights by what the last step found.
    pub fn learn(&mut self, rounding: Rounding) {
        let Self {
            circuit,
            weights,
            state,
            counters,
        } = self;
        state.lend(|activity| circuit.learn(weights, activity, rounding, counters));
    }

    /// Everything that the network stores, by name.
    pub fn variables(&self) -> Vec<Variable> {
        (0..).map_while(|i| self.circuit.variable(i)).collect()
    }

    /// The values of one variable of one layer.
    ///
    /// # Panics
    /// When there is none of this name.
    pub fn get(&self, name: &str, layer: usize) -> Vec<f64> {
        let v = (self.variables().into_iter())
            .find(|v| v.name == name && v.layer == layer)
            .unwrap_or_else(|| panic!("no variable {name} in layer {layer}"));
        let State {
            potentials,
            rates,
            traces,
            ..
        } = &self.state;
        match v.storage {
            Quantity::Weight => real(&self.weights[v.range]),
            Quantity::Rate => real(&rates[v.range]),
            Quantity::Potential => real(&potentials[v.range]),
            Quantity::Trace => real(&traces[v.range]),
        }
    }

    /// All weights as real numbers.
    pub fn real_weights(&self) -> Vec<f64> {
        real(&self.weights)
    }

    /// All potentials as real numbers.
    pub fn real_potentials(&self) -> Vec<f64> {
        real(&self.state.potentials)
    }

    /// The digest of the whole state.
    pub fn digest(&mut self) -> u64 {
        let weights = &self.weights;
        self.state.lend(|activity| digest(weights, activity))
    }
}

/// Full mode without filters.
pub fn full<'s>(sizes: &'s [usize], layers: &'s [LayerSpecification]) -> Specification<'s> {
    Specification {
        sizes,
        layers,
        tau_input: 0.0,
        tau_weights: 0.0,
        ..Specification::default()
    }
}

/// Two-step mode.
pub fn two_step<'s>(sizes: &'s [usize], layers: &'s [LayerSpecification]) -> Specification<'s> {
    Specification {
        mode: Mode::TwoStep,
        ..full(sizes, layers)
    }
}

/// Stored words as real numbers.
pub fn real<T: Number>(words: &[T]) -> Vec<f64> {
    words.iter().map(|word| word.to_f64()).collect()
}

/// The digest of some words alone.
pub fn digest_of<T: Number>(words: &[T]) -> u64 {
    let mut digest = Digest::default();
    digest.words(words);
    digest.finish()
}

/// Layers of equal mixing factors: every lambda (apical, somatic, of the interneurons) as given,
/// nothing plastic.
pub fn equal_lambdas(lambda: f64, layers: usize) -> Vec<LayerSpecification> {
    let conductance = 1.1 * lambda / (1.0 - lambda);
    let layer = LayerSpecification {
        apical: conductance,
        somatic: conductance,
        ..LayerSpecification::default()
    };
    vec![layer; layers]
}
