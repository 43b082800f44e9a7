//! The figures as tables, next to the marks that were set for them, and as JSON.

use std::fmt::Write as _;

use anyhow::Result;

use super::c_compiler::Compiler;
use super::cmsis::Cmsis;
use super::figures::Figures;
use super::machines::MACHINES;
use crate::document;
use crate::process;
use crate::table::Table;

/// A mark: core, kernel, side, the most it may take, in 16 bits.
const MARKS: [(&str, &str, u64, f64); 8] = [
    ("Cortex-M4F", "mat-vec", 64, 2.0),
    ("Cortex-M4F", "mat-vec", 256, 1.6),
    ("Cortex-M4F", "transposed", 64, 2.5),
    ("Cortex-M4F", "rank-one", 64, 7.0),
    ("Cortex-M0", "mat-vec", 64, 8.0),
    ("Cortex-M0", "rank-one", 64, 20.0),
    ("Cortex-M4F", "backprop", 0, 22_000.0),
    ("Cortex-M0", "backprop", 0, 160_000.0),
];

/// Kernels, what a peer calls them, and how they are introduced.
const KERNELS: [(&str, &[&str], &str); 3] = [
    (
        "mat-vec",
        &["mat-vec", "s8", "s16"],
        "Matrix times vector, instructions a multiply-accumulate",
    ),
    (
        "transposed",
        &["transposed"],
        "Transposed matrix times vector, instructions a multiply-accumulate",
    ),
    (
        "rank-one",
        &["rank-one"],
        "Rank-one update of the weights, stochastically rounded, instructions a weight",
    ),
];

/// Everything as Markdown.
pub(crate) fn markdown(figures: &Figures, cmsis: Option<&Cmsis>) -> String {
    let mut text = versions(cmsis);
    for (_, names, title) in KERNELS {
        let mut rows = Vec::new();
        for side in [64, 256] {
            for program in figures.programs() {
                for name in names {
                    let label = match *name {
                        "s8" | "s16" => format!("{program} {name}"),
                        _ => program.to_owned(),
                    };
                    rows.push((label, program, *name, side));
                }
            }
        }
        let _ = writeln!(text, "{title}:\n\n{}", table(figures, &rows, 2));
    }
    let names = ["backprop", "training", "training, counters on"];
    let rows: Vec<_> = names
        .into_iter()
        .flat_map(|name| {
            let programs = figures.programs().into_iter();
            programs.map(move |program| {
                let label = match name {
                    "backprop" => format!("{program}, backprop"),
                    "training" => program.to_owned(),
                    _ => format!("{program}, counters on"),
                };
                (label, program, name, 0)
            })
        })
        .collect();
    let _ = writeln!(
        text,
        "Training step of 64-32-10, instructions:\n\n{}",
        table(figures, &rows, 0)
    );
    let _ = writeln!(text, "Marks:\n\n{}", marks(figures));
    text
}

/// A column a core, a row a program and size.
fn table(figures: &Figures, rows: &[(String, &str, &str, u64)], places: usize) -> Table {
    let mut table = Table::new(&[
        "size", "by", "M0:", "M3:", "M4F:", "M7:", "M33:", "RV32IMC:",
    ]);
    for (label, program, name, side) in rows {
        let found: Vec<_> = MACHINES
            .iter()
            .map(|machine| figures.find(machine.core, program, name, *side))
            .collect();
        if found.iter().all(Option::is_none) {
            continue;
        }
        let size = match side {
            0 => "step".to_owned(),
            side => format!("{side}x{side}"),
        };
        let cells = found.into_iter().map(|figure| {
            figure.map_or_else(|| "-".to_owned(), |figure| format!("{figure:.places$}"))
        });
        table.row([size, label.clone()].into_iter().chain(cells));
    }
    table
}

/// The marks, the better of core's two 16-bit families and the best peer.
fn marks(figures: &Figures) -> Table {
    let mut table = Table::new(&[
        "core",
        "what",
        "size",
        "mark:",
        "i16:",
        "best peer:",
        "reached",
    ]);
    for (core, name, side, mark) in MARKS {
        let of = |own: bool| {
            let programs = figures.programs().into_iter();
            let programs = programs.filter(|program| program.starts_with("i16") == own);
            programs
                .filter(|program| own || program.starts_with("CMSIS"))
                .filter_map(|program| figures.find(core, program, name, side))
                .min_by(f64::total_cmp)
        };
        let places = if side == 0 { 0 } else { 2 };
        let shown = |figure: Option<f64>| {
            figure.map_or_else(|| "-".to_owned(), |figure| format!("{figure:.places$}"))
        };
        let size = if side == 0 {
            "64-32-10".to_owned()
        } else {
            format!("{side}x{side}")
        };
        let reached = match of(true) {
            None => "not counted",
            Some(figure) if figure <= mark => "yes",
            Some(_) => "no",
        };
        table.row([
            core.to_owned(),
            name.to_owned(),
            size,
            format!("{mark:.places$}"),
            shown(of(true)),
            shown(of(false)),
            reached.to_owned(),
        ]);
    }
    table
}

/// With what was counted.
fn versions(cmsis: Option<&Cmsis>) -> String {
    let first_line = |program: &str| {
        let answer = process::ask(process::program(program).arg("--version"));
        let line = answer.and_then(|answer| answer.lines().next().map(str::to_owned));
        line.unwrap_or_else(|| format!("{program} of unknown version"))
    };
    let compilers = cmsis.map_or_else(
        || "not there".to_owned(),
        |cmsis| {
            let names: Vec<_> = cmsis.compilers().iter().map(Compiler::name).collect();
            format!("{} by {}", Cmsis::VERSION, names.join(" and "))
        },
    );
    format!(
        "Counted by {}; images by {}; CMSIS-DSP {compilers}; embedded-nn 0.2.3.\n\n",
        first_line("qemu-system-arm"),
        first_line("rustc")
    )
}

/// One object a figure.
pub(crate) fn json(figures: &Figures) -> String {
    // Names are this program's own: letters, digits, and nothing that JSON would escape.
    let lines: Vec<_> = figures
        .0
        .iter()
        .map(|figure| {
            format!(
                "  {{\"core\": \"{}\", \"by\": \"{}\", \"what\": \"{}\", \"side\": {}, \
                 \"instructions\": {:.1}, \"each\": {:.4}}}",
                figure.core,
                figure.program,
                figure.name,
                figure.side,
                figure.instructions,
                figure.each()
            )
        })
        .collect();
    format!("[\n{}\n]\n", lines.join(",\n"))
}

/// Puts the tables into the document.
pub(crate) fn document(tables: &str) -> Result<()> {
    document::write("docs/performance.md", "bench-mcu", &format!("\n{tables}"))
}
