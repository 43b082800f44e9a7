//! `--resume` and `--force`: what to do with runs that are there.

use crate::run::Existing;
use clap::Args;

/// What a command does with run folders that are there.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct Again {
    /// Continue runs that were stopped or killed, to the same bits
    #[arg(long, conflicts_with = "force")]
    resume: bool,
    /// Replace runs that are there
    #[arg(long)]
    force: bool,
}

impl Again {
    pub(super) fn existing(self) -> Existing {
        match (self.resume, self.force) {
            (true, _) => Existing::Resume,
            (false, true) => Existing::Replace,
            (false, false) => Existing::Refuse,
        }
    }
}
