//! An ESP32-C3 learns the digits: a light on GPIO5, the button BOOT on GPIO9.
#![no_std]
#![no_main]

use core::ops::Range;

use apical_learner::Pins;
use esp_hal::gpio::{Input, InputConfig, Level, Output, OutputConfig, Pull};
use esp_hal::main;
use esp_println as _;
use esp_storage::FlashStorage;
use panic_halt as _;

esp_bootloader_esp_idf::esp_app_desc!();

/// The partition `nvs` of espflash's default table: six pages that nothing else here uses.
const CHECKPOINTS: Range<u32> = 0x9000..0xf000;

#[main]
fn main() -> ! {
    let p = esp_hal::init(esp_hal::Config::default());
    let pins = Pins {
        light: Output::new(p.GPIO5, Level::Low, OutputConfig::default()),
        button: Input::new(p.GPIO9, InputConfig::default().with_pull(Pull::Up)),
        lit_high: true,
        pressed_high: false,
    };
    apical_learner::learn(FlashStorage::new(p.FLASH), CHECKPOINTS, pins);
    loop {
        core::hint::spin_loop();
    }
}
