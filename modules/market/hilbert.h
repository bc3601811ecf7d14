/* hilbert.h - the dominant cycle's period by Ehlers' Hilbert transform discriminator, for the steps
 * of the cycle family and of the MESA adaptive averages.
 *
 * Rounding can turn a count of bars (the period, to the next whole number) and so a value by much:
 * hence all sums are taken in the order in which TA-Lib takes them.
 *
 * Source: Ehlers, Rocket Science for Traders (2001), chapters 6, 7 and 10. */
#ifndef TANDEM_MODULES_MARKET_HILBERT_H
#define TANDEM_MODULES_MARKET_HILBERT_H
#include "vec.h"

/* The transform begins at bar 12 or 37 (before, the mean of four prices runs alone), and values are
 * told from bar 32 or 63 on. */
#define HILBERT_EARLY      12
#define HILBERT_EARLY_BARS 32
#define HILBERT_LATE       37
#define HILBERT_LATE_BARS  63
#define HILBERT_PERIOD_MIN 6
#define HILBERT_PERIOD_MAX 50
#define HILBERT_REACH      50      /* bars back that the cycle family reads */

/* The last 8 values; that of bar t at t % 8. */
typedef struct hilbert_line { vec at[8]; } hilbert_line;

typedef struct hilbert {
    vec sum, weighted;                 /* of the last four prices */
    vec price;                         /* their mean, the newest weighted with 4 */
    hilbert_line smooth, detrended, i1, q1;
    vec i2, q2, real, imaginary;
    vec period, smooth_period;         /* bars */
    vec in_phase, quadrature;
} hilbert;

/* Weights 4, 3, 2, 1 by running sums. old: the value four bars ago. */
VEC_INLINE void hilbert_price(hilbert *h, vec now, vec old, uint64_t t)
{
    if (t < 3) {
        h->sum += now;
        h->weighted += now * vec_set((double)(t + 1));
        return;
    }
    h->sum += now;
    if (t > 3) h->sum -= old;
    h->weighted += now * vec_set(4.0);
    h->price = h->weighted * vec_set(0.1);
    h->weighted -= h->sum;
}

/* Takes in value and gives its transform, which lags by 3 bars. */
VEC_INLINE vec hilbert_transform(hilbert_line *line, vec value, vec scale, uint64_t t)
{
    const vec a = vec_set(0.0962), b = vec_set(0.5769);
    line->at[t & 7] = value;
    vec sum = a * value - a * line->at[(t - 6) & 7];
    sum -= b * line->at[(t - 4) & 7];
    sum += b * line->at[(t - 2) & 7];
    return sum * scale;
}

/* The period from the turn of the phasor between two bars, kept to what a cycle may do. */
VEC_INLINE void hilbert_period(hilbert *h)
{
    const vec zero = vec_set(0), before = h->period;
    const vec angle = VEC_MAP(atan, h->imaginary / h->real) * vec_set(45.0 / atan(1.0));
    const vec_mask turned = vec_differ(h->imaginary, zero) & vec_differ(h->real, zero);
    vec period = vec_select(turned, vec_set(360.0) / angle, before);
    period = vec_min(period, vec_set(1.5) * before);
    period = vec_max(period, vec_set(0.67) * before);
    period = vec_max(period, vec_set(HILBERT_PERIOD_MIN));
    period = vec_min(period, vec_set(HILBERT_PERIOD_MAX));
    h->period = vec_set(0.2) * period + vec_set(0.8) * before;
    h->smooth_period = vec_set(0.33) * h->period + vec_set(0.67) * h->smooth_period;
}

/* Takes in bar t, and with it the value four bars ago; begin: HILBERT_EARLY or HILBERT_LATE. False
 * before it. */
VEC_INLINE int hilbert_next_value(hilbert *h, vec now, vec old, uint64_t t, uint64_t begin)
{
    const vec fresh = vec_set(0.2), kept = vec_set(0.8);
    hilbert_price(h, now, old, t);
    if (t < begin) return 0;
    const vec scale = vec_set(0.075) * h->period + vec_set(0.54);
    const vec detrended = hilbert_transform(&h->smooth, h->price, scale, t);
    const vec q1 = hilbert_transform(&h->detrended, detrended, scale, t);
    const vec i1 = h->detrended.at[(t - 3) & 7];
    const vec ahead_i = hilbert_transform(&h->i1, i1, scale, t);
    const vec ahead_q = hilbert_transform(&h->q1, q1, scale, t);
    const vec q2 = fresh * (q1 + ahead_i) + kept * h->q2;
    const vec i2 = fresh * (i1 - ahead_q) + kept * h->i2;
    h->real = fresh * (i2 * h->i2 + q2 * h->q2) + kept * h->real;
    h->imaginary = fresh * (i2 * h->q2 - q2 * h->i2) + kept * h->imaginary;
    h->i2 = i2;
    h->q2 = q2;
    h->in_phase = i1;
    h->quadrature = q1;
    hilbert_period(h);
    return 1;
}

VEC_INLINE int hilbert_next(hilbert *h, const vec *in, uint64_t t, uint64_t begin)
{
    return hilbert_next_value(h, in[t], t > 3 ? in[t - 4] : in[t], t, begin);
}

#endif
