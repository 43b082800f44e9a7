//! Every state variable of every step, as CSV.
//!
//! The first line names the columns: `step`, `time_ms`, then one for each word, such as `u[1][0]`
//! (variable, layer, neuron) or `up[1][0][3]` (row and column of a matrix). The filtered
//! plasticity of `up` is `up_trace`. The second line is the state before the first step, then
//! there is one a step, with what that step computed.
//!
//! Numbers have 17 significant digits and read back to the same bits. In fixed point a column with
//! the raw integer, named with `_raw`, follows each value.

mod column;

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use apical_core::{Counters, Number, Precision};

use crate::config::{Config, ConfigDocument, ConfigError};
use crate::engine::Engine;
use crate::experiment::Schedule;
use crate::network::{Blueprint, Memory, rounding};
use crate::present::{Pattern, learn};
use crate::{Error, train, with_precision};
use column::{Column, columns};

/// What to write.
#[derive(Debug, Clone, Default)]
pub struct TraceOptions {
    /// How many steps.
    pub steps: u64,
    /// Names of the variables, such as `u` or `up`; none for all of them.
    pub variables: Vec<String>,
}

/// The golden configuration, which is traced unless another one is given.
///
/// # Errors
/// Never; the text is part of the program, and a test reads it.
pub fn golden() -> Result<ConfigDocument, ConfigError> {
    let text = include_str!("../configs/golden.toml");
    ConfigDocument::parse(text, "built-in configuration golden")
}

/// Traces a configuration in its precision. The patterns are those of its task; samples come in
/// the order of a training run.
///
/// A reader that has seen enough and closes `out` is no error.
///
/// # Errors
/// When a variable does not exist, the network cannot be built or begun, or `out` refuses; the first
/// saturation in strict mode, after the line of its step; when `stop` was set.
pub fn write(
    config: &Config,
    options: &TraceOptions,
    out: &mut dyn Write,
    stop: &AtomicBool,
) -> Result<(), Error> {
    with_precision!(config.run.precision, P => write_in::<P>(config, options, out, stop))
}

/// The same in a precision `P`, which must be the configured one.
///
/// # Errors
/// As [`write()`].
pub fn write_in<P: Engine>(
    config: &Config,
    options: &TraceOptions,
    out: &mut dyn Write,
    stop: &AtomicBool,
) -> Result<(), Error> {
    let seed = config.run.seed;
    let blueprint = Blueprint::new(config, seed);
    let mut layers = blueprint.layers::<P>();
    let network = train::build(config, &blueprint, &mut layers)?;
    let columns = columns(&network, &options.variables)?;
    let mut memory = Memory::begin(config, &network, &blueprint)?;
    let mut schedule = Schedule::<P>::new(config, seed)?;
    let rounding = rounding(config.run.rounding);
    let per_pattern = u64::from(config.pattern_steps());
    // In two-step mode a step is a presentation.
    let dt = if per_pattern == 1 {
        config.time.presentation
    } else {
        config.time.dt
    };
    let mut counters = Counters::default();
    let mut ended = None;
    let mut lines = || -> io::Result<()> {
        header(&columns, out)?;
        line(&columns, &memory, 0.0, out)?;
        for done in 0..options.steps {
            if stop.load(Ordering::Relaxed) {
                let all = options.steps;
                let stopped = format!("stopped after step {done} of {all}; a trace begins anew");
                ended = Some(Error::Differs(stopped));
                break;
            }
            let (input, teacher) = schedule.show(done / per_pattern);
            let pattern = Pattern::one(input, teacher);
            let begins = done.is_multiple_of(per_pattern);
            learn(
                &network,
                &mut memory,
                &pattern,
                begins,
                rounding,
                &mut counters,
            );
            line(&columns, &memory, (done + 1) as f64 * dt, out)?;
            if config.run.strict {
                ended = Error::saturated(&counters, memory.clock.step, 1, done / per_pattern);
            }
            if ended.is_some() {
                break;
            }
        }
        out.flush()
    };
    match lines() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Error::Write {
            path: PathBuf::from("the trace"),
            source: error,
        }),
        _ => ended.map_or(Ok(()), Err),
    }
}

