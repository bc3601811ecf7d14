"""Backtests against vectorbt, in turns on the same machine.

    market_backtest.py BUILD [TURNS]

BUILD holds bench/bench_market_backtest. Needs vectorbt (tools/golden_vectorbt makes such an
environment). Each turn runs the program, then vectorbt: 100 moving-average crosses of 800 symbols
and 1,250 bars, fees and slippage, filled at the close, with 4 measures. The sums of all measures
are compared, and the best times of all turns. vectorbt is compiled by a small run first; its
indicators are computed once for each mean, its signals and portfolio for all symbols of a pair at
once.
"""
import os
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import vectorbt as vbt

SYMBOLS, BARS = 800, 1250
FAST = (5, 8, 10, 12, 15, 18, 20, 22, 25, 30)
SLOW = (40, 50, 60, 70, 80, 90, 100, 120, 150, 200)


def walks():
    """As tests/market/walk.h, bit for bit."""
    symbol = np.arange(SYMBOLS, dtype=np.uint64)
    bar = np.arange(BARS, dtype=np.uint64)[:, None]
    with np.errstate(over="ignore"):
        z = (symbol * np.uint64(1 << 32) + bar + np.uint64(1)) * np.uint64(0x9e3779b97f4a7c15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xbf58476d1ce4e5b9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94d049bb133111eb)
        z = z ^ (z >> np.uint64(31))
    unit = (z >> np.uint64(11)).astype(np.float64) * 2.0 ** -53
    steps = 1 + 0.04 * (unit - 0.4975)
    steps[0] *= 100
    return pd.DataFrame(np.cumprod(steps, axis=0))


def theirs(frame, fasts, slows):
    """Seconds, and the sums of the four measures."""
    begin = time.perf_counter()
    means = {n: vbt.MA.run(frame, n) for n in fasts + slows}
    sums = np.zeros(4)
    for fast in fasts:
        for slow in slows:
            result = vbt.Portfolio.from_signals(
                frame, means[fast].ma_crossed_above(means[slow]),
                means[fast].ma_crossed_below(means[slow]), fees=0.0015, slippage=0.0005,
                init_cash=1e6, freq="1D")
            for i, values in enumerate((result.total_return(), result.sharpe_ratio(),
                                        result.max_drawdown(), result.trades.count())):
                values = np.asarray(values, dtype=float)
                sums[i] += values[np.isfinite(values)].sum()
    return time.perf_counter() - begin, sums


def ours(program, best):
    output = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    for line in output.splitlines():
        words = line.split()
        if words[0] == "sums":
            sums = np.array([float(word) for word in words[1:]])
        else:
            best[words[0]] = min(best.get(words[0], float("inf")), float(words[1]))
    return sums


def main():
    program = os.path.join(sys.argv[1], "bench", "bench_market_backtest")
    turns = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    frame, best, peer = walks(), {}, float("inf")
    theirs(frame.iloc[:, :4], FAST[:1], SLOW[:1])
    for _ in range(turns):
        mine = ours(program, best)
        seconds, other = theirs(frame, FAST, SLOW)
        peer = min(peer, seconds)
        if not np.allclose(mine, other, rtol=1e-6):
            sys.exit("results differ: %s, vectorbt %s" % (mine, other))
    print("100 crosses x %d x %d: %.1f ms, vectorbt %.1f s: %.0f times faster" % (
        SYMBOLS, BARS, best["ma_cross"], peer, peer * 1e3 / best["ma_cross"]))
    print("the same with stops: %.1f ms" % best["ma_cross_stops"])
    print("10,000 points x 500 symbols: %.2f s, %.0f MiB at most" % (
        best["grid_10000"] / 1e3, best["peak_mib"]))


if __name__ == "__main__":
    main()
