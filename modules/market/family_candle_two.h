/* family_candle_two.h - candlestick patterns of two bars: the steps. Tables: candle_two.c.
 * t is the newest bar, t - 1 the one before. */
#ifndef TANDEM_MODULES_MARKET_FAMILY_CANDLE_TWO_H
#define TANDEM_MODULES_MARKET_FAMILY_CANDLE_TWO_H
#include "candle.h"

CANDLE(cdlcounterattack, 11, CANDLE_BODY10 | CANDLE_RANGE5)
{
    return says_as(other_colour(c, t - 1, t) & body_long(c, t - 1) & body_long(c, t) &
                       equals(c, c->close[t], c->close[t - 1], t - 1),
                   c, t, 100);
}

CANDLE(cdldarkcloudcover, 11, CANDLE_BODY10)
{
    const vec deep = c->close[t - 1] - body(c, t - 1) * vec_set(param[0]);
    return says(white(c, t - 1) & body_long(c, t - 1) & black(c, t) &
                    (c->open[t] > c->high[t - 1]) & (c->close[t] > c->open[t - 1]) &
                    (c->close[t] < deep),
                -100);
}

CANDLE(cdldojistar, 11, CANDLE_BODY10 | CANDLE_RANGE10)
{
    const vec_mask gap =
        either(white(c, t - 1), body_above(c, t, t - 1), body_below(c, t, t - 1));
    return says_as(body_long(c, t - 1) & doji(c, t) & gap, c, t - 1, -100);
}

/* 80 where one end of the bodies is the same price. */
CANDLE(cdlengulfing, 2, 0)
{
    const vec open = c->open[t], close = c->close[t];
    const vec open1 = c->open[t - 1], close1 = c->close[t - 1];
    const vec_mask up = (close >= open1) & (open <= close1) & ((close > open1) | (open < close1));
    const vec_mask down = (open >= close1) & (close <= open1) & ((open > close1) | (close < open1));
    const vec_mask found = other_colour(c, t - 1, t) & either(white(c, t), up, down);
    const vec_mask clear = (open != close1) & (close != open1);
    return vec_select(clear, says_as(found, c, t, 100), says_as(found, c, t, 80));
}

CANDLE(cdlhammer, 11, CANDLE_BODY10 | CANDLE_RANGE10 | CANDLE_RANGE5)
{
    return says(body_short(c, t) & lower_long(c, t) & upper_tiny(c, t) &
                    (bottom(c, t) <= c->low[t - 1] + near(c, t - 1)),
                100);
}

CANDLE(cdlhangingman, 11, CANDLE_BODY10 | CANDLE_RANGE10 | CANDLE_RANGE5)
{
    return says(body_short(c, t) & lower_long(c, t) & upper_tiny(c, t) &
                    (bottom(c, t) >= c->high[t - 1] - near(c, t - 1)),
                -100);
}

/* The newest body lies within the one before: 80 where an end is the same price. */
VEC_INLINE vec harami(const candle *c, uint64_t t, vec_mask bodies)
{
    const vec_mask clear = (top(c, t) < top(c, t - 1)) & (bottom(c, t) > bottom(c, t - 1));
    const vec_mask held = (top(c, t) <= top(c, t - 1)) & (bottom(c, t) >= bottom(c, t - 1));
    return vec_select(clear, says_as(bodies, c, t - 1, -100),
                      says_as(bodies & held, c, t - 1, -80));
}

CANDLE(cdlharami, 11, CANDLE_BODY10)
{
    return harami(c, t, body_long(c, t - 1) & body_not_long(c, t));
}

CANDLE(cdlharamicross, 11, CANDLE_BODY10 | CANDLE_RANGE10)
{
    return harami(c, t, body_long(c, t - 1) & doji(c, t));
}

