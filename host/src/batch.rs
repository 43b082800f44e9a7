//! A mini-batch on all cores: the same network code, with the synapses' work divided by rows.
//!
//! A row of weights belongs to one thread in a product and in an update, and what a row comes to
//! does not depend on the others, so the number of threads changes no bit. Every sample passes over
//! a row while it is there ([`Engine`]): weights come from memory once a step, not once a sample.

use std::ops::Range;

use apical_core::activation::Phi;
use apical_core::batch::{MAX_SAMPLES, One};
use apical_core::kernel::Into;
use apical_core::precision::{Draw, Filter};
use apical_core::record::{Observe, Quantity};
use apical_core::{Batch, Counters, Precision};

use crate::dispatch::dispatch;
use crate::engine::{Division, Engine, share};

/// Multiply-adds below which another thread costs more than it takes off.
const ALONE: usize = 1 << 15;

/// Parts for each thread: who has waited for something else takes fewer of them.
const SHARES: usize = 4;

/// Words below which the same holds for an activation function.
const ALONE_WORDS: usize = 1 << 10;

/// Words of a potential, a rate and what is between them that stay in the first cache together.
const CHUNK: usize = 1 << 10;

/// So many samples a step, on the threads of the current pool.
#[derive(Debug, Clone, Copy)]
pub struct Parallel {
    samples: usize,
    threads: usize,
}

impl Parallel {
    /// For batches of so many samples, 1 to [`MAX_SAMPLES`].
    pub fn new(samples: usize) -> Self {
        Self {
            samples: samples.clamp(1, MAX_SAMPLES),
            threads: rayon::current_num_threads().max(1),
        }
    }

    /// The rows of a matrix in some parts for each thread, where there is so much work.
    fn parts<P: Engine>(&self, rows: usize, columns: usize) -> Vec<Range<usize>> {
        let work = rows * (columns + P::ROW) * self.samples;
        let count = match self.threads {
            1 => 1,
            threads => (work / ALONE).clamp(1, threads * SHARES),
        };
        // Kernels take four rows at a time.
        let each = rows.div_ceil(count).next_multiple_of(4).max(1);
        (0..rows)
            .step_by(each)
            .map(|first| first..rows.min(first + each))
            .collect()
    }

    /// How many of so many words a thread has.
    fn words(&self, words: usize) -> usize {
        let count = if words < ALONE_WORDS { 1 } else { self.threads };
        words.div_ceil(count).next_multiple_of(64).max(1)
    }
}

/// Cuts the outputs, which stand sample by sample, along the rows of each part.
fn strips<'y, T>(y: &'y mut [T], rows: usize, parts: &[Range<usize>]) -> Vec<Vec<&'y mut [T]>> {
    let mut strips: Vec<Vec<&'y mut [T]>> = parts.iter().map(|_| Vec::new()).collect();
    for sample in y.chunks_exact_mut(rows.max(1)) {
        let mut rest = sample;
        for (part, strip) in parts.iter().zip(&mut strips) {
            let (head, tail) = rest.split_at_mut(part.len());
            strip.push(head);
            rest = tail;
        }
    }
    strips
}

/// Tells an observer what has been counted.
fn tell<O: Observe>(observer: &mut O, all: &Counters) {
    let word = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    for (quantity, count) in [
        (Quantity::Weight, all.weight),
        (Quantity::Rate, all.rate),
        (Quantity::Potential, all.potential),
        (Quantity::Trace, all.trace),
    ] {
        observer.saturated(quantity, word(count));
    }
    observer.updated(word(all.updates), word(all.lost));
}

/// The transposed product of one sample.
#[inline(never)]
fn transposed<P: Precision>(
    w: &[P::Weight],
    x: &[P::Rate],
    y: &mut [P::Potential],
    into: Into,
) -> Counters {
    let mut counters = Counters::default();
    dispatch(
        #[inline(always)]
        || P::mat_vec_transposed(w, x, y, into, &mut counters),
    );
    counters
}

/// phi of some words.
#[inline(never)]
fn activated<P: Precision>(phi: &Phi<P>, values: &mut [P::Potential]) {
    dispatch(
        #[inline(always)]
        || P::activate(phi, values),
    );
}

/// r = phi(u) of some words, as few at a time as stay in the first cache.
#[inline(never)]
fn fired<P: Precision>(
    phi: &Phi<P>,
    potentials: &[P::Potential],
    values: &mut [P::Potential],
    mut rates: &mut [P::Rate],
) -> Counters {
    let mut counters = Counters::default();
    dispatch(
        #[inline(always)]
        || {
            for (u, values) in potentials.chunks(CHUNK).zip(values.chunks_mut(CHUNK)) {
                let own = rates.split_off_mut(..CHUNK.min(rates.len()));
                One.fire(phi, u, values, own.unwrap_or_default(), &mut counters);
            }
        },
    );
    counters
}

impl<P: Engine> Batch<P> for Parallel {
    type Ones = Vec<P::Rate>;

    fn samples(&self) -> usize {
        self.samples
    }

    fn ones(&self, one: P::Rate) -> Vec<P::Rate> {
        vec![one; self.samples]
    }

    fn activate(&self, phi: &Phi<P>, values: &mut [P::Potential]) {
        let each = self.words(values.len());
        share(values.chunks_mut(each).collect(), |values| {
            activated::<P>(phi, values);
            Counters::default()
        });
    }

