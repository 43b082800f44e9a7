//! The first serial port of each machine, byte by byte and without interrupts: an emulated machine
//! has nothing else to do while it waits.
//!
//! Registers are those of the parts' manuals. Speed and parity are left as they are after a reset
//! wherever the port works without them: no emulator models a wire.

use core::convert::Infallible;

use embedded_io::{ErrorType, Read, ReadReady, Write};

use crate::MACHINE;

/// Which part a port is.
#[derive(Clone, Copy, Debug)]
enum Part {
    /// Arm's CMSDK APB UART.
    Cmsdk,
    /// Arm's `PL011`, in the LM3S6965.
    Pl011,
    /// Nordic's, in the nRF51.
    Nrf51,
    /// The PC's 16550, in QEMU's RISC-V board.
    Ns16550,
}

/// A serial port that is ready for use.
#[derive(Debug)]
pub struct Uart {
    part: Part,
    base: usize,
}

impl Uart {
    /// Switches on the first serial port of the machine.
    pub fn new() -> Self {
        let (part, base) = match MACHINE {
            "microbit" | "microbit-32k" => (Part::Nrf51, 0x4000_2000),
            "lm3s6965evb" => (Part::Pl011, 0x4000_c000),
            "virt" => (Part::Ns16550, 0x1000_0000),
            // The image runs in the secure state, and so is the port's address.
            "mps2-an505" => (Part::Cmsdk, 0x5020_0000),
            _ => (Part::Cmsdk, 0x4000_4000),
        };
        let port = Self { part, base };
        match part {
            Part::Cmsdk => {
                // The smallest divider that counts as one; sender and receiver on.
                port.write(0x10, 16);
                port.write(0x08, 0b11);
            }
            Part::Pl011 => {
                // Eight bits with queues; port, sender and receiver on.
                port.write(0x2c, 0x70);
                port.write(0x30, 0x301);
            }
            Part::Nrf51 => {
                port.write(0x500, 4);
                port.write(0x000, 1);
                port.write(0x008, 1);
            }
            // Queues on.
            Part::Ns16550 => port.write_byte(2, 1),
        }
        port
    }

    /// Whether a byte has come.
    fn has_byte(&self) -> bool {
        match self.part {
            Part::Cmsdk => self.read(0x04) & 0b10 != 0,
            Part::Pl011 => self.read(0x18) & 0x10 == 0,
            Part::Nrf51 => self.read(0x108) != 0,
            Part::Ns16550 => self.read_byte(5) & 1 != 0,
        }
    }

    /// The byte that has come.
    fn take(&self) -> u8 {
        match self.part {
            Part::Cmsdk | Part::Pl011 => self.read(0) as u8,
            Part::Nrf51 => {
                // Before the byte is taken: the next one sets the event again.
                self.write(0x108, 0);
                self.read(0x518) as u8
            }
            Part::Ns16550 => self.read_byte(0),
        }
    }

    /// Sends a byte, once there is room for it.
    fn send(&self, byte: u8) {
        match self.part {
            Part::Cmsdk => {
                while self.read(0x04) & 0b01 != 0 {}
                self.write(0, byte.into());
            }
            Part::Pl011 => {
                while self.read(0x18) & 0x20 != 0 {}
                self.write(0, byte.into());
            }
            Part::Nrf51 => {
                // The event tells that a byte has gone, so there is none before the first.
                self.write(0x11c, 0);
                self.write(0x51c, byte.into());
                while self.read(0x11c) == 0 {}
            }
            Part::Ns16550 => {
                while self.read_byte(5) & 0x20 == 0 {}
                self.write_byte(0, byte);
            }
        }
    }

    fn read(&self, register: usize) -> u32 {
        let at = core::ptr::with_exposed_provenance::<u32>(self.base + register);
        // SAFETY: a register of a part that this machine has at this address.
        unsafe { at.read_volatile() }
    }

    fn write(&self, register: usize, word: u32) {
        let at = core::ptr::with_exposed_provenance_mut::<u32>(self.base + register);
        // SAFETY: as above; no part of these reaches into memory by itself.
        unsafe { at.write_volatile(word) }
    }

    fn read_byte(&self, register: usize) -> u8 {
        let at = core::ptr::with_exposed_provenance::<u8>(self.base + register);
        // SAFETY: as above.
        unsafe { at.read_volatile() }
    }

    fn write_byte(&self, register: usize, byte: u8) {
        let at = core::ptr::with_exposed_provenance_mut::<u8>(self.base + register);
        // SAFETY: as above.
        unsafe { at.write_volatile(byte) }
    }
}

impl Default for Uart {
    fn default() -> Self {
        Self::new()
    }
}

impl ErrorType for Uart {
    type Error = Infallible;
}

impl ReadReady for Uart {
    fn read_ready(&mut self) -> Result<bool, Infallible> {
        Ok(self.has_byte())
    }
}

impl Read for Uart {
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize, Infallible> {
        if bytes.is_empty() {
            return Ok(0);
        }
        while !self.has_byte() {}
        let mut count = 0;
        for place in bytes {
            if !self.has_byte() {
                break;
            }
            *place = self.take();
            count += 1;
        }
        Ok(count)
    }
}

impl Write for Uart {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        for &byte in bytes {
            self.send(byte);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}
