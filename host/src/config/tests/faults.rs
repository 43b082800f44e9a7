//! What does not read: keys, words and types that are not known, and files that are none.

use super::*;

#[test]
fn an_unknown_key_names_the_nearest_and_the_accepted_ones() {
    let message = fault("[run]\nseed = 1\n\n[learning]\nupp = 1");
    assert_eq!(
        message,
        "test.toml:5: learning.upp: unknown key; did you mean `up`? accepted here: up, rescale, down, \
         pyramidal_to_interneuron, interneuron_to_pyramidal, batch, decay, weight_decay, error_scale, bias_factor, \
         tau_w, learning_lag, reset_traces"
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
