//! The course of one of Apical's precisions.

use apical_app::Memory;
use apical_core::Precision;
use semihosting::process::ExitCode;

use crate::SIDES;
use crate::course::{self, Room};
use crate::watch::Ticks;

/// Takes the course; the exit code says whether it came to the end.
pub fn run<P: Precision>(
    room: Option<Room<'static, P>>,
    memory: Option<Memory<'static, P>>,
) -> ExitCode {
    let mut ticks = Ticks::new();
    let all = || {
        let (mut room, memory) = (room?, memory?);
        for &side in SIDES {
            course::kernels::<P>(&mut room, side, &mut ticks)?;
        }
        course::training::<P>(memory, &mut ticks)
    };
    if all().is_some() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The whole of an image: its statics and its entry.
#[macro_export]
macro_rules! own {
    ($precision:ty) => {
        type Words<T> = static_cell::ConstStaticCell<T>;
        type Of = $precision;
        static WEIGHTS: Words<[<Of as apical_core::Precision>::Weight; $crate::LARGEST]> =
            Words::new(
                [<<Of as apical_core::Precision>::Weight as apical_core::Number>::ZERO;
                    $crate::LARGEST],
            );
        static RATES: Words<[<Of as apical_core::Precision>::Rate; 256]> =
            Words::new([<<Of as apical_core::Precision>::Rate as apical_core::Number>::ZERO; 256]);
        static POTENTIALS: Words<[<Of as apical_core::Precision>::Potential; 256]> = Words::new(
            [<<Of as apical_core::Precision>::Potential as apical_core::Number>::ZERO; 256],
        );
        static ARENA: Words<apical_app::arena!(Of, apical_app::digits::SPECIFICATION)> =
            Words::new(apical_app::Arena::new());

        #[cfg_attr(target_arch = "arm", cortex_m_rt::entry)]
        #[cfg_attr(target_arch = "riscv32", riscv_rt::entry)]
        fn entry() -> ! {
            let room = || {
                Some($crate::course::Room {
                    weights: WEIGHTS.try_take()?,
                    rates: RATES.try_take()?,
                    potentials: POTENTIALS.try_take()?,
                })
            };
            let memory = ARENA.try_take().map(|arena| arena.lend());
            semihosting::process::ExitCode::exit_process($crate::own::run::<Of>(room(), memory))
        }
    };
}
