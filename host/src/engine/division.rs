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

    /// Does each part, on all threads of the current pool where there are several, and adds up what
    /// has been counted.
    pub fn run(self, of: impl Fn(Range<usize>, T) -> Counters + Sync) -> Counters {
        if self.parts.len() < 2 {
            let counted = self.parts.into_iter().map(|(rows, its)| of(rows, its));
            return sum(counted);
        }
        // Each part by itself, as whoever is done first takes the next.
        let work = self.parts.into_par_iter().with_max_len(1);
        sum(work.map(|(rows, its)| of(rows, its)).collect::<Vec<_>>())
    }
}

fn sum(counted: impl IntoIterator<Item = Counters>) -> Counters {
    let mut all = Counters::default();
    for counters in counted {
        all.add(&counters);
    }
    all
}
