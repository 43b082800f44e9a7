//! t
use apical::experiment::*;
fn main() {
    let a: Vec<String> = std::env::args().skip(1).collect();
    let kind = if a[0] == "s" {
        Kind::SelfPrediction
    } else {
        Kind::Association
    };
    let mut d = kind.document().unwrap();
    let mut prec = vec![];
    let mut out = None;
    for s in &a[1..] {
        if let Some(p) = s.strip_prefix("P=") {
            for p in p.split(',') {
                prec.push(
                    *apical::config::Precision::ALL
                        .iter()
                        .find(|x| x.as_str() == p)
                        .unwrap(),
                );
            }
        } else if let Some(p) = s.strip_prefix("O=") {
            out = Some(p.to_owned());
        } else {
            d.apply_override(s).unwrap();
        }
    }
    let mut o = ExperimentOptions::new(d.resolve().unwrap());
    o.precisions = prec;
    o.force = true;
    let stop = std::sync::atomic::AtomicBool::new(false);
    if let Some(out) = out {
        let t = std::time::Instant::now();
        let s = perform(kind, &o, std::path::Path::new(&out), &|_, _| {}, &stop).unwrap();
        println!("{}", s.table().to_text());
        if let Some(t) = s.comparison() {
            println!("{}", t.to_text());
        }
        println!("{:.2}s", t.elapsed().as_secs_f64());
        return;
    }
    let r = observe(&o, &|_, _| {}, &stop).unwrap();
    for r in r {
        println!(
            "{:?} {:.2}s {:.3}us/step {:016x} sat {} lost {}/{}",
            r.precision,
            r.seconds,
            r.seconds * 1e6 / r.steps as f64,
            r.digest,
            r.counters.saturations(),
            r.counters.lost,
            r.counters.updates
        );
        for c in &r.columns {
            let v: Vec<String> = [
                0u64, 1, 5, 10, 30, 50, 60, 120, 240, 300, 600, 1000, 2000, 4000,
            ]
            .iter()
            .filter_map(|&n| Some(format!("{n}:{:.4}", r.mean(c, n, (n / 20).clamp(1, 100))?)))
            .collect();
            println!("  {c:14} {}", v.join(" "));
        }
    }
}
