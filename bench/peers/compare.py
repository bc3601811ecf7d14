#!/usr/bin/env python3
"""Measures build/tandem beside its peers and checks that the values agree. Called by tools/bench.

    compare.py --python VENV/bin/python [--data ../shared/data] [--quick] [--only NAME] [-o FILE]

Every row alternates: tandem, peer, tandem, peer ...; both are measured in this run on this machine,
so the ratio stands even where the times depend on who else is using it. Tandem's time is that of
its whole process, with start, reading and writing; the peer's is that of its computation alone.
In the rows on the study each turn of the peer is another combination, drawn from the grid; tandem's
time there is that of the step "measures" over the 10,200 combinations it computes.
"""
import argparse
import csv
import datetime
import io
import json
import math
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile

import series

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
TANDEM = os.environ.get("TANDEM_PROGRAM", os.path.join(TOP, "build", "tandem"))
GRID = {"m": list(range(1, 11)), "tau": list(range(1, 11)),
        "eps": [round(0.4 + 0.1 * step, 1) for step in range(17)], "lmin": list(range(2, 8))}
POINT = {"m": [5], "tau": [3], "eps": [1.2], "lmin": [2]}
STUDY = ["--modes", "x:l1,xy:l2", "--m", "1:10", "--tau", "1:10", "--eps", "0.05:0.1:0.001",
         "--lmin", "2:3", "--profile", "gaze"]
STUDY_COMBINATIONS = 10200
AGREE = 1e-9


class Run:
    """One process: its seconds, its largest resident set in MiB, its standard output."""

    def __init__(self, command, folder):
        with tempfile.TemporaryDirectory(dir=folder) as place:
            result = os.path.join(place, "result")
            done = subprocess.run(
                [sys.executable, "-I", "-S", os.path.join(HERE, "measure.py"), result, *command],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=HERE,
                check=True)
            with open(result, encoding="ascii") as file:
                found = json.load(file)
        self.seconds, self.mib, self.text = found["seconds"], found["mib"], done.stdout.decode()
        if found["code"] != 0:
            sys.exit("failed (%d): %s\n%s" % (found["code"], " ".join(command),
                                              done.stderr.decode()[-2000:]))


def show_ratio(value):
    return "%.1f" % value if value < 20 else format(round(value), ",")


class Row:
    """Times of tandem and of the peer, taken in turns."""

    def __init__(self, name, peer, mixed=False):
        # mixed: each turn of the peer is another combination, so their mean is what counts.
        self.name, self.peer, self.mixed = name, peer, mixed
        self.ours, self.theirs, self.our_mib, self.their_mib = [], [], [], []
        self.note = ""

    def cells(self):
        ours, theirs = statistics.median(self.ours), statistics.median(self.theirs)
        if self.mixed:
            mean = statistics.mean(self.theirs)
            return [self.name, self.peer, "%.3g / %.3g" % (min(self.ours), ours),
                    "mean %.3g" % mean, show_ratio(mean / min(self.ours)),
                    show_ratio(mean / ours), str(len(self.ours)), self.note]
        return [self.name, self.peer, "%.3g / %.3g" % (min(self.ours), ours),
                "%.3g / %.3g" % (min(self.theirs), theirs),
                show_ratio(min(self.theirs) / min(self.ours)),
                show_ratio(theirs / ours), str(len(self.ours)), self.note]


def tandem_run(path, grid, measures, folder):
    # One value in a list stays one: "5" and not an axis of its own.
    flags = [item for name in ("m", "tau", "eps", "lmin")
             for item in ("--" + name, ",".join(repr(value) for value in grid[name]))]
    return Run([TANDEM, "rqa", "run", path, "--modes", "x:l2", *flags, "--profile", "accrqa",
                "--measures", measures, "--csv", "--quiet"], folder)


