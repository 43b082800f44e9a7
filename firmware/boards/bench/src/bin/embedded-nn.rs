//! Counts the fully connected kernels of embedded-nn: weights of 8 bits, inputs of 8 and of 16.
#![no_std]
#![no_main]

use core::hint::black_box;

use apical_board_bench::course::Watch;
use apical_board_bench::peer::{integer, tell};
use apical_board_bench::watch::Ticks;
use apical_board_bench::{LARGEST, SIDES};
use embedded_nn::fully_connected::{fully_connected_s8, fully_connected_s16};
use embedded_nn::support::requantize;
use embedded_nn::types::{Activation, Dims, FcParams, PerTensorQuantParams};
use static_cell::ConstStaticCell;

static WEIGHTS: ConstStaticCell<[i8; LARGEST]> = ConstStaticCell::new([0; LARGEST]);

/// A 64th of the sum, which keeps results within their words.
const QUANTUM: PerTensorQuantParams = PerTensorQuantParams::new(1 << 30, -5);

const fn parameters(limit: i32) -> FcParams {
    FcParams {
        input_offset: 0,
        filter_offset: 0,
        output_offset: 0,
        activation: Activation::new(-limit - 1, limit),
    }
}

fn run() -> Option<()> {
    let mut ticks = Ticks::new();
    let weights = WEIGHTS.try_take()?;
    for (w, i) in weights.iter_mut().zip(0..) {
        *w = integer(i, 127, 1) as i8;
    }
    let (mut x8, mut x16) = ([0_i8; 256], [0_i16; 256]);
    for (i, (x8, x16)) in (0..).zip(x8.iter_mut().zip(&mut x16)) {
        *x8 = integer(i, 127, 2) as i8;
        *x16 = integer(i, 32_767, 2) as i16;
    }
    let (mut y8, mut y16) = ([0_i8; 256], [0_i16; 256]);
    for &side in SIDES {
        // Not known to the compiler, as in a program that gets its model from elsewhere.
        let wide = black_box(side as i32);
        let [input, filter, output] =
            [(1, wide), (wide, wide), (1, wide)].map(|(n, c)| Dims { n, h: 1, w: 1, c });
        let w = weights.get(..side * side)?;
        let (s8, s16) = (parameters(127), parameters(32_767));

        let (x, y) = (x8.get(..side)?, y8.get_mut(..side)?);
        let mut done = Ok(());
        ticks.count(|| {
            done = fully_connected_s8(&s8, &QUANTUM, &input, x, &filter, w, None, &output, y);
        });
        done.ok()?;
        let plain = w.chunks_exact(side).map(|row| {
            let terms = row
                .iter()
                .zip(x)
                .map(|(&w, &x)| i32::from(w) * i32::from(x));
            let scaled = requantize(terms.sum(), QUANTUM.multiplier, QUANTUM.shift);
            i64::from(scaled.clamp(-128, 127))
        });
        tell(&mut ticks, "s8", y, plain)?;

        let (x, y) = (x16.get(..side)?, y16.get_mut(..side)?);
        let mut done = Ok(());
        ticks.count(|| {
            done = fully_connected_s16(&s16, &QUANTUM, &input, x, &filter, w, None, &output, y);
        });
        done.ok()?;
        let plain = w.chunks_exact(side).map(|row| {
            let terms = row
                .iter()
                .zip(x)
                .map(|(&w, &x)| i64::from(w) * i64::from(x));
            let sum = (terms.sum::<i64>() >> 15) as i32;
            let scaled = requantize(sum, QUANTUM.multiplier, QUANTUM.shift);
            i64::from(scaled.clamp(-32_768, 32_767))
        });
        tell(&mut ticks, "s16", y, plain)?;
    }
    Some(())
}

apical_board_bench::peer!(run);
