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

use apical_core::shape::Storage;
use apical_core::{Number, Precision};

/// The type of the [`Arena`] for a precision and a constant specification; or, after the word `storage`,
/// constant [`Storage`] that is enough for several.
#[macro_export]
macro_rules! arena {
    ($precision:ty, storage $storage:expr) => {
        $crate::Arena<
            $precision,
            { $storage.weights },
            { $storage.traces },
            { $storage.potentials },
            { $storage.rates },
        >
    };
    ($precision:ty, $specification:expr) => {
        $crate::arena!($precision, storage $specification.storage())
    };
}

/// Words from an address that is a multiple of 4: kernels that load two at a time like it.
#[derive(Clone, Debug, Default)]
#[repr(align(4))]
pub struct Aligned<T>(pub T);

/// Words for weights `W`, traces `T`, potentials `U` and rates `R`. [`arena!`](crate::arena!) counts them.
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
