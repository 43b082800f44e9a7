//! Noise of somata, and what phaseless alignment draws.

use crate::Precision;
use crate::random::Key;
use crate::record::Observe;

/// sigma xi of equations (1) and (2), for every soma and interneuron.
#[cfg_attr(target_pointer_width = "64", inline(always))]
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(super) fn noise<P: Precision, O: Observe>(
    amplitude: Option<P::Coefficient>,
    key: Key,
    somata: &mut [P::Potential],
    observer: &mut O,
) {
    let Some(amplitude) = amplitude else { return };
    let mut first = 0;
    for group in somata.chunks_mut(16) {
        // Words first, then potentials: two loops that vectorise each in its own width.
        let mut words = [0; 16];
        for (lane, word) in words.iter_mut().enumerate() {
            *word = key.noise(first + lane as u32);
        }
        for (u, &word) in group.iter_mut().zip(&words) {
            *u = P::add(*u, P::noise(word, amplitude), observer);
        }
        first += 16;
    }
}
