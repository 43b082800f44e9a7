//! The machines that stand for the cores, and the precisions that learn on them.

use std::fmt;

/// One emulated machine.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Machine {
    /// What its memory map is called in `firmware/boards/qemu/memory`.
    pub(crate) name: &'static str,
    /// The core it has.
    pub(crate) core: &'static str,
    /// What core and images are compiled for.
    pub(crate) target: &'static str,
    /// The emulator and what makes it this machine.
    pub(crate) emulator: &'static [&'static str],
    /// The precisions that fit its memory.
    pub(crate) precisions: &'static [Precision],
    /// Whether the core has DSP instructions.
    pub(crate) dsp: bool,
}

impl Machine {
    /// Whether `apical-asm` has kernels of its own for the core.
    pub(crate) fn assembly(&self) -> bool {
        self.dsp || self.target.starts_with("thumbv6m")
    }

    /// Whether there is an image that compares them with core's: where 16 bits learn.
    pub(crate) fn compares_kernels(&self) -> bool {
        self.assembly() && self.precisions.contains(&Precision::I16)
    }
}

/// The precisions of the images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Precision {
    I8,
    I16,
    F32,
}

impl Precision {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::I8, Self::I16, Self::F32];
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Padded as the caller asks.
        f.pad(match self {
            Self::I8 => "i8",
            Self::I16 => "i16",
            Self::F32 => "f32",
        })
    }
}

/// From Cortex-M0 to RISC-V.
pub(crate) const MACHINES: [Machine; 7] = [
    Machine {
        name: "microbit",
        core: "Cortex-M0",
        target: "thumbv6m-none-eabi",
        emulator: &["qemu-system-arm", "-machine", "microbit"],
        // In f32 the state alone is 15.1 of the 16 KB.
        precisions: &[Precision::I8, Precision::I16],
        dsp: false,
    },
    Machine {
        name: "microbit-32k",
        core: "Cortex-M0",
        target: "thumbv6m-none-eabi",
        emulator: &[
            "qemu-system-arm",
            "-machine",
            "microbit",
            "-global",
            "nrf51-soc.sram-size=32768",
        ],
        precisions: &[Precision::F32],
        dsp: false,
    },
    Machine {
        name: "lm3s6965evb",
        core: "Cortex-M3",
        target: "thumbv7m-none-eabi",
        emulator: &["qemu-system-arm", "-machine", "lm3s6965evb"],
        precisions: &Precision::ALL,
        dsp: false,
    },
    Machine {
        name: "mps2-an386",
        core: "Cortex-M4F",
        target: "thumbv7em-none-eabihf",
        emulator: &["qemu-system-arm", "-machine", "mps2-an386"],
        precisions: &Precision::ALL,
        dsp: true,
    },
    Machine {
        name: "mps2-an500",
        core: "Cortex-M7",
        target: "thumbv7em-none-eabihf",
        emulator: &["qemu-system-arm", "-machine", "mps2-an500"],
        precisions: &Precision::ALL,
        dsp: true,
    },
    Machine {
        name: "mps2-an505",
        core: "Cortex-M33",
        target: "thumbv8m.main-none-eabihf",
        emulator: &["qemu-system-arm", "-machine", "mps2-an505"],
        precisions: &Precision::ALL,
        dsp: true,
    },
    Machine {
        name: "virt",
        core: "RV32IMC",
        target: "riscv32imc-unknown-none-elf",
        emulator: &["qemu-system-riscv32", "-machine", "virt", "-bios", "none"],
        precisions: &Precision::ALL,
        dsp: false,
    },
];

/// A Cortex-M4F with the RAM of the nRF52840, for the network that fills it.
pub(crate) const LARGE: Machine = Machine {
    name: "mps2-an386-256k",
    core: "Cortex-M4F",
    target: "thumbv7em-none-eabihf",
    emulator: &["qemu-system-arm", "-machine", "mps2-an386"],
    precisions: &[Precision::I16],
    dsp: true,
};
