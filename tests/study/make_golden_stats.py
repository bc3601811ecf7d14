#!/usr/bin/python3
"""Writes golden_stats.csv: what SciPy (1.10) says of made-up groups, for test_stats.c.

Run by hand when a case is added; the result is committed, so that the test needs no SciPy.
Lines: case,NAME,GROUPS,COUNT / values (hexadecimal doubles) / group numbers / name,index,value.
Holm and Benjamini-Hochberg are written out here from their papers: SciPy 1.10 has neither.
"""
import sys
import warnings
from pathlib import Path

import numpy as np
from scipy import stats

warnings.simplefilter("ignore")


def holm(p):
    order = sorted(range(len(p)), key=lambda i: p[i])
    out, high = [0.0] * len(p), 0.0
    for place, i in enumerate(order):
        high = max(high, (len(p) - place) * p[i])
        out[i] = min(high, 1.0)
    return out


def benjamini_hochberg(p):
    order = sorted(range(len(p)), key=lambda i: p[i])
    out, low = [0.0] * len(p), 1.0
    for place in range(len(p) - 1, -1, -1):
        i = order[place]
        low = min(low, p[i] * len(p) / (place + 1))
        out[i] = low
    return out


def cliff(a, b):
    return (np.sum(a[:, None] > b) - np.sum(a[:, None] < b)) / (len(a) * len(b))


def hexes(values):
    return ",".join(float(v).hex() for v in values)


def case(out, name, groups):
    values = np.concatenate(groups)
    numbers = np.concatenate([[g] * len(x) for g, x in enumerate(groups)]).astype(int)
    shuffle = np.random.default_rng(len(name)).permutation(len(values))
    values, numbers = values[shuffle], numbers[shuffle]
    print(f"case,{name},{len(groups)},{len(values)}", file=out)
    print(hexes(values), file=out)
    print(",".join(str(n) for n in numbers), file=out)
    kept = [x[~np.isnan(x)] for x in groups]

    def say(what, index, value):
        print(f"{what},{index},{float(value).hex()}", file=out)

    f, p = stats.f_oneway(*kept)
    everything = np.concatenate(kept)
    between = sum(len(x) * (x.mean() - everything.mean()) ** 2 for x in kept)
    total = ((everything - everything.mean()) ** 2).sum()
    say("anova_f", 0, f)
    say("anova_p", 0, p)
    say("eta2", 0, between / total)
    h, p = stats.kruskal(*kept)
    say("kruskal_h", 0, h)
    say("kruskal_p", 0, p)
    for g, x in enumerate(kept):
        say("mean", g, x.mean())
        say("sd", g, x.std(ddof=1))
    pairs = [(a, b) for a in range(len(kept)) for b in range(a + 1, len(kept))]
    ps = [stats.mannwhitneyu(kept[a], kept[b], alternative="two-sided").pvalue for a, b in pairs]
    adjusted = holm(ps)
    for i, (a, b) in enumerate(pairs):
        u = stats.mannwhitneyu(kept[a], kept[b], alternative="two-sided").statistic
        say("mannwhitney_p", i, ps[i])
        say("holm", i, adjusted[i])
        say("auc", i, u / (len(kept[a]) * len(kept[b])))
        say("cliff", i, cliff(kept[a], kept[b]))
    print("end", file=out)


def cases(out):
    rng = np.random.default_rng(20260101)
    sizes = {"study": (20, 20, 21), "two": (15, 30), "five": (9, 12, 10, 14, 11),
             "large": (150, 80, 75), "exact": (8, 30), "exact3": (5, 6, 7), "pair": (2, 2),
             "tiny": (2, 3, 4), "edge": (8, 8), "edge9": (9, 9), "wide": (3, 200)}
    for name, size in sizes.items():
        for shift in (0.0, 0.5, 4.0):
            groups = [rng.normal(g * shift, 1.0 + 0.3 * g, n) for g, n in enumerate(size)]
            case(out, f"{name}-normal-{shift}", groups)
    for name in ("study", "two", "exact", "exact3", "large"):
        for shift in (0, 1, 3):
            groups = [rng.poisson(3.0 + shift * g, n).astype(float)
                      for g, n in enumerate(sizes[name])]
            case(out, f"{name}-ties-{shift}", groups)
    for name in ("study", "five", "exact3"):
        groups = [rng.exponential(0.1 + 0.05 * g, n + 3) for g, n in enumerate(sizes[name])]
        for x in groups:
            x[[0, 2]] = np.nan
        case(out, f"{name}-nan", groups)
    case(out, "far-apart", [rng.normal(3.0 * g, 0.1, 40) for g in range(3)])
    case(out, "offset", [1e6 + rng.normal(0.2 * g, 1.0, 20) for g in range(3)])
    case(out, "one-constant", [np.full(12, 0.3), rng.normal(0.3, 0.1, 12),
                                rng.normal(0.5, 0.1, 12)])
    case(out, "sixteen", [rng.normal(0.1 * g, 1.0, 6) for g in range(16)])
    for count in (1, 2, 10, 1000):
        p = rng.uniform(0, 1, count) ** 3
        if count == 1000:
            p = np.round(p, 3)
        print(f"bh,{count}", file=out)
        print(hexes(p), file=out)
        print(hexes(benjamini_hochberg(list(p))), file=out)


def tails(out):
    for x in (0.0, 1e-9, 0.3, 1.0, 3.7, 12.0, 80.0, 900.0, 1e5):
        for d1, d2 in ((1, 5), (2, 58), (2, 302), (4, 30), (15, 80)):
            p = float(stats.f.sf(x, d1, d2)).hex()
            print(f"tail,f,{float(x).hex()},{d1},{d2},{p}", file=out)
        for d in (1, 2, 4, 15):
            print(f"tail,chi2,{float(x).hex()},{d},0,{float(stats.chi2.sf(x, d)).hex()}", file=out)
    for x in (-40.0, -3.0, -0.1, 0.0, 0.7, 2.0, 6.0, 20.0, 37.0):
        print(f"tail,normal,{float(x).hex()},0,0,{float(stats.norm.sf(x)).hex()}", file=out)


if __name__ == "__main__":
    path = Path(__file__).parent / "golden_stats.csv"
    with open(path, "w", encoding="ascii") as file:
        cases(file)
        tails(file)
    sys.exit(0)
