//! Statements that stand in more than one place, or that the tree has to keep true.

use std::fs;

use anyhow::{Context, Result, ensure};
use toml::{Table, Value};

use crate::process;
use crate::tally::Tally;
use crate::workspace::{self, PROBE, lookup, read, read_toml, rust_version};

/// Texts that may name the Rust they need, and then have to name the right one.
const TEXTS: [&str; 4] = [
    "README.md",
    "core/README.md",
    "docs/architecture.md",
    "docs/numerics.md",
];

/// The member whose lints are its own: the workspace forbids unsafe code, and DSP instructions are
/// nothing else.
const WITH_UNSAFE: &str = "firmware/asm";

/// The folder of boards' images, each a workspace of its own.
const BOARDS: &str = "firmware/boards";

/// The manifest of the fuzz targets, a workspace of its own.
const FUZZ: &str = "firmware/link/fuzz/Cargo.toml";

/// What every member takes from the root instead of stating it again.
const INHERITED: [&str; 4] = ["version", "edition", "rust-version", "license"];

/// Checks all statements.
pub(crate) fn run(tally: &mut Tally) -> Result<()> {
    eprintln!("\nstatements that must agree");
    let root = read_toml("Cargo.toml")?;
    tally.record("this compiler", compiler_is_new_enough());
    tally.record("versions of the members", members_inherit(&root));
    tally.record(
        "versions of the packages here",
        internal_versions_agree(&root),
    );
    tally.record(
        "edition and Rust version of the other workspaces",
        other_workspaces_agree(&root),
    );
    tally.record("rustup's toolchain file", no_bare_metal_toolchain_file());
    tally.record("Rust version in texts", texts_agree());
    tally.record("changelog", changelog_is_open());
    Ok(())
}

fn compiler_is_new_enough() -> Result<()> {
    let wanted = rust_version()?;
    let version = process::ask(process::program("rustc").arg("--version"));
    let version = version.context("cannot start rustc")?;
    ensure!(
        is_at_least(&version, &wanted),
        "{version} is here; Cargo.toml asks for {wanted}"
    );
    Ok(())
}

fn members_inherit(root: &Table) -> Result<()> {
    let members = lookup(root, &["workspace", "members"]).and_then(Value::as_array);
    for member in members
        .context("Cargo.toml names no members")?
        .iter()
        .filter_map(Value::as_str)
    {
        let path = format!("{member}/Cargo.toml");
        let manifest = read_toml(&path)?;
        for key in INHERITED {
            let inherits = lookup(&manifest, &["package", key, "workspace"]);
            ensure!(
                inherits == Some(&Value::Boolean(true)),
                "{path} has to say {key}.workspace = true"
            );
        }
        let lints = lookup(&manifest, &["lints", "workspace"]);
        ensure!(
            lints == Some(&Value::Boolean(true)) || member == WITH_UNSAFE,
            "{path} has to say [lints] workspace = true"
        );
    }
    Ok(())
}

fn internal_versions_agree(root: &Table) -> Result<()> {
    let version = lookup(root, &["workspace", "package", "version"]);
    let dependencies = lookup(root, &["workspace", "dependencies"]).and_then(Value::as_table);
    for (name, dependency) in dependencies.into_iter().flatten() {
        if dependency.get("path").is_some() {
            ensure!(
                dependency.get("version") == version,
                "workspace.dependencies.{name} is of another version than workspace.package"
            );
        }
    }
    Ok(())
}

/// The manifests of the workspaces beside this one, which can take nothing from its root: the panic
/// probe, and every folder of boards, whether or not another check knows it.
fn other_workspaces() -> Result<Vec<String>> {
    let mut paths = vec![PROBE.to_owned()];
    let folders = fs::read_dir(workspace::root().join(BOARDS));
    for folder in folders.with_context(|| format!("cannot read {BOARDS}"))? {
        let path = format!(
            "{BOARDS}/{}/Cargo.toml",
            folder?.file_name().to_string_lossy()
        );
        if workspace::root().join(&path).exists() {
            paths.push(path);
        }
    }
    Ok(paths)
}

fn other_workspaces_agree(root: &Table) -> Result<()> {
    for path in other_workspaces()? {
        agrees(
            &path,
            &read_toml(&path)?,
            root,
            &["edition", "rust-version"],
        )?;
    }
    // Fuzzing needs a nightly compiler, so its manifest states no oldest one.
    agrees(FUZZ, &read_toml(FUZZ)?, root, &["edition"])
}

