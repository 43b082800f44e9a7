//! The image that learns what it feels: an accelerometer, two buttons that say which of two postures this
//! is, and two lights for what the network takes it for.
//!
//! While one button is held the network learns what it feels, a hundred times a second. When it is let go the
//! board keeps a checkpoint, from which it starts after a reset. Both buttons held at the start forget
//! everything.

use core::ops::Range;

use apical_app::actuator::Leds;
use apical_app::digits;
use apical_app::sensor::Acceleration;
use apical_app::sensor::accelerometer::lis3dh::{Lis3dh, SlaveAddr};
use apical_app::teacher::{Buttons, Pressed, Targets};
use apical_app::{Arena, Reflex, Store, Trainer};
use apical_core::microcircuit::{Initial, Layer, LayerSpecification, LearningRates, Specification};
use apical_core::rule::argmax;
use apical_link::Configuration;
use defmt::{error, info, warn};
use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{InputPin, OutputPin};
use embedded_hal::i2c::I2c;
use embedded_storage::nor_flash::NorFlash;
use static_cell::ConstStaticCell;

use crate::Precision;

/// Axes of acceleration.
const AXES: usize = 3;
/// Postures, each with a button and a light.
pub const POSTURES: usize = 2;

/// Strong feedback, as in the paper's small networks, and rates at which a second's lesson counts.
const LAYER: LayerSpecification = LayerSpecification {
    leak: 0.1,
    basal: 1.0,
    dendritic: 1.0,
    apical: 0.8,
    somatic: 0.8,
    rates: LearningRates {
        up: 2.0,
        bias: 2.0,
        ip: 2.0,
        ip_bias: 2.0,
        ..LearningRates::FROZEN
    },
};

/// Three axes, eight hidden neurons and an output a posture.
pub const SPECIFICATION: Specification<'static> = Specification {
    sizes: &[AXES, 8, POSTURES],
    layers: &[LAYER; 2],
    ..digits::SPECIFICATION
};

/// Gravity is a quarter of an axis' range and less: weights wide enough to tell such rates apart.
const INITIAL: Initial = Initial {
    up: (-4.0, 4.0),
    ..digits::initial(SPECIFICATION.seed)
};

/// Milliseconds between two looks at the sensor.
const PERIOD: u32 = 10;
/// Milliseconds until an accelerometer that did not answer is asked again.
const AGAIN: u32 = 1000;

static ARENA: ConstStaticCell<apical_app::arena!(Precision, SPECIFICATION)> =
    ConstStaticCell::new(Arena::new());

/// The parts that a board hands over. Buttons are to ground, lights are on when their pins are high.
#[derive(Debug)]
pub struct Parts<I, B, L, D> {
    /// The bus with the LIS3DH, whose pin SA0 is low.
    pub i2c: I,
    /// A button a posture.
    pub buttons: [B; POSTURES],
    /// A light a posture.
    pub lights: [L; POSTURES],
    /// What waits.
    pub delay: D,
}

/// Lives, with checkpoints in the bytes `checkpoints` of a flash. Says so and returns where the flash has no
/// place for them; does nothing when it is called again.
pub fn live<F, I, B, L, D>(flash: F, checkpoints: Range<u32>, parts: Parts<I, B, L, D>)
where
    F: NorFlash,
    I: I2c,
    B: InputPin,
    L: OutputPin,
    D: DelayNs,
{
    let Some(arena) = ARENA.try_take() else {
        return;
    };
    let mut store = match Store::new(flash, checkpoints) {
        Ok(store) => store,
        Err(error) => {
            error!("no place for checkpoints: {}", error);
            return;
        }
    };
    let Parts {
        mut i2c,
        mut buttons,
        lights,
        mut delay,
    } = parts;
    if buttons.iter_mut().all(|pin| pin.is_low().unwrap_or(false)) {
        match store.erase() {
            Ok(()) => info!("both buttons held: the checkpoints are erased"),
            Err(error) => warn!("the checkpoints cannot be erased: {}", error),
        }
    }
    let (Some(mut configuration), Some(targets)) = (
        Configuration::new(&SPECIFICATION, &INITIAL),
        Targets::new(&SPECIFICATION.activation, digits::LOW, digits::HIGH),
    ) else {
        error!("the network does not fit a configuration");
        return;
    };
    let mut layers = [LAYER; 2].map(|_| Layer::<Precision>::default());
    let lent = arena.lend();
    let mut trainer = match apical_app::start(&mut store, &mut configuration, &mut layers, lent) {
        Ok((trainer, _)) => trainer,
        Err(error) => {
            error!("there is no network: {}", error);
            return;
        }
    };
    while Lis3dh::new_i2c(&mut i2c, SlaveAddr::Default).is_err() {
        warn!("no LIS3DH at 0x18");
        delay.delay_ms(AGAIN);
    }
    let Ok(driver) = Lis3dh::new_i2c(i2c, SlaveAddr::Default) else {
        return;
    };
    let mut reflex = Reflex::<Precision, _, _, _, AXES, POSTURES>::new(
        Acceleration::new(driver),
        Buttons::new(buttons, Pressed::Low),
        Leds::new(lights),
        targets,
    );
    let (mut taught, mut shown, mut well) = (None, None, true);
    loop {
        match reflex.tick(&mut trainer) {
            Ok(class) => {
                if let (Some(posture), None) = (taught, class) {
                    say(posture, &trainer);
                    if let Err(error) = store.save(&configuration, &trainer) {
                        warn!("no checkpoint: {}", error);
                    }
                }
                let best = argmax(trainer.output());
                if shown != Some(best) {
                    info!("posture {=usize}", best);
                }
                (taught, shown, well) = (class, Some(best), true);
            }
            // Once, and not a hundred times a second.
            Err(_) if well => {
                warn!("a part does not answer");
                well = false;
            }
            Err(_) => {}
        }
        delay.delay_ms(PERIOD);
    }
}

fn say(posture: usize, trainer: &Trainer<'_, Precision>) {
    info!(
        "posture {=usize} was taught: step {=u64}, digest {=u64:016x}",
        posture,
        trainer.clock().step,
        trainer.digest()
    );
}
