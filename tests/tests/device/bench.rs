//! A board on this machine: what is on a real one, behind a wire that the program can open.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use apical_app::server::{Event, Name, Session};
use apical_app::{Server, Store, Trainer, arena, digits, start};
use apical_core::I16;
use apical_core::microcircuit::Layer;
use apical_core::record::Quantity;
use apical_link::Configuration;

use super::flash::{Flash, PAGE};

/// Bytes of a frame.
const FRAME: usize = 640;

/// Pages of flash for checkpoints.
const PAGES: usize = 32;

/// A fault of the board itself: after this step, one bit of this weight is another.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sabotage {
    pub(crate) step: u64,
    pub(crate) word: usize,
}

/// What the board is connected by.
pub(crate) enum Wire {
    /// Whoever connects next is served until he hangs up.
    Socket(TcpListener, Option<TcpStream>),
    /// The board's end of a pseudo-terminal.
    #[cfg(unix)]
    Terminal(serialport::TTYPort, String),
}

impl Wire {
    /// A socket that nobody else has.
    pub(crate) fn socket() -> Self {
        Self::Socket(TcpListener::bind(("127.0.0.1", 0)).unwrap(), None)
    }

    #[cfg(unix)]
    pub(crate) fn terminal() -> Self {
        use serialport::SerialPort as _;
        let (board, desktop) = serialport::TTYPort::pair().unwrap();
        // Closed here, for the program to open.
        let name = desktop.name().unwrap();
        Self::Terminal(board, name)
    }

    fn name(&self) -> String {
        match self {
            Self::Socket(listener, _) => format!("tcp:{}", listener.local_addr().unwrap()),
            #[cfg(unix)]
            Self::Terminal(_, name) => name.clone(),
        }
    }
}

impl embedded_io::ErrorType for Wire {
    type Error = std::convert::Infallible;
}

impl embedded_io::Read for Wire {
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize, Self::Error> {
        loop {
            match self {
                Self::Socket(listener, stream) => {
                    let open = stream.get_or_insert_with(|| listener.accept().unwrap().0);
                    match open.read(bytes) {
                        Ok(count) if count > 0 => return Ok(count),
                        _ => *stream = None,
                    }
                }
                #[cfg(unix)]
                Self::Terminal(port, _) => match port.read(bytes) {
                    Ok(count) if count > 0 => return Ok(count),
                    // Nobody has opened the other end.
                    _ => thread::sleep(Duration::from_millis(2)),
                },
            }
        }
    }
}

impl embedded_io::Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
        // A board does not know whether anybody listens.
        let _ = match self {
            Self::Socket(_, Some(stream)) => stream.write_all(bytes),
            Self::Socket(_, None) => Ok(()),
            #[cfg(unix)]
            Self::Terminal(port, _) => port.write_all(bytes),
        };
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }
}

/// Starts a board with the digits network; where it is. It lives as long as the test.
pub(crate) fn board(wire: Wire, sabotage: Option<Sabotage>) -> String {
    let name = wire.name();
    thread::spawn(move || live(wire, sabotage));
    name
}

fn live(mut wire: Wire, mut sabotage: Option<Sabotage>) {
    let mut words: Box<arena!(I16, digits::SPECIFICATION)> = Box::default();
    let mut store = Store::new(Flash::new(PAGES), 0..(PAGES * PAGE) as u32).unwrap();
    let begins = Configuration::new(&digits::SPECIFICATION, &digits::initial(1)).unwrap();
    let mut configuration = Configuration {
        learning: false,
        ..begins
    };
    let mut server = Server::<I16, FRAME, 64, 10>::new(Name {
        board: "bench",
        precision: "i16",
    });
    let mut event = Event::Reset;
    loop {
        let mut layers = [Layer::default(); 4];
        let mut trainer = if event == Event::Configured {
            // What was asked for just now, not what a checkpoint remembers.
            Trainer::configured(&configuration, &mut layers, words.lend()).unwrap()
        } else {
            let begun = start(&mut store, &mut configuration, &mut layers, words.lend());
            begun.unwrap().0
        };
        loop {
            let mut session = Session {
                trainer: &mut trainer,
                store: &mut store,
                configuration: &mut configuration,
            };
            event = server.poll(&mut wire, &mut session).unwrap();
            if event != Event::Nothing {
                break;
            }
            if let Some(fault) = sabotage.take_if(|fault| trainer.clock().step == fault.step) {
                let mut word = [0; 2];
                let at = 2 * fault.word;
                trainer.read(Quantity::Weight, at, &mut word).unwrap();
                word[0] ^= 1 << 5;
                trainer.write(Quantity::Weight, at, &word).unwrap();
            }
        }
    }
}
