/* market.h - panels of prices, and technical indicators on them: all symbols at once, or one bar
 * after the other.
 *
 * Each indicator is also an operation of its own ("market.rsi") for td_run, grids and results with
 * names. The functions here are for programs that hold their prices in memory and want the values
 * there, and for those that get one bar after the other. */
#ifndef TANDEM_MARKET_H
#define TANDEM_MARKET_H
#include "tandem/tandem.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum td_price {
    TD_OPEN = 0, TD_HIGH = 1, TD_LOW = 2, TD_CLOSE = 3, TD_VOLUME = 4,
    TD_ADJUSTED = 5    /* the close, adjusted for splits and dividends */
} td_price;
#define TD_PRICES 6

/* Bars of many symbols on one calendar; a view, never an owner. A symbol without a bar at a time
 * has NaN there in every price. */
typedef struct td_panel {
    uint32_t           struct_size;
    uint64_t           symbol_count, bar_count;
    const char *const *symbol;             /* "000020": text, never a number */
    const int64_t     *time;               /* of each bar: seconds since 1970-01-01T00:00Z, rising;
                                              a daily bar: midnight of its date */
    const double      *price[TD_PRICES];   /* [symbol][bar]; NULL: the panel has no such price.
                                              Volume in units traded */
    const char        *zone;               /* of intraday times: "Asia/Seoul"; NULL or "": dates */
} td_panel;
#define TD_PANEL_INIT {sizeof(td_panel), 0, 0, NULL, NULL, {NULL}, NULL}

/* How a double array of symbols and bars lies in memory. */
typedef enum td_layout {
    TD_BY_SYMBOL = 0,    /* [symbol][bar] */
    TD_BY_LANES  = 1     /* [symbol / TD_LANES][bar][TD_LANES], the last block padded: symbols of
                            one block lie side by side, as the vector units want them; 64-byte
                            aligned */
} td_layout;
#define TD_LANES 8

/* What happens at a bar where an input is NaN. */
typedef enum td_gaps {
    TD_GAPS_SKIP      = 0,   /* the bar does not exist: computed on the other bars, NaN at it */
    TD_GAPS_PROPAGATE = 1,   /* NaN at it and wherever it is within reach: each stretch without NaN
                                is a series of its own, with its own start */
    TD_GAPS_FILL      = 2    /* the last value before it stands in; NaN before the first */
} td_gaps;

#define TD_INDICATOR_INPUTS_MAX  5
#define TD_INDICATOR_OUTPUTS_MAX 6
#define TD_INDICATOR_PARAMS_MAX  10

/* One call of an indicator: name without "market.", parameters in the order of its table (choices
 * by their number; NULL: the defaults), outputs in the order of its table (NULL: not wanted). */
typedef struct td_indicator_call {
    const char   *name;                            /* "bbands" */
    const double *param;
    const double *in[TD_INDICATOR_INPUTS_MAX];     /* in the order of its table; all NULL: prices of
                                                      these names, and the close for "real" */
    double       *out[TD_INDICATOR_OUTPUTS_MAX];
} td_indicator_call;

/* Computes all calls in one pass over the panel on the engine's workers. Prices, in and out have
 * the same layout; out has symbol_count (TD_BY_LANES: rounded up to TD_LANES) times bar_count
 * doubles. TD_E_NOT_FOUND: no such indicator; TD_E_OUT_OF_RANGE: a parameter; TD_E_BAD_ARGUMENT: a
 * price that it needs is not there. */
TD_API TD_MUST_USE td_status td_indicators(td_engine *engine, const td_panel *panel,
                                           td_layout layout, td_gaps gaps,
                                           const td_indicator_call *calls, uint32_t call_count,
                                           td_error *err);

/* Bars in front without a value, counted from the first bar; checks the parameters. */
TD_API TD_MUST_USE td_status td_indicator_lookback(const char *name, const double *param,
                                                   uint64_t *bars, td_error *err);

/* A state that takes one bar after the other, of many symbols, and gives the same bits as
 * td_indicators does over all of them. gaps: TD_GAPS_SKIP, _PROPAGATE or _FILL. */
typedef struct td_stream td_stream;
TD_API TD_MUST_USE td_status td_stream_create(td_engine *engine, const char *name,
                                              const double *param, uint64_t symbol_count,
                                              td_gaps gaps, td_stream **out, td_error *err);
/* in[i][symbol]: the bar's value of each input of the indicator's table; out[i][symbol]: the new
 * value of each output, NaN before there is one. NULL in out: not wanted. */
TD_API TD_MUST_USE td_status td_stream_append(td_stream *stream, const double *const *in,
                                              double *const *out, td_error *err);
TD_API void td_stream_destroy(td_stream *stream);   /* NULL is fine */

#ifdef __cplusplus
}
#endif
#endif
