//! `apical device lockstep`.

use super::super::{Common, Source, Voice};
use super::{Line, configuration};
use crate::device::lockstep::{Flip, Found, Question, lockstep};
use crate::report::{Cell, Column, Table};
use crate::task::Material;
use crate::{Error, with_precision};
use clap::Args;
use std::sync::atomic::AtomicBool;

#[derive(Debug, Args)]
pub(super) struct LockstepArgs {
    #[command(flatten)]
    line: Line,
    #[command(flatten)]
    source: Source,
    /// Steps to compare
    #[arg(long, default_value_t = 2000, value_name = "N")]
    steps: u64,
    /// Compare the digest every N steps; outputs are compared at each
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    every: u64,
    /// Begin anew, also on a board that has this configuration already
    #[arg(long)]
    anew: bool,
    /// Flip a bit of the board: STEP:VARIABLE:LAYER:INDEX:BIT, as 1234:up:1:17:3
    #[arg(long, value_name = "WHERE", value_parser = flip)]
    flip: Option<Flip>,
}

fn flip(text: &str) -> Result<Flip, String> {
    let parts: Vec<_> = text.split(':').collect();
    let found = match parts.as_slice() {
        [step, variable, layer, index, bit] => (|| {
            Some(Flip {
                step: step.parse().ok()?,
                variable: (*variable).to_owned(),
                layer: layer.parse().ok()?,
                index: index.parse().ok()?,
                bit: bit.parse().ok()?,
            })
        })(),
        _ => None,
    };
    found.ok_or_else(|| "accepted: STEP:VARIABLE:LAYER:INDEX:BIT, such as 1234:up:1:17:3".into())
}

pub(super) fn run(args: &LockstepArgs, common: &Common, stop: &AtomicBool) -> Result<(), Error> {
    let voice = Voice::new(common);
    let mut connected = args.line.connect(stop)?;
    let session = &mut connected.session;
    let (config, precision) = configuration(&args.source, session)?;
    let material = Material::load(&config)?;
    let question = Question {
        steps: args.steps,
        every: args.every,
        anew: args.anew,
        flip: args.flip.clone(),
    };
    let bar = voice.bar(args.steps, "steps");
    bar.set_message(session.identity().board.clone());
    let told = |count| bar.inc(count);
    let found = with_precision!(precision, P => {
        lockstep::<P>(&config, &material, session, &question, &told, stop)
    });
    bar.finish_and_clear();
    let found = found?;
    if found.first.is_some() {
        voice.say(&table(&found).to_text());
    }
    voice.result(&found);
    if found.equal {
        voice.say(&found.sentence());
        Ok(())
    } else {
        Err(Error::Differs(found.sentence()))
    }
}

/// What differs, variable by variable.
fn table(found: &Found) -> Table {
    let columns = vec![
        Column::text("variable"),
        Column::number("layer", ""),
        Column::number("words that differ", ""),
        Column::number("of", ""),
    ];
    let step = found.first.as_ref().map_or(0, |first| first.step);
    let mut table = Table::new(format!("After step {step}"), columns);
    for d in found.first.iter().flat_map(|first| &first.words) {
        table.push(vec![
            Cell::text(&d.variable),
            Cell::text(d.layer.to_string()),
            Cell::text(d.differ.to_string()),
            Cell::text(d.of.to_string()),
        ]);
    }
    table
}
