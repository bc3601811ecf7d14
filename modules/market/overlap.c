/* overlap.c - moving averages and bands: tables, formulas and sources. Steps: family_overlap.h. */
#include "indicator_table.h"
#include "overlap_state.h"

#define NUMBER_MAX 3e37 /* TA-Lib's largest parameter */

static average_type type_of(double number)
{
    return (average_type)(int)number;
}

/* ---- Averages of a number of bars ------------------------------------------------------------ */

PARAMS(sma, PERIOD(1, "timeperiod", 30, 2, "Bars in the mean"))
OUTPUTS(sma, OUT("sma", "Mean of the last timeperiod values", NULL, "timeperiod,"))
LONES(sma)
INDICATOR_TABLE_LONE(sma, "SMA", "Simple moving average", real, indicator_bars_n_less_1,
                     indicator_bars_0, indicator_state_sum, NULL, indicator_bars_n, sma_lones,
                     "sma[t] = (x[t - n + 1] + .. + x[t]) / n with n = timeperiod. First value at "
                     "bar n - 1. Unit: that of the input. The mean of equal values is exactly that "
                     "value. Source: Murphy, Technical Analysis of the Financial Markets (1999), "
                     "chapter 9.")

static uint64_t ema_bars(const double *param)
{
    return param[1] == 0 ? (uint64_t)param[0] - 1 : 0;
}
PARAMS(ema, PERIOD(1, "timeperiod", 30, 2, "Bars n of which k = 2 / (n + 1) is made"),
       CHOICE(20, "seed", "sma", indicator_seeds,
              "How it begins: sma, the mean of the first n values (TA-Lib), or first, the first "
              "value (pandas' ewm with adjust=False)"))
OUTPUTS(ema, OUT("ema", "Exponential moving average", NULL, "timeperiod,"))
INDICATOR_TABLE(ema, "EMA", "Exponential moving average", real, ema_bars, indicator_bars_0,
                indicator_state_small, NULL,
                "ema[t] = ema[t - 1] + k (x[t] - ema[t - 1]), k = 2 / (n + 1). seed=sma: first "
                "value at bar n - 1, the mean of the first n values, as TA-Lib. seed=first: first "
                "value at bar 0, x[0], as pandas' ewm(span=n, adjust=False) and TradingView's "
                "older versions. Unit: that of the input. Source: Appel and Hitschler, Stock "
                "Market Trading Systems (1980); Murphy (1999), chapter 9.")

static size_t wma_state(const double *param)
{
    return window_pair_bytes((uint64_t)param[0]);
}
PARAMS(wma, PERIOD(1, "timeperiod", 30, 2, "Bars in the mean"))
OUTPUTS(wma, OUT("wma", "Mean with weights that rise to the newest bar", NULL, "timeperiod,"))
INDICATOR_TABLE_SPAN(wma, "WMA", "Weighted moving average", real, indicator_bars_n_less_1,
                     indicator_bars_0, wma_state, NULL, indicator_bars_n,
                     "wma[t] = (n x[t] + (n - 1) x[t - 1] + .. + x[t - n + 1]) / (n (n + 1) / 2). "
                     "First value at bar n - 1. Unit: that of the input. Source: Murphy (1999), "
                     "chapter 9.")

static uint64_t dema_bars(const double *param)
{
    return 2 * ((uint64_t)param[0] - 1);
}
PARAMS(dema, PERIOD(1, "timeperiod", 30, 2, "Bars n of each average"))
OUTPUTS(dema, OUT("dema", "Double exponential moving average", NULL, "timeperiod,"))
INDICATOR_TABLE(dema, "DEMA", "Double exponential moving average", real, dema_bars,
                indicator_bars_0, indicator_state_small, NULL,
                "dema = 2 ema(x) - ema(ema(x)), each begun with the mean of its first n values. "
                "First value at bar 2 (n - 1). Unit: that of the input. Source: Mulloy, Smoothing "
                "Data with Faster Moving Averages, Stocks & Commodities 12:1 (1994).")

