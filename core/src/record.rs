//! What a step reports: saturations, lost updates; nothing at all when nobody listens.
//!
//! Kernels take an [`Observe`] by type, so that with [`Silent`] the counting compiles to nothing.

/// The four kinds of quantity a [`Precision`](crate::Precision) gives a format to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Quantity {
    /// Synaptic weights and biases.
    Weight,
    /// Firing rates, the presynaptic factor of every product.
    Rate,
    /// Somatic and dendritic potentials, errors.
    Potential,
    /// Low-pass filtered plasticity, one word a synapse.
    Trace,
}

/// A listener to what the arithmetic had to give up.
pub trait Observe {
    /// `false` removes the counting from the compiled kernel.
    const ON: bool;
    /// `count` writes of `quantity` met the end of their format's range.
    fn saturated(&mut self, quantity: Quantity, count: u32);
    /// Of `total` weight updates, `lost` were not zero and left the stored weight as it was.
    fn updated(&mut self, total: u32, lost: u32);

    /// Who listens to a loop that counts in every turn.
    type Apart: Observe;
    /// Runs such a loop, and takes over what it has counted. What the compiler cannot tell from the
    /// loop's other memory is written in every turn, and no vectors come of it; a place of the loop's own
    /// can stay in registers. `work` must be marked to be inlined.
    fn apart(&mut self, work: impl FnOnce(&mut Self::Apart));
}

/// Counts since the last reset. Counters stop at their largest value instead of wrapping.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Counters {
    /// Saturated writes of weights.
    pub weight: u64,
    /// Saturated writes of rates.
    pub rate: u64,
    /// Saturated writes of potentials.
    pub potential: u64,
    /// Saturated writes of traces.
    pub trace: u64,
    /// Weight updates that were asked for.
    pub updates: u64,
    /// Weight updates that were not zero and changed nothing.
    pub lost: u64,
}

impl Counters {
    /// All saturations together.
    pub const fn saturations(&self) -> u64 {
        self.weight
            .saturating_add(self.rate)
            .saturating_add(self.potential)
            .saturating_add(self.trace)
    }

    /// The first quantity with a saturation, for an error message of strict mode.
    pub const fn first_saturated(&self) -> Option<Quantity> {
        match (self.weight, self.rate, self.potential, self.trace) {
            (0, 0, 0, 0) => None,
            (0, 0, 0, _) => Some(Quantity::Trace),
            (0, 0, _, _) => Some(Quantity::Potential),
            (0, _, _, _) => Some(Quantity::Rate),
            _ => Some(Quantity::Weight),
        }
    }

    /// The counts as words for a checkpoint, in the order of the fields.
    pub const fn words(&self) -> [u64; 6] {
        let c = self;
        [c.weight, c.rate, c.potential, c.trace, c.updates, c.lost]
    }

    /// The counts of such words.
    pub const fn from_words(words: [u64; 6]) -> Self {
        let [weight, rate, potential, trace, updates, lost] = words;
        Self {
            weight,
            rate,
            potential,
            trace,
            updates,
            lost,
        }
    }

    /// Adds another count, as when runs of several seeds are pooled.
    pub fn add(&mut self, other: &Self) {
        self.weight = self.weight.saturating_add(other.weight);
        self.rate = self.rate.saturating_add(other.rate);
        self.potential = self.potential.saturating_add(other.potential);
        self.trace = self.trace.saturating_add(other.trace);
        self.updates = self.updates.saturating_add(other.updates);
        self.lost = self.lost.saturating_add(other.lost);
    }
}

impl Observe for Counters {
    const ON: bool = true;

    #[inline(always)]
    fn saturated(&mut self, quantity: Quantity, count: u32) {
        let slot = match quantity {
            Quantity::Weight => &mut self.weight,
            Quantity::Rate => &mut self.rate,
            Quantity::Potential => &mut self.potential,
            Quantity::Trace => &mut self.trace,
        };
        *slot = slot.saturating_add(u64::from(count));
    }

