//! An ESP32-C3 learns the digits: a light on GPIO5, the button BOOT on GPIO9.
#![no_std]
#![no_main]

use apical_app::{Arena, Store};
use apical_learner::{Pins, Task};
use defmt::error;
use esp_hal::gpio::{Input, InputConfig, Level, Output, OutputConfig, Pull};
use esp_hal::main;
use esp_println as _;
use esp_storage::FlashStorage;
use panic_halt as _;
use static_cell::{ConstStaticCell, StaticCell};

esp_bootloader_esp_idf::esp_app_desc!();

static ARENA: ConstStaticCell<apical_learner::Arena> = ConstStaticCell::new(Arena::new());
static TASK: StaticCell<Task> = StaticCell::new();

/// The partition `nvs` of espflash's default table: six pages that nothing else here uses.
const CHECKPOINTS: core::ops::Range<u32> = 0x9000..0xf000;

#[main]
fn main() -> ! {
    if let (Some(arena), Some(task)) = (ARENA.try_take(), TASK.try_uninit()) {
        let p = esp_hal::init(esp_hal::Config::default());
        let mut pins = Pins {
            light: Output::new(p.GPIO5, Level::Low, OutputConfig::default()),
            button: Input::new(p.GPIO9, InputConfig::default().with_pull(Pull::Up)),
            lit_high: true,
            pressed_high: false,
        };
        match Store::new(FlashStorage::new(p.FLASH), CHECKPOINTS) {
            Ok(mut store) => {
                apical_learner::run(arena.lend(), task.write(Task::new()), &mut store, &mut pins);
            }
            Err(error) => error!("no place for checkpoints: {}", error),
        }
    }
    loop {
        core::hint::spin_loop();
    }
}