static uint64_t tema_bars(const double *param)
{
    return 3 * ((uint64_t)param[0] - 1);
}
PARAMS(tema, PERIOD(1, "timeperiod", 30, 2, "Bars n of each average"))
OUTPUTS(tema, OUT("tema", "Triple exponential moving average", NULL, "timeperiod,"))
INDICATOR_TABLE(tema, "TEMA", "Triple exponential moving average", real, tema_bars,
                indicator_bars_0, indicator_state_small, NULL,
                "tema = 3 e1 - 3 e2 + e3 with e1 = ema(x), e2 = ema(e1), e3 = ema(e2). First value "
                "at bar 3 (n - 1). Unit: that of the input. Source: Mulloy, Stocks & Commodities "
                "12:2 (1994).")

static size_t trima_state(const double *param)
{
    return ma_bytes(AVERAGE_TRIMA, (uint64_t)param[0]);
}
PARAMS(trima, PERIOD(1, "timeperiod", 30, 2, "Bars in the mean"))
OUTPUTS(trima, OUT("trima", "Mean with weights that rise to the middle", NULL, "timeperiod,"))
INDICATOR_TABLE(trima, "TRIMA", "Triangular moving average", real, indicator_bars_n_less_1,
                indicator_bars_0, trima_state, NULL,
                "A simple mean of floor(n / 2) + 1 bars of a simple mean of ceil(n / 2) bars: "
                "weights 1 2 3 2 1 for n = 5. First value at bar n - 1. Unit: that of the input. "
                "Source: Achelis, Technical Analysis from A to Z (2000), p. 209.")

static size_t kama_state(const double *param)
{
    return average_bytes(AVERAGE_KAMA, (uint64_t)param[0]);
}
PARAMS(kama, PERIOD(1, "timeperiod", 30, 2, "Bars n over which the efficiency is measured"))
OUTPUTS(kama, OUT("kama", "Adaptive moving average", NULL, "timeperiod,"))
INDICATOR_TABLE(kama, "KAMA", "Kaufman's adaptive moving average", real, indicator_bars_n,
                indicator_bars_0, kama_state, NULL,
                "kama[t] = kama[t - 1] + c (x[t] - kama[t - 1]), c = (e (2/3 - 2/31) + 2/31)^2, e "
                "= |x[t] - x[t - n]| / sum of |x[i] - x[i - 1]| over n bars. Begins with x[n - 1]; "
                "first value at bar n. Unit: that of the input. Source: Kaufman, Trading Systems "
                "and Methods (3rd ed. 1998), p. 436.")

static uint64_t t3_bars(const double *param)
{
    return 6 * ((uint64_t)param[0] - 1);
}
PARAMS(t3, PERIOD(1, "timeperiod", 5, 2, "Bars n of each average"),
       REAL(2, "vfactor", 0.7, 0, 1, 0.1, NULL,
            "Volume factor v: 0 is an EMA of an EMA of an EMA, 1 takes off the whole lag"))
OUTPUTS(t3, OUT("t3", "Tillson's average", NULL, "timeperiod,vfactor,"))
INDICATOR_TABLE(t3, "T3", "Tillson's T3 moving average", real, t3_bars, indicator_bars_0,
                indicator_state_small, NULL,
                "Three times g(y) = (1 + v) ema(y) - v ema(ema(y)), one of the other: six "
                "exponential averages e1 .. e6, t3 = -v^3 e6 + 3 (v^2 + v^3) e5 - (6 v^2 + 3 v + 3 "
                "v^3) e4 + (1 + 3 v + 3 v^2 + v^3) e3. First value at bar 6 (n - 1). Unit: that of "
                "the input. Source: Tillson, Smoothing Techniques for More Accurate Signals, "
                "Stocks & Commodities 16:1 (1998).")

