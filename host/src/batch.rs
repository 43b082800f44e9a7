//! A mini-batch on all cores: the same network code, with the synapses' work divided by rows.
//!
//! A row of weights belongs to one thread in a product and in an update, and what a row comes to
//! does not depend on the others, so the number of threads changes no bit. Every sample passes over
//! a row while it is there ([`Engine`]): weights come from memory once a step, not once a sample.

use std::ops::Range;

use apical_core::activation::Phi;
use apical_core::batch::{Block, MAX_SAMPLES};
use apical_core::kernel::Into;
use apical_core::precision::{Draw, Filter};
use apical_core::record::{Observe, Quantity};
use apical_core::{Batch, Counters, Precision};
use rayon::prelude::*;

use crate::dispatch::dispatch;
use crate::engine::Engine;

/// Multiply-adds below which another thread costs more than it takes off.
const ALONE: usize = 1 << 15;

/// Words below which the same holds for an activation function.
const ALONE_WORDS: usize = 1 << 10;

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

    /// The rows of a matrix in as many parts as there are threads for so much work.
    fn parts(&self, rows: usize, columns: usize) -> Vec<Range<usize>> {
        let work = rows * columns * self.samples;
        let count = if work < ALONE { 1 } else { self.threads };
        // Kernels take four rows at a time.
        let each = rows.div_ceil(count).next_multiple_of(4).max(1);
        (0..rows)
            .step_by(each)
            .map(|first| first..rows.min(first + each))
            .collect()
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

/// Tells an observer what a thread has counted.
fn tell<O: Observe>(observer: &mut O, counted: impl IntoIterator<Item = Counters>) {
    let mut all = Counters::default();
    for counters in counted {
        all.add(&counters);
    }
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

/// Does each part with what belongs to it, on all threads; one part right here.
fn divide<T: Send, O: Observe>(
    parts: Vec<Range<usize>>,
    belongings: Vec<T>,
    of: impl Fn(Range<usize>, T) -> Counters + Sync,
    observer: &mut O,
) {
    if parts.len() == 1 {
        let work = parts.into_iter().zip(belongings);
        return tell(observer, work.map(|(part, its)| of(part, its)));
    }
    let work = parts.into_par_iter().zip(belongings);
    let counted = work.map(|(part, its)| of(part, its));
    tell(observer, counted.collect::<Vec<_>>());
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

impl<P: Engine> Batch<P> for Parallel {
    type Ones = Vec<P::Rate>;

    fn samples(&self) -> usize {
        self.samples
    }

    fn ones(&self, one: P::Rate) -> Vec<P::Rate> {
        vec![one; self.samples]
    }

    fn activate(&self, phi: &Phi<P>, values: &mut [P::Potential]) {
        if self.threads == 1 || values.len() < ALONE_WORDS {
            return activated::<P>(phi, values);
        }
        let each = values.len().div_ceil(self.threads).next_multiple_of(64);
        values
            .par_chunks_mut(each)
            .for_each(|values| activated::<P>(phi, values));
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
        let parts = self.parts(rows, columns);
        let strips = strips(y, rows, &parts);
        let of = |part: Range<usize>, strip| {
            let w = &w[part.start * columns..part.end * columns];
            P::product(w, x, columns, strip, into)
        };
        divide(parts, strips, of, observer);
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
        let work = x
            .par_chunks_exact(rows)
            .zip(y.par_chunks_exact_mut(columns));
        let counted = work.map(|(x, y)| transposed::<P>(w, x, y, into));
        tell(observer, counted.collect::<Vec<_>>());
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
        let parts = self.parts(rows, columns);
        let each = parts.first().map_or(0, Range::len) * columns;
        if each == 0 {
            return;
        }
        let of = |part: Range<usize>, w: &mut [P::Weight]| {
            let first = part.start;
            P::change(w, Block { first, samples }, post, gain, pre, draw)
        };
        divide(parts, w.chunks_mut(each).collect(), of, observer);
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
