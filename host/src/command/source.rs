//! Where a configuration comes from, and the data that it names.

use crate::Error;
use crate::config::{Config, ConfigDocument, Rule};
use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use std::path::PathBuf;

/// Where a configuration comes from.
#[derive(Debug, Clone, Args)]
pub(super) struct Source {
    /// Configuration file (TOML); without one, the defaults of `apical init`
    #[arg(long, short, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Override a key, such as --set run.precision=i16 (may be repeated)
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(super) overrides: Vec<String>,
    #[command(flatten)]
    pub(super) folder: Folder,
}

impl Source {
    /// The file, or the defaults.
    pub(super) fn document(&self) -> Result<ConfigDocument, Error> {
        Ok(match &self.config {
            Some(path) => ConfigDocument::read(path)?,
            None => ConfigDocument::default(),
        })
    }

    /// Where values stand: the file that was named, and what goes over it.
    pub(super) const fn file(&self) -> (&Option<PathBuf>, &Vec<String>) {
        (&self.config, &self.overrides)
    }

    /// The configuration with these overrides.
    pub(super) fn resolve(&self, overrides: &[String]) -> Result<Config, Error> {
        self.folder.resolve(self.document()?, overrides)
    }
}

/// The configuration of a command that steps a microcircuit, one sample at a time, as a board does.
pub(super) fn one_at_a_time(config: Config) -> Result<Config, Error> {
    if config.network.rule != Rule::Microcircuit {
        return Err(Error::Mismatch(format!(
            "network.rule = \"{}\": only `apical train` and `apical sweep` have it; accepted: --set \
             network.rule={}",
            config.network.rule,
            Rule::Microcircuit
        )));
    }
    let data = &config.data;
    for (key, found, none) in [
        ("swap_noise", data.swap_noise.to_string(), "0"),
        ("shift", data.shift.to_string(), "0"),
        ("mirror", data.mirror.to_string(), "false"),
    ] {
        if found != none {
            return Err(Error::Mismatch(format!(
                "data.{key} = {found}: only `apical train` and `apical sweep` have it; accepted: --set \
                 data.{key}={none}"
            )));
        }
    }
    if config.learning.batch == 1 {
        return Ok(config);
    }
    Err(Error::Mismatch(format!(
        "learning.batch = {}: only `apical train` and `apical sweep` step several samples together; \
         accepted: --set learning.batch=1",
        config.learning.batch
    )))
}

/// The same for a command that knows no epochs, after which rates could fall.
pub(super) fn without_epochs(config: Config) -> Result<Config, Error> {
    let config = one_at_a_time(config)?;
    if config.learning.decay == 1.0 {
        return Ok(config);
    }
    Err(Error::Mismatch(format!(
        "learning.decay = {}: only `apical train`, `apical sweep` and `apical experiment` have it; \
         accepted: --set learning.decay=1",
        config.learning.decay
    )))
}

/// Where images are, for commands that are shown samples.
#[derive(Debug, Clone, Args)]
pub(super) struct Folder {
    /// Folder with mnist or fashion-mnist; else data.path, else `APICAL_DATA`
    #[arg(long, value_name = "DIR", value_parser = NonEmptyStringValueParser::new())]
    data: Option<String>,
}

impl Folder {
    /// What a document means with the words of the command line: an option goes over the
    /// file, and `--set`, which says its key in full, over all.
    pub(super) fn resolve(
        &self,
        mut document: ConfigDocument,
        overrides: &[String],
    ) -> Result<Config, Error> {
        if let Some(folder) = &self.data {
            document.apply_option("--data", "data.path", folder);
        }
        for assignment in overrides {
            document.apply_override(assignment)?;
        }
        let config = document.resolve()?;
        match &self.data {
            Some(folder) if !config.data.task.reads_images() => Err(Error::Mismatch(format!(
                "--data: found {folder:?} with data.task = \"{}\"; accepted: a folder with \
                 data.task = \"mnist\" or \"fashion-mnist\"",
                config.data.task
            ))),
            _ => Ok(config),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_that_fall_are_refused_where_no_epoch_ends() {
        let of = |value: &str| {
            let overrides = [format!("learning.decay={value}")];
            without_epochs(Config::load(None, &overrides).unwrap())
        };
        assert!(of("1").is_ok());
        let error = of("0.5").unwrap_err().to_string();
        assert!(error.starts_with("learning.decay = 0.5"), "{error}");
        assert!(error.contains("--set learning.decay=1"), "{error}");
        // What has epochs takes it.
        let overrides = ["learning.decay=0.5"];
        assert!(one_at_a_time(Config::load(None, &overrides).unwrap()).is_ok());
    }

    #[test]
    fn what_steps_one_sample_refuses_what_only_training_has_and_names_the_key() {
        let of = |overrides: &[&str]| one_at_a_time(Config::load(None, overrides).unwrap());
        assert!(of(&[]).is_ok());
        for (key, value) in [
            ("network.rule", "backpropagation"),
            ("data.swap_noise", "0.1"),
            ("data.shift", "1"),
            ("data.mirror", "true"),
            ("learning.batch", "2"),
        ] {
            let error = of(&[&format!("{key}={value}")]).unwrap_err().to_string();
            assert!(error.starts_with(key) && error.contains(value), "{error}");
            assert!(
                error.contains("only `apical train` and `apical sweep`"),
                "{error}"
            );
            assert!(error.contains(&format!("--set {key}=")), "{error}");
        }
    }
}
