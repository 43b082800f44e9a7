//! scratch
use apical::{config::Config, task::Material, train::*, network::Memory, Error, with_precision};
use apical_core::{Precision, microcircuit::Microcircuit};
struct W(Vec<Epoch>);
impl<P: Precision> Watch<P> for W { fn epoch(&mut self, e: &Epoch, _: &Microcircuit<'_, P>, _: &mut Memory<P>) -> Result<(), Error> { self.0.push(e.clone()); Ok(()) } }
fn main() {
    let sets: Vec<String> = std::env::args().skip(1).collect();
    let config = Config::load(None, &sets).unwrap();
    let material = Material::load(&config).unwrap();
    let mut finals = vec![];
    for seed in 1..=config.run.seeds {
        let mut w = W(vec![]);
        with_precision!(config.run.precision, P => {
            let mut t = Trainer::<P>::new(&config, &material, seed).unwrap();
            t.run(config.run.epochs, &mut w, &false.into()).unwrap();
            println!("digest {:016x}", t.memory.digest());
        });
        let e = w.0.last().unwrap();
        for e in &w.0 { if e.epoch % 10 == 0 || e.epoch == 1 { println!("seed {seed} epoch {} train {:.2} test {:.2} loss {:.4} angles {:.1?} tracking {:.3} lost {:.3} sat {} secs {:.3}", e.epoch, e.train_accuracy, e.test_accuracy, e.test_loss, e.angles, e.tracking, e.lost_share(), e.counters.saturations(), e.seconds); } }
        finals.push(e.test_accuracy);
    }
    let m = finals.iter().sum::<f64>()/finals.len() as f64;
    println!("MEAN {m:.2} {finals:.2?}");
}
