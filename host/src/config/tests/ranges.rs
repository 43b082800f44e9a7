//! Values out of range, alone or together.

use super::*;

#[test]
fn networks_and_rates_out_of_range_are_refused() {
    assert_refused(&[
        (
            "[network]\nlayers = [64, 0, 10]",
            "2: network.layers[1]: found 0; accepted: a size from",
        ),
        (
            "[network]\nlayers = [64]",
            "2: network.layers: found [64]; accepted: 2 to 64 sizes",
        ),
        (
            "[network]\nlayers = [64, 65537]",
            "2: network.layers[1]: found 65537",
        ),
        (
            "[network]\ninit_down = [1, -1]",
            "2: network.init_down: found [1.0, -1.0]",
        ),
        (
            "[network]\nattenuation = \"dropped\"\nmode = \"full\"",
            "2: network.attenuation: found \"dropped\"; accepted: \"dendritic\" with",
        ),
        (
            "[network]\nrule = \"backpropagation\"\nmode = \"full\"",
            "2: network.rule: found \"backpropagation\"; accepted: \"microcircuit\"; ",
        ),
        (
            "[network]\nrule = \"backpropagation\"\n[learning]\ntau_w = 1",
            "4: learning.tau_w: found 1.0; accepted: 0 with network.rule = \"backpropagation\"",
        ),
        (
            "[network]\nrule = \"backpropagation\"\n[noise]\nsigma = 0.1",
            "4: noise.sigma: found 0.1; accepted: 0 with network.rule = \"backpropagation\"",
        ),
        (
            "[learning]\nerror_scale = 0",
            "2: learning.error_scale: found 0.0; accepted: a number above 0",
        ),
        (
            "[data]\ndeviation = -1",
            "2: data.deviation: found -1.0; accepted: a number above 0",
        ),
        (
            "[learning]\ninterneuron_to_pyramidal = 0.1\n[network]\ninterneurons = \"mirrored\"",
            "2: learning.interneuron_to_pyramidal: found 0.1; accepted: 0, as network.interneurons is \"mirrored\"",
        ),
        (
            "[data]\nswap_noise = 1.5",
            "2: data.swap_noise: found 1.5; accepted: a share of 0 to 1",
        ),
        (
            "[data]\nshift = 8",
            "2: data.shift: found 8; accepted: pixels, 0 to 7",
        ),
        (
            "[data]\ntask = \"regression\"\nmirror = true",
            "3: data.mirror: found true; accepted: false with data.task = \"regression\", whose \
             samples are no images",
        ),
        (
            "[learning]\nweight_decay = 0.1",
            "2: learning.weight_decay: found 0.1; accepted: a share of 0 to 0.015625",
        ),
        (
            "[network.activation]\nkind = \"softplus\"\ngamma = 0",
            "3: network.activation.gamma: ",
        ),
        (
            "[learning]\nup = [0.1]",
            "2: learning.up: found a list of 1 [0.1]; accepted: one number, or a list of 2: one \
             for each layer above the input",
        ),
        (
            "[learning]\nup = [0.1, -0.1]",
            "2: learning.up[1]: found -0.1; accepted: a rate, 0",
        ),
        (
            "[learning]\ndown = 0.1",
            "2: learning.down: found 0.1; accepted: 0, as network.fee",
        ),
        (
            "[learning]\ntau_w = -1",
            "2: learning.tau_w: found -1.0; accepted: a number, 0 or more",
        ),
        (
            "[learning]\nlearning_lag = 100\n[network]\nmode = \"full\"",
            "2: learning.learning_lag: found 100.0; accepted: less than time.presentation",
        ),
    ]);
}

#[test]
fn couplings_out_of_range_are_refused() {
    assert_refused(&[
        (
            "[conductances]\nleak = [0.1]",
            "2: conductances.leak: found a list of 1 [0.1]; accept",
        ),
        (
            "[conductances]\nsomatic = -0.8",
            "2: conductances.somatic: found -0.8; accepted",
        ),
        (
            "[conductances]\napical = -0.8",
            "2: conductances.apical: found -0.8; accepted",
        ),
        (
            "[conductances]\nbasal = 0",
            "2: conductances.basal: found 0.0; accepted: a number above",
        ),
        (
            "[conductances]\ne_exc = -2",
            "2: conductances.e_exc: found -2.0; accepted: a number abo",
        ),
        (
            "[mixing]\nlambda_hidden = 1",
            "2: mixing.lambda_hidden: found 1.0; accepted: a share",
        ),
        (
            "[mixing]\nlambda_output = 0",
            "2: mixing.lambda_output: found 0.0; accepted: a share",
        ),
        (
            "[mixing]\n\n[conductances]\n",
            "1: mixing: found both [conductances] and [mixing]; accepted: one of the two",
        ),
    ]);
}

