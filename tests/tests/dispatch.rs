//! The instruction set changes no bit: a run of the program's library, whose steps are dispatched
//! to the widest set of this machine, against the training loop written a second time here, on
//! the core as every machine of this architecture can run it.

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use apical::config::{Config, Mode};
use apical::dispatch::instruction_set;
use apical::network::Blueprint;
use apical::run::{Existing, run};
use apical::task::Material;
use apical_core::random::{Key, shuffle, stream};
use apical_core::{F32, F64, I8, I16, Precision, Rounding};
use apical_tests::network::Network;
use tempfile::tempdir;

/// Samples, features and classes of the data: odd, and beyond all lanes.
const SAMPLES: u32 = 40;
const FEATURES: u32 = 37;
const CLASSES: u32 = 3;

fn write_data(path: &Path) {
    let key = Key::new(5, 0, 0);
    let line = |sample: u32| {
        let feature = |feature: u32| {
            let noise = key.uniform(sample * FEATURES + feature);
            let class = f64::from(u32::from(feature % CLASSES == sample % CLASSES));
            (0.4 * class + 0.6 * noise).to_string()
        };
        let features: Vec<String> = (0..FEATURES).map(feature).collect();
        format!("{},{}\n", features.join(","), sample % CLASSES)
    };
    let text: String = (0..SAMPLES).map(line).collect();
    fs::write(path, text).unwrap();
}

/// The digest of the state after training, without dispatch.
fn plainly<P: Precision>(config: &Config, material: &Material) -> String {
    let blueprint = Blueprint::new(config, config.run.seed);
    let specification = blueprint.specification();
    let mut network = Network::<P>::new(&specification, blueprint.initial());
    let potential = |rate: f64| specification.activation.inverse(rate).unwrap();
    let targets = &config.data.targets;
    let (low, high) = (potential(targets.low), potential(targets.high));
    let steps = match config.network.mode {
        Mode::TwoStep => 1,
        Mode::Full => config.time.steps() as usize,
    };
    for epoch in 1..=config.run.epochs {
        let mut order = material.split.train.clone();
        shuffle(
            &mut order,
            Key::new(config.run.seed, epoch, stream::SHUFFLE),
        );
        for sample in order {
            let label = material.data.label(sample).unwrap();
            let teacher: Vec<f64> = (0..CLASSES as u16)
                .map(|class| if class == label { high } else { low })
                .collect();
            let input = material.data.row(sample);
            network.present(&input, Some(&teacher), steps, Some(Rounding::Stochastic));
        }
    }
    format!("{:016x}", network.digest())
}

fn compare<P: Precision>(precision: &str, assignments: &[&str]) {
    let folder = tempdir().unwrap();
    let data = folder.path().join("data.csv");
    write_data(&data);
    let path = format!("data.path={}", data.display());
    let precision = format!("run.precision={precision}");
    let common = ["data.task=csv", "run.epochs=2", &path, &precision];
    let config = Config::load(None, &[&common, assignments].concat()).unwrap();
    let material = Material::load(&config).unwrap();
    let (out, stop) = (folder.path().join("runs"), AtomicBool::new(false));
    let dispatched = run(
        &config,
        &material,
        config.run.seed,
        &out,
        Existing::Refuse,
        &|_| {},
        &stop,
    )
    .unwrap();
    let plain = plainly::<P>(&config, &material);
    let set = instruction_set();
    assert_eq!(
        dispatched.digest, plain,
        "{precision} {assignments:?} on {set}"
    );
    assert!(dispatched.updates > 0);
}

/// All of it in one precision.
fn in_both_modes<P: Precision>(precision: &str) {
    let shapes = [
        "network.layers=[37,3]",
        "network.layers=[37,1,3]",
        "network.layers=[37,53,19,3]",
    ];
    for layers in shapes {
        for feedback in ["network.feedback=fixed", "network.feedback=transposed"] {
            compare::<P>(precision, &[layers, feedback]);
        }
    }
    let full = [
        "network.mode=full",
        "network.layers=[37,21,7,3]",
        "time.presentation=3",
    ];
    let learned = [
        "network.feedback=learned",
        "learning.down=0.01",
        "learning.up=0.01",
    ];
    for more in [
        &["noise.sigma=0.2"][..],
        &["learning.tau_w=5", "learning.interneuron_to_pyramidal=0.01"],
        &[
            "network.interneurons=tied",
            "network.bias=false",
            "time.tau_input=0",
        ],
    ] {
        compare::<P>(precision, &[&full[..], &learned, more].concat());
    }
    compare::<P>(
        precision,
        &[
            "network.layers=[37,53,19,3]",
            "network.feedback=kolen-pollack",
            "network.interneurons=mirrored",
            "learning.down=0.5",
            "learning.weight_decay=0.001",
            "learning.error_scale=4",
        ],
    );
    compare::<P>(
        precision,
        &[
            "network.layers=[37,53,19,3]",
            "network.feedback=phaseless-alignment",
            "network.interneurons=mirrored",
            "learning.down=0.5",
            "learning.error_scale=2",
            "alignment.decay=0.001",
        ],
    );
    let tanh = [
        "network.activation=tanh",
        "data.targets={low=-0.5,high=0.5}",
    ];
    compare::<P>(
        precision,
        &[&["network.layers=[37,17,3]"], &tanh[..]].concat(),
    );
}

#[test]
fn f64_has_the_same_bits() {
    in_both_modes::<F64>("f64");
}

#[test]
fn f32_has_the_same_bits() {
    in_both_modes::<F32>("f32");
}

#[test]
fn i16_has_the_same_bits() {
    in_both_modes::<I16>("i16");
}

#[test]
fn i8_has_the_same_bits() {
    in_both_modes::<I8>("i8");
}
