//! The same course on this machine: what the results must be, bit by bit.

use anyhow::{Context, Result, ensure};
use apical_app::{Arena, arena, digits};
use apical_core::{F32, I8, I16};

use super::images::Program;
use super::machines::Counting;
use super::telling::Told;
use crate::machine::Precision;

/// The very text of the images.
#[expect(unreachable_pub, reason = "in the images it is a library's module")]
#[path = "../../../../firmware/boards/bench/src/course.rs"]
mod text;

use text::{Room, Watch};

/// What one precision told: names, sides, digests.
#[derive(Debug, Default)]
struct Results(Vec<(String, u64, u64)>);

/// The results of every precision.
#[derive(Debug)]
pub(crate) struct Expected(Vec<(Precision, Results)>);

impl Watch for Results {
    fn count(&mut self, work: impl FnOnce()) {
        work();
    }

    fn tell(&mut self, name: &str, side: usize, _: usize, digest: u64) {
        self.0.push((name.to_owned(), side as u64, digest));
    }
}

/// Takes the course in every precision.
pub(crate) fn on_this_machine() -> Result<Expected> {
    let of = |precision| {
        let results = match precision {
            Precision::I8 => results_in_i8(),
            Precision::I16 => results_in_i16(),
            Precision::F32 => results_in_f32(),
        };
        Ok((
            precision,
            results.with_context(|| format!("the course of {precision} cannot be taken"))?,
        ))
    };
    Precision::ALL
        .into_iter()
        .map(of)
        .collect::<Result<_>>()
        .map(Expected)
}

macro_rules! results {
    ($name:ident, $precision:ty) => {
        fn $name() -> Option<Results> {
            let mut results = Results::default();
            let mut weights = vec![Default::default(); 256 * 256];
            let (mut rates, mut potentials) =
                (vec![Default::default(); 256], vec![Default::default(); 256]);
            let mut room: Room<'_, $precision> = Room {
                weights: &mut weights,
                rates: &mut rates,
                potentials: &mut potentials,
            };
            for side in [64, 256] {
                text::kernels(&mut room, side, &mut results)?;
            }
            let mut arena: Box<arena!($precision, digits::SPECIFICATION)> = Box::new(Arena::new());
            text::training::<$precision>(arena.lend(), &mut results)?;
            Some(results)
        }
    };
}

results!(results_in_i8, I8);
results!(results_in_i16, I16);
results!(results_in_f32, F32);

/// Makes sure that an image's results are these: what counts wrong kernels measures nothing.
pub(crate) fn check(
    program: Program,
    machine: &Counting,
    told: &[Told],
    expected: &Expected,
) -> Result<()> {
    let Some(precision) = program.precision() else {
        return Ok(());
    };
    let of = expected.0.iter().find(|(of, _)| *of == precision);
    let (_, results) = of.context("a precision without results")?;
    ensure!(!told.is_empty(), "nothing was counted");
    for told in told {
        let wanted = results
            .0
            .iter()
            .find(|(name, side, _)| *name == told.name && *side == told.side);
        let (_, _, digest) =
            wanted.with_context(|| format!("{} is not in the course", told.name))?;
        ensure!(
            told.digest == *digest,
            "{} {} on {}: the digest of the result is {:016x} and on this machine {digest:016x}",
            told.name,
            told.side,
            machine.name,
            told.digest
        );
    }
    Ok(())
}
