//! Shared pieces of the cross-crate tests.

pub mod exact;
pub mod network;
pub mod program;
pub mod vector;
