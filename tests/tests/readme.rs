//! The README's results table is made from `docs/results/digits.json`.
//!
//! `BLESS=1 cargo test -p apical-tests --test readme` writes it anew after
//! `cargo run --release -- --json > docs/results/digits.json`.

use apical::digits::{Study, law_table, table};
use std::fs;
use std::path::PathBuf;

const BEGIN: &str = "<!-- results: digits -->\n";
const END: &str = "<!-- end -->\n";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn study() -> Study {
    let path = root().join("docs/results/digits.json");
    let text = fs::read_to_string(&path).expect("docs/results/digits.json");
    serde_json::from_str(&text).expect("the JSON of `apical --json`")
}

/// Replaces what stands between the marks of a document, or holds it against what should.
fn hold(document: &str, begin: &str, table: &str) {
    let path = root().join(document);
    let text = fs::read_to_string(&path).expect(document);
    let (head, rest) = text.split_once(begin).expect("the begin mark");
    let (now, tail) = rest.split_once(END).expect("the end mark");
    let want = format!("{}\n", table.trim_end());
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, format!("{head}{begin}{want}{END}{tail}")).expect("write");
    } else {
        assert_eq!(
            now, want,
            "{document} is not made from docs/results/digits.json: BLESS=1 writes it"
        );
    }
}

#[test]
fn the_results_table_is_that_of_the_file() {
    hold("README.md", BEGIN, &table(&study()).to_markdown());
}

#[test]
fn the_gradient_law_is_that_of_the_file() {
    let begin = "<!-- results: gradient law -->\n";
    hold(
        "docs/results/digits.md",
        begin,
        &law_table(&study().law).to_markdown(),
    );
}

#[test]
fn the_marks_of_the_digits_hold_in_the_file() {
    let study = study();
    let accuracy = |name: &str| {
        let row = study
            .rows
            .iter()
            .find(|row| row.name() == name)
            .expect(name);
        assert!(row.outcomes.len() >= 5, "at least five seeds");
        row.spread(|o| o.test_accuracy.last().copied().unwrap_or(f64::NAN))
            .0
    };
    let float = accuracy("f64");
    assert!(float >= 96.5, "f64 {float}");
    let fixed = accuracy("i16 stochastic");
    assert!((float - fixed).abs() <= 0.5, "f64 {float}, i16 {fixed}");
    let weak = study
        .law
        .iter()
        .filter(|row| row.lambda <= 0.01 && row.precision == "f64");
    for row in weak {
        assert!(row.angles.iter().all(|angle| *angle < 1.0), "{row:?}");
    }
}
