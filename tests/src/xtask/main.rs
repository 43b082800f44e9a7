//! `cargo xtask`: every check of the workspace, and what it needs set up by itself.
//!
//! A command prints each program it starts and how long that took, goes on after a
//! failure so that one run shows all of them, and ends with `N passed, N failed`.

mod apt;
mod bench_host;
mod bench_mcu;
mod boards;
mod cross;
mod deny;
mod document;
mod emulate;
mod emulator;
mod host_tests;
mod image;
mod large;
mod linked;
mod linker;
mod lint;
mod lockstep;
mod machine;
mod networks;
mod package;
mod pico;
mod process;
mod reach;
mod reproduce;
mod statements;
mod symbols;
mod table;
mod tally;
mod toolchain;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::tally::Tally;
use crate::toolchain::{BareMetal, Choice};

/// Checks and builds of the Apical workspace.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    task: Task,

    /// Where core for the microcontrollers comes from.
    #[arg(long, global = true, value_enum, default_value_t = Choice::Auto, value_name = "WAY")]
    bare_metal: Choice,
}

#[derive(Debug, Clone, Subcommand)]
enum Task {
    /// Format, clippy, docs, versions that must agree, licences, package.
    Lint,
    /// Every test on this machine, `cross`, `symbols`, `emulate`, `boards`, `pico`.
    Test,
    /// `lint`, then `test`.
    Ci,
    /// Build core for five microcontroller targets, with and without defmt.
    Cross,
    /// Show that no panic can be reached in core on a Cortex-M4, and its size.
    Symbols,
    /// Learn on emulated cores, M0 to RISC-V, and compare with this machine.
    Emulate {
        /// Only the network that fills 256 KB.
        #[arg(long)]
        large: bool,
    },
    /// Build and lint the images of all boards; flash and RAM they take.
    Boards(boards::Boards),
    /// Run the Pico's own image in rp2040js, through a power cut.
    Pico,
    /// Measure core on this machine, next to plain loops.
    BenchHost(bench_host::BenchHost),
    /// Count instructions of core's kernels on emulated cores, next to peers.
    BenchMcu(bench_mcu::BenchMcu),
    /// Run a study again, from where it is, and write its results and tables.
    Reproduce(reproduce::Reproduce),
    /// Pack core as for crates.io and build the package, without uploading.
    Package,
    /// Licences, sources and known vulnerabilities (installs cargo-deny).
    Deny,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut tally = Tally::default();
    // What ends a task early is one more failure: the counts so far are still worth having.
    if let Err(error) = run(&arguments, &mut tally) {
        tally.failed(format!("{error:#}"));
    }
    tally.close()
}

fn run(arguments: &Arguments, tally: &mut Tally) -> Result<()> {
    let compiler = || BareMetal::find(arguments.bare_metal);
    match &arguments.task {
        Task::Lint => lint::run(tally)?,
        Task::Test => test(tally, compiler)?,
        Task::Ci => {
            lint::run(tally)?;
            test(tally, compiler)?;
        }
        Task::Cross => cross::run(tally, compiler()?),
        Task::Symbols => symbols::run(tally, compiler()?)?,
        Task::Emulate { large: true } => emulate::large(tally, compiler()?)?,
        Task::Emulate { large: false } => emulate::run(tally, compiler()?)?,
        Task::Boards(options) => boards::run(tally, compiler()?, options)?,
        Task::Pico => pico::run(tally, compiler()?)?,
        Task::BenchHost(options) => bench_host::run(tally, options),
        Task::BenchMcu(options) => bench_mcu::run(tally, compiler()?, options)?,
        Task::Reproduce(options) => reproduce::run(tally, options)?,
        Task::Package => package::run(tally),
        Task::Deny => deny::run(tally)?,
    }
    Ok(())
}

/// What `cargo xtask test` promises: the host's tests, then core as the boards get it.
fn test(tally: &mut Tally, compiler: impl FnOnce() -> Result<BareMetal>) -> Result<()> {
    host_tests::run(tally);
    // Found once: to ask rustup or apt again would cost time and not change the answer.
    let compiler = compiler()?;
    cross::run(tally, compiler);
    symbols::run(tally, compiler)?;
    emulate::run(tally, compiler)?;
    boards::run(tally, compiler, &boards::Boards::default())?;
    pico::run(tally, compiler)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Arguments;

    #[test]
    fn the_command_line_is_well_formed_and_its_help_fits_a_screen() {
        let mut command = Arguments::command();
        command.clone().debug_assert();
        assert!(command.render_help().to_string().lines().count() <= 24);
    }
}
