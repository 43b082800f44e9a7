//! The update of a rule against the gradient of backpropagation, in f64.
//!
//! The gradient is that of the loss the microcircuit descends: squared error in potential at the
//! output with the slope of the output, `delta_N` = phi'(`u_N`) (`u_trgt` - `u_N`), and
//! `delta_k` = phi'(`u_k`) `W_{k+1,k}`^T `delta_{k+1}`. Attenuation only scales a layer, which an
//! angle does not see.

use crate::engine::Engine;
use crate::network::{Circuit, Memory};
use crate::present::{Pattern, advance};
use apical_core::activation::Activation;
use apical_core::microcircuit::Family;
use apical_core::rule::{Activity, Rule};
use apical_core::{Counters, Number, Precision};
use std::borrow::Cow;

/// Angles in degrees, one for each layer 1 .. N, between the update of `samples` and the gradient.
///
/// `steps` is how many steps a pattern is shown before its errors are taken.
pub fn angles<'s, P: Engine>(
    circuit: &Circuit<'_, P>,
    activation: &Activation,
    memory: &Memory<P>,
    samples: &(impl Iterator<Item = (Cow<'s, [P::Rate]>, &'s [P::Potential])> + Clone),
    steps: u32,
) -> Vec<f64> {
    let attenuation = circuit.attenuation();
    let [weights, thresholds] = [Family::Up, Family::Bias].map(|family| -> Vec<Vec<f64>> {
        (1..=attenuation.len())
            .map(|k| real(circuit.family(&memory.weights, family, k)))
            .collect()
    });
    // A layer at a time: no more than one layer's sums stand in memory.
    let of_layer = |k: usize| {
        let mut memory = memory.clone();
        let count = weights.get(k).map_or(0, Vec::len);
        let [mut update, mut gradient] = [vec![0.0; count], vec![0.0; count]];
        for (input, teacher) in samples.clone() {
            let (w, mut activity) = memory.parts();
            circuit.switch(&mut activity);
            let pattern = Pattern::one(&input, Some(teacher));
            let unheard = &mut Counters::default();
            advance(circuit, w, &mut activity, &pattern, None, steps, unheard);
            let post = vector(circuit, &activity, "error", k + 1);
            outer(&mut update, &post, &vector(circuit, &activity, "r", k));
            let layers = backpropagate(
                &weights,
                &thresholds,
                &attenuation,
                activation,
                &real(&input),
                &real(teacher),
            );
            if let Some((pre, post)) = layers.get(k) {
                outer(&mut gradient, post, pre);
            }
        }
        angle(&update, &gradient)
    };
    (0..attenuation.len()).map(of_layer).collect()
}

/// The angle between two vectors in degrees; NaN when one of them is zero.
pub fn angle(a: &[f64], b: &[f64]) -> f64 {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let (ab, aa, bb) = (dot(a, b), dot(a, a), dot(b, b));
    // Through the sine as well: an arc cosine loses all digits of a small angle.
    let cosine = ab / (aa * bb).sqrt();
    let rejection: f64 = a
        .iter()
        .zip(b)
        .map(|(a, b)| (a / aa.sqrt() - cosine * b / bb.sqrt()).powi(2))
        .sum();
    rejection.sqrt().atan2(cosine).to_degrees()
}

/// For each layer 1 .. N: presynaptic rates and delta.
fn backpropagate(
    weights: &[Vec<f64>],
    thresholds: &[Vec<f64>],
    attenuation: &[f64],
    activation: &Activation,
    input: &[f64],
    teacher: &[f64],
) -> Vec<(Vec<f64>, Vec<f64>)> {
    let mut rates = vec![input.to_vec()];
    let mut potentials: Vec<Vec<f64>> = Vec::new();
    for ((w, b), a) in weights.iter().zip(thresholds).zip(attenuation) {
        let below = &rates[rates.len() - 1];
        let u: Vec<f64> = w
            .chunks_exact(below.len())
            .enumerate()
            .map(|(i, row)| {
                let v: f64 = row.iter().zip(below).map(|(w, r)| w * r).sum();
                a * (v + b.get(i).unwrap_or(&0.0))
            })
            .collect();
        rates.push(u.iter().map(|&u| activation.value(u)).collect());
        potentials.push(u);
    }
    let mut result = Vec::new();
    let mut error: Vec<f64> = teacher
        .iter()
        .zip(potentials.last().map_or(&[][..], |u| u))
        .map(|(target, u)| target - u)
        .collect();
    for (k, u) in potentials.iter().enumerate().rev() {
        let delta: Vec<f64> = error
            .iter()
            .zip(u)
            .map(|(e, &u)| e * activation.slope(u))
            .collect();
        let below = &rates[k];
        error = vec![0.0; below.len()];
        for (row, d) in weights[k].chunks_exact(below.len()).zip(&delta) {
            for (error, w) in error.iter_mut().zip(row) {
                *error += w * d;
            }
        }
        result.push((below.clone(), delta));
    }
    result.reverse();
    result
}

