//! The loop of a board in the world: feel, be taught, learn, act.

use apical_core::Precision;
use embedded_hal::digital::InputPin;

use crate::actuator::Actuator;
use crate::sensor::Sensor;
use crate::teacher::{Buttons, Targets};
use crate::trainer::Trainer;

/// Which part of the loop failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ReflexError<S, B, A> {
    /// The sensor.
    Sensor(S),
    /// The buttons.
    Teacher(B),
    /// The actuator.
    Actuator(A),
}

/// What one turn of the loop comes to: the class that was taught, if a button was pressed.
pub type Turn<S, B, A> = Result<Option<usize>, ReflexError<S, B, A>>;

/// A sensor, buttons and an actuator around a network of `I` inputs and `O` outputs.
///
/// What was felt when a class was last taught is rehearsed while another one is: a hand teaches one class for
/// hundreds of steps, and by itself each lesson would undo the one before it.
#[derive(Debug)]
pub struct Reflex<P: Precision, S, B, A, const I: usize, const O: usize> {
    sensor: S,
    buttons: Buttons<B, O>,
    actuator: A,
    targets: Targets<P>,
    input: [P::Rate; I],
    /// What was felt when each class was last taught, since the start.
    examples: [Option<[P::Rate; I]>; O],
}

impl<P, S, B, A, const I: usize, const O: usize> Reflex<P, S, B, A, I, O>
where
    P: Precision,
    S: Sensor<P>,
    B: InputPin,
    A: Actuator<P>,
{
    /// Wires the parts together.
    pub fn new(sensor: S, buttons: Buttons<B, O>, actuator: A, targets: Targets<P>) -> Self {
        let input = core::array::from_fn(|_| P::Rate::default());
        Self {
            sensor,
            buttons,
            actuator,
            targets,
            input,
            examples: [None; O],
        }
    }

    /// Once around. With a teacher it learns the examples of the other classes and then what it feels: a
    /// step each. Without one the network steps and does not learn.
    ///
    /// # Errors
    /// When a part fails. A failing sensor or button stops it before the network has stepped.
    pub fn tick(&mut self, trainer: &mut Trainer<'_, P>) -> Turn<S::Error, B::Error, A::Error> {
        self.sensor
            .sense(&mut self.input)
            .map_err(ReflexError::Sensor)?;
        let class = self.buttons.class().map_err(ReflexError::Teacher)?;
        match class {
            Some(class) => {
                self.rehearse(class, trainer);
                let teacher: [P::Potential; O] = self.targets.of_class(class);
                trainer.learn(&self.input, Some(&teacher));
                if let Some(example) = self.examples.get_mut(class) {
                    *example = Some(self.input);
                }
            }
            None => trainer.step(&self.input, None),
        }
        self.actuator
            .act(trainer.output())
            .map_err(ReflexError::Actuator)?;
        Ok(class)
    }
    /// Learns the examples of every class but this one.
    fn rehearse(&self, class: usize, trainer: &mut Trainer<'_, P>) {
        for (other, example) in self.examples.iter().enumerate() {
            if let Some(example) = example.as_ref().filter(|_| other != class) {
                let teacher: [P::Potential; O] = self.targets.of_class(other);
                trainer.learn(example, Some(&teacher));
            }
        }
    }
}
