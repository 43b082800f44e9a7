//! Counts CMSIS-DSP's product of a q15 matrix and a vector, and its transpose with that product.
//!
//! The C files are compiled by `cargo xtask bench-mcu`, which links them here.
#![no_std]
#![no_main]

use apical_board_bench::course::Watch;
use apical_board_bench::peer::{integer, tell};
use apical_board_bench::watch::Ticks;
use apical_board_bench::{LARGEST, SIDES};
use static_cell::ConstStaticCell;

static WEIGHTS: ConstStaticCell<[i16; LARGEST]> = ConstStaticCell::new([0; LARGEST]);
/// What the transpose is written to: as large again.
static SCRATCH: ConstStaticCell<[i16; LARGEST]> = ConstStaticCell::new([0; LARGEST]);

/// `arm_matrix_instance_q15`.
#[repr(C)]
struct Matrix {
    rows: u16,
    columns: u16,
    words: *mut i16,
}

unsafe extern "C" {
    fn arm_mat_vec_mult_q15(matrix: *const Matrix, vector: *const i16, result: *mut i16);
    fn arm_mat_trans_q15(matrix: *const Matrix, result: *mut Matrix) -> i32;
}

/// The sum in q30 as q15.
fn stored(sum: i64) -> i64 {
    (sum >> 15).clamp(-32_768, 32_767)
}

fn run() -> Option<()> {
    let mut ticks = Ticks::new();
    let weights = WEIGHTS.try_take()?;
    let scratch = SCRATCH.try_take()?;
    for (w, i) in weights.iter_mut().zip(0..) {
        *w = integer(i, 4096, 1) as i16;
    }
    let mut x = [0_i16; 256];
    for (x, i) in x.iter_mut().zip(0..) {
        *x = integer(i, 16_384, 2) as i16;
    }
    let mut y = [0_i16; 256];
    for &side in SIDES {
        let (x, y) = (x.get(..side)?, y.get_mut(..side)?);
        let w = weights.get_mut(..side * side)?;
        let of = |words: *mut i16| Matrix {
            rows: side as u16,
            columns: side as u16,
            words,
        };
        let matrix = of(w.as_mut_ptr());
        let mut turned = of(scratch.get_mut(..side * side)?.as_mut_ptr());

        // SAFETY: side x side words and side words, as the matrix says.
        ticks.count(|| unsafe {
            arm_mat_vec_mult_q15(&raw const matrix, x.as_ptr(), y.as_mut_ptr());
        });
        let product = |w: i16, x: i16| i64::from(w) * i64::from(x);
        let plain = w
            .chunks_exact(side)
            .map(|row| stored(row.iter().zip(x).map(|(&w, &x)| product(w, x)).sum()));
        tell(&mut ticks, "mat-vec", y, plain)?;

        let mut status = 0;
        // SAFETY: as above; the transpose is as large.
        ticks.count(|| unsafe {
            status = arm_mat_trans_q15(&raw const matrix, &raw mut turned);
            arm_mat_vec_mult_q15(&raw const turned, x.as_ptr(), y.as_mut_ptr());
        });
        (status == 0).then_some(())?;
        let plain = (0..side).map(|column| {
            let column = w.iter().skip(column).step_by(side);
            stored(column.zip(x).map(|(&w, &x)| product(w, x)).sum())
        });
        tell(&mut ticks, "transposed", y, plain)?;
    }
    Some(())
}

apical_board_bench::peer!(run);
