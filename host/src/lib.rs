//! The desktop side of Apical: the core over floats and fixed point, experiments, comparison,
//! plots and reports.
//!
//! Data flows one way: configuration, network, run, journal, report.

pub mod augmentation;
pub mod batch;
pub mod command;
pub mod compare;
pub mod config;
pub mod data;
pub mod device;
pub mod digits;
pub mod dispatch;
pub mod engine;
mod error;
pub mod experiment;
pub mod gradient;
pub mod jobs;
pub mod journal;
pub mod network;
mod not_a_number;
pub mod order;
pub mod plot;
pub mod present;
pub mod ranges;
pub mod report;
pub mod run;
pub mod spread;
pub mod swap_noise;
pub mod sweep;
pub mod task;
pub mod trace;
pub mod train;
pub mod weights_file;

pub use error::Error;
