//! Bad input: one line that names the place and what is accepted, exit code 2, nothing written.

use std::fs;

use apical_tests::program::{files, run};
use tempfile::tempdir;

use super::{refused, train_small};

/// `train` with overrides.
macro_rules! set {
    ($($assignment:expr),+) => { &["train", $("--set", $assignment),+] };
}

#[test]
fn files_that_are_missing() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    refused(
        folder,
        &["train", "--config", "none.toml"],
        &["none.toml: cannot be read"],
    );
    refused(
        folder,
        &["compare", "--config", "none.toml"],
        &["none.toml: cannot be read"],
    );
    refused(
        folder,
        &["trace", "--config", "none.toml"],
        &["none.toml: cannot be read"],
    );
    let none = ["none/config.toml: missing", "accepted: "];
    refused(folder, &["report", "none"], &none);
    let csv = set!(
        "data.task=csv",
        "data.path=none.csv",
        "network.layers=[2,3,2]"
    );
    refused(folder, csv, &["none.csv: cannot be read"]);
    refused(folder, set!("network.weights=none.npz"), &["none.npz"]);
}

#[test]
fn keys_and_values_of_a_configuration() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("a.toml"), "[run]\nepoch = 3\n").unwrap();
    let train = ["train", "--config", "a.toml"];
    refused(
        folder,
        &train,
        &[
            "a.toml:2: run.epoch: unknown key; did you mean `epochs`?",
            "seeds",
        ],
    );
    fs::write(folder.join("a.toml"), "[netwrok]\n").unwrap();
    refused(
        folder,
        &train,
        &["a.toml:1: netwrok: unknown key; did you mean `network`?"],
    );
    fs::write(folder.join("a.toml"), "[run\n").unwrap();
    refused(folder, &train, &["a.toml:1: not valid TOML"]);
    fs::write(folder.join("a.toml"), [0xff, 0xfe, 0x00]).unwrap();
    refused(folder, &train, &["a.toml: cannot be read"]);
    let layers = "network.layers=[64,0,10]";
    refused(
        folder,
        set!(layers),
        &["network.layers[1]: found 0; accepted: a size from 1 to 65536"],
    );
    refused(
        folder,
        set!("network.layers=[64]"),
        &["network.layers", "accepted: "],
    );
    refused(
        folder,
        set!("network.layers=[63,10]"),
        &["64 features", "begins with 63"],
    );
    refused(
        folder,
        set!("network.layers=[64,9]"),
        &["10 classes", "ends with 9"],
    );
    refused(
        folder,
        set!("learning.up=[0.1]"),
        &["learning.up: found a list of 1", "a list of 2"],
    );
    refused(
        folder,
        set!("mixing.lambda_hidden=[0.1,0.2]"),
        &["mixing.lambda_hidden", "a list of 1"],
    );
    refused(
        folder,
        set!("run.precision=f46"),
        &["did you mean \"f64\"?", "\"i16x32\""],
    );
    refused(
        folder,
        set!("run.seeds=0"),
        &["run.seeds: found 0; accepted: "],
    );
    refused(
        folder,
        set!("noise.sigma=nan"),
        &["noise.sigma: found NaN; accepted: "],
    );
    refused(
        folder,
        set!("learning.up"),
        &["override `learning.up`", "accepted: key=value"],
    );
    // One number for each input of the traced network, which has 4.
    let pattern = ["trace", "--set", "data.input=[0.5]"];
    refused(folder, &pattern, &["data.input: found", "accepted: "]);
    refused(
        folder,
        &["trace", "--variables", "va"],
        &["\"va\"", "did you mean \"v_a\"?"],
    );
}

