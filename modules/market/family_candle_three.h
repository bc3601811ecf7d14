/* family_candle_three.h - candlestick patterns of three bars: the steps. Tables: candle_three.c.
 * t is the newest bar, t - 2 the oldest. */
#ifndef TANDEM_MODULES_MARKET_FAMILY_CANDLE_THREE_H
#define TANDEM_MODULES_MARKET_FAMILY_CANDLE_THREE_H
#include "candle.h"

/* The price opened within the body of black bar t - 1, or of white bar t - 1. */
VEC_INLINE vec_mask opens_in_black(const candle *c, uint64_t t)
{
    return inside(c->open[t], c->close[t - 1], c->open[t - 1]);
}
VEC_INLINE vec_mask opens_in_white(const candle *c, uint64_t t)
{
    return inside(c->open[t], c->open[t - 1], c->close[t - 1]);
}
/* It opened above the open before and not much above the close. */
VEC_INLINE vec_mask opens_near_white(const candle *c, uint64_t t)
{
    return (c->open[t] > c->open[t - 1]) & (c->open[t] <= c->close[t - 1] + near(c, t - 1));
}

CANDLE(cdl2crows, 12, CANDLE_BODY10)
{
    return says(white(c, t - 2) & body_long(c, t - 2) & black(c, t - 1) &
                    body_above(c, t - 1, t - 2) & black(c, t) & opens_in_black(c, t) &
                    inside(c->close[t], c->open[t - 2], c->close[t - 2]),
                -100);
}

CANDLE(cdl3inside, 12, CANDLE_BODY10)
{
    const vec_mask held = (top(c, t - 1) < top(c, t - 2)) & (bottom(c, t - 1) > bottom(c, t - 2));
    const vec_mask turned = either(white(c, t - 2), black(c, t) & (c->close[t] < c->open[t - 2]),
                                   white(c, t) & (c->close[t] > c->open[t - 2]));
    return says_as(body_long(c, t - 2) & body_not_long(c, t - 1) & held & turned, c, t - 2, -100);
}

CANDLE(cdl3outside, 3, 0)
{
    const vec open1 = c->open[t - 1], close1 = c->close[t - 1];
    const vec open2 = c->open[t - 2], close2 = c->close[t - 2];
    const vec_mask up = (close1 > open2) & (open1 < close2) & (c->close[t] > close1);
    const vec_mask down = (open1 > close2) & (close1 < open2) & (c->close[t] < close1);
    return says_as(other_colour(c, t - 2, t - 1) & either(white(c, t - 1), up, down), c, t - 1,
                   100);
}

CANDLE(cdl3starsinsouth, 12, CANDLE_BODY10 | CANDLE_RANGE10)
{
    const vec_mask colours = black(c, t - 2) & black(c, t - 1) & black(c, t);
    const vec_mask oldest = body_long(c, t - 2) & lower_long(c, t - 2);
    const vec_mask middle = (body(c, t - 1) < body(c, t - 2)) & (c->open[t - 1] > c->close[t - 2]) &
                            (c->open[t - 1] <= c->high[t - 2]) &
                            (c->low[t - 1] < c->close[t - 2]) & (c->low[t - 1] >= c->low[t - 2]) &
                            lower_seen(c, t - 1);
    const vec_mask newest = body_short(c, t) & lower_tiny(c, t) & upper_tiny(c, t) &
                            (c->low[t] > c->low[t - 1]) & (c->high[t] < c->high[t - 1]);
    return says(colours & oldest & middle & newest, 100);
}

CANDLE(cdl3whitesoldiers, 12, CANDLE_BODY10 | CANDLE_RANGE10 | CANDLE_RANGE5)
{
    const vec_mask colours = white(c, t - 2) & white(c, t - 1) & white(c, t);
    const vec_mask shadows = upper_tiny(c, t - 2) & upper_tiny(c, t - 1) & upper_tiny(c, t);
    const vec_mask rise = (c->close[t] > c->close[t - 1]) & (c->close[t - 1] > c->close[t - 2]);
    const vec_mask strength = (body(c, t - 1) > body(c, t - 2) - far(c, t - 2)) &
                              (body(c, t) > body(c, t - 1) - far(c, t - 1)) &
                              (body(c, t) > mean_body(c, t));
    return says(colours & shadows & rise & opens_near_white(c, t - 1) & opens_near_white(c, t) &
                    strength,
                100);
}

