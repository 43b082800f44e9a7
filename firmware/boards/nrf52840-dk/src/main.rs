//! The nRF52840-DK learns the digits: light LED1 on P0.13, button 1 on P0.11.
#![no_std]
#![no_main]

use apical_learner::Pins;
use cortex_m_rt::entry;
use defmt_rtt as _;
use nrf52840_hal::gpio::{Level, p0};
use nrf52840_hal::nvmc::Nvmc;
use nrf52840_hal::pac;
use panic_halt as _;

/// Bytes of flash for checkpoints, at the end.
const CHECKPOINTS: usize = 64 * 1024;
/// Where they begin; memory.x keeps code away from there.
const START: usize = 1024 * 1024 - CHECKPOINTS;

#[entry]
fn main() -> ! {
    if let Some(dp) = pac::Peripherals::take() {
        let port = p0::Parts::new(dp.P0);
        let pins = Pins {
            light: port.p0_13.into_push_pull_output(Level::High),
            button: port.p0_11.into_pullup_input(),
            lit_high: false,
            pressed_high: false,
        };
        // SAFETY: the HAL asks for the pages as a slice. No code and no variable is there, by
        // memory.x, and this is the only slice of it, as the peripherals can be taken once.
        let pages = unsafe { core::slice::from_raw_parts_mut(START as *mut u8, CHECKPOINTS) };
        let flash = Nvmc::new(dp.NVMC, pages);
        apical_learner::learn(flash, 0..CHECKPOINTS as u32, pins);
    }
    loop {
        cortex_m::asm::wfi();
    }
}
