//! Work on the rows of a matrix, divided into parts that any thread can take.

use std::ops::Range;
use std::slice::IterMut;
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
/// Each thread begins with the same pieces whenever there are as many of them: the rows that it has
/// changed are in its cache when it multiplies them. Then it takes what the others have not come to.
///
/// Pieces are lent, not given away: what a thread frees of another's memory they would have to wait for
/// each other for.
pub(crate) fn share<T: Send>(mut work: Vec<T>, of: impl Fn(&mut T) -> Counters + Sync) -> Counters {
    let pieces = work.len();
    let threads = rayon::current_num_threads().min(pieces).max(1);
    let each = pieces.div_ceil(threads).max(1);
    let team = Team {
        rest: Mutex::new(work.chunks_mut(each).map(<[T]>::iter_mut).collect()),
        counted: Mutex::new(Counters::default()),
        done: AtomicUsize::new(0),
        pieces,
        of,
    };
    team.work(threads);
    team.counted
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner)
}

/// Threads that take one piece after the other.
struct Team<'w, T, F> {
    /// For each thread, what it begins with.
    rest: Mutex<Vec<IterMut<'w, T>>>,
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
        let thread = rayon::current_thread_index().unwrap_or(0);
        let mut all = Counters::default();
        let mut own = Own {
            done: &self.done,
            pieces: 0,
        };
        while let Some(piece) = self.next(thread) {
            own.pieces += 1;
            all.add(&(self.of)(piece));
        }
        // Sums of integers: the order in which threads come does not matter.
        self.counted
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .add(&all);
    }

    /// The thread's next piece; then the last of another's, as that one comes to it last.
    fn next(&self, thread: usize) -> Option<&'w mut T> {
        let mut rest = self.rest.lock().unwrap_or_else(PoisonError::into_inner);
        let own = thread % rest.len().max(1);
        if let Some(piece) = rest.get_mut(own).and_then(Iterator::next) {
            return Some(piece);
        }
        rest.iter_mut().find_map(DoubleEndedIterator::next_back)
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
