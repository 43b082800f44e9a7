//! What the network is told: target rates as potentials, and buttons that name the right answer.

use apical_core::{Activation, Number, Precision};
use embedded_hal::digital::InputPin;

/// The potentials that a wrong and the right output are nudged towards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Targets<P: Precision> {
    low: P::Potential,
    high: P::Potential,
}

impl<P: Precision> Targets<P> {
    /// The potentials of two rates; `None` when the activation never has such a rate.
    pub fn new(activation: &Activation, low: f64, high: f64) -> Option<Self> {
        let potential = |rate| activation.inverse(rate).map(P::Potential::from_f64);
        Some(Self {
            low: potential(low)?,
            high: potential(high)?,
        })
    }

    /// The teacher of a class among `N`.
    pub fn of_class<const N: usize>(&self, class: usize) -> [P::Potential; N] {
        core::array::from_fn(|j| self.of(j == class))
    }

    /// The teacher of one output.
    pub const fn of(&self, right: bool) -> P::Potential {
        if right { self.high } else { self.low }
    }
}

/// Which level of a pin means that its button is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Pressed {
    /// A button to ground, with a pull-up.
    Low,
    /// A button to the supply, with a pull-down.
    High,
}

/// `N` buttons, one a class.
#[derive(Debug)]
pub struct Buttons<B, const N: usize> {
    pins: [B; N],
    pressed: Pressed,
}

impl<B: InputPin, const N: usize> Buttons<B, N> {
    /// Listens to these pins.
    pub const fn new(pins: [B; N], pressed: Pressed) -> Self {
        Self { pins, pressed }
    }

    /// The class whose button is pressed. With none or several pressed nobody teaches.
    ///
    /// # Errors
    /// When a pin cannot be read.
    pub fn class(&mut self) -> Result<Option<usize>, B::Error> {
        let (mut class, mut count) = (None, 0);
        for (j, pin) in self.pins.iter_mut().enumerate() {
            let down = match self.pressed {
                Pressed::Low => pin.is_low()?,
                Pressed::High => pin.is_high()?,
            };
            if down {
                class = Some(j);
                count += 1;
            }
        }
        Ok(class.filter(|_| count == 1))
    }
}
