use super::*;

fn resolve(text: &str) -> Result<Config, ConfigError> {
    ConfigDocument::parse(text, "test.toml")?.resolve()
}

/// The message of a file that must not be accepted.
fn fault(text: &str) -> String {
    match resolve(text) {
        Ok(_) => panic!("accepted: {text}"),
        Err(error) => error.to_string(),
    }
}

fn with_override(assignment: &str) -> Result<Config, ConfigError> {
    Config::load(None, &[assignment])
}

/// The template with its two coupling sections exchanged.
fn template_with_conductances() -> String {
    let mut mixing = false;
    let mut text = String::new();
    for line in template().lines() {
        if line.starts_with('[') {
            mixing = line == "[mixing]";
        }
        let commented = line.strip_prefix('#').filter(|rest| !rest.starts_with(' '));
        match commented {
            Some(key) if !key.is_empty() => text.push_str(key),
            _ if mixing => {}
            _ => text.push_str(line),
        }
        text.push('\n');
    }
    text
}

/// Every key path in a text of TOML.
fn keys(text: &str) -> Vec<String> {
    fn collect(prefix: &str, table: &toml::Table, keys: &mut Vec<String>) {
        for (key, value) in table {
            let path = format!("{prefix}{key}");
            match value {
                toml::Value::Table(inner) => collect(&format!("{path}."), inner, keys),
                _ => keys.push(path),
            }
        }
    }
    let mut found = Vec::new();
    collect("", &text.parse().unwrap(), &mut found);
    found
}

#[test]
fn the_template_means_the_defaults_and_shows_every_key() {
    assert_eq!(resolve(&template()).unwrap(), Config::default());
    assert_eq!(
        keys(&template()),
        keys(&Config::default().to_toml().unwrap())
    );
    assert_eq!(resolve("").unwrap(), Config::default());

    let text = template_with_conductances();
    let expected = Config {
        coupling: Coupling::Conductances(Conductances::default()),
        ..Config::default()
    };
    assert_eq!(resolve(&text).unwrap(), expected);
    assert_eq!(keys(&text), keys(&expected.to_toml().unwrap()));
}

#[test]
fn the_resolved_form_reads_back_the_same() {
    let unusual = resolve(
        r#"
        [run]
        name = "a.b-c_1"
        seed = 9223372036854775807
        precision = "i16x32"
        rounding = "zero"
        strict = true
        [data]
        task = "csv"
        path = 'C:\data "x".csv'
        label_column = 3
        scale = "min-max"
        targets = { high = 0.7 }
        [network]
        layers = [2, 30, 20, 5]
        activation = { kind = "softplus", theta = -1e-300 }
        mode = "full"
        feedback = "learned"
        [conductances]
        leak = [0.1, 0.2, 0.30000000000000004]
        apical = [1, 2]
        teacher = "conductance"
        [learning]
        down = [0.1, 1e-17]
        [noise]
        sigma = 5e-324
        convention = "euler-maruyama"
        "#,
    )
    .unwrap();
    assert_eq!(unusual.conductances().apical, [1.0, 2.0]);
    assert_eq!(
        unusual.network.activation,
        Activation::Softplus {
            gamma: 0.1,
            beta: 1.0,
            theta: -1e-300
        }
    );
    for config in [Config::default(), unusual] {
        let text = config.to_toml().unwrap();
        assert_eq!(resolve(&text).unwrap(), config, "{text}");
    }
}

#[test]
fn an_unknown_key_names_the_nearest_and_the_accepted_ones() {
    let message = fault("[run]\nseed = 1\n\n[learning]\nupp = 1");
    assert_eq!(
        message,
        "test.toml:5: learning.upp: unknown key; did you mean `up`? accepted here: up, rescale, down, \
         pyramidal_to_interneuron, interneuron_to_pyramidal, bias_factor, tau_w, learning_lag, \
         reset_traces"
    );
    let message = fault("[lerning]\nup = 1");
    assert!(message.starts_with("test.toml:1: lerning: unknown key; did you mean `learning`?"));
    let message = fault("[conductances]\nE_exc = 1");
    assert!(message.contains("did you mean `e_exc`?"), "{message}");
    let message = fault("[run]\nxylophone = 1");
    assert!(
        message.contains("unknown key; accepted here: name, seed,"),
        "{message}"
    );
    let message = fault("[data]\ntargets = { lo = 0.1 }");
    assert!(message.starts_with("test.toml:2: data.targets.lo: unknown key; did you mean `low`"));
}

