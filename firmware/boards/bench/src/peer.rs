//! What the peers' images share: words to multiply, and the comparison with plain sums.

use apical_core::digest::Digest;
use apical_core::random::{Key, stream};
use semihosting::process::ExitCode;

use crate::course::Watch;
use crate::watch::Ticks;

/// Integers between plus and minus `limit`.
pub fn integer(index: u32, limit: i32, step: u64) -> i32 {
    let word = Key::new(1, step, stream::DATA).word(index);
    (word % (2 * limit.unsigned_abs() + 1)) as i32 - limit
}

/// Tells what was counted, if all results are the plain ones.
pub fn tell<T: Copy + Into<i64>>(
    ticks: &mut Ticks,
    name: &str,
    results: &[T],
    plain: impl Iterator<Item = i64>,
) -> Option<()> {
    let side = results.len();
    let (mut digest, mut told) = (Digest::default(), 0);
    for (&result, plain) in results.iter().zip(plain) {
        let result = result.into();
        if result != plain {
            semihosting::println!("{name} of {side} is wrong: {result} for {plain}");
            return None;
        }
        digest.word(result as u64);
        told += 1;
    }
    if told < side {
        return None;
    }
    ticks.tell(name, side, 1, digest.finish());
    Some(())
}

/// Whether the image came to its end.
pub fn exit(end: Option<()>) -> ! {
    let code = match end {
        Some(()) => ExitCode::SUCCESS,
        None => ExitCode::FAILURE,
    };
    code.exit_process()
}

/// The entry of an image: runs a function to its end.
#[macro_export]
macro_rules! peer {
    ($run:path) => {
        #[cfg_attr(target_arch = "arm", cortex_m_rt::entry)]
        #[cfg_attr(target_arch = "riscv32", riscv_rt::entry)]
        fn entry() -> ! {
            $crate::peer::exit($run())
        }
    };
}