/* An abandoned baby gaps with its shadows too, on both sides. */
CANDLE(cdlabandonedbaby, 12, CANDLE_BODY10 | CANDLE_RANGE10)
{
    const vec part = body(c, t - 2) * vec_set(param[0]), close2 = c->close[t - 2];
    const vec_mask evening = black(c, t) & (c->close[t] < close2 - part) &
                             bar_above(c, t - 1, t - 2) & bar_below(c, t, t - 1);
    const vec_mask morning = white(c, t) & (c->close[t] > close2 + part) &
                             bar_below(c, t - 1, t - 2) & bar_above(c, t, t - 1);
    return says_as(body_long(c, t - 2) & doji(c, t - 1) & (body(c, t) > mean_body(c, t)) &
                       either(white(c, t - 2), evening, morning),
                   c, t, 100);
}

CANDLE(cdladvanceblock, 12, CANDLE_BODY10 | CANDLE_RANGE5 | CANDLE_SHADOW10)
{
    const vec body0 = body(c, t), body1 = body(c, t - 1), body2 = body(c, t - 2);
    const vec_mask colours = white(c, t - 2) & white(c, t - 1) & white(c, t);
    const vec_mask rise = (c->close[t] > c->close[t - 1]) & (c->close[t - 1] > c->close[t - 2]);
    const vec_mask shadows =
        (upper(c, t) > mean_shadow(c, t)) | (upper(c, t - 1) > mean_shadow(c, t - 1));
    const vec_mask tires = ((body1 < body2 - far(c, t - 2)) & (body0 < body1 + near(c, t - 1))) |
                           (body0 < body1 - far(c, t - 1)) |
                           ((body0 < body1) & (body1 < body2) & shadows) |
                           ((body0 < body1) & upper_long(c, t));
    return says(colours & rise & opens_near_white(c, t - 1) & opens_near_white(c, t) &
                    body_long(c, t - 2) & upper_short(c, t - 2) & tires,
                -100);
}

/* After a long white bar a small one above it, and a black one that comes back down; and the
 * mirror of that. small: what the middle bar must be. */
VEC_INLINE vec evening(const candle *c, uint64_t t, double part, vec_mask small)
{
    const vec deep = c->close[t - 2] - body(c, t - 2) * vec_set(part);
    return says(white(c, t - 2) & body_long(c, t - 2) & small & body_above(c, t - 1, t - 2) &
                    black(c, t) & body_long(c, t) & (c->close[t] < deep),
                -100);
}
VEC_INLINE vec morning(const candle *c, uint64_t t, double part, vec_mask small)
{
    const vec high = c->close[t - 2] + body(c, t - 2) * vec_set(part);
    return says(black(c, t - 2) & body_long(c, t - 2) & small & body_below(c, t - 1, t - 2) &
                    white(c, t) & body_long(c, t) & (c->close[t] > high),
                100);
}

CANDLE(cdleveningdojistar, 12, CANDLE_BODY10 | CANDLE_RANGE10)
{
    return evening(c, t, param[0], doji(c, t - 1));
}
CANDLE(cdleveningstar, 12, CANDLE_BODY10)
{
    return evening(c, t, param[0], body_not_long(c, t - 1));
}
CANDLE(cdlmorningdojistar, 12, CANDLE_BODY10 | CANDLE_RANGE10)
{
    return morning(c, t, param[0], doji(c, t - 1));
}
CANDLE(cdlmorningstar, 12, CANDLE_BODY10)
{
    return morning(c, t, param[0], body_not_long(c, t - 1));
}

CANDLE(cdlgapsidesidewhite, 7, CANDLE_RANGE5)
{
    const vec_mask up = body_above(c, t - 1, t - 2) & body_above(c, t, t - 2);
    const vec_mask down = body_below(c, t - 1, t - 2) & body_below(c, t, t - 2);
    const vec close_by = near(c, t - 1), body1 = body(c, t - 1);
    const vec_mask found = white(c, t - 1) & white(c, t) &
                           within(body(c, t), body1 - close_by, body1 + close_by) &
                           equals(c, c->open[t], c->open[t - 1], t - 1);
    return says(found & up, 100) + says(found & down, -100);
}

