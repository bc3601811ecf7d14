/* math.c - functions and operators of series: tables. Steps: family_math.h. */
#include "indicator_table.h"
#include "math_state.h"

#define POINTWISE "First value at bar 0. "
#define LIBM \
    "As C's function of that name; NaN outside its domain. Source: ISO/IEC 9899:2011, 7.12."

/* One value of the bar's own, of one series or two. */
#define MATH_TABLE(name, talib, title, set, doc)                                                  \
    NO_PARAMS(name)                                                                               \
    OUTPUTS(name, OUT(#name, title, NULL, ""))                                                    \
    INDICATOR_TABLE_SPAN(name, talib, title, set, indicator_bars_0, indicator_bars_0, NULL, NULL, \
                         indicator_one, doc)

MATH_TABLE(add, "ADD", "Sum of two series", real2, "real0 + real1. " POINTWISE)
MATH_TABLE(sub, "SUB", "Difference of two series", real2, "real0 - real1. " POINTWISE)
MATH_TABLE(mult, "MULT", "Product of two series", real2, "real0 * real1. " POINTWISE)
MATH_TABLE(div, "DIV", "Quotient of two series", real2,
           "real0 / real1; by 0 an infinity, 0 by 0 NaN. " POINTWISE)
MATH_TABLE(acos, "ACOS", "Arc cosine", real, "acos(x), radians. " POINTWISE LIBM)
MATH_TABLE(asin, "ASIN", "Arc sine", real, "asin(x), radians. " POINTWISE LIBM)
MATH_TABLE(atan, "ATAN", "Arc tangent", real, "atan(x), radians. " POINTWISE LIBM)
MATH_TABLE(ceil, "CEIL", "Smallest whole number not below", real, "ceil(x). " POINTWISE LIBM)
MATH_TABLE(cos, "COS", "Cosine", real, "cos(x), x in radians. " POINTWISE LIBM)
MATH_TABLE(cosh, "COSH", "Hyperbolic cosine", real, "cosh(x). " POINTWISE LIBM)
MATH_TABLE(exp, "EXP", "Exponential", real, "e^x. " POINTWISE LIBM)
MATH_TABLE(floor, "FLOOR", "Largest whole number not above", real, "floor(x). " POINTWISE LIBM)
MATH_TABLE(ln, "LN", "Natural logarithm", real, "log(x). " POINTWISE LIBM)
MATH_TABLE(log10, "LOG10", "Decimal logarithm", real, "log10(x). " POINTWISE LIBM)
MATH_TABLE(sin, "SIN", "Sine", real, "sin(x), x in radians. " POINTWISE LIBM)
MATH_TABLE(sinh, "SINH", "Hyperbolic sine", real, "sinh(x). " POINTWISE LIBM)
MATH_TABLE(sqrt, "SQRT", "Square root", real, "sqrt(x). " POINTWISE LIBM)
MATH_TABLE(tan, "TAN", "Tangent", real, "tan(x), x in radians. " POINTWISE LIBM)
MATH_TABLE(tanh, "TANH", "Hyperbolic tangent", real, "tanh(x). " POINTWISE LIBM)

/* ---- Over a window --------------------------------------------------------------------------- */

static size_t two_extremes(const double *param)
{
    return 2 * window_extreme_bytes((uint64_t)param[0]);
}
static size_t one_bar(const double *param)
{
    return extreme_bar_bytes((uint64_t)param[0]);
}
static size_t two_bars(const double *param)
{
    return 2 * extreme_bar_bytes((uint64_t)param[0]);
}

#define WINDOW_PARAMS(name) PARAMS(name, PERIOD(1, "timeperiod", 30, 2, "Bars looked at"))
#define FIRST_N             "First value at bar n - 1, n = timeperiod. Unit: that of the input. "
#define BARS                                                                                      \
    "The bar that was told before stands as long as it is among the last n and no later value "   \
    "equals or passes it; then the first of those with the extreme is told. Bars count from the " \
    "first that is not left out as a gap; 0 where there is no value. As TA-Lib."

WINDOW_PARAMS(sum)
OUTPUTS(sum, OUT("sum", "Sum of the last timeperiod values", NULL, "timeperiod,"))
INDICATOR_TABLE_SPAN(sum, "SUM", "Summation", real, indicator_bars_n_less_1, indicator_bars_0,
                     indicator_state_sum, NULL, indicator_bars_n,
                     "x[t - n + 1] + .. + x[t]. " FIRST_N)
WINDOW_PARAMS(max)
OUTPUTS(max, OUT("max", "Largest of the last timeperiod values", NULL, "timeperiod,"))
INDICATOR_TABLE_SPAN(max, "MAX", "Highest value over a period", real, indicator_bars_n_less_1,
                     indicator_bars_0, indicator_state_extreme, NULL, indicator_bars_n,
                     "Largest of x[t - n + 1] .. x[t]. " FIRST_N)
WINDOW_PARAMS(min)
OUTPUTS(min, OUT("min", "Smallest of the last timeperiod values", NULL, "timeperiod,"))
INDICATOR_TABLE_SPAN(min, "MIN", "Lowest value over a period", real, indicator_bars_n_less_1,
                     indicator_bars_0, indicator_state_extreme, NULL, indicator_bars_n,
                     "Smallest of x[t - n + 1] .. x[t]. " FIRST_N)
WINDOW_PARAMS(minmax)
OUTPUTS(minmax, OUT("min", "Smallest of the last timeperiod values", NULL, "timeperiod,"),
        OUT("max", "Largest of the last timeperiod values", NULL, "timeperiod,"))
INDICATOR_TABLE_SPAN(minmax, "MINMAX", "Lowest and highest value over a period", real,
                     indicator_bars_n_less_1, indicator_bars_0, two_extremes, NULL,
                     indicator_bars_n, "Smallest and largest of x[t - n + 1] .. x[t]. " FIRST_N)
WINDOW_PARAMS(maxindex)
OUTPUTS(maxindex, OUT_I32("maxindex", "Bar of the largest value", "bars", "timeperiod,"))
INDICATOR_TABLE(maxindex, "MAXINDEX", "Bar of the highest value over a period", real,
                indicator_bars_n_less_1, indicator_bars_0, one_bar, NULL,
                "Bar of the largest of x[t - n + 1] .. x[t]. " BARS)
WINDOW_PARAMS(minindex)
OUTPUTS(minindex, OUT_I32("minindex", "Bar of the smallest value", "bars", "timeperiod,"))
INDICATOR_TABLE(minindex, "MININDEX", "Bar of the lowest value over a period", real,
                indicator_bars_n_less_1, indicator_bars_0, one_bar, NULL,
                "Bar of the smallest of x[t - n + 1] .. x[t]. " BARS)
WINDOW_PARAMS(minmaxindex)
OUTPUTS(minmaxindex, OUT_I32("minidx", "Bar of the smallest value", "bars", "timeperiod,"),
        OUT_I32("maxidx", "Bar of the largest value", "bars", "timeperiod,"))
INDICATOR_TABLE(minmaxindex, "MINMAXINDEX", "Bars of the lowest and highest value over a period",
                real, indicator_bars_n_less_1, indicator_bars_0, two_bars, NULL,
                "Bars of the smallest and the largest of x[t - n + 1] .. x[t]. " BARS)
