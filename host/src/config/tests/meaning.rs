//! What the keys come to.

use super::*;

#[test]
fn mixing_gives_the_shares_it_names() {
    let config = resolve(
        "[network]\nlayers = [4, 3, 3, 2]\n[mixing]\nlambda_hidden = [0.3, 0.01]\n\
         lambda_output = 0.1\nlambda_interneuron = 0.25",
    )
    .unwrap();
    let conductances = config.conductances();
    let near = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-15, "{found}");
    let hidden = conductances.lambda_hidden();
    near(hidden[0], 0.3);
    near(hidden[1], 0.01);
    near(conductances.lambda_output(), 0.1);
    for lambda in conductances.lambda_interneuron() {
        near(lambda, 0.25);
    }
    assert_eq!(conductances.leak, [0.0; 3]);
    assert_eq!(conductances.basal, 1.0);
    near(conductances.apical[0], 0.3 / 0.7);
}

#[test]
fn steps_noise_and_seeds_are_what_the_keys_say() {
    let config = Config::default();
    assert_eq!(config.time.steps(), 1000);
    assert_eq!(config.time.steps_in(3.0), 30);
    let noise = Noise {
        sigma: 0.5,
        convention: NoiseConvention::PerStep,
    };
    assert_eq!(noise.per_step(0.25), 0.125);
    let noise = Noise {
        convention: NoiseConvention::EulerMaruyama,
        ..noise
    };
    assert_eq!(noise.per_step(0.25), 0.25);
    let run = Run {
        seed: 7,
        seeds: 3,
        ..Run::default()
    };
    assert_eq!(run.all_seeds(), 7..10);
    assert_eq!(run.folder_name(7), "digits-7");
}