CANDLE(cdlhomingpigeon, 11, CANDLE_BODY10)
{
    return says(black(c, t - 1) & black(c, t) & body_long(c, t - 1) & body_not_long(c, t) &
                    (c->open[t] < c->open[t - 1]) & (c->close[t] > c->close[t - 1]),
                100);
}

/* A long black bar, and a white one that opens below its low. */
VEC_INLINE vec_mask opens_under_black(const candle *c, uint64_t t)
{
    return black(c, t - 1) & body_long(c, t - 1) & white(c, t) & (c->open[t] < c->low[t - 1]);
}

CANDLE(cdlinneck, 11, CANDLE_BODY10 | CANDLE_RANGE5)
{
    return says(opens_under_black(c, t) & (c->close[t] <= c->close[t - 1] + equal(c, t - 1)) &
                    (c->close[t] >= c->close[t - 1]),
                -100);
}

CANDLE(cdlonneck, 11, CANDLE_BODY10 | CANDLE_RANGE5)
{
    return says(opens_under_black(c, t) & equals(c, c->close[t], c->low[t - 1], t - 1), -100);
}

CANDLE(cdlthrusting, 11, CANDLE_BODY10 | CANDLE_RANGE5)
{
    const vec middle = c->close[t - 1] + body(c, t - 1) * vec_set(0.5);
    return says(opens_under_black(c, t) & (c->close[t] > c->close[t - 1] + equal(c, t - 1)) &
                    (c->close[t] <= middle),
                -100);
}

CANDLE(cdlpiercing, 11, CANDLE_BODY10)
{
    const vec middle = c->close[t - 1] + body(c, t - 1) * vec_set(0.5);
    return says(opens_under_black(c, t) & body_long(c, t) & (c->close[t] < c->open[t - 1]) &
                    (c->close[t] > middle),
                100);
}

CANDLE(cdlinvertedhammer, 11, CANDLE_BODY10 | CANDLE_RANGE10)
{
    return says(body_short(c, t) & upper_long(c, t) & lower_tiny(c, t) & body_below(c, t, t - 1),
                100);
}

CANDLE(cdlshootingstar, 11, CANDLE_BODY10 | CANDLE_RANGE10)
{
    return says(body_short(c, t) & upper_long(c, t) & lower_tiny(c, t) & body_above(c, t, t - 1),
                -100);
}

VEC_INLINE vec_mask marubozu(const candle *c, uint64_t t)
{
    return body_long(c, t) & upper_tiny(c, t) & lower_tiny(c, t);
}

/* Two of opposite colours with a gap between. */
VEC_INLINE vec_mask kicking(const candle *c, uint64_t t)
{
    const vec_mask gap = either(white(c, t - 1), bar_below(c, t, t - 1), bar_above(c, t, t - 1));
    return other_colour(c, t - 1, t) & marubozu(c, t - 1) & marubozu(c, t) & gap;
}

CANDLE(cdlkicking, 11, CANDLE_BODY10 | CANDLE_RANGE10)
{
    return says_as(kicking(c, t), c, t, 100);
}

CANDLE(cdlkickingbylength, 11, CANDLE_BODY10 | CANDLE_RANGE10)
{
    const vec_mask newer = body(c, t) > body(c, t - 1), found = kicking(c, t);
    return vec_select(newer, says_as(found, c, t, 100), says_as(found, c, t - 1, 100));
}

CANDLE(cdlmatchinglow, 6, CANDLE_RANGE5)
{
    return says(black(c, t - 1) & black(c, t) &
                    equals(c, c->close[t], c->close[t - 1], t - 1),
                100);
}

CANDLE(cdlseparatinglines, 11, CANDLE_BODY10 | CANDLE_RANGE10 | CANDLE_RANGE5)
{
    const vec_mask opens_at_end = either(white(c, t), lower_tiny(c, t), upper_tiny(c, t));
    return says_as(other_colour(c, t - 1, t) & equals(c, c->open[t], c->open[t - 1], t - 1) &
                       body_long(c, t) & opens_at_end,
                   c, t, 100);
}

#endif
