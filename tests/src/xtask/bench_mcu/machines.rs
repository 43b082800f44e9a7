//! The emulated machines on which is counted, and how their timers go.

use crate::machine::{Machine, Precision};

/// One emulated machine with a timer.
#[derive(Debug)]
pub(crate) struct Counting {
    /// What its memory map is called in `firmware/boards/bench/memory`.
    pub(crate) name: &'static str,
    pub(crate) core: &'static str,
    pub(crate) target: &'static str,
    /// The emulator and what makes it this machine.
    pub(crate) emulator: &'static [&'static str],
    /// Ticks of its timer in 1000 instructions: the timer's frequency times the virtual time of an
    /// instruction, which `-icount shift=10` makes 1024 ns.
    pub(crate) ticks: u64,
    /// Whether it has the instructions that `apical-asm` is made of.
    pub(crate) dsp: bool,
    /// What a C compiler has to know of the core, where C kernels are compared.
    pub(crate) c: Option<Core>,
}

/// A core for C compilers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Core {
    /// As in `-mcpu=cortex-m4`.
    pub(crate) cpu: &'static str,
    /// As in `-mfpu=fpv4-sp-d16`, where floats are passed in registers of it.
    pub(crate) fpu: Option<&'static str>,
}

impl Counting {
    /// As the rest of xtask knows machines.
    pub(crate) const fn machine(&self) -> Machine {
        Machine {
            name: self.name,
            core: self.core,
            target: self.target,
            emulator: self.emulator,
            precisions: &Precision::ALL,
            dsp: self.dsp,
        }
    }
}

macro_rules! emulator {
    ($program:literal, $($argument:literal),+) => {
        &[$program, $($argument,)+ "-icount", "shift=10"]
    };
}

/// From Cortex-M0 to RISC-V.
pub(crate) const MACHINES: [Counting; 6] = [
    Counting {
        name: "microbit",
        core: "Cortex-M0",
        target: "thumbv6m-none-eabi",
        emulator: emulator!(
            "qemu-system-arm",
            "-machine",
            "microbit",
            "-global",
            "nrf51-soc.sram-size=65536",
            "-global",
            "nrf51-soc.flash-size=524288"
        ),
        // 16 MHz.
        ticks: 16_384,
        dsp: false,
        c: Some(Core {
            cpu: "cortex-m0",
            fpu: None,
        }),
    },
    Counting {
        name: "mps2-an385",
        core: "Cortex-M3",
        target: "thumbv7m-none-eabi",
        emulator: emulator!("qemu-system-arm", "-machine", "mps2-an385"),
        // 25 MHz.
        ticks: 25_600,
        dsp: false,
        c: Some(Core {
            cpu: "cortex-m3",
            fpu: None,
        }),
    },
    Counting {
        name: "mps2-an386",
        core: "Cortex-M4F",
        target: "thumbv7em-none-eabihf",
        emulator: emulator!("qemu-system-arm", "-machine", "mps2-an386"),
        ticks: 25_600,
        dsp: true,
        c: Some(Core {
            cpu: "cortex-m4",
            fpu: Some("fpv4-sp-d16"),
        }),
    },
    Counting {
        name: "mps2-an500",
        core: "Cortex-M7",
        target: "thumbv7em-none-eabihf",
        emulator: emulator!("qemu-system-arm", "-machine", "mps2-an500"),
        ticks: 25_600,
        dsp: true,
        c: Some(Core {
            cpu: "cortex-m7",
            fpu: Some("fpv5-sp-d16"),
        }),
    },
    Counting {
        name: "mps2-an505",
        core: "Cortex-M33",
        target: "thumbv8m.main-none-eabihf",
        emulator: emulator!("qemu-system-arm", "-machine", "mps2-an505"),
        // 20 MHz.
        ticks: 20_480,
        dsp: true,
        c: Some(Core {
            cpu: "cortex-m33",
            fpu: Some("fpv5-sp-d16"),
        }),
    },
    Counting {
        name: "virt",
        core: "RV32IMC",
        target: "riscv32imc-unknown-none-elf",
        emulator: emulator!("qemu-system-riscv32", "-machine", "virt", "-bios", "none"),
        // The hart counts by itself.
        ticks: 1000,
        dsp: false,
        c: None,
    },
];
