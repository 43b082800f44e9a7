//! Lines of text to the host, without `core::fmt`: formatting would be most of the flash.

use core::ffi::CStr;

use semihosting::sys::arm_compat::sys_write0;

/// Longest line; what is beyond is cut off.
const LONGEST: usize = 128;

/// The host's standard output, a line at a time.
#[derive(Debug)]
pub struct Lines {
    /// The line so far, with its end and the zero that the host looks for.
    line: [u8; LONGEST + 2],
    length: usize,
}

impl Default for Lines {
    fn default() -> Self {
        Self {
            line: [0; LONGEST + 2],
            length: 0,
        }
    }
}

impl Lines {
    /// Appends text.
    pub fn text(&mut self, text: &str) -> &mut Self {
        for &byte in text.as_bytes() {
            self.byte(byte);
        }
        self
    }

    /// Appends a number in decimal.
    pub fn decimal(&mut self, mut number: u64) -> &mut Self {
        // 2^64 has 20 digits.
        let mut digits = [b'0'; 20];
        let mut used = 0;
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + (number % 10) as u8;
            number /= 10;
            used += 1;
            if number == 0 {
                break;
            }
        }
        for &digit in digits.iter().skip(20 - used) {
            self.byte(digit);
        }
        self
    }

    /// Appends a number in 16 hexadecimal digits.
    pub fn hexadecimal(&mut self, number: u64) -> &mut Self {
        for place in (0..16).rev() {
            let digit = (number >> (4 * place)) as u8 & 0xf;
            self.byte(if digit < 10 {
                b'0' + digit
            } else {
                b'a' + digit - 10
            });
        }
        self
    }

    /// Ends the line and hands it over.
    pub fn end(&mut self) {
        self.put(b'\n');
        self.put(0);
        if let Ok(line) = CStr::from_bytes_until_nul(&self.line) {
            sys_write0(line);
        }
        self.length = 0;
    }

    fn byte(&mut self, byte: u8) {
        if self.length < LONGEST {
            self.put(byte);
        }
    }

    fn put(&mut self, byte: u8) {
        if let Some(place) = self.line.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        }
    }
}
