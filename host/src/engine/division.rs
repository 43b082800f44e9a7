//! Work on the rows of a matrix, divided into parts that any thread can take.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use apical_core::Counters;

/// Looks at what the others do, some ten nanoseconds each, before others may have the processor.
const PATIENCE: u32 = 10_000;

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
    pub fn run(self, of: impl Fn(Range<usize>, &mut T) -> Counters + Sync) -> Counters {
        share(self.parts, |(rows, its)| of(rows.clone(), its))
    }
}

/// Does each piece of work, on all threads of the current pool where there are several pieces, and adds
/// up what has been counted.
///
/// Pieces are lent, not given away: what a thread frees of another's memory they would have to wait for
/// each other for.
pub(crate) fn share<T: Send>(mut work: Vec<T>, of: impl Fn(&mut T) -> Counters + Sync) -> Counters {
    let pieces = work.len();
    let team = Team {
        rest: Mutex::new(work.iter_mut()),
        counted: Mutex::new(Counters::default()),
        done: AtomicUsize::new(0),
        pieces,
        of,
    };
    team.work(rayon::current_num_threads().min(pieces));
    team.counted
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner)
}

/// Threads that take one piece after the other: whoever is done first takes the next.
struct Team<'w, T, F> {
    rest: Mutex<std::slice::IterMut<'w, T>>,
    counted: Mutex<Counters>,
    done: AtomicUsize,
    pieces: usize,
    of: F,
}

impl<'w, T: Send, F: Fn(&mut T) -> Counters + Sync> Team<'w, T, F> {
    /// This thread's share, while so many others find theirs.
    fn work(&self, threads: usize) {
        if threads < 2 {
            self.take();
            return;
        }
        rayon::join(
            || {
                self.take();
                self.wait();
            },
            || self.work(threads - 1),
        );
    }

    fn take(&self) {
        let mut all = Counters::default();
        let mut own = Own {
            done: &self.done,
            pieces: 0,
        };
        while let Some(piece) = self.next() {
            own.pieces += 1;
            all.add(&(self.of)(piece));
        }
        // Sums of integers: the order in which threads come does not matter.
        self.counted
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .add(&all);
    }

    fn next(&self) -> Option<&'w mut T> {
        let mut rest = self.rest.lock().unwrap_or_else(PoisonError::into_inner);
        rest.next()
    }

    /// Until the others have done what they took. Asleep, as rayon would wait, this thread would have to be
    /// woken, which takes as long as a piece.
    fn wait(&self) {
        let mut looks = 0;
        while self.done.load(Ordering::Acquire) < self.pieces {
            looks += 1;
            if looks < PATIENCE {
                std::hint::spin_loop();
            } else {
                // More threads than processors.
                std::thread::yield_now();
            }
        }
    }
}

/// Pieces that a thread has taken; they count as done when it takes no more, after a panic as well.
struct Own<'d> {
    done: &'d AtomicUsize,
    pieces: usize,
}

impl Drop for Own<'_> {
    fn drop(&mut self) {
        self.done.fetch_add(self.pieces, Ordering::Release);
    }
}
