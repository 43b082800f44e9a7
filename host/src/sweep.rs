//! One key of a configuration over several values: the same training for each of them, so that a
//! reader sees where it breaks.

mod show;

pub use show::{figure, table};

use std::path::Path;
use std::sync::atomic::AtomicBool;

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::config::{Config, Precision};
use crate::jobs::side_by_side;
use crate::run::{Existing, Summary, check_folders, run};
use crate::spread::spread;
use crate::task::Material;

/// A configuration with one value of the key.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The value as it was given.
    pub value: String,
    /// The whole configuration; the settings of a sweep differ in `run.name`.
    pub config: Config,
}

/// What a setting came to, over its seeds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// The value of the key.
    pub value: String,
    /// Sizes of the layers.
    pub network: Vec<usize>,
    /// What it learned by.
    pub rule: String,
    /// The precision.
    pub precision: String,
    /// The rounding of weights; nothing in floats.
    pub rounding: Option<String>,
    /// The seeds.
    pub seeds: Vec<u64>,
    /// Complete epochs.
    pub epochs: u64,
    /// Which part the error is of: `validation` where there is one, so that a value can be chosen by
    /// it, else `test`.
    pub part: String,
    /// Percent classified wrong, the mean over the seeds.
    pub error_mean: f64,
    /// Their deviation; nothing of one seed.
    pub error_sd: Option<f64>,
    /// Angle of the first layer's update to backpropagation's in degrees, the mean over the seeds;
    /// nothing where an update was zero.
    pub angle: Option<f64>,
    /// How far interneurons lag, the mean over the seeds; nothing where floats left the numbers.
    pub tracking: Option<f64>,
    /// Percent of the updates that were lost.
    pub lost: f64,
    /// Saturations of all seeds.
    pub saturations: u64,
    /// Digests of the final states.
    pub digests: Vec<String>,
    /// The version of the program.
    pub version: String,
}

/// A name for the runs of a value: words of a configuration as a folder can be called.
pub fn name(base: &str, key: &str, value: &str, precision: &str) -> String {
    let last = key.rsplit('.').next().unwrap_or(key);
    let mut name = format!("{base}-{last}-");
    for c in value.chars() {
        if c.is_ascii_alphanumeric() || c == '.' || c == '_' {
            name.push(c);
        } else if !name.ends_with('-') {
            name.push('-');
        }
    }
    format!("{}-{precision}", name.trim_end_matches('-'))
}

/// Trains every seed of every setting in run folders of `out`, in parallel, and returns the points in
/// the order of the settings.
///
/// # Errors
/// What the first run that failed met.
pub fn sweep(
    settings: &[Setting],
    out: &Path,
    existing: Existing,
    progress: &(dyn Fn(u64) + Sync),
    stop: &AtomicBool,
) -> Result<Vec<Point>, Error> {
    let materials = Materials::load(settings)?;
    for setting in settings {
        check_folders(&setting.config, out, existing)?;
    }
    let jobs: Vec<(&Setting, u64)> = settings
        .iter()
        .flat_map(|setting| {
            setting
                .config
                .run
                .all_seeds()
                .map(move |seed| (setting, seed))
        })
        .collect();
    let done = side_by_side(&jobs, |&(setting, seed)| {
        let (config, material) = (&setting.config, materials.of(&setting.config)?);
        run(config, material, seed, out, existing, progress, stop)
    })?;
    let mut rest = &done[..];
    Ok(settings
        .iter()
        .map(|setting| {
            let count = setting.config.run.all_seeds().count();
            let (own, others) = rest.split_at(count);
            rest = others;
            Point::new(setting, own)
        })
        .collect())
}

/// How many samples a sweep presents.
///
/// # Errors
/// When data cannot be read.
pub fn samples(settings: &[Setting]) -> Result<u64, Error> {
    let materials = Materials::load(settings)?;
    let mut total = 0;
    for Setting { config, .. } in settings {
        let train = materials.of(config)?.split.train.len() as u64;
        total += train * config.run.epochs * config.run.all_seeds().count() as u64;
    }
    Ok(total)
}

/// The data of all settings, each once: most sweeps have one.
struct Materials<'s>(Vec<(&'s Config, Material)>);

