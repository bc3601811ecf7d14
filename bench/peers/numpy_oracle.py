#!/usr/bin/env python3
"""A recurrence study as such programs are commonly written: delay vectors, the full distance
matrix in NumPy, a loop over every diagonal in Python.

    numpy_oracle.py FOLDER MODE M TAU EPS LMIN           one combination over all recordings
    numpy_oracle.py FOLDER MODE M TAU EPS LMIN pairs:N   the same, the matrix filled pair by pair,
                                                         over every N-th recording only

prints JSON: seconds of the computation (files are read before), the pairs of delay vectors that it
looked at and that there are in all recordings, and rr, det, ent a recording. The definitions are
those of the profile "gaze": numbers are read as pandas reads them, the main diagonal counts, RR is
over n^2, ENT is in bits.
"""
import glob
import json
import os
import sys
import time

import numpy as np
import pandas


def distance_matrix(columns, m, tau, norm):
    """Terms are added in the order of the lag, x before y."""
    count = len(columns[0]) - (m - 1) * tau
    total = np.zeros((count, count))
    for lag in range(m):
        for column in columns:
            part = column[lag * tau:lag * tau + count]
            difference = part[:, None] - part[None, :]
            if norm == "l1":
                total += np.abs(difference)
            elif norm == "l2":
                total += difference * difference
            else:
                total = np.maximum(total, np.abs(difference))
    return np.sqrt(total) if norm == "l2" else total


def recurrence_by_pairs(columns, m, tau, eps, norm):
    """The same matrix with a loop over i and j, and NumPy for two delay vectors at a time."""
    count = len(columns[0]) - (m - 1) * tau
    vectors = [np.array([column[i + lag * tau] for lag in range(m) for column in columns])
               for i in range(count)]
    recurrent = np.zeros((count, count), dtype=bool)
    for i in range(count):
        for j in range(count):
            difference = vectors[i] - vectors[j]
            if norm == "l1":
                distance = np.sum(np.abs(difference))
            elif norm == "l2":
                distance = np.sqrt(np.sum(difference ** 2))
            else:
                distance = np.max(np.abs(difference))
            recurrent[i, j] = distance <= eps
    return recurrent


def diagonal_lengths(recurrent):
    """How often each length occurs among the diagonal lines of the whole matrix."""
    count = recurrent.shape[0]
    lengths = {}
    for offset in range(-(count - 1), count):
        run = 0
        for value in np.diagonal(recurrent, offset):
            if value:
                run += 1
            elif run:
                lengths[run] = lengths.get(run, 0) + 1
                run = 0
        if run:
            lengths[run] = lengths.get(run, 0) + 1
    return lengths


def measures(columns, m, tau, eps, lmin, norm, by_pairs=False):
    """rr, det, ent of one recording; None where they are not defined."""
    if len(columns[0]) - (m - 1) * tau < 2:
        return None
    if by_pairs:
        recurrent = recurrence_by_pairs(columns, m, tau, eps, norm)
    else:
        recurrent = distance_matrix(columns, m, tau, norm) <= eps
    lengths = diagonal_lengths(recurrent)
    points = sum(length * times for length, times in lengths.items())
    lines = {length: times for length, times in lengths.items() if length >= lmin}
    line_count = sum(lines.values())
    if points == 0 or line_count == 0:
        return [points / recurrent.shape[0] ** 2, None, None]
    entropy = 0.0
    for times in lines.values():
        part = times / line_count
        entropy -= part * np.log2(part)
    rate = points / recurrent.shape[0] ** 2
    determinism = sum(length * times for length, times in lines.items()) / points
    return [rate, determinism, float(entropy)]


def read_folder(folder):
    """x and y of each recording, by its path."""
    out = {}
    for path in sorted(glob.glob(os.path.join(folder, "*", "*", "*.csv"))):
        table = pandas.read_csv(path)
        out[os.path.relpath(path, folder)] = [table["x"].to_numpy(), table["y"].to_numpy()]
    return out


def pair_count(columns, m, tau):
    return max(len(columns[0]) - (m - 1) * tau, 0) ** 2


def main():
    folder, mode, m, tau, eps, lmin = sys.argv[1:7]
    m, tau, eps, lmin = int(m), int(tau), float(eps), int(lmin)
    by_pairs = len(sys.argv) > 7
    every = int(sys.argv[7].split(":")[1]) if by_pairs else 1
    signal, norm = mode.split(":")
    recordings = {path: columns if signal == "xy" else columns[:1]
                  for path, columns in read_folder(folder).items()}
    chosen = dict(list(recordings.items())[::every])
    started = time.perf_counter()
    rows = {path: measures(columns, m, tau, eps, lmin, norm, by_pairs)
            for path, columns in chosen.items()}
    json.dump({"seconds": time.perf_counter() - started, "rows": rows,
               "pairs": sum(pair_count(columns, m, tau) for columns in chosen.values()),
               "pairs_in_all": sum(pair_count(columns, m, tau) for columns in recordings.values())},
              sys.stdout)


if __name__ == "__main__":
    main()
