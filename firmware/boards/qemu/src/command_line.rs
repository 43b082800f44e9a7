//! Settings out of the emulator's command line: words of the form `name=number`.

use core::ffi::CStr;

use semihosting::sys::arm_compat::{self, CommandLine};

/// Longest command line that is read, with the zero at its end.
const LONGEST: usize = 256;

/// The command line as the host gave it.
#[derive(Debug)]
pub struct Settings {
    line: [u8; LONGEST],
}

impl Settings {
    /// Asks the host; nothing is set where it does not answer.
    pub fn read() -> Self {
        let mut line = [0; LONGEST];
        let mut answer = CommandLine {
            ptr: line.as_mut_ptr(),
            size: LONGEST,
        };
        // SAFETY: the pointer is valid for that size.
        #[expect(
            deprecated,
            reason = "the safer one panics when the answer is too long"
        )]
        let _ = unsafe { arm_compat::sys_get_cmdline(&mut answer) };
        Self { line }
    }

    /// The number given for a name, or the default where none is given.
    pub fn number(&self, name: &str, default: u64) -> u64 {
        let line = CStr::from_bytes_until_nul(&self.line).unwrap_or_default();
        line.to_bytes()
            .split(|&byte| byte == b' ')
            .filter_map(|word| word.strip_prefix(name.as_bytes())?.strip_prefix(b"="))
            .find_map(decimal)
            .unwrap_or(default)
    }
}

/// The value of digits.
fn decimal(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0_u64, |value, byte| {
        let digit = byte.checked_sub(b'0').filter(|&digit| digit < 10)?;
        value.checked_mul(10)?.checked_add(u64::from(digit))
    })
}
