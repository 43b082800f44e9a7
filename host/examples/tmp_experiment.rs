//! t
use apical::experiment::*;
fn main() {
    let a: Vec<String> = std::env::args().skip(1).collect();
    let kind = if a[0] == "s" { Kind::SelfPrediction } else { Kind::Association };
    let mut d = kind.document().unwrap();
    for s in &a[1..] { d.apply_override(s).unwrap(); }
    let o = ExperimentOptions::new(d.resolve().unwrap());
    let r = observe(&o, &|_, _| {}, &std::sync::atomic::AtomicBool::new(false)).unwrap();
    for r in r {
        println!("{:?} {:.2}s {:.3}us/step {:016x} sat {} lost {}/{}", r.precision, r.seconds, r.seconds*1e6/r.steps as f64, r.digest, r.counters.saturations(), r.counters.lost, r.counters.updates);
        for c in &r.columns {
            let v: Vec<String> = [0u64,1,5,10,30,50,60,120,240,300,600,1000,2000,4000].iter().filter_map(|&n| Some(format!("{n}:{:.4}", r.mean(c, n, (n/40).clamp(1,100))?))).collect();
            println!("  {c:14} {}", v.join(" "));
        }
    }
}
