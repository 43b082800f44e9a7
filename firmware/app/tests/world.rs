//! Sensors, buttons, LEDs and PWM on mocked buses and pins.

use apical_app::actuator::{Actuator, Leds, Pwm};
use apical_app::sensor::accelerometer::lis3dh::{Lis3dh, SlaveAddr};
use apical_app::sensor::{Acceleration, Analogue, AnalogueSample, Sensor};
use apical_app::teacher::{Buttons, Pressed, Targets};
use apical_app::{Reflex, ReflexError, Trainer};
use apical_core::microcircuit::{
    Initial, Layer, LayerSpecification, LearningRates, Mode, Specification,
};
use apical_core::{Activation, I16, Number, Precision};
use embedded_hal_mock::eh1::digital::{Mock as Pin, State, Transaction as PinUse};
use embedded_hal_mock::eh1::i2c::{Mock as I2c, Transaction as I2cUse};
use embedded_hal_mock::eh1::pwm::{Mock as Channel, Transaction as PwmUse};

type Rate = <I16 as Precision>::Rate;
type Weight = <I16 as Precision>::Weight;
type Potential = <I16 as Precision>::Potential;

const ADDRESS: u8 = 0x18;

/// What the driver writes and reads when it is set up with its default configuration.
fn set_up() -> Vec<I2cUse> {
    let read = |register, value| I2cUse::write_read(ADDRESS, vec![register], vec![value]);
    let write = |register, value| I2cUse::write(ADDRESS, vec![register, value]);
    vec![
        read(0x0F, 0x33),
        write(0x23, 0x80),
        read(0x20, 0x07),
        write(0x20, 0x07),
        read(0x23, 0x80),
        write(0x23, 0x88),
        read(0x20, 0x07),
        write(0x20, 0x77),
        read(0x20, 0x77),
        write(0x20, 0x77),
        read(0x1F, 0x00),
        write(0x1F, 0x80),
    ]
}

fn acceleration(bytes: [u8; 6]) -> I2cUse {
    I2cUse::write_read(ADDRESS, vec![0x28 | 0x80], bytes.to_vec())
}

#[test]
fn acceleration_is_felt_as_rates() {
    let mut uses = set_up();
    uses.push(acceleration([0, 0, 0, 0x80, 0xF0, 0x7F]));
    let mut i2c = I2c::new(&uses);
    let driver = Lis3dh::new_i2c(i2c.clone(), SlaveAddr::Default).unwrap();
    let mut rates = [Rate::ZERO; 4];
    Sensor::<I16>::sense(&mut Acceleration::new(driver), &mut rates).unwrap();
    let near = 1.0 - 16.0 / 65536.0;
    assert_eq!(rates, [0.5, 0.0, near, 0.0].map(Rate::from_f64));
    i2c.done();
}

#[test]
fn a_bus_that_does_not_answer_is_an_error() {
    let mut uses = set_up();
    let error = embedded_hal::i2c::ErrorKind::Bus;
    uses.push(acceleration([0; 6]).with_error(error));
    let mut i2c = I2c::new(&uses);
    let driver = Lis3dh::new_i2c(i2c.clone(), SlaveAddr::Default).unwrap();
    let mut rates = [Rate::from_f64(0.25); 3];
    assert!(Sensor::<I16>::sense(&mut Acceleration::new(driver), &mut rates).is_err());
    assert_eq!(rates, [Rate::from_f64(0.25); 3]);
    i2c.done();
}

/// A converter of 12 bits that gives these samples.
struct Converter(Vec<u16>);

impl AnalogueSample for Converter {
    type Error = &'static str;
    const FULL: u16 = 4095;

    fn sample(&mut self) -> Result<u16, Self::Error> {
        self.0.pop().ok_or("no sample")
    }
}

#[test]
fn voltages_are_felt_as_rates() {
    let mut analogue = Analogue::new([
        Converter(vec![4095]),
        Converter(vec![0]),
        Converter(vec![9000]),
    ]);
    let mut rates = [Rate::ZERO; 3];
    Sensor::<I16>::sense(&mut analogue, &mut rates).unwrap();
    assert_eq!(rates, [1.0, 0.0, 1.0].map(Rate::from_f64));
    assert_eq!(
        Sensor::<I16>::sense(&mut analogue, &mut rates),
        Err("no sample")
    );
}