    #[inline(always)]
    fn updated(&mut self, total: u32, lost: u32) {
        self.updates = self.updates.saturating_add(u64::from(total));
        self.lost = self.lost.saturating_add(u64::from(lost));
    }

    #[cfg(target_pointer_width = "64")]
    type Apart = LoopCounters;
    #[cfg(target_pointer_width = "64")]
    #[inline(always)]
    fn apart(&mut self, work: impl FnOnce(&mut LoopCounters)) {
        let mut counted = LoopCounters::default();
        work(&mut counted);
        let [weight, rate, potential, trace] = counted.saturated;
        for (quantity, count) in [
            (Quantity::Weight, weight),
            (Quantity::Rate, rate),
            (Quantity::Potential, potential),
            (Quantity::Trace, trace),
        ] {
            self.saturated(quantity, count);
        }
        self.updated(counted.updates, counted.lost);
    }

    // A microcontroller has no vectors, and would pay for the place.
    #[cfg(not(target_pointer_width = "64"))]
    type Apart = Self;
    #[cfg(not(target_pointer_width = "64"))]
    #[inline(always)]
    fn apart(&mut self, work: impl FnOnce(&mut Self)) {
        work(self);
    }
}

/// The counts of one loop of fewer than 2^32 writes: sums that may be taken in any order.
#[cfg(target_pointer_width = "64")]
#[derive(Clone, Copy, Debug, Default)]
pub struct LoopCounters {
    /// Of weights, rates, potentials and traces.
    saturated: [u32; 4],
    updates: u32,
    lost: u32,
}

#[cfg(target_pointer_width = "64")]
impl Observe for LoopCounters {
    const ON: bool = true;

    #[inline(always)]
    fn saturated(&mut self, quantity: Quantity, count: u32) {
        let [weight, rate, potential, trace] = &mut self.saturated;
        let slot = match quantity {
            Quantity::Weight => weight,
            Quantity::Rate => rate,
            Quantity::Potential => potential,
            Quantity::Trace => trace,
        };
        *slot = slot.wrapping_add(count);
    }

    #[inline(always)]
    fn updated(&mut self, total: u32, lost: u32) {
        self.updates = self.updates.wrapping_add(total);
        self.lost = self.lost.wrapping_add(lost);
    }

    type Apart = Self;
    #[inline(always)]
    fn apart(&mut self, work: impl FnOnce(&mut Self)) {
        work(self);
    }
}

/// Listens to nothing; the kernels compile as if there were no counters.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observe for Silent {
    const ON: bool = false;
    #[inline(always)]
    fn saturated(&mut self, _: Quantity, _: u32) {}
    #[inline(always)]
    fn updated(&mut self, _: u32, _: u32) {}

    type Apart = Self;
    #[inline(always)]
    fn apart(&mut self, work: impl FnOnce(&mut Self)) {
        work(self);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_apart_counts_for_the_whole() {
        let mut c = Counters::default();
        c.saturated(Quantity::Rate, 1);
        c.apart(|c| {
            for _ in 0..3 {
                c.saturated(Quantity::Weight, 1);
                c.saturated(Quantity::Rate, 2);
                c.saturated(Quantity::Potential, 3);
                c.saturated(Quantity::Trace, 4);
                c.updated(7, 5);
            }
        });
        assert_eq!(c.words(), [3, 7, 9, 12, 21, 15]);
    }

    #[test]
    fn counters_stop_at_the_top_and_name_the_first_quantity() {
        let mut c = Counters {
            potential: u64::MAX - 1,
            ..Counters::default()
        };
        assert_eq!(c.first_saturated(), Some(Quantity::Potential));
        c.saturated(Quantity::Potential, 5);
        assert_eq!(c.potential, u64::MAX);
        c.saturated(Quantity::Rate, 2);
        assert_eq!(c.first_saturated(), Some(Quantity::Rate));
        assert_eq!(c.saturations(), u64::MAX);
        c.updated(10, 3);
        assert_eq!((c.updates, c.lost), (10, 3));
        assert_eq!(Counters::from_words(c.words()), c);
    }
}
