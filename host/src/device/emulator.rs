//! QEMU in place of a board: started, connected and ended by this program.

use std::fmt;
use std::io::{ErrorKind, Read};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::DeviceError;
use super::port::Port;

/// How long QEMU may take to open its end of the line.
const LIMIT: Duration = Duration::from_secs(20);

/// How often it is looked whether it has.
const SLICE: Duration = Duration::from_millis(10);

/// What `cargo xtask` calls the folder of images below a target folder, by its compiler.
const IMAGES: [&str; 2] = ["cross/everyday/images", "cross/debian/images"];

/// A machine that stands for a core.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Machine {
    /// The micro:bit, with 32 KB of RAM.
    CortexM0,
    /// The `LM3S6965EVB`.
    CortexM3,
    /// MPS2 AN386, with a floating-point unit.
    CortexM4,
    /// The same with 256 KB of RAM, for a network of 784-100-10.
    CortexM4Large,
    /// MPS2 AN500.
    CortexM7,
    /// MPS2 AN505.
    CortexM33,
    /// virt.
    RiscV,
}

impl Machine {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::CortexM0,
        Self::CortexM3,
        Self::CortexM4,
        Self::CortexM4Large,
        Self::CortexM7,
        Self::CortexM33,
        Self::RiscV,
    ];

    /// What a user calls it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CortexM0 => "cortex-m0",
            Self::CortexM3 => "cortex-m3",
            Self::CortexM4 => "cortex-m4",
            Self::CortexM4Large => "cortex-m4-256k",
            Self::CortexM7 => "cortex-m7",
            Self::CortexM33 => "cortex-m33",
            Self::RiscV => "riscv",
        }
    }

    /// The folder of its images, which is the name of its memory map. The link does not fit the
    /// 16 KB of a micro:bit; its part exists with 32.
    fn folder(self) -> &'static str {
        match self {
            Self::CortexM0 => "microbit-32k",
            Self::CortexM3 => "lm3s6965evb",
            Self::CortexM4 => "mps2-an386",
            Self::CortexM4Large => "mps2-an386-256k",
            Self::CortexM7 => "mps2-an500",
            Self::CortexM33 => "mps2-an505",
            Self::RiscV => "virt",
        }
    }

    /// The emulator and what makes it this machine.
    fn command(self) -> Command {
        let (program, package) = self.program();
        let mut command = Command::new(program);
        let folder = self.folder();
        let sizes = ["-32k", "-256k"];
        let machine = sizes.iter().find_map(|size| folder.strip_suffix(size));
        command.args(["-machine", machine.unwrap_or(folder)]);
        if self == Self::CortexM0 {
            command.args(["-global", "nrf51-soc.sram-size=32768"]);
        }
        if package == RISCV {
            command.args(["-bios", "none"]);
        }
        command
    }

    /// The emulator and the Debian package it is in.
    fn program(self) -> (&'static str, &'static str) {
        match self {
            Self::RiscV => ("qemu-system-riscv32", RISCV),
            _ => ("qemu-system-arm", "qemu-system-arm"),
        }
    }
}

/// The Debian package of the RISC-V emulator.
const RISCV: &str = "qemu-system-misc";

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The image of a machine that serves the link, where `cargo xtask` leaves it.
///
/// # Errors
/// When it is in none of the target folders: that of the environment, the one this program was
/// built in, the one of the current folder.
pub fn find_image(machine: Machine, precision: &str) -> Result<PathBuf, DeviceError> {
    let name = format!("link-{precision}");
    let environment = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let own = std::env::current_exe().ok();
    let own = own.and_then(|program| Some(program.parent()?.parent()?.to_path_buf()));
    let mut looked = Vec::new();
    for target in [environment, own, Some(PathBuf::from("target"))] {
        for images in IMAGES {
            let Some(target) = &target else { continue };
            let folder = target.join(images).join(machine.folder());
            let path = folder.join(&name);
            if path.is_file() {
                return Ok(path);
            }
            if !looked.contains(&folder) {
                looked.push(folder);
            }
        }
    }
    let machine = machine.to_string();
    Err(DeviceError::NoImage {
        name,
        machine,
        looked,
    })
}

/// A running emulator. It ends with this value.
#[derive(Debug)]
pub struct Emulator {
    machine: Machine,
    child: Child,
}

impl Emulator {
    /// Starts an image; the emulator and the line to its first serial port.
    ///
    /// # Errors
    /// When the emulator is not there, or ends at once, or the user does not want to wait.
    pub fn start(
        machine: Machine,
        image: &Path,
        stop: &AtomicBool,
    ) -> Result<(Self, Port), DeviceError> {
        let failed = |reason: String| DeviceError::Emulator {
            machine: machine.to_string(),
            reason,
        };
        if !image.is_file() {
            return Err(failed(format!("there is no image {}", image.display())));
        }
        // QEMU comes to us, and not the other way: so nobody else can take the number.
        let listener = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| {
            listener.set_nonblocking(true)?;
            let address = listener.local_addr()?;
            Ok((listener, address))
        });
        let (listener, address) = listener.map_err(|error| failed(error.to_string()))?;
        let mut command = machine.command();
        command.args(["-display", "none", "-monitor", "none"]);
        // Without `nodelay` an answer, which leaves byte by byte, waits 40 ms for its second byte.
        let port = address.port();
        let line = format!("socket,id=link,host=127.0.0.1,port={port},nodelay=on");
        command.args(["-chardev", &line, "-serial", "chardev:link"]);
        command.args(["-semihosting-config", "enable=on,target=native"]);
        command.arg("-kernel").arg(image);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let child = command.stderr(Stdio::piped()).spawn().map_err(|error| {
            let (program, package) = machine.program();
            failed(match error.kind() {
                ErrorKind::NotFound => format!(
                    "there is no {program} (on Debian and Ubuntu: apt-get install {package})"
                ),
                _ => format!("{program} does not start: {error}"),
            })
        })?;
        let mut emulator = Self { machine, child };
        let stream = emulator.accept(&listener, stop)?;
        let port = Port::socket(&format!("the emulated {machine}"), &stream)?;
        Ok((emulator, port))
    }

    /// Waits for QEMU's end of the line.
    fn accept(
        &mut self,
        listener: &TcpListener,
        stop: &AtomicBool,
    ) -> Result<TcpStream, DeviceError> {
        let began = Instant::now();
        loop {
            match listener.accept() {
                Ok((stream, _)) => return Ok(stream),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(self.failure(&error.to_string())),
            }
            if stop.load(Ordering::Relaxed) {
                return Err(DeviceError::Stopped);
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                let mut said = String::new();
                if let Some(mut stderr) = self.child.stderr.take() {
                    let _ = stderr.read_to_string(&mut said);
                }
                let last = said.lines().last().unwrap_or_default();
                return Err(self.failure(&format!("QEMU ended with {status}: {last}")));
            }
            if began.elapsed() > LIMIT {
                let seconds = LIMIT.as_secs();
                return Err(self.failure(&format!("no line from QEMU within {seconds} s")));
            }
            std::thread::sleep(SLICE);
        }
    }

    fn failure(&self, reason: &str) -> DeviceError {
        DeviceError::Emulator {
            machine: self.machine.to_string(),
            reason: reason.to_owned(),
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // It may have ended by itself, which is as well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
