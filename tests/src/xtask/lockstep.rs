//! The same learning on this machine and on an emulated one, digest by digest.

use std::fmt;

use anyhow::{Context, Result, bail, ensure};
use apical_app::digits::{self, Digits};
use apical_app::{Arena, Trainer, arena};
use apical_core::microcircuit::Layer;
use apical_core::{F32, I8, I16};

use crate::emulator;
use crate::image::Image;
use crate::machine::Precision;

/// Learning steps of a comparison.
pub(crate) const STEPS: u64 = 2000;

/// A digest is compared after so many steps.
pub(crate) const EVERY: u64 = 100;

/// The digests of a course of learning on this machine: the entry n is that after n + 1 steps.
#[derive(Debug)]
pub(crate) struct Course(Vec<u64>);

impl Course {
    /// Learns here for so many steps, with the very code of the images.
    pub(crate) fn on_this_machine(precision: Precision, steps: u64) -> Result<Self> {
        macro_rules! learn {
            ($precision:ty) => {{
                let mut arena: Box<arena!($precision, digits::SPECIFICATION)> =
                    Box::new(Arena::new());
                let mut layers = digits::LAYERS.map(|_| Layer::<$precision>::default());
                let mut trainer = Trainer::new(&digits::SPECIFICATION, &mut layers, arena.lend())
                    .context("the digits network cannot be built")?;
                trainer.begin(&digits::initial(digits::SPECIFICATION.seed));
                let mut task = Digits::<$precision>::new();
                (0..steps)
                    .map(|_| {
                        task.learn_next(&mut trainer);
                        trainer.digest()
                    })
                    .collect()
            }};
        }
        Ok(Self(match precision {
            Precision::I8 => learn!(I8),
            Precision::I16 => learn!(I16),
            Precision::F32 => learn!(F32),
        }))
    }

    /// The digest after a step, which counts from 1.
    pub(crate) fn after(&self, step: u64) -> Result<u64> {
        let place = usize::try_from(step)?.checked_sub(1);
        place
            .and_then(|place| self.0.get(place).copied())
            .with_context(|| format!("there is no step {step}"))
    }

    /// The last digest.
    pub(crate) fn last(&self) -> u64 {
        self.0.last().copied().unwrap_or_default()
    }
}

/// What a device said of its course.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// Steps and the digests after them.
    digests: Vec<(u64, u64)>,
    /// Bytes of the stack: the deepest it was, and all there are.
    pub(crate) stack: (u64, u64),
}

impl Told {
    /// The last digest.
    pub(crate) fn last(&self) -> u64 {
        self.digests.last().map_or(0, |&(_, digest)| digest)
    }

    /// `step 100 digest 00c0ffee00c0ffee` any number of times, then `stack 800 of 4000`.
    fn parse(lines: &[String]) -> Result<Self> {
        let mut digests = Vec::new();
        let mut stack = None;
        for line in lines {
            let words: Vec<_> = line.split(' ').collect();
            match words.as_slice() {
                ["step", step, "digest", digest] => {
                    digests.push((step.parse()?, u64::from_str_radix(digest, 16)?));
                }
                ["stack", used, "of", room] => stack = Some((used.parse()?, room.parse()?)),
                _ => bail!("the image said: {line}"),
            }
        }
        let stack = stack.context("the image did not come to its last line")?;
        Ok(Self { digests, stack })
    }
}

/// Where two courses part.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    /// The first step after which the states differ.
    pub(crate) step: u64,
    /// The digest on this machine.
    pub(crate) host: u64,
    /// The digest on the device.
    pub(crate) device: u64,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the first difference is after step {}: {:016x} on this machine, {:016x} on the device",
            self.step, self.host, self.device
        )
    }
}

/// Runs an image and compares; `flip` makes the device go wrong at that step.
pub(crate) fn compare(
    image: &Image,
    course: &Course,
    flip: Option<u64>,
) -> Result<(Told, Option<Difference>)> {
    let told = tell(image, flip, 0, EVERY, STEPS)?;
    let Some(coarse) = first_difference(course, &told)? else {
        return Ok((told, None));
    };
    // Somewhere after the last digest that was equal: step by step now.
    let from = (coarse.step - 1) / EVERY * EVERY;
    let fine = first_difference(course, &tell(image, flip, from, 1, coarse.step)?)?;
    let fine = fine.with_context(|| {
        format!("{coarse}, but not in a second run: the device is not the same from run to run")
    })?;
    Ok((told, Some(fine)))
}

/// Runs an image that tells the digests after `from`, and makes sure that it told all of them.
fn tell(image: &Image, flip: Option<u64>, from: u64, every: u64, steps: u64) -> Result<Told> {
    let mut settings = vec![("steps", steps), ("every", every), ("from", from)];
    settings.extend(flip.map(|step| ("flip", step)));
    let told = Told::parse(&emulator::run(image, &settings)?)?;
    let wanted = (from + 1..=steps).filter(|step| step % every == 0 || *step == steps);
    ensure!(
        told.digests.iter().map(|&(step, _)| step).eq(wanted),
        "the image left out steps between {from} and {steps}"
    );
    Ok(told)
}

fn first_difference(course: &Course, told: &Told) -> Result<Option<Difference>> {
    for &(step, device) in &told.digests {
        let host = course.after(step)?;
        if host != device {
            return Ok(Some(Difference { step, host, device }));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::{Course, Difference, Told, first_difference};

    #[test]
    fn the_lines_of_an_image_are_understood() {
        let lines = ["step 1 digest 000000000000000a", "stack 800 of 4000"].map(str::to_owned);
        let told = Told::parse(&lines).unwrap();
        assert_eq!((told.last(), told.stack), (10, (800, 4000)));
        assert!(Told::parse(&lines[..1]).is_err());
        assert!(Told::parse(&["failed: no".to_owned()]).is_err());
    }

    #[test]
    fn the_first_difference_is_found() {
        let course = Course(vec![5, 6, 7]);
        let told = |digests: &[(u64, u64)]| Told {
            digests: digests.to_vec(),
            stack: (0, 0),
        };
        let same = first_difference(&course, &told(&[(1, 5), (3, 7)])).unwrap();
        assert_eq!(same, None);
        let other = first_difference(&course, &told(&[(1, 5), (2, 8), (3, 9)])).unwrap();
        let (step, host, device) = (2, 6, 8);
        assert_eq!(other, Some(Difference { step, host, device }));
        assert!(first_difference(&course, &told(&[(4, 0)])).is_err());
    }
}