#[test]
fn one_pressed_button_names_the_class() {
    for (levels, class) in [
        ([State::High, State::Low], Some(1)),
        ([State::Low, State::High], Some(0)),
        ([State::Low, State::Low], None),
        ([State::High, State::High], None),
    ] {
        let mut pins = levels.map(|level| Pin::new(&[PinUse::get(level)]));
        assert_eq!(Buttons::new(pins.clone(), Pressed::Low).class(), Ok(class));
        for used in &mut pins {
            used.done();
        }
    }
}

#[test]
fn the_output_is_seen_on_leds_and_channels() {
    let rates = [0.2, 0.9, 1.5].map(Rate::from_f64);
    let mut pins = [State::Low, State::Low, State::High].map(|s| Pin::new(&[PinUse::set(s)]));
    Actuator::<I16>::act(&mut Leds::new(pins.clone()), &rates).unwrap();
    for used in &mut pins {
        used.done();
    }

    let mut channels = [20, 90, 100]
        .map(|duty| Channel::new(&[PwmUse::max_duty_cycle(100), PwmUse::set_duty_cycle(duty)]));
    Actuator::<I16>::act(&mut Pwm::new(channels.clone()), &rates).unwrap();
    for used in &mut channels {
        used.done();
    }
}

const LAYER: LayerSpecification = LayerSpecification {
    leak: 0.1,
    basal: 1.0,
    dendritic: 1.0,
    apical: 0.8,
    somatic: 0.8,
    rates: LearningRates {
        up: 1.0,
        bias: 1.0,
        down: 0.0,
        ip: 1.0,
        ip_bias: 1.0,
        pi: 0.0,
    },
};

/// Three axes, four hidden neurons, two postures.
fn specification() -> Specification<'static> {
    Specification {
        sizes: &[3, 4, 2],
        layers: &[LAYER; 2],
        mode: Mode::TwoStep,
        bias: true,
        tau_weights: 0.0,
        ..Specification::default()
    }
}

const POSTURES: [[u8; 6]; 2] = [[0, 0x70, 0, 0, 0, 0x90], [0, 0x90, 0, 0, 0, 0x70]];
const LESSONS: usize = 300;

/// Buttons that meet lessons in which their class is taught, and then two without a teacher.
fn buttons() -> [Pin; 2] {
    [0, 1].map(|class| {
        let pressed = (0..LESSONS + 2).map(|i| i < LESSONS && i % 2 == class);
        let level = |pressed| if pressed { State::Low } else { State::High };
        let uses: Vec<_> = pressed.map(|pressed| PinUse::get(level(pressed))).collect();
        Pin::new(&uses)
    })
}

/// LEDs that remember.
#[derive(Default)]
struct Lamps(Vec<usize>);

impl Actuator<I16> for Lamps {
    type Error = std::convert::Infallible;

    fn act(&mut self, rates: &[Rate]) -> Result<(), Self::Error> {
        self.0.push(apical_core::rule::argmax(rates));
        Ok(())
    }
}

#[test]
fn two_postures_are_learned_from_two_buttons() {
    let mut uses = set_up();
    uses.extend((0..LESSONS + 2).map(|i| acceleration(POSTURES[i % 2])));
    uses.push(acceleration([0; 6]).with_error(embedded_hal::i2c::ErrorKind::Bus));
    let mut i2c = I2c::new(&uses);
    let mut buttons = buttons();
    let mut lamps = Lamps::default();
    let mut layers = [Layer::default(); 2];
    let specification = specification();
    let mut weights = [Weight::ZERO; 64];
    let mut potentials = [Potential::ZERO; 128];
    let mut rates = [Rate::ZERO; 64];
    let memory = apical_app::Memory::<I16> {
        weights: &mut weights,
        traces: &mut [],
        potentials: &mut potentials,
        rates: &mut rates,
    };
    let mut trainer = Trainer::new(&specification, &mut layers, memory).unwrap();
    trainer.begin(&Initial::default());
    let driver = Lis3dh::new_i2c(i2c.clone(), SlaveAddr::Default).unwrap();
    let targets = Targets::new(&Activation::Logistic, 0.1, 0.8).unwrap();
    let mut reflex: Reflex<I16, _, _, _, 3, 2> = Reflex::new(
        Acceleration::new(driver),
        Buttons::new(buttons.clone(), Pressed::Low),
        &mut lamps,
        targets,
    );
    for lesson in 0..LESSONS {
        assert_eq!(reflex.tick(&mut trainer).unwrap(), Some(lesson % 2));
    }
    // Nobody presses a button; the weights stay and the posture is recognised.
    let weights = trainer.weights().to_vec();
    assert_eq!(reflex.tick(&mut trainer).unwrap(), None);
    assert_eq!(reflex.tick(&mut trainer).unwrap(), None);
    assert_eq!(trainer.weights(), weights);
    // A sensor that fails is an error, and the network has not stepped.
    let clock = trainer.clock();
    let error = reflex.tick(&mut trainer).unwrap_err();
    assert!(matches!(error, ReflexError::Sensor(_)));
    assert_eq!(trainer.clock(), clock);
    assert_eq!(lamps.0[LESSONS..], [0, 1]);
    i2c.done();
    for used in &mut buttons {
        used.done();
    }
}

