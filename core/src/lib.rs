#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

pub mod activation;
pub mod backprop;
pub mod batch;
pub mod digest;
pub mod kernel;
pub mod microcircuit;
pub mod number;
pub mod precision;
pub mod random;
pub mod record;
pub mod rule;
pub mod shape;

pub use activation::{Activation, Phi};
pub use batch::{Batch, One};
pub use number::Number;
pub use number::rounding::Rounding;
pub use precision::{F32, F64, Fixed, I8, I16, I16x32, I32, Precision};
pub use record::{Counters, Observe, Silent};
pub use shape::BuildError;
