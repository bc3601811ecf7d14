/* family_candle_more.h - candlestick patterns of four and more bars: the steps. Tables:
 * candle_more.c. t is the newest bar. */
#ifndef TANDEM_MODULES_MARKET_FAMILY_CANDLE_MORE_H
#define TANDEM_MODULES_MARKET_FAMILY_CANDLE_MORE_H
#include "candle.h"

CANDLE(cdl3blackcrows, 13, CANDLE_RANGE10)
{
    const vec_mask colours = white(c, t - 3) & black(c, t - 2) & black(c, t - 1) & black(c, t);
    const vec_mask shadows = lower_tiny(c, t - 2) & lower_tiny(c, t - 1) & lower_tiny(c, t);
    const vec_mask opens = inside(c->open[t - 1], c->close[t - 2], c->open[t - 2]) &
                           inside(c->open[t], c->close[t - 1], c->open[t - 1]);
    const vec_mask fall = (c->high[t - 3] > c->close[t - 2]) &
                          (c->close[t - 2] > c->close[t - 1]) & (c->close[t - 1] > c->close[t]);
    return says(colours & shadows & opens & fall, -100);
}

/* Bar t opened within the body of the bar before, or near it. */
VEC_INLINE vec_mask opens_by_body(const candle *c, uint64_t t)
{
    return within(c->open[t], bottom(c, t - 1) - near(c, t - 1), top(c, t - 1) + near(c, t - 1));
}

CANDLE(cdl3linestrike, 8, CANDLE_RANGE5)
{
    const vec_mask colours = same_colour(c, t - 3, t - 2) & same_colour(c, t - 2, t - 1) &
                             other_colour(c, t - 1, t);
    const vec_mask up = (c->close[t - 1] > c->close[t - 2]) & (c->close[t - 2] > c->close[t - 3]) &
                        (c->open[t] > c->close[t - 1]) & (c->close[t] < c->open[t - 3]);
    const vec_mask down = (c->close[t - 1] < c->close[t - 2]) &
                          (c->close[t - 2] < c->close[t - 3]) & (c->open[t] < c->close[t - 1]) &
                          (c->close[t] > c->open[t - 3]);
    return says_as(colours & opens_by_body(c, t - 2) & opens_by_body(c, t - 1) &
                       either(white(c, t - 1), up, down),
                   c, t - 1, 100);
}

CANDLE(cdlbreakaway, 14, CANDLE_BODY10)
{
    const vec *const high = c->high, *const low = c->low, close = c->close[t];
    const vec_mask colours = same_colour(c, t - 4, t - 3) & same_colour(c, t - 3, t - 1) &
                             other_colour(c, t - 1, t);
    const vec_mask down = body_below(c, t - 3, t - 4) & (high[t - 2] < high[t - 3]) &
                          (low[t - 2] < low[t - 3]) & (high[t - 1] < high[t - 2]) &
                          (low[t - 1] < low[t - 2]) &
                          inside(close, c->open[t - 3], c->close[t - 4]);
    const vec_mask up = body_above(c, t - 3, t - 4) & (high[t - 2] > high[t - 3]) &
                        (low[t - 2] > low[t - 3]) & (high[t - 1] > high[t - 2]) &
                        (low[t - 1] > low[t - 2]) &
                        inside(close, c->close[t - 4], c->open[t - 3]);
    return says_as(body_long(c, t - 4) & colours & either(black(c, t - 4), down, up), c, t, 100);
}

CANDLE(cdlconcealbabyswall, 13, CANDLE_RANGE10)
{
    const vec_mask colours = black(c, t - 3) & black(c, t - 2) & black(c, t - 1) & black(c, t);
    const vec_mask bare = lower_tiny(c, t - 3) & upper_tiny(c, t - 3) & lower_tiny(c, t - 2) &
                          upper_tiny(c, t - 2);
    const vec_mask tail = body_below(c, t - 1, t - 2) & upper_seen(c, t - 1) &
                          (c->high[t - 1] > c->close[t - 2]);
    const vec_mask swallows = (c->high[t] > c->high[t - 1]) & (c->low[t] < c->low[t - 1]);
    return says(colours & bare & tail & swallows, 100);
}

CANDLE(cdlladderbottom, 14, CANDLE_RANGE10)
{
    const vec_mask colours =
        black(c, t - 4) & black(c, t - 3) & black(c, t - 2) & black(c, t - 1) & white(c, t);
    const vec_mask fall = (c->open[t - 4] > c->open[t - 3]) & (c->open[t - 3] > c->open[t - 2]) &
                          (c->close[t - 4] > c->close[t - 3]) &
                          (c->close[t - 3] > c->close[t - 2]);
    return says(colours & fall & upper_seen(c, t - 1) & (c->open[t] > c->open[t - 1]) &
                    (c->close[t] > c->high[t - 1]),
                100);
}

