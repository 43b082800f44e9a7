//! Learning on every emulated core, compared with learning on this machine digest by digest.

use anyhow::{Result, ensure};

use crate::emulator;
use crate::image::{self, Image};
use crate::large;
use crate::linked::{self, Linked};
use crate::lockstep::{self, Course, EVERY, STEPS};
use crate::machine::{MACHINES, Precision};
use crate::networks;
use crate::process;
use crate::table::Table;
use crate::tally::Tally;
use crate::toolchain::BareMetal;

/// The machine on which the comparison itself is tried.
const CONTROL: &str = "mps2-an386";

/// Random shapes that go through both kinds of kernels, where there are two.
const CASES: u64 = 3000;

/// The step at which one bit of a weight is made wrong there: not one whose digest is told at
/// first.
const CONTROL_STEP: u64 = 1234;

/// Builds, runs and compares every image.
pub(crate) fn run(tally: &mut Tally, compiler: BareMetal) -> Result<()> {
    emulator::ready()?;
    build_the_program()?;
    eprintln!("\n{STEPS} learning steps on this machine, in every precision");
    let courses = Precision::ALL
        .into_iter()
        .map(|precision| Ok((precision, Course::on_this_machine(precision, STEPS)?)))
        .collect::<Result<Vec<_>>>()?;
    let mut table = Table::new(&[
        "machine",
        "core",
        "precision",
        "steps:",
        "digest host",
        "digest device",
        "equal",
        "flash:",
        "static RAM:",
        "stack:",
        "left:",
    ]);
    for machine in MACHINES {
        let images = match image::build(compiler, machine) {
            Ok(images) => images,
            Err(error) => {
                tally.failed(format!(
                    "the images for {} do not build ({error:#})",
                    machine.name
                ));
                continue;
            }
        };
        if machine.compares_kernels() {
            let what = format!("kernels in assembly on {}", machine.name);
            tally.record(&what, kernels_agree(&image::parity(compiler, machine)));
        }
        // A board that serves the link has parser, answers and trainer in its image.
        for image in &images.link {
            tally.record(
                &format!(
                    "no panic, no heap in the link, {} on {}",
                    image.precision, machine.name
                ),
                free_of_panics(image),
            );
        }
        if machine.name == CONTROL {
            networks::run(tally, &images.link);
        }
        for image in &images.lockstep {
            let Some((_, course)) = courses.iter().find(|(of, _)| *of == image.precision) else {
                continue;
            };
            let what = format!("{} on {}", image.precision, machine.name);
            eprintln!("  {what}");
            tally.record(&what, one(image, course, &mut table));
            tally.record(
                &format!("no panic, no heap in {what}"),
                free_of_panics(image),
            );
            if machine.name == CONTROL {
                tally.record(
                    &format!("the comparison itself, {what}"),
                    finds_a_flipped_bit(image, course),
                );
            }
        }
    }
    large(tally, compiler)?;
    println!(
        "\nLearning on emulated cores: digests compared every {EVERY} steps; flash, static RAM and \
         the deepest stack in bytes, and what is left of the RAM\n\n{table}"
    );
    Ok(())
}

/// The network that fills 256 KB alone.
pub(crate) fn large(tally: &mut Tally, compiler: BareMetal) -> Result<()> {
    emulator::ready()?;
    build_the_program()?;
    tally.record("784-100-10 on 256 KB", large::run(compiler));
    Ok(())
}

/// `apical`, the other end of the link.
pub(crate) fn build_the_program() -> Result<()> {
    let mut program = process::cargo();
    program.args(["build", "--release", "--package", "apical"]);
    process::run(&mut program)
}

/// One image: a row of the table, and whether it is equal and fits.
fn one(image: &Image, course: &Course, table: &mut Table) -> Result<()> {
    let (flash, ram) = linked::memory_map(&image::memory_map(&image.machine)?)?;
    let size = Linked::read(&image.path)?.size(std::slice::from_ref(&ram))?;
    let outcome = lockstep::compare(image, course, None);
    let mut cells = vec![
        image.machine.name.to_owned(),
        image.machine.core.to_owned(),
        image.precision.to_string(),
        STEPS.to_string(),
        format!("{:016x}", course.last()),
    ];
    match &outcome {
        Ok((told, difference)) => {
            let (deepest, _) = told.stack;
            cells.push(format!("{:016x}", told.last()));
            cells.push(difference.as_ref().map_or_else(
                || "yes".to_owned(),
                |difference| format!("no, from step {}", difference.step),
            ));
            cells.extend([size.flash, size.ram, deepest].map(|bytes| bytes.to_string()));
            let left = (ram.end - ram.start).checked_sub(size.ram + deepest);
            cells.push(left.map_or_else(|| "none".to_owned(), |bytes| bytes.to_string()));
        }
        Err(_) => cells.extend(["-".to_owned(), "no".to_owned()]),
    }
    table.row(cells);
    let (told, difference) = outcome?;
    if let Some(difference) = difference {
        anyhow::bail!("{difference}");
    }
    ensure!(
        size.flash <= flash,
        "{} bytes do not fit the flash",
        size.flash
    );
    let (deepest, room) = told.stack;
    ensure!(deepest < room, "the stack of {room} bytes has been full");
    Ok(())
}

/// Random shapes with random and extreme words through both kinds of kernels, on the core itself.
fn kernels_agree(image: &Image) -> Result<()> {
    let lines = emulator::run(image, &[("cases", CASES)])?;
    let told = lines.last().map_or("nothing", String::as_str);
    ensure!(told == format!("equal {CASES}"), "the image said: {told}");
    eprintln!("  {CASES} random shapes through core's kernels and those in assembly: equal");
    Ok(())
}

/// A comparison that finds nothing proves nothing, unless it finds what is there.
fn finds_a_flipped_bit(image: &Image, course: &Course) -> Result<()> {
    let (_, difference) = lockstep::compare(image, course, Some(CONTROL_STEP))?;
    let found = difference.map(|difference| difference.step);
    ensure!(
        found == Some(CONTROL_STEP),
        "one bit of one weight was flipped at step {CONTROL_STEP}, and the comparison found {}",
        found.map_or_else(|| "nothing".to_owned(), |step| format!("step {step}"))
    );
    eprintln!("    a bit flipped at step {CONTROL_STEP} was found at that step");
    Ok(())
}

/// Nothing that panics, formats or allocates is left in an image: there are no exceptions.
fn free_of_panics(image: &Image) -> Result<()> {
    let unwanted = Linked::read(&image.path)?.unwanted()?;
    ensure!(unwanted.is_empty(), "it has {}", unwanted.join(", "));
    Ok(())
}
