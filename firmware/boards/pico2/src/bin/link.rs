//! The Raspberry Pi Pico 2 does what a desktop asks over its first UART: GP0 sends, GP1 receives. Its light
//! is on while it serves.
#![no_std]
#![no_main]

use apical_app::Port;
use apical_board_pico2::{CHECKPOINTS, FLASH};
use apical_learner::link;
use cortex_m_rt::entry;
use defmt_rtt as _;
use embassy_rp::flash::Flash;
use embassy_rp::gpio::{Level, Output};
use embassy_rp::uart::{Config, Uart};
use panic_halt as _;

#[entry]
fn main() -> ! {
    let p = embassy_rp::init(embassy_rp::config::Config::default());
    let _light = Output::new(p.PIN_25, Level::High);
    let mut config = Config::default();
    config.baudrate = link::BAUD;
    let uart = Uart::new_blocking(p.UART0, p.PIN_0, p.PIN_1, config);
    let flash = Flash::<_, _, FLASH>::new_blocking(p.FLASH);
    link::serve("pico2", Port::new(uart), flash, CHECKPOINTS);
    loop {
        cortex_m::asm::wfi();
    }
}