#[test]
fn an_unknown_word_names_the_accepted_ones() {
    assert_eq!(
        fault("[run]\nprecision = \"i61\""),
        "test.toml:2: run.precision: found \"i61\"; did you mean \"i16\"? accepted: \"f64\", \
         \"f32\", \"i8\", \"i16\", \"i32\", \"i16x32\""
    );
    let message = fault("[network]\nactivation = \"logistics\"");
    assert!(message.starts_with("test.toml:2: network.activation: found \"logistics\"; did you"));
    let message = fault("[network.activation]\nkind = \"sofplus\"");
    assert!(message.starts_with("test.toml:2: network.activation.kind: found \"sofplus\"; did"));
    let message = fault("[network]\nmode = \"two_steps\"");
    assert!(message.contains("did you mean \"two-step\"?"), "{message}");
}

#[test]
fn a_wrong_type_says_what_was_found() {
    for (text, expected) in [
        (
            "[run]\nepochs = 1.5",
            "2: run.epochs: found 1.5; accepted: a whole number, 0 or more",
        ),
        (
            "[run]\nseed = -1",
            "2: run.seed: found -1; accepted: a whole number, 0 or more",
        ),
        (
            "[run]\nseed = 9223372036854775808",
            "2: run.seed: found 9223372036854775808; accepted",
        ),
        (
            "[run]\nstrict = 1",
            "2: run.strict: found 1; accepted: true or false",
        ),
        (
            "[run]\nprecision = 16",
            "2: run.precision: found 16; accepted: \"f64\", ",
        ),
        (
            "[run]\nname = 2026-01-01",
            "2: run.name: found 2026-01-01; accepted: text in quotes",
        ),
        (
            "[network]\nlayers = 3",
            "2: network.layers: found 3; accepted: a list",
        ),
        (
            "[network]\nlayers = [3,\n\"a\"]",
            "3: network.layers[1]: found \"a\"; accepted: a whole",
        ),
        (
            "[network]\ninit_up = [1]",
            "2: network.init_up: found [1]; accepted: a list of two",
        ),
        (
            "[network]\nactivation = 1",
            "2: network.activation: found 1; accepted: the name of an",
        ),
        (
            "[learning]\nup = \"fast\"",
            "2: learning.up: found \"fast\"; accepted: a number, or a",
        ),
        (
            "[learning]\nup = [0.1, []]",
            "2: learning.up[1]: found []; accepted: a number",
        ),
        (
            "learning = 1",
            "1: learning: found 1; accepted: a table of keys",
        ),
        (
            "[noise]\nsigma = nan",
            "2: noise.sigma: found NaN; accepted: a finite number",
        ),
        (
            "[mixing]\nlambda_hidden = [inf]",
            "2: mixing.lambda_hidden[0]: found inf; accepted",
        ),
        (
            "[data]\nlabel_column = true",
            "2: data.label_column: found true; accepted: \"last\"",
        ),
        (
            "[network]\nactivation = {}",
            "2: network.activation: `kind` is missing",
        ),
        (
            "[network]\nactivation = {kind = \"tanh\", beta = 1}",
            "belong to \"softplus\"; \"tanh\"",
        ),
    ] {
        let message = fault(text);
        assert!(message.contains(expected), "{message}");
        assert!(message.starts_with("test.toml:"), "{message}");
    }
}

/// Each text must be refused with a message that contains what stands beside it.
fn assert_refused(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        let message = fault(text);
        assert!(message.contains(expected), "{message}");
    }
}

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
            "[network]\nlayers = [64, 65536]",
            "2: network.layers[1]: found 65536",
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
            "2: data.path: found \"a.csv\"; accepted: no path with",
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
    ]);
}

