//! A board and its twin side by side, to the first difference.

use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;

use super::DeviceError;
use super::session::Session;
use super::state::{Difference, State, section};
use super::twin::{Joined, Twin, formats};
use crate::Error;
use crate::config::Config;
use crate::engine::Engine;
use crate::network::Blueprint;
use crate::task::Material;

/// One bit of one word that is made wrong on the board after a step, so that the comparison can
/// show that it finds such a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flip {
    /// After this step.
    pub step: u64,
    /// A variable by its name.
    pub variable: String,
    /// Its layer.
    pub layer: usize,
    /// Index within it.
    pub index: usize,
    /// The bit, from the lowest.
    pub bit: u32,
}

/// What is asked of a comparison.
#[derive(Debug, Clone)]
pub struct Question {
    /// Steps to take.
    pub steps: u64,
    /// The digest is compared after so many steps; the output after each.
    pub every: u64,
    /// Whether the board begins anew, whatever it holds.
    pub anew: bool,
    /// A bit to make wrong.
    pub flip: Option<Flip>,
}

/// What a comparison found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Found {
    /// The board.
    pub board: String,
    /// The precision of both.
    pub precision: String,
    /// Whether the board began anew.
    pub anew: bool,
    /// The step at which the comparison began.
    pub from: u64,
    /// Steps that were compared.
    pub steps: u64,
    /// The last digests that were compared: on this machine, and on the board.
    pub digests: [String; 2],
    /// Whether all was equal.
    pub equal: bool,
    /// The first difference.
    pub first: Option<Difference>,
    /// Whether the difference came again when the steps were taken again from the last state that
    /// was equal; absent when that was not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub came_again: Option<bool>,
}

/// Steps a board and its twin and compares outputs and digests.
///
/// With digests compared only now and then, both go back to the last state that was equal and
/// take those steps again, one by one, to name the first that differs.
///
/// # Errors
/// When the board cannot be talked to or does not take the configuration, or the data do not fit.
pub fn lockstep<P: Engine>(
    config: &Config,
    material: &Material,
    session: &mut Session<'_>,
    question: &Question,
    progress: &dyn Fn(u64),
    stop: &AtomicBool,
) -> Result<Found, Error> {
    let blueprint = Blueprint::new(config, config.run.seed);
    let mut layers = blueprint.layers::<P>();
    let mut twin = Twin::new(config, material, &blueprint, &mut layers)?;
    let joined = twin.join(session, question.anew)?;
    if let Some(flip) = &question.flip {
        within(flip, joined.step, question.steps)?;
    }
    twin.catch_up(joined.step, |_| go_on(stop))?;
    // Whoever was here before may have been stopped between telling the board of the next pattern
    // and showing it. Telling it again changes nothing.
    if twin.course.after(joined.step).begins {
        session.switch()?;
        twin.switch();
    }
    let mut pair = Pair {
        twin,
        session,
        flip: question.flip.as_ref(),
        digests: [0; 2],
    };
    let first = pair.walk(joined.step, question, progress, stop)?;
    let Pair { twin, digests, .. } = pair;
    let identity = session.identity();
    Ok(Found {
        board: identity.board.clone(),
        precision: identity.precision.clone(),
        anew: joined.anew,
        from: joined.step,
        steps: twin.clock().step - joined.step,
        digests: digests.map(|digest| format!("{digest:016x}")),
        equal: first.is_none(),
        came_again: first.as_ref().and_then(|(_, again)| *again),
        first: first.map(|(difference, _)| difference),
    })
}

/// A bit that is never flipped would be found equal.
fn within(flip: &Flip, from: u64, steps: u64) -> Result<(), Error> {
    let (first, last) = (from + 1, from.saturating_add(steps));
    if (first..=last).contains(&flip.step) {
        return Ok(());
    }
    Err(Error::Mismatch(format!(
        "--flip: step {}; accepted: a step from {first} to {last}, which are compared",
        flip.step
    )))
}

fn go_on(stop: &AtomicBool) -> Result<(), DeviceError> {
    if stop.load(Ordering::Relaxed) {
        return Err(DeviceError::Stopped);
    }
    Ok(())
}

/// The two that are compared.
struct Pair<'p, 's, 'l, P: Engine> {
    twin: Twin<'l, P>,
    session: &'p mut Session<'s>,
    flip: Option<&'p Flip>,
    /// The last that were compared.
    digests: [u64; 2],
}

/// A difference, and whether it came again if that was tried.
type First = (Difference, Option<bool>);

