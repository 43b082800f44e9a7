//! What a board remembers: saved, come back to, erased.

use super::bench::{Wire, board};
use super::{device, json};

#[test]
fn a_reset_goes_back_to_the_checkpoint_and_without_one_to_the_beginning() {
    let port = board(Wire::socket(), None);
    let at = |words: &[&str]| json(&device(&port, &[words, &["--json"]].concat()).expect(0));
    let begun = at(&["identify"])["digest"].clone();
    at(&["run", "--steps", "7"]);
    let saved = at(&["save"]);
    assert_eq!(
        (&saved["board"], &saved["step"]),
        (&"bench".into(), &7.into())
    );
    let further = at(&["run", "--steps", "5"])["digest"].clone();
    assert_ne!(saved["digest"], further);
    assert_eq!(at(&["reset"]), saved);
    // It has forgotten nothing: the same steps lead to the same bits, here and there.
    let again = at(&["lockstep", "--steps", "5"]);
    assert_eq!(
        (&again["from"], &again["digests"][1]),
        (&7.into(), &further)
    );
    // What is erased is the checkpoint, not the network.
    let erased = at(&["erase"]);
    assert_eq!((&erased["step"], &erased["digest"]), (&12.into(), &further));
    let anew = at(&["reset"]);
    assert_eq!((&anew["step"], &anew["digest"]), (&0.into(), &begun));
}

#[test]
fn each_says_what_it_did() {
    let port = board(Wire::socket(), None);
    for (action, part) in [
        ("save", "bench has a checkpoint of step 0, digest "),
        ("reset", "bench has started anew, at step 0, digest "),
        (
            "erase",
            "bench has no checkpoint any more; it stays at step 0, digest ",
        ),
    ] {
        let told = device(&port, &[action]).expect(0).stdout;
        assert!(told.starts_with(part), "{told}");
        assert_eq!(told.lines().count(), 1, "{told}");
        assert_eq!(device(&port, &[action, "--quiet"]).expect(0).stdout, "");
    }
}
