//! Training images that are moved and mirrored.
//!
//! What a thing is does not change when its image moves by a pixel; a network that is shown one image in
//! many places generalises better. Pixels are taken from other places of the same image, without
//! arithmetic on rates, so it has the same meaning in every number format. Each draw is a function of
//! (seed, epoch, sample).

use apical_core::random::{Key, stream};

use crate::config::Config;
use crate::task::Material;

/// How the images of one epoch are moved.
#[derive(Debug, Clone, Copy)]
pub struct Augmentation {
    rows: i64,
    columns: i64,
    /// The most pixels that an image moves by, in each direction.
    shift: u32,
    /// Whether one image in two is mirrored, left to right.
    mirror: bool,
    key: Key,
}

impl Augmentation {
    /// The movements of an epoch (from 1) of a run with this seed; `None` where images stay as they are
    /// or samples are no images.
    pub fn of_epoch(config: &Config, material: &Material, seed: u64, epoch: u64) -> Option<Self> {
        let (shift, mirror) = (config.data.shift, config.data.mirror);
        let [rows, columns] = material.data.image?;
        (shift > 0 || mirror).then(|| Self {
            rows: rows as i64,
            columns: columns as i64,
            shift,
            mirror,
            key: Key::new(seed, epoch, stream::AUGMENTATION),
        })
    }

    /// The pixel of a sample's own image that stands in each place, row after row. What comes in from
    /// beyond the edge is the edge again.
    pub fn sources(&self, sample: u32) -> impl Iterator<Item = usize> + use<> {
        let Self { rows, columns, .. } = *self;
        let first = sample.wrapping_mul(3);
        let draw = |i: u32, bound| i64::from(self.key.below(first.wrapping_add(i), bound));
        let places = 2 * self.shift + 1;
        let (down, right) = (
            draw(0, places) - i64::from(self.shift),
            draw(1, places) - i64::from(self.shift),
        );
        let mirrored = self.mirror && draw(2, 2) == 1;
        (0..rows).flat_map(move |row| {
            let from = (row - down).clamp(0, rows - 1) * columns;
            (0..columns).map(move |column| {
                let column = (column - right).clamp(0, columns - 1);
                let column = if mirrored {
                    columns - 1 - column
                } else {
                    column
                };
                (from + column) as usize
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ConfigDocument;
    use crate::task::Task;
    use apical_core::{I16, Precision};
    use std::collections::BTreeMap;

    /// The movements of the digits' images in one epoch, and the data.
    fn moved(keys: &str, epoch: u64) -> (Option<Augmentation>, Material, Task<I16>) {
        let text = format!("[data]\n{keys}");
        let document = ConfigDocument::parse(&text, "test.toml").unwrap();
        let config = document.resolve().unwrap();
        let material = Material::load(&config).unwrap();
        let task = Task::new(&config, &material).unwrap();
        let moved = Augmentation::of_epoch(&config, &material, 1, epoch);
        (moved, material, task)
    }

    /// The way from which the middle of an image came, and whether it was mirrored.
    fn way(moved: &Augmentation, sample: u32) -> (i64, i64, bool) {
        let sources: Vec<usize> = moved.sources(sample).collect();
        assert_eq!(sources.len(), 64);
        let (middle, next) = (sources[8 * 4 + 4] as i64, sources[8 * 4 + 5] as i64);
        let mirrored = next < middle;
        let column = if mirrored { 7 - middle % 8 } else { middle % 8 };
        (4 - middle / 8, 4 - column, mirrored)
    }

    #[test]
    fn every_movement_is_drawn_as_often_as_the_others() {
        let (moved, ..) = moved("shift = 1\nmirror = true", 1);
        let moved = moved.unwrap();
        let mut counts = BTreeMap::new();
        for sample in 0..18_000 {
            *counts.entry(way(&moved, sample)).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), 18);
        // Five standard deviations of a count whose mean is 1,000.
        let even = |(way, count): (_, &i32)| assert!((count - 1000).abs() < 155, "{way:?} {count}");
        counts.iter().for_each(even);
    }

    #[test]
    fn pixels_keep_their_neighbours_and_the_edge_goes_on() {
        let (moved, material, task) = moved("shift = 2", 3);
        let moved = moved.unwrap();
        for sample in material.split.train.iter().copied().take(50) {
            let (down, right, mirrored) = way(&moved, sample);
            assert!(!mirrored);
            let image = task.input(sample);
            let mut shown: Vec<<I16 as Precision>::Rate> = Vec::new();
            task.append_from(sample, moved.sources(sample), &mut shown);
            for (place, rate) in shown.iter().enumerate() {
                let row = (place as i64 / 8 - down).clamp(0, 7);
                let column = (place as i64 % 8 - right).clamp(0, 7);
                assert_eq!(
                    *rate,
                    image[(row * 8 + column) as usize],
                    "{sample} {place}"
                );
            }
        }
    }

    #[test]
    fn every_epoch_moves_anew_and_nothing_moves_unasked() {
        let ways = |keys, epoch| {
            let (moved, ..) = moved(keys, epoch);
            moved.map(|moved| {
                (0..100)
                    .map(|sample| way(&moved, sample))
                    .collect::<Vec<_>>()
            })
        };
        assert_eq!(ways("shift = 0", 1), None);
        assert_ne!(ways("shift = 1", 1), ways("shift = 1", 2));
        assert_eq!(ways("mirror = true", 1), ways("mirror = true", 1));
    }
}
