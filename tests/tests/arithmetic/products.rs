//! Products of a matrix, or of its transpose, and a vector.

use crate::strategies::{check, in_every_precision, rates, shapes, words};
use apical_core::kernel::Into;
use apical_core::{Counters, I8, I16, I16x32, I32, Number, Precision};
use apical_tests::exact::{Format, nearest, raw, word};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// What `into` makes of a product and of what stood there before.
fn combine(into: Into, before: i128, product: i128) -> i128 {
    match into {
        Into::Store => product,
        Into::Add => before + product,
        Into::Subtract => before - product,
    }
}

fn products<P: Precision>() {
    let frac = Format::of::<P::Weight>().frac + Format::of::<P::Rate>().frac;
    let into = select(vec![Into::Store, Into::Add, Into::Subtract]);
    let strategy = (shapes(), into).prop_flat_map(|((rows, columns), into)| {
        let x = prop_oneof![
            vec(rates::<P>(), columns),
            vec(rates::<P>(), 1).prop_map(move |x| {
                // All equal, so that large sums and their saturation are met as well.
                vec![x[0]; columns]
            })
        ];
        let side = rows.max(columns);
        (
            vec(words::<P::Weight>(), rows * columns),
            x,
            vec(rates::<P>(), rows),
            vec(words::<P::Potential>(), side),
            Just((rows, columns, into)),
        )
    });
    check(
        400,
        strategy,
        |(w, x, back, before, (rows, columns, into))| {
            let mut counters = Counters::default();
            let mut y = before[..rows].to_vec();
            P::mat_vec(&w, &x, &mut y, into, &mut counters);
            let mut saturated = 0;
            for (i, &y) in y.iter().enumerate() {
                let row = w[i * columns..].iter().zip(&x);
                let sum: i128 = row.map(|(w, x)| raw(*w) * raw(*x)).sum();
                let exact = combine(into, raw(before[i]), nearest::<P::Potential>(sum, frac));
                // A write that adds nothing, as with no columns, does not happen.
                let written = columns > 0 || into == Into::Store;
                let (stored, over) = Format::of::<P::Potential>().store(exact);
                prop_assert_eq!(
                    raw(y),
                    if written { stored } else { raw(before[i]) },
                    "row {}",
                    i
                );
                saturated += u64::from(written && over);
            }
            prop_assert_eq!(counters.potential, saturated);

            let mut counters = Counters::default();
            let mut y = before[..columns].to_vec();
            P::mat_vec_transposed(&w, &back, &mut y, into, &mut counters);
            let mut saturated = 0;
            for (j, &y) in y.iter().enumerate() {
                let sum: i128 = (0..rows)
                    .map(|i| raw(w[i * columns + j]) * raw(back[i]))
                    .sum();
                let exact = combine(into, raw(before[j]), nearest::<P::Potential>(sum, frac));
                let (stored, over) = Format::of::<P::Potential>().store(exact);
                prop_assert_eq!(raw(y), stored, "column {}", j);
                saturated += u64::from(over);
            }
            prop_assert_eq!(counters.potential, saturated);
            Ok(())
        },
    );
}

/// Sums at their bound: 65,536 columns of the largest products, of both signs.
fn longest_rows<P: Precision>() {
    let frac = Format::of::<P::Weight>().frac + Format::of::<P::Rate>().frac;
    let (w_max, r_max) = (Format::of::<P::Weight>().max, Format::of::<P::Rate>().max);
    for (w, r) in [
        (-w_max - 1, -r_max),
        (w_max, -r_max),
        (-w_max - 1, r_max),
        (w_max, 1),
        (1, 1),
    ] {
        let columns = 65_536;
        let row = vec![word::<P::Weight>(w); columns];
        let x = vec![word::<P::Rate>(r); columns];
        let exact = nearest::<P::Potential>(w * r * 65_536, frac);
        let (stored, over) = Format::of::<P::Potential>().store(exact);
        let mut counters = Counters::default();
        let mut y = [P::Potential::ZERO];
        P::mat_vec(&row, &x, &mut y, Into::Store, &mut counters);
        assert_eq!(
            (raw(y[0]), counters.potential),
            (stored, over.into()),
            "{w} x {r}"
        );
        // The same matrix as one column.
        P::mat_vec_transposed(&row, &x, &mut y, Into::Store, &mut counters);
        assert_eq!(raw(y[0]), stored, "{w} x {r}, transposed");
    }
}

in_every_precision! { products longest_rows }
