//! Settings out of the emulator's command line: words of the form `name=number`.

use semihosting::experimental::env;

/// Longest command line that is read.
const LONGEST: usize = 256;

/// The number given for a name, or the default where none is given.
pub fn number(name: &str, default: u64) -> u64 {
    let Ok(words) = env::args::<LONGEST>() else {
        return default;
    };
    let mut value = None;
    for word in (&words).into_iter().flatten() {
        if let Some((key, digits)) = word.split_once('=')
            && key == name
        {
            value = digits.parse().ok();
        }
    }
    value.unwrap_or(default)
}
