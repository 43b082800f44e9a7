//! Keys of the command line, and the file that a key names.

use super::*;

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
    let path = document.resolve().unwrap().data.path;
    assert!(path.ends_with(r"C:\a b.csv"), "{path}");
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

#[test]
fn data_are_found_from_their_configuration_and_from_its_copy() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.toml");
    for (task, name) in [("csv", "d.csv"), ("mnist", "images")] {
        let text = format!("[data]\ntask = \"{task}\"\npath = \"{name}\"");
        std::fs::write(&file, text).unwrap();
        let config = Config::load::<&str>(Some(&file), &[]).unwrap();
        let beside = folder.path().join(name);
        assert_eq!(config.data.path, beside.to_str().unwrap());
        std::fs::write(&file, config.to_toml().unwrap()).unwrap();
        assert_eq!(Config::load::<&str>(Some(&file), &[]).unwrap(), config);
    }
    // Where no folder is said, it is looked for when the data are read.
    let config = with_override("data.task=fashion-mnist").unwrap();
    assert_eq!(config.data.path, "");
}

#[test]
fn an_option_goes_over_the_file_and_is_named_in_errors() {
    let text = "[data]\ntask = \"mnist\"\npath = \"/of/the/file\"";
    let mut document = ConfigDocument::parse(text, "a.toml").unwrap();
    document.apply_option("--data", "data.path", "a = b");
    let path = document.resolve().unwrap().data.path;
    let here = std::env::current_dir().unwrap().join("a = b");
    assert_eq!(path, here.to_str().unwrap());
    document.apply_override("data.task=digits").unwrap();
    let message = document.resolve().unwrap_err().to_string();
    assert!(
        message.starts_with("--data: data.path: found \"a = b\"; accepted: no path with"),
        "{message}"
    );
}
