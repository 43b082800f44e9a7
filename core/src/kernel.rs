//! The inner loops: slices in, slices out.
//!
//! Matrices are row-major, one row a postsynaptic neuron; the number of columns is the length of
//! the presynaptic slice. A matrix that is too short leaves the remaining outputs alone: shapes
//! are checked when a network is built, here nothing can fail. Kernels belong to a
//! [`Precision`](crate::Precision); this module has the two families they are made of.

pub mod fixed;
pub mod float;

/// Whether vectors are worth lanes of their own: on a 64-bit machine the compiler makes one register
/// of them; on a microcontroller they would only be words on the stack. Both ways give the same bits.
pub(crate) const VECTORS: bool = cfg!(target_pointer_width = "64");

/// Ends a group of lanes. No instruction: it keeps the compiler from taking several groups at once,
/// one word of each, with gathers and scatters that cost more than the arithmetic.
#[inline(always)]
fn end_of_group() {
    if VECTORS {
        core::hint::black_box(());
    }
}

/// The rows of a matrix.
///
/// Unlike `chunks_exact`, it does not divide by the length of a row first, which takes longer than
/// a row of a small layer. A length of zero gives no row.
#[derive(Clone, Debug)]
struct Rows<'m, T> {
    rest: &'m [T],
    columns: usize,
}

impl<'m, T> Rows<'m, T> {
    #[inline(always)]
    const fn new(rest: &'m [T], columns: usize) -> Self {
        Self { rest, columns }
    }
}

impl<'m, T> Iterator for Rows<'m, T> {
    type Item = &'m [T];

    #[inline(always)]
    fn next(&mut self) -> Option<&'m [T]> {
        if self.columns == 0 {
            return None;
        }
        let (row, rest) = self.rest.split_at_checked(self.columns)?;
        self.rest = rest;
        Some(row)
    }
}

/// As [`Rows`], to be written.
#[derive(Debug)]
struct RowsMut<'m, T> {
    rest: &'m mut [T],
    columns: usize,
}

impl<'m, T> RowsMut<'m, T> {
    #[inline(always)]
    const fn new(rest: &'m mut [T], columns: usize) -> Self {
        Self { rest, columns }
    }
}

impl<'m, T> Iterator for RowsMut<'m, T> {
    type Item = &'m mut [T];

    #[inline(always)]
    fn next(&mut self) -> Option<&'m mut [T]> {
        if self.columns == 0 {
            return None;
        }
        let (row, rest) = core::mem::take(&mut self.rest).split_at_mut_checked(self.columns)?;
        self.rest = rest;
        Some(row)
    }
}

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
