//! The kernels in assembly against core's, on the core that they are for: random shapes, random and
//! extreme words.

use apical_core::kernel::Into;
use apical_core::precision::Draw;
use apical_core::random::Key;
use apical_core::{Counters, I16, Number, Precision, Rounding, Silent};
use semihosting::process::ExitCode;

use crate::command_line::Settings;
use crate::output::Lines;

/// Rows and columns of the largest case, as they fit the RAM.
const LARGEST: usize = if matches!(crate::MACHINE.as_bytes(), b"microbit") {
    26
} else {
    70
};

/// A weight or rate of 16 bits: every fourth at an end of the range or next to it, every fourth small.
fn short(word: u32) -> u64 {
    let low = word & 0xffff;
    u64::from(match word >> 30 {
        0 => [0x7fff, 0x8001, 0x7ffe, 0x4000][(low & 3) as usize],
        1 => low % 5,
        _ => low.max(1),
    })
}

/// A postsynaptic word of 32 bits, of any size.
fn long(word: u32, size: u32) -> u64 {
    let word = word as i32 >> (size % 32);
    i64::from(word.max(-i32::MAX)) as u64
}

/// Words of one kind in storage for the largest case.
struct Words<T, const N: usize>([T; N]);

impl<T: Number, const N: usize> Words<T, N> {
    fn draw(key: Key, first: u32, make: impl Fn(u32) -> u64) -> Self {
        let mut words = [T::ZERO; N];
        for (word, i) in words.iter_mut().zip(first..) {
            *word = T::from_bits(make(key.word(i)));
        }
        Self(words)
    }
}

type Weights = Words<<I16 as Precision>::Weight, { LARGEST * LARGEST + 1 }>;
type Rates = Words<<I16 as Precision>::Rate, { LARGEST + 1 }>;
type Potentials = Words<<I16 as Precision>::Potential, { LARGEST + 1 }>;

/// Whether both give the same bits and the same counts in one case, drawn from its number.
fn agree(case: u64) -> Result<(), &'static str> {
    let key = Key::new(0x0070_6172, case, 0);
    let below = |index: u32, bound: u32| key.below(index, bound) as usize;
    let (rows, columns) = (below(0, LARGEST as u32) + 1, below(1, LARGEST as u32) + 1);
    // Rows that begin anywhere, as those of an odd layer do.
    let start = below(2, 2);
    let weights = Weights::draw(key, 1000, short);
    let rates = Rates::draw(key, 100, short);
    let size = key.word(3);
    let potentials = Potentials::draw(key, 200, |word| long(word, size));
    // From all but zero to far beyond the largest factor.
    let exponent = below(4, 60) as i32 - 40;
    let mut gain = 1.0 + key.uniform(5);
    for _ in 0..exponent.unsigned_abs() {
        gain *= if exponent < 0 { 0.5 } else { 2.0 };
    }
    let gain = I16::gain(if below(6, 2) == 0 { gain } else { -gain }).unwrap_or_default();
    let draw = Draw {
        rounding: Rounding::Stochastic,
        key,
    };
    let into = [Into::Store, Into::Add, Into::Subtract][below(7, 3)];

    let w = weights.0.get(start..start + rows * columns).unwrap_or(&[]);
    let x = rates.0.get(start..start + columns).unwrap_or(&[]);
    let (mut have, mut want) = (potentials.0, potentials.0);
    let [mut ours, mut theirs] = [Counters::default(); 2];
    apical_asm::I16::mat_vec(w, x, &mut have[..rows], into, &mut ours);
    I16::mat_vec(w, x, &mut want[..rows], into, &mut theirs);
    if have != want {
        return Err("mat-vec");
    }
    if ours != theirs {
        return Err("counters of the mat-vec");
    }
    let x = rates.0.get(start..start + rows).unwrap_or(&[]);
    let (mut have, mut want) = (potentials.0, potentials.0);
    let [mut ours, mut theirs] = [Counters::default(); 2];
    apical_asm::I16::mat_vec_transposed(w, x, &mut have[..columns], into, &mut ours);
    I16::mat_vec_transposed(w, x, &mut want[..columns], into, &mut theirs);
    if have != want {
        return Err("transposed mat-vec");
    }
    if ours != theirs {
        return Err("counters of the transposed mat-vec");
    }
    let post = potentials.0.get(..rows).unwrap_or(&[]);
    let pre = rates.0.get(start..start + columns).unwrap_or(&[]);
    let (mut have, mut want) = (weights.0, weights.0);
    let part = start..start + rows * columns;
    let [mut ours, mut theirs] = [Counters::default(); 2];
    apical_asm::I16::rank_one(&mut have[part.clone()], post, gain, pre, draw, &mut Silent);
    I16::rank_one(&mut want[part.clone()], post, gain, pre, draw, &mut theirs);
    if have != want {
        return Err("rank-one update");
    }
    let mut have = weights.0;
    apical_asm::I16::rank_one(&mut have[part], post, gain, pre, draw, &mut ours);
    if have != want {
        return Err("counted rank-one update");
    }
    if ours != theirs {
        return Err("counters of the rank-one update");
    }
    Ok(())
}

/// Compares and tells; the exit code says whether all were equal.
pub fn run() -> ExitCode {
    let mut lines = Lines::default();
    let cases = Settings::read().number("cases", 1000);
    for case in 0..cases {
        if let Err(kernel) = agree(case) {
            lines.text("different: ").text(kernel).text(" in case ");
            lines.decimal(case).end();
            return ExitCode::FAILURE;
        }
    }
    lines.text("equal ").decimal(cases).end();
    ExitCode::SUCCESS
}
