//! A network in its storage, and the one place of the firmware where it is stepped.

use apical_core::microcircuit::{Initial, Layer, Microcircuit, Specification};
use apical_core::record::Quantity;
use apical_core::rule::{Activity, Clock, Rule, digest};
use apical_core::shape::Storage;
use apical_core::{BuildError, Counters, Number, Precision, Rounding};

use apical_link::configuration::{Configuration, MAX_LAYERS};

use crate::arena::Memory;
use crate::words;

/// Why there is no trainer.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum TrainerError {
    /// The network cannot be built in this precision.
    Build(BuildError),
    /// The storage is too small.
    Storage {
        /// Words that the network needs.
        needed: Storage,
        /// Words that were lent.
        lent: Storage,
    },
}

impl From<BuildError> for TrainerError {
    fn from(error: BuildError) -> Self {
        Self::Build(error)
    }
}

impl core::fmt::Display for TrainerError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Build(error) => error.fmt(f),
            Self::Storage { needed, lent } => {
                write!(
                    f,
                    "the network needs {needed:?} words, the board lent {lent:?}"
                )
            }
        }
    }
}

impl core::error::Error for TrainerError {}

/// A range of bytes that is not a range of whole words within the storage of a quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct OutOfRange {
    /// Bytes of the whole storage.
    pub bytes: usize,
    /// Bytes of one word.
    pub word: usize,
}

/// A network, its weights and its activity.
#[derive(Debug)]
pub struct Trainer<'a, P: Precision> {
    network: Microcircuit<'a, P>,
    weights: &'a mut [P::Weight],
    activity: Activity<'a, P>,
    rounding: Rounding,
    counters: Counters,
    /// Layers and words that were lent, of which the network may use less.
    room: (usize, Storage),
}

impl<'a, P: Precision> Trainer<'a, P> {
    /// Builds the network of a specification in `layers` and `memory`. All words are zero:
    /// [`begin`](Self::begin) draws the weights.
    ///
    /// # Errors
    /// When the network cannot be built, or does not fit into the storage.
    pub fn new(
        specification: &Specification<'_>,
        layers: &'a mut [Layer<P>],
        memory: Memory<'a, P>,
    ) -> Result<Self, TrainerError> {
        let room = (layers.len(), memory.capacity());
        let network = Microcircuit::new(specification, layers)?;
        let (needed, lent) = (network.storage(), room.1);
        let Memory {
            weights,
            traces,
            potentials,
            rates,
        } = memory;
        // Exactly as many words as the network has: the digest is over all of them.
        let (Some(weights), Some(traces), Some(potentials), Some(rates)) = (
            weights.get_mut(..needed.weights),
            traces.get_mut(..needed.traces),
            potentials.get_mut(..needed.potentials),
            rates.get_mut(..needed.rates),
        ) else {
            return Err(TrainerError::Storage { needed, lent });
        };
        let activity = Activity {
            potentials,
            rates,
            traces,
            clock: Clock::default(),
        };
        let mut trainer = Self {
            network,
            weights,
            activity,
            rounding: Rounding::Stochastic,
            counters: Counters::default(),
            room,
        };
        trainer.clear();
        Ok(trainer)
    }

