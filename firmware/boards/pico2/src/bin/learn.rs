//! The Raspberry Pi Pico 2 learns the digits: its light on GP25, a button from GP15 to ground.
#![no_std]
#![no_main]

use apical_board_pico2::{CHECKPOINTS, FLASH};
use apical_learner::Pins;
use cortex_m_rt::entry;
use defmt_rtt as _;
use embassy_rp::flash::Flash;
use embassy_rp::gpio::{Input, Level, Output, Pull};
use panic_halt as _;

#[entry]
fn main() -> ! {
    let p = embassy_rp::init(embassy_rp::config::Config::default());
    let pins = Pins {
        light: Output::new(p.PIN_25, Level::Low),
        button: Input::new(p.PIN_15, Pull::Up),
        lit_high: true,
        pressed_high: false,
    };
    let flash = Flash::<_, _, FLASH>::new_blocking(p.FLASH);
    apical_learner::learn(flash, CHECKPOINTS, pins);
    loop {
        cortex_m::asm::wfi();
    }
}
