//! The digits as they lie in flash: 41 bytes each.

// The sizes of the two parts.
include!(concat!(env!("OUT_DIR"), "/digits.rs"));

/// Pixels of a digit.
pub const PIXELS: usize = 64;
/// Classes, and neurons of the output.
pub const CLASSES: usize = 10;
/// Values of a pixel: how many of 16 dots are dark.
pub(super) const LEVELS: usize = 17;
/// Bytes of a packed row of 8 pixels of 5 bits.
const ROW: usize = 5;
/// Bytes of a packed digit: 8 rows and the class.
const PACKED: usize = 8 * ROW + 1;

/// The training part, then the test part.
static PACKED_DIGITS: [u8; (TRAIN + TEST) * PACKED] =
    *include_bytes!(concat!(env!("OUT_DIR"), "/digits.bin"));

/// One digit, in flash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digit(&'static [u8; PACKED]);

impl Digit {
    /// The pixels row by row, each 0 to 16.
    pub fn pixels(self) -> [u8; PIXELS] {
        let mut pixels = [0; PIXELS];
        for (row, pixels) in self.0.chunks_exact(ROW).zip(pixels.chunks_exact_mut(8)) {
            let bits = row
                .iter()
                .rev()
                .fold(0_u64, |bits, &byte| bits << 8 | u64::from(byte));
            for (i, pixel) in pixels.iter_mut().enumerate() {
                *pixel = (bits >> (5 * i)) as u8 & 31;
            }
        }
        pixels
    }

    /// The class, 0 to 9.
    pub fn class(self) -> usize {
        let [.., class] = self.0;
        usize::from(*class)
    }
}

/// A digit of the training part by its number.
pub fn train(number: usize) -> Option<Digit> {
    if number < TRAIN { digit(number) } else { None }
}

/// A digit of the test part by its number.
pub fn test(number: usize) -> Option<Digit> {
    digit(number.checked_add(TRAIN)?)
}

fn digit(number: usize) -> Option<Digit> {
    let (digits, _) = PACKED_DIGITS.as_chunks();
    digits.get(number).map(Digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digit_is_there_once() {
        assert_eq!((TRAIN, TEST), (1438, 359));
        let mut counts = [0; CLASSES];
        let mut dots = 0_u64;
        for digit in (0..TRAIN).map_while(train).chain((0..TEST).map_while(test)) {
            counts[digit.class()] += 1;
            let pixels = digit.pixels();
            assert!(pixels.iter().all(|&pixel| usize::from(pixel) < LEVELS));
            dots += pixels.iter().map(|&pixel| u64::from(pixel)).sum::<u64>();
        }
        assert_eq!(counts, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
        // The sum over the published file.
        assert_eq!(dots, 561_718);
        assert_eq!(
            (train(TRAIN), test(TEST), test(usize::MAX)),
            (None, None, None)
        );
    }
}
