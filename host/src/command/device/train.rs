//! `apical device run` and `apical device monitor`: the board at work.

use super::super::{Common, Source, Voice};
use super::{Line, configuration, seconds};
use crate::device::DeviceError;
use crate::device::session::Session;
use crate::device::training::train_board;
use crate::task::Material;
use crate::{Error, with_precision};
use clap::Args;
use serde::Serialize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long a Ctrl-C may go unseen while nothing is asked.
const SLICE: Duration = Duration::from_millis(20);

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    #[command(flatten)]
    line: Line,
    #[command(flatten)]
    source: Source,
    /// Steps to take
    #[arg(long, default_value_t = 2000, value_name = "N")]
    steps: u64,
    /// Begin anew, also on a board that has this configuration already
    #[arg(long)]
    anew: bool,
    /// Save a checkpoint on the board afterwards
    #[arg(long)]
    save: bool,
}

pub(super) fn run(args: &RunArgs, common: &Common, stop: &AtomicBool) -> Result<(), Error> {
    let voice = Voice::new(common);
    let mut connected = args.line.connect(stop)?;
    let session = &mut connected.session;
    let (config, precision) = configuration(&args.source, session)?;
    let material = Material::load(&config)?;
    let bar = voice.bar(args.steps, "steps");
    bar.set_message(session.identity().board.clone());
    let told = |count| bar.inc(count);
    let asked = (args.steps, args.anew);
    let trained = with_precision!(precision, P => {
        train_board::<P>(&config, &material, session, asked, &told, stop)
    });
    bar.finish_and_clear();
    let trained = trained?;
    if args.save {
        session.save()?;
    }
    let share = 100.0 * trained.right as f64 / (trained.samples as f64).max(1.0);
    voice.say(&format!(
        "{} took {} steps in {} from step {}{}: {} of {} samples right while it was taught them \
         ({share:.1} %), digest {}{}",
        trained.board,
        trained.steps,
        trained.precision,
        trained.from,
        if trained.anew { ", begun anew" } else { "" },
        trained.right,
        trained.samples,
        trained.digest,
        if args.save {
            ", saved as a checkpoint"
        } else {
            ""
        },
    ));
    voice.result(&trained);
    Ok(())
}

#[derive(Debug, Args)]
pub(super) struct MonitorArgs {
    #[command(flatten)]
    line: Line,
    /// Seconds between two looks
    #[arg(long, default_value_t = 1.0, value_name = "S", value_parser = seconds)]
    interval: f64,
    /// End after so many looks; without it, Ctrl-C ends it
    #[arg(long, value_name = "N")]
    count: Option<u64>,
}

/// What a board says of itself at one moment.
#[derive(Debug, Serialize)]
struct Look {
    step: u64,
    loss: Option<f64>,
    saturations: u64,
    updates: u64,
    lost_updates: u64,
    digest: String,
}

pub(super) fn monitor(args: &MonitorArgs, common: &Common, stop: &AtomicBool) -> Result<(), Error> {
    let voice = Voice::new(common);
    match watch(args, voice, stop) {
        // The ordinary end of watching.
        Err(Error::Device(DeviceError::Stopped)) => Ok(()),
        other => other,
    }
}

fn watch(args: &MonitorArgs, voice: Voice, stop: &AtomicBool) -> Result<(), Error> {
    let mut connected = args.line.connect(stop)?;
    let interval = Duration::from_secs_f64(args.interval);
    voice.say(&format!(
        "{:>10}  {:>10}  {:>11}  {:>8}  digest",
        "step", "loss", "saturations", "lost (%)"
    ));
    let mut seen = 0;
    while args.count.is_none_or(|count| seen < count) {
        if seen > 0 {
            pause(interval, stop)?;
        }
        let look = look(&mut connected.session)?;
        let loss = look
            .loss
            .map_or("-".to_owned(), |loss| format!("{loss:.4}"));
        let lost = 100.0 * look.lost_updates as f64 / (look.updates as f64).max(1.0);
        voice.say(&format!(
            "{:>10}  {loss:>10}  {:>11}  {lost:>8.2}  {}",
            look.step, look.saturations, look.digest
        ));
        voice.one_of_many(&look);
        seen += 1;
    }
    Ok(())
}

fn look(session: &mut Session<'_>) -> Result<Look, Error> {
    let report = session.report()?;
    let counters = report.counters;
    Ok(Look {
        step: report.clock.step,
        loss: report.loss,
        saturations: counters.saturations(),
        updates: counters.updates,
        lost_updates: counters.lost,
        digest: format!("{:016x}", session.digest()?),
    })
}

fn pause(interval: Duration, stop: &AtomicBool) -> Result<(), DeviceError> {
    let began = Instant::now();
    while began.elapsed() < interval {
        if stop.load(Ordering::Relaxed) {
            return Err(DeviceError::Stopped);
        }
        std::thread::sleep(SLICE.min(interval.saturating_sub(began.elapsed())));
    }
    Ok(())
}
