//! A board with a small network, and a desktop beside it.

use apical_app::server::{Event, Name, Session};
use apical_app::{Server, Trainer, arena, digits, store};
use apical_core::microcircuit::{
    Initial, Layer, LayerSpecification, LearningRates, Mode, Specification,
};
use apical_core::{I16, Number, Precision};
use apical_link::frame::Frame;
use apical_link::{Client, Configuration, Decoder, Error, Reply, Request};

/// Bytes of a frame.
pub(crate) const FRAME: usize = 512;

/// Room for the network of the digits, so that other configurations fit.
pub(crate) type Words = arena!(I16, digits::SPECIFICATION);
pub(crate) type Link = Server<I16, FRAME, 64, 10>;

/// A board with a desktop beside it.
pub(crate) struct Bench<'a, S> {
    pub(crate) trainer: Trainer<'a, I16>,
    pub(crate) store: S,
    pub(crate) configuration: Configuration,
    pub(crate) server: Link,
    pub(crate) client: Client,
    pub(crate) event: Event,
}

impl<'a, S: store::Checkpoints<I16>> Bench<'a, S> {
    pub(crate) fn new(words: &'a mut Words, layers: &'a mut [Layer<I16>; 4], store: S) -> Self {
        let configuration = configuration(1);
        let mut trainer = Trainer::configured(&configuration, layers, words.lend()).unwrap();
        let input: Vec<_> = INPUT.map(Rate::from_f64).into();
        trainer.learn(&input, Some(&TEACHER.map(Potential::from_f64)));
        Self {
            trainer,
            store,
            configuration,
            server: Server::new(Name {
                board: "bench",
                precision: "i16",
            }),
            client: Client::new(),
            event: Event::Nothing,
        }
    }

    /// Sends bytes; the frames that come back, without COBS.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut session = Session {
            trainer: &mut self.trainer,
            store: &mut self.store,
            configuration: &mut self.configuration,
        };
        let mut decoder = Decoder::<FRAME>::new();
        let mut frames = Vec::new();
        for &byte in bytes {
            let (reply, event) = self.server.feed(byte, &mut session);
            if event != Event::Nothing {
                self.event = event;
            }
            for &byte in reply.unwrap_or_default() {
                frames.extend(decoder.feed(byte).map(|frame| frame.unwrap().to_vec()));
            }
        }
        frames
    }

    /// One request and its one reply.
    pub(crate) fn ask<X>(&mut self, request: &Request<'_>, look: impl FnOnce(Reply<'_>) -> X) -> X {
        let mut out = [0; 2 * FRAME];
        let bytes = self.client.request(request, &mut out).unwrap().to_vec();
        let frames = self.send(&bytes);
        assert_eq!(frames.len(), 1, "{request:?}");
        look(self.client.reply(&frames[0]).unwrap())
    }

    pub(crate) fn refused(&mut self, request: &Request<'_>) -> Error {
        let before = self.trainer.digest();
        let error = self.ask(request, |reply| match reply {
            Reply::Refused(error) => error,
            other => panic!("{request:?}: {other:?}"),
        });
        assert_eq!(self.trainer.digest(), before, "{request:?}");
        error
    }

    pub(crate) fn done(&mut self, request: &Request<'_>) {
        self.answers(request, &Reply::Done);
    }

    pub(crate) fn answers(&mut self, request: &Request<'_>, expected: &Reply<'_>) {
        self.ask(request, |reply| {
            assert_eq!(&reply, expected, "{request:?}");
        });
    }
}

pub(crate) type Rate = <I16 as Precision>::Rate;
pub(crate) type Potential = <I16 as Precision>::Potential;

pub(crate) const INPUT: [f64; 6] = [0.1, 0.9, 0.0, 0.4, 1.0, 0.5];
pub(crate) const TEACHER: [f64; 3] = [1.0, -1.0, 0.5];

pub(crate) fn bytes<T: Number>(values: &[f64]) -> Vec<u8> {
    let words = values
        .iter()
        .map(|&value| T::from_f64(value).to_bits().to_le_bytes());
    words.flat_map(|word| word[..T::BYTES].to_vec()).collect()
}

pub(crate) fn step<'b>(input: &'b [u8], teacher: Option<&'b [u8]>, steps: u32) -> Request<'b> {
    Request::Step {
        input,
        teacher,
        steps,
        learning: true,
    }
}

/// A bench on storage that lives as long as the test.
macro_rules! bench {
    ($name:ident, $store:expr) => {
        let mut words = $crate::common::bench::Words::new();
        let mut layers = [apical_core::microcircuit::Layer::default(); 4];
        let mut $name = $crate::common::bench::Bench::new(&mut words, &mut layers, $store);
    };
}
pub(crate) use bench;

/// The error in the content of a frame that holds one.
pub(crate) fn refusal(content: &[u8]) -> Error {
    let frame = Frame::open(content).unwrap();
    match frame.read() {
        Ok(Reply::Refused(error)) => error,
        other => panic!("{other:?}"),
    }
}

const RATES: LearningRates = LearningRates {
    up: 0.5,
    bias: 0.5,
    down: 0.0,
    ip: 0.5,
    ip_bias: 0.5,
    pi: 0.5,
};
const LAYER: LayerSpecification = LayerSpecification {
    leak: 0.1,
    basal: 1.0,
    dendritic: 1.0,
    apical: 0.8,
    somatic: 0.8,
    rates: RATES,
};

/// A network of 6-5-3.
pub(crate) fn configuration(seed: u64) -> Configuration {
    let specification = Specification {
        sizes: &[6, 5, 3],
        layers: &[LAYER; 2],
        mode: Mode::TwoStep,
        bias: true,
        tau_weights: 0.0,
        seed,
        ..Specification::default()
    };
    Configuration::new(
        &specification,
        &Initial {
            seed,
            ..Initial::default()
        },
    )
    .unwrap()
}
