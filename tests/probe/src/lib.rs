//! core's networks in concrete precisions, as a firmware links them.
//!
//! `cargo xtask symbols` walks from each `probe_` function through all it calls and fails if
//! a panic is on the way. It also prints the sizes.
//!
//! Everything comes in as an argument (sizes, mode, weights, storage), so that the compiler knows
//! no more than the sources do: a step holds both modes, all activations and all roundings.
#![no_std]

use core::panic::PanicInfo;

use apical_core::backprop::{self, Backprop, Description};
use apical_core::microcircuit::{Initial, Layer, Microcircuit, Specification};
use apical_core::rule::{Activity, Rule, Variable, argmax, digest};
use apical_core::shape::Storage;
use apical_core::{
    BuildError, Counters, F32, F64, I8, I16, I16x32, I32, Precision, Rounding, Silent,
};

/// A word of a precision's weights.
type Weight<P> = <P as Precision>::Weight;
/// A word of its rates.
type Rate<P> = <P as Precision>::Rate;
/// A word of its potentials.
type Potential<P> = <P as Precision>::Potential;

macro_rules! probe {
    (
        $precision:ident:
        $build:ident, $initialise:ident, $step:ident, $learn:ident, $silent:ident, $look:ident,
        $digest:ident
    ) => {
        /// Checks a description and turns it into a network.
        ///
        /// # Errors
        /// As [`Microcircuit::new`].
        #[unsafe(no_mangle)]
        pub extern "Rust" fn $build<'a>(
            specification: &Specification<'_>,
            layers: &'a mut [Layer<$precision>],
        ) -> Result<Microcircuit<'a, $precision>, BuildError> {
            Microcircuit::new(specification, layers)
        }

        /// Draws the weights.
        #[unsafe(no_mangle)]
        pub extern "Rust" fn $initialise(
            network: &Microcircuit<'_, $precision>,
            weights: &mut [Weight<$precision>],
            initial: &Initial,
        ) {
            network.initialise(weights, initial);
        }

        /// One step, with the counters on.
        #[unsafe(no_mangle)]
        pub extern "Rust" fn $step(
            network: &Microcircuit<'_, $precision>,
            weights: &[Weight<$precision>],
            activity: &mut Activity<'_, $precision>,
            input: &[Rate<$precision>],
            teacher: Option<&[Potential<$precision>]>,
            counters: &mut Counters,
        ) {
            network.step(weights, activity, input, teacher, counters);
        }

        /// One change of the weights, with the counters on.
        #[unsafe(no_mangle)]
        pub extern "Rust" fn $learn(
            network: &Microcircuit<'_, $precision>,
            weights: &mut [Weight<$precision>],
            activity: &mut Activity<'_, $precision>,
            rounding: Rounding,
            counters: &mut Counters,
        ) {
            network.learn(weights, activity, rounding, counters);
        }

        /// Both in a loop, as a firmware would: nobody counts.
        #[unsafe(no_mangle)]
        pub extern "Rust" fn $silent(
            network: &Microcircuit<'_, $precision>,
            weights: &mut [Weight<$precision>],
            activity: &mut Activity<'_, $precision>,
            input: &[Rate<$precision>],
            teacher: Option<&[Potential<$precision>]>,
            steps: u32,
        ) {
            network.switch(activity);
            for _ in 0..steps {
                network.step(weights, activity, input, teacher, &mut Silent);
                network.learn(weights, activity, Rounding::Stochastic, &mut Silent);
            }
        }

        /// What can be asked of a network: its storage, an array in it, the class it answers.
        #[unsafe(no_mangle)]
        pub extern "Rust" fn $look(
            network: &Microcircuit<'_, $precision>,
            activity: &Activity<'_, $precision>,
            variable: usize,
        ) -> (Storage, Option<Variable>, usize) {
            (
                network.storage(),
                network.variable(variable),
                argmax(network.output(activity)),
            )
        }

        /// The digest of the state.
        #[unsafe(no_mangle)]
        pub extern "Rust" fn $digest(
            weights: &[Weight<$precision>],
            activity: &Activity<'_, $precision>,
        ) -> u64 {
            digest::<$precision>(weights, activity)
        }
    };
}

probe!(
    F64: probe_build_f64, probe_initialise_f64, probe_step_f64, probe_learn_f64,
    probe_silent_f64, probe_look_f64, probe_digest_f64
);
probe!(
    F32: probe_build_f32, probe_initialise_f32, probe_step_f32, probe_learn_f32,
    probe_silent_f32, probe_look_f32, probe_digest_f32
);
probe!(
    I8: probe_build_i8, probe_initialise_i8, probe_step_i8, probe_learn_i8,
    probe_silent_i8, probe_look_i8, probe_digest_i8
);
probe!(
    I16: probe_build_i16, probe_initialise_i16, probe_step_i16, probe_learn_i16,
    probe_silent_i16, probe_look_i16, probe_digest_i16
);
probe!(
    I16x32: probe_build_i16x32, probe_initialise_i16x32, probe_step_i16x32, probe_learn_i16x32,
    probe_silent_i16x32, probe_look_i16x32, probe_digest_i16x32
);
probe!(
    I32: probe_build_i32, probe_initialise_i32, probe_step_i32, probe_learn_i32,
    probe_silent_i32, probe_look_i32, probe_digest_i32
);

/// Checks a description of the control and turns it into a network.
///
/// # Errors
/// As [`Backprop::new`].
#[unsafe(no_mangle)]
pub extern "Rust" fn probe_build_backprop<'a>(
    description: &Description<'_>,
    layers: &'a mut [backprop::Layer<I16>],
) -> Result<Backprop<'a, I16>, BuildError> {
    Backprop::new(description, layers)
}

/// Draws the control's weights, learns in a loop with the counters on, and answers.
#[unsafe(no_mangle)]
pub extern "Rust" fn probe_learn_backprop(
    network: &Backprop<'_, I16>,
    weights: &mut [Weight<I16>],
    activity: &mut Activity<'_, I16>,
    input: &[Rate<I16>],
    teacher: Option<&[Potential<I16>]>,
    rounding: Rounding,
    (steps, counters): (u32, &mut Counters),
) -> (Storage, Option<Variable>, usize) {
    let initial = Initial {
        seed: u64::from(steps),
        ..Initial::default()
    };
    network.initialise(weights, &initial);
    network.switch(activity);
    for _ in 0..steps {
        network.step(weights, activity, input, teacher, counters);
        network.learn(weights, activity, rounding, counters);
    }
    (
        network.storage(),
        network.variable(steps as usize),
        argmax(network.output(activity)),
    )
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
