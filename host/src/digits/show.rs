//! The main job's table, figures and report: pure functions of a [`Study`].

use super::{Curve, LawRow, Row, Study};
use crate::Error;
use crate::data::DIGITS_ATTRIBUTION;
use crate::plot::{Axis, Figure, Panel, Series};
use crate::report::{self as page, Best, Block, Cell, Column, Report, Section, Table};

/// The precisions side by side.
pub fn table(study: &Study) -> Table {
    let seeds = study.rows.first().map_or(0, |row| row.outcomes.len());
    let columns = vec![
        Column::text("precision").help("what weights are stored in, and how a write is rounded"),
        Column::number("test accuracy", "%").help("mean and standard deviation over the seeds"),
        Column::number("angle to backprop", "°").help(
            "of the first hidden layer's update, mean over the epochs; fixed random feedback",
        ),
        Column::number("divergence from f64", "")
            .help("largest distance of any weight from that of the f64 run, any epoch, any seed"),
        Column::number("lost updates", "%").help("not zero, and left the weight as it was"),
        Column::number("saturations", "").help("writes beyond a format's range, all seeds"),
        Column::number("state", "bytes").help("weights and activity on a microcontroller"),
        Column::number("speed", "samples/s").help("training, one thread, median of the seeds"),
        Column::text("digest").help("of the final state of the first seed"),
    ];
    let (train, test) = study.samples;
    let caption = format!("{train} training and {test} test digits, {seeds} seeds");
    let mut table = Table::new(&caption, columns);
    for row in &study.rows {
        let last = |values: &[f64]| values.last().copied().unwrap_or(f64::NAN);
        let mean = |values: &[f64]| values.iter().sum::<f64>() / (values.len() as f64).max(1.0);
        let (accuracy, spread) = row.spread(|o| last(&o.test_accuracy));
        let divergence = row
            .outcomes
            .iter()
            .flat_map(|o| &o.divergence)
            .fold(0.0, |a: f64, &b| a.max(b));
        let mut speeds: Vec<f64> = row.outcomes.iter().map(|o| o.samples_per_second).collect();
        speeds.sort_by(f64::total_cmp);
        let saturations: u64 = row.outcomes.iter().map(|o| o.saturations).sum();
        table.push(vec![
            Cell::text(row.name()),
            Cell::spread(accuracy, spread, 2),
            Cell::number(row.spread(|o| mean(&o.angle)).0, 1),
            Cell::text(scientific(divergence)),
            Cell::number(row.spread(|o| mean(&o.lost)).0, 2),
            Cell::text(saturations.to_string()),
            Cell::text(row.state_bytes.to_string()),
            Cell::number(speeds.get(speeds.len() / 2).copied().unwrap_or(f64::NAN), 0),
            Cell::text(row.outcomes.first().map_or("", |o| &o.digest)),
        ]);
    }
    table.mark(1, Best::Highest)
}

fn scientific(value: f64) -> String {
    if value == 0.0 {
        "0".into()
    } else {
        format!("{value:.1e}")
    }
}

/// The gradient law as a table: lambda down, precisions across.
pub fn law_table(law: &[LawRow]) -> Table {
    let mut lambdas: Vec<f64> = law.iter().map(|row| row.lambda).collect();
    lambdas.dedup();
    let mut precisions: Vec<&str> = Vec::new();
    for row in law {
        if !precisions.contains(&row.precision.as_str()) {
            precisions.push(&row.precision);
        }
    }
    let mut columns = vec![Column::number("lambda", "")];
    columns.extend(
        precisions
            .iter()
            .map(|p| Column::number(format!("{p}, hidden / output"), "°")),
    );
    let mut table = Table::new(
        "Angle of the update to backpropagation's, transposed feedback, before training",
        columns,
    );
    for lambda in lambdas {
        let mut cells = vec![Cell::text(lambda.to_string())];
        for precision in &precisions {
            let found = law
                .iter()
                .find(|r| r.lambda == lambda && r.precision == *precision);
            let angles: Vec<String> = found
                .map(|row| row.angles.iter().map(|a| format!("{a:.3}")).collect())
                .unwrap_or_default();
            cells.push(Cell::text(angles.join(" / ")));
        }
        table.push(cells);
    }
    table
}

/// A line a precision, the mean over the seeds.
fn panel(study: &Study, title: &str, y: Axis, f: Curve, skip: usize) -> Panel {
    let mut panel = Panel::new(title, Axis::new("epoch"), y);
    for (index, row) in study.rows.iter().enumerate().skip(skip) {
        let means = row.mean(f).into_iter().zip(1..);
        let points = means
            .map(|(mean, epoch)| (f64::from(epoch), mean))
            .collect();
        let colour = crate::plot::Colour::Index(index);
        panel = panel.series(Series::line(row.name(), points).colour(colour));
    }
    panel
}

/// Accuracy, divergence, angle and tracking over the epochs.
pub fn figure(study: &Study) -> Figure {
    Figure::new("Learning the 8x8 digits in several precisions")
        .caption("Mean over the seeds after each epoch.")
        .columns(2)
        .panel(panel(
            study,
            "test accuracy",
            Axis::new("%").range(80.0, 100.0),
            |o| &o.test_accuracy,
            0,
        ))
        .panel(panel(
            study,
            "largest divergence from f64",
            Axis::log("weight"),
            |o| &o.divergence,
            1,
        ))
        .panel(panel(
            study,
            "first hidden layer: angle to backprop",
            Axis::new("degrees"),
            |o| &o.angle,
            0,
        ))
        .panel(panel(
            study,
            "interneurons: distance from self-prediction",
            Axis::new("||W_IP - a W_PP|| / ||a W_PP||"),
            |o| &o.tracking,
            0,
        ))
}

/// The report of the main job as one page.
///
/// # Errors
/// When a figure cannot be drawn.
pub fn report(study: &Study) -> Result<String, Error> {
    let digests = |row: &Row| -> Vec<(String, String)> {
        row.outcomes
            .iter()
            .map(|o| (format!("{}, seed {}", row.name(), o.seed), o.digest.clone()))
            .collect()
    };
    let report = Report::new(
        "Apical: a cortical microcircuit learns handwritten digits",
        format!("apical {}, {:.1} seconds", study.version, study.seconds),
    )
    .section(
        Section::new("Precisions side by side")
            .text(
                "One network, one text, several number formats. Every format starts from the same \
                 real weights and sees the same digits in the same order; the float runs are the \
                 reference for the fixed-point runs, which are what a microcontroller computes.",
            )
            .block(table(study))
            .block(figure(study)),
    )
    .section(
        Section::new("Is it a gradient?")
            .text(
                "With the transposed weights as feedback and weak mixing, the microcircuit's \
                 update points along backpropagation's; the table holds the angle before \
                 training, in the self-predicting state. With fixed random feedback (the table \
                 above) the angle cannot vanish: that is feedback alignment. Late in training the \
                 error is small and what the interneurons fail to cancel shows.",
            )
            .block(law_table(&study.law)),
    )
    .section(
        Section::new("To reproduce")
            .block(Block::KeyValues(
                study.rows.iter().flat_map(digests).collect(),
            ))
            .block(Block::Code(study.config.clone()))
            .text(DIGITS_ATTRIBUTION),
    );
    page::html(&report).map_err(|error| Error::Draw(error.to_string()))
}
