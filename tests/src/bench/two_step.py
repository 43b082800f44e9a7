"""The two-step microcircuit in NumPy, single precision: what `cargo xtask bench-host` is held against.

The same equations and shapes as its table of batches: dendrites from the bottom up, nudging and apical
potentials from the top down, rules (7) and (8). Prints microseconds a batch, best and median.
"""

import os
import sys
import time

os.environ.update({name: "1" for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")})
import numpy as np

SIZES = [int(size) for size in sys.argv[1].split("-")]
BATCH, COUNT = int(sys.argv[2]), int(sys.argv[3])
HIDDEN, OUTPUT, INTERNEURON = 0.3, 0.1, 0.1
TOP = len(SIZES) - 2

rng = np.random.default_rng(1)


def uniform(low, high, *shape):
    return rng.uniform(low, high, shape).astype(np.float32)


def phi(u):
    return 1 / (1 + np.exp(-u))


up = [uniform(-0.05, 0.05, above, below) for below, above in zip(SIZES, SIZES[1:])]
bias = [np.zeros(size, np.float32) for size in SIZES[1:]]
down = [uniform(-1, 1, SIZES[k + 1], SIZES[k + 2]) for k in range(TOP)]
a = [np.float32(1 - HIDDEN)] * TOP + [np.float32(1)]
ip = [a[k + 1] * up[k + 1] for k in range(TOP)]
ip_bias = [np.zeros(SIZES[k + 2], np.float32) for k in range(TOP)]
pi = [-matrix for matrix in down]
rate = np.float32(0.01 / BATCH)
x = uniform(0, 1, BATCH, SIZES[0])
target = np.where(np.arange(BATCH)[:, None] % SIZES[-1] == np.arange(SIZES[-1]), 1.386, -2.197)
target = target.astype(np.float32)


def step():
    r, u, basal, inter = [x], [], [], []
    for k in range(TOP + 1):
        u.append(a[k] * (r[k] @ up[k].T + bias[k]))
        if k > 0:
            inter.append(r[k] @ ip[k - 1].T + ip_bias[k - 1])
        basal.append(phi(u[k]))
        r.append(basal[k])
    u[TOP] = (1 - OUTPUT) * u[TOP] + OUTPUT * target
    nudged = phi(u[TOP])
    error = [None] * TOP + [nudged - basal[TOP]]
    inter_error, inter_rate = [None] * TOP, [None] * TOP
    for k in reversed(range(TOP)):
        ui = (1 - INTERNEURON) * inter[k] + INTERNEURON * u[k + 1]
        inter_rate[k] = phi(ui)
        inter_error[k] = inter_rate[k] - phi(inter[k])
        apical = nudged @ down[k].T + inter_rate[k] @ pi[k].T
        u[k] = u[k] + HIDDEN * apical
        nudged = phi(u[k])
        error[k] = nudged - basal[k]
    for k in range(TOP + 1):
        up[k] += rate * (error[k].T @ r[k])
        bias[k] += rate * error[k].sum(0)
        if k < TOP:
            ip[k] += rate * (inter_error[k].T @ r[k + 1])
            ip_bias[k] += rate * inter_error[k].sum(0)


times = []
for _ in range(COUNT + 3):
    begin = time.perf_counter()
    step()
    times.append(1e6 * (time.perf_counter() - begin))
times = sorted(times[3:])
print(times[0], times[len(times) // 2])
