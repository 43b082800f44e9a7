//! The Nucleo-F446RE does what a desktop asks over the serial port of its ST-LINK: USART2, PA2 sends and
//! PA3 receives. LD2 is on while it serves.
#![no_std]
#![no_main]

use apical_app::Port;
use apical_board_nucleo_f446re::{CHECKPOINTS, clocks};
use apical_learner::link;
use cortex_m_rt::entry;
use defmt_rtt as _;
use panic_halt as _;
use stm32f4xx_hal::flash::{FlashExt, LockedFlash};
use stm32f4xx_hal::gpio::PinState;
use stm32f4xx_hal::pac;
use stm32f4xx_hal::prelude::*;
use stm32f4xx_hal::serial::{Config, Serial};

#[entry]
fn main() -> ! {
    if let Some(dp) = pac::Peripherals::take() {
        let mut rcc = dp.RCC.freeze(clocks());
        let port = dp.GPIOA.split(&mut rcc);
        let _light = port.pa5.into_push_pull_output_in_state(PinState::High);
        let config = Config::default().baudrate(link::BAUD.bps());
        if let Ok(uart) = Serial::new(dp.USART2, (port.pa2, port.pa3), config, &mut rcc) {
            let mut flash = LockedFlash::new(dp.FLASH);
            let port = Port::new(uart);
            link::serve("nucleo-f446re", port, flash.unlocked(), CHECKPOINTS);
        } else {
            defmt::error!("the clock does not divide to the link's speed");
        }
    }
    loop {
        cortex_m::asm::wfi();
    }
}
