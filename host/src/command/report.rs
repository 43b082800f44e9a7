//! `apical report`.

use super::{Common, Voice};
use crate::config::Config;
use crate::digits::{self, Study};
use crate::experiment::{self, ExperimentOptions, Kind};
use crate::journal::{
    config_path, metrics_path, read_summary, report_path, summary_path, write_atomically,
};
use crate::run::Existing;
use crate::{Error, run};
use clap::Args;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    /// A run folder, such as runs/digits-1
    folder: PathBuf,
}

/// Whose folder it is.
#[derive(Debug)]
enum Owner {
    /// `apical` without a command.
    MainJob(Box<Study>),
    /// `apical experiment`.
    Experiment(experiment::Summary),
    /// `apical train`, over or not.
    Training,
}

pub(super) fn draw(args: &ReportArgs, common: &Common) -> Result<(), Error> {
    let folder = &args.folder;
    match owner(folder)? {
        Owner::MainJob(study) => digits::draw(folder, &study)?,
        Owner::Experiment(summary) => experiment(folder, &summary)?,
        Owner::Training => {
            let page = run::report(folder)?;
            write_atomically(&report_path(folder), page.as_bytes())?;
        }
    }
    let path = report_path(folder);
    let voice = Voice::new(common);
    voice.say(&path.display().to_string());
    voice.result(&serde_json::json!({ "report": path }));
    Ok(())
}

fn owner(folder: &Path) -> Result<Owner, Error> {
    let files = [config_path(folder), metrics_path(folder)];
    if let Some(missing) = files.iter().find(|file| !file.is_file()) {
        return Err(Error::Mismatch(format!(
            "{}: missing, so this is not a run folder; accepted: a folder that `apical`, `apical train` or \
             `apical experiment` wrote",
            missing.display()
        )));
    }
    if !summary_path(folder).is_file() {
        return Ok(Owner::Training);
    }
    let summary: Value = read_summary(folder)?;
    Ok(if summary.get("experiment").is_some() {
        Owner::Experiment(read_summary(folder)?)
    } else if summary.get("law").is_some() {
        Owner::MainJob(Box::new(read_summary(folder)?))
    } else {
        Owner::Training
    })
}

/// Goes on from the checkpoints by no presentation, which draws what there is.
fn experiment(folder: &Path, summary: &experiment::Summary) -> Result<(), Error> {
    let kind = Kind::ALL
        .into_iter()
        .find(|kind| kind.name() == summary.experiment);
    let kind = kind.ok_or_else(|| {
        Error::Mismatch(format!(
            "{}: experiment = {:?}; accepted: {}",
            summary_path(folder).display(),
            summary.experiment,
            Kind::ALL.map(Kind::name).join(", ")
        ))
    })?;
    let missing = summary
        .runs
        .iter()
        .map(|run| experiment::checkpoint_path(folder, &run.name))
        .find(|path| !path.is_file());
    if let Some(path) = missing {
        return Err(Error::Mismatch(format!(
            "{}: missing; accepted: a folder with the checkpoints of the experiment, out of which its \
             figures are drawn",
            path.display()
        )));
    }
    let mut options =
        ExperimentOptions::new(Config::load::<&str>(Some(&config_path(folder)), &[])?);
    let names = summary.runs.iter().map(|run| run.precision.as_str());
    let named = |name| super::experiment::precision(name).map_err(Error::Mismatch);
    options.precisions = names.map(named).collect::<Result<_, _>>()?;
    options.existing = Existing::Resume;
    let stop = AtomicBool::new(true);
    experiment::perform(kind, &options, folder, &|_, _| {}, &stop)?;
    Ok(())
}