CANDLE(cdlidentical3crows, 12, CANDLE_RANGE10 | CANDLE_RANGE5)
{
    const vec_mask colours = black(c, t - 2) & black(c, t - 1) & black(c, t);
    const vec_mask shadows = lower_tiny(c, t - 2) & lower_tiny(c, t - 1) & lower_tiny(c, t);
    const vec_mask fall = (c->close[t - 2] > c->close[t - 1]) & (c->close[t - 1] > c->close[t]);
    return says(colours & shadows & fall & equals(c, c->open[t - 1], c->close[t - 2], t - 2) &
                    equals(c, c->open[t], c->close[t - 1], t - 1),
                -100);
}

CANDLE(cdlstalledpattern, 12, CANDLE_BODY10 | CANDLE_RANGE10 | CANDLE_RANGE5)
{
    const vec_mask colours = white(c, t - 2) & white(c, t - 1) & white(c, t);
    const vec_mask rise = (c->close[t] > c->close[t - 1]) & (c->close[t - 1] > c->close[t - 2]);
    const vec rides = c->close[t - 1] - body(c, t) - near(c, t - 1);
    return says(colours & rise & body_long(c, t - 2) & body_long(c, t - 1) &
                    upper_tiny(c, t - 1) & opens_near_white(c, t - 1) & body_short(c, t) &
                    (c->open[t] >= rides),
                -100);
}

CANDLE(cdlsticksandwich, 7, CANDLE_RANGE5)
{
    return says(black(c, t - 2) & white(c, t - 1) & black(c, t) &
                    (c->low[t - 1] > c->close[t - 2]) &
                    equals(c, c->close[t], c->close[t - 2], t - 2),
                100);
}

CANDLE(cdltasukigap, 7, CANDLE_RANGE5)
{
    const vec open = c->open[t], close = c->close[t];
    const vec open1 = c->open[t - 1], close1 = c->close[t - 1];
    const vec_mask up = body_above(c, t - 1, t - 2) & white(c, t - 1) & black(c, t) &
                        inside(open, open1, close1) & (close < open1) & (close > top(c, t - 2));
    const vec_mask down = body_below(c, t - 1, t - 2) & black(c, t - 1) & white(c, t) &
                          inside(open, close1, open1) & (close > open1) &
                          (close < bottom(c, t - 2));
    const vec_mask alike = vec_abs(body(c, t - 1) - body(c, t)) < near(c, t - 1);
    return says_as((up | down) & alike, c, t - 1, 100);
}

/* All three bodies are held against the ranges before the oldest. */
CANDLE(cdltristar, 12, CANDLE_RANGE10)
{
    const vec small = tenth(c, t - 2);
    const vec_mask dojis =
        (body(c, t - 2) <= small) & (body(c, t - 1) <= small) & (body(c, t) <= small);
    const vec_mask down = body_above(c, t - 1, t - 2) & (top(c, t) < top(c, t - 1));
    const vec_mask up = body_below(c, t - 1, t - 2) & (bottom(c, t) > bottom(c, t - 1));
    return says(dojis & down, -100) + says(dojis & up, 100);
}

CANDLE(cdlunique3river, 12, CANDLE_BODY10)
{
    return says(body_long(c, t - 2) & black(c, t - 2) & black(c, t - 1) &
                    (c->close[t - 1] > c->close[t - 2]) & (c->open[t - 1] <= c->open[t - 2]) &
                    (c->low[t - 1] < c->low[t - 2]) & body_short(c, t) & white(c, t) &
                    (c->open[t] > c->low[t - 1]),
                100);
}

CANDLE(cdlupsidegap2crows, 12, CANDLE_BODY10)
{
    return says(white(c, t - 2) & body_long(c, t - 2) & black(c, t - 1) & body_not_long(c, t - 1) &
                    body_above(c, t - 1, t - 2) & black(c, t) & (c->open[t] > c->open[t - 1]) &
                    (c->close[t] < c->close[t - 1]) & (c->close[t] > c->close[t - 2]),
                -100);
}

CANDLE(cdlxsidegap3methods, 2, 0)
{
    const vec_mask gap =
        either(white(c, t - 2), body_above(c, t - 1, t - 2), body_below(c, t - 1, t - 2));
    return says_as(same_colour(c, t - 2, t - 1) & other_colour(c, t - 1, t) &
                       inside(c->open[t], bottom(c, t - 1), top(c, t - 1)) &
                       inside(c->close[t], bottom(c, t - 2), top(c, t - 2)) & gap,
                   c, t - 2, 100);
}

#endif
