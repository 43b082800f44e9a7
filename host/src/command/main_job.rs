//! `apical` without a command.

use super::{Common, Voice};
use crate::config::Config;
use crate::digits;
use crate::journal::write_atomically;
use crate::task::Material;
use crate::{Error, plot};
use std::path::Path;
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
    std::fs::create_dir_all(folder.join("plots")).map_err(|source| Error::Write {
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
    let study = digits::study(&config, &material, &|count| bar.inc(count), stop)?;
    bar.finish_and_clear();
    save(&folder, &study)?;
    voice.say(&digits::table(&study).to_text());
    voice.say(&format!(
        "\n{:.1} s. Report with plots: {}",
        study.seconds,
        folder.join("report.html").display()
    ));
    voice.result(&study);
    Ok(())
}

fn save(folder: &Path, study: &digits::Study) -> Result<(), Error> {
    let json = serde_json::to_string_pretty(study).map_err(|e| Error::Draw(e.to_string()))?;
    write_atomically(&folder.join("summary.json"), json.as_bytes())?;
    let figure = plot::svg(&digits::figure(study)).map_err(|e| Error::Draw(e.to_string()))?;
    write_atomically(
        &folder.join("plots").join("learning.svg"),
        figure.as_bytes(),
    )?;
    write_atomically(
        &folder.join("report.html"),
        digits::report(study)?.as_bytes(),
    )?;
    Ok(())
}