def accrqa_run(python, path, grid, vertical, folder):
    lists = [",".join(repr(value) for value in grid[name]) for name in ("m", "tau", "eps", "lmin")]
    return Run([python, os.path.join(HERE, "accrqa_peer.py"), path, *lists,
                *(["vertical"] if vertical else [])], folder)


def number(text):
    return math.nan if text in ("", "nan", None) else float(text)


def difference(a, b):
    """Relative, and absolute near zero; two NaN are equal."""
    if math.isnan(a) and math.isnan(b):
        return 0.0
    return abs(a - b) / max(1.0, abs(b)) if not math.isnan(a - b) else math.inf


def tandem_rows(text, grid):
    """(m, tau, eps, lmin) -> row of the table that `tandem rqa run --csv` printed."""
    out = {}
    for row in csv.DictReader(io.StringIO(text)):
        key = tuple(float(row.get(name) or grid[name][0]) for name in ("m", "tau", "eps", "lmin"))
        out[key] = row
    return out


def agreement(ours, theirs, names):
    """The largest difference over all combinations, and how many differ by more than AGREE."""
    worst, beyond, count = 0.0, 0, 0
    for row in theirs:
        mine = ours[tuple(float(value) for value in row[:4])]
        gap = max(difference(number(mine[name]), float(value))
                  for name, value in zip(names, row[4:]))
        worst, beyond, count = max(worst, gap), beyond + (gap > AGREE), count + 1
    if beyond:
        return "%d of %d combinations differ by more than %g (at most %.1e)" % (
            beyond, count, AGREE, worst)
    return "%d combination%s agree%s to %.0e" % (
        count, "s" if count > 1 else "", "" if count > 1 else "s", max(worst, 1e-16))


def against_accrqa(name, path, grid, vertical, turns, chosen, folder):
    row = Row(name, "AccRQA 1.0.3, CPU")
    names = ["rr", "det", "l", "lmax", "ent"] + (["lam", "tt", "vmax"] if vertical else [])
    for _ in range(turns):
        mine = tandem_run(path, grid, ",".join(names), folder)
        peer = accrqa_run(chosen.python, path, grid, vertical, folder)
        found = json.loads(peer.text)
        row.ours.append(mine.seconds)
        row.theirs.append(found["seconds"])
        row.our_mib.append(mine.mib)
        row.their_mib.append(peer.mib)
    row.note = agreement(tandem_rows(mine.text, grid), found["rows"], names)
    return row


def bench_grid(chosen, folder):
    rows = []
    turns = 1 if chosen.quick else 3
    made = os.path.join(folder, "roessler.csv")
    series.write(made, series.roessler(5000))
    rows.append(against_accrqa("5,000 points (made), 10 m x 10 tau x 17 eps x 6 lmin", made, GRID,
                               False, turns, chosen, folder))
    real = os.path.join(chosen.data, "rqa", "roessler_5000.csv")
    if os.path.exists(real) and not chosen.quick:
        rows.append(against_accrqa("roessler_5000.csv, the same grid", real, GRID, False, 2,
                                   chosen, folder))
    return rows


def bench_single(chosen, folder):
    rows = []
    sizes = [(5000, 7), (20000, 5)] + ([] if chosen.quick else [(100000, 3)])
    for count, turns in sizes:
        path = os.path.join(folder, "roessler_%d.csv" % count)
        series.write(path, series.roessler(count))
        rows.append(against_accrqa("one combination, %s points" % format(count, ","), path, POINT,
                                   False, turns, chosen, folder))
        if count < 100000:
            rows.append(against_accrqa("the same, with vertical lines", path, POINT, True, turns,
                                       chosen, folder))
    return rows


