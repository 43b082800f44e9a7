//! The course of one of Apical's precisions.

use apical_app::{Aligned, Memory};
use apical_core::{Number, Precision};
use semihosting::process::ExitCode;
use static_cell::ConstStaticCell;

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

/// Words of a static.
pub const fn zeros<T: Number, const N: usize>() -> ConstStaticCell<Aligned<[T; N]>> {
    ConstStaticCell::new(Aligned([T::ZERO; N]))
}

/// The whole of an image: its statics and its entry.
#[macro_export]
macro_rules! own {
    ($precision:ty) => {
        type Words<T> = static_cell::ConstStaticCell<apical_app::Aligned<T>>;
        type Of = $precision;
        static WEIGHTS: Words<[<Of as apical_core::Precision>::Weight; $crate::LARGEST]> =
            $crate::own::zeros();
        static RATES: Words<[<Of as apical_core::Precision>::Rate; 256]> = $crate::own::zeros();
        static POTENTIALS: Words<[<Of as apical_core::Precision>::Potential; 256]> =
            $crate::own::zeros();
        static ARENA: static_cell::ConstStaticCell<
            apical_app::arena!(Of, apical_app::digits::SPECIFICATION),
        > = static_cell::ConstStaticCell::new(apical_app::Arena::new());

        #[cfg_attr(target_arch = "arm", cortex_m_rt::entry)]
        #[cfg_attr(target_arch = "riscv32", riscv_rt::entry)]
        fn entry() -> ! {
            let room = || {
                Some($crate::course::Room {
                    weights: &mut WEIGHTS.try_take()?.0,
                    rates: &mut RATES.try_take()?.0,
                    potentials: &mut POTENTIALS.try_take()?.0,
                })
            };
            let memory = ARENA.try_take().map(|arena| arena.lend());
            semihosting::process::ExitCode::exit_process($crate::own::run::<Of>(room(), memory))
        }
    };
}
