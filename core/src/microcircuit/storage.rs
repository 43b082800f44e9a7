//! How much storage a network needs, before there is one.

use super::layer::families;
use super::state::Layout;
use super::{Mode, Specification};
use crate::shape::Storage;

impl Specification<'_> {
    /// Words of storage that the network of this description needs: what
    /// [`Rule::storage`](crate::rule::Rule::storage) says of it once it is built, here without building
    /// it, and at compile time for a constant. A static of a device is sized by it:
    ///
    /// ```
    /// use apical_core::I16;
    /// use apical_core::microcircuit::Specification;
    ///
    /// const NETWORK: Specification<'static> = Specification {
    ///     sizes: &[64, 20, 10],
    ///     ..Specification::DEFAULT
    /// };
    /// const BYTES: usize = NETWORK.storage().bytes::<I16>();
    /// static WEIGHTS: [i16; NETWORK.storage().weights] = [0; NETWORK.storage().weights];
    /// assert!(BYTES < 16 * 1024 && WEIGHTS.len() == 64 * 20 + 4 * 20 * 10);
    /// ```
    ///
    /// Fewer than two layers need nothing. No other choice is checked: a description that
    /// [`Microcircuit::new`](super::Microcircuit::new) refuses has a number here that means nothing,
    /// and beyond its 65,536 neurons a layer the products may overflow.
    pub const fn storage(&self) -> Storage {
        let (mut weights, mut hidden, mut pyramidal) = (0, 0, 0);
        let [input, layers @ ..] = self.sizes else {
            return NOTHING;
        };
        let [first, ..] = layers else {
            return NOTHING;
        };
        // Slices are taken apart by patterns: iterators are not for constants, and indices could panic.
        let (mut below, mut rest) = (*input, layers);
        while let [size, higher @ ..] = rest {
            let above = match higher {
                [above, ..] => *above,
                [] => 0,
            };
            let [up, bias, down, ip, ip_bias, pi] = families(self, [below, *size, above]);
            weights += up + bias + down + ip + ip_bias + pi;
            hidden = pyramidal;
            pyramidal += *size;
            (below, rest) = (*size, higher);
        }
        let neurons = [*first, hidden, pyramidal];
        let at = Layout::new(*input, neurons, self.feedback, self.mode);
        let filtered = matches!(self.mode, Mode::Full) && self.tau_weights != 0.0;
        Storage {
            weights,
            traces: if filtered { weights } else { 0 },
            potentials: at.potentials(),
            rates: at.rates(),
        }
    }
}

/// What no network needs.
const NOTHING: Storage = Storage {
    weights: 0,
    traces: 0,
    potentials: 0,
    rates: 0,
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::I16;
    use crate::microcircuit::{Feedback, Interneurons, Layer, LayerSpecification, Microcircuit};
    use crate::rule::Rule;

    #[test]
    fn counted_before_as_it_is_built_after() {
        let layers = [LayerSpecification::default(); 3];
        let mut built = 0;
        for sizes in [&[3, 2][..], &[5, 4, 3], &[4, 7, 1, 6]] {
            for choice in 0..180 {
                let specification = Specification {
                    sizes,
                    layers: &layers[..sizes.len() - 1],
                    mode: [Mode::Full, Mode::TwoStep][choice % 2],
                    bias: choice / 2 % 2 == 0,
                    feedback: [
                        Feedback::Fixed,
                        Feedback::Transposed,
                        Feedback::Learned,
                        Feedback::KolenPollack,
                        Feedback::PhaselessAlignment,
                    ][choice / 4 % 5],
                    interneurons: [
                        Interneurons::Learned,
                        Interneurons::Mirrored,
                        Interneurons::Tied,
                    ][choice / 20 % 3],
                    tau_weights: [0.0, 30.0, 30.0][choice / 60],
                    ..Specification::default()
                };
                let mut room: [Layer<I16>; 3] = core::array::from_fn(|_| Layer::default());
                let Ok(network) = Microcircuit::new(&specification, &mut room) else {
                    continue;
                };
                assert_eq!(
                    specification.storage(),
                    network.storage(),
                    "{specification:?}"
                );
                built += 1;
            }
        }
        assert!(built > 100, "{built}");
        for sizes in [&[][..], &[7]] {
            let specification = Specification {
                sizes,
                ..Specification::DEFAULT
            };
            assert_eq!(specification.storage(), NOTHING);
        }
    }
}
