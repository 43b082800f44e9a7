//! `apical` without a command.

use super::{Common, Voice};
use crate::Error;
use crate::config::Config;
use crate::digits::{self, Keeper};
use crate::task::Material;
use std::sync::atomic::AtomicBool;

/// Seeds of the main job.
const SEEDS: u64 = 5;

pub(super) fn run(common: &Common, stop: &AtomicBool) -> Result<(), Error> {
    let voice = Voice::new(common);
    let mut config = Config::default();
    config.run.seeds = SEEDS;
    let material = Material::load(&config)?;
    let folder = common.out.join("digits");
    // The folder is made before the work, so that a disk that cannot be written says so at once.
    std::fs::create_dir_all(&folder).map_err(|source| Error::Write {
        path: folder.clone(),
        source,
    })?;
    let (train, test) = (material.split.train.len(), material.split.test.len());
    voice.say(&format!(
        "A microcircuit {:?} learns {train} handwritten digits, is tested on {test} others:\n\
         {} seeds x {} epochs x {} number formats.\n",
        config.network.layers,
        config.run.seeds,
        config.run.epochs,
        digits::CONTENDERS.len(),
    ));
    let bar = voice.bar(digits::total_samples(&config, &material), "digits");
    bar.set_message("training");
    let keeper = Keeper::new(&folder, &config)?;
    let told = |count| bar.inc(count);
    let study = digits::study(&config, &material, &keeper, &told, stop);
    bar.finish_and_clear();
    let study = study.map_err(|error| match error {
        Error::Stopped(_) => {
            let done = |seed: &u64| keeper.load(*seed).is_some();
            Error::Differs(format!(
                "stopped; {} of {SEEDS} seeds are kept in {}, and the same command goes on from them",
                config.run.all_seeds().filter(done).count(),
                folder.display()
            ))
        }
        other => other,
    })?;
    digits::write(&folder, &study)?;
    keeper.clear(config.run.all_seeds());
    voice.say(&digits::table(&study).to_text());
    voice.say(&format!(
        "\n{:.1} s. Report with plots: {}",
        study.seconds,
        folder.join("report.html").display()
    ));
    voice.result(&study);
    Ok(())
}
