//! The inner loops: slices in, slices out.
//!
//! Matrices are row-major, one row a postsynaptic neuron; the number of columns is the length of
//! the presynaptic slice. A matrix that is too short leaves the remaining outputs alone: shapes
//! are checked when a network is built, here nothing can fail. Kernels belong to a
//! [`Precision`](crate::Precision); this module has the two families they are made of.

pub(crate) mod fixed;
pub(crate) mod float;

/// What a matrix-vector product does with what stands in the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Into {
    /// y = W x.
    Store,
    /// y = y + W x; the product is rounded once, then added.
    Add,
    /// y = y - W x; the product is rounded once, then subtracted.
    Subtract,
}