#[test]
fn a_syntax_error_and_a_missing_file_name_the_place() {
    let message = fault("[run]\nseed = \n");
    assert!(
        message.starts_with("test.toml:2: not valid TOML: "),
        "{message}"
    );
    assert!(!message.contains('\n'), "{message}");
    let error = Config::load::<&str>(Some(Path::new("/nowhere/a.toml")), &[]).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("/nowhere/a.toml: cannot be read: "),
        "{error}"
    );
}

#[test]
fn overrides_replace_values_and_fail_by_name() {
    assert_eq!(
        with_override("learning.up=0.25").unwrap().learning.up,
        0.25.into()
    );
    assert_eq!(
        with_override("network.layers = [64, 10]")
            .unwrap()
            .network
            .layers,
        [64, 10]
    );
    assert_eq!(
        with_override("run.precision=i16x32").unwrap().run.precision,
        Precision::I16x32
    );
    assert_eq!(with_override("run.name=\"a\"").unwrap().run.name, "a");
    let mut document = ConfigDocument::default();
    document.apply_override("data.task=csv").unwrap();
    document.apply_override(r"data.path=C:\a b.csv").unwrap();
    assert_eq!(document.resolve().unwrap().data.path, r"C:\a b.csv");
    let config = with_override("network.activation.kind=softplus").unwrap();
    assert_eq!(config.network.activation, Activation::PAPER_SOFTPLUS);

    let mut document = ConfigDocument::parse("[learning]\nup = 0.5\ndown = 0", "a.toml").unwrap();
    document.apply_override("learning.up=0.2").unwrap();
    document.apply_override("learning.up=[0.2, 0.3]").unwrap();
    assert_eq!(
        document.resolve().unwrap().learning.up,
        PerLayer::Each(vec![0.2, 0.3])
    );
    document.apply_override("learning.up=-1").unwrap();
    let error = document.resolve().unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("override `learning.up=-1`: learning.up: found -1.0")
    );
    assert_eq!((error.key(), error.line()), ("learning.up", None));

    let message = with_override("learning.upp=1").unwrap_err().to_string();
    assert!(message.starts_with("override `learning.upp=1`: learning.upp: unknown key; did you"));
    for bad in [
        "",
        "learning.up",
        "=1",
        "learning.up=",
        ".=1",
        "a..b=1",
        "a[0]=1",
        "a.b=[1",
        "a=\n",
        "a.b=1\nc=2",
        "a.b=x\nc",
    ] {
        let message = ConfigDocument::default()
            .apply_override(bad)
            .unwrap_err()
            .to_string();
        assert!(message.contains("accepted: key=value"), "{bad}: {message}");
    }
}

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
fn a_weights_file_is_found_from_its_configuration_and_from_its_copy() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.toml");
    std::fs::write(&path, "[network]\nweights = \"w.npz\"").unwrap();
    let config = Config::load::<&str>(Some(&path), &[]).unwrap();
    let beside = folder.path().join("w.npz");
    assert_eq!(config.network.weights, beside.to_str().unwrap());
    // The copy in a run folder means the same file.
    let copy = folder.path().join("runs.toml");
    std::fs::write(&copy, config.to_toml().unwrap()).unwrap();
    assert_eq!(Config::load::<&str>(Some(&copy), &[]).unwrap(), config);
    // On the command line a path counts from where the command is given.
    let config = Config::load(Some(&path), &["network.weights=w.npz"]).unwrap();
    let here = std::env::current_dir().unwrap().join("w.npz");
    assert_eq!(config.network.weights, here.to_str().unwrap());
    let built_in = with_override("network.weights=built-in:golden").unwrap();
    assert_eq!(built_in.network.weights, "built-in:golden");
    let message = with_override("network.weights=built-in:silver")
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("built-in:silver") && message.contains("built-in:golden"),
        "{message}"
    );
}
