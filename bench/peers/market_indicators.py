"""Indicators on a panel against TA-Lib and pandas, in turns on the same machine.

    market_indicators.py BUILD [TURNS]

BUILD holds bench/bench_market_indicators. Needs numpy, pandas and TA-Lib (tools/golden_talib makes
such an environment). Each turn runs the program with one thread, then the packages, on 800 symbols
of 1,250 bars and on one series of a million values; the best of all turns of each is compared, and
the ratio of the five in one call to reading and writing their bytes is told.
"""
import os
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import talib

SYMBOLS, BARS, LONG, REPEATS = 800, 1250, 1000000, 3


def walks(shape):
    random = np.random.default_rng(1)
    return np.exp(np.cumsum(random.normal(0, 0.01, shape), axis=-1)) * 100


def keep(best, name, milliseconds):
    best[name] = min(best.get(name, float("inf")), milliseconds)


def ours(program, threads, best):
    output = subprocess.run([program, str(threads)], check=True, capture_output=True, text=True)
    for line in output.stdout.splitlines():
        name, least, _ = line.split()
        keep(best, name if threads == 1 else name + "_threads", float(least))


def theirs(work, best):
    for name, function in work.items():
        for _ in range(REPEATS):
            begin = time.perf_counter()
            function()
            keep(best, name, (time.perf_counter() - begin) * 1e3)


def peers():
    close = walks((SYMBOLS, BARS))
    high, low = close * 1.01, close * 0.99
    long = pd.Series(walks(LONG))
    each = range(SYMBOLS)
    return {
        "rsi": lambda: [talib.RSI(close[i], 14) for i in each],
        "sma": lambda: [talib.SMA(close[i], 20) for i in each],
        "bbands": lambda: [talib.BBANDS(close[i], 20, 2, 2) for i in each],
        "macd": lambda: [talib.MACD(close[i]) for i in each],
        "atr": lambda: [talib.ATR(high[i], low[i], close[i], 14) for i in each],
        "rolling_mean": lambda: long.rolling(20).mean(),
    }


def main():
    program = os.path.join(sys.argv[1], "bench", "bench_market_indicators")
    turns = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    mine, other, work = {}, {}, peers()
    for _ in range(turns):
        ours(program, 1, mine)
        theirs(work, other)
        ours(program, os.cpu_count(), mine)
    print("%-16s %10s %10s %8s" % ("", "ms", "peer, ms", "ratio"))
    for name in work:
        ratio = other[name] / mine[name]
        print("%-16s %10.3f %10.3f %8.1f" % (name, mine[name], other[name], ratio))
    threaded = mine["rolling_mean_threads"]
    print("%-16s %10.3f %10.3f %8.1f" % ("  on %d threads" % os.cpu_count(), threaded,
                                         other["rolling_mean"], other["rolling_mean"] / threaded))
    print("five in one call: %.3f ms, their bytes: %.3f ms, %.2f times" % (
        mine["five"], mine["bytes"], mine["five"] / mine["bytes"]))


if __name__ == "__main__":
    main()
