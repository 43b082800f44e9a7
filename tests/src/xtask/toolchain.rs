//! Which compiler of this machine can build `core` for the microcontrollers.
//!
//! With rustup it is the everyday one, after `rustup target add`, which takes seconds. Where
//! rustup cannot download, Debian's packages build `core` from its own source, which takes
//! minutes the first time. Nobody has to choose: the first way that works is taken.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::apt;
use crate::process;
use crate::statements;
use crate::workspace::{self, TARGETS};

/// Debian's packages: compiler, cargo, and the source of `core`, all of one version.
const DEBIAN_PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];

/// Named by their full path: rustup's proxies stand before them on the path.
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// Needed for the boards' lints alone, so it is no condition of anything else.
const DEBIAN_CLIPPY: &str = "/usr/bin/cargo-clippy";
const DEBIAN_CLIPPY_PACKAGE: &str = "rust-web-clippy";

/// One target is some 20 MB to download; a network that needs longer is as good as none.
const DOWNLOAD_LIMIT: Duration = Duration::from_mins(2);

/// The same where Debian's compiler stands ready and nothing depends on the download.
const DOWNLOAD_LIMIT_WITH_DEBIAN: Duration = Duration::from_secs(20);

/// What the user may insist on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Choice {
    /// The first of the others that works
    Auto,
    /// The everyday toolchain with rustup's targets
    Rustup,
    /// Debian's rustc-web with rust-web-src
    Debian,
}

/// A compiler for all of [`TARGETS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BareMetal {
    /// The everyday toolchain, which has `core` for the targets.
    Everyday,
    /// Debian's, which builds `core` from source.
    Debian,
}

impl BareMetal {
    /// Finds the compiler, installing it where that is possible without a question.
    pub(crate) fn find(choice: Choice) -> Result<Self> {
        let (everyday, debian) = match choice {
            Choice::Auto => (true, true),
            Choice::Rustup => (true, false),
            Choice::Debian => (false, true),
        };
        let mut obstacles = Vec::new();
        if everyday && missing_targets().is_empty() {
            return Ok(Self::Everyday);
        }
        let debian_ready = debian && debian_ready()?;
        if everyday {
            let limit = if debian_ready {
                DOWNLOAD_LIMIT_WITH_DEBIAN
            } else {
                DOWNLOAD_LIMIT
            };
            match add_targets(limit) {
                Ok(()) => return Ok(Self::Everyday),
                Err(error) => obstacles.push(format!("{error:#}")),
            }
        }
        if debian_ready {
            return Ok(Self::Debian);
        }
        if debian {
            match install_debian() {
                Ok(()) => return Ok(Self::Debian),
                Err(error) => obstacles.push(format!("{error:#}")),
            }
        }
        bail!(
            "no compiler here has `core` for {}: {}",
            TARGETS.join(", "),
            obstacles.join("; and ")
        )
    }

    /// A cargo that builds for the targets; its first argument can be `build`.
    pub(crate) fn cargo(self) -> Command {
        let mut command = match self {
            Self::Everyday => process::cargo(),
            Self::Debian => debian(DEBIAN_CARGO),
        };
        self.aim(&mut command);
        command
    }

    /// Clippy for the targets, which takes the arguments of a build. Debian's is installed where it
    /// is missing.
    pub(crate) fn clippy(self) -> Result<Command> {
        let mut command = match self {
            Self::Everyday => process::cargo(),
            Self::Debian => {
                if !Path::new(DEBIAN_CLIPPY).exists() {
                    apt::install(&[DEBIAN_CLIPPY_PACKAGE])?;
                }
                // Not by `cargo clippy`, which would find rustup's proxy of that name.
                let mut command = debian(DEBIAN_CLIPPY);
                command.env("CARGO", DEBIAN_CARGO);
                command
            }
        };
        self.aim(command.arg("clippy"));
        Ok(command)
    }

    /// Makes what cargo builds something for microcontrollers.
    fn aim(self, command: &mut Command) {
        if self == Self::Debian {
            command.args(["-Z", "build-std=core"]);
        }
        // Flags for this machine's processor have no meaning on another.
        command
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS");
    }

    /// A target folder apart from the everyday one and from the other compiler's, so that
    /// none of them throws away what another has built.
    pub(crate) fn target_dir(self) -> PathBuf {
        workspace::target_dir().join("cross").join(match self {
            Self::Everyday => "everyday",
            Self::Debian => "debian",
        })
    }

    /// For the user.
    pub(crate) fn describe(self) -> &'static str {
        match self {
            Self::Everyday => "the everyday toolchain, which has the targets",
            Self::Debian => "Debian's rustc-web, which builds `core` from rust-web-src",
        }
    }
}

