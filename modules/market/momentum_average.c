/* momentum_average.c - differences of moving averages: tables, formulas and sources. Steps:
 * momentum_average.h. */
#include "average.h"
#include "indicator_table.h"

#define APPEL "Source: Appel, The Moving Average Convergence-Divergence Trading Method (1979)."
#define SEED                                                                                     \
    CHOICE(                                                                                      \
        20, "seed", "sma", indicator_seeds,                                                      \
        "How exponential averages begin: sma, with the mean of their first values (TA-Lib), or " \
        "first, with the first value")
#define SEED_DOC                                                                                  \
    "seed = first: all averages begin with the value of bar 0 and are told from there on, as "    \
    "pandas' "                                                                                    \
    "ewm(span=n, adjust=False).mean() does; the first values then say little. The two draw near " \
    "by "                                                                                         \
    "(n - 1) / (n + 1) a bar.\n\n"
#define FAST(number, least) PERIOD(number, "fastperiod", 12, least, "Bars of the fast average")
#define SLOW(number, least) PERIOD(number, "slowperiod", 26, least, "Bars of the slow average")
#define SIGNAL(number)                   \
    PERIOD(number, "signalperiod", 9, 1, \
           "Bars of the average that is the signal; 1: the value itself")
#define SWAPPED "A fastperiod above slowperiod changes places with it. "

/* ---- MACD ------------------------------------------------------------------------------------ */

static uint64_t macd_bars(const double *param)
{
    return param[3] != 0 ? 0 : (uint64_t)(fmax(param[0], param[1]) + param[2]) - 2;
}

static uint64_t macdfix_bars(const double *param)
{
    return param[1] != 0 ? 0 : 26 + (uint64_t)param[0] - 2;
}

#define MACD_OUTPUTS(name, axes)                                        \
    OUTPUTS(name, OUT("macd", "Fast less slow average", "price", axes), \
            OUT("macdsignal", "Average of macd", "price", axes),        \
            OUT("macdhist", "macd less macdsignal", "price", axes))

PARAMS(macd, FAST(1, 2), SLOW(2, 2), SIGNAL(3), SEED)
MACD_OUTPUTS(macd, "fastperiod,slowperiod,signalperiod,")
INDICATOR_TABLE(
    macd, "MACD", "Moving average convergence/divergence", real, macd_bars, indicator_bars_0,
    indicator_state_small, NULL,
    "macd = ema(x, fastperiod) - ema(x, slowperiod), macdsignal = ema(macd, signalperiod), "
    "macdhist = "
    "macd - macdsignal; ema[t] = ema[t - 1] + (x[t] - ema[t - 1]) 2 / (n + 1). Each ema begins "
    "with the "
    "mean of its first n values; the fast one begins so late that its first value stands at the "
    "bar of "
    "the slow one's. First value of all three at bar slowperiod + signalperiod - 2. " SWAPPED
    "Unit: that of the input. (TA-Lib 0.6.4 gives arbitrary numbers for signalperiod "
    "1.)\n\n" SEED_DOC APPEL)

PARAMS(macdfix, SIGNAL(1), SEED)
MACD_OUTPUTS(macdfix, "signalperiod,")
INDICATOR_TABLE(
    macdfix, "MACDFIX", "Moving average convergence/divergence, 12/26 fixed", real, macdfix_bars,
    indicator_bars_0, indicator_state_small, NULL,
    "As macd with 12 and 26 bars, but with Appel's own factors 0.15 and 0.075 in place of "
    "2 / 13 and 2 / 27. First value of all three at bar signalperiod + 24. Unit: that of "
    "the input.\n\n" SEED_DOC APPEL)

static average_pair macdext_pair(const double *param)
{
    return average_pair_of(average_choose(param[1], param[0]), average_choose(param[3], param[2]));
}

static uint64_t macdext_bars(const double *param)
{
    const average_pair p = macdext_pair(param);
    const uint64_t bars = p.fast.bars > p.slow.bars ? p.fast.bars : p.slow.bars;
    return bars + average_choose(param[5], param[4]).bars;
}

