//! The Raspberry Pi Pico 2 learns two postures: a LIS3DH on GP4 (SDA) and GP5 (SCL), buttons from GP14 and GP15 to
//! ground, lights on GP16 and GP17.
#![no_std]
#![no_main]

use apical_board_pico2::{CHECKPOINTS, FLASH};
use apical_learner::reflex::{self, Parts};
use cortex_m_rt::entry;
use defmt_rtt as _;
use embassy_rp::flash::Flash;
use embassy_rp::gpio::{Input, Level, Output, Pull};
use embassy_rp::i2c::{Config, I2c};
use embassy_time::Delay;
use panic_halt as _;

#[entry]
fn main() -> ! {
    let p = embassy_rp::init(embassy_rp::config::Config::default());
    let parts = Parts {
        i2c: I2c::new_blocking(p.I2C0, p.PIN_5, p.PIN_4, Config::default()),
        buttons: [
            Input::new(p.PIN_14, Pull::Up),
            Input::new(p.PIN_15, Pull::Up),
        ],
        lights: [
            Output::new(p.PIN_16, Level::Low),
            Output::new(p.PIN_17, Level::Low),
        ],
        delay: Delay,
    };
    let flash = Flash::<_, _, FLASH>::new_blocking(p.FLASH);
    reflex::live(flash, CHECKPOINTS, parts);
    loop {
        cortex_m::asm::wfi();
    }
}
