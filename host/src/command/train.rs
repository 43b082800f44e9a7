//! `apical train`.

use super::again::Again;
use super::{Common, Source, Voice, seeds};
use crate::Error;
use crate::config::Config;
use crate::jobs::side_by_side;
use crate::report::{Cell, Column, Table};
use crate::run::{Summary, check_folders, run as run_seed};
use crate::task::Material;
use clap::Args;
use std::sync::atomic::AtomicBool;

#[derive(Debug, Args)]
pub(super) struct TrainArgs {
    #[command(flatten)]
    pub(super) source: Source,
    /// How many seeds, in parallel: run.seed, run.seed + 1, ..
    #[arg(long, value_name = "N", value_parser = seeds)]
    seeds: Option<u64>,
    #[command(flatten)]
    again: Again,
}

pub(super) fn run(args: &TrainArgs, common: &Common, stop: &AtomicBool) -> Result<(), Error> {
    let voice = Voice::new(common);
    let mut overrides = args.source.overrides.clone();
    overrides.extend(args.seeds.map(|seeds| format!("run.seeds={seeds}")));
    let config = args.source.resolve(&overrides)?;
    if common.threads.is_none() {
        // A pool that exists already has as many threads as somebody asked for.
        let pool = rayon::ThreadPoolBuilder::new().num_threads(config.run.threads);
        let _ = pool.build_global();
    }
    let material = Material::load(&config)?;
    let existing = args.again.existing();
    check_folders(&config, &common.out, existing)?;
    let seeds: Vec<u64> = config.run.all_seeds().collect();
    let total = config.run.epochs * material.split.train.len() as u64 * config.run.seeds;
    let bar = voice.bar(total, "samples");
    bar.set_message(config.run.name.clone());
    let summaries = side_by_side(&seeds, |&seed| {
        let told = |count| bar.inc(count);
        run_seed(&config, &material, seed, &common.out, existing, &told, stop)
    });
    bar.finish_and_clear();
    let summaries = summaries?;
    voice.say(&table(&config, &summaries).to_text());
    voice.say(&format!(
        "\nRun folders with report.html: {}/",
        common.out.display()
    ));
    voice.result(&summaries);
    Ok(())
}

fn table(config: &Config, summaries: &[Summary]) -> Table {
    let columns = vec![
        Column::text("run"),
        Column::number("test accuracy", "%"),
        Column::number("test loss", ""),
        Column::number("lost updates", "%"),
        Column::number("saturations", ""),
        Column::number("state", "bytes"),
        Column::text("digest"),
    ];
    let caption = format!("{}, {}", config.run.precision, config.run.rounding);
    let mut table = Table::new(&caption, columns);
    for s in summaries {
        let metric = |name: &str| s.metrics.get(name).copied().unwrap_or(f64::NAN);
        table.push(vec![
            Cell::text(config.run.folder_name(s.seed)),
            Cell::number(metric("test_accuracy"), 2),
            Cell::number(metric("test_loss"), 4),
            Cell::number(
                100.0 * s.lost_updates as f64 / (s.updates as f64).max(1.0),
                2,
            ),
            Cell::text(s.saturations.to_string()),
            Cell::text(s.state_bytes.to_string()),
            Cell::text(&s.digest),
        ]);
    }
    table
}