    fn fire<O: Observe>(
        &self,
        phi: &Phi<P>,
        potentials: &[P::Potential],
        values: &mut [P::Potential],
        mut rates: &mut [P::Rate],
        observer: &mut O,
    ) {
        let each = self.words(values.len());
        let parts = potentials.chunks(each).zip(values.chunks_mut(each));
        let parts = parts.map(|(u, values)| {
            let own = rates.split_off_mut(..each.min(rates.len()));
            (u, values, own.unwrap_or_default())
        });
        let all = share(parts.collect(), |(u, values, rates)| {
            fired::<P>(phi, u, values, rates)
        });
        tell(observer, &all);
    }

    fn mat_vec<O: Observe>(
        &self,
        w: &[P::Weight],
        x: &[P::Rate],
        y: &mut [P::Potential],
        into: Into,
        observer: &mut O,
    ) {
        let (rows, columns) = (y.len() / self.samples, x.len() / self.samples);
        if rows * columns == 0 || w.len() < rows * columns {
            return;
        }
        let parts = self.parts::<P>(rows, columns);
        let strips = strips(y, rows, &parts);
        let outputs = Division::new(parts, strips);
        tell(observer, &P::product(w, x, columns, outputs, into));
    }

    fn mat_vec_transposed<O: Observe>(
        &self,
        w: &[P::Weight],
        x: &[P::Rate],
        y: &mut [P::Potential],
        into: Into,
        observer: &mut O,
    ) {
        let (rows, columns) = (x.len() / self.samples, y.len() / self.samples);
        if rows * columns == 0 {
            return;
        }
        let work = x.chunks_exact(rows).zip(y.chunks_exact_mut(columns));
        let all = share(work.collect(), |(x, y)| transposed::<P>(w, x, y, into));
        tell(observer, &all);
    }

    fn update<O: Observe>(
        &self,
        w: &mut [P::Weight],
        post: &[P::Potential],
        gain: P::Gain,
        pre: &[P::Rate],
        draw: Draw,
        observer: &mut O,
    ) {
        let samples = self.samples;
        let (rows, columns) = (post.len() / samples, pre.len() / samples);
        let parts = self.parts::<P>(rows, columns);
        let each = parts.first().map_or(0, Range::len) * columns;
        if each == 0 {
            return;
        }
        let weights = Division::new(parts, w.chunks_mut(each));
        tell(
            observer,
            &P::change(weights, samples, post, gain, pre, draw),
        );
    }

    /// One sample's, as there is a trace for one only; a configuration with a filter and more
    /// samples is refused.
    fn filtered<O: Observe>(
        &self,
        w: &mut [P::Weight],
        traces: &mut [P::Trace],
        post: &[P::Potential],
        gain: P::Gain,
        pre: &[P::Rate],
        filter: Filter<P>,
        draw: Draw,
        observer: &mut O,
    ) {
        P::filtered(w, traces, post, gain, pre, filter, draw, observer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::words;
    use apical_core::activation::Activation;
    use apical_core::random::Key;
    use apical_core::{F32, I16, Number, Rounding};

    /// Rows and columns that are divided: for their columns, and for their rows alone.
    const SHAPES: [[usize; 2]; 3] = [[130, 80], [523, 1], [500, 10]];
    const SAMPLES: usize = 10;

    /// All that a batch does with a matrix: the words, and what was counted.
    fn work<P: Engine, B: Batch<P>>(
        batch: &B,
        [rows, columns]: [usize; 2],
    ) -> (Vec<u64>, Counters) {
        let mut counters = Counters::default();
        let mut w = words::<P::Weight>(rows * columns, 1, 4.0);
        let x = words::<P::Rate>(columns * SAMPLES, 2, 1e9);
        let mut y = words::<P::Potential>(rows * SAMPLES, 3, 1e9);
        let mut wide = vec![P::Potential::ZERO; y.len()];
        // Fewer rates than potentials: of a pass that is not to leave any there are none.
        let mut rates = vec![P::Rate::ZERO; y.len() / 2];
        batch.mat_vec(&w, &x, &mut y, Into::Add, &mut counters);
        let phi = Activation::Logistic.phi::<P>().expect("it fits");
        batch.fire(&phi, &y, &mut wide, &mut rates, &mut counters);
        let gain = P::gain(0.1).expect("it fits");
        let (rounding, key) = (Rounding::Stochastic, Key::new(5, 6, 7));
        let draw = Draw { rounding, key };
        batch.update(&mut w, &y, gain, &x, draw, &mut counters);
        let mut back = vec![P::Potential::ZERO; columns * SAMPLES];
        let up = words::<P::Rate>(rows * SAMPLES, 4, 1.0);
        batch.mat_vec_transposed(&w, &up, &mut back, Into::Store, &mut counters);
        batch.activate(&phi, &mut back);
        let mut bits: Vec<u64> = w.iter().map(|word| word.to_bits()).collect();
        bits.extend(rates.iter().map(|word| word.to_bits()));
        for words in [&y, &wide, &back] {
            bits.extend(words.iter().map(|word| word.to_bits()));
        }
        (bits, counters)
    }

    /// The same in a pool of so many threads.
    fn on<P: Engine>(threads: usize) -> [(Vec<u64>, Counters); 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.expect("threads")
            .install(|| SHAPES.map(|shape| work::<P, _>(&Parallel::new(SAMPLES), shape)))
    }

    #[test]
    fn any_number_of_threads_has_the_same_bits_and_counts() {
        assert_eq!(on::<I16>(1), on::<I16>(3));
        let [(_, counted), ..] = on::<I16>(1);
        assert!(counted.weight > 0, "nothing saturates");
        assert_eq!(on::<F32>(1), on::<F32>(5));
    }
}
