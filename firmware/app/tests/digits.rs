//! The default task as a board runs it, on the desktop.

use apical_app::{Arena, Trainer, arena, digits};
use apical_core::microcircuit::{Feedback, Layer, Microcircuit, Mode, Specification};
use apical_core::random::{Key, shuffle, stream};
use apical_core::rule::{self, Activity, Clock, Rule};
use apical_core::{Activation, F32, I8, I16, Number, Precision, Rounding, Silent};

/// Runs `body` with a trainer at the beginning of the task.
fn with_trainer<P: Precision, const W: usize, const T: usize, const U: usize, const R: usize, X>(
    mut arena: Arena<P, W, T, U, R>,
    seed: u64,
    body: impl FnOnce(&mut Trainer<'_, P>, &mut digits::Digits<P>) -> X,
) -> X {
    let mut layers = [Layer::default(); 2];
    let specification = digits::specification(seed);
    let mut trainer = Trainer::new(&specification, &mut layers, arena.lend()).unwrap();
    trainer.begin(&digits::initial(seed));
    body(&mut trainer, &mut digits::Digits::new())
}

/// Tenths of a percent of the test digits before and after so many samples.
fn accuracies<P: Precision>(
    trainer: &mut Trainer<'_, P>,
    task: &mut digits::Digits<P>,
    samples: usize,
) -> (u32, u32) {
    let before = task.evaluate(trainer, digits::TEST);
    for _ in 0..samples {
        task.learn_next(trainer);
    }
    let after = task.evaluate(trainer, digits::TEST);
    assert_eq!((before.shown, after.shown), (359, 359));
    assert!(after.loss < before.loss);
    (before.per_mille(), after.per_mille())
}

#[test]
fn a_board_learns_the_digits_in_three_precisions() {
    let samples = 10 * digits::TRAIN;
    let f32s = <arena!(F32, digits::SPECIFICATION)>::new();
    let i16s = <arena!(I16, digits::SPECIFICATION)>::new();
    let i8s = <arena!(I8, digits::SPECIFICATION)>::new();
    let float = with_trainer(f32s, 1, |t, d| accuracies(t, d, samples));
    let fixed = with_trainer(i16s, 1, |t, d| accuracies(t, d, samples));
    let small = with_trainer(i8s, 1, |t, d| accuracies(t, d, samples));
    println!(
        "test accuracy (per mille) before and after: f32 {float:?} i16 {fixed:?} i8 {small:?}"
    );
    for ((before, after), least) in [(float, 930), (fixed, 930), (small, 800)] {
        assert!(before < 250 && after > least, "{before} {after}");
    }
}

#[test]
fn looking_at_the_test_digits_changes_no_bit_of_what_is_learned() {
    let run = |look: bool| {
        let arena = <arena!(I16, digits::SPECIFICATION)>::new();
        with_trainer(arena, 3, |trainer, task| {
            for sample in 0..50 {
                if look && sample % 10 == 0 {
                    task.evaluate(trainer, 20);
                }
                task.learn_next(trainer);
            }
            (trainer.digest(), *trainer.counters())
        })
    };
    assert_eq!(run(false), run(true));
}

#[test]
fn rounding_is_a_choice() {
    let run = |rounding| {
        let arena = <arena!(I16, digits::SPECIFICATION)>::new();
        with_trainer(arena, 1, |trainer, task| {
            trainer.set_rounding(rounding);
            (0..50).for_each(|_| {
                task.learn_next(trainer);
            });
            trainer.digest()
        })
    };
    assert_ne!(run(Rounding::Stochastic), run(Rounding::Nearest));
}

#[test]
fn storage_that_is_too_small_is_refused() {
    let mut arena = <arena!(I16, digits::SPECIFICATION)>::new();
    let mut memory = arena.lend();
    memory.rates = &mut [];
    let mut layers = [Layer::default(); 2];
    let error = Trainer::new(&digits::SPECIFICATION, &mut layers, memory).unwrap_err();
    assert!(error.to_string().contains("needs"), "{error}");
}

/// An epoch in i16 on core alone, as a desktop writes it: no trainer, no arena, no table of rates.
fn epoch_on_core(seed: u64) -> u64 {
    let specification = digits::specification(seed);
    let mut layers = [Layer::default(); 2];
    let network = Microcircuit::<I16>::new(&specification, &mut layers).unwrap();
    let storage = network.storage();
    let mut weights = vec![<I16 as Precision>::Weight::ZERO; storage.weights];
    let mut activity = Activity::<I16> {
        potentials: &mut vec![Number::ZERO; storage.potentials],
        rates: &mut vec![Number::ZERO; storage.rates],
        traces: &mut [],
        clock: Clock::default(),
    };
    network.initialise(&mut weights, &digits::initial(seed));
    let mut order: Vec<usize> = (0..digits::TRAIN).collect();
    shuffle(&mut order, Key::new(seed, 1, stream::SHUFFLE));
    for digit in order.into_iter().filter_map(digits::train) {
        let rate = |pixel| Number::from_f64(f64::from(pixel) / 16.0);
        let input = digit.pixels().map(rate);
        let potential = |rate| Activation::Logistic.inverse(rate).unwrap();
        let mut teacher = [Number::from_f64(potential(0.1)); 10];
        teacher[digit.class()] = Number::from_f64(potential(0.8));
        network.switch(&mut activity);
        network.step(&weights, &mut activity, &input, Some(&teacher), &mut Silent);
        network.learn(
            &mut weights,
            &mut activity,
            Rounding::Stochastic,
            &mut Silent,
        );
    }
    rule::digest::<I16>(&weights, &activity)
}

#[test]
fn an_epoch_has_the_bits_of_core_alone() {
    let arena = <arena!(I16, digits::SPECIFICATION)>::new();
    with_trainer(arena, 2, |trainer, task| {
        for _ in 0..digits::TRAIN {
            task.learn_next(trainer);
        }
        assert_eq!(trainer.digest(), epoch_on_core(2));
        // apical train --set run.seed=2 --set network.layers=[64,32,10] --set run.epochs=1
        // --set run.precision=i16 --json says the same.
        println!("digest after one epoch: {:016x}", trainer.digest());
    });
}

#[test]
fn a_network_of_another_shape_is_left_alone() {
    let specification = Specification {
        sizes: &[64, 32, 9],
        ..digits::SPECIFICATION
    };
    let mut arena = <arena!(I16, digits::SPECIFICATION)>::new();
    let mut layers = [Layer::default(); 2];
    let mut trainer = Trainer::new(&specification, &mut layers, arena.lend()).unwrap();
    let digest = trainer.digest();
    assert!(!digits::Digits::new().learn_next(&mut trainer));
    assert_eq!(trainer.digest(), digest);
}

#[test]
fn the_largest_has_room_for_every_mode_and_rule() {
    let room = digits::LARGEST;
    for mode in [Mode::Full, Mode::TwoStep] {
        for feedback in [
            Feedback::Fixed,
            Feedback::Transposed,
            Feedback::Learned,
            Feedback::KolenPollack,
            Feedback::PhaselessAlignment,
        ] {
            let need = Specification {
                mode,
                feedback,
                tau_weights: 30.0,
                ..digits::SPECIFICATION
            }
            .storage();
            assert!(need.weights <= room.weights && need.traces <= room.traces);
            assert!(need.potentials <= room.potentials && need.rates <= room.rates);
        }
    }
}