impl<P: Engine> Pair<'_, '_, '_, P> {
    /// Takes all steps, or stops at the first difference.
    fn walk(
        &mut self,
        from: u64,
        question: &Question,
        progress: &dyn Fn(u64),
        stop: &AtomicBool,
    ) -> Result<Option<First>, Error> {
        // Before the first step: a board that was found somewhere may not be where it says.
        if !self.same_digest()? {
            return Ok(Some((self.look(None)?, None)));
        }
        let last = from + question.steps;
        // The last step after which the digests were equal, and the state there.
        let (mut good, mut equal) = (from, self.twin.snapshot());
        while self.twin.clock().step < last {
            go_on(stop)?;
            let outputs = self.step()?;
            let step = self.twin.clock().step;
            let asked = (step - from).is_multiple_of(question.every) || step == last;
            let same = outputs.is_none() && (!asked || self.same_digest()?);
            progress(1);
            if !same {
                // The state before this very step was equal: nothing to look for.
                if step - good == 1 {
                    return Ok(Some((self.look(outputs)?, None)));
                }
                return self.replay(&equal, step, outputs).map(Some);
            }
            if asked {
                good = step;
                if question.every > 1 {
                    equal = self.twin.snapshot();
                }
            }
        }
        Ok(None)
    }

    /// Takes the steps after the last equal state again, one by one.
    fn replay(
        &mut self,
        equal: &crate::network::Memory<P>,
        last: u64,
        outputs: Option<[Vec<u8>; 2]>,
    ) -> Result<First, Error> {
        let coarse = self.look(outputs)?;
        self.twin.restore(equal);
        let state = self.twin.state();
        self.session.restore(&state)?;
        while self.twin.clock().step < last {
            let outputs = self.step()?;
            if outputs.is_some() || !self.same_digest()? {
                return Ok((self.look(outputs)?, Some(true)));
            }
        }
        // Once, and not again: where it was seen is all there is to say.
        Ok((coarse, Some(false)))
    }

    /// One step of both; the outputs, if they differ.
    fn step(&mut self) -> Result<Option<[Vec<u8>; 2]>, Error> {
        let moment = self.twin.course.after(self.twin.clock().step);
        let [input, teacher] = self.twin.course.bytes(moment.sample);
        if moment.begins {
            self.session.switch()?;
        }
        let there = self.session.step(&input, Some(&teacher), true)?;
        self.twin.step(moment);
        let here = self.twin.output();
        if let Some(flip) = self.flip
            && flip.step == self.twin.clock().step
        {
            self.flip(flip)?;
        }
        Ok((here != there).then_some([here, there]))
    }

    fn same_digest(&mut self) -> Result<bool, Error> {
        self.digests = [self.twin.digest(), self.session.digest()?];
        Ok(self.digests[0] == self.digests[1])
    }

    /// Reads the whole state of the board and finds the first word that differs.
    fn look(&mut self, outputs: Option<[Vec<u8>; 2]>) -> Result<Difference, Error> {
        let there = self.session.state()?;
        let here = self.twin.state();
        let variables = self.twin.variables();
        if let Some(difference) = here.difference(&there, &variables, formats::<P>()) {
            return Ok(difference);
        }
        Ok(self.elsewhere(&here, outputs))
    }

    /// A difference in what a board says while its words are equal.
    fn elsewhere(&self, here: &State, outputs: Option<[Vec<u8>; 2]>) -> Difference {
        let format = formats::<P>()[3];
        let width = usize::from(format.bytes).max(1);
        let (variable, index, values, bits) = if let Some(outputs) = outputs {
            let [a, b] = outputs.each_ref().map(|bytes| bytes.chunks(width));
            let index = a.zip(b).position(|(a, b)| a != b).unwrap_or(0);
            let pair = outputs.map(|bytes| {
                let rest = bytes.get(index * width..).unwrap_or_default();
                super::state::word(rest, format)
            });
            let bits = pair.map(|word| word.hexadecimal());
            ("output", index, pair.map(|word| word.value), bits)
        } else {
            let bits = self.digests.map(|digest| format!("{digest:#018x}"));
            ("digest", 0, self.digests.map(|digest| digest as f64), bits)
        };
        Difference {
            step: here.clock.step,
            variable: variable.to_owned(),
            layer: 0,
            index,
            values,
            bits,
            words: Vec::new(),
        }
    }

    fn flip(&mut self, flip: &Flip) -> Result<(), Error> {
        let variables = self.twin.variables();
        let (variable, layer) = (flip.variable.as_str(), flip.layer);
        let found = super::state::find(&variables, variable, layer, flip.index)?;
        let format = formats::<P>()[section(found) as usize];
        let width = usize::from(format.bytes);
        let offset = (found.range.start + flip.index) * width;
        let mut all = self.session.section(section(found))?;
        super::state::flip(&mut all[offset..offset + width], flip.bit)?;
        let bytes = &all[offset..offset + width];
        Ok(self.session.write(section(found), offset, bytes)?)
    }
}

impl Found {
    /// The outcome as a sentence.
    pub fn sentence(&self) -> String {
        let Self {
            board,
            precision,
            from,
            steps,
            ..
        } = self;
        let Some(d) = &self.first else {
            return format!(
                "{board} and this machine are equal in {precision}: {steps} steps from step \
                 {from}, digest {}",
                self.digests[0]
            );
        };
        let again = match self.came_again {
            Some(false) => "; taken again, these steps were equal",
            _ => "",
        };
        let hint = if d.step == *from && !self.anew {
            "; it was so before the first step (--anew begins anew)"
        } else {
            ""
        };
        format!(
            "{board} differs from this machine for the first time after step {}: {} of layer {}, \
             index {}: {:e} (bits {}) here, {:e} (bits {}) there{again}{hint}",
            d.step, d.variable, d.layer, d.index, d.values[0], d.bits[0], d.values[1], d.bits[1],
        )
    }
}

impl Joined {
    /// How they came together, for a person.
    pub fn sentence(&self) -> String {
        if self.anew {
            "the board begins anew".to_owned()
        } else {
            format!("the board goes on from step {}", self.step)
        }
    }
}
