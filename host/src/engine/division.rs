//! Work on the rows of a matrix, divided into parts that any thread can take.

use std::ops::Range;

use apical_core::Counters;
use rayon::prelude::*;

/// Parts of a matrix: which rows, and what of the work's output belongs to them.
#[derive(Debug)]
pub struct Division<T> {
    parts: Vec<(Range<usize>, T)>,
}

impl<T: Send> Division<T> {
    /// All rows in one part.
    pub fn whole(rows: usize, belongings: T) -> Self {
        Self {
            parts: vec![(0..rows, belongings)],
        }
    }

    /// A part for each range of rows, with what belongs to it.
    pub fn new(rows: Vec<Range<usize>>, belongings: impl IntoIterator<Item = T>) -> Self {
        Self {
            parts: rows.into_iter().zip(belongings).collect(),
        }
    }

    /// Does each part (`share`).
    pub fn run(self, of: impl Fn(Range<usize>, T) -> Counters + Sync) -> Counters {
        share(self.parts, |(rows, its)| of(rows, its))
    }
}

/// Does each piece of work, on all threads of the current pool where there are several pieces, and adds
/// up what has been counted.
pub(crate) fn share<T: Send>(work: Vec<T>, of: impl Fn(T) -> Counters + Sync) -> Counters {
    let sum = |counted: Vec<Counters>| {
        counted
            .iter()
            .fold(Counters::default(), |mut all, counters| {
                all.add(counters);
                all
            })
    };
    if work.len() < 2 {
        return sum(work.into_iter().map(of).collect());
    }
    // Each by itself, as whoever is done first takes the next.
    sum(work.into_par_iter().with_max_len(1).map(&of).collect())
}
