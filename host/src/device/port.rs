//! A line to a board: a serial port, a pseudo-terminal or a TCP socket.

use std::fmt;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use super::DeviceError;

/// What an address of a TCP socket begins with.
const TCP: &str = "tcp:";

/// How long one read waits, so that a Ctrl-C is seen soon.
const SLICE: Duration = Duration::from_millis(20);

/// Bytes in both directions.
trait Line: Read + Write + Send {}

impl<T: Read + Write + Send> Line for T {}

/// An open line.
pub struct Port {
    name: String,
    line: Box<dyn Line>,
}

impl fmt::Debug for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Port").field(&self.name).finish()
    }
}

impl Port {
    /// Opens `tcp:HOST:PORT`, or a serial port or pseudo-terminal by its path; `baud` is of the
    /// serial ports, and a socket that does not connect within `patience` is absent.
    ///
    /// # Errors
    /// When the port is absent or busy, or cannot be opened for another reason.
    pub fn open(name: &str, baud: u32, patience: Duration) -> Result<Self, DeviceError> {
        match name.strip_prefix(TCP) {
            Some(address) => Self::socket(name, &connect(name, address, patience)?),
            None => serial(name, baud),
        }
    }

    /// A port over a socket that is connected already.
    ///
    /// # Errors
    /// When it is connected no more.
    pub fn socket(name: &str, stream: &TcpStream) -> Result<Self, DeviceError> {
        let ready = || {
            // Frames are small and each waits for its answer.
            stream.set_nodelay(true)?;
            stream.set_nonblocking(false)?;
            stream.set_read_timeout(Some(SLICE))?;
            stream.try_clone()
        };
        let stream = ready().map_err(|source| DeviceError::Failed {
            port: name.to_owned(),
            source,
        })?;
        Ok(Self {
            name: name.to_owned(),
            line: Box::new(stream),
        })
    }

    /// What the user calls it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Sends all of the bytes.
    ///
    /// # Errors
    /// When the line is gone.
    pub fn send(&mut self, bytes: &[u8]) -> Result<(), DeviceError> {
        let sent = self.line.write_all(bytes).and_then(|()| self.line.flush());
        sent.map_err(|source| self.failure(source))
    }

    /// Takes what has come, after a short wait; 0 when that is nothing.
    ///
    /// # Errors
    /// When the line is gone.
    pub fn receive(&mut self, bytes: &mut [u8]) -> Result<usize, DeviceError> {
        match self.line.read(bytes) {
            Ok(0) => Err(DeviceError::Closed {
                port: self.name.clone(),
            }),
            Ok(count) => Ok(count),
            Err(error) => match error.kind() {
                ErrorKind::TimedOut | ErrorKind::WouldBlock | ErrorKind::Interrupted => Ok(0),
                _ => Err(self.failure(error)),
            },
        }
    }

    fn failure(&self, source: io::Error) -> DeviceError {
        let port = self.name.clone();
        match source.kind() {
            ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::ConnectionAborted => {
                DeviceError::Closed { port }
            }
            _ => DeviceError::Failed { port, source },
        }
    }
}

fn connect(name: &str, address: &str, patience: Duration) -> Result<TcpStream, DeviceError> {
    let port = || name.to_owned();
    let addresses = address
        .to_socket_addrs()
        .map_err(|error| DeviceError::Open {
            port: port(),
            reason: format!("{error}; accepted: tcp:HOST:PORT, such as tcp:127.0.0.1:4444"),
        })?;
    let mut last = None;
    for address in addresses {
        match TcpStream::connect_timeout(&address, patience) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = Some(error),
        }
    }
    Err(match last {
        Some(error) if error.kind() != ErrorKind::ConnectionRefused => DeviceError::Open {
            port: port(),
            reason: error.to_string(),
        },
        // Nobody listens there.
        _ => DeviceError::Absent {
            port: port(),
            others: Vec::new(),
        },
    })
}

fn serial(name: &str, baud: u32) -> Result<Port, DeviceError> {
    use serialport::ErrorKind as Kind;
    let port = name.to_owned();
    match serialport::new(name, baud).timeout(SLICE).open() {
        Ok(line) => {
            // What an earlier program left unread is not for us; a line that cannot drop it
            // brings frames that are not asked for, which a session passes over.
            let _ = line.clear(serialport::ClearBuffer::Input);
            Ok(Port {
                name: port,
                line: Box::new(line),
            })
        }
        Err(error) => Err(match error.kind() {
            // On Unix it is there and locked; Windows says so when it is not there.
            Kind::NoDevice if cfg!(unix) => DeviceError::Busy { port },
            Kind::Io(ErrorKind::ResourceBusy) => DeviceError::Busy { port },
            Kind::NoDevice | Kind::Io(ErrorKind::NotFound) => DeviceError::Absent {
                port,
                others: others(),
            },
            _ => DeviceError::Open {
                port,
                reason: error.description,
            },
        }),
    }
}

/// The serial ports of this machine, as far as it tells.
fn others() -> Vec<String> {
    let ports = serialport::available_ports().unwrap_or_default();
    ports.into_iter().map(|port| port.port_name).collect()
}
