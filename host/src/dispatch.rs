//! Runs a closure on the widest instruction set of this machine.
//!
//! Core is safe Rust without a word about instruction sets; its kernels are inlined into the
//! closure, and `pulp` compiles the closure once for each set and chooses at run time. Rust never
//! contracts a product and its addition, and core fixes the order of every sum, so the bits are
//! the same on all of them: `tests/tests/dispatch.rs` checks it.

use pulp::{Arch, WithSimd};
use std::sync::LazyLock;

static ARCH: LazyLock<Arch> = LazyLock::new(Arch::new);

/// Runs `f` on the widest instruction set of this machine. What is to profit must be inlined
/// into `f`, and `f` be marked `#[inline(always)]`.
#[inline(always)]
pub fn dispatch<R>(f: impl FnOnce() -> R) -> R {
    ARCH.dispatch(f)
}

/// The same for code that is written in vectors.
#[inline(always)]
pub fn with_simd<F: WithSimd>(f: F) -> F::Output {
    ARCH.dispatch(f)
}

/// The instruction set that [`dispatch`] uses, for reports.
pub fn instruction_set() -> String {
    format!("{:?}", *ARCH)
        .split(['(', ' ', '{'])
        .next()
        .unwrap_or("")
        .to_lowercase()
}
