//! The kernels on DSP instructions against core's.
#![no_std]
#![no_main]

use apical_board_qemu::parity;

#[cfg_attr(target_arch = "arm", cortex_m_rt::entry)]
#[cfg_attr(target_arch = "riscv32", riscv_rt::entry)]
fn entry() -> ! {
    semihosting::process::ExitCode::exit_process(parity::run())
}
