//! A timer of each machine that counts on with virtual time.
//!
//! Not `SysTick`: it has 24 bits, and the longest section would go around.

use crate::MACHINE;

/// Which part counts.
#[derive(Clone, Copy, Debug)]
enum Part {
    /// Arm's CMSDK APB timer, which counts down.
    Cmsdk(usize),
    /// Nordic's, in the nRF51.
    Nrf51,
    /// The counter of a RISC-V hart.
    Hart,
}

const PART: Part = match MACHINE.as_bytes() {
    b"microbit" => Part::Nrf51,
    b"virt" => Part::Hart,
    // The image runs in the secure state, and so is the timer's address.
    b"mps2-an505" => Part::Cmsdk(0x5000_0000),
    _ => Part::Cmsdk(0x4000_0000),
};

/// The base of the nRF51's first timer.
const NRF51: usize = 0x4000_8000;

/// Starts the timer.
pub fn start() {
    match PART {
        Part::Cmsdk(base) => {
            // As long as possible, from there, and on.
            write(base + 0x8, u32::MAX);
            write(base + 0x4, u32::MAX);
            write(base, 1);
        }
        Part::Nrf51 => {
            // 32 bits, 16 MHz, from zero, and on.
            write(NRF51 + 0x508, 3);
            write(NRF51 + 0x510, 0);
            write(NRF51 + 0x00c, 1);
            write(NRF51, 1);
        }
        Part::Hart => {}
    }
}

/// The ticks so far; they come around after 2^32.
#[inline(always)]
pub fn ticks() -> u32 {
    match PART {
        Part::Cmsdk(base) => !read(base + 0x4),
        Part::Nrf51 => {
            // Caught in the first of its registers.
            write(NRF51 + 0x040, 1);
            read(NRF51 + 0x540)
        }
        Part::Hart => hart(),
    }
}

/// The hart's counter of instructions, which under QEMU counts the 1024 ns of each.
#[cfg(target_arch = "riscv32")]
#[inline(always)]
fn hart() -> u32 {
    loop {
        let (above, low, high): (u32, u32, u32);
        // SAFETY: reads a counter that every hart has.
        unsafe {
            core::arch::asm!(
                "csrr {0}, minstreth", "csrr {1}, minstret", "csrr {2}, minstreth",
                out(reg) above, out(reg) low, out(reg) high
            );
        }
        if above == high {
            return high << 22 | low >> 10;
        }
    }
}

#[cfg(not(target_arch = "riscv32"))]
fn hart() -> u32 {
    0
}

#[inline(always)]
fn read(address: usize) -> u32 {
    // SAFETY: a register of a part that this machine has at this address.
    unsafe { core::ptr::with_exposed_provenance::<u32>(address).read_volatile() }
}

#[inline(always)]
fn write(address: usize, word: u32) {
    // SAFETY: as above; no part of these reaches into memory by itself.
    unsafe { core::ptr::with_exposed_provenance_mut::<u32>(address).write_volatile(word) };
}

/// Two instructions, `turns` times.
#[inline(never)]
pub fn known(turns: u32) {
    #[cfg(target_arch = "arm")]
    // SAFETY: counts a register down.
    unsafe {
        core::arch::asm!("2: subs {0}, {0}, #1", "bne 2b", inout(reg) turns => _);
    }
    #[cfg(target_arch = "riscv32")]
    // SAFETY: as above.
    unsafe {
        core::arch::asm!("2: addi {0}, {0}, -1", "bnez {0}, 2b", inout(reg) turns => _);
    }
    #[cfg(not(any(target_arch = "arm", target_arch = "riscv32")))]
    let _ = turns;
}