fn real<T: Number>(words: &[T]) -> Vec<f64> {
    words.iter().map(|w| w.to_f64()).collect()
}

fn outer(sum: &mut [f64], post: &[f64], pre: &[f64]) {
    for (row, post) in sum.chunks_exact_mut(pre.len().max(1)).zip(post) {
        for (sum, pre) in row.iter_mut().zip(pre) {
            *sum += post * pre;
        }
    }
}

/// A variable of an activity as real numbers; empty when there is none of that name and layer.
pub fn vector<P: Precision>(
    network: &impl Rule<P>,
    activity: &Activity<'_, P>,
    name: &str,
    layer: usize,
) -> Vec<f64> {
    use apical_core::record::Quantity;
    (0..)
        .map_while(|i| network.variable(i))
        .find(|v| v.name == name && v.layer == layer)
        .map(|v| match v.storage {
            Quantity::Rate => real(activity.rates.get(v.range).unwrap_or(&[])),
            Quantity::Trace => real(activity.traces.get(v.range).unwrap_or(&[])),
            Quantity::Potential | Quantity::Weight => {
                real(activity.potentials.get(v.range).unwrap_or(&[]))
            }
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn angles_of_known_vectors() {
        assert!((angle(&[1.0, 0.0], &[0.0, 2.0]) - 90.0).abs() < 1e-12);
        assert!((angle(&[1.0, 0.0], &[-3.0, 0.0]) - 180.0).abs() < 1e-12);
        let small = angle(&[1.0, 0.0], &[1.0, 1e-9]);
        assert!((small / 1e-9f64.to_degrees() - 1.0).abs() < 1e-6, "{small}");
    }

    #[test]
    fn the_gradient_is_a_finite_difference() {
        let phi = Activation::Logistic;
        let weights = vec![vec![0.3, -0.2, 0.5, 0.7, 0.1, -0.4], vec![0.2, -0.6]];
        let thresholds = vec![vec![0.1, -0.1], vec![0.05]];
        let (input, teacher) = ([0.2, 0.9, 0.4], [1.5]);
        let a = [0.9, 0.8];
        let loss = |weights: &[Vec<f64>]| {
            let g = backpropagate(weights, &thresholds, &a, &phi, &input, &teacher);
            // delta_N = phi'(u) (t - u): the loss whose derivative by u this is, integrated.
            let r = &g[1].0;
            let v: f64 = weights[1].iter().zip(r).map(|(w, r)| w * r).sum();
            let u = a[1] * (v + 0.05);
            let n = 2000;
            (0..n)
                .map(|i| {
                    let x = u + (teacher[0] - u) * (f64::from(i) + 0.5) / f64::from(n);
                    phi.slope(x) * (teacher[0] - x) * (teacher[0] - u) / f64::from(n)
                })
                .sum::<f64>()
        };
        let g = backpropagate(&weights, &thresholds, &a, &phi, &input, &teacher);
        for i in 0..6 {
            let h = 1e-5;
            let mut moved = weights.clone();
            moved[0][i] += h;
            let numeric = -(loss(&moved) - loss(&weights)) / h;
            // The chain has one attenuation a layer, which the module leaves out.
            let analytic = g[0].1[i / 3] * g[0].0[i % 3] * a[0] * a[1];
            assert!(
                (numeric - analytic).abs() < 1e-5,
                "{i}: {numeric} {analytic}"
            );
        }
    }
}
