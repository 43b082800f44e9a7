//! Learns the digits and tells the digest of the state as it goes: the device's half of the
//! comparison with the host.
//!
//! Settings of the command line: `steps`, `every` and `from` say after which steps to tell;
//! `flip` makes one bit of one weight wrong after that step, so that the comparison can show that
//! it finds such a thing.

use apical_app::digits::{self, Digits};
use apical_app::{Memory, Trainer};
use apical_core::microcircuit::Layer;
use apical_core::record::Quantity;
use apical_core::{Number, Precision};
use semihosting::process::ExitCode;

use crate::command_line::Settings;
use crate::output::Lines;
use crate::stack;

/// The weight that `flip` changes, by its number: of the hidden layer, from an inner pixel.
const FLIPPED: usize = 20;

/// Learns and tells; the exit code says whether it came to the end.
pub fn run<P: Precision>(
    memory: Option<Memory<'static, P>>,
    task: Option<&'static mut Digits<P>>,
) -> ExitCode {
    stack::paint();
    let mut lines = Lines::default();
    let (Some(memory), Some(task)) = (memory, task) else {
        lines.text("failed: the statics are taken").end();
        return ExitCode::FAILURE;
    };
    let settings = Settings::read();
    let steps = settings.number("steps", 2000);
    let every = settings.number("every", 100).max(1);
    let from = settings.number("from", 0);
    let flip = settings.number("flip", 0);

    let mut layers = digits::LAYERS.map(|_| Layer::<P>::default());
    let Ok(mut trainer) = Trainer::new(&digits::SPECIFICATION, &mut layers, memory) else {
        lines.text("failed: the network cannot be built").end();
        return ExitCode::FAILURE;
    };
    trainer.begin(&digits::initial(digits::SPECIFICATION.seed));
    for step in 1..=steps {
        task.learn_next(&mut trainer);
        if step == flip {
            flip_one_bit(&mut trainer);
        }
        if step > from && (step.is_multiple_of(every) || step == steps) {
            lines.text("step ").decimal(step).text(" digest ");
            lines.hexadecimal(trainer.digest()).end();
        }
    }
    let depth = stack::depth();
    lines.text("stack ").decimal(depth.used as u64);
    lines.text(" of ").decimal(depth.room as u64).end();
    ExitCode::SUCCESS
}

/// Turns over the lowest bit of a weight's highest byte: in floats the very lowest bit is lost
/// again as soon as the weight outgrows it.
fn flip_one_bit<P: Precision>(trainer: &mut Trainer<'_, P>) {
    // The widest word has 8 bytes, in little-endian order.
    let mut bytes = [0; 8];
    let Some(bytes) = bytes.get_mut(..P::Weight::BYTES) else {
        return;
    };
    let offset = FLIPPED * P::Weight::BYTES;
    if trainer.read(Quantity::Weight, offset, bytes).is_ok()
        && let Some(highest) = bytes.last_mut()
    {
        *highest ^= 1;
        // It was read from there, so it can be written there.
        let _ = trainer.write(Quantity::Weight, offset, bytes);
    }
}
