//! What changes in a run: weights and activity, and the bytes of a checkpoint.

use super::Circuit;
use apical_core::microcircuit::Initial;
use apical_core::rule::{Activity, Clock, Rule};
use apical_core::shape::Storage;
use apical_core::{Number, Precision};

/// Weights and one activity, owned.
#[derive(Debug, Clone)]
pub struct Memory<P: Precision> {
    /// Weights and biases.
    pub weights: Vec<P::Weight>,
    /// Potentials and errors.
    pub potentials: Vec<P::Potential>,
    /// Rates.
    pub rates: Vec<P::Rate>,
    /// Low-pass filtered plasticity.
    pub traces: Vec<P::Trace>,
    /// Time.
    pub clock: Clock,
}

impl<P: Precision> Memory<P> {
    /// All zeros.
    pub fn new(storage: Storage) -> Self {
        Self {
            weights: vec![P::Weight::ZERO; storage.weights],
            potentials: vec![P::Potential::ZERO; storage.potentials],
            rates: vec![P::Rate::ZERO; storage.rates],
            traces: vec![P::Trace::ZERO; storage.traces],
            clock: Clock::default(),
        }
    }

    /// Zeros, and weights as drawn.
    pub fn initial(circuit: &Circuit<'_, P>, initial: &Initial) -> Self {
        let mut memory = Self::new(circuit.storage());
        circuit.initialise(&mut memory.weights, initial);
        memory
    }

    /// Weights and activity as the core takes them. The clock is a copy: give it back.
    pub fn parts(&mut self) -> (&mut [P::Weight], Activity<'_, P>) {
        let activity = Activity {
            potentials: &mut self.potentials,
            rates: &mut self.rates,
            traces: &mut self.traces,
            clock: self.clock,
        };
        (&mut self.weights, activity)
    }

    /// The digest of weights, activity and clock.
    pub fn digest(&mut self) -> u64 {
        let (weights, activity) = self.parts();
        apical_core::rule::digest(weights, &activity)
    }

    /// The state as bytes: little-endian words of each format, weights first, then the clock.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        words_to_bytes(&self.weights, &mut bytes);
        words_to_bytes(&self.traces, &mut bytes);
        words_to_bytes(&self.potentials, &mut bytes);
        words_to_bytes(&self.rates, &mut bytes);
        bytes.extend(self.clock.step.to_le_bytes());
        bytes.extend(self.clock.since_switch.to_le_bytes());
        bytes
    }

    /// Puts back what [`to_bytes`](Self::to_bytes) gave; `None` when the length is another one.
    pub fn restore(&mut self, mut bytes: &[u8]) -> Option<()> {
        let rest = &mut bytes;
        let weights = bytes_to_words(self.weights.len(), rest)?;
        let traces = bytes_to_words(self.traces.len(), rest)?;
        let potentials = bytes_to_words(self.potentials.len(), rest)?;
        let rates = bytes_to_words(self.rates.len(), rest)?;
        let step = u64::from_le_bytes(*rest.split_off(..8)?.first_chunk()?);
        let since_switch = u32::from_le_bytes(*rest.split_off(..4)?.first_chunk()?);
        if !rest.is_empty() {
            return None;
        }
        *self = Self {
            weights,
            potentials,
            rates,
            traces,
            clock: Clock { step, since_switch },
        };
        Some(())
    }
}

fn words_to_bytes<T: Number>(words: &[T], bytes: &mut Vec<u8>) {
    for word in words {
        bytes.extend(&word.to_bits().to_le_bytes()[..T::BYTES]);
    }
}

fn bytes_to_words<T: Number>(count: usize, rest: &mut &[u8]) -> Option<Vec<T>> {
    let bytes = rest.split_off(..count.checked_mul(T::BYTES)?)?;
    let word = |chunk: &[u8]| {
        let mut bits = [0; 8];
        bits[..chunk.len()].copy_from_slice(chunk);
        T::from_bits(u64::from_le_bytes(bits))
    };
    Some(bytes.chunks_exact(T::BYTES).map(word).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::network::Blueprint;
    use apical_core::I16;

    #[test]
    fn state_goes_through_bytes() {
        let config = Config::default();
        let blueprint = Blueprint::new(&config, 3);
        let mut layers = blueprint.layers::<I16>();
        let circuit = blueprint.build(&mut layers).unwrap();
        let mut memory = Memory::initial(&circuit, blueprint.initial());
        memory.clock.step = 77;
        let bytes = memory.to_bytes();
        let mut other = Memory::<I16>::new(circuit.storage());
        assert!(other.restore(&bytes[1..]).is_none());
        other.restore(&bytes).unwrap();
        assert_eq!(other.digest(), memory.digest());
        assert_eq!(circuit.storage().bytes::<I16>() + 12, bytes.len());
    }
}
