/* candle.h - what candlestick patterns are told with: bodies, shadows, gaps, what is long or short.
 *
 * A bar is white when close >= open, else black. Its body lies between open and close, its upper
 * shadow from the body to the high, its lower one from the low to the body. Long and short are told
 * by means over the bars before the one they are held against (so a bar does not raise its own
 * measure), with TA-Lib's default settings:
 *
 *     long body      more than the mean of 10 bodies
 *     short body     less than it (or at most: see each)
 *     doji           a body of at most 0.1 of the mean of 10 ranges (high - low)
 *     long shadow    more than the bar's own body; very long: more than twice it
 *     short shadow   less than half of the mean of both shadows of 10 bars
 *     tiny shadow    ("very short") less than 0.1 of the mean of 10 ranges
 *     near, far      0.2, 0.6 of the mean of 5 ranges
 *     equal          within 0.05 of the mean of 5 ranges
 *
 * Means are added afresh for each bar, as a fixed tree: they never drift. TA-Lib keeps running
 * sums, whose rounding stays behind: where two numbers are the same (a price that stands still for
 * days has ranges of 0), it may decide otherwise. A step computes the means of CANDLE_CHUNK bars at
 * a time on the stack, and then the pattern of each.
 *
 * Sources of all patterns: Nison, Japanese Candlestick Charting Techniques (1991); Morris,
 * Candlestick Charting Explained (1992); for hikkake: Chesler, Active Trader (April 2004); TA-Lib's
 * manual for the settings. */
#ifndef TANDEM_MODULES_MARKET_CANDLE_H
#define TANDEM_MODULES_MARKET_CANDLE_H
#include "vec.h"

#define CANDLE_CHUNK 48
#define CANDLE_BACK  16                  /* at least the largest lookback */
#define CANDLE_ROOM  (CANDLE_CHUNK + CANDLE_BACK)

/* Which means a pattern reads. */
enum { CANDLE_BODY10 = 1, CANDLE_RANGE10 = 2, CANDLE_RANGE5 = 4, CANDLE_SHADOW10 = 8 };

typedef struct candle {
    const vec *open, *high, *low, *close;
    uint64_t   base;                     /* the bar of the means' first element */
    vec        body10[CANDLE_ROOM], range10[CANDLE_ROOM], range5[CANDLE_ROOM],
               shadow10[CANDLE_ROOM];    /* of the bars before */
} candle;

/* ---- One bar --------------------------------------------------------------------------------- */

VEC_INLINE vec body(const candle *c, uint64_t t) { return vec_abs(c->close[t] - c->open[t]); }
VEC_INLINE vec range(const candle *c, uint64_t t) { return c->high[t] - c->low[t]; }
VEC_INLINE vec top(const candle *c, uint64_t t) { return vec_max(c->open[t], c->close[t]); }
VEC_INLINE vec bottom(const candle *c, uint64_t t) { return vec_min(c->open[t], c->close[t]); }
VEC_INLINE vec upper(const candle *c, uint64_t t) { return c->high[t] - top(c, t); }
VEC_INLINE vec lower(const candle *c, uint64_t t) { return bottom(c, t) - c->low[t]; }
VEC_INLINE vec_mask white(const candle *c, uint64_t t) { return c->close[t] >= c->open[t]; }
VEC_INLINE vec_mask black(const candle *c, uint64_t t) { return ~white(c, t); }

/* ---- Two bars -------------------------------------------------------------------------------- */

VEC_INLINE vec_mask same_colour(const candle *c, uint64_t a, uint64_t b)
{
    return ~(white(c, a) ^ white(c, b));
}
VEC_INLINE vec_mask other_colour(const candle *c, uint64_t a, uint64_t b)
{
    return white(c, a) ^ white(c, b);
}
/* The body of a lies wholly above, or below, that of b. */
VEC_INLINE vec_mask body_above(const candle *c, uint64_t a, uint64_t b)
{
    return bottom(c, a) > top(c, b);
}
VEC_INLINE vec_mask body_below(const candle *c, uint64_t a, uint64_t b)
{
    return top(c, a) < bottom(c, b);
}
/* So do the shadows. */
VEC_INLINE vec_mask bar_above(const candle *c, uint64_t a, uint64_t b)
{
    return c->low[a] > c->high[b];
}
VEC_INLINE vec_mask bar_below(const candle *c, uint64_t a, uint64_t b)
{
    return c->high[a] < c->low[b];
}
VEC_INLINE vec_mask within(vec value, vec low, vec high)
{
    return (value >= low) & (value <= high);
}
VEC_INLINE vec_mask inside(vec value, vec low, vec high)
{
    return (value > low) & (value < high);
}

/* ---- Long and short -------------------------------------------------------------------------- */