#[test]
fn values_that_a_format_cannot_hold() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    let i16 = "run.precision=i16";
    let softplus = |gamma: &str, theta: &str| {
        format!("network.activation={{kind=\"softplus\",gamma={gamma},beta=1.0,theta={theta}}}")
    };
    // Taught rates are potentials of 1e6, beyond 128.
    let far = softplus("0.1", "1e6");
    refused(
        folder,
        set!(i16, &far),
        &["data.targets.low", "does not fit i16", "to 127.99"],
    );
    // Coefficients have 28 fractional bits: 8 is beyond.
    let steep = softplus("100", "1");
    refused(
        folder,
        set!(i16, &steep),
        &[
            "activation.gamma = 100.0",
            "in i16",
            "accepted: ",
            "to 7.99",
        ],
    );
    refused(
        folder,
        set!("run.precision=i8", "learning.up=1e12"),
        &["learning.up", "accepted: "],
    );
    let full = "network.mode=full";
    refused(
        folder,
        set!(i16, full, "noise.sigma=1e9"),
        &["noise.sigma", "accepted: ", "to 7.99"],
    );
    refused(
        folder,
        set!(full, "conductances.apical=1e9"),
        &["time.dt: found 0.1; accepted: "],
    );
    let wide = "network.init_up=[-100.0,100.0]";
    refused(
        folder,
        set!(i16, wide),
        &["network.init_up = -100 does not fit i16", "to 7.99"],
    );
    // Of what stands in a file the file is named, and of what goes over it not.
    let text = "[run]\nprecision = \"i16\"\n[network]\ninit_up = [-9.0, 9.0]\n";
    fs::write(folder.join("wide.toml"), text).unwrap();
    let file = ["train", "--config", "wide.toml"];
    let parts = [
        "apical: wide.toml: ",
        "network.init_up = -9 does not fit i16",
    ];
    refused(folder, &file, &parts);
    let over = [&file[..], &["--set", "network.init_up=[-10,10]"]].concat();
    refused(folder, &over, &["apical: an end of network.init_up = -10"]);
    fs::write(folder.join("w.json"), "{\"up_1\": 1e9}").unwrap();
    refused(folder, set!(i16, "network.weights=w.json"), &["w.json"]);
    // A float holds all of these numbers, or the run is refused for another reason.
    train_small(folder, &["--set", wide]).expect(0);
}

#[test]
fn data_that_is_no_data() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    let csv = set!("data.task=csv", "data.path=d.csv", "network.layers=[2,3,2]");
    for (text, parts) in [
        (
            "0.1,0.2,0\n0.1,nan,1\n",
            ["d.csv:2: column 2", "found \"nan\"", "a finite number"],
        ),
        (
            "0.1,0.2,0\ninf,0.3,1\n",
            ["d.csv:2: column 1", "found \"inf\"", "a finite number"],
        ),
        (
            "0.1,0.2,0\n0.1,,1\n",
            ["d.csv:2: column 2", "found \"\"", "a finite number"],
        ),
        (
            "0.1,0.2,0\n0.1,0.3,2\n",
            ["d.csv:2: column 3", "found \"2\"", "from 0 to 1"],
        ),
        (
            "0.1,0.2,-1\n0.1,0.3,1\n",
            ["d.csv:1: column 3", "found \"-1\"", "from 0 to 1"],
        ),
        ("0.1,0.2,0\n0.1,1\n", ["d.csv:2: ", "2", "3"]),
        (
            "0.1,4.2,0\n0.1,0.3,1\n",
            ["d.csv: sample 1, feature 2", "found 4.2", "min-max"],
        ),
        (
            "a,b,label\n",
            ["d.csv: ", "no samples", "accepted: at least one line"],
        ),
        (
            "0.1,0.2,0\n",
            ["1 samples", "cannot be split", "accepted: 2 to"],
        ),
    ] {
        fs::write(folder.join("d.csv"), text).unwrap();
        refused(folder, csv, &parts);
    }
    fs::write(folder.join("d.csv"), [0x1f, 0x8b, 8, 0, 1]).unwrap();
    refused(folder, csv, &["d.csv: cannot be read"]);
}

#[test]
fn folders_that_cannot_be_written() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("taken"), "mine").unwrap();
    for out in ["taken", "taken/deeper"] {
        refused(
            folder,
            &["train", "--out", out],
            &[out, "cannot be written"],
        );
        refused(folder, &["--out", out], &[out, "cannot"]);
        let experiment = ["experiment", "association", "--patterns", "1", "--out", out];
        refused(folder, &experiment, &[out, "cannot"]);
    }
    refused(
        folder,
        &["trace", "--steps", "1", "-o", "taken/t.csv"],
        &["taken/t.csv: cannot be written"],
    );
    refused(
        folder,
        &["init", "taken/a.toml"],
        &["taken/a.toml: cannot be written"],
    );
    refused(
        folder,
        &["init", "taken"],
        &["taken: exists; accepted: another name, or --force"],
    );

    train_small(folder, &[]).expect(0);
    let taken = ["train", "--quiet"];
    refused(
        folder,
        &taken,
        &[
            "runs/digits-1: exists",
            "accepted: another run.name, --resume, or --force",
        ],
    );
    // A folder stands where a file is to go: the old files remain as they are.
    fs::remove_file(folder.join("runs/digits-1/report.html")).unwrap();
    fs::create_dir(folder.join("runs/digits-1/report.html")).unwrap();
    refused(
        folder,
        &["report", "runs/digits-1"],
        &["report.html: cannot be written"],
    );
    fs::remove_dir(folder.join("runs/digits-1/report.html")).unwrap();
    run(folder, &["report", "--quiet", "runs/digits-1"]).expect(0);
    let temporary = |name: &std::path::PathBuf| name.to_string_lossy().ends_with(".tmp");
    assert!(!files(folder).keys().any(temporary));
}
