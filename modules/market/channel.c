/* channel.c - volume-weighted price, channels, bands and clouds: tables, formulas and sources.
 * Steps: family_channel.h. */
#include "channel_state.h"
#include "indicator_table.h"

/* ---- VWAP ------------------------------------------------------------------------------------ */

static const char *const vwap_prices[] = {"typical", "median", "close", NULL};

static uint64_t vwap_bars(const double *param)
{
    return param[0] >= 1 ? (uint64_t)param[0] - 1 : 0;
}

static size_t vwap_state(const double *param)
{
    return 2 * window_sum_bytes((uint64_t)param[0]);
}

PARAMS(vwap, PERIOD(1, "timeperiod", 20, 0, "Bars in the mean; 0: all since the first"),
       CHOICE(2, "price", "typical", vwap_prices,
              "Price of a bar: typical, (high + low + close) / 3; median, (high + low) / 2; close"))
OUTPUTS(vwap,
        OUT("vwap", "Mean price by volume; NaN where nothing was traded", "price", "timeperiod,"))
INDICATOR_TABLE(
    vwap, NULL, "Volume-weighted average price", hlcv, vwap_bars, indicator_bars_0, vwap_state,
    NULL,
    "vwap[t] = sum of price x volume by the sum of volume, over the last timeperiod bars; with "
    "timeperiod = 0 over all bars since the first. First value at bar timeperiod - 1 (0). Unit: "
    "that of the prices. NaN where the volume of the window is 0.\n\n"
    "Packages differ: chart programs start the sum anew with each session and take the typical "
    "price (TradingView's ta.vwap, hlc3); give them the bars of one session with timeperiod = 0. "
    "Rolling sums over a fixed number of bars are called moving VWAP or VWMA; VWMA of TradingView "
    "and pandas-ta takes the close: price = close.\n\n"
    "Source: Berkowitz, Logue and Noser, The Total Cost of Transactions on the NYSE, Journal of "
    "Finance 43 (1988).")

/* ---- Donchian -------------------------------------------------------------------------------- */

static uint64_t donchian_bars(const double *param)
{
    return (uint64_t)param[0] - 1 + (uint64_t)param[1];
}

static uint64_t donchian_reach(const double *param)
{
    return (uint64_t)param[1];
}

static uint64_t donchian_span(const double *param)
{
    return (uint64_t)param[0] + (uint64_t)param[1];
}

static size_t donchian_state(const double *param)
{
    return extremes_bytes((uint64_t)param[0]);
}

PARAMS(donchian, PERIOD(1, "timeperiod", 20, 1, "Bars in the channel"),
       PERIOD(2, "delay", 0, 0, "Bars between the channel's newest and this one"))
OUTPUTS(donchian, OUT("upper", "Highest high", "price", "timeperiod,delay,"),
        OUT("middle", "Mean of upper and lower", "price", "timeperiod,delay,"),
        OUT("lower", "Lowest low", "price", "timeperiod,delay,"))
INDICATOR_TABLE_SPAN(
    donchian, NULL, "Donchian channel", hl, donchian_bars, donchian_reach, donchian_state, NULL,
    donchian_span,
    "upper = highest high and lower = lowest low of the bars t - delay - n + 1 .. t - delay, n = "
    "timeperiod; middle = (upper + lower) / 2. First value at bar n - 1 + delay. Unit: that of the "
    "prices.\n\n"
    "Packages differ: with delay = 0, as TradingView and pandas-ta draw it, a close never lies "
    "outside; a break out of the channel of the bars before, as Donchian and the Turtles traded, "
    "is delay = 1.\n\n"
    "Source: Donchian, High Finance in Copper, Financial Analysts Journal 16 (1960); Faith, Way of "
    "the Turtle (2007).")

/* ---- Keltner --------------------------------------------------------------------------------- */

static const char *const keltner_averages[] = {"ema", "sma", NULL};
static const char *const keltner_prices[] = {"close", "typical", NULL};
static const char *const keltner_widths[] = {"atr", "ema", "range", NULL};

static uint64_t keltner_bars(const double *param)
{
    const uint64_t centre = (uint64_t)param[0] - 1;
    const uint64_t width = (uint64_t)param[2] - (param[5] == KELTNER_RANGE ? 1 : 0);
    return centre > width ? centre : width;
}

static size_t keltner_state_bytes(const double *param)
{
    return keltner_bytes((uint64_t)param[0], (uint64_t)param[2]);
}

#define KELTNER_AXES "timeperiod,multiplier,widthperiod,"
PARAMS(keltner, PERIOD(1, "timeperiod", 20, 1, "Bars of the centre's average"),
       REAL(2, "multiplier", 2, 0, 3e37, 0.25, NULL, "Widths from the centre to a band"),
       PERIOD(3, "widthperiod", 10, 1, "Bars of the width's average"),
       CHOICE(4, "average", "ema", keltner_averages, "Average of the centre: ema or sma"),
       CHOICE(5, "price", "close", keltner_prices,
              "Price of the centre: close, or typical, (high + low + close) / 3"),
       CHOICE(6, "width", "atr", keltner_widths,
              "atr, Wilder's average of true ranges; ema of true ranges; or range, the plain mean "
              "of high - low"),
       CHOICE(7, "seed", "sma", indicator_seeds,
              "How ema begins: with the mean of its first bars (sma), or with the first value"))
OUTPUTS(keltner, OUT("upper", "Centre and multiplier widths", "price", KELTNER_AXES),
        OUT("middle", "Centre", "price", KELTNER_AXES),
        OUT("lower", "Centre less multiplier widths", "price", KELTNER_AXES))
