//! What the network does: output rates on LEDs and PWM channels.

use apical_core::rule::argmax;
use apical_core::{Number, Precision};
use embedded_hal::digital::OutputPin;
use embedded_hal::pwm::SetDutyCycle;

/// Something that shows the output.
pub trait Actuator<P: Precision> {
    /// What can go wrong.
    type Error;

    /// Shows these rates.
    ///
    /// # Errors
    /// When a pin or a channel cannot be set.
    fn act(&mut self, rates: &[P::Rate]) -> Result<(), Self::Error>;
}

impl<P: Precision, A: Actuator<P> + ?Sized> Actuator<P> for &mut A {
    type Error = A::Error;

    fn act(&mut self, rates: &[P::Rate]) -> Result<(), A::Error> {
        (**self).act(rates)
    }
}

/// `N` LEDs, one a class: that of the first of the largest rates is lit.
#[derive(Debug)]
pub struct Leds<L, const N: usize> {
    pins: [L; N],
}

impl<L: OutputPin, const N: usize> Leds<L, N> {
    /// Lights LEDs that are lit by a high level.
    pub const fn new(pins: [L; N]) -> Self {
        Self { pins }
    }
}

impl<P: Precision, L: OutputPin, const N: usize> Actuator<P> for Leds<L, N> {
    type Error = L::Error;

    fn act(&mut self, rates: &[P::Rate]) -> Result<(), L::Error> {
        let best = argmax(rates);
        for (j, pin) in self.pins.iter_mut().enumerate() {
            pin.set_state((j == best && !rates.is_empty()).into())?;
        }
        Ok(())
    }
}

/// `N` PWM channels, one an output: the duty cycle is the rate, from 0 to 1.
#[derive(Debug)]
pub struct Pwm<M, const N: usize> {
    channels: [M; N],
}

impl<M: SetDutyCycle, const N: usize> Pwm<M, N> {
    /// Drives these channels, which are enabled.
    pub const fn new(channels: [M; N]) -> Self {
        Self { channels }
    }
}

impl<P: Precision, M: SetDutyCycle, const N: usize> Actuator<P> for Pwm<M, N> {
    type Error = M::Error;

    fn act(&mut self, rates: &[P::Rate]) -> Result<(), M::Error> {
        for (channel, rate) in self.channels.iter_mut().zip(rates) {
            let largest = channel.max_duty_cycle();
            // The cast ends at 0 and at the largest duty for rates beyond 0 and 1.
            let duty = (rate.to_f64() * f64::from(largest) + 0.5) as u16;
            channel.set_duty_cycle(duty.min(largest))?;
        }
        Ok(())
    }
}
