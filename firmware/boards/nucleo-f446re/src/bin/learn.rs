//! The Nucleo-F446RE learns the digits: green light LD2 on PA5, blue button B1 on PC13.
#![no_std]
#![no_main]

use apical_board_nucleo_f446re::{CHECKPOINTS, clocks};
use apical_learner::Pins;
use cortex_m_rt::entry;
use defmt_rtt as _;
use panic_halt as _;
use stm32f4xx_hal::flash::{FlashExt, LockedFlash};
use stm32f4xx_hal::pac;
use stm32f4xx_hal::prelude::*;

#[entry]
fn main() -> ! {
    if let Some(dp) = pac::Peripherals::take() {
        let mut rcc = dp.RCC.freeze(clocks());
        let port_a = dp.GPIOA.split(&mut rcc);
        let port_c = dp.GPIOC.split(&mut rcc);
        let pins = Pins {
            light: port_a.pa5.into_push_pull_output(),
            button: port_c.pc13.into_floating_input(),
            lit_high: true,
            pressed_high: false,
        };
        let mut flash = LockedFlash::new(dp.FLASH);
        apical_learner::learn(flash.unlocked(), CHECKPOINTS, pins);
    }
    loop {
        cortex_m::asm::wfi();
    }
}
