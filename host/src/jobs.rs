//! Jobs side by side, each on threads of its own.
//!
//! Runs of a batch are divided among threads every few hundred microseconds. In one pool for all of
//! them a thread that waits for its half of a product would begin the next run meanwhile, and its
//! own would stand still until that is over. So every job has a pool, and the threads are shared out.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rayon::Yield;

use crate::Error;

/// Looks for work in vain, some ten nanoseconds each, after which a thread begins to sleep between
/// two of them: about what is between two products of the largest networks, a few times over.
const LOOKS: u32 = 100_000;

/// Such a sleep.
const NAP: Duration = Duration::from_millis(1);

/// Does `work` with every item, as many at a time as the current pool has threads, and returns what
/// came of them in the order of the items. No item is begun after one that failed.
///
/// # Errors
/// The first, in the order of the items, of those that were begun.
pub fn side_by_side<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> Result<R, Error> + Sync,
) -> Result<Vec<R>, Error> {
    let threads = rayon::current_num_threads();
    let together = threads.min(items.len());
    let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    let done = Mutex::new(Vec::new());
    let worker = |index: usize| {
        // The first ones have what the division leaves over.
        let share = threads / together + usize::from(index < threads % together);
        while !failed.load(Ordering::Relaxed) {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { return };
            let result = alone(share, || work(item)).and_then(|result| result);
            failed.fetch_or(result.is_err(), Ordering::Relaxed);
            let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
            done.push((at, result));
        }
    };
    std::thread::scope(|scope| {
        for index in 0..together {
            let worker = &worker;
            scope.spawn(move || worker(index));
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|&(at, _)| at);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Does `work` in a pool of so many threads in which there is nothing else, and keeps the others
/// awake: asleep, they would have to be woken for every product, which can take as long as their
/// part of it.
///
/// # Errors
/// When the system gives no threads.
pub fn alone<R: Send>(threads: usize, work: impl FnOnce() -> R + Send) -> Result<R, Error> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|source| Error::Threads { threads, source })?;
    Ok(pool.install(|| {
        let own = rayon::current_thread_index();
        let over = AtomicBool::new(false);
        rayon::in_place_scope(|scope| {
            let over = &over;
            scope.spawn_broadcast(move |_, thread| {
                // This thread meets the call, too, when it waits for another.
                if Some(thread.index()) != own {
                    keep_awake(over);
                }
            });
            let _end = End(over);
            work()
        })
    }))
}

/// Sets its flag when it is dropped, after a panic as well.
struct End<'f>(&'f AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Takes what work of this pool there is, until it is over.
fn keep_awake(over: &AtomicBool) {
    let mut vain = 0;
    while !over.load(Ordering::Relaxed) {
        match rayon::yield_now() {
            Some(Yield::Executed) => vain = 0,
            _ if vain < LOOKS => {
                vain += 1;
                std::hint::spin_loop();
            }
            // One sample a step, or something long that is not divided.
            _ => std::thread::sleep(NAP),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rayon::prelude::*;
    use std::sync::Barrier;

    fn failure() -> Error {
        Error::Mismatch("no".into())
    }

    #[test]
    fn results_stand_in_the_order_of_the_items() {
        let items: Vec<u64> = (0..20).collect();
        let result = side_by_side(&items, |&item| {
            std::thread::sleep(Duration::from_millis(20 - item));
            Ok(item * item)
        });
        let squares: Vec<u64> = items.iter().map(|item| item * item).collect();
        assert_eq!(result.expect("nothing fails"), squares);
        assert!(
            side_by_side(&[] as &[u64], |_| Ok(()))
                .expect("nothing to do")
                .is_empty()
        );
    }

    #[test]
    fn threads_are_shared_out_and_work_is_divided() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(5).build();
        pool.expect("threads").install(|| {
            let both = Barrier::new(2);
            let threads = side_by_side(&[(), ()], |()| {
                both.wait();
                Ok(rayon::current_num_threads())
            });
            let threads = threads.expect("nothing fails");
            assert!(threads == [3, 2] || threads == [2, 3], "{threads:?}");
            let sums = side_by_side(&[1_u64], |&first| {
                assert_eq!(rayon::current_num_threads(), 5);
                let of = |k: u64| (first..first + k).into_par_iter().sum::<u64>();
                Ok((1..500).map(of).collect::<Vec<_>>())
            });
            let sums = sums.expect("nothing fails").concat();
            assert!(
                sums.iter()
                    .zip(1_u64..)
                    .all(|(&sum, k)| sum == k * (k + 1) / 2)
            );
        });
    }

    #[test]
    fn the_first_error_is_told_and_ends_it() {
        let begun = AtomicUsize::new(0);
        let items: Vec<usize> = (0..1000).collect();
        let result = side_by_side(&items, |&item| {
            begun.fetch_add(1, Ordering::Relaxed);
            if item >= 3 { Err(failure()) } else { Ok(()) }
        });
        assert!(result.is_err());
        assert!(begun.load(Ordering::Relaxed) < 1000);
    }
}