/// That a manifest states of its package what the root states for its members.
fn agrees(path: &str, manifest: &Table, root: &Table, keys: &[&str]) -> Result<()> {
    for key in keys {
        let wanted = lookup(root, &["workspace", "package", key]);
        ensure!(
            wanted.is_some() && lookup(manifest, &["package", key]) == wanted,
            "{path} states another {key} than Cargo.toml, or none"
        );
    }
    Ok(())
}

/// With bare-metal targets in such a file rustup downloads them at every call of cargo, and
/// each of them fails where it cannot.
fn no_bare_metal_toolchain_file() -> Result<()> {
    for name in ["rust-toolchain", "rust-toolchain.toml"] {
        let text = fs::read_to_string(workspace::root().join(name)).unwrap_or_default();
        ensure!(
            !text.contains("-none-"),
            "{name} names bare-metal targets; xtask adds them"
        );
    }
    Ok(())
}

fn texts_agree() -> Result<()> {
    let wanted = rust_version()?;
    for path in TEXTS
        .into_iter()
        .filter(|path| workspace::root().join(path).exists())
    {
        for stated in rust_versions_in(&read(path)?) {
            ensure!(
                stated == wanted,
                "{path} speaks of Rust {stated}; Cargo.toml says {wanted}"
            );
        }
    }
    Ok(())
}

fn changelog_is_open() -> Result<()> {
    let open = read("CHANGELOG.md")?
        .lines()
        .any(|line| line == "## [Unreleased]");
    ensure!(open, "CHANGELOG.md has no heading `## [Unreleased]`");
    Ok(())
}

/// Every `Rust 1.N` of a text.
fn rust_versions_in(text: &str) -> Vec<String> {
    text.split("Rust 1.")
        .skip(1)
        .map(|rest| {
            rest.chars()
                .take_while(char::is_ascii_digit)
                .collect::<String>()
        })
        .filter(|minor| !minor.is_empty())
        .map(|minor| format!("1.{minor}"))
        .collect()
}

/// Whether `rustc 1.96.0 (...)` is at least `1.95`.
pub(crate) fn is_at_least(rustc: &str, wanted: &str) -> bool {
    let numbers = |version: &str| -> Vec<u32> {
        version
            .split(['.', '-'])
            .map_while(|part| part.parse().ok())
            .collect()
    };
    rustc
        .split_whitespace()
        .nth(1)
        .is_some_and(|version| numbers(version) >= numbers(wanted))
}

#[cfg(test)]
mod tests {
    use super::{agrees, is_at_least, other_workspaces, rust_versions_in};
    use crate::boards;
    use crate::workspace::PROBE;

    #[test]
    fn versions_compare_by_number() {
        assert!(is_at_least("rustc 1.95.0 (f2d3ce0bd 2026-03-21)", "1.95"));
        assert!(is_at_least(
            "rustc 1.100.0-nightly (abc 2027-01-01)",
            "1.95.1"
        ));
        assert!(!is_at_least(
            "rustc 1.85.0 (built from a source tarball)",
            "1.95"
        ));
        assert!(!is_at_least("", "1.95"));
    }

    #[test]
    fn other_workspaces_are_held_to_the_root() {
        let root = "[workspace.package]\nedition = '2024'\nrust-version = '1.95'";
        let root = root.parse().unwrap();
        let outcome = |stated: &str| {
            let manifest = format!("[package]\nedition = '2024'\n{stated}");
            let manifest = manifest.parse().unwrap();
            agrees("here", &manifest, &root, &["edition", "rust-version"])
        };
        assert!(outcome("rust-version = '1.95'").is_ok());
        assert!(outcome("rust-version = '1.94'").is_err());
        assert!(outcome("").is_err());
        // A root that states nothing agrees with no one.
        let nothing = "".parse().unwrap();
        assert!(agrees("here", &nothing, &nothing, &["edition"]).is_err());
    }

    #[test]
    fn every_other_workspace_is_found() {
        let found = other_workspaces().unwrap();
        for wanted in boards::manifests().into_iter().chain([PROBE.to_owned()]) {
            assert!(found.contains(&wanted), "{wanted} is not in {found:?}");
        }
    }

    #[test]
    fn texts_name_versions() {
        assert_eq!(
            rust_versions_in("Rust 1.95 or later, not Rust 1.9."),
            ["1.95", "1.9"]
        );
        assert!(rust_versions_in("only Rust installed").is_empty());
    }
}
