//! A board that does what a desktop asks, and nothing by itself: its server, its store and its network, for
//! as long as the port is open.

use apical_core::Precision;
use apical_core::microcircuit::Layer;
use apical_link::Configuration;
use apical_link::configuration::MAX_LAYERS;
use embedded_io::{Read, Write};

use crate::arena::Arena;
use crate::log;
use crate::server::{Event, Server, Session};
use crate::store::Checkpoints;
use crate::trainer::{Trainer, TrainerError};

/// Starts as at power-up, from the checkpoint in `store` or from `begins`, and serves requests. A reset
/// starts again so; another configuration starts at its beginning.
///
/// Returns when the port is closed, which a serial port never is. Bytes that it did not get right spoil
/// the frame that they belong to: the desktop asks again.
///
/// # Errors
/// When the network of `begins` cannot be built or does not fit the arena.
pub fn serve<
    P: Precision,
    S: Checkpoints<P>,
    T: Read + Write,
    const WEIGHTS: usize,
    const TRACES: usize,
    const POTENTIALS: usize,
    const RATES: usize,
    const FRAME: usize,
    const INPUT: usize,
    const OUTPUT: usize,
>(
    server: &mut Server<P, FRAME, INPUT, OUTPUT>,
    port: &mut T,
    store: &mut S,
    begins: &Configuration,
    arena: &mut Arena<P, WEIGHTS, TRACES, POTENTIALS, RATES>,
) -> Result<(), TrainerError> {
    let mut configuration = begins.clone();
    let mut asked_for = false;
    loop {
        let mut layers: [Layer<P>; MAX_LAYERS] = core::array::from_fn(|_| Layer::default());
        let mut trainer = if asked_for {
            Trainer::configured(&configuration, &mut layers, arena.lend())?
        } else {
            store.start(&mut configuration, &mut layers, arena.lend())?
        };
        let event = loop {
            let mut session = Session {
                trainer: &mut trainer,
                store: &mut *store,
                configuration: &mut configuration,
            };
            match server.poll(port, &mut session) {
                Ok(Event::Nothing) => {}
                Ok(event) => break event,
                Err(_) => log::warning!("the port lost bytes"),
            }
        };
        match event {
            Event::Closed => return Ok(()),
            Event::Reset => configuration.clone_from(begins),
            Event::Configured | Event::Nothing => {}
        }
        asked_for = event == Event::Configured;
    }
}