VEC_INLINE vec mean_body(const candle *c, uint64_t t) { return c->body10[t - c->base]; }
VEC_INLINE vec_mask body_long(const candle *c, uint64_t t) { return body(c, t) > mean_body(c, t); }
VEC_INLINE vec_mask body_short(const candle *c, uint64_t t) { return body(c, t) < mean_body(c, t); }
VEC_INLINE vec_mask body_not_long(const candle *c, uint64_t t)
{
    return body(c, t) <= mean_body(c, t);
}
VEC_INLINE vec tenth(const candle *c, uint64_t t) { return vec_set(0.1) * c->range10[t - c->base]; }
VEC_INLINE vec_mask doji(const candle *c, uint64_t t) { return body(c, t) <= tenth(c, t); }
VEC_INLINE vec_mask upper_tiny(const candle *c, uint64_t t) { return upper(c, t) < tenth(c, t); }
VEC_INLINE vec_mask lower_tiny(const candle *c, uint64_t t) { return lower(c, t) < tenth(c, t); }
/* Not the contrary of tiny: at the border a shadow is neither. */
VEC_INLINE vec_mask upper_seen(const candle *c, uint64_t t) { return upper(c, t) > tenth(c, t); }
VEC_INLINE vec_mask lower_seen(const candle *c, uint64_t t) { return lower(c, t) > tenth(c, t); }
VEC_INLINE vec_mask upper_long(const candle *c, uint64_t t) { return upper(c, t) > body(c, t); }
VEC_INLINE vec_mask lower_long(const candle *c, uint64_t t) { return lower(c, t) > body(c, t); }
VEC_INLINE vec mean_shadow(const candle *c, uint64_t t)
{
    return c->shadow10[t - c->base] / vec_set(2);
}
VEC_INLINE vec_mask upper_short(const candle *c, uint64_t t)
{
    return upper(c, t) < mean_shadow(c, t);
}
VEC_INLINE vec_mask lower_short(const candle *c, uint64_t t)
{
    return lower(c, t) < mean_shadow(c, t);
}
VEC_INLINE vec near(const candle *c, uint64_t t) { return vec_set(0.2) * c->range5[t - c->base]; }
VEC_INLINE vec far(const candle *c, uint64_t t) { return vec_set(0.6) * c->range5[t - c->base]; }
VEC_INLINE vec equal(const candle *c, uint64_t t) { return vec_set(0.05) * c->range5[t - c->base]; }
/* value equals the price of bar t, within what "equal" is there. */
VEC_INLINE vec_mask equals(const candle *c, vec value, vec price, uint64_t t)
{
    return within(value, price - equal(c, t), price + equal(c, t));
}

/* condition ? a : b */
VEC_INLINE vec_mask either(vec_mask condition, vec_mask a, vec_mask b)
{
    return (condition & a) | (~condition & b);
}

/* ---- What a pattern says --------------------------------------------------------------------- */

VEC_INLINE vec says(vec_mask found, double number)
{
    return vec_select(found, vec_set(number), vec_set(0));
}
/* number where bar t is white, -number where it is black. */
VEC_INLINE vec says_as(vec_mask found, const candle *c, uint64_t t, double number)
{
    const vec sign = vec_select(white(c, t), vec_set(number), vec_set(-number));
    return vec_select(found, sign, vec_set(0));
}

/* ---- Means ----------------------------------------------------------------------------------- */

/* mean[j] of value[j - span .. j - 1], span <= j <= count. */
VEC_INLINE void candle_means(vec *mean, const vec *value, uint64_t count, uint64_t span)
{
    vec two[CANDLE_ROOM], four[CANDLE_ROOM];
    for (uint64_t j = 1; j + 1 < count; ++j)
        two[j] = value[j - 1] + value[j];
    for (uint64_t j = 3; j + 1 < count; ++j)
        four[j] = two[j - 2] + two[j];
    if (span == 5)
        for (uint64_t j = 4; j + 1 < count; ++j)
            mean[j + 1] = (four[j - 1] + value[j]) / vec_set(5);
    else
        for (uint64_t j = 9; j + 1 < count; ++j)
            mean[j + 1] = (four[j - 6] + four[j - 2] + two[j]) / vec_set(10);
}

/* The means that bars from base + back to base + count - 1 need. */
VEC_INLINE void candle_fill(candle *c, int uses, uint64_t count)
{
    vec value[CANDLE_ROOM];
    const uint64_t base = c->base;
    if (uses & CANDLE_BODY10) {
        for (uint64_t j = 0; j < count; ++j)
            value[j] = body(c, base + j);
        candle_means(c->body10, value, count, 10);
    }
    if (uses & (CANDLE_RANGE10 | CANDLE_RANGE5))
        for (uint64_t j = 0; j < count; ++j)
            value[j] = range(c, base + j);
    if (uses & CANDLE_RANGE10) candle_means(c->range10, value, count, 10);
    if (uses & CANDLE_RANGE5) candle_means(c->range5, value, count, 5);
    if (uses & CANDLE_SHADOW10) {
        for (uint64_t j = 0; j < count; ++j)
            value[j] = upper(c, base + j) + lower(c, base + j);
        candle_means(c->shadow10, value, count, 10);
    }
}

/* CANDLE(cdldoji, 10, CANDLE_RANGE10) { .. return what the bar t says; }
 * bars: the lookback, as in the table. */
#define CANDLE(name, bars, uses)                                                           \
    VEC_INLINE vec name##_at(const candle *c, uint64_t t, const double *param);            \
    INDICATOR_RUN(name)                                                                    \
    {                                                                                      \
        candle c;                                                                          \
        uint64_t t = first;                                                                \
        c.open = in[0];                                                                    \
        c.high = in[1];                                                                    \
        c.low = in[2];                                                                     \
        c.close = in[3];                                                                   \
        for (; t < end && t < (bars); ++t)                                                 \
            out[0][t] = vec_set(0);                                                        \
        while (t < end) {                                                                  \
            const uint64_t stop = end - t < CANDLE_CHUNK ? end : t + CANDLE_CHUNK;         \
            c.base = t - (bars);                                                           \
            candle_fill(&c, (uses), stop - c.base);                                        \
            for (; t < stop; ++t)                                                          \
                out[0][t] = name##_at(&c, t, param);                                       \
        }                                                                                  \
    }                                                                                      \
    VEC_INLINE vec name##_at(const candle *c __attribute__((unused)), uint64_t t,          \
                             const double *param __attribute__((unused)))

#endif