    /// Builds the network of a configuration, at its beginning.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn configured(
        configuration: &Configuration,
        layers: &'a mut [Layer<P>],
        memory: Memory<'a, P>,
    ) -> Result<Self, TrainerError> {
        let mut trainer = Self::new(&configuration.specification(), layers, memory)?;
        trainer.rounding = configuration.rounding;
        trainer.begin(&configuration.initial);
        Ok(trainer)
    }

    /// Whether a network could be built in so many layers and words, without building it there.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn check(
        specification: &Specification<'_>,
        layers: usize,
        lent: Storage,
    ) -> Result<(), TrainerError> {
        let mut scratch: [Layer<P>; MAX_LAYERS] = core::array::from_fn(|_| Layer::default());
        let scratch = scratch
            .get_mut(..layers.min(MAX_LAYERS))
            .unwrap_or_default();
        let needed = Microcircuit::new(specification, scratch)?.storage();
        let fits = needed.weights <= lent.weights
            && needed.traces <= lent.traces
            && needed.potentials <= lent.potentials
            && needed.rates <= lent.rates;
        if fits {
            Ok(())
        } else {
            Err(TrainerError::Storage { needed, lent })
        }
    }

    /// Layers and words that were lent; see [`check`](Self::check).
    pub const fn room(&self) -> (usize, Storage) {
        self.room
    }

    fn clear(&mut self) {
        self.weights.fill(P::Weight::ZERO);
        self.activity.potentials.fill(P::Potential::ZERO);
        self.activity.rates.fill(P::Rate::ZERO);
        self.activity.traces.fill(P::Trace::ZERO);
        self.activity.clock = Clock::default();
        self.counters = Counters::default();
    }

    /// The beginning: weights as drawn, activity, clock and counters zero.
    pub fn begin(&mut self, initial: &Initial) {
        self.clear();
        self.network.initialise(self.weights, initial);
    }

    /// A new pattern begins.
    pub fn switch(&mut self) {
        self.network.switch(&mut self.activity);
    }

    /// One step without learning.
    pub fn step(&mut self, input: &[P::Rate], teacher: Option<&[P::Potential]>) {
        self.advance(input, teacher, None, 1);
    }

    /// One step, and what it teaches.
    pub fn learn(&mut self, input: &[P::Rate], teacher: Option<&[P::Potential]>) {
        self.advance(input, teacher, Some(self.rounding), 1);
    }

    /// Takes `steps` steps on one pattern, with learning in each of them if a rounding is given.
    ///
    /// The kernels are inlined here, and nowhere else: they are most of an image.
    #[inline(never)]
    pub fn advance(
        &mut self,
        input: &[P::Rate],
        teacher: Option<&[P::Potential]>,
        learning: Option<Rounding>,
        steps: u32,
    ) {
        let Self {
            network,
            weights,
            activity,
            counters,
            ..
        } = self;
        for _ in 0..steps {
            network.step(weights, activity, input, teacher, counters);
            if let Some(rounding) = learning {
                network.learn(weights, activity, rounding, counters);
            }
        }
    }

    /// How weights are rounded by [`learn`](Self::learn); stochastic unless set.
    pub const fn rounding(&self) -> Rounding {
        self.rounding
    }

    /// Sets how weights are rounded.
    pub const fn set_rounding(&mut self, rounding: Rounding) {
        self.rounding = rounding;
    }

    /// The network.
    pub const fn network(&self) -> &Microcircuit<'a, P> {
        &self.network
    }

    /// Words of storage that are in use.
    pub fn storage(&self) -> Storage {
        self.network.storage()
    }

    /// Neurons of the output.
    pub fn output_size(&self) -> usize {
        self.network.layers().last().map_or(0, Layer::size)
    }

    /// The rates of the output after the last step.
    pub fn output(&self) -> &[P::Rate] {
        self.network.output(&self.activity)
    }

    /// Squared distance of the output's rates to the rates that a teacher asks for, summed over
    /// the neurons. In floating point, so it is measured when asked for and not in a step.
    pub fn loss(&self, teacher: &[P::Potential]) -> f64 {
        self.output()
            .iter()
            .zip(teacher)
            .fold(0.0, |loss, (rate, &target)| {
                let mut target = [target];
                P::activate(self.network.phi(), &mut target);
                let distance = target
                    .iter()
                    .fold(rate.to_f64(), |d, target| d - target.to_f64());
                loss + distance * distance
            })
    }

    /// Saturations and lost updates since the beginning.
    pub const fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Sets the counters, as when a count begins or goes on.
    pub const fn set_counters(&mut self, counters: Counters) {
        self.counters = counters;
    }

    /// Steps since the beginning, and since the pattern changed.
    pub const fn clock(&self) -> Clock {
        self.activity.clock
    }

    /// Sets the clock, as when a state is put back. Random draws are a function of it.
    pub const fn set_clock(&mut self, clock: Clock) {
        self.activity.clock = clock;
    }

    /// The digest of weights, activity and clock, equal on all machines.
    pub fn digest(&self) -> u64 {
        digest::<P>(self.weights, &self.activity)
    }

    /// The weights.
    pub const fn weights(&self) -> &[P::Weight] {
        self.weights
    }

    /// Fills `bytes` with the little-endian words of a quantity, from byte `offset` on.
    ///
    /// # Errors
    /// When these are not whole words within the storage; `bytes` is not touched then.
    pub fn read(
        &self,
        quantity: Quantity,
        offset: usize,
        bytes: &mut [u8],
    ) -> Result<(), OutOfRange> {
        match quantity {
            Quantity::Weight => words::read(self.weights, offset, bytes),
            Quantity::Rate => words::read(self.activity.rates, offset, bytes),
            Quantity::Potential => words::read(self.activity.potentials, offset, bytes),
            Quantity::Trace => words::read(self.activity.traces, offset, bytes),
        }
        .map_err(|_| self.range(quantity))
    }

    /// Sets words of a quantity to little-endian bytes, from byte `offset` on.
    ///
    /// # Errors
    /// When these are not whole words within the storage, or one of them is the most negative
    /// integer, which fixed-point formats exclude; nothing is changed then.
    pub fn write(
        &mut self,
        quantity: Quantity,
        offset: usize,
        bytes: &[u8],
    ) -> Result<(), OutOfRange> {
        match quantity {
            Quantity::Weight => words::write(self.weights, offset, bytes),
            Quantity::Rate => words::write(self.activity.rates, offset, bytes),
            Quantity::Potential => words::write(self.activity.potentials, offset, bytes),
            Quantity::Trace => words::write(self.activity.traces, offset, bytes),
        }
        .map_err(|_| self.range(quantity))
    }

    /// Bytes of the storage of a quantity and of one of its words.
    pub fn range(&self, quantity: Quantity) -> OutOfRange {
        let (words, word) = match quantity {
            Quantity::Weight => (self.weights.len(), P::Weight::BYTES),
            Quantity::Rate => (self.activity.rates.len(), P::Rate::BYTES),
            Quantity::Potential => (self.activity.potentials.len(), P::Potential::BYTES),
            Quantity::Trace => (self.activity.traces.len(), P::Trace::BYTES),
        };
        OutOfRange {
            bytes: words.saturating_mul(word),
            word,
        }
    }
}