def bench_memory(chosen, folder):
    """Largest resident set by number of points, beyond that of 100 points: bytes for each point,
    and the exponent from the smallest size to the largest (linear is 1)."""
    sizes = [100, 50000, 100000] if chosen.quick else [100, 100000, 200000, 400000]
    mib = []
    values = series.roessler(sizes[-1])
    for count in sizes:
        path = os.path.join(folder, "memory_%d.csv" % count)
        series.write(path, values[:count])
        mib.append(tandem_run(path, POINT, "rr,det,l,lmax,ent", folder).mib)
    grown = [max(value - mib[0], 0.01) for value in mib]
    exponent = math.log(grown[-1] / grown[1]) / math.log(sizes[-1] / sizes[1])
    return ["Largest resident set of one combination: 100 points %.1f MiB; %s. From %s points to "
            "%s it grows as N^%.2f." % (
                mib[0], "; ".join("%s points %.1f MiB (%.0f bytes more a point)" % (
                    format(size, ","), value, more * 2 ** 20 / size)
                    for size, value, more in zip(sizes[1:], mib[1:], grown[1:])),
                format(sizes[1], ","), format(sizes[-1], ","), exponent)]


def study_command(chosen, folder):
    recordings = os.path.join(chosen.data, "gaze", "recordings")
    events = os.path.join(chosen.data, "gaze", "All_Events.csv")
    roi = os.path.join(chosen.data, "gaze", "All_ROI_Summary.csv")
    return recordings, [TANDEM, "rqa", "study", recordings, *STUDY,
                        "--events", events, "--roi", roi, "-o", os.path.join(folder, "study.nc"),
                        "--report", os.path.join(folder, "study.html"), "--json", "--quiet"]


def run_study(chosen, folder):
    """The whole study, from nothing: (Run, seconds of its steps)."""
    recordings, command = study_command(chosen, folder)
    for name in ("study.nc", "study.html", "study.nc.checkpoint"):
        if os.path.exists(os.path.join(folder, name)):
            os.remove(os.path.join(folder, name))
    run = Run(command, folder)
    steps = {step["name"]: step["seconds"] for step in json.loads(run.text)["steps"]}
    return run, steps


def oracle_runs(chosen, point, folder, extra):
    """Both modes of one combination: seconds, and the rows by mode."""
    seconds, rows = 0.0, {}
    for mode in ("x:l1", "xy:l2"):
        run = Run([chosen.python, os.path.join(HERE, "numpy_oracle.py"),
                   os.path.join(chosen.data, "gaze", "recordings"), mode, *point, *extra], folder)
        found = json.loads(run.text)
        seconds += found["seconds"] * found["pairs_in_all"] / found["pairs"]
        rows[mode] = found["rows"]
    return seconds, rows


def study_agreement(folder, point, rows):
    """Rows of an export against the oracle's: (worst difference, number of values)."""
    names = dict(zip(("--m", "--tau", "--eps", "--lmin"), point))
    out = Run([TANDEM, "rqa", "export", os.path.join(folder, "study.nc"),
               *[item for pair in names.items() for item in pair]], folder)
    worst, count = 0.0, 0
    for row in csv.DictReader(io.StringIO(out.text)):
        stem = row["recording"].split("/")[-1]
        mine = [number(row[name]) for name in ("rr", "det", "ent")]
        for path, values in rows[row["mode"]].items():
            group, subject, name = path.split(os.sep)
            if (group, subject, name) != (row["group"], row["subject"], stem + ".csv"):
                continue
            values = [math.nan] * 3 if values is None else values
            for a, b in zip(mine, values):
                worst = max(worst, difference(a, math.nan if b is None else b))
                count += 1
    return worst, count


def study_points(count):
    """Combinations drawn from the study's grid, the same each time."""
    rng = random.Random(1)
    return [(str(rng.randint(1, 10)), str(rng.randint(1, 10)), "0.%03d" % rng.randint(50, 100),
             str(rng.randint(2, 3))) for _ in range(count)]


