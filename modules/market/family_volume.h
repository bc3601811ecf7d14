/* family_volume.h - volume and where in its range the bar closed: the steps. Tables: volume.c. */
#ifndef TANDEM_MODULES_MARKET_FAMILY_VOLUME_H
#define TANDEM_MODULES_MARKET_FAMILY_VOLUME_H
#include "range.h"

INDICATOR_RUN(ad)
{
    vec *const kept = state;
    vec line = *kept;
    for (uint64_t t = first; t < end; ++t) {
        line += range_flow(in, t);
        out[0][t] = line;
    }
    *kept = line;
}

INDICATOR_RUN(adosc)
{
    const vec fast_k = vec_set(2.0 / (param[0] + 1)), slow_k = vec_set(2.0 / (param[1] + 1));
    const vec one = vec_set(1);
    const double slowest = param[0] > param[1] ? param[0] : param[1];
    vec *const kept = state;
    vec line = kept[0], fast = kept[1], slow = kept[2];
    for (uint64_t t = first; t < end; ++t) {
        line += range_flow(in, t);
        if (t == 0) fast = slow = line;
        else {
            fast = fast_k * line + (one - fast_k) * fast;
            slow = slow_k * line + (one - slow_k) * slow;
        }
        out[0][t] = fast - slow;
    }
    kept[0] = line;
    kept[1] = fast;
    kept[2] = slow;
    vec_blank(out[0], first, end, (uint64_t)slowest - 1);
}

INDICATOR_RUN(obv)
{
    const vec zero = vec_set(0);
    vec *const kept = state;
    vec line = *kept;
    uint64_t t = first;
    if (t == 0 && t < end) {
        line = param[0] != 0 ? zero : in[1][t];
        out[0][t++] = line;
    }
    for (; t < end; ++t) {
        const vec price = in[0][t], before = in[0][t - 1], volume = in[1][t];
        line += vec_select(vec_more(price, before), volume,
                           vec_select(vec_less(price, before), -volume, zero));
        out[0][t] = line;
    }
    *kept = line;
}

#endif
