//! Debian's packages, installed where that needs no question.

use anyhow::{Result, bail};

use crate::process;

/// Installs packages, which needs root.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    let names = packages.join(" ");
    if !process::exists(&mut process::program("apt-get")) {
        bail!("there is no apt-get to install Debian's {names}");
    }
    if process::ask(process::program("id").arg("-u")).as_deref() != Some("0") {
        bail!(
            "without root Debian's packages have to be installed by hand: sudo apt-get install {names}"
        );
    }
    let apt = |arguments: &[&str]| {
        let mut command = process::program("apt-get");
        command
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(arguments);
        command
    };
    // A stale list is no reason to stop: what it names may still be there.
    let _ = process::run(&mut apt(&["update", "-qq"]));
    let mut install = apt(&["install", "-qq", "-y", "--no-install-recommends"]);
    if let Err(error) = process::run(install.args(packages)) {
        bail!("`apt-get install {names}` failed ({error})");
    }
    Ok(())
}
