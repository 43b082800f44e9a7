//! What the images for emulated machines share: leaving, printing, arguments, the stack.
//!
//! An emulated machine has neither a screen nor a button; it talks to the host by semihosting,
//! which is the same on Arm and RISC-V.
#![no_std]

pub mod command_line;
pub mod link;
pub mod lockstep;
pub mod output;
pub mod parity;
pub mod stack;
pub mod uart;

/// The machine, as build.rs found it; without one, as for clippy on a desktop, nothing is linked.
pub const MACHINE: &str = match option_env!("APICAL_MACHINE") {
    Some(machine) => machine,
    None => "",
};

// Linked for their critical sections, on which static_cell stands.
#[cfg(target_arch = "arm")]
use cortex_m as _;
#[cfg(target_arch = "riscv32")]
use riscv as _;

use core::panic::PanicInfo;

use semihosting::process::ExitCode;

/// Ends the emulation: the host sees exit code 1. Nothing of an image panics (`cargo xtask emulate`
/// looks), so nothing is said about where.
#[panic_handler]
fn fail(_: &PanicInfo<'_>) -> ! {
    ExitCode::from(101).exit_process()
}

/// The whole of a lockstep image in one precision: its statics and its entry.
#[macro_export]
macro_rules! lockstep {
    ($precision:ty) => {
        static ARENA: static_cell::ConstStaticCell<
            apical_app::arena!($precision, apical_app::digits::SPECIFICATION),
        > = static_cell::ConstStaticCell::new(apical_app::Arena::new());
        static TASK: static_cell::StaticCell<apical_app::digits::Digits<$precision>> =
            static_cell::StaticCell::new();

        #[cfg_attr(target_arch = "arm", cortex_m_rt::entry)]
        #[cfg_attr(target_arch = "riscv32", riscv_rt::entry)]
        fn entry() -> ! {
            let arena = ARENA.try_take().map(|arena| arena.lend());
            let task = TASK
                .try_uninit()
                .map(|task| task.write(apical_app::digits::Digits::new()));
            semihosting::process::ExitCode::exit_process($crate::lockstep::run(arena, task))
        }
    };
}
