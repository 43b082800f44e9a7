//! `apical report`.

use super::{Common, Voice};
use crate::Error;
use crate::journal::write_atomically;
use crate::run;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    /// A run folder, such as runs/digits-1
    folder: PathBuf,
}

pub(super) fn draw(args: &ReportArgs, common: &Common) -> Result<(), Error> {
    let page = run::report(&args.folder)?;
    let path = args.folder.join("report.html");
    write_atomically(&path, page.as_bytes())?;
    let voice = Voice::new(common);
    voice.say(&path.display().to_string());
    voice.result(&serde_json::json!({ "report": path }));
    Ok(())
}
