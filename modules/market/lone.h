/* lone.h - steps that take the pieces of one long series straight from memory to memory. */
#ifndef TANDEM_MODULES_MARKET_LONE_H
#define TANDEM_MODULES_MARKET_LONE_H
#include "turn.h"

/* The head of such a step: INDICATOR_LONE(sma) { .. }. See indicator_lone_run. */
#define INDICATOR_LONE(name)                                                               \
    bool FAMILY(name##_lone)(const double *param, void *state, const double *const *in,    \
                             double *const *out, uint64_t count, const uint64_t *drop);    \
    bool FAMILY(name##_lone)(const double *param, void *state, const double *const *in,    \
                             double *const *out, uint64_t count, const uint64_t *drop)

/* The last bars, fewer than a tile; behind them it holds the last one. */
VEC_INLINE void lone_load_end(const double *const *in, uint64_t t, uint64_t count,
                              vec tile[TD_LANES])
{
    for (uint64_t b = 0; b < TD_LANES; ++b)
        for (int l = 0; l < TD_LANES; ++l)
            tile[b][l] = in[l][t + b < count ? t + b : count - 1];
}

/* A tile that is not all stored: NaN before the lookback, nothing before a lane's drop or from count
 * on. */
VEC_INLINE void lone_store_some(const vec tile[TD_LANES], uint64_t t, uint64_t count,
                                uint64_t lookback, const uint64_t *drop, double *const *out)
{
    for (uint64_t b = t; b < t + TD_LANES && b < count; ++b)
        for (int l = 0; l < TD_LANES; ++l)
            if (b >= drop[l]) out[l][b] = b < lookback ? NAN : tile[b - t][l];
}

#endif
