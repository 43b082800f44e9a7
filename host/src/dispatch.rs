//! Runs a closure with the widest instruction set of this machine.

/// Runs `f`.
pub fn dispatch<R>(f: impl FnOnce() -> R) -> R {
    f()
}
