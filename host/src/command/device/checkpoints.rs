//! `apical device save`, `erase` and `reset`: the checkpoints of a board.

use super::super::{Common, Voice};
use super::Line;
use crate::Error;
use crate::device::session::Session;
use serde::Serialize;
use std::sync::atomic::AtomicBool;

/// Where a board stands.
#[derive(Debug, Serialize)]
struct Place {
    board: String,
    step: u64,
    digest: String,
}

impl Place {
    fn ask(session: &mut Session<'_>) -> Result<Self, Error> {
        Ok(Self {
            board: session.identity().board.clone(),
            step: session.report()?.clock.step,
            digest: format!("{:016x}", session.digest()?),
        })
    }

    fn tell(&self, voice: Voice, done: &str) {
        let Self {
            board,
            step,
            digest,
        } = self;
        voice.say(&format!("{board} {done} step {step}, digest {digest}"));
        voice.result(self);
    }
}

pub(super) fn save(line: &Line, common: &Common, stop: &AtomicBool) -> Result<(), Error> {
    let mut connected = line.connect(stop)?;
    connected.session.save()?;
    let place = Place::ask(&mut connected.session)?;
    place.tell(Voice::new(common), "has a checkpoint of");
    Ok(())
}

pub(super) fn erase(line: &Line, common: &Common, stop: &AtomicBool) -> Result<(), Error> {
    let mut connected = line.connect(stop)?;
    connected.session.erase()?;
    let place = Place::ask(&mut connected.session)?;
    place.tell(
        Voice::new(common),
        "has no checkpoint any more; it stays at",
    );
    Ok(())
}

pub(super) fn reset(line: &Line, common: &Common, stop: &AtomicBool) -> Result<(), Error> {
    let mut connected = line.connect(stop)?;
    connected.session.reset()?;
    let place = Place::ask(&mut connected.session)?;
    place.tell(Voice::new(common), "has started anew, at");
    Ok(())
}
