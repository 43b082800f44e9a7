//! The default task as a board runs it, on the desktop.

use apical_app::{Arena, Trainer, arena, digits};
use apical_core::microcircuit::{Layer, Specification};
use apical_core::{F32, I8, I16, Precision, Rounding};

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
    for ((before, after), least) in [(float, 930), (fixed, 930), (small, 850)] {
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

#[test]
fn an_epoch_has_the_bits_of_the_desktop() {
    let arena = <arena!(I16, digits::SPECIFICATION)>::new();
    with_trainer(arena, 1, |trainer, task| {
        for _ in 0..digits::TRAIN {
            task.learn_next(trainer);
        }
        // What `apical train --set network.layers=[64,32,10] --set run.epochs=1
        // --set run.precision=i16 --json` says of its seed 1.
        assert_eq!(trainer.digest(), 0x259d_7e06_cedb_c862);
        assert_eq!(trainer.counters().updates, 3_940_120);
        assert_eq!(trainer.counters().lost, 378_585);
        let score = task.evaluate(trainer, digits::TEST);
        assert_eq!((score.right, score.shown), (141, 359));
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