/* Three small bodies fall back into the long white one, not deeper than a part of it. */
CANDLE(cdlmathold, 14, CANDLE_BODY10)
{
    const vec deep = c->close[t - 4] - body(c, t - 4) * vec_set(param[0]);
    const vec_mask colours = white(c, t - 4) & black(c, t - 3) & white(c, t);
    const vec_mask sizes = body_long(c, t - 4) & body_short(c, t - 3) & body_short(c, t - 2) &
                           body_short(c, t - 1);
    const vec_mask held = inside(bottom(c, t - 2), deep, c->close[t - 4]) &
                          inside(bottom(c, t - 1), deep, c->close[t - 4]);
    const vec_mask fall = (top(c, t - 2) < c->open[t - 3]) & (top(c, t - 1) < top(c, t - 2));
    const vec highest = vec_max(vec_max(c->high[t - 3], c->high[t - 2]), c->high[t - 1]);
    return says(colours & sizes & body_above(c, t - 3, t - 4) & held & fall &
                    (c->open[t] > c->close[t - 1]) & (c->close[t] > highest),
                100);
}

CANDLE(cdlrisefall3methods, 14, CANDLE_BODY10)
{
    const vec sign = says_as(~(vec_mask){0}, c, t - 4, 1);
    const vec *const close = c->close;
    vec_mask found = other_colour(c, t - 4, t - 3) & same_colour(c, t - 3, t - 2) &
                     same_colour(c, t - 2, t - 1) & other_colour(c, t - 1, t) &
                     body_long(c, t - 4) & body_long(c, t);
    for (uint64_t k = 1; k <= 3; ++k)
        found &= body_short(c, t - k) & (bottom(c, t - k) < c->high[t - 4]) &
                 (top(c, t - k) > c->low[t - 4]);
    found &= (close[t - 2] * sign < close[t - 3] * sign) &
             (close[t - 1] * sign < close[t - 2] * sign) &
             (c->open[t] * sign > close[t - 1] * sign) & (close[t] * sign > close[t - 4] * sign);
    return says_as(found, c, t - 4, 100);
}

/* ---- Hikkake: a false break out of an inside bar --------------------------------------------- */

/* 1 where bar t breaks down out of the inside bar before it (which tells of a rise), -1 up. */
VEC_INLINE vec hikkake_at(const candle *c, uint64_t t)
{
    const vec *const high = c->high, *const low = c->low;
    const vec_mask held = (high[t - 1] < high[t - 2]) & (low[t - 1] > low[t - 2]);
    const vec_mask down = (high[t] < high[t - 1]) & (low[t] < low[t - 1]);
    const vec_mask up = (high[t] > high[t - 1]) & (low[t] > low[t - 1]);
    return says(held & down, 1) + says(held & up, -1);
}

/* Two inside bars, the older of which closes near its end; at its high before a fall. */
VEC_INLINE vec hikkake_modified_at(const candle *c, uint64_t t)
{
    const vec *const high = c->high, *const low = c->low;
    const vec close2 = c->close[t - 2];
    const vec_mask twice = (high[t - 2] < high[t - 3]) & (low[t - 2] > low[t - 3]);
    const vec says_what = hikkake_at(c, t);
    const vec_mask up = (says_what > 0) & (close2 <= low[t - 2] + near(c, t - 2));
    const vec_mask down = (says_what < 0) & (close2 >= high[t - 2] - near(c, t - 2));
    return says(twice & up, 1) + says(twice & down, -1);
}

/* The pattern itself: 100. A close beyond the inside bar's other end within 3 bars confirms it:
 * 200, once, unless a new pattern came. */
#define HIKKAKE(at)                                                                        \
    vec last = vec_set(0), inside_high = vec_set(0), inside_low = vec_set(0);              \
    vec result = vec_set(0);                                                               \
    for (uint64_t k = 4; k-- > 0;) {                                                       \
        const vec found = at(c, t - k);                                                    \
        const vec_mask is_new = found != 0;                                                \
        const vec_mask confirms = ~is_new & (((last > 0) & (c->close[t - k] > inside_high)) | \
                                             ((last < 0) & (c->close[t - k] < inside_low))); \
        result = vec_select(is_new, found * vec_set(100),                                  \
                            vec_select(confirms, last * vec_set(200), vec_set(0)));        \
        last = vec_select(is_new, found, vec_select(confirms, vec_set(0), last));          \
        inside_high = vec_select(is_new, c->high[t - k - 1], inside_high);                 \
        inside_low = vec_select(is_new, c->low[t - k - 1], inside_low);                    \
    }                                                                                      \
    return result;

CANDLE(cdlhikkake, 5, 0) { HIKKAKE(hikkake_at) }
CANDLE(cdlhikkakemod, 10, CANDLE_RANGE5) { HIKKAKE(hikkake_modified_at) }

#endif
