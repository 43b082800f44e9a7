//! The default image of every board, on the pins and the flash that the board hands it.
//!
//! It learns the 8x8 digits out of flash in 16 bits with stochastic rounding, logs how many of the
//! test digits it knows before and after, and keeps a checkpoint after every epoch. After a reset
//! it goes on from there: the digests of a board that was interrupted and of one that was not are
//! the same. The button held at the start forgets everything; the light blinks while it learns and
//! stays on when it is done.

use apical_app::digits::{self, Digits};
use apical_app::{Arena, Memory, Store, Trainer};
use apical_core::microcircuit::Layer;
use apical_link::Configuration;
use core::ops::Range;
use defmt::{error, info, warn};
use embedded_hal::digital::{InputPin, StatefulOutputPin};
use embedded_storage::nor_flash::NorFlash;
use static_cell::{ConstStaticCell, StaticCell};

use crate::Precision;

type Task = Digits<Precision>;

// Here and not in the boards: what every image needs one of, the linker places in each.
static ARENA: ConstStaticCell<apical_app::arena!(Precision, digits::SPECIFICATION)> =
    ConstStaticCell::new(Arena::new());
static TASK: StaticCell<Task> = StaticCell::new();

/// Epochs, over all starts together.
pub const EPOCHS: u64 = 10;

/// Digits between two changes of the light.
const BLINK: u64 = 32;

/// The pins that a board hands over.
#[derive(Debug)]
pub struct Pins<L, B> {
    /// The light.
    pub light: L,
    /// The button.
    pub button: B,
    /// Whether the light is on when its pin is high.
    pub lit_high: bool,
    /// Whether the button is pressed when its pin is high.
    pub pressed_high: bool,
}

/// Learns until [`EPOCHS`] are over, with checkpoints in the bytes `checkpoints` of a flash. Says so
/// and returns where the flash has no place for them; does nothing when it is called again.
pub fn learn<F, L, B>(flash: F, checkpoints: Range<u32>, mut pins: Pins<L, B>)
where
    F: NorFlash,
    L: StatefulOutputPin,
    B: InputPin,
{
    if let (Some(arena), Some(task)) = (ARENA.try_take(), TASK.try_uninit()) {
        match Store::new(flash, checkpoints) {
            Ok(mut store) => run(arena.lend(), task.write(Task::new()), &mut store, &mut pins),
            Err(error) => error!("no place for checkpoints: {}", error),
        }
    }
}

fn run<F, L, B>(
    memory: Memory<'_, Precision>,
    task: &mut Task,
    store: &mut Store<F>,
    pins: &mut Pins<L, B>,
) where
    F: NorFlash,
    L: StatefulOutputPin,
    B: InputPin,
{
    let held = if pins.pressed_high {
        pins.button.is_high()
    } else {
        pins.button.is_low()
    };
    if held.unwrap_or(false) {
        match store.erase() {
            Ok(()) => info!("button held: the checkpoints are erased"),
            Err(error) => warn!(
                "button held, and the checkpoints cannot be erased: {}",
                error
            ),
        }
    }
    let initial = digits::initial(digits::SPECIFICATION.seed);
    let Some(mut configuration) = Configuration::new(&digits::SPECIFICATION, &initial) else {
        error!("the digits network has more layers than a configuration holds");
        return;
    };
    let mut layers = digits::LAYERS.map(|_| Layer::<Precision>::default());
    let mut trainer = match apical_app::start(store, &mut configuration, &mut layers, memory) {
        Ok((trainer, _)) => trainer,
        Err(error) => {
            error!("there is no network: {}", error);
            return;
        }
    };
    say(task, &mut trainer);
    let train = digits::TRAIN as u64;
    while trainer.clock().step < EPOCHS * train {
        while {
            task.learn_next(&mut trainer);
            let step = trainer.clock().step;
            if step.is_multiple_of(BLINK) {
                // A light that does not work is no reason not to learn.
                let _ = pins.light.toggle();
            }
            !step.is_multiple_of(train)
        } {}
        // Before the test digits are shown: a checkpoint is of the state that learned.
        if let Err(error) = store.save(&configuration, &trainer) {
            warn!("no checkpoint: {}", error);
        }
        say(task, &mut trainer);
    }
    let _ = pins.light.set_state(pins.lit_high.into());
    info!("done: {=u64} epochs", EPOCHS);
}

/// Logs how much the network knows.
fn say(task: &Task, trainer: &mut Trainer<'_, Precision>) {
    let digest = trainer.digest();
    let score = task.evaluate(trainer, digits::TEST);
    info!(
        "step {=u64}: {=u32} of {=u32} test digits, {=u32} per mille; digest {=u64:016x}",
        trainer.clock().step,
        score.right,
        score.shown,
        score.per_mille(),
        digest
    );
}
