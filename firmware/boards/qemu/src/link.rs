//! A board that does what a desktop asks over its first serial port: the other end of
//! `apical device --emulate`.
//!
//! It begins with its network and does nothing by itself, so that a desktop that joins it knows its
//! state. It has no flash for checkpoints.

use apical_app::digits;
use apical_app::{Arena, NoStore, Server};
use apical_core::Precision;
use apical_core::microcircuit::Specification;
use apical_link::Configuration;
use semihosting::process::ExitCode;

use crate::uart::Uart;

/// The layer pair that is as large as a part with 256 KB of RAM can train: MNIST's pixels, 100
/// hidden neurons, ten classes.
pub const LARGE: Specification<'static> = Specification {
    sizes: &[784, 100, digits::CLASSES],
    ..digits::SPECIFICATION
};

/// Serves until the emulator ends; the exit code says why there was nothing to serve.
pub fn serve<
    P: Precision,
    const W: usize,
    const T: usize,
    const U: usize,
    const R: usize,
    const FRAME: usize,
    const INPUT: usize,
    const OUTPUT: usize,
>(
    specification: &Specification<'_>,
    arena: Option<&'static mut Arena<P, W, T, U, R>>,
    server: Option<&'static mut Server<P, FRAME, INPUT, OUTPUT>>,
) -> ExitCode {
    let initial = digits::initial(specification.seed);
    let configuration = Configuration::new(specification, &initial);
    let (Some(arena), Some(server), Some(configuration)) = (arena, server, configuration) else {
        return ExitCode::FAILURE;
    };
    let begins = Configuration {
        learning: false,
        ..configuration
    };
    let served = apical_app::serve(server, &mut Uart::new(), &mut NoStore, &begins, arena);
    served.map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS)
}

/// The whole of a link image in one precision: its statics and its entry. It begins with the digits
/// network, has room for any other one of these sizes, in full mode and with filtered plasticity too, and
/// frames that any configuration fits; or with another one, and room for just that, in frames of so many
/// bytes, which has so many inputs and outputs.
#[macro_export]
macro_rules! link {
    ($precision:ty, $name:literal) => {
        $crate::link!(
            $precision,
            $name,
            apical_app::digits::SPECIFICATION,
            apical_app::digits::LARGEST,
            640,
            { apical_app::digits::PIXELS },
            { apical_app::digits::CLASSES }
        );
    };
    ($precision:ty, $name:literal, $network:expr, $room:expr, $frame:literal, $inputs:tt, $outputs:tt) => {
static ARENA: static_cell::ConstStaticCell<apical_app::arena!($precision, storage $room)> =
            static_cell::ConstStaticCell::new(apical_app::Arena::new());
        static SERVER: static_cell::ConstStaticCell<
            apical_app::Server<$precision, $frame, $inputs, $outputs>,
        > = static_cell::ConstStaticCell::new(apical_app::Server::new(apical_app::server::Name {
            board: $crate::MACHINE,
            precision: $name,
        }));

        #[cfg_attr(target_arch = "arm", cortex_m_rt::entry)]
        #[cfg_attr(target_arch = "riscv32", riscv_rt::entry)]
        fn entry() -> ! {
            let code = $crate::link::serve(&$network, ARENA.try_take(), SERVER.try_take());
            semihosting::process::ExitCode::exit_process(code)
        }
    };
}
