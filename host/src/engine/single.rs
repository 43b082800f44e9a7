//! f32: some rows and five samples at a time in vectors of any width.
//!
//! Every sum has core's order: sixteen lanes, then what does not fill them, then the tree. Lanes
//! are one vector of sixteen words, two of eight or four of four.

mod change;
mod panel;
mod product;
mod short_rows;
mod tree;

pub(super) use change::change;
pub(super) use product::product;

/// Lanes of a sum.
const LANES: usize = 16;

#[cfg(test)]
mod tests {
    use super::change::Change;
    use super::panel::{Samples, Strips};
    use super::product::Product;
    use super::*;
    use crate::engine::words;
    use apical_core::kernel::Into;
    use pulp::{Scalar, Simd};

    fn bits(words: &[f32]) -> Vec<u32> {
        words.iter().map(|word| word.to_bits()).collect()
    }

    /// Products and updates of one shape in vectors of one width.
    fn on<S: Simd>(simd: S, [rows, columns, samples]: [usize; 3]) -> (Vec<u32>, Vec<u32>, u32) {
        let mut w = words(rows * columns, 1, 1.0);
        let x = words(columns * samples, 2, 1.0);
        let mut y = words(rows * samples, 3, 1.0);
        let mut along = y.clone();
        let into = Into::Subtract;
        simd.vectorize(Product {
            w: &w,
            x: &Samples::new(&x, columns),
            strip: &mut y.chunks_mut(rows).collect(),
            into,
        });
        if columns < LANES {
            let (w, x, strip) = (&w, &x, &mut along.chunks_mut(rows).collect());
            simd.vectorize(short_rows::Product {
                w,
                x,
                columns,
                strip,
                into,
            });
            assert_eq!(bits(&along), bits(&y), "{rows} {columns} {samples}");
        }
        let post: Vec<f32> = words(rows * samples, 4, 1e-7);
        let lost = simd.vectorize(Change {
            w: &mut w,
            strips: &Strips::new(&x, columns),
            factors: &change::factors(&post, rows, 0..rows, 1.0),
        });
        (bits(&y), bits(&w), lost)
    }

    #[test]
    fn vectors_of_any_width_have_the_same_bits() {
        for shape in [
            [1, 1, 1],
            [5, 15, 3],
            [37, 10, 4],
            [21, 1, 7],
            [8, 48, 10],
            [9, 52, 11],
            [37, 203, 5],
        ] {
            let narrow = on(Scalar::new(), shape);
            #[cfg(target_arch = "x86_64")]
            {
                if let Some(simd) = pulp::x86::V3::try_new() {
                    assert_eq!(on(simd, shape), narrow, "AVX2, {shape:?}");
                }
                if let Some(simd) = pulp::x86::V4::try_new() {
                    assert_eq!(on(simd, shape), narrow, "AVX-512, {shape:?}");
                }
            }
            let [rows, columns, _] = shape;
            assert!(narrow.2 as usize <= rows * columns);
        }
        assert!(on(Scalar::new(), [37, 203, 5]).2 > 100);
    }

    /// A weight that is no number does not stay the same, and what adds nothing is not lost.
    #[test]
    fn nothing_is_lost_where_nothing_is_added() {
        let x: Vec<f32> = words(40 * 3, 2, 1.0);
        let mut w = vec![f32::NAN; 4 * 40];
        w[..40].copy_from_slice(&words::<f32>(40, 1, 1.0));
        let lost = crate::dispatch::with_simd(Change {
            w: &mut w,
            strips: &Strips::new(&x, 40),
            factors: &change::factors(&[0.0; 4 * 3], 4, 0..4, 1.0),
        });
        assert_eq!(lost, 0);
    }
}
