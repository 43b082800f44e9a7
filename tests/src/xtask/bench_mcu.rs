//! How many instructions core's kernels take on microcontrollers' cores, next to other libraries'.
//!
//! QEMU lets a fixed virtual time pass with every instruction, so a timer of the emulated machine
//! counts instructions, the same on every run and under every load. They are not cycles.

mod c_compiler;
mod cmsis;
mod course;
mod figures;
mod images;
mod machines;
mod report;
mod telling;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;

use crate::emulator;
use crate::tally::Tally;
use crate::toolchain::BareMetal;
use figures::Figures;
use images::Program;
use machines::MACHINES;

/// Where the tables go, besides the screen.
#[derive(Debug, Clone, Args)]
pub(crate) struct BenchMcu {
    /// Write the tables to this file as well, as Markdown.
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// Write the figures to this file as well, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write the tables to docs/performance.md as well.
    #[arg(long)]
    document: bool,
}

/// Builds, runs and counts everything.
pub(crate) fn run(tally: &mut Tally, compiler: BareMetal, options: &BenchMcu) -> Result<()> {
    emulator::ready()?;
    let expected = course::on_this_machine()?;
    // Without C compilers or sources the rest is still worth having, and one failure.
    let cmsis = match cmsis::ready() {
        Ok(sources) => Some(sources),
        Err(error) => {
            tally.record("CMSIS-DSP", Err(error));
            None
        }
    };
    let mut figures = Figures::default();
    for machine in &MACHINES {
        let programs = Program::of(machine);
        match images::build(compiler, machine, &programs, None) {
            Ok(paths) => {
                for (program, path) in programs.iter().zip(paths) {
                    let what = format!("{program} on {}", machine.core);
                    eprintln!("  {what}");
                    let told = images::run(machine, path).and_then(|told| {
                        course::check(*program, machine, &told, &expected)?;
                        Ok(told)
                    });
                    tally.record(
                        &what,
                        told.map(|told| figures.add(machine, &program.to_string(), told)),
                    );
                }
            }
            Err(error) => tally.record(&format!("the images for {}", machine.core), Err(error)),
        }
        let Some(cmsis) = cmsis.as_ref().filter(|_| machine.c.is_some()) else {
            continue;
        };
        for c in cmsis.compilers() {
            let name = format!("CMSIS-DSP, {}", c.name());
            let what = format!("{name} on {}", machine.core);
            eprintln!("  {what}");
            let told = cmsis.compile(c, machine).and_then(|object| {
                let program = [Program::CmsisDsp];
                let path = images::build(compiler, machine, &program, Some(&object))?;
                images::run(machine, path.into_iter().next().context("no image")?)
            });
            tally.record(&what, told.map(|told| figures.add(machine, &name, told)));
        }
    }
    let report = report::markdown(&figures, cmsis.as_ref());
    println!("\n{report}");
    if let Some(path) = &options.markdown {
        fs::write(path, &report).with_context(|| format!("cannot write {}", path.display()))?;
    }
    if let Some(path) = &options.json {
        fs::write(path, report::json(&figures))
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    if options.document {
        report::document(&report)?;
    }
    Ok(())
}