static uint64_t mama_bars(const double *param)
{
    (void)param;
    return HILBERT_EARLY_BARS;
}
static uint64_t mama_reach(const double *param)
{
    (void)param;
    return HILBERT_REACH;
}
static size_t mama_state_bytes(const double *param)
{
    (void)param;
    return sizeof(mama_state);
}
PARAMS(mama, REAL(1, "fastlimit", 0.5, 0.01, 0.99, 0.05, NULL, "Most of a price that is taken in"),
       REAL(2, "slowlimit", 0.05, 0.01, 0.99, 0.01, NULL, "Least of a price that is taken in"))
OUTPUTS(mama, OUT("mama", "Adaptive average", NULL, "fastlimit,slowlimit,"),
        OUT("fama", "Average that follows it at half the speed", NULL, "fastlimit,slowlimit,"))
INDICATOR_TABLE(mama, "MAMA", "MESA adaptive moving average", real, mama_bars, mama_reach,
                mama_state_bytes, NULL,
                "mama[t] = a x[t] + (1 - a) mama[t - 1], fama[t] = a/2 mama[t] + (1 - a/2) fama[t "
                "- 1]; a is fastlimit by the phase's fall in degrees since the bar before, at "
                "least slowlimit. First value at bar 32. Unit: that of the input. Source: Ehlers, "
                "MESA and Trading Market Cycles (2nd ed. 2002), chapter 12.")

/* ---- An average by its name ------------------------------------------------------------------ */

static uint64_t ma_bars(const double *param)
{
    return average_bars(type_of(param[1]), (uint64_t)param[0]);
}
static uint64_t ma_reach(const double *param)
{
    return type_of(param[1]) == AVERAGE_MAMA ? HILBERT_REACH : 0;
}
static size_t ma_state(const double *param)
{
    return ma_bytes(type_of(param[1]), (uint64_t)param[0]);
}
PARAMS(ma, PERIOD(1, "timeperiod", 30, 1, "Bars; 1 is the series itself"),
       MATYPE(2, "matype", "Which average"))
OUTPUTS(ma, OUT("ma", "Moving average", NULL, "timeperiod,matype,"))
INDICATOR_TABLE(ma, "MA", "Moving average of any type", real, ma_bars, ma_reach, ma_state, NULL,
                "The average that matype names, with its other numbers at their defaults (t3: "
                "vfactor 0.7; mama: limits 0.5 and 0.05, and no period). First value: as that "
                "average. Unit: that of the input.")

static uint64_t mavp_bars(const double *param)
{
    return average_bars(type_of(param[2]), (uint64_t)param[1]);
}
static size_t mavp_state(const double *param)
{
    const average_type type = type_of(param[2]);
    return mavp_is_direct(type) ? 64 : mavp_bytes(type, (uint64_t)param[0], (uint64_t)param[1]);
}
static td_status mavp_check(const double *param, td_error *err)
{
    if (param[0] <= param[1]) return TD_OK;
    return td_fail(err, TD_E_OUT_OF_RANGE,
                   "market.mavp: minperiod is %.0f, allowed at most maxperiod, %.0f", param[0],
                   param[1]);
}
PARAMS(mavp, PERIOD(1, "minperiod", 2, 2, "Shorter periods become this"),
       PERIOD(2, "maxperiod", 30, 2, "Longer periods become this"),
       MATYPE(3, "matype", "Which average"))
OUTPUTS(mavp, OUT("mavp", "Moving average", NULL, "minperiod,maxperiod,matype,"))
INDICATOR_TABLE(mavp, "MAVP", "Moving average with a period for each bar", real_periods, mavp_bars,
                mavp_bars, mavp_state, mavp_check,
                "At each bar the average that matype names over as many bars as periods says "
                "there, cut to a whole number. First value where that of maxperiod has its first; "
                "shorter ones begin so that theirs is the same bar. Unit: that of real.")

/* ---- Bands ----------------------------------------------------------------------------------- */

