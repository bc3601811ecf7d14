#!/usr/bin/env python3
"""Writes tests/rqa/golden_series.csv and tests/rqa/golden_accrqa.csv: made-up series, and what
AccRQA computes for them. Run in the peers' environment (bench/peers/setup); the files are stored,
because the tests must not need AccRQA.

The minimal length lmin is that of the diagonal and of the vertical lines. Conventions are those of
the profile "accrqa". No distance lies within 1e-9 of a threshold, so that rounding, the square
root that AccRQA takes and the squares that others compare cannot decide about a point.
"""
import math
import os
import random
import sys

import numpy as np

import accrqa_peer
import series

TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tests", "rqa")
POINTS = 400
GRIDS = {   # series: m, tau, eps, lmin
    "roessler": ([1, 2, 3, 5], [1, 3, 6], [0.503, 1.207, 2.509], [2, 3, 5]),
    "noise": ([1, 2, 4], [1, 2, 7], [0.101, 0.307, 0.601], [2, 3]),
    "steps": ([1, 3, 10], [1, 4], [0.051, 0.333, 1.111], [2, 4, 9]),
    "wave": ([1, 2, 6], [1, 5], [0.017, 0.251], [2, 3]),
}


def make():
    """roessler: chaotic; noise: independent; steps: laminar, as fixations are; wave: periodic."""
    rng = random.Random(20260101)
    steps, level = [], 0.0
    while len(steps) < POINTS:
        level = rng.uniform(-1, 1)
        steps += [level + rng.gauss(0, 0.02) for _ in range(rng.randint(2, 30))]
    return {
        "roessler": series.roessler(POINTS),
        "noise": [rng.random() for _ in range(POINTS)],
        "steps": steps[:POINTS],
        "wave": [math.sin(0.37 * i) + 0.3 * math.sin(1.11 * i + 0.2) for i in range(POINTS)],
    }


def check_distances(x, ms, taus, epss):
    x = np.array(x)
    for m in ms:
        for tau in taus:
            count = len(x) - (m - 1) * tau
            total = sum((x[k * tau:k * tau + count, None] - x[None, k * tau:k * tau + count]) ** 2
                        for k in range(m))
            for eps in epss:
                gap = np.abs(np.sqrt(total) - eps).min()
                if gap < 1e-9:
                    sys.exit("a distance lies %.1e from eps %g: choose another" % (gap, eps))


def main():
    made = make()
    with open(os.path.join(TESTS, "golden_series.csv"), "w", encoding="ascii") as file:
        file.write(",".join(made) + "\n")
        for row in zip(*made.values()):
            file.write(",".join("%.17g" % value for value in row) + "\n")
    path = os.path.join(TESTS, "golden_one.tmp")
    count = 0
    with open(os.path.join(TESTS, "golden_accrqa.csv"), "w", encoding="ascii") as file:
        file.write("series,m,tau,eps,lmin,rr,det,l,lmax,ent,lam,tt,vmax\n")
        for name, grid in GRIDS.items():
            check_distances(made[name], *grid[:3])
            series.write(path, made[name])
            _, rows = accrqa_peer.grid(path, *grid, vertical=True)
            for row in rows:
                file.write(name + "," + ",".join("%.17g" % value for value in row) + "\n")
                count += 1
    os.remove(path)
    print("%d combinations of %d series" % (count, len(made)))


if __name__ == "__main__":
    main()