INDICATOR_TABLE(
    keltner, NULL, "Keltner channel", hlc, keltner_bars, indicator_bars_1, keltner_state_bytes,
    NULL,
    "middle = average of price over timeperiod bars; upper and lower = middle +- multiplier times "
    "width, over widthperiod bars. True ranges begin at bar 1, as in market.atr: with atr and ema "
    "the first value is at bar max(timeperiod - 1, widthperiod), with range at max(timeperiod, "
    "widthperiod) - 1; also with seed = first. Unit: that of the prices.\n\n"
    "Packages differ: Keltner's own is average = sma, price = typical, width = range with 10 bars "
    "and multiplier 1; Raschke's and TradingView's is ema of the close over 20 bars and atr over "
    "10, multiplier 2; pandas-ta takes ema for the width. Programs on pandas' ewm(adjust=False) "
    "have seed = first.\n\n"
    "Source: Keltner, How to Make Money in Commodities (1960); Raschke and Connors, Street Smarts "
    "(1995).")

/* ---- Supertrend ------------------------------------------------------------------------------ */

static const char *const first_ranges[] = {"none", "high_low", NULL};
static const char *const first_trends[] = {"falling", "rising", NULL};

static uint64_t supertrend_bars(const double *param)
{
    return (uint64_t)param[0] - (param[2] != 0 ? 1 : 0);
}

static size_t supertrend_state_bytes(const double *param)
{
    (void)param;
    return sizeof(supertrend_state);
}

PARAMS(supertrend, PERIOD(1, "timeperiod", 10, 1, "Bars of the average true range"),
       REAL(2, "multiplier", 3, 0, 3e37, 0.5, NULL, "Ranges from the middle to a band"),
       CHOICE(3, "first_range", "none", first_ranges,
              "Whether bar 0, which has no close before it, is in the first mean: none (TA-Lib) "
              "starts at bar 1, high_low counts bar 0 with its high less its low"),
       CHOICE(4, "start", "falling", first_trends, "Direction of the first bar with a value"))
OUTPUTS(supertrend,
        OUT("supertrend", "The lower band in a rise, the upper one in a fall", "price",
            "timeperiod,multiplier,"),
        OUT_I32("direction", "1: rising, -1: falling, 0: no value yet", NULL,
                "timeperiod,multiplier,"))
INDICATOR_TABLE(
    supertrend, NULL, "Supertrend", hlc, supertrend_bars, indicator_bars_1, supertrend_state_bytes,
    NULL,
    "Bands (high + low) / 2 +- multiplier times market.atr. The upper band only falls while the "
    "close before is not above it, the lower one only rises while the close before is not below "
    "it. A close above the upper band turns a fall into a rise, one below the lower band turns a "
    "rise into a fall. First value at bar n = timeperiod (n - 1 with first_range = high_low). "
    "Unit: that of the prices.\n\n"
    "Packages differ: TradingView's ta.supertrend is first_range = high_low, start = falling, and "
    "gives the direction with the other sign (-1 is up); pandas-ta starts rising, and compares the "
    "close with the band of the bar before.\n\n"
    "Source: Seban, Tout le monde merite d'etre riche (2nd ed. 2009), as TradingView documents it.")

/* ---- Ichimoku -------------------------------------------------------------------------------- */

static uint64_t ichimoku_bars(const double *param)
{
    double longest = param[0] > param[1] ? param[0] : param[1];
    if (param[2] > longest) longest = param[2];
    return (uint64_t)longest - 1 + (uint64_t)param[3];
}

static uint64_t ichimoku_span(const double *param)
{
    return ichimoku_bars(param) + 1;
}

static size_t ichimoku_state(const double *param)
{
    return extremes_bytes((uint64_t)param[0]) + extremes_bytes((uint64_t)param[1]) +
           extremes_bytes((uint64_t)param[2]) + 2 * (size_t)param[3] * sizeof(vec);
}

#define ICHIMOKU_AXES "conversion,base,span,displacement,"
PARAMS(ichimoku, PERIOD(1, "conversion", 9, 1, "Bars of tenkan, the conversion line"),
       PERIOD(2, "base", 26, 1, "Bars of kijun, the base line"),
       PERIOD(3, "span", 52, 1, "Bars of senkou B, the slow side of the cloud"),
       PERIOD(4, "displacement", 26, 0, "Bars by which the cloud is drawn ahead"))
OUTPUTS(ichimoku, OUT("tenkan", "Middle of the last conversion bars", "price", ICHIMOKU_AXES),
        OUT("kijun", "Middle of the last base bars", "price", ICHIMOKU_AXES),
        OUT("senkou_a", "Mean of tenkan and kijun, displacement bars ago", "price", ICHIMOKU_AXES),
        OUT("senkou_b", "Middle of span bars, displacement bars ago", "price", ICHIMOKU_AXES))
INDICATOR_TABLE_SPAN(
    ichimoku, NULL, "Ichimoku cloud", hl, ichimoku_bars, indicator_bars_0, ichimoku_state, NULL,
    ichimoku_span,
    "The middle of n bars is (highest high + lowest low) / 2. tenkan and kijun are those of the "
    "last conversion and base bars; the cloud under the newest bar is what was known displacement "
    "bars ago: senkou_a[t] = (tenkan[t - d] + kijun[t - d]) / 2, senkou_b[t] the middle of the "
    "span "
    "bars up to t - d. All four begin at bar max(conversion, base, span) - 1 + d. Unit: that of "
    "the "
    "prices. The chikou line, the close drawn d bars back, is not here: at its bar it would tell "
    "of "
    "the future; compare close with its own value d bars ago.\n\n"
    "Packages differ: with displacement 26 TradingView draws the cloud 25 bars ahead "
    "(displacement = 25 here).\n\n"
    "Source: Hosoda, Ichimoku Kinko Hyo (1969); Elliott, Ichimoku Charts (2007).")