static uint64_t bbands_bars(const double *param)
{
    const uint64_t n = (uint64_t)param[0], bars = average_bars(type_of(param[3]), n);
    return bars < n - 1 ? n - 1 : bars;
}
static uint64_t bbands_reach(const double *param)
{
    return type_of(param[3]) == AVERAGE_MAMA ? HILBERT_REACH : 0;
}
static size_t bbands_state(const double *param)
{
    const uint64_t n = (uint64_t)param[0];
    return window_pair_bytes(n) + ma_bytes(type_of(param[3]), n);
}
static uint64_t bbands_span(const double *param)
{
    return type_of(param[3]) == AVERAGE_SMA ? (uint64_t)param[0] : 0;
}
PARAMS(bbands, PERIOD(1, "timeperiod", 5, 2, "Bars of the mean and the deviation"),
       REAL(2, "nbdevup", 2, -NUMBER_MAX, NUMBER_MAX, 0.5, NULL,
            "Deviations from the middle to the upper band"),
       REAL(3, "nbdevdn", 2, -NUMBER_MAX, NUMBER_MAX, 0.5, NULL,
            "Deviations from the middle to the lower band"),
       MATYPE(4, "matype", "Which average is the middle"),
       WHOLE(20, "ddof", 0, 0, 1, NULL,
             "Taken from the count in the variance: 0 is the population's (TA-Lib, Bollinger), 1 "
             "the sample's (pandas' std)"))
#define BBANDS_AXES "timeperiod,nbdevup,nbdevdn,matype,"
OUTPUTS(bbands, OUT("upperband", "middle + nbdevup deviations", NULL, BBANDS_AXES),
        OUT("middleband", "Moving average", NULL, BBANDS_AXES),
        OUT("lowerband", "middle - nbdevdn deviations", NULL, BBANDS_AXES))
INDICATOR_TABLE_SPAN(bbands, "BBANDS", "Bollinger bands", real, bbands_bars, bbands_reach,
                     bbands_state, NULL, bbands_span,
                     "middle = average of n bars, bands = middle + nbdevup s and middle - nbdevdn "
                     "s, s = root of the mean squared distance of the last n values from their "
                     "simple mean (a variance below 1e-14 counts as 0, as TA-Lib's). ddof=0 as "
                     "TA-Lib, ddof=1 as packages that take pandas' std. First value at bar n - 1, "
                     "or the average's. Unit: that of the input. Source: Bollinger on Bollinger "
                     "Bands (2001), chapter 7.")

static size_t accbands_state(const double *param)
{
    return 3 * window_sum_bytes((uint64_t)param[0]);
}
PARAMS(accbands, PERIOD(1, "timeperiod", 20, 2, "Bars of the means"))
OUTPUTS(accbands, OUT("upperband", "Mean of the raised highs", NULL, "timeperiod,"),
        OUT("middleband", "Mean of the closes", NULL, "timeperiod,"),
        OUT("lowerband", "Mean of the lowered lows", NULL, "timeperiod,"))
INDICATOR_TABLE_SPAN(accbands, "ACCBANDS", "Acceleration bands", hlc, indicator_bars_n_less_1,
                     indicator_bars_0, accbands_state, NULL, indicator_bars_n,
                     "Simple means over n bars of h (1 + 4 (h - l) / (h + l)), the close, and l (1 "
                     "- 4 (h - l) / (h + l)); where h + l is 0 of h and l. First value at bar n - "
                     "1. Unit: that of the prices. Source: Headley, Big Trends in Trading (2002), "
                     "p. 92.")

static size_t middle_state(const double *param)
{
    return 2 * window_extreme_bytes((uint64_t)param[0]);
}
PARAMS(midpoint, PERIOD(1, "timeperiod", 14, 2, "Bars looked at"))
OUTPUTS(midpoint, OUT("midpoint", "Middle of largest and smallest value", NULL, "timeperiod,"))
INDICATOR_TABLE_SPAN(midpoint, "MIDPOINT", "Midpoint over period", real, indicator_bars_n_less_1,
                     indicator_bars_0, middle_state, NULL, indicator_bars_n,
                     "(largest + smallest of the last n values) / 2. First value at bar n - 1. "
                     "Unit: that of the input. Source: the lines of Ichimoku Kinko Hyo, Patel, "
                     "Trading with Ichimoku Clouds (2010), chapter 2.")

