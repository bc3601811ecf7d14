/* channel_state.h - what the steps of family_channel.h remember, and how much that is. */
#ifndef TANDEM_MODULES_MARKET_CHANNEL_STATE_H
#define TANDEM_MODULES_MARKET_CHANNEL_STATE_H
#include "window.h"

/* Numbers of choices, in the order of the tables. */
enum { VWAP_TYPICAL = 0, VWAP_MEDIAN = 1, VWAP_CLOSE = 2 };
enum { KELTNER_EMA = 0, KELTNER_SMA = 1 };
enum { KELTNER_OF_CLOSE = 0, KELTNER_OF_TYPICAL = 1 };
enum { KELTNER_ATR = 0, KELTNER_EMA_RANGE = 1, KELTNER_RANGE = 2 };

/* An exponential mean; width likewise. */
typedef struct keltner_state { vec mean, width; } keltner_state;

typedef struct supertrend_state {
    vec      range, upper, lower;
    vec_mask rising;
} supertrend_state;

static inline size_t keltner_bytes(uint64_t n, uint64_t width_n)
{
    return sizeof(keltner_state) + window_sum_bytes(n) + window_sum_bytes(width_n);
}

/* Windows of highs and of lows. */
static inline size_t extremes_bytes(uint64_t n) { return 2 * window_extreme_bytes(n); }

#endif
