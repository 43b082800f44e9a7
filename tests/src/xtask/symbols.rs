//! No panic in core can be reached on a microcontroller: shown on the machine code.
//!
//! `tests/probe` exports functions that run core's networks, compiled as a firmware would
//! be. If the compiler proved every bound, no code that panics is left to reach from them.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::process;
use crate::reach::{Finding, Graph};
use crate::tally::Tally;
use crate::toolchain::BareMetal;
use crate::workspace::PROBE;

const TARGET: &str = "thumbv7em-none-eabihf";

/// Exported by the probe for this check: must be free of panics.
const PREFIX: &str = "probe_";

/// Exported by the probe too: does panic, so that the check is seen to notice.
const CONTROL: &str = "control_panics";

/// A panic that may stay.
#[derive(Debug)]
struct Allowed {
    /// Part of the name of what is reached, such as `core::panicking::panic_bounds_check`.
    symbol: &'static str,
    /// Part of the name of the function that reaches it.
    caller: &'static str,
    /// Why it cannot happen, or may.
    reason: &'static str,
}

/// Panics that are reached and may be. Empty is how it should be.
const ALLOWED: &[Allowed] = &[];

/// Builds the probe and looks at what its functions reach.
pub(crate) fn run(tally: &mut Tally, compiler: BareMetal) -> Result<()> {
    if let Err(error) = process::run(&mut build(compiler)) {
        tally.failed(format!("the panic probe does not build ({error})"));
        return Ok(());
    }
    let archive = compiler
        .target_dir()
        .join(TARGET)
        .join("release/libapical_probe.a");
    let bytes = fs::read(&archive).with_context(|| format!("cannot read {}", archive.display()))?;
    let graph =
        Graph::of_archive(&bytes).with_context(|| format!("cannot read {}", archive.display()))?;

    tally.record("the panic check itself", control(&graph));
    let names = graph.exported(PREFIX);
    ensure!(
        !names.is_empty(),
        "the panic probe exports nothing that begins with {PREFIX}"
    );
    let mut used = vec![false; ALLOWED.len()];
    println!("\n{:>9} {:>9}  on {TARGET}", "own bytes", "with all");
    for name in names {
        let walk = graph.walk(name, is_panic_machinery)?;
        println!("{:>9} {:>9}  {name}", walk.own_text, walk.all_text);
        let unexpected: Vec<_> = walk
            .findings
            .iter()
            .filter(|finding| !allows(finding, &mut used))
            .collect();
        tally.record(&format!("no panic in {name}"), judge(&unexpected));
    }
    for (allowed, _) in ALLOWED.iter().zip(used).filter(|(_, used)| !used) {
        tally.failed(format!(
            "nothing reaches {} any more: strike it out",
            allowed.symbol
        ));
    }
    Ok(())
}

fn build(compiler: BareMetal) -> Command {
    let mut cargo = compiler.cargo();
    cargo.args([
        "build",
        "--quiet",
        "--release",
        "--manifest-path",
        PROBE,
        "--target",
        TARGET,
    ]);
    cargo.arg("--target-dir").arg(compiler.target_dir());
    cargo
}

/// A check that finds nothing proves nothing, unless it finds what is there.
fn control(graph: &Graph) -> Result<()> {
    let findings = graph.walk(CONTROL, is_panic_machinery)?.findings;
    ensure!(
        !findings.is_empty(),
        "{CONTROL} panics, and the check did not notice"
    );
    Ok(())
}

fn judge(unexpected: &[&Finding]) -> Result<()> {
    if unexpected.is_empty() {
        return Ok(());
    }
    let paths: Vec<_> = unexpected
        .iter()
        .map(|finding| finding.path.join(" -> "))
        .collect();
    bail!("can reach {}", paths.join("; "))
}

/// Whether the list allows it; marks the entry as used.
fn allows(finding: &Finding, used: &mut [bool]) -> bool {
    let [.., caller, symbol] = finding.path.as_slice() else {
        return false;
    };
    let fits = |entry: &Allowed| symbol.contains(entry.symbol) && caller.contains(entry.caller);
    let Some(place) = ALLOWED.iter().position(fits) else {
        return false;
    };
    if !used[place] {
        println!(
            "  allowed: {symbol} from {caller}: {}",
            ALLOWED[place].reason
        );
    }
    used[place] = true;
    true
}

/// By name: what panics, what only code that panics calls, and formatting, which in core
/// nothing but a panic's message needs.
pub(crate) fn is_panic_machinery(name: &str) -> bool {
    let of_the_library = name.starts_with("core::") || name.starts_with("<[");
    let fails = ["_fail", "_failed", "_fail_rt"]
        .iter()
        .any(|end| name.ends_with(end));
    name.contains("panic")
        || name.contains("core::fmt::")
        || name.contains("rust_begin_unwind")
        || (of_the_library && fails)
}

#[cfg(test)]
mod tests {
    use super::is_panic_machinery;

    #[test]
    fn panics_are_known_by_name() {
        for name in [
            "core::panicking::panic_fmt",
            "core::panicking::panic_bounds_check",
            "core::slice::index::slice_end_index_len_fail",
            "core::slice::<impl [T]>::copy_from_slice::len_mismatch_fail",
            "core::option::unwrap_failed",
            "core::cell::panic_already_borrowed",
            "<usize as core::fmt::Display>::fmt",
            "__rustc::rust_begin_unwind",
            "rust_begin_unwind",
        ] {
            assert!(is_panic_machinery(name), "{name}");
        }
    }

    #[test]
    fn ordinary_functions_are_not_panics() {
        for name in [
            "apical_core::microcircuit::step",
            "apical_core::number::write_failed",
            "memcpy",
            "__aeabi_lmul",
            "compiler_builtins::mem::memcpy",
            ".rodata..L__unnamed_1",
        ] {
            assert!(!is_panic_machinery(name), "{name}");
        }
    }
}
