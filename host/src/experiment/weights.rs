//! How weights change over a run: the mean of every matrix and a few of its synapses.

use apical_core::Precision;
use apical_core::microcircuit::{Family, Microcircuit};
use apical_core::number::Number;
use apical_core::random::{Key, stream};

/// Synapses followed in every matrix.
const SYNAPSES: u32 = 5;
/// Points of a trace, at most about.
const POINTS: u64 = 400;

/// The traces of all matrices of a run.
#[derive(Debug, Clone)]
pub struct WeightTraces {
    every: u64,
    seed: u64,
    /// Presentations at each point.
    pub counts: Vec<u64>,
    /// The matrices, layer by layer.
    pub matrices: Vec<MatrixTrace>,
}

/// The trace of one matrix.
#[derive(Debug, Clone)]
pub struct MatrixTrace {
    /// Which kind.
    pub family: Family,
    /// Of which layer, from 1.
    pub layer: usize,
    /// The mean of all synapses at each point.
    pub mean: Vec<f64>,
    /// Some synapses, by their place in the matrix, at each point.
    pub synapses: Vec<(usize, Vec<f64>)>,
}

impl WeightTraces {
    /// For a run of so many presentations; the synapses are drawn with this seed.
    pub fn new(patterns: u64, seed: u64) -> Self {
        let every = patterns.div_ceil(POINTS).max(1);
        Self {
            every,
            seed,
            counts: Vec::new(),
            matrices: Vec::new(),
        }
    }

    /// Takes a point, if one is due after `count` presentations.
    pub fn take<P: Precision>(
        &mut self,
        count: u64,
        network: &Microcircuit<'_, P>,
        weights: &[P::Weight],
    ) {
        if !count.is_multiple_of(self.every) {
            return;
        }
        if self.counts.is_empty() {
            self.choose(network, weights);
        }
        self.counts.push(count);
        for trace in &mut self.matrices {
            let words = network.family(weights, trace.family, trace.layer);
            let sum: f64 = words.iter().map(|w| w.to_f64()).sum();
            trace.mean.push(sum / (words.len() as f64).max(1.0));
            for (place, values) in &mut trace.synapses {
                values.push(words.get(*place).map_or(f64::NAN, |w| w.to_f64()));
            }
        }
    }

    /// Every point so far: presentations, and each matrix's mean and synapses.
    pub(super) fn points(&self) -> Vec<(u64, Vec<f64>)> {
        let point = |(at, count): (usize, &u64)| {
            let all = self.matrices.iter().flat_map(|trace| {
                let synapses = trace.synapses.iter().map(|(_, values)| values);
                [&trace.mean].into_iter().chain(synapses)
            });
            let value = |values: &Vec<f64>| values.get(at).copied().unwrap_or(f64::NAN);
            (*count, all.map(value).collect())
        };
        self.counts.iter().enumerate().map(point).collect()
    }

    /// Puts points back, after [`choose`](Self::choose).
    pub(super) fn resume(&mut self, points: Vec<(u64, Vec<f64>)>) {
        for (count, point) in points {
            self.counts.push(count);
            let mut point = point.into_iter();
            for trace in &mut self.matrices {
                trace.mean.extend(point.next());
                for (_, values) in &mut trace.synapses {
                    values.extend(point.next());
                }
            }
        }
    }

    /// Draws the synapses; how many numbers a point has.
    pub(super) fn choose<P: Precision>(
        &mut self,
        network: &Microcircuit<'_, P>,
        weights: &[P::Weight],
    ) -> usize {
        let families = [Family::Up, Family::Ip, Family::Pi, Family::Down];
        for layer in 1..=network.layers().len() {
            for family in families {
                let words = network.family(weights, family, layer).len();
                if words == 0 {
                    continue;
                }
                // A use of its own: no pattern has this number.
                let key = Key::new(self.seed, u64::MAX - layer as u64, stream::DATA);
                let first = family as u32 * SYNAPSES;
                let mut places: Vec<usize> = (first..first + SYNAPSES)
                    .map(|draw| key.below(draw, words as u32) as usize)
                    .collect();
                places.sort_unstable();
                places.dedup();
                self.matrices.push(MatrixTrace {
                    family,
                    layer,
                    mean: Vec::new(),
                    synapses: places
                        .into_iter()
                        .map(|place| (place, Vec::new()))
                        .collect(),
                });
            }
        }
        let numbers = |trace: &MatrixTrace| 1 + trace.synapses.len();
        self.matrices.iter().map(numbers).sum()
    }
}
