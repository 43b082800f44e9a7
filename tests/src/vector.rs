//! Vectors in f64: what the tests compare and measure with.

use apical_core::random::Key;

/// Reproducible numbers in -1..1.
pub fn signed(n: usize, use_: u32) -> Vec<f64> {
    let key = Key::new(3, 0, use_);
    (0..n as u32).map(|i| 2.0 * key.uniform(i) - 1.0).collect()
}

/// Reproducible numbers in 0..1.
pub fn positive(n: usize, use_: u32) -> Vec<f64> {
    signed(n, use_).iter().map(|x| (x + 1.0) / 2.0).collect()
}

/// The sum of products.
///
/// # Panics
/// When the lengths differ.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len(), "vectors of different length");
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The Euclidean length.
pub fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

/// The largest magnitude; infinite when an element is not a number.
pub fn largest(a: &[f64]) -> f64 {
    a.iter().fold(0.0, |top: f64, x| {
        if x.is_nan() {
            f64::INFINITY
        } else {
            top.max(x.abs())
        }
    })
}

/// a - b.
///
/// # Panics
/// When the lengths differ.
pub fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    assert_eq!(a.len(), b.len(), "vectors of different length");
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

/// The angle between two vectors in degrees, accurate near zero, where an arc cosine is not.
pub fn angle(a: &[f64], b: &[f64]) -> f64 {
    let (na, nb) = (norm(a), norm(b));
    let along = |sign: f64| {
        let sum = a.iter().zip(b).map(|(a, b)| a / na + sign * b / nb);
        sum.map(|x| x * x).sum::<f64>().sqrt()
    };
    (2.0 * along(-1.0).atan2(along(1.0))).to_degrees()
}

/// W x, with W of `x.len()` columns.
pub fn mat_vec(w: &[f64], x: &[f64]) -> Vec<f64> {
    w.chunks_exact(x.len()).map(|row| dot(row, x)).collect()
}

/// The transpose of W times x, with W of `x.len()` rows.
pub fn mat_vec_transposed(w: &[f64], x: &[f64]) -> Vec<f64> {
    let columns = w.len() / x.len();
    let column = |j: usize| {
        x.iter()
            .enumerate()
            .map(move |(i, x)| x * w[i * columns + j])
    };
    (0..columns).map(|j| column(j).sum()).collect()
}

/// a b^T, row by row.
pub fn outer(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter()
        .flat_map(|a| b.iter().map(move |b| a * b))
        .collect()
}

/// The mean and the standard error of the mean.
pub fn mean(a: &[f64]) -> (f64, f64) {
    let n = a.len() as f64;
    let mean = a.iter().sum::<f64>() / n;
    let variance = a.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}

/// Pearson's correlation.
pub fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let (mean_a, mean_b) = (mean(a).0, mean(b).0);
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        let (a, b) = (a - mean_a, b - mean_b);
        ab += a * b;
        aa += a * a;
        bb += b * b;
    }
    ab / (aa * bb).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_cases() {
        assert_eq!(mat_vec(&[1.0, 2.0, 3.0, 4.0], &[1.0, 10.0]), [21.0, 43.0]);
        let transposed = mat_vec_transposed(&[1.0, 2.0, 3.0, 4.0], &[1.0, 10.0]);
        assert_eq!(transposed, [31.0, 42.0]);
        assert_eq!(outer(&[1.0, 2.0], &[3.0, 4.0]), [3.0, 4.0, 6.0, 8.0]);
        assert!((angle(&[1.0, 0.0], &[2.0, 2.0]) - 45.0).abs() < 1e-12);
        assert!((angle(&[1.0, 0.0], &[3.0, 3e-9]) - 1e-9_f64.to_degrees()).abs() < 1e-15);
        assert_eq!(largest(&[1.0, f64::NAN, 2.0]), f64::INFINITY);
        assert!((correlation(&[1.0, 2.0, 3.0], &[-1.0, -2.0, -3.0]) + 1.0).abs() < 1e-12);
        assert_eq!(mean(&[1.0, 3.0]), (2.0, 1.0));
    }
}
