//! Whole runs: the same bits whether interrupted, on one thread or two, in debug or release; and
//! the accuracy that the numbers promise. And the same bits on a board.

mod accuracy;
#[cfg(unix)]
mod interrupted;
mod on_a_board;
mod same_bits;

/// `--set` for each of some assignments.
fn settings<'a>(assignments: &[&'a str]) -> Vec<&'a str> {
    assignments
        .iter()
        .flat_map(|assignment| ["--set", assignment])
        .collect()
}

/// Full mode with everything on that has a state of its own or draws random numbers.
const FULL: [&str; 7] = [
    "network.mode=full",
    "network.layers=[64,8,10]",
    "time.presentation=2",
    "time.tau_input=0.5",
    "learning.tau_w=30",
    "noise.sigma=0.1",
    "learning.up=0.01",
];
