//! The Nucleo-F446RE learns the digits: green light LD2 on PA5, blue button B1 on PC13.
#![no_std]
#![no_main]

use apical_app::{Arena, Store};
use apical_learner::{Pins, Task};
use cortex_m_rt::entry;
use defmt::error;
use defmt_rtt as _;
use panic_halt as _;
use static_cell::{ConstStaticCell, StaticCell};
use stm32f4xx_hal::flash::{FlashExt, LockedFlash};
use stm32f4xx_hal::pac;
use stm32f4xx_hal::prelude::*;
use stm32f4xx_hal::rcc::Config;

static ARENA: ConstStaticCell<apical_learner::Arena> = ConstStaticCell::new(Arena::new());
static TASK: StaticCell<Task> = StaticCell::new();

/// The last two pages of 128 KB, one a slot.
const CHECKPOINTS: core::ops::Range<u32> = 256 * 1024..512 * 1024;

#[entry]
fn main() -> ! {
    if let (Some(dp), Some(arena), Some(task)) = (
        pac::Peripherals::take(),
        ARENA.try_take(),
        TASK.try_uninit(),
    ) {
        // The fastest that the internal oscillator can be multiplied to.
        let mut rcc = dp.RCC.freeze(Config::hsi().sysclk(168.MHz()));
        let port_a = dp.GPIOA.split(&mut rcc);
        let port_c = dp.GPIOC.split(&mut rcc);
        let mut pins = Pins {
            light: port_a.pa5.into_push_pull_output(),
            button: port_c.pc13.into_floating_input(),
            lit_high: true,
            pressed_high: false,
        };
        let mut flash = LockedFlash::new(dp.FLASH);
        match Store::new(flash.unlocked(), CHECKPOINTS) {
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
