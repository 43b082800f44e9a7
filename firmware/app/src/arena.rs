//! The storage of a network: static, sized at compile time, in RAM that is zero at start.
//!
//! A board names the network and the precision, and its build fails if they do not fit:
//!
//! ```
//! use apical_app::{arena, digits};
//! use apical_core::I16;
//!
//! type Arena = arena!(I16, digits::SPECIFICATION);
//! const _: () = assert!(Arena::BYTES <= 10 * 1024, "the network does not fit this part's RAM");
//! // On a board, in a static: ConstStaticCell<Arena> of the crate static_cell hands it out once.
//! let mut arena = Arena::new();
//! let memory = arena.lend();
//! # let _ = memory;
//! ```

use apical_core::microcircuit::{Feedback, Interneurons, Mode, Specification};
use apical_core::shape::Storage;
use apical_core::{Number, Precision};

/// Words of storage that the network of a specification needs, before there is a network.
///
/// It is `Rule::storage` of the network that is built, at compile time; a test holds the two
/// together. A shape that cannot be built needs nothing.
pub const fn storage(specification: &Specification<'_>) -> Storage {
    let s = specification;
    let bias = if s.bias { 1 } else { 0 };
    let down = if matches!(s.feedback, Feedback::Transposed) {
        0
    } else {
        1
    };
    let (ip, pi) = match s.interneurons {
        Interneurons::Learned => (1, 1),
        Interneurons::Mirrored => (1, 0),
        Interneurons::Tied => (0, 0),
    };
    let (mut weights, mut pyramidal) = (0, 0);
    let mut k = 1;
    while k < s.sizes.len() {
        let (below, size) = (s.sizes[k - 1], s.sizes[k]);
        let above = if k + 1 < s.sizes.len() {
            s.sizes[k + 1]
        } else {
            0
        };
        // Bottom-up, top-down, to the interneurons, and from them.
        weights += size * (below + bias) + down * size * above;
        weights += ip * above * (size + bias) + pi * size * above;
        pyramidal += size;
        k += 1;
    }
    if s.sizes.len() < 2 {
        return Storage {
            weights: 0,
            traces: 0,
            potentials: 0,
            rates: 0,
        };
    }
    let (input, first, output) = (s.sizes[0], s.sizes[1], s.sizes[s.sizes.len() - 1]);
    let neurons = pyramidal + pyramidal - first;
    let hidden = pyramidal - output;
    let full = matches!(s.mode, Mode::Full);
    // What top-down weights learn from, and errors as rates.
    let (inverse, errors) = match s.feedback {
        Feedback::Fixed | Feedback::Transposed => (0, 0),
        Feedback::Learned => (hidden, 0),
        Feedback::KolenPollack => (hidden, pyramidal),
        // And the rates' low-pass.
        Feedback::PhaselessAlignment => (hidden + pyramidal, pyramidal),
    };
    Storage {
        weights,
        traces: if full && s.tau_weights != 0.0 {
            weights
        } else {
            0
        },
        potentials: input + 4 * neurons + 2 * hidden + inverse,
        rates: input + neurons + if full { 0 } else { pyramidal } + errors,
    }
}

/// The type of the [`Arena`] for a precision and a constant specification.
#[macro_export]
macro_rules! arena {
    ($precision:ty, $specification:expr) => {
        $crate::Arena<
            $precision,
            { $crate::storage(&$specification).weights },
            { $crate::storage(&$specification).traces },
            { $crate::storage(&$specification).potentials },
            { $crate::storage(&$specification).rates },
        >
    };
}

/// Words from an address that is a multiple of 4: kernels that load two at a time like it.
#[derive(Clone, Debug, Default)]
#[repr(align(4))]
pub struct Aligned<T>(pub T);

/// Words for weights `W`, traces `T`, potentials `U` and rates `R`. [`arena!`] counts them.
#[derive(Clone, Debug)]
pub struct Arena<P: Precision, const W: usize, const T: usize, const U: usize, const R: usize> {
    weights: Aligned<[P::Weight; W]>,
    traces: Aligned<[P::Trace; T]>,
    potentials: Aligned<[P::Potential; U]>,
    rates: Aligned<[P::Rate; R]>,
}

impl<P: Precision, const W: usize, const T: usize, const U: usize, const R: usize>
    Arena<P, W, T, U, R>
{
    /// Bytes of RAM, for an assertion at compile time.
    pub const BYTES: usize = size_of::<Self>();

    /// All zeros: a static of it costs no flash.
    pub const fn new() -> Self {
        Self {
            weights: Aligned([P::Weight::ZERO; W]),
            traces: Aligned([P::Trace::ZERO; T]),
            potentials: Aligned([P::Potential::ZERO; U]),
            rates: Aligned([P::Rate::ZERO; R]),
        }
    }

    /// The storage, for one [`Trainer`](crate::Trainer) at a time.
    pub const fn lend(&mut self) -> Memory<'_, P> {
        Memory {
            weights: &mut self.weights.0,
            traces: &mut self.traces.0,
            potentials: &mut self.potentials.0,
            rates: &mut self.rates.0,
        }
    }
}

impl<P: Precision, const W: usize, const T: usize, const U: usize, const R: usize> Default
    for Arena<P, W, T, U, R>
{
    fn default() -> Self {
        Self::new()
    }
}

/// Storage lent to a trainer: an [`Arena`]'s, or slices of any other origin.
#[derive(Debug)]
pub struct Memory<'a, P: Precision> {
    /// Weights and biases.
    pub weights: &'a mut [P::Weight],
    /// Low-pass filtered plasticity.
    pub traces: &'a mut [P::Trace],
    /// Potentials and errors.
    pub potentials: &'a mut [P::Potential],
    /// Rates.
    pub rates: &'a mut [P::Rate],
}

impl<P: Precision> Memory<'_, P> {
    /// How many words there are.
    pub const fn capacity(&self) -> Storage {
        Storage {
            weights: self.weights.len(),
            traces: self.traces.len(),
            potentials: self.potentials.len(),
            rates: self.rates.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use apical_core::I16;
    use apical_core::microcircuit::{Layer, LayerSpecification, Microcircuit};
    use apical_core::rule::Rule;

    #[test]
    fn counted_before_as_it_is_built_after() {
        let layers = [LayerSpecification::default(); 3];
        let mut built = 0;
        for sizes in [&[3, 2][..], &[5, 4, 3], &[4, 7, 1, 6]] {
            for choice in 0..180 {
                let specification = Specification {
                    sizes,
                    layers: &layers[..sizes.len() - 1],
                    mode: [Mode::Full, Mode::TwoStep][choice % 2],
                    bias: choice / 2 % 2 == 0,
                    feedback: [
                        Feedback::Fixed,
                        Feedback::Transposed,
                        Feedback::Learned,
                        Feedback::KolenPollack,
                        Feedback::PhaselessAlignment,
                    ][choice / 4 % 5],
                    interneurons: [
                        Interneurons::Learned,
                        Interneurons::Mirrored,
                        Interneurons::Tied,
                    ][choice / 20 % 3],
                    tau_weights: [0.0, 30.0, 30.0][choice / 60],
                    ..Specification::default()
                };
                let mut room: [Layer<I16>; 3] = core::array::from_fn(|_| Layer::default());
                let Ok(network) = Microcircuit::new(&specification, &mut room) else {
                    continue;
                };
                assert_eq!(
                    storage(&specification),
                    network.storage(),
                    "{specification:?}"
                );
                built += 1;
            }
        }
        assert!(built > 100, "{built}");
        assert_eq!(storage(&Specification::default()), Storage::default());
    }
}
