//! The Pico's image that lives by a sensor, in rp2040js: an accelerometer on its bus, a hand on its buttons, an
//! eye on its lights (`world.mjs`). It takes two postures for one, is taught the difference, and knows it after
//! the power was away.

use std::ops::ControlFlow;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Result, ensure};

use crate::boards;
use crate::process::{self, Listen};
use crate::tally::Tally;
use crate::toolchain::BareMetal;
use crate::workspace;

use super::EMULATOR;

/// Some 200 million instructions, of which one takes some 60 ns of a desktop.
const LIMIT: Duration = Duration::from_mins(4);

/// Builds the image and puts it into its world.
pub(super) fn run(tally: &mut Tally, compiler: BareMetal) -> Result<()> {
    let image = boards::image("pico", "reflex", compiler)?;
    eprintln!("\nthe Pico's reflex in rp2040js: two postures, eight lessons, a power cut");
    let mut node = process::program("node");
    node.arg("run.mjs").arg(&image).arg("--world");
    node.current_dir(workspace::root().join(EMULATOR));
    node.stdin(Stdio::null()).stdout(Stdio::null());
    let mut told = Vec::new();
    let ended = process::hear_within(&mut node, Listen::Stderr, LIMIT, |line| {
        eprintln!("  {line}");
        told.push(line.to_owned());
        ControlFlow::Continue(())
    });
    tally.record(
        "the Pico's reflex in rp2040js",
        ended.and_then(|()| judge(&told)),
    );
    Ok(())
}

/// Whether each posture has its own light after the lessons and after the power cut, and had not before.
fn judge(told: &[String]) -> Result<()> {
    let knows = |when: &str| {
        [0, 1].map(|posture| {
            let line = format!("{when} posture {posture} lights {posture}");
            told.contains(&line)
        })
    };
    ensure!(
        knows("before") != [true, true],
        "it knew the postures before it was taught, so the lessons show nothing"
    );
    for when in ["after", "after a power cut"] {
        ensure!(
            knows(when) == [true, true],
            "{when} it did not light the light of each posture"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::judge;

    #[test]
    fn a_light_for_both_postures_is_no_knowledge() {
        let told = |lights: [usize; 6]| {
            let whens = ["before", "after", "after a power cut"];
            let lines = whens.into_iter().flat_map(|when| [(when, 0), (when, 1)]);
            lines
                .zip(lights)
                .map(|((when, posture), light)| format!("{when} posture {posture} lights {light}"))
                .collect::<Vec<_>>()
        };
        assert!(judge(&told([0, 0, 0, 1, 0, 1])).is_ok());
        assert!(judge(&told([0, 1, 0, 1, 0, 1])).is_err());
        assert!(judge(&told([0, 0, 0, 0, 0, 1])).is_err());
        assert!(judge(&told([0, 0, 0, 1, 1, 1])).is_err());
        assert!(judge(&told([0, 0, 0, 1, 0, 1])[..5]).is_err());
    }
}
