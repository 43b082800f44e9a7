//! What the kernels of i16 ask of an instruction set.

use std::ops::Range;

use super::WORDS;
use crate::engine::line::{FIVE, Line};

/// A line of each of five samples.
pub(super) type Five = [Line<i16, WORDS>; FIVE];

/// Vectors for some rows and five samples.
pub(super) type Sums<V, const R: usize> = [[V; R]; FIVE];

/// Weights that are changed with one draw of random words.
pub(super) const GROUP: usize = 64;

/// The words of a group for two samples, side by side, each where [`Vectors::place`] says.
pub(super) type Two = [Line<[i16; 2], 16>; 4];

/// What becomes of the sums of a group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Write<'r> {
    /// The shift of the sums: 1 to 15.
    pub(super) right: u32,
    /// A random word for each weight.
    pub(super) random: &'r [u16; GROUP],
}

/// Vectors of 16-bit words, whose products are added in pairs.
///
/// Sums go in and come back by value, for what is borrowed is kept in memory.
pub(super) trait Vectors: Copy + Sync {
    /// A vector, of lanes of any width.
    type Vector: Copy;

    /// Vectors of a line.
    const PARTS: usize;

    /// Nothing yet, in lanes of any width.
    fn zero(self) -> Self::Vector;

    /// sums + w x of these vectors of a line, two products a lane and vector.
    fn multiply_add<const R: usize>(
        self,
        sums: Sums<Self::Vector, R>,
        w: [&[i16; WORDS]; R],
        x: &Five,
        parts: Range<usize>,
    ) -> Sums<Self::Vector, R>;

    /// wide, of 64 bits a lane, + lanes, of 32.
    fn widen(self, wide: Self::Vector, lanes: Self::Vector) -> Self::Vector;

    /// The 64-bit lanes of every sum added up.
    fn add_up<const R: usize>(self, sums: Sums<Self::Vector, R>) -> Sums<i64, R>;

    /// Where the word of a column stands among those of its group.
    fn place(column: usize) -> usize;

    /// Changes a group by the products of the factors of two samples each with their words, and counts
    /// what saturated and what was lost, of a row of at most [`MOST`] columns.
    fn change(
        self,
        counts: [Self::Vector; 2],
        weights: &mut [i16; GROUP],
        factors: &[i32],
        pairs: &[Two],
        write: Write<'_>,
    ) -> [Self::Vector; 2];

    /// How many weights saturated, and how many changes were lost.
    fn counted(self, counts: [Self::Vector; 2]) -> [u32; 2];
}

/// Columns that may be counted in one row: lanes of 16 bits count a sixteenth of them.
pub(super) const MOST: usize = 1 << 19;