def bench_study(chosen, folder):
    if not os.path.isdir(os.path.join(chosen.data, "gaze", "recordings")):
        return [], ["The real study was not measured: no recordings in %s." % chosen.data]
    points = study_points(2 if chosen.quick else 10)
    matrix = Row("the study, measures, per combination of both modes",
                 "NumPy matrix, Python loop over diagonals", True)
    pairs = Row("the same", "Python loop over pairs and diagonals (every 20th recording, scaled)",
                True)
    whole, steps_all, worst, count = [], [], 0.0, 0
    for point in points:
        run, steps = run_study(chosen, folder)
        whole.append(run)
        steps_all.append(steps)
        each = steps["measures"] / STUDY_COMBINATIONS
        seconds, rows = oracle_runs(chosen, point, folder, [])
        matrix.ours.append(each)
        matrix.theirs.append(seconds)
        gap, values = study_agreement(folder, point, rows)
        worst, count = max(worst, gap), count + values
        seconds, _ = oracle_runs(chosen, point, folder, ["pairs:20"])
        pairs.ours.append(each)
        pairs.theirs.append(seconds)
    matrix.note = "%d values agree to %.0e" % (count, max(worst, 1e-16)) if worst <= AGREE else \
        "values DIFFER by up to %.1e" % worst
    best = min(range(len(whole)), key=lambda index: whole[index].seconds)
    lines = ["The whole real study (305 recordings, 2 modes, 10,200 combinations) with files and "
             "report: best %.2f s, median %.2f s of %d; largest resident set %.0f MiB." % (
                 whole[best].seconds, statistics.median(run.seconds for run in whole), len(whole),
                 max(run.mib for run in whole)),
             "Its steps (best run): %s." % ", ".join(
                 "%s %.2f s" % item for item in steps_all[best].items())]
    return [matrix, pairs], lines


def machine():
    model = "unknown processor"
    flags = ""
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
            if line.startswith("flags") and not flags:
                known = ("avx2", "avx512f", "avx512_vbmi2")
                flags = ", ".join(flag for flag in known if flag in line.split())
    return "%s, %d CPUs (%s), Linux %s, Python %s" % (
        model, os.cpu_count(), flags or "no AVX2", platform.release(), platform.python_version())


def table(rows):
    head = ["what", "peer", "tandem, s (best / median)", "peer, s (best / median)",
            "ratio of best", "ratio of medians", "turns", "values"]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return lines + ["| " + " | ".join(row.cells()) + " |" for row in rows]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--python", required=True)
    parser.add_argument("--data", default=os.path.join(TOP, "..", "shared", "data"))
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", choices=("grid", "single", "memory", "study"))
    parser.add_argument("-o", "--output")
    chosen = parser.parse_args()
    chosen.data = os.path.abspath(chosen.data)
    if not os.access(TANDEM, os.X_OK):
        sys.exit("%s is not there: build it first (make build)" % TANDEM)
    rows, lines = [], []
    with tempfile.TemporaryDirectory(prefix="tandem-bench-") as folder:
        if chosen.only in (None, "grid"):
            rows += bench_grid(chosen, folder)
        if chosen.only in (None, "single"):
            rows += bench_single(chosen, folder)
        if chosen.only in (None, "memory"):
            lines += bench_memory(chosen, folder)
        if chosen.only in (None, "study"):
            more, said = bench_study(chosen, folder)
            rows += more
            lines += said
    version = Run([TANDEM, "--version"], None).text.strip()
    text = ["# Measured beside its peers", "",
            "%s, %s; %s." % (datetime.date.today().isoformat(), version, machine()), "",
            "Written by `make bench`. %s" % __doc__.split("\n\n")[2].replace("\n", " ").strip(), ""]
    text += table(rows) + [""] + [line + "\n" for line in lines]
    print("\n".join(text))
    if chosen.output:
        with open(chosen.output, "w", encoding="utf-8") as file:
            file.write("\n".join(text).rstrip() + "\n")
    wrong = [row.name for row in rows if "differ" in row.note.lower()]
    if wrong:
        print("values differ: " + "; ".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