PARAMS(midprice, PERIOD(1, "timeperiod", 14, 2, "Bars looked at"))
OUTPUTS(midprice, OUT("midprice", "Middle of highest high and lowest low", NULL, "timeperiod,"))
INDICATOR_TABLE_SPAN(midprice, "MIDPRICE", "Midpoint price over period", hl,
                     indicator_bars_n_less_1, indicator_bars_0, middle_state, NULL,
                     indicator_bars_n,
                     "(highest high + lowest low of the last n bars) / 2. First value at bar n - "
                     "1. Unit: that of the prices. Source: as midpoint.")

/* ---- Stop and reverse ------------------------------------------------------------------------ */

static size_t sar_bytes(const double *param)
{
    (void)param;
    return sizeof(sar_state);
}
PARAMS(sar,
       REAL(1, "acceleration", 0.02, 0, NUMBER_MAX, 0.01, NULL,
            "Acceleration factor at the start, and what a new extreme adds"),
       REAL(2, "maximum", 0.2, 0, NUMBER_MAX, 0.05, NULL, "Largest acceleration factor"))
OUTPUTS(sar, OUT("sar", "Price at which the position is turned", NULL, "acceleration,maximum,"))
INDICATOR_TABLE(sar, "SAR", "Parabolic stop and reverse", hl, indicator_bars_1, indicator_bars_1,
                sar_bytes, NULL,
                "sar[t + 1] = sar[t] + af (ep - sar[t]), ep the extreme price since the turn, af "
                "growing by acceleration with each new extreme up to maximum; never inside the "
                "ranges of the last two bars. Turns when the bar reaches it, and then begins at "
                "ep. The first side is down if the second bar's fall of the low is more than its "
                "rise of the high and above 0, else up. First value at bar 1. Unit: that of the "
                "prices. Source: Wilder, New Concepts in Technical Trading Systems (1978), p. 8.")

#define SAREXT_AXES                                                              \
    "offsetonreverse,accelerationinitlong,accelerationlong,accelerationmaxlong," \
    "accelerationinitshort,accelerationshort,accelerationmaxshort,"
#define SAREXT_PARAM(number, name, value, doc) \
    REAL(number, name, value, 0, NUMBER_MAX, 0.01, NULL, doc)
PARAMS(sarext,
       REAL_FIXED(1, "startvalue", 0, -NUMBER_MAX, NUMBER_MAX, NULL,
                  "0: as sar; above 0: begins up with this stop; below: down, with its size"),
       SAREXT_PARAM(2, "offsetonreverse", 0, "Part of the stop that is added to it at a turn"),
       SAREXT_PARAM(3, "accelerationinitlong", 0.02, "Acceleration factor at the start of a rise"),
       SAREXT_PARAM(4, "accelerationlong", 0.02, "What a new high adds to it"),
       SAREXT_PARAM(5, "accelerationmaxlong", 0.2, "Its largest value"),
       SAREXT_PARAM(6, "accelerationinitshort", 0.02, "Acceleration factor at the start of a fall"),
       SAREXT_PARAM(7, "accelerationshort", 0.02, "What a new low adds to it"),
       SAREXT_PARAM(8, "accelerationmaxshort", 0.2, "Its largest value"))
OUTPUTS(sarext, OUT("sarext", "Stop; negative while the side is down", NULL, SAREXT_AXES))
INDICATOR_TABLE(sarext, "SAREXT", "Parabolic stop and reverse, extended", hl, indicator_bars_1,
                indicator_bars_1, sar_bytes, NULL,
                "As sar, with factors for each side, a start of one's own, and a distance that is "
                "added at a turn. Negative while the side is down. First value at bar 1. Unit: "
                "that of the prices. Source: as sar.")