/// How often each of the two postures is taken for itself after a long lesson in each, with and without
/// rehearsal: without it there is a new reflex for the second lesson, which has no examples.
fn taught_in_blocks(rehearse: bool) -> [bool; 2] {
    const LONG: usize = 100;
    let specification = Specification {
        layers: &[LayerSpecification {
            rates: LearningRates {
                up: 2.0,
                bias: 2.0,
                ip: 2.0,
                ip_bias: 2.0,
                ..LAYER.rates
            },
            ..LAYER
        }; 2],
        ..specification()
    };
    let mut layers = [Layer::default(); 2];
    let mut weights = [Weight::ZERO; 64];
    let mut potentials = [Potential::ZERO; 128];
    let mut rates = [Rate::ZERO; 64];
    let memory = apical_app::Memory::<I16> {
        weights: &mut weights,
        traces: &mut [],
        potentials: &mut potentials,
        rates: &mut rates,
    };
    let mut trainer = Trainer::new(&specification, &mut layers, memory).unwrap();
    trainer.begin(&Initial {
        up: (-4.0, 4.0),
        ..Initial::default()
    });
    let postures = [[4095, 2048, 2048], [2048, 2048, 4095]];
    let mut lamps = Lamps::default();
    // A reflex a lesson where nothing is to be remembered.
    let lessons: &[&[Option<usize>]] = if rehearse {
        &[&[Some(0), Some(1), Some(0), Some(1)]]
    } else {
        &[&[Some(0)], &[Some(1)], &[Some(0)], &[Some(1)]]
    };
    for lessons in lessons.iter().copied().chain([&[None][..]]) {
        let ticks: Vec<(Option<usize>, [u16; 3])> = lessons
            .iter()
            .flat_map(|lesson| match lesson {
                Some(class) => vec![(Some(*class), postures[*class]); LONG],
                None => postures.map(|posture| (None, posture)).to_vec(),
            })
            .collect();
        let channels = [0, 1, 2].map(|axis| {
            Converter(
                ticks
                    .iter()
                    .rev()
                    .map(|(_, posture)| posture[axis])
                    .collect(),
            )
        });
        let pins = [0, 1].map(|class| {
            let uses: Vec<_> = ticks
                .iter()
                .map(|(pressed, _)| {
                    PinUse::get(if *pressed == Some(class) {
                        State::Low
                    } else {
                        State::High
                    })
                })
                .collect();
            Pin::new(&uses)
        });
        let mut used = pins.clone();
        let mut reflex: Reflex<I16, _, _, _, 3, 2> = Reflex::new(
            Analogue::new(channels),
            Buttons::new(pins, Pressed::Low),
            &mut lamps,
            Targets::new(&Activation::Logistic, 0.1, 0.8).unwrap(),
        );
        for (class, _) in &ticks {
            assert_eq!(reflex.tick(&mut trainer).unwrap(), *class);
        }
        for pin in &mut used {
            pin.done();
        }
    }
    let seen = &lamps.0[lamps.0.len() - 2..];
    [seen[0] == 0, seen[1] == 1]
}

#[test]
fn a_long_lesson_does_not_undo_the_one_before_it() {
    assert_eq!(taught_in_blocks(true), [true, true]);
    assert_eq!(taught_in_blocks(false), [false, true]);
}
