//! Rates of a batch in the order in which the kernels of f32 read them.

use super::LANES;
use crate::engine::line::{FIVE, Line};

/// What is left of a row after full groups of lanes is added in pieces of so many words.
const PIECES: [usize; 4] = [8, 4, 2, 1];

/// The same words of five samples.
pub(super) type Five = [Line<f32, LANES>; FIVE];

/// Rates by fives of samples: what each piece of a row of weights is multiplied by. The last five are
/// filled up with samples of zeros.
#[derive(Debug)]
pub(super) struct Samples {
    pub(super) columns: usize,
    /// Pieces of a row: full groups of lanes, then what is left.
    pieces: usize,
    fives: Vec<Five>,
}

impl Samples {
    /// Of rates sample by sample.
    pub(super) fn new(x: &[f32], columns: usize) -> Self {
        let rest = columns % LANES;
        let pieces = columns / LANES + rest.count_ones() as usize;
        let samples = x.len() / columns;
        let mut fives = vec![[Line::default(); FIVE]; samples.div_ceil(FIVE) * pieces];
        for (s, row) in x.chunks_exact(columns).enumerate() {
            let place = fives[s / FIVE * pieces..].iter_mut();
            let mut lines = place.map(|five| &mut five[s % FIVE]);
            let (groups, mut rest) = row.as_chunks::<LANES>();
            // In this order: a zip that ends has taken one more of its first.
            for (group, line) in groups.iter().zip(lines.by_ref()) {
                line.0 = *group;
            }
            for piece in PIECES {
                if let Some((words, more)) = rest.split_at_checked(piece) {
                    if let Some(line) = lines.next() {
                        *line = Line::new(words);
                    }
                    rest = more;
                }
            }
        }
        Self {
            columns,
            pieces,
            fives,
        }
    }

    /// The pieces of five samples, of the next five, and so on.
    pub(super) fn fives(&self) -> impl Iterator<Item = &[Five]> {
        self.fives.chunks_exact(self.pieces)
    }
}

/// Columns that an update takes together.
pub(super) const STRIP: usize = 2 * LANES;

/// Rates by strips of columns: for each strip the words of all samples, zeros behind the last column.
#[derive(Debug)]
pub(super) struct Strips {
    pub(super) columns: usize,
    pub(super) samples: usize,
    lines: Vec<Line<f32, STRIP>>,
}

impl Strips {
    /// Of rates sample by sample.
    pub(super) fn new(x: &[f32], columns: usize) -> Self {
        let samples = x.len() / columns;
        let mut lines = vec![Line::default(); samples * columns.div_ceil(STRIP)];
        for (s, row) in x.chunks_exact(columns).enumerate() {
            let place = lines[s..].iter_mut().step_by(samples);
            for (line, words) in place.zip(row.chunks(STRIP)) {
                *line = Line::new(words);
            }
        }
        Self {
            columns,
            samples,
            lines,
        }
    }

    /// Each strip from the given one on: the words of each sample.
    #[inline(always)]
    pub(super) fn from(&self, first: usize) -> impl Iterator<Item = &[Line<f32, STRIP>]> {
        let rest = self.lines.get(first * self.samples..).unwrap_or_default();
        rest.chunks_exact(self.samples)
    }
}
