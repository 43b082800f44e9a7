//! `apical compare`.

use super::source::without_epochs;
use super::{Common, Source, Voice};
use crate::Error;
use crate::compare::{Comparison, Question, Side, compare};
use crate::config::{Precision, Rounding};
use crate::report::{Cell, Column, Table};
use crate::task::Material;
use clap::Args;
use std::sync::atomic::AtomicBool;

#[derive(Debug, Args)]
pub(super) struct CompareArgs {
    #[command(flatten)]
    pub(super) source: Source,
    /// The reference: a precision, or precision:rounding
    #[arg(long, default_value = "f64", value_parser = side, value_name = "SIDE")]
    left: Side,
    /// What is held against it, such as i16:nearest
    #[arg(long, default_value = "i16:stochastic", value_parser = side, value_name = "SIDE")]
    right: Side,
    /// Largest difference of any variable that is accepted
    #[arg(long, default_value_t = 0.01)]
    tolerance: f64,
    /// Steps to compare
    #[arg(long, default_value_t = 1000)]
    steps: u64,
    /// Go on after the first difference, for the largest distances
    #[arg(long)]
    all: bool,
}

/// `i16` or `i16:nearest`.
fn side(text: &str) -> Result<Side, String> {
    let (precision, rounding) = text.split_once(':').unwrap_or((text, "stochastic"));
    let known = |words: Vec<&str>, word: &str| {
        format!("`{word}` is not known; accepted: {}", words.join(", "))
    };
    let found = Precision::ALL
        .iter()
        .find(|p| p.as_str() == precision)
        .copied();
    let words = || Precision::ALL.iter().map(|p| p.as_str()).collect();
    let precision = found.ok_or_else(|| known(words(), precision))?;
    let found = Rounding::ALL
        .iter()
        .find(|r| r.as_str() == rounding)
        .copied();
    let words = || Rounding::ALL.iter().map(|r| r.as_str()).collect();
    Ok((precision, found.ok_or_else(|| known(words(), rounding))?))
}

pub(super) fn run(args: &CompareArgs, common: &Common, stop: &AtomicBool) -> Result<(), Error> {
    let voice = Voice::new(common);
    let config = without_epochs(args.source.resolve(&args.source.overrides)?)?;
    if args.tolerance.is_nan() || args.tolerance < 0.0 {
        return Err(Error::Mismatch(format!(
            "--tolerance {}; accepted: a number, 0 or more",
            args.tolerance
        )));
    }
    let material = Material::load(&config)?;
    let bar = voice.bar(args.steps, "steps");
    let told = |count| bar.inc(count);
    let tolerance = args.tolerance;
    let question = Question {
        sides: [args.left, args.right],
        tolerance,
        steps: args.steps,
        all: args.all,
    };
    let found = compare(&config, &material, question, &told, stop)?;
    bar.finish_and_clear();
    voice.say(&table(&found).to_text());
    voice.result(&found);
    match &found.first {
        None => {
            voice.say(&format!(
                "\nNo difference beyond {tolerance} in {} steps.",
                found.steps
            ));
            Ok(())
        }
        Some(d) => Err(Error::Differs(format!(
            "{} and {} differ by more than {tolerance} for the first time at step {}: {} of \
             layer {}, index {}: {:e} (bits {:#x}) and {:e} (bits {:#x})",
            found.sides[0],
            found.sides[1],
            d.step,
            d.variable,
            d.layer,
            d.index,
            d.values[0],
            d.bits[0],
            d.values[1],
            d.bits[1],
        ))),
    }
}

fn table(found: &Comparison) -> Table {
    let columns = vec![
        Column::text("variable"),
        Column::number("layer", ""),
        Column::number("largest distance", ""),
        Column::number("at step", ""),
    ];
    let [left, right] = &found.sides;
    let mut table = Table::new(
        format!("{left} against {right}, {} steps", found.steps),
        columns,
    );
    for d in &found.distances {
        table.push(vec![
            Cell::text(&d.variable),
            Cell::text(d.layer.to_string()),
            Cell::text(format!("{:.3e}", d.largest)),
            Cell::text(d.step.to_string()),
        ]);
    }
    table
}
