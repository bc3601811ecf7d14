/* overlap_state.h - what the steps of family_overlap.h remember, and how much that is. */
#ifndef TANDEM_MODULES_MARKET_OVERLAP_STATE_H
#define TANDEM_MODULES_MARKET_OVERLAP_STATE_H
#include "average.h"
#include "window.h"

/* The triangle is a mean of means. */
static inline uint64_t trima_inner(uint64_t n) { return (n + 1) / 2; }
static inline uint64_t trima_outer(uint64_t n) { return n / 2 + 1; }

typedef struct mama_state {
    hilbert h;
    vec     phase, mama, fama;
} mama_state;

typedef struct sar_state {
    vec_mask rising;
    vec sar, extreme, step, low, high;     /* low, high: of the bar before */
} sar_state;

/* Of a moving average of type and n bars, as ma_steps keeps it. */
static inline size_t ma_bytes(average_type type, uint64_t n)
{
    switch (type) {
    case AVERAGE_SMA: return window_sum_bytes(n);
    case AVERAGE_WMA: return window_pair_bytes(n);
    case AVERAGE_TRIMA: return window_sum_bytes(trima_inner(n)) + window_sum_bytes(trima_outer(n));
    case AVERAGE_MAMA: return sizeof(mama_state);
    case AVERAGE_EMA:
    case AVERAGE_DEMA:
    case AVERAGE_TEMA:
    case AVERAGE_T3:
    case AVERAGE_KAMA: break;
    }
    return average_bytes(type, n);
}

/* Of MAVP's average number p of the types that remember, each in a place of its own. */
static inline bool mavp_is_direct(average_type type)
{
    return type == AVERAGE_SMA || type == AVERAGE_WMA || type == AVERAGE_TRIMA;
}
static inline size_t mavp_bytes(average_type type, uint64_t least, uint64_t most)
{
    return (size_t)(most - least + 1) * average_bytes(type, most);
}

#endif
