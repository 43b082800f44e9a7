//! What is recorded of a run: rows of measures, traces of weights, checkpoints.

use std::ops::ControlFlow;
use std::time::Instant;

use apical_core::microcircuit::Microcircuit;
use apical_core::rule::Activity;

use super::engine::{Recorder, State};
use super::keep::{Keeper, Notes};
use super::unseen::alignment;
use super::{Measures, Unseen, WeightTraces};
use crate::Error;
use crate::config::Config;
use crate::engine::Engine;

/// Lists in the notes of a checkpoint.
const LISTS: usize = 4;

/// Records one network.
#[derive(Debug)]
pub(super) struct Record<'l, P: Engine> {
    pub(super) measures: Measures,
    pub(super) unseen: Option<Unseen<'l, P>>,
    pub(super) traces: WeightTraces,
    /// Presentations at each row, and the row's numbers.
    pub(super) rows: Vec<(u64, Vec<f64>)>,
    every: u64,
    last: u64,
    hidden: usize,
    keeper: Option<Keeper>,
    start: Instant,
    /// Of the runs before this one, in the same folder.
    seconds_before: f64,
}

impl<'l, P: Engine> Record<'l, P> {
    /// Nothing yet.
    pub(super) fn new(
        config: &Config,
        measures: Measures,
        unseen: Option<Unseen<'l, P>>,
        keeper: Option<Keeper>,
    ) -> Self {
        Self {
            measures,
            unseen,
            traces: WeightTraces::new(config.data.patterns, config.run.seed),
            rows: Vec::new(),
            every: config.data.measure_every,
            last: config.data.patterns,
            hidden: config.network.hidden(),
            keeper,
            start: Instant::now(),
            seconds_before: 0.0,
        }
    }

    /// The names of a row's numbers: those of [`Measures::columns`], and of a regression
    ///
    /// | name | number |
    /// |---|---|
    /// | `test_error` | ‖r - `r_trgt`‖² of the output on unseen patterns, without noise |
    /// | `alignment_k` | degrees between the transposed weights onto the layer above and the feedback |
    pub(super) fn columns(measures: &Measures, hidden: usize, unseen: bool) -> Vec<String> {
        let mut columns = measures.columns();
        if unseen {
            columns.push("test_error".to_owned());
            columns.extend((1..=hidden).map(|k| format!("alignment_{k}")));
        }
        columns
    }

    /// Ends a row.
    pub(super) fn row(&mut self, network: &Microcircuit<'_, P>, state: &State<P>) {
        let weights = &state.memory.weights;
        let mut row = self.measures.row(network, weights, &state.counters);
        if let Some(unseen) = &mut self.unseen {
            row.push(unseen.error(weights));
            row.extend((1..=self.hidden).map(|k| alignment(network, weights, k)));
        }
        self.rows.push((state.patterns, row));
    }

    /// Seconds of all runs together.
    pub(super) fn seconds(&self) -> f64 {
        self.seconds_before + self.start.elapsed().as_secs_f64()
    }

    /// Writes a checkpoint, if there is a folder for it.
    pub(super) fn save(&self, state: &State<P>) -> Result<(), Error> {
        let Some(keeper) = &self.keeper else {
            return Ok(());
        };
        let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect();
        let (steps, sums) = self.measures.pending();
        let flat = |rows: &[(u64, Vec<f64>)]| {
            let row = |(count, values): &(u64, Vec<f64>)| {
                let values: Vec<u64> = bits(values);
                [*count].into_iter().chain(values)
            };
            rows.iter().flat_map(row).collect::<Vec<u64>>()
        };
        let notes: Notes = vec![
            vec![steps, self.seconds().to_bits()],
            bits(sums),
            flat(&self.rows),
            flat(&self.traces.points()),
        ];
        keeper.save(state, &notes)
    }

    /// Goes on from the checkpoint, if there is one; whether there was.
    pub(super) fn resume(
        &mut self,
        network: &Microcircuit<'_, P>,
        state: &mut State<P>,
    ) -> Result<bool, Error> {
        let Some(keeper) = self.keeper.clone() else {
            return Ok(false);
        };
        let Some(notes) = keeper.load(state, LISTS)? else {
            return Ok(false);
        };
        let columns = Self::columns(&self.measures, self.hidden, self.unseen.is_some()).len();
        let put = |record: &mut Self| {
            let [times, sums, rows, points] = <[Vec<u64>; LISTS]>::try_from(notes).ok()?;
            let [steps, seconds] = *times.as_slice() else {
                return None;
            };
            let real = |words: &[u64]| words.iter().map(|word| f64::from_bits(*word)).collect();
            let unflat = |words: &[u64], width: usize| {
                let row = |row: &[u64]| {
                    let (count, values) = row.split_first()?;
                    Some((*count, real(values)))
                };
                let rows = words.chunks_exact(width + 1);
                (rows.remainder().is_empty()).then(|| rows.map(row).collect::<Option<Vec<_>>>())?
            };
            record.seconds_before = f64::from_bits(seconds);
            let sums: Vec<f64> = real(&sums);
            record.measures.resume(steps, &sums)?;
            record.rows = unflat(&rows, columns)?;
            let width = record.traces.choose(network, &state.memory.weights);
            record.traces.resume(unflat(&points, width)?);
            Some(())
        };
        put(self).ok_or_else(|| keeper.foreign())?;
        Ok(true)
    }
}

impl<P: Engine> Recorder<P> for Record<'_, P> {
    #[inline(always)]
    fn step(&mut self, activity: &Activity<'_, P>) {
        self.measures.step(activity);
    }

    fn pattern(
        &mut self,
        network: &Microcircuit<'_, P>,
        state: &State<P>,
    ) -> Result<ControlFlow<()>, Error> {
        let count = state.patterns;
        self.traces.take(count, network, &state.memory.weights);
        if count.is_multiple_of(self.every) || count == self.last {
            self.row(network, state);
        }
        if Keeper::due(count) {
            self.save(state)?;
        }
        // Floats that have diverged do not come back; an hour of them is an hour lost.
        let row = self.rows.last().map_or(&[][..], |(_, row)| row);
        Ok(if row.iter().all(|value| value.is_finite()) {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        })
    }
}
