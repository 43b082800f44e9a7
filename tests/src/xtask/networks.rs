//! What the digits network has no part in, held against an emulated core over the link: full mode with
//! noise and filtered plasticity, and the other rules for top-down weights and interneurons.

use anyhow::Result;

use crate::image::Image;
use crate::process;
use crate::tally::Tally;
use crate::workspace;

/// A network: its name, steps to compare, and what makes it another one than the digits'.
type Network = (&'static str, u32, &'static [&'static str]);

const NETWORKS: [Network; 5] = [
    (
        "full mode with noise and filtered plasticity",
        200,
        &[
            "network.mode=full",
            "time.presentation=2.0",
            "learning.tau_w=30.0",
            "noise.sigma=0.1",
        ],
    ),
    (
        "Kolen and Pollack's rule",
        100,
        &["network.feedback=kolen-pollack", "learning.down=0.1"],
    ),
    (
        "phaseless alignment",
        100,
        &["network.feedback=phaseless-alignment", "learning.down=0.1"],
    ),
    (
        "transposed feedback and tied interneurons",
        100,
        &["network.feedback=transposed", "network.interneurons=tied"],
    ),
    (
        "rule (10) and softplus",
        100,
        &[
            "network.feedback=learned",
            "learning.down=0.1",
            "network.activation=softplus",
        ],
    ),
];

/// Steps every network on every image, and on this machine beside it.
pub(crate) fn run(tally: &mut Tally, images: &[Image]) {
    for image in images {
        for network in &NETWORKS {
            let what = format!(
                "{}, {} on {}",
                network.0, image.precision, image.machine.name
            );
            eprintln!("  {what}: {} steps", network.1);
            tally.record(&what, lockstep(image, network));
        }
    }
}

fn lockstep(image: &Image, (_, steps, settings): &Network) -> Result<()> {
    let mut apical = process::program(workspace::target_dir().join("release/apical"));
    apical.current_dir(workspace::root());
    // The machine of the image that the command is given.
    apical.args(["device", "lockstep", "--quiet", "--emulate", "cortex-m4"]);
    apical.arg("--image").arg(&image.path);
    apical.args(["--every", "20", "--steps", &steps.to_string()]);
    for setting in *settings {
        apical.args(["--set", setting]);
    }
    process::run(&mut apical)
}