#[test]
fn data_keys_out_of_range_are_refused() {
    assert_refused(&[
        (
            "[data]\nteacher = { hidden = 0 }",
            "2: data.teacher.hidden: found 0; accepted: a size from 1",
        ),
        (
            "[data]\nteacher = { gains = [2, inf] }",
            "2: data.teacher.gains[1]: found inf; accepted: a finite number",
        ),
        (
            "[data]\nmeasure_every = 0",
            "2: data.measure_every: found 0; accepted: a whole number from 1",
        ),
        (
            "[data]\ntest_patterns = 0",
            "2: data.test_patterns: found 0; accepted: a whole number from 1",
        ),
        (
            "[data.targets]\nhigh = 1",
            "2: data.targets.high: found 1.0; accepted: a rate above 0",
        ),
        (
            "[data.targets]\nlow = 0.9",
            "test.toml: data.targets.high: found 0.8; accepted: a rate",
        ),
        (
            "[data]\ntask = \"csv\"",
            "test.toml: data.path: found \"\"; accepted: the path of a csv",
        ),
        (
            "[data]\npath = \"a.csv\"",
            "2: data.path: found \"a.csv\"; accepted: no path with data.task = \"digits\", which \
             is built in; to read a file, data.task = \"csv\", \"mnist\" or \"fashion-mnist\"",
        ),
        (
            "[data]\nlabel_column = 0",
            "2: data.label_column: found 0; accepted: the number of a",
        ),
        (
            "[data]\nlabel_column = -1",
            "2: data.label_column: found -1; accepted: \"last\"",
        ),
        (
            "[data]\ntrain_fraction = 1",
            "2: data.train_fraction: found 1.0; accepted: a number b",
        ),
        (
            "[data]\nvalidation = -1",
            "2: data.validation: found -1; accepted: \"auto\", or a number of samples, 0 or more",
        ),
        (
            "[data]\nvalidation = \"some\"",
            "2: data.validation: found \"some\"; accepted: \"auto\", or a number of samples",
        ),
        (
            "[data]\ntest_samples = -1",
            "2: data.test_samples: found -1; accepted: a whole number, 0 or more",
        ),
    ]);
}

#[test]
fn runs_times_and_noise_out_of_range_are_refused() {
    assert_refused(&[
        (
            "[run]\nname = \"../x\"",
            "2: run.name: found \"../x\"; accepted: 1 to 64 letters",
        ),
        (
            "[run]\nseeds = 0",
            "2: run.seeds: found 0; accepted: a whole number from 1 to 10000",
        ),
        (
            "[run]\nseed = 9223372036854775807\nseeds = 2",
            "3: run.seeds: found 2; accepted: a who",
        ),
        ("[run]\nepochs = 0", "2: run.epochs: found 0; accepted"),
        (
            "[run]\ncheckpoint_every = 0",
            "2: run.checkpoint_every: found 0; accepted",
        ),
        (
            "[run]\nthreads = 5000",
            "2: run.threads: found 5000; accepted",
        ),
        (
            "[time]\ndt = 0",
            "2: time.dt: found 0.0; accepted: a number above 0",
        ),
        (
            "[time]\npresentation = 0.01",
            "2: time.presentation: found 0.01; accepted: 1 to 4294",
        ),
        (
            "[time]\ntau_input = 0.01",
            "2: time.tau_input: found 0.01; accepted: 0 (off) or at l",
        ),
        (
            "[time]\ndt = 1.5\n[network]\nmode = \"full\"\n[conductances]",
            "2: time.dt: found 1.5",
        ),
        (
            "[noise]\nsigma = -1",
            "2: noise.sigma: found -1.0; accepted: a number, 0 or more",
        ),
        (
            "[alignment]\nsigma = -1",
            "2: alignment.sigma: found -1.0; accepted: a number, 0 or more",
        ),
        (
            "[alignment]\ndecay = 0.1",
            "2: alignment.decay: found 0.1; accepted: a share of 0 to 0.015625",
        ),
        (
            "[network]\nfeedback = \"phaseless-alignment\"\n[alignment]\ntau_rate = 0.5",
            "4: alignment.tau_rate: found 0.5; accepted: at least 1 step",
        ),
        (
            "[network]\nfeedback = \"phaseless-alignment\"\nmode = \"full\"\n[alignment]\ntau_noise = 0.01",
            "5: alignment.tau_noise: found 0.01; accepted: at least time.dt (0.1 ms)",
        ),
    ]);
}

#[test]
fn patterns_have_the_sizes_of_the_network() {
    let small = "[network]\nlayers = [2, 1]\n[data]\ntask = \"pattern\"\n";
    let config = resolve(&format!("{small}input = [0.5, 1]")).unwrap();
    assert_eq!(config.data.input, [0.5, 1.0]);
    for (keys, expected) in [
        ("", "test.toml: data.input: found []; accepted: 2 numbers"),
        (
            "input = [1]",
            "5: data.input: found [1.0]; accepted: 2 numbers",
        ),
        (
            "input = [1, 2]\ntarget_potentials = [1, 2]",
            "6: data.target_potentials: found [1.0, 2.0]; accepted: 1 numbers",
        ),
        (
            "input = [1, 2]\npath = \"a\"",
            "data.path: found \"a\"; accepted: no path",
        ),
    ] {
        let message = fault(&format!("{small}{keys}"));
        assert!(message.contains(expected), "{message}");
    }
    assert_refused(&[
        (
            "[data]\ninput = [1]",
            "2: data.input: found [1.0]; accepted: []",
        ),
        (
            "[data]\npatterns = 0",
            "2: data.patterns: found 0; accepted: a whole number from 1",
        ),
        (
            "[data]\ntarget_range = [1, 0]",
            "2: data.target_range: found [1.0, 0.0]",
        ),
    ]);
}

#[test]
fn a_configuration_changed_in_code_is_checked_too() {
    let mut config = Config::default();
    config.validate().unwrap();
    config.network.activation = Activation::Softplus {
        gamma: 0.1,
        beta: 1.0,
        theta: f64::NAN,
    };
    let message = config.validate().unwrap_err().to_string();
    assert!(
        message.starts_with("configuration: network.activation.theta: found NaN"),
        "{message}"
    );
}
