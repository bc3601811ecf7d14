/* family_candle_one.h - candlestick patterns of one bar: the steps. Tables: candle_one.c. */
#ifndef TANDEM_MODULES_MARKET_FAMILY_CANDLE_ONE_H
#define TANDEM_MODULES_MARKET_FAMILY_CANDLE_ONE_H
#include "candle.h"

CANDLE(cdlbelthold, 10, CANDLE_BODY10 | CANDLE_RANGE10)
{
    const vec_mask opens_at_end = either(white(c, t), lower_tiny(c, t), upper_tiny(c, t));
    return says_as(body_long(c, t) & opens_at_end, c, t, 100);
}

CANDLE(cdlclosingmarubozu, 10, CANDLE_BODY10 | CANDLE_RANGE10)
{
    const vec_mask closes_at_end = either(white(c, t), upper_tiny(c, t), lower_tiny(c, t));
    return says_as(body_long(c, t) & closes_at_end, c, t, 100);
}

CANDLE(cdldoji, 10, CANDLE_RANGE10) { return says(doji(c, t), 100); }

CANDLE(cdldragonflydoji, 10, CANDLE_RANGE10)
{
    return says(doji(c, t) & upper_tiny(c, t) & lower_seen(c, t), 100);
}

CANDLE(cdlgravestonedoji, 10, CANDLE_RANGE10)
{
    return says(doji(c, t) & lower_tiny(c, t) & upper_seen(c, t), 100);
}

CANDLE(cdlhighwave, 10, CANDLE_BODY10)
{
    const vec twice = vec_set(2) * body(c, t);
    return says_as(body_short(c, t) & (upper(c, t) > twice) & (lower(c, t) > twice), c, t, 100);
}

CANDLE(cdllongleggeddoji, 10, CANDLE_RANGE10)
{
    return says(doji(c, t) & (lower_long(c, t) | upper_long(c, t)), 100);
}

CANDLE(cdllongline, 10, CANDLE_BODY10 | CANDLE_SHADOW10)
{
    return says_as(body_long(c, t) & upper_short(c, t) & lower_short(c, t), c, t, 100);
}

CANDLE(cdlmarubozu, 10, CANDLE_BODY10 | CANDLE_RANGE10)
{
    return says_as(body_long(c, t) & upper_tiny(c, t) & lower_tiny(c, t), c, t, 100);
}

CANDLE(cdlrickshawman, 10, CANDLE_RANGE10 | CANDLE_RANGE5)
{
    const vec middle = c->low[t] + range(c, t) / vec_set(2);
    const vec_mask at_middle =
        (bottom(c, t) <= middle + near(c, t)) & (top(c, t) >= middle - near(c, t));
    return says(doji(c, t) & lower_long(c, t) & upper_long(c, t) & at_middle, 100);
}

CANDLE(cdlshortline, 10, CANDLE_BODY10 | CANDLE_SHADOW10)
{
    return says_as(body_short(c, t) & upper_short(c, t) & lower_short(c, t), c, t, 100);
}

CANDLE(cdlspinningtop, 10, CANDLE_BODY10)
{
    return says_as(body_short(c, t) & upper_long(c, t) & lower_long(c, t), c, t, 100);
}

CANDLE(cdltakuri, 10, CANDLE_RANGE10)
{
    const vec_mask very_long = lower(c, t) > vec_set(2) * body(c, t);
    return says(doji(c, t) & upper_tiny(c, t) & very_long, 100);
}

#endif
