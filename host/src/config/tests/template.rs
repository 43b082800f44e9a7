//! The commented file, and the resolved form.

use super::*;

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
        scale = "standardise"
        deviation = 0.5
        validation = 10
        train_samples = 20
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
