//! Updates of weights by a batch: one change a weight, by the sum of its samples' changes.

use crate::changes::{bits_of, draws, factor_of, gains, updated};
use crate::strategies::{check, in_every_precision, rates, words};
use apical_core::batch::{Block, MAX_SAMPLES};
use apical_core::{Counters, I8, I16, I16x32, I32, Precision};
use apical_tests::exact::{raw, shift_half_up};
use proptest::collection::vec;
use proptest::prelude::*;
use std::cell::Cell;

/// The factors of a row, one a sample.
struct Factors {
    mantissas: Vec<i128>,
    /// How far the sum of the products is shifted to the right.
    right: i32,
    /// Factors that were cut off, alone or because of their sum.
    cut: u64,
    /// Whether their sum was too large.
    sum_cut: bool,
    /// Whether their sum, and none of them alone, has asked for the shift.
    by_sum: bool,
}

/// The factors of a row by their definition: one shift for all, the smallest that leaves each its
/// bits and the sum of their magnitudes one more, before the bits are dropped as well as after.
fn factors_of<P: Precision>(post: impl Iterator<Item = P::Potential>, value: f64) -> Factors {
    let bits = bits_of::<P>();
    let (exact, were_cut): (Vec<i128>, Vec<bool>) =
        post.map(|post| factor_of::<P>(post, value)).unzip();
    let rounded = |exponent: i32| -> Vec<i128> {
        let dropped = exact.iter().map(|&step| shift_half_up(step, exponent));
        dropped.collect()
    };
    let each_fits = |words: &[i128], bits: i32| words.iter().all(|word| word.abs() < 1 << bits);
    let sum_fits = |words: &[i128], bits: i32| {
        words.iter().map(|word| word.abs()).sum::<i128>() < 1 << (bits + 1)
    };
    let fits = |of: &dyn Fn(&[i128], i32) -> bool, exponent: i32| {
        of(&exact, bits + exponent) && of(&rounded(exponent), bits)
    };
    let alone = (0..2 * bits)
        .find(|&exponent| fits(&each_fits, exponent))
        .unwrap();
    let mut exponent = (alone..2 * bits)
        .find(|&exponent| fits(&each_fits, exponent) && fits(&sum_fits, exponent))
        .unwrap();
    let by_sum = exponent > alone;
    let mut mantissas = rounded(exponent);
    let mut cut = were_cut.iter().filter(|&&cut| cut).count() as u64;
    // One bit at least is left to shift out after the product.
    let sum_cut = exponent >= bits;
    if sum_cut {
        let limit = ((1_i128 << (bits + 1)) - 1) / MAX_SAMPLES as i128;
        exponent = bits - 1;
        mantissas = rounded(exponent);
        for mantissa in &mut mantissas {
            cut += u64::from(mantissa.abs() > limit);
            *mantissa = (*mantissa).clamp(-limit, limit);
        }
    }
    Factors {
        mantissas,
        right: bits - exponent,
        cut,
        sum_cut,
        by_sum,
    }
}

fn update<P: Precision>() {
    // Within the kernel's groups of 2, 16 and 64 weights and either side of them.
    let columns = prop_oneof![
        3 => 0_usize..6,
        2 => 14_usize..19,
        1 => 62_usize..68,
        1 => 78_usize..84,
    ];
    let samples = prop_oneof![
        1 => Just(1_usize),
        3 => 2_usize..6,
        2 => 6_usize..20,
        1 => MAX_SAMPLES - 2..=MAX_SAMPLES,
    ];
    // Half of them so large that factors and their sums meet their ends.
    let gains = prop_oneof![
        gains(),
        (-8..31_i32, 1.0..2.0_f64).prop_map(|(exponent, m)| m * 2.0_f64.powi(exponent)),
    ];
    // Rows before the block, of it and behind it.
    let rows = (0_usize..3, 0_usize..4, 0_usize..2);
    let strategy = (rows, columns, samples, gains, draws());
    let strategy =
        strategy.prop_flat_map(|((first, rows, behind), columns, samples, gain, draw)| {
            let posts = samples * (first + rows + behind);
            (
                vec(words::<P::Weight>(), rows * columns),
                prop_oneof![
                    vec(words::<P::Potential>(), posts),
                    // All alike, so that their sums are large.
                    words::<P::Potential>().prop_map(move |post| vec![post; posts]),
                ],
                vec(rates::<P>(), samples * columns),
                Just((Block { first, samples }, rows, gain, draw)),
            )
        });
    let [sums_cut, by_sums] = [const { Cell::new(0_u32) }; 2];
    check(
        500,
        strategy,
        |(before, post, pre, (block, rows, value, draw))| {
            let Block { first, samples } = block;
            let mut counters = Counters::default();
            let mut after = before.clone();
            let gain = P::gain(value).unwrap();
            P::update(&mut after, block, &post, gain, &pre, draw, &mut counters);
            let mut want = Counters {
                updates: after.len() as u64,
                ..Counters::default()
            };
            let (all, columns) = (post.len() / samples, pre.len() / samples);
            for i in 0..if columns == 0 { 0 } else { rows } {
                // The words of a row are its own in the matrix, whatever block it is changed in.
                let row = first + i;
                let posts = (0..samples).map(|sample| post[sample * all + row]);
                let factors = factors_of::<P>(posts, value);
                want.weight += factors.cut;
                sums_cut.set(sums_cut.get() + u32::from(factors.sum_cut));
                by_sums.set(by_sums.get() + u32::from(factors.by_sum));
                for j in 0..columns {
                    let products = factors.mantissas.iter().enumerate();
                    let sum: i128 = products
                        .map(|(sample, mantissa)| mantissa * raw(pre[sample * columns + j]))
                        .sum();
                    let change = sum.div_euclid(1 << factors.right);
                    let at = i * columns + j;
                    let (over, lost) = updated(before[at], after[at], change, draw, (row, j))?;
                    want.weight += u64::from(over);
                    want.lost += u64::from(lost);
                }
            }
            prop_assert_eq!(counters, want);
            Ok(())
        },
    );
    // Otherwise the cases would not reach what a batch has and a single sample has not.
    assert!(sums_cut.get() > 20, "{sums_cut:?}");
    assert!(by_sums.get() > 20, "{by_sums:?}");
}

in_every_precision! { update }
