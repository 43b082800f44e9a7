//! The course of potentials within a presentation, of a network that does not learn.

use apical_core::microcircuit::Microcircuit;
use apical_core::rule::{Activity, Rule};
use apical_core::{Counters, Number, Precision};

use super::place::place;
use super::{Schedule, steps};
use crate::config::Config;
use crate::engine::Engine;
use crate::network::{Blueprint, Circuit, Memory};
use crate::present::{Pattern, advance};
use crate::{Error, train};

/// Milliseconds between two points.
const RESOLUTION: f64 = 1.0;
/// The number of the first pattern shown here: one that no run gets to.
const UNSEEN: u64 = 1 << 40;

/// One variable of a layer: for each neuron, its value at each time.
pub type Traces = Vec<Vec<f64>>;

/// What every neuron did while some patterns were shown, one after the other.
#[derive(Debug, Clone, Default)]
pub struct Course {
    /// When each point was taken, in milliseconds.
    pub times: Vec<f64>,
    /// When each presentation but the first began, and what it is.
    pub switches: Vec<(f64, String)>,
    /// The low-pass filtered input.
    pub input: Traces,
    /// The layers 1 .. N.
    pub layers: Vec<LayerCourse>,
    /// The target of each output neuron, at each time that there is one.
    pub target: Traces,
}

/// One layer of a [`Course`].
#[derive(Debug, Clone, Default)]
pub struct LayerCourse {
    /// Somatic potentials.
    pub soma: Traces,
    /// The dendritic prediction of the soma, a vB.
    pub basal: Traces,
    /// vA; hidden layers.
    pub apical: Traces,
    /// The part of vA that comes from the layer above.
    pub top_down: Traces,
    /// The part of vA that comes from interneurons.
    pub cancellation: Traces,
    /// Somatic potentials of the interneurons, one for each neuron of the layer above.
    pub interneurons: Traces,
}

impl Course {
    /// Shows `weights` three unseen patterns; or, where all patterns are one, that pattern without
    /// and with its teacher. There is no noise and nothing is learned.
    ///
    /// # Errors
    /// When the network cannot be built.
    pub fn of<P: Engine>(
        config: &Config,
        schedule: &mut Schedule<P>,
        weights: &[P::Weight],
    ) -> Result<Self, Error> {
        let blueprint = Blueprint::new(config, config.run.seed).quiet();
        let mut layers = blueprint.layers::<P>();
        let network = train::build_microcircuit(config, &blueprint, &mut layers)?;
        let mut memory = Memory::<P>::new(network.storage());
        memory.weights.copy_from_slice(weights);
        let constant = schedule.is_constant();
        let names: &[&str] = if constant {
            &["without target", "with target"]
        } else {
            &["pattern 1", "pattern 2", "pattern 3"]
        };
        let (steps, _) = steps(config);
        let every = (RESOLUTION / config.time.dt).round().max(1.0) as u32;
        let mut course = Self {
            layers: vec![LayerCourse::default(); network.layers().len()],
            ..Self::default()
        };
        let circuit = Circuit::from(network);
        let places = Places::new(&network);
        let mut unheard = Counters::default();
        for (number, name) in names.iter().enumerate() {
            let begin = f64::from(steps) * number as f64 * config.time.dt;
            course.switches.push((begin, (*name).to_owned()));
            let (input, teacher) = schedule.show(UNSEEN + number as u64);
            let teacher = teacher.filter(|_| !constant || number > 0);
            let target: Option<Vec<f64>> = teacher.map(|t| t.iter().map(|w| w.to_f64()).collect());
            let (weights, mut activity) = memory.parts();
            network.switch(&mut activity);
            for done in (0..steps).step_by(every as usize) {
                let count = every.min(steps - done);
                let pattern = Pattern::one(input, teacher);
                advance(
                    &circuit,
                    weights,
                    &mut activity,
                    &pattern,
                    None,
                    count,
                    &mut unheard,
                );
                course
                    .times
                    .push(begin + f64::from(done + count) * config.time.dt);
                course.point(&places, &network, &activity, target.as_deref());
            }
            let clock = activity.clock;
            memory.clock = clock;
        }
        Ok(course)
    }

    fn point<P: Precision>(
        &mut self,
        places: &Places,
        network: &Microcircuit<'_, P>,
        activity: &Activity<'_, P>,
        target: Option<&[f64]>,
    ) {
        let real = |range: &std::ops::Range<usize>| -> Vec<f64> {
            let words = activity.potentials.get(range.clone()).unwrap_or(&[]);
            words.iter().map(|word| word.to_f64()).collect()
        };
        append(&mut self.input, &real(&places.input));
        let layers = self
            .layers
            .iter_mut()
            .zip(&places.layers)
            .zip(network.layers());
        for ((course, [soma, basal, apical, top_down, interneurons]), layer) in layers {
            append(&mut course.soma, &real(soma));
            let attenuated: Vec<f64> = real(basal)
                .iter()
                .map(|v| layer.attenuation() * v)
                .collect();
            append(&mut course.basal, &attenuated);
            let (sum, down) = (real(apical), real(top_down));
            append(&mut course.apical, &sum);
            append(&mut course.top_down, &down);
            let cancellation: Vec<f64> = sum.iter().zip(&down).map(|(v, d)| v - d).collect();
            append(&mut course.cancellation, &cancellation);
            append(&mut course.interneurons, &real(interneurons));
        }
        let outputs = self.layers.last().map_or(0, |layer| layer.soma.len());
        let nothing = vec![f64::NAN; outputs];
        append(&mut self.target, target.unwrap_or(&nothing));
    }
}

/// Where the variables are among the potentials.
struct Places {
    input: std::ops::Range<usize>,
    layers: Vec<[std::ops::Range<usize>; 5]>,
}

impl Places {
    fn new<P: Precision>(network: &Microcircuit<'_, P>) -> Self {
        let place = |name: &str, layer: usize| place(network, name, layer);
        let names = ["u", "v_b", "v_a", "top_down", "u_i"];
        let layers = 1..=network.layers().len();
        Self {
            input: place("input", 0),
            layers: layers.map(|k| names.map(|name| place(name, k))).collect(),
        }
    }
}

/// Adds one value to the trace of each neuron.
fn append(traces: &mut Traces, values: &[f64]) {
    traces.resize_with(values.len().max(traces.len()), Vec::new);
    for (trace, value) in traces.iter_mut().zip(values) {
        trace.push(*value);
    }
}
