//! `apical device read` and `apical device write`: the words of a board.

use super::super::{Common, Voice};
use super::Line;
use crate::Error;
use crate::device::board::{Board, encode};
use crate::device::session::Session;
use crate::device::state::{find, flip, name};
use crate::journal::write_atomically;
use crate::report::{Cell, Column, Table};
use apical_core::record::Quantity;
use apical_core::rule::Variable;
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

/// What is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    Weights,
    State,
    Configuration,
}

#[derive(Debug, Args)]
pub(super) struct ReadArgs {
    /// What to read
    #[arg(default_value = "weights")]
    what: What,
    #[command(flatten)]
    line: Line,
    /// Only this variable, such as up or bias
    #[arg(long, value_name = "NAME")]
    variable: Option<String>,
    /// Only of this layer
    #[arg(long, value_name = "K", requires = "variable")]
    layer: Option<usize>,
    /// Only this word of it
    #[arg(long, value_name = "I", requires = "layer")]
    index: Option<usize>,
    /// File to write: .npz or .json
    #[arg(long, short = 'o', value_name = "FILE")]
    file: Option<PathBuf>,
}

pub(super) fn read(args: &ReadArgs, common: &Common, stop: &AtomicBool) -> Result<(), Error> {
    let voice = Voice::new(common);
    let mut connected = args.line.connect(stop)?;
    let session = &mut connected.session;
    if args.what == What::Configuration {
        return read_configuration(args, voice, session);
    }
    let board = Board::ask(session)?;
    let chosen = choose(args, &board)?;
    let state = session.state()?;
    if let Some(path) = &args.file {
        let file = board.arrays(&state, chosen.iter().copied());
        file.write(path)?;
        let arrays = file.arrays.len();
        voice.say(&format!("{}: {arrays} arrays", path.display()));
        voice.result(&serde_json::json!({ "file": path, "arrays": arrays }));
        return Ok(());
    }
    let mut all = serde_json::Map::new();
    let mut summary = Table::new(
        format!("step {}", state.clock.step),
        vec![
            Column::text("variable"),
            Column::number("layer", ""),
            Column::number("words", ""),
            Column::number("smallest", ""),
            Column::number("largest", ""),
        ],
    );
    let words = [Column::number("index", ""), Column::number("value", "")];
    let columns = words.into_iter().chain([Column::text("bits")]).collect();
    let mut each = Table::new("", columns);
    for variable in chosen {
        let range = args.index.map_or(0..variable.range.len(), |i| i..i + 1);
        let read = range.map(|i| (i, state.word(variable, i, board.formats)));
        let read: Vec<_> = read.collect();
        let values: Vec<f64> = read.iter().map(|(_, word)| word.value).collect();
        for (index, word) in &read {
            let cells = [index.to_string(), format!("{:e}", word.value)];
            let cells = cells.into_iter().chain([word.hexadecimal()]);
            each.push(cells.map(Cell::text).collect());
        }
        summary.push(vec![
            Cell::text(name(variable)),
            Cell::text(variable.layer.to_string()),
            Cell::text(values.len().to_string()),
            Cell::number(values.iter().copied().fold(f64::INFINITY, f64::min), 4),
            Cell::number(values.iter().copied().fold(f64::NEG_INFINITY, f64::max), 4),
        ]);
        let bits: Vec<_> = read.iter().map(|(_, word)| word.hexadecimal()).collect();
        all.insert(
            format!("{}_{}", name(variable), variable.layer),
            serde_json::json!({ "values": values, "bits": bits }),
        );
    }
    // A variable of one layer is shown word by word, more than that by their ends.
    let shown = if args.layer.is_some() { each } else { summary };
    voice.say(&shown.to_text());
    voice.result(&serde_json::json!({ "step": state.clock.step, "variables": all }));
    Ok(())
}

fn read_configuration(
    args: &ReadArgs,
    voice: Voice,
    session: &mut Session<'_>,
) -> Result<(), Error> {
    let configuration = session.configuration()?;
    let text = serde_json::to_string_pretty(&configuration);
    let text = text.map_err(|error| Error::Mismatch(error.to_string()))?;
    if let Some(path) = &args.file {
        write_atomically(path, text.as_bytes())?;
        voice.say(&format!("{}: the configuration", path.display()));
        voice.result(&serde_json::json!({ "file": path }));
    } else {
        voice.say(&text);
        voice.result(&configuration);
    }
    Ok(())
}

