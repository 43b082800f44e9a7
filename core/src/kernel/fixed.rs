//! Kernels in fixed point: exact sums in a wide integer, one rounding a write.
//!
//! Public is what a precision with kernels of its own needs to compute the same bits: [`Scale`] and
//! [`Step`] turn a learning rate and a postsynaptic word into the factor of a row, [`store_sum`] rounds a
//! sum.

mod batch;
mod decay;
mod filter;
mod gain;
mod multiply;
mod product;
mod step;
mod sum;
mod update;

pub use batch::Factors;
pub(crate) use batch::update;
pub(crate) use decay::decay;
pub(crate) use filter::filtered;
pub use gain::Gain;
pub use multiply::Multiply;
pub use product::store_sum;
pub(crate) use product::{mat_vec, mat_vec_transposed};
pub use step::{Scale, Step};
pub use sum::Sum;
pub(crate) use update::rank_one;
