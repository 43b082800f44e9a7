//! `apical init` and `apical list`: what can be said in a configuration.

use super::{Common, Voice};
use crate::Error;
use crate::config::{
    ActivationKind, Attenuation, Feedback, Initial, Interneurons, Mode, NoiseConvention, Precision,
    Rounding, Rule, Scale, Task, Teacher, template,
};
use crate::experiment::Kind;
use crate::journal::write_atomically;
use clap::Args;
use std::collections::BTreeMap;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// The file to write
    #[arg(default_value = "apical.toml")]
    file: PathBuf,
    /// Replace a file that is there
    #[arg(long)]
    force: bool,
}

pub(super) fn init(args: &InitArgs, common: &Common) -> Result<(), Error> {
    if args.file.exists() && !args.force {
        return Err(Error::Mismatch(format!(
            "{}: exists; accepted: another name, or --force",
            args.file.display()
        )));
    }
    write_atomically(&args.file, template().as_bytes())?;
    let voice = Voice::new(common);
    let file = args.file.display();
    voice.say(&format!(
        "{file} holds the defaults. Train with: apical train --config {file}"
    ));
    voice.result(&serde_json::json!({ "config": args.file }));
    Ok(())
}

pub(super) fn list(common: &Common) {
    let voice = Voice::new(common);
    macro_rules! words {
        ($($key:literal: $choice:ident),+ $(,)?) => {
            BTreeMap::from([$((
                $key,
                $choice::ALL.iter().map(|c| c.as_str()).collect::<Vec<_>>(),
            )),+])
        };
    }
    let mut words = words! {
        "run.precision": Precision,
        "run.rounding": Rounding,
        "data.task": Task,
        "data.scale": Scale,
        "network.rule": Rule,
        "network.activation": ActivationKind,
        "network.mode": Mode,
        "network.initial": Initial,
        "network.feedback": Feedback,
        "network.interneurons": Interneurons,
        "network.attenuation": Attenuation,
        "conductances.teacher": Teacher,
        "noise.convention": NoiseConvention,
    };
    words.insert("apical experiment", Kind::ALL.map(Kind::name).to_vec());
    for (key, values) in &words {
        voice.say(&format!("{key:<24} {}", values.join("  ")));
    }
    voice.result(&words);
}
