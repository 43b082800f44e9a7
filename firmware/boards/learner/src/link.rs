//! The image that does what a desktop asks over a serial port (`apical device --port ...`), and nothing by
//! itself. It begins with the network of its last checkpoint, or with that of the digits, and has room for
//! any other one of their sizes, in both modes.

use core::ops::Range;

use apical_app::server::Name;
use apical_app::{Arena, Server, Store, digits};
use apical_link::Configuration;
use defmt::error;
use embedded_io::{Read, Write};
use embedded_storage::nor_flash::NorFlash;
use static_cell::{ConstStaticCell, StaticCell};

use crate::Precision;

/// Bits a second of the port, which is what `apical device` expects.
pub const BAUD: u32 = 115_200;

/// Bytes of a frame: any configuration fits.
const FRAME: usize = 640;

type Link = Server<Precision, FRAME, { digits::PIXELS }, { digits::CLASSES }>;

static ARENA: ConstStaticCell<apical_app::arena!(Precision, storage digits::LARGEST)> =
    ConstStaticCell::new(Arena::new());
static SERVER: StaticCell<Link> = StaticCell::new();

/// Serves `port` as the board of this name, with checkpoints in the bytes `checkpoints` of a flash. A
/// serial port is never closed, so this does not return, but for a flash that has no place for checkpoints;
/// it does nothing when it is called again.
pub fn serve<T, F>(board: &'static str, mut port: T, flash: F, checkpoints: Range<u32>)
where
    T: Read + Write,
    F: NorFlash,
{
    let (Some(arena), Some(server)) = (ARENA.try_take(), SERVER.try_uninit()) else {
        return;
    };
    let server = server.write(Server::new(Name {
        board,
        precision: "i16",
    }));
    let initial = digits::initial(digits::SPECIFICATION.seed);
    let Some(begins) = Configuration::new(&digits::SPECIFICATION, &initial) else {
        error!("the digits network has more layers than a configuration holds");
        return;
    };
    let begins = Configuration {
        learning: false,
        ..begins
    };
    match Store::new(flash, checkpoints) {
        Ok(mut store) => {
            if let Err(error) = apical_app::serve(server, &mut port, &mut store, &begins, arena) {
                error!("there is no network: {}", error);
            }
        }
        Err(error) => error!("no place for checkpoints: {}", error),
    }
}
