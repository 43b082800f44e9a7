//! The default task: a microcircuit 64-32-10 learns the 8x8 digits out of flash.
//!
//! It is `apical train` with `network.layers = [64, 32, 10]` and every other key at its default:
//! the same split, the same order, the same random numbers, hence the same digest after every
//! sample. A board and a desktop that call [`Digits::learn_next`] do not know of each other and
//! agree in every bit.

mod table;

pub use table::{CLASSES, Digit, PIXELS, TEST, TRAIN, test, train};

use apical_core::microcircuit::{
    Feedback, Initial, LayerSpecification, LearningRates, Mode, Specification,
};
use apical_core::random::{Key, shuffle, stream};
use apical_core::rule::argmax;
use apical_core::shape::Storage;
use apical_core::{Activation, Number, Precision};

use crate::teacher::Targets;
use crate::trainer::Trainer;

/// Neurons of each layer, the input first.
pub const SIZES: [usize; 3] = [PIXELS, 32, CLASSES];

/// The rate that a wrong class is taught.
pub const LOW: f64 = 0.1;
/// The rate that the right class is taught.
pub const HIGH: f64 = 0.8;

/// A conductance whose share among itself and a basal conductance of one is lambda.
const fn odds(lambda: f64) -> f64 {
    lambda / (1.0 - lambda)
}

const APICAL: f64 = odds(0.3);
const SOMATIC: f64 = odds(0.1);
/// The output's learning rate.
const UP: f64 = 0.25;
/// The hidden layer's: its error comes down multiplied by this share, which the rate undoes.
const UP_HIDDEN: f64 = UP / (APICAL / (0.0 + 1.0 + APICAL));
/// The interneurons', matched to the output's rate divided by their own mixing factor.
const IP: f64 = 2.5;

const OUTPUT: LayerSpecification = LayerSpecification {
    leak: 0.0,
    basal: 1.0,
    dendritic: SOMATIC / odds(0.1),
    apical: 0.0,
    somatic: SOMATIC,
    rates: LearningRates {
        up: UP,
        bias: UP,
        ..LearningRates::FROZEN
    },
};

const HIDDEN: LayerSpecification = LayerSpecification {
    apical: APICAL,
    rates: LearningRates {
        up: UP_HIDDEN,
        bias: UP_HIDDEN,
        ip: IP,
        ip_bias: IP,
        ..LearningRates::FROZEN
    },
    ..OUTPUT
};

/// Conductances and learning rates of the layers above the input.
pub const LAYERS: [LayerSpecification; 2] = [HIDDEN, OUTPUT];

/// The network with seed 1.
pub const SPECIFICATION: Specification<'static> = specification(1);

/// As much storage as any network of these sizes can need: what a board lends that takes every mode and
/// every rule for top-down weights, such as the images for emulated cores.
pub const LARGEST: Storage = {
    let two_step = Specification {
        feedback: Feedback::PhaselessAlignment,
        ..SPECIFICATION
    };
    let full = Specification {
        mode: Mode::Full,
        tau_weights: 30.0,
        ..two_step
    };
    two_step.storage().or(full.storage())
};

/// The network with a seed.
pub const fn specification(seed: u64) -> Specification<'static> {
    Specification {
        sizes: &SIZES,
        layers: &LAYERS,
        mode: Mode::TwoStep,
        bias: true,
        tau_weights: 0.0,
        seed,
        ..Specification::DEFAULT
    }
}

/// How the weights begin with a seed.
pub const fn initial(seed: u64) -> Initial {
    Initial {
        up: (-0.5, 0.5),
        bias: (0.0, 0.0),
        down: (-1.0, 1.0),
        ip: (-0.1, 0.1),
        pi: (-0.1, 0.1),
        self_predicting: true,
        seed,
    }
}

/// How many digits were recognised.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Score {
    /// Digits whose class had the first of the largest rates.
    pub right: u32,
    /// Digits that were shown.
    pub shown: u32,
    /// Squared distance of the output's rates to their targets, summed over neurons and digits.
    pub loss: f64,
}

impl Score {
    /// Recognised digits in a thousand: an accuracy to log without a float.
    pub fn per_mille(&self) -> u32 {
        (self.right * 1000).checked_div(self.shown).unwrap_or(0)
    }
}