/// The variables that are asked for.
fn choose<'b>(args: &ReadArgs, board: &'b Board) -> Result<Vec<&'b Variable>, Error> {
    let all = board
        .variables
        .iter()
        .filter(|v| args.what == What::State || v.storage == Quantity::Weight);
    let Some(wanted) = &args.variable else {
        return Ok(all.collect());
    };
    let of_any: Vec<&Variable> = board
        .variables
        .iter()
        .filter(|v| name(v) == *wanted)
        .collect();
    let first = of_any.first().map_or(0, |v| v.layer);
    let (layer, index) = (args.layer.unwrap_or(first), args.index.unwrap_or(0));
    // Says what there is when it is not this.
    let one = find(&board.variables, wanted, layer, index)?;
    Ok(if args.layer.is_some() {
        vec![one]
    } else {
        of_any
    })
}

#[derive(Debug, Args)]
pub(super) struct WriteArgs {
    #[command(flatten)]
    line: Line,
    /// The variable, such as up or bias
    #[arg(long, value_name = "NAME", requires_all = ["layer", "index", "new"])]
    variable: Option<String>,
    /// Its layer
    #[arg(long, value_name = "K", requires = "variable")]
    layer: Option<usize>,
    /// The word of it
    #[arg(long, value_name = "I", requires = "variable")]
    index: Option<usize>,
    /// Turn over this bit, from the lowest
    #[arg(long, value_name = "BIT", group = "new", requires = "variable")]
    flip_bit: Option<u32>,
    /// Set it to this number, rounded to the nearest of the format
    #[arg(
        long,
        value_name = "X",
        group = "new",
        requires = "variable",
        allow_hyphen_values = true
    )]
    value: Option<f64>,
    /// Set all weights from a file: .npz or .json, as `read` writes
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "variable",
        required_unless_present = "variable"
    )]
    weights: Option<PathBuf>,
    /// Save a checkpoint on the board afterwards
    #[arg(long)]
    save: bool,
}

pub(super) fn write(args: &WriteArgs, common: &Common, stop: &AtomicBool) -> Result<(), Error> {
    let voice = Voice::new(common);
    let mut connected = args.line.connect(stop)?;
    let session = &mut connected.session;
    let board = Board::ask(session)?;
    if let Some(path) = &args.weights {
        load(voice, session, &board, path)?;
    } else if let (Some(variable), Some(layer), Some(index)) =
        (&args.variable, args.layer, args.index)
    {
        let found = find(&board.variables, variable, layer, index)?;
        let before = board.read(session, found, index)?;
        let bits = match (args.flip_bit, args.value) {
            (Some(bit), _) => {
                let mut bytes = before.bits.to_le_bytes();
                flip(&mut bytes[..before.bytes], bit)?;
                u64::from_le_bytes(bytes)
            }
            (None, value) => {
                let value = value.unwrap_or_default();
                encode(session, found.storage, value)?.ok_or_else(|| {
                    Error::Mismatch(format!(
                        "--value {value}: {variable} is stored as {} and does not hold it",
                        session.identity().precision
                    ))
                })?
            }
        };
        board.write(session, found, index, bits)?;
        let after = board.read(session, found, index)?;
        let place = format!("{variable} of layer {layer}, index {index}");
        voice.say(&format!(
            "{place}: {:e} (bits {}) was {:e} (bits {})",
            after.value,
            after.hexadecimal(),
            before.value,
            before.hexadecimal()
        ));
        voice.result(&serde_json::json!({
            "variable": variable, "layer": layer, "index": index,
            "values": [before.value, after.value],
            "bits": [before.hexadecimal(), after.hexadecimal()],
        }));
    }
    if args.save {
        session.save()?;
    }
    Ok(())
}

fn load(voice: Voice, session: &mut Session<'_>, board: &Board, path: &Path) -> Result<(), Error> {
    board.load(session, path)?;
    let digest = format!("{:016x}", session.digest()?);
    voice.say(&format!(
        "{}: the weights are on the board, digest {digest}",
        path.display()
    ));
    voice.result(&serde_json::json!({ "file": path, "digest": digest }));
    Ok(())
}
