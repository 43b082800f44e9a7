//! The yardstick: the equations of full mode as one would write them down, in f64, with one loop
//! a sum and `f64::exp`. One hidden layer, everything plastic but the top-down weights, noise on:
//! what the marks in `docs/performance.md` are stated for. It is compiled in the same run as what
//! it is compared with, and nothing in it allocates in a step.

use apical_core::random::{Key, NOISE_VARIANCE, stream};

/// The parameters of the measured network, of which both sides get the same.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameters {
    pub(crate) dt: f64,
    pub(crate) tau_input: f64,
    pub(crate) tau_weights: f64,
    pub(crate) sigma: f64,
    pub(crate) seed: u64,
    pub(crate) leak: f64,
    /// Basal dendrite, or that of an interneuron, to soma.
    pub(crate) basal: f64,
    pub(crate) apical: f64,
    pub(crate) somatic: f64,
    /// Learning rates: up of the hidden layer, up of the output, ip, pi.
    pub(crate) rates: [f64; 4],
}

/// A matrix in rows, and its low-pass filtered plasticity.
#[derive(Debug)]
struct Plastic {
    w: Vec<f64>,
    trace: Vec<f64>,
}

impl Plastic {
    fn learn(&mut self, gain: f64, k: f64, post: &[f64], pre: &[f64]) {
        let w = self.w.chunks_exact_mut(pre.len());
        let traces = self.trace.chunks_exact_mut(pre.len());
        for ((&post, w), trace) in post.iter().zip(w).zip(traces) {
            for ((&pre, w), trace) in pre.iter().zip(w).zip(trace) {
                *w += gain * *trace;
                *trace += k * (post * pre - *trace);
            }
        }
    }
}

/// A population: potentials, rates, dendritic potentials, errors.
#[derive(Debug)]
struct Population {
    u: Vec<f64>,
    r: Vec<f64>,
    v: Vec<f64>,
    error: Vec<f64>,
}

impl Population {
    fn new(n: usize) -> Self {
        let [u, r, v, error] = [0; 4].map(|_| vec![0.0; n]);
        Self { u, r, v, error }
    }

    fn fire(&mut self) {
        for (r, &u) in self.r.iter_mut().zip(&self.u) {
            *r = phi(u);
        }
    }

    fn predict(&mut self, attenuation: f64) {
        for i in 0..self.u.len() {
            self.error[i] = self.r[i] - phi(attenuation * self.v[i]);
        }
    }
}

/// input - hidden - output.
#[derive(Debug)]
pub(crate) struct Plain {
    p: Parameters,
    step: u64,
    up1: Plastic,
    up2: Plastic,
    ip: Plastic,
    pi: Plastic,
    down: Vec<f64>,
    input: Vec<f64>,
    hidden: Population,
    output: Population,
    inter: Population,
    top_down: Vec<f64>,
    apical: Vec<f64>,
}

fn phi(u: f64) -> f64 {
    1.0 / (1.0 + (-u).exp())
}

fn product(w: &[f64], x: &[f64], y: &mut [f64]) {
    for (y, row) in y.iter_mut().zip(w.chunks_exact(x.len())) {
        *y = 0.0;
        for (&w, &x) in row.iter().zip(x) {
            *y += w * x;
        }
    }
}

impl Plain {
    /// With weights in the order of core: up, down, ip, pi of the hidden layer, up of the output.
    pub(crate) fn new(p: Parameters, sizes: [usize; 3], weights: &[f64]) -> Self {
        let [n0, n1, n2] = sizes;
        let mut rest = weights.iter().copied();
        let mut next = |words: usize| Plastic {
            w: rest.by_ref().take(words).collect(),
            trace: vec![0.0; words],
        };
        Self {
            p,
            step: 0,
            up1: next(n1 * n0),
            down: next(n1 * n2).w,
            ip: next(n2 * n1),
            pi: next(n1 * n2),
            up2: next(n2 * n1),
            input: vec![0.0; n0],
            hidden: Population::new(n1),
            output: Population::new(n2),
            inter: Population::new(n2),
            top_down: vec![0.0; n1],
            apical: vec![0.0; n1],
        }
    }

    /// One Euler step and its plasticity.
    pub(crate) fn step(&mut self, input: &[f64], target: &[f64]) {
        let p = self.p;
        let key = Key::new(p.seed, self.step, stream::NOISE);
        let amplitude = p.sigma / NOISE_VARIANCE.sqrt();
        let noise = |index: usize| amplitude * f64::from(key.noise(index as u32));
        for (low, &x) in self.input.iter_mut().zip(input) {
            *low += p.dt / p.tau_input * (x - *low);
        }
        self.hidden.fire();
        self.output.fire();
        self.inter.fire();
        product(&self.up1.w, &self.input, &mut self.hidden.v);
        product(&self.up2.w, &self.hidden.r, &mut self.output.v);
        product(&self.ip.w, &self.hidden.r, &mut self.inter.v);
        product(&self.down, &self.output.r, &mut self.top_down);
        product(&self.pi.w, &self.inter.r, &mut self.apical);
        self.hidden.predict(p.basal / (p.leak + p.basal + p.apical));
        self.output.predict(p.basal / (p.leak + p.basal));
        self.inter.predict(p.basal / (p.leak + p.basal));

        let (n1, n2) = (self.hidden.u.len(), self.output.u.len());
        for j in 0..n2 {
            let (u, above) = (self.inter.u[j], self.output.u[j]);
            let drive = p.basal * (self.inter.v[j] - u) + p.somatic * (above - u) - p.leak * u;
            self.inter.u[j] += p.dt * (drive + noise(n1 + n2 + j));
        }
        for (j, &target) in target.iter().enumerate() {
            let u = self.output.u[j];
            let drive = p.basal * (self.output.v[j] - u) + p.somatic * (target - u) - p.leak * u;
            self.output.u[j] += p.dt * (drive + noise(n1 + j));
        }
        for j in 0..n1 {
            self.apical[j] += self.top_down[j];
            let (u, v) = (self.hidden.u[j], self.hidden.v[j]);
            let drive = p.basal * (v - u) + p.apical * (self.apical[j] - u) - p.leak * u;
            self.hidden.u[j] += p.dt * (drive + noise(j));
        }

        let [up1, up2, ip, pi] = p.rates.map(|rate| rate * p.dt);
        let k = p.dt / p.tau_weights;
        self.up1.learn(up1, k, &self.hidden.error, &self.input);
        self.up2.learn(up2, k, &self.output.error, &self.hidden.r);
        self.ip.learn(ip, k, &self.inter.error, &self.hidden.r);
        self.pi.learn(-pi, k, &self.apical, &self.inter.r);
        self.step += 1;
    }

    /// All weights, in the order in which they came.
    pub(crate) fn weights(&self) -> Vec<f64> {
        [&self.up1.w, &self.down, &self.ip.w, &self.pi.w, &self.up2.w]
            .into_iter()
            .flatten()
            .copied()
            .collect()
    }
}
