//! A serial port of `embedded-hal-nb` as one of `embedded-io`, which is what the link is spoken over:
//! some HALs have only the former for a port that is read without interrupts.

use embedded_hal_nb::serial;
use embedded_io::{Error, ErrorKind, ErrorType, Read, Write};
use nb::block;

/// A port that waits.
#[derive(Debug)]
pub struct Port<S> {
    serial: S,
}

/// What a port reports: framing, parity, noise, or bytes that nobody took in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortError(pub serial::ErrorKind);

impl core::fmt::Display for PortError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.fmt(f)
    }
}

impl core::error::Error for PortError {}

impl Error for PortError {
    fn kind(&self) -> ErrorKind {
        match self.0 {
            serial::ErrorKind::FrameFormat | serial::ErrorKind::Parity => ErrorKind::InvalidData,
            _ => ErrorKind::Other,
        }
    }
}

impl<S> Port<S> {
    /// Takes a port that is set up.
    pub const fn new(serial: S) -> Self {
        Self { serial }
    }

    /// Gives the port back.
    pub fn release(self) -> S {
        self.serial
    }
}

impl<S> ErrorType for Port<S> {
    type Error = PortError;
}

impl<S: serial::Read> Read for Port<S> {
    /// Waits for one byte, and takes what else is there already.
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize, PortError> {
        let Some((first, rest)) = bytes.split_first_mut() else {
            return Ok(0);
        };
        *first = block!(self.serial.read()).map_err(|error| told(&error))?;
        let mut count = 1;
        for byte in rest {
            // An error after bytes spoils the frame that they belong to, and its checksum tells.
            let Ok(next) = self.serial.read() else {
                break;
            };
            *byte = next;
            count += 1;
        }
        Ok(count)
    }
}

impl<S: serial::Write> Write for Port<S> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, PortError> {
        for &byte in bytes {
            block!(self.serial.write(byte)).map_err(|error| told(&error))?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), PortError> {
        block!(self.serial.flush()).map_err(|error| told(&error))
    }
}

fn told(error: &impl serial::Error) -> PortError {
    PortError(error.kind())
}