/// The task in the words of a precision, and the order of the current epoch.
#[derive(Clone, Debug)]
pub struct Digits<P: Precision> {
    /// The rate of each pixel value.
    rates: [P::Rate; table::LEVELS],
    /// What a wrong and the right class are taught; the logistic has both rates.
    targets: Option<Targets<P>>,
    /// Training digits in the order of `epoch`, by number.
    order: [u16; TRAIN],
    /// The seed and the epoch that the order belongs to; epochs count from 1.
    ordered: Option<(u64, u64)>,
}

impl<P: Precision> Default for Digits<P> {
    fn default() -> Self {
        Self::new()
    }
}

impl<P: Precision> Digits<P> {
    /// The task. A few kB for the order of the epoch: better in a static than on the stack.
    pub fn new() -> Self {
        let largest = (table::LEVELS - 1) as f64;
        Self {
            rates: core::array::from_fn(|level| P::Rate::from_f64(level as f64 / largest)),
            targets: Targets::new(&Activation::Logistic, LOW, HIGH),
            order: [0; TRAIN],
            ordered: None,
        }
    }

    /// The rates of a digit's pixels.
    pub fn input(&self, digit: Digit) -> [P::Rate; PIXELS] {
        digit.pixels().map(|pixel| {
            self.rates
                .get(usize::from(pixel))
                .copied()
                .unwrap_or_default()
        })
    }

    /// The potentials that the output is nudged towards for a class.
    pub fn teacher(&self, class: usize) -> [P::Potential; CLASSES] {
        let none = || [P::Potential::ZERO; CLASSES];
        self.targets
            .map_or_else(none, |targets| targets.of_class(class))
    }

    /// The training digit whose turn it is after so many samples, in the order of `seed`.
    pub fn sample(&mut self, seed: u64, samples: u64) -> Option<Digit> {
        let (epoch, position) = (samples / TRAIN as u64 + 1, samples % TRAIN as u64);
        if self.ordered != Some((seed, epoch)) {
            for (number, slot) in (0..).zip(&mut self.order) {
                *slot = number;
            }
            shuffle(&mut self.order, Key::new(seed, epoch, stream::SHUFFLE));
            self.ordered = Some((seed, epoch));
        }
        train(usize::from(*self.order.get(position as usize)?))
    }

    /// Learns the digit whose turn it is; whether it was recognised meanwhile. A network that does
    /// not have the inputs and outputs of this task, as a desktop may configure, is left alone.
    ///
    /// The turn is the clock's step, one a sample: a trainer that was put back from a checkpoint
    /// goes on where it was.
    pub fn learn_next(&mut self, trainer: &mut Trainer<'_, P>) -> bool {
        if trainer.network().input_size() != PIXELS || trainer.output_size() != CLASSES {
            return false;
        }
        let Some(digit) = self.sample(trainer.network().seed(), trainer.clock().step) else {
            return false;
        };
        trainer.switch();
        trainer.learn(&self.input(digit), Some(&self.teacher(digit.class())));
        argmax(trainer.output()) == digit.class()
    }

    /// Shows test digits, the first `count` of them, without teacher and without learning.
    ///
    /// Weights, clock and counters are afterwards what they were. Potentials and rates are those
    /// of the last digit; in two-step mode the next step begins with none of them.
    pub fn evaluate(&self, trainer: &mut Trainer<'_, P>, count: usize) -> Score {
        let clock = trainer.clock();
        let counters = *trainer.counters();
        let mut score = Score::default();
        for digit in (0..count).map_while(test) {
            trainer.switch();
            trainer.step(&self.input(digit), None);
            score.shown += 1;
            score.right += u32::from(argmax(trainer.output()) == digit.class());
            score.loss += loss::<P>(trainer.output(), digit.class());
        }
        trainer.set_clock(clock);
        trainer.set_counters(counters);
        score
    }
}

/// Squared distance of the output's rates to their targets.
fn loss<P: Precision>(output: &[P::Rate], class: usize) -> f64 {
    output.iter().enumerate().fold(0.0, |loss, (j, rate)| {
        let distance = rate.to_f64() - if j == class { HIGH } else { LOW };
        loss + distance * distance
    })
}
