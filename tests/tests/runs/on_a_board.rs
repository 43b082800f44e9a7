//! The digits as the firmware learns them and as this program does: the same bits.

use std::sync::atomic::AtomicBool;

use apical::config::Config;
use apical::run::{Existing, run};
use apical::task::Material;
use apical_app::digits::{self, Digits};
use apical_app::{Arena, Memory, Trainer, arena};
use apical_core::microcircuit::Layer;
use apical_core::{F32, I8, I16, Precision};
use tempfile::tempdir;

const SEED: u64 = 3;

/// The digest after one epoch of the firmware's task, which knows nothing of configurations.
fn firmware<P: Precision>(memory: Memory<'_, P>) -> String {
    let specification = digits::specification(SEED);
    let mut layers = digits::LAYERS.map(|_| Layer::<P>::default());
    let mut trainer = Trainer::new(&specification, &mut layers, memory).unwrap();
    trainer.begin(&digits::initial(SEED));
    let mut task = Digits::new();
    for _ in 0..digits::TRAIN {
        task.learn_next(&mut trainer);
    }
    format!("{:016x}", trainer.digest())
}

/// The digest after one epoch of `apical train`, which knows nothing of the firmware.
fn program(precision: &str) -> String {
    let sizes = format!("network.layers={:?}", digits::SIZES);
    let precision = format!("run.precision={precision}");
    let keys = [sizes.as_str(), precision.as_str(), "run.epochs=1"];
    let config = Config::load(None, &keys).unwrap();
    let material = Material::load(&config).unwrap();
    let (folder, stop) = (tempdir().unwrap(), AtomicBool::new(false));
    let existing = Existing::Refuse;
    let summary = run(
        &config,
        &material,
        SEED,
        folder.path(),
        existing,
        &|_| {},
        &stop,
    );
    summary.unwrap().digest
}

#[test]
fn a_board_and_a_desktop_learn_the_same() {
    macro_rules! check {
        ($($precision:ty: $name:literal),*) => {$(
            let mut words: Box<arena!($precision, digits::SPECIFICATION)> = Box::new(Arena::new());
            assert_eq!(firmware::<$precision>(words.lend()), program($name), $name);
        )*};
    }
    check!(I8: "i8", I16: "i16", F32: "f32");
}
