/* family_tile.h - finding NaN, and turning bars of eight series to vec and back: what
 * indicator_tile.c does most, for one instruction set. */
#ifndef TANDEM_MODULES_MARKET_FAMILY_TILE_H
#define TANDEM_MODULES_MARKET_FAMILY_TILE_H
#include <string.h>

#include "indicator_tile.h"
#include "turn.h"

#define SCAN_STEP 512 /* values between looks at what was found */

static bool has_nan(const double *values, uint64_t count)
{
    uint64_t i = 0;
    while (i + SCAN_STEP <= count) {
        vec_held any = vec_hold(vec_set(0));
        for (const uint64_t end = i + SCAN_STEP; i < end; i += TD_LANES) {
            vec v;
            memcpy(&v, values + i, sizeof v);
            any = vec_hold((vec)((vec_mask)vec_of(any) | vec_differ(v, v)));
        }
        if (vec_any((vec_mask)vec_of(any))) return true;
    }
    int bad = 0;
    for (; i < count; ++i) bad |= values[i] != values[i];
    return bad != 0;
}

static void gather(const double *const *lane, uint64_t count, vec *to)
{
    for (uint64_t t = 0; t < count; t += TD_LANES) turn_load(lane, t, to + t);
}

static void scatter(const vec *from, uint64_t count, double *const *lane)
{
    for (uint64_t t = 0; t < count; t += TD_LANES) turn_store(from + t, t, lane);
}

const indicator_moves FAMILY(indicator_moves) = {has_nan, gather, scatter};

#endif
