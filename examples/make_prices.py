#!/usr/bin/env python3
"""Makes up daily prices for the demo and for tests. Needs Python 3 and nothing else.

    examples/make_prices.py FILE.csv [--seed 1] [--symbols 40] [--bars 750] [--clean]

writes FILE.csv with the columns date,symbol,open,high,low,close,volume: rows by date, symbols as
text of six digits (000010, 000020 ..), weekdays from 2021-01-04 on. The same seed gives the same
bytes.

The model: a market return and one of its own for each symbol, both normal, with volatility that
clusters (today's variance is 2e-6 + 0.10 r^2 + 0.88 of yesterday's, a GARCH(1,1) of about 16 % a
year for the market), a beta of 0.5 to 1.5 and a small drift. The open lies between yesterday's
close and today's; high and low stray beyond both by a part of the day's volatility. Volume is
log-normal and grows with the size of the move.

Faults are planted, as real files have them, unless --clean is given:
  halts    the second symbol is halted for 5 bars: open, high, low 0, the close of before, volume 0
  split    the third symbol's prices are a fifth from the middle on, its volume five times as much
  short    the fourth symbol begins at a third of the time
  gap      the fifth symbol has no rows for 3 dates
No real price went into this.
"""
import argparse
import datetime
import math
import random
import sys

FIRST_DAY = datetime.date(2021, 1, 4)
VARIANCE_FIRST = 1e-4
VARIANCE_LEAST, VARIANCE_NEWS, VARIANCE_STAYS = 2e-6, 0.10, 0.88
TICKS = ((1000, 1), (10000, 5), (50000, 10), (math.inf, 50))    # price below: size of a tick


def weekdays(count):
    day, days = FIRST_DAY, []
    while len(days) < count:
        if day.weekday() < 5:
            days.append(day)
        day += datetime.timedelta(days=1)
    return days


def clustered(rng, count):
    """Returns whose variance remembers the size of those before."""
    variance, returns = VARIANCE_FIRST, []
    for _ in range(count):
        value = rng.gauss(0, math.sqrt(variance))
        variance = VARIANCE_LEAST + VARIANCE_NEWS * value * value + VARIANCE_STAYS * variance
        returns.append(value)
    return returns


def tick(price):
    size = next(size for below, size in TICKS if price < below)
    return max(size, round(price / size) * size)


def bars_of(rng, market):
    """(open, high, low, close, volume) of one symbol."""
    beta, drift = rng.uniform(0.5, 1.5), rng.gauss(0.0002, 0.0003)
    own = clustered(rng, len(market))
    close, usual = rng.uniform(2000, 90000), rng.lognormvariate(11, 1)
    bars = []
    for common, value in zip(market, own):
        move = drift + beta * common + 1.3 * value
        before, close = close, close * math.exp(move)
        start = before * math.exp(rng.uniform(0, 0.6) * move + rng.gauss(0, 0.003))
        stray = abs(rng.gauss(0, 0.006)), abs(rng.gauss(0, 0.006))
        high = max(start, close) * (1 + stray[0])
        low = min(start, close) * (1 - stray[1])
        volume = usual * math.exp(rng.gauss(0, 0.4) + 15 * abs(move))
        bars.append([tick(start), tick(high), tick(low), tick(close), int(volume)])
    return bars


def plant(symbols, count):
    """Faults, each in a symbol of its own, where there are so many symbols."""
    if len(symbols) > 1:
        for bar in range(count // 2, min(count // 2 + 5, count)):
            symbols[1][bar] = [0, 0, 0, symbols[1][count // 2 - 1][3], 0]
    if len(symbols) > 2:
        for bar in range(count // 2, count):
            open_, high, low, close, volume = symbols[2][bar]
            symbols[2][bar] = [tick(open_ / 5), tick(high / 5), tick(low / 5), tick(close / 5),
                               volume * 5]
    if len(symbols) > 3:
        for bar in range(count // 3):
            symbols[3][bar] = None
    if len(symbols) > 4:
        for bar in range(count // 4, min(count // 4 + 3, count)):
            symbols[4][bar] = None


def whole(least, most):
    def check(text):
        value = int(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError("is %d, allowed %d to %d" % (value, least, most))
        return value
    return check


def main():
    parser = argparse.ArgumentParser(description="Makes up daily prices.")
    parser.add_argument("file")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--symbols", type=whole(1, 10000), default=40)
    parser.add_argument("--bars", type=whole(20, 20000), default=750)
    parser.add_argument("--clean", action="store_true", help="plant no faults")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    days = weekdays(options.bars)
    market = clustered(rng, options.bars)
    symbols = [bars_of(rng, market) for _ in range(options.symbols)]
    if not options.clean:
        plant(symbols, options.bars)
    with open(options.file, "w", encoding="utf-8", newline="\n") as out:
        out.write("date,symbol,open,high,low,close,volume\n")
        for index, day in enumerate(days):
            for number, bars in enumerate(symbols):
                if bars[index]:
                    out.write("%s,%06d,%s\n" % (day, 10 * (number + 1),
                                                ",".join(str(value) for value in bars[index])))
    print("%s: %d symbols, %d dates" % (options.file, options.symbols, options.bars))


if __name__ == "__main__":
    sys.exit(main())