/// A program of Debian's, which hears nothing of the everyday toolchain.
fn debian(program: &str) -> Command {
    let mut command = process::program(program);
    for (key, _) in env::vars_os() {
        if key.to_str().is_some_and(is_of_everyday_toolchain) {
            command.env_remove(key);
        }
    }
    // -Z build-std is asked of a release compiler.
    command
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTC", DEBIAN_RUSTC);
    command
}

/// Variables that would make Debian's cargo use parts of the everyday toolchain: rustup
/// sets them, `LD_LIBRARY_PATH` too, for everything below `cargo run`.
fn is_of_everyday_toolchain(key: &str) -> bool {
    ["RUSTUP_", "RUSTC", "RUSTDOC", "CARGO_BUILD_"]
        .iter()
        .any(|prefix| key.starts_with(prefix))
        || matches!(key, "CARGO" | "RUST_RECURSION_COUNT" | "LD_LIBRARY_PATH")
}

/// The targets for which the everyday toolchain has no `core`.
fn missing_targets() -> Vec<&'static str> {
    let sysroot = process::ask(process::program("rustc").args(["--print", "sysroot"]));
    let libraries = sysroot.map(|root| Path::new(&root).join("lib/rustlib"));
    let has_core = |target: &&str| {
        libraries.as_ref().is_some_and(|libraries| {
            fs::read_dir(libraries.join(target).join("lib")).is_ok_and(|entries| {
                entries
                    .flatten()
                    .any(|file| file.file_name().to_string_lossy().starts_with("libcore-"))
            })
        })
    };
    TARGETS
        .into_iter()
        .filter(|target| !has_core(target))
        .collect()
}

/// Asks rustup for the targets, one at a time so that the first failure ends it; each may
/// take so long.
fn add_targets(limit: Duration) -> Result<()> {
    let command = format!("rustup target add {}", TARGETS.join(" "));
    if !process::exists(&mut process::program("rustup")) {
        bail!("there is no rustup to run `{command}`");
    }
    for target in missing_targets() {
        let mut rustup = process::program("rustup");
        rustup.args(["target", "add", target]);
        if let Err(error) = process::run_for_at_most(&mut rustup, limit) {
            bail!("`rustup target add {target}` failed ({error})");
        }
    }
    match missing_targets().as_slice() {
        [] => Ok(()),
        missing => bail!(
            "`{command}` went well but {} is not there",
            missing.join(", ")
        ),
    }
}

/// Whether Debian's compiler, cargo and source are here and new enough.
fn debian_ready() -> Result<bool> {
    if !Path::new(DEBIAN_CARGO).exists() {
        return Ok(false);
    }
    // Not through rustup's variables: /usr/bin/rustc may itself be a proxy of rustup.
    let ask = |arguments: &[&str]| {
        process::ask(
            process::program(DEBIAN_RUSTC)
                .args(arguments)
                .env_remove("LD_LIBRARY_PATH"),
        )
    };
    let Some(sysroot) = ask(&["--print", "sysroot"]) else {
        return Ok(false);
    };
    let source = Path::new(&sysroot).join("lib/rustlib/src/rust/library/core/Cargo.toml");
    let Some(version) = ask(&["--version"]) else {
        return Ok(false);
    };
    let wanted = workspace::rust_version()?;
    Ok(source.exists() && statements::is_at_least(&version, &wanted))
}

/// Installs Debian's packages, which needs root.
fn install_debian() -> Result<()> {
    apt::install(&DEBIAN_PACKAGES)?;
    if debian_ready()? {
        Ok(())
    } else {
        bail!(
            "Debian's {} are installed, but older than Rust {}",
            DEBIAN_PACKAGES.join(" "),
            workspace::rust_version()?
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{BareMetal, is_of_everyday_toolchain};

    #[test]
    fn debians_cargo_hears_nothing_of_rustup() {
        assert!(is_of_everyday_toolchain("RUSTUP_TOOLCHAIN"));
        assert!(is_of_everyday_toolchain("RUSTC_WRAPPER"));
        assert!(!is_of_everyday_toolchain("CARGO_HOME"));
        let command = BareMetal::Debian.cargo();
        let toolchain = command
            .get_envs()
            .find(|(key, _)| *key == "RUSTUP_TOOLCHAIN");
        assert!(toolchain.is_none_or(|(_, value)| value.is_none()));
    }

    #[test]
    fn the_compilers_build_apart() {
        assert_ne!(
            BareMetal::Everyday.target_dir(),
            BareMetal::Debian.target_dir()
        );
    }
}
