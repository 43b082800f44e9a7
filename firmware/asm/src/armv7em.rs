//! Cortex-M4, M7 and M33: pairs of words in DSP instructions.

mod columns;
mod instruction;
mod pair;
mod pairs;
mod product;
mod rows;
mod update;

pub(crate) use product::{mat_vec, mat_vec_transposed};
pub(crate) use update::{counted_rank_one, rank_one};