static size_t macdext_bytes(const double *param)
{
    const average_pair p = macdext_pair(param);
    const average_choice signal = average_choose(param[5], param[4]);
    return average_choice_bytes(&p.fast) + average_choice_bytes(&p.slow) +
           average_choice_bytes(&signal);
}

PARAMS(macdext, FAST(1, 2), MATYPE(2, "fastmatype", "The fast average"), SLOW(3, 2),
       MATYPE(4, "slowmatype", "The slow average"), SIGNAL(5),
       MATYPE(6, "signalmatype", "The average that is the signal"))
MACD_OUTPUTS(macdext, "fastperiod,fastmatype,slowperiod,slowmatype,signalperiod,signalmatype,")
INDICATOR_TABLE(
    macdext, "MACDEXT", "Moving average convergence/divergence of any averages", real, macdext_bars,
    indicator_bars_0, macdext_bytes, NULL,
    "As macd, with averages of any type (see ma). The one that needs fewer bars begins so "
    "late that both have their first value at the same bar. " SWAPPED
    "First value of all three where the signal has one. Unit: that of the input.\n\n" APPEL)

/* ---- Oscillators of two averages ------------------------------------------------------------- */

static uint64_t oscillator_bars(const double *param)
{
    return average_choose(param[2], fmax(param[0], param[1])).bars;
}

static size_t oscillator_bytes(const double *param)
{
    const average_choice a = average_choose(param[2], param[0]);
    const average_choice b = average_choose(param[2], param[1]);
    return average_choice_bytes(&a) + average_choice_bytes(&b);
}

#define OSCILLATOR_PARAMS FAST(1, 2), SLOW(2, 2), MATYPE(3, "matype", "Both averages")
#define OSCILLATOR_AXES   "fastperiod,slowperiod,matype,"

PARAMS(apo, OSCILLATOR_PARAMS)
OUTPUTS(apo, OUT("apo", "Fast less slow average", "price", OSCILLATOR_AXES))
INDICATOR_TABLE(
    apo, "APO", "Absolute price oscillator", real, oscillator_bars, indicator_bars_0,
    oscillator_bytes, NULL,
    "apo = ma(x, fastperiod) - ma(x, slowperiod), of the type matype (see ma); both begin "
    "with bar 0. " SWAPPED "First value where the slow one has one. Unit: that of the "
    "input.\n\n" APPEL)

PARAMS(ppo, OSCILLATOR_PARAMS)
OUTPUTS(ppo, OUT("ppo", "Fast less slow average, of the slow one", "%", OSCILLATOR_AXES))
INDICATOR_TABLE(
    ppo, "PPO", "Percentage price oscillator", real, oscillator_bars, indicator_bars_0,
    oscillator_bytes, NULL,
    "ppo = 100 (ma(x, fastperiod) - ma(x, slowperiod)) / ma(x, slowperiod), of the type "
    "matype (see ma); 0 where the slow one is 0. " SWAPPED
    "First value where the slow one has one. Unit: per cent.\n\n" APPEL)

/* ---- TRIX ------------------------------------------------------------------------------------ */

static uint64_t trix_bars(const double *param)
{
    return param[1] != 0 ? 1 : 3 * ((uint64_t)param[0] - 1) + 1;
}

PARAMS(trix, PERIOD(1, "timeperiod", 30, 1, "Bars of each of the three averages"), SEED)
OUTPUTS(trix, OUT("trix", "Change of the averaged value in one bar", "%", "timeperiod,"))
INDICATOR_TABLE(
    trix, "TRIX", "Rate of change of a triple exponential average", real, trix_bars,
    indicator_bars_0, indicator_state_small, NULL,
    "e = ema(ema(ema(x, n), n), n) with n = timeperiod, trix[t] = 100 (e[t] / e[t - 1] - "
    "1), 0 where e[t - 1] is 0. Each ema begins with the mean of its first n values. First "
    "value at bar 3 (n - 1) + 1. Unit: per cent a bar. (TA-Lib 0.6.4 gives arbitrary "
    "numbers for timeperiod 1; here it is roc(x, 1).)\n\n" SEED_DOC
    "Source: Hutson, Good TRIX, Stocks & Commodities 1:5 (1983).")
