//! The numbers that an experiment is judged by.

use std::ops::Range;

use apical_core::microcircuit::{Family, Microcircuit};
use apical_core::rule::Activity;
use apical_core::{Counters, Number, Precision};

use super::place::place;

/// Takes the numbers of presentations, one or more for each row.
#[derive(Debug, Clone)]
pub struct Measures {
    hidden: Vec<Hidden>,
    output: Range<usize>,
    /// The output's attenuation without an apical conductance, whatever the network believes.
    attenuation: f64,
    target: Vec<f64>,
    sums: Vec<f64>,
    steps: u64,
}

/// Where the variables of one hidden layer are among the potentials.
#[derive(Debug, Clone)]
struct Hidden {
    apical: Range<usize>,
    above: Range<usize>,
    interneurons: Range<usize>,
}

impl Measures {
    /// For a network taught `target` (empty for none), whose output has this attenuation.
    pub fn new<P: Precision>(
        network: &Microcircuit<'_, P>,
        attenuation: f64,
        target: &[f64],
    ) -> Self {
        let place = |name: &str, layer: usize| place(network, name, layer);
        let count = network.layers().len();
        let hidden = (1..count).map(|k| Hidden {
            apical: place("v_a", k),
            above: place("u", k + 1),
            interneurons: place("u_i", k),
        });
        let hidden: Vec<Hidden> = hidden.collect();
        Self {
            sums: vec![0.0; 2 * hidden.len() + 1],
            hidden,
            output: place("v_b", count),
            attenuation,
            target: target.to_vec(),
            steps: 0,
        }
    }

    /// The names of a row's numbers. `k` stands for a hidden layer:
    ///
    /// | name | number |
    /// |---|---|
    /// | `apical_k` | ‖vA‖² = ‖top-down + cancellation‖², mean over the last 10 ms of the presentations |
    /// | `interneuron_k` | ‖u^P of the layer above − u^I‖², likewise |
    /// | `distance_pi_k` | ‖W^PI + W^PP top-down‖² |
    /// | `distance_ip_k` | ‖W^IP − a W^PP of the layer above‖² |
    /// | `output_error` | ‖a vB − `u_trgt`‖² of the output; with a teacher |
    /// | `lost_updates`, `saturations` | so far |
    pub fn columns(&self) -> Vec<String> {
        let families = ["apical", "interneuron", "distance_pi", "distance_ip"];
        let mut names: Vec<String> = families
            .iter()
            .flat_map(|name| (1..=self.hidden.len()).map(move |k| format!("{name}_{k}")))
            .collect();
        if !self.target.is_empty() {
            names.push("output_error".to_owned());
        }
        names.extend(["lost_updates", "saturations"].map(String::from));
        names
    }

    /// What has been summed since the last row, for a checkpoint.
    pub(super) fn pending(&self) -> (u64, &[f64]) {
        (self.steps, &self.sums)
    }

    /// Puts that back; `None` when it is of other measures.
    pub(super) fn resume(&mut self, steps: u64, sums: &[f64]) -> Option<()> {
        if sums.len() != self.sums.len() {
            return None;
        }
        self.steps = steps;
        self.sums.copy_from_slice(sums);
        Some(())
    }

    /// The row of the presentations since the last one.
    pub fn row<P: Precision>(
        &mut self,
        network: &Microcircuit<'_, P>,
        weights: &[P::Weight],
        counters: &Counters,
    ) -> Vec<f64> {
        let count = self.steps.max(1) as f64;
        let means: Vec<f64> = self.sums.iter().map(|sum| sum / count).collect();
        self.sums.fill(0.0);
        self.steps = 0;
        let hidden = self.hidden.len();
        let mut row = means[..2 * hidden].to_vec();
        for distance in [distance_pi::<P>, distance_ip::<P>] {
            row.extend((1..=hidden).map(|k| distance(network, weights, k)));
        }
        if !self.target.is_empty() {
            row.push(means[2 * hidden]);
        }
        row.extend([counters.lost as f64, counters.saturations() as f64]);
        row
    }

    /// Looks at the network after a step.
    #[inline]
    pub fn step<P: Precision>(&mut self, activity: &Activity<'_, P>) {
        let potentials = &*activity.potentials;
        let at = |range: &Range<usize>| potentials.get(range.clone()).unwrap_or(&[]);
        let hidden = self.hidden.len();
        for (k, layer) in self.hidden.iter().enumerate() {
            self.sums[k] += at(&layer.apical)
                .iter()
                .map(|v| square(v.to_f64()))
                .sum::<f64>();
            let pairs = at(&layer.above).iter().zip(at(&layer.interneurons));
            self.sums[hidden + k] += pairs
                .map(|(p, i)| square(p.to_f64() - i.to_f64()))
                .sum::<f64>();
        }
        let pairs = at(&self.output).iter().zip(&self.target);
        self.sums[2 * hidden] += pairs
            .map(|(v, target)| square(self.attenuation * v.to_f64() - target))
            .sum::<f64>();
        self.steps += 1;
    }
}

fn square(x: f64) -> f64 {
    x * x
}

/// ‖`W^PI_{k,k}` + `W^PP_{k,k+1}`‖²: a plus, as cancellation is of the opposite sign.
fn distance_pi<P: Precision>(
    network: &Microcircuit<'_, P>,
    weights: &[P::Weight],
    k: usize,
) -> f64 {
    let pi = network.family(weights, Family::Pi, k);
    let down = network.family(weights, Family::Down, k);
    pi.iter()
        .zip(down)
        .map(|(a, b)| square(a.to_f64() + b.to_f64()))
        .sum()
}

/// ‖`W^IP_{k,k}` − (`a_{k+1}` / `a_I`) `W^PP_{k+1,k}`‖².
fn distance_ip<P: Precision>(
    network: &Microcircuit<'_, P>,
    weights: &[P::Weight],
    k: usize,
) -> f64 {
    let factor = network
        .layers()
        .get(k - 1)
        .map_or(1.0, apical_core::microcircuit::Layer::self_predicting);
    let ip = network.family(weights, Family::Ip, k);
    let up = network.family(weights, Family::Up, k + 1);
    ip.iter()
        .zip(up)
        .map(|(a, b)| square(a.to_f64() - factor * b.to_f64()))
        .sum()
}
