//! What the tests of this crate share.
#![allow(
    dead_code,
    unused_imports,
    unused_macros,
    reason = "every test uses a part of it"
)]

pub(crate) mod bench;
pub(crate) mod flash;