fn header(columns: &[Column], out: &mut dyn Write) -> io::Result<()> {
    write!(out, "step,time_ms")?;
    for column in columns {
        column.names(out)?;
    }
    writeln!(out)
}

fn line<P: Precision>(
    columns: &[Column],
    memory: &Memory<P>,
    time: f64,
    out: &mut dyn Write,
) -> io::Result<()> {
    // A time is a whole number of steps: the shortest text is the one to read.
    write!(out, "{},{}", memory.clock.step, (time * 1e9).round() / 1e9)?;
    for column in columns {
        column.values(memory, out)?;
    }
    writeln!(out)
}

/// A word as a value of 17 digits, and as a raw integer in fixed point.
fn word<T: Number>(word: T, out: &mut dyn Write) -> io::Result<()> {
    write!(out, ",{:.16e}", word.to_f64())?;
    if T::FRACTION.is_some() {
        write!(out, ",{}", word.to_bits() as i64)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(overrides: &[&str], steps: u64, variables: &[&str]) -> Result<String, Error> {
        let mut document = golden().unwrap();
        for assignment in overrides {
            document.apply_override(assignment).unwrap();
        }
        let variables = variables.iter().map(ToString::to_string).collect();
        let mut out = Vec::new();
        let options = TraceOptions { steps, variables };
        let stop = AtomicBool::new(false);
        write(&document.resolve().unwrap(), &options, &mut out, &stop)?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn columns_are_named_and_the_first_line_is_the_beginning() {
        let text = trace(&[], 2, &["u_i", "up"]).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 4);
        assert!(
            lines[0].starts_with("step,time_ms,up[1][0][0],up[1][0][1],"),
            "{}",
            lines[0]
        );
        assert!(
            lines[0].ends_with("up[2][1][2],u_i[1][0],u_i[1][1]"),
            "{}",
            lines[0]
        );
        assert!(
            lines[1].starts_with("0,0,1.1289600644789")
                && lines[1].ends_with(",0.0000000000000000e0")
        );
        assert!(lines[3].starts_with("2,0.2,"));
    }

    #[test]
    fn fixed_point_has_raw_integers() {
        let text = trace(&["run.precision=i16"], 1, &["up"]).unwrap();
        let mut lines = text.lines();
        assert!(
            lines
                .next()
                .unwrap()
                .starts_with("step,time_ms,up[1][0][0],up[1][0][0]_raw,")
        );
        let first: Vec<&str> = lines.next().unwrap().split(',').collect();
        let (value, raw): (f64, i64) = (first[2].parse().unwrap(), first[3].parse().unwrap());
        assert_eq!(value * 4096.0, raw as f64);
        assert_eq!(raw, 462);
    }

    #[test]
    fn a_wrong_variable_is_named_with_the_nearest() {
        let message = trace(&[], 1, &["va"]).unwrap_err().to_string();
        assert!(
            message.contains("\"va\"") && message.contains("did you mean \"v_a\"?"),
            "{message}"
        );
        assert!(message.contains("up_trace"), "{message}");
    }

    #[test]
    fn a_saturation_ends_a_strict_trace_and_a_stop_any() {
        let wild = ["run.precision=i16", "learning.up=10000"];
        assert!(trace(&wild, 50, &["up"]).is_ok());
        let strict = [&wild[..], &["run.strict=true"]].concat();
        let error = trace(&strict, 50, &["up"]).unwrap_err();
        assert!(matches!(error, Error::Saturation { .. }), "{error}");

        let config = golden().unwrap().resolve().unwrap();
        let options = TraceOptions {
            steps: 5,
            variables: vec!["u".into()],
        };
        let (mut out, stop) = (Vec::new(), AtomicBool::new(true));
        let error = write(&config, &options, &mut out, &stop).unwrap_err();
        assert!(error.to_string().starts_with("stopped after step 0 of 5"));
        assert_eq!(error.exit_code(), 1);
        // What there is stands: the names and the beginning.
        assert_eq!(String::from_utf8(out).unwrap().lines().count(), 2);
    }

    #[test]
    fn a_reader_that_leaves_is_no_error() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let config = golden().unwrap().resolve().unwrap();
        let options = TraceOptions {
            steps: 1,
            variables: Vec::new(),
        };
        let stop = AtomicBool::new(false);
        write(&config, &options, &mut Closed, &stop).unwrap();
    }
}
