//! The `apical` program: see `apical --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(apical::command::main())
}
