//! `apical sweep`: one key over several values.

use apical_tests::program::{files, run};
use serde_json::Value;
use tempfile::tempdir;

use super::{SMALL, refused};

fn sweep<'w>(values: &[&'w str], more: &[&'w str]) -> Vec<&'w str> {
    [&["sweep"], values, &SMALL[..], more].concat()
}

#[test]
fn points_a_figure_and_folders_that_go_on() {
    let folder = tempdir().unwrap();
    let more = ["--precisions", "f32,i16", "--seeds", "2", "--json"];
    let words = sweep(&["learning.up", "0", "0.25"], &more);
    let first = run(folder.path(), &words).expect(0).stdout;
    let found: Value = serde_json::from_str(&first).unwrap();
    let points = found["points"].as_array().unwrap();
    let named: Vec<_> = points
        .iter()
        .map(|p| (p["precision"].as_str(), p["value"].as_str()))
        .collect();
    let [f32, i16] = [Some("f32"), Some("i16")];
    let [none, some] = [Some("0"), Some("0.25")];
    assert_eq!(named, [(f32, none), (f32, some), (i16, none), (i16, some)]);
    assert!(
        points
            .iter()
            .all(|point| point["seeds"].as_array().unwrap().len() == 2)
    );
    let out = folder.path().join("runs");
    let before = files(&out);
    assert!(
        before.keys().any(|name| name == "digits-up.svg"),
        "{:?}",
        before.keys()
    );
    assert!(
        before
            .keys()
            .any(|name| name == "digits-up-0.25-i16-2/summary.json")
    );
    // Once more is refused; to go on changes nothing.
    run(folder.path(), &words).expect(2);
    let again = run(folder.path(), &[&words[..], &["--resume"]].concat()).expect(0);
    assert_eq!((again.stdout, files(&out)), (first, before));
}

#[test]
fn a_value_that_is_wrong_is_found_before_any_run() {
    let folder = tempdir().unwrap();
    for (values, parts) in [
        (
            &["learning.upp", "1"][..],
            &["learning.upp: unknown key", "did you mean `up`?"][..],
        ),
        (&["learning.up", "1", "fast"], &["learning.up", "fast"]),
        (
            &["network.layers", "[64,4,10]", "[64,0,10]"],
            &["network.layers[1]: found 0"],
        ),
        (
            &["learning.up", "0.1", "0.1"],
            &["each value and precision once"],
        ),
    ] {
        refused(folder.path(), &[&["sweep"], values].concat(), parts);
    }
}
