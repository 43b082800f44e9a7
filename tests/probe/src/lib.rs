//! core's network steps with concrete sizes, as a firmware links them.
//!
//! `cargo xtask symbols` walks from each `probe_` function through all it calls and fails if
//! a panic is on the way. It also prints the sizes.
#![no_std]

use core::panic::PanicInfo;

// Linked even while no function below calls it, so that the crate is seen to stand alone.
use apical_core as _;

// A network step is instantiated here, each precision by a function of its own:
//
//     #[unsafe(no_mangle)]
//     pub extern "C" fn probe_step_i16(weights: &mut Weights, activity: &mut Activity) { ... }
//
// Whatever the compiler must not know in advance (values, not sizes) comes in as arguments.

/// Stands for the smallest of steps until there are networks: a product, rounded once.
#[unsafe(no_mangle)]
pub extern "C" fn probe_product(weight: i16, rate: i32) -> i32 {
    let exact = i64::from(weight) * i64::from(rate);
    ((exact + (1 << 14)) >> 15) as i32
}

/// The control: indexes by a value it does not know, so the check has to find a panic here.
#[unsafe(no_mangle)]
pub extern "C" fn control_panics(values: &[i32; 4], index: usize) -> i32 {
    values[index]
}

#[panic_handler]
fn halt(_: &PanicInfo<'_>) -> ! {
    loop {}
}
