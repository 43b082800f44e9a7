//! A board that is shown the samples of a configuration and learns them, without a twin.

use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;

use super::DeviceError;
use super::session::Session;
use super::twin::Twin;
use crate::Error;
use crate::config::Config;
use crate::engine::Engine;
use crate::network::Blueprint;
use crate::task::Material;

/// What a board did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trained {
    /// The board.
    pub board: String,
    /// Its precision.
    pub precision: String,
    /// Whether it began anew.
    pub anew: bool,
    /// The step at which it began.
    pub from: u64,
    /// Steps that it took.
    pub steps: u64,
    /// Samples whose last step was one of them.
    pub samples: u64,
    /// Samples that it classified right while it was taught them.
    pub right: u64,
    /// The digest afterwards.
    pub digest: String,
}

/// Shows a board so many steps of a configuration, learning in each.
///
/// # Errors
/// When the board cannot be talked to or does not take the configuration, the data do not fit, or
/// the user stops it: what the board has learned until then stays there.
pub fn train_board<P: Engine>(
    config: &Config,
    material: &Material,
    session: &mut Session<'_>,
    (steps, anew): (u64, bool),
    progress: &dyn Fn(u64),
    stop: &AtomicBool,
) -> Result<Trained, Error> {
    let blueprint = Blueprint::new(config, config.run.seed);
    let mut layers = blueprint.layers::<P>();
    // It knows what a board of this configuration begins with; it takes no step.
    let mut twin = Twin::new(config, material, &blueprint, &mut layers)?;
    let joined = twin.join(session, anew)?;
    let (mut samples, mut right) = (0, 0);
    for step in joined.step..joined.step + steps {
        if stop.load(Ordering::Relaxed) {
            return Err(DeviceError::Stopped.into());
        }
        let moment = twin.course.after(step);
        let [input, teacher] = twin.course.bytes(moment.sample);
        if moment.begins {
            session.switch()?;
        }
        let output = session.step(&input, Some(&teacher), true)?;
        if moment.ends {
            samples += 1;
            right += u64::from(twin.class(&output) == twin.course.task.label(moment.sample));
        }
        progress(1);
    }
    let digest = session.digest()?;
    let identity = session.identity();
    Ok(Trained {
        board: identity.board.clone(),
        precision: identity.precision.clone(),
        anew: joined.anew,
        from: joined.step,
        steps,
        samples,
        right,
        digest: format!("{digest:016x}"),
    })
}