impl<'s> Materials<'s> {
    fn load(settings: &'s [Setting]) -> Result<Self, Error> {
        let mut all = Self(Vec::new());
        for Setting { config, .. } in settings {
            if all.of(config).is_err() {
                all.0.push((config, Material::load(config)?));
            }
        }
        Ok(all)
    }

    fn of(&self, config: &Config) -> Result<&Material, Error> {
        let ends = |config: &Config| (config.network.inputs(), config.network.outputs());
        let mut known = self.0.iter();
        known
            .find(|(other, _)| other.data == config.data && ends(other) == ends(config))
            .map(|(_, material)| material)
            .ok_or_else(|| Error::Mismatch("the data have not been loaded".into()))
    }
}

impl Point {
    fn new(setting: &Setting, summaries: &[Summary]) -> Self {
        let config = &setting.config;
        let all = |metric: &str| -> Vec<f64> {
            let values = summaries.iter().map(|summary| summary.metrics.get(metric));
            values
                .map(|value| value.copied().unwrap_or(f64::NAN))
                .collect()
        };
        let has = |metric: &str| summaries.iter().any(|s| s.metrics.contains_key(metric));
        let part = if has("validation_accuracy") {
            "validation"
        } else {
            "test"
        };
        let errors = all(&format!("{part}_accuracy")).into_iter();
        let (error_mean, error_sd) =
            spread(&errors.map(|accuracy| 100.0 - accuracy).collect::<Vec<_>>());
        let finite = |metric: &str| Some(spread(&all(metric)).0).filter(|mean| mean.is_finite());
        let sum = |of: fn(&Summary) -> u64| summaries.iter().map(of).sum::<u64>();
        let first = summaries.first();
        let fixed = !matches!(config.run.precision, Precision::F64 | Precision::F32);
        Self {
            value: setting.value.clone(),
            network: config.network.layers.clone(),
            rule: config.network.rule.to_string(),
            precision: config.run.precision.to_string(),
            rounding: fixed.then(|| config.run.rounding.to_string()),
            seeds: summaries.iter().map(|summary| summary.seed).collect(),
            epochs: first.map_or(0, |summary| summary.epochs),
            part: part.to_owned(),
            error_mean,
            error_sd,
            angle: finite("angle_1"),
            tracking: finite("interneuron_tracking"),
            lost: 100.0 * sum(|s| s.lost_updates) as f64 / (sum(|s| s.updates) as f64).max(1.0),
            saturations: sum(|s| s.saturations),
            digests: summaries
                .iter()
                .map(|summary| summary.digest.clone())
                .collect(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ConfigDocument;

    fn setting(value: &str) -> Setting {
        let mut document = ConfigDocument::default();
        let name = format!("run.name={}", name("t", "learning.up", value, "f32"));
        for assignment in [
            "run.epochs=2",
            "run.seeds=2",
            "run.precision=f32",
            "network.layers=[64,8,10]",
            "data.train_samples=100",
            "data.test_samples=50",
            &name,
            &format!("learning.up={value}"),
        ] {
            document.apply_override(assignment).unwrap();
        }
        Setting {
            value: value.to_owned(),
            config: document.resolve().unwrap(),
        }
    }

    #[test]
    fn names_are_folders() {
        assert_eq!(
            name("a", "learning.up", "[0.1, 2]", "f32"),
            "a-up-0.1-2-f32"
        );
        assert_eq!(
            name("a", "run.rounding", "nearest", "i16"),
            "a-rounding-nearest-i16"
        );
    }

    #[test]
    fn points_are_the_runs_in_their_order_and_a_second_time_the_same() {
        let settings = ["0.25", "0"].map(setting);
        let folder = tempfile::tempdir().unwrap();
        let stop = AtomicBool::new(false);
        let go = || sweep(&settings, folder.path(), Existing::Resume, &|_| {}, &stop).unwrap();
        let points = go();
        assert_eq!(
            points.iter().map(|p| &p.value[..]).collect::<Vec<_>>(),
            ["0.25", "0"]
        );
        // Without learning all but one in ten are wrong.
        assert!(points[1].error_mean > 70.0 && points[0].error_mean < points[1].error_mean);
        assert_eq!((points[0].seeds.len(), points[0].epochs), (2, 2));
        assert!(points[0].error_sd.is_some() && points[0].angle.is_some());
        assert_eq!(samples(&settings).unwrap(), 100 * 2 * 2 * 2);
        assert_eq!(go(), points);
    }
}
