#!/usr/bin/env python3
"""AccRQA on the CPU, as its users call it: float64, Euclidean norm, one call for a whole grid, as
many threads as it takes by itself.

    accrqa_peer.py SERIES.csv M TAU EPS LMIN [vertical]    lists with commas between values

prints JSON: seconds of the call alone (neither start nor reading counts), and one row a
combination: [m, tau, eps, lmin, rr, det, l, lmax, ent]; with "vertical" also lam, tt, vmax.
"""
import json
import sys
import time

import accrqa
import numpy as np

import series

CPU = accrqa.accrqaCompPlatform("cpu")
EUCLIDEAN = accrqa.accrqaDistance("euclidean")


def call(function, x, taus, ms, lmins, epss):
    """The measures as [m, tau, eps, lmin, measure]. AccRQA 1.0.3 declares its results as
    [tau, m, lmin, eps], but on the CPU it fills that of DET as [tau, m, eps, lmin]."""
    whole = [np.array(values, dtype=np.intc) for values in (taus, ms, lmins)]
    result = function(x, *whole, np.array(epss), EUCLIDEAN, True, CPU, False)
    if function is accrqa.DET:
        result = result.reshape(len(taus), len(ms), len(epss), len(lmins), 5)
        return result.transpose(1, 0, 2, 3, 4)
    return result.transpose(1, 0, 3, 2, 4)


def grid(path, ms, taus, epss, lmins, vertical=False):
    """Seconds, and the rows of the whole grid, m slowest and lmin fastest."""
    x = np.array(series.read(path), dtype=np.float64)
    started = time.perf_counter()
    diagonal = call(accrqa.DET, x, taus, ms, lmins, epss)
    lines = call(accrqa.LAM, x, taus, ms, lmins, epss) if vertical else None
    seconds = time.perf_counter() - started
    rows = []
    for i, j, k, l in np.ndindex(diagonal.shape[:4]):
        det, length, longest, entropy, rate = diagonal[i, j, k, l].tolist()
        row = [ms[i], taus[j], epss[k], lmins[l], rate, det, length, longest, entropy]
        if vertical:
            row += lines[i, j, k, l].tolist()[:3]
        rows.append(row)
    return seconds, rows


def main():
    path, ms, taus, epss, lmins = sys.argv[1:6]
    seconds, rows = grid(path, [int(v) for v in ms.split(",")], [int(v) for v in taus.split(",")],
                         [float(v) for v in epss.split(",")], [int(v) for v in lmins.split(",")],
                         "vertical" in sys.argv[6:])
    json.dump({"seconds": seconds, "rows": rows}, sys.stdout)


if __name__ == "__main__":
    main()
