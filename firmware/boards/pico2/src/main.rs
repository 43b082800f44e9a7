//! The Raspberry Pi Pico 2 learns the digits: its light on GP25, a button from GP15 to ground.
#![no_std]
#![no_main]

use apical_app::{Arena, Store};
use apical_learner::{Pins, Task};
use cortex_m_rt::entry;
use defmt::error;
use defmt_rtt as _;
use embassy_rp::flash::Flash;
use embassy_rp::gpio::{Input, Level, Output, Pull};
use panic_halt as _;
use static_cell::{ConstStaticCell, StaticCell};

static ARENA: ConstStaticCell<apical_learner::Arena> = ConstStaticCell::new(Arena::new());
static TASK: StaticCell<Task> = StaticCell::new();

/// Bytes of the board's flash.
const FLASH: usize = 4 * 1024 * 1024;
/// The last 64 KB, which memory.x keeps free of code.
const CHECKPOINTS: core::ops::Range<u32> = (FLASH - 64 * 1024) as u32..FLASH as u32;

#[entry]
fn main() -> ! {
    if let (Some(arena), Some(task)) = (ARENA.try_take(), TASK.try_uninit()) {
        let p = embassy_rp::init(embassy_rp::config::Config::default());
        let mut pins = Pins {
            light: Output::new(p.PIN_25, Level::Low),
            button: Input::new(p.PIN_15, Pull::Up),
            lit_high: true,
            pressed_high: false,
        };
        let flash = Flash::<_, _, FLASH>::new_blocking(p.FLASH);
        match Store::new(flash, CHECKPOINTS) {
            Ok(mut store) => {
                apical_learner::run(arena.lend(), task.write(Task::new()), &mut store, &mut pins);
            }
            Err(error) => error!("no place for checkpoints: {}", error),
        }
    }
    loop {
        cortex_m::asm::wfi();
    }
}
