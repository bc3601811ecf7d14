/* family_cycle.h - Ehlers' measures of the dominant cycle: the steps. Tables: cycle.c. hilbert.h
 * has the part that all share. */
#ifndef TANDEM_MODULES_MARKET_FAMILY_CYCLE_H
#define TANDEM_MODULES_MARKET_FAMILY_CYCLE_H
#include "cycle_state.h"

#define CYCLE_DEGREES (45.0 / atan(1.0))    /* of a radian */

INDICATOR_RUN(ht_dcperiod)
{
    hilbert *const h = state;
    for (uint64_t t = first; t < end; ++t) {
        const int ready = hilbert_next(h, in[0], t, HILBERT_EARLY);
        out[0][t] = ready && t >= HILBERT_EARLY_BARS ? h->smooth_period : vec_nan();
    }
}

INDICATOR_RUN(ht_phasor)
{
    hilbert *const h = state;
    for (uint64_t t = first; t < end; ++t) {
        const int ready = hilbert_next(h, in[0], t, HILBERT_EARLY);
        const int told = ready && t >= HILBERT_EARLY_BARS;
        out[0][t] = told ? h->in_phase : vec_nan();
        out[1][t] = told ? h->quadrature : vec_nan();
    }
}

/* ---- Phase ----------------------------------------------------------------------------------- */

VEC_INLINE void cycle_wave(cycle_waves *w, uint64_t n)
{
    if (w->known >> n & 1) return;
    for (uint64_t i = 0; i < n; ++i) {
        const double angle = (double)i * (atan(1.0) * 8.0) / (double)n;
        w->sine[n][i] = sin(angle);
        w->cosine[n][i] = cos(angle);
    }
    w->known |= (uint64_t)1 << n;
}

/* The phase of one symbol from its last n smoothed prices. */
VEC_INLINE double cycle_lane_phase(cycle_phase *p, uint64_t t, int lane)
{
    const double period = p->h.smooth_period[lane];
    const uint64_t n = (uint64_t)(period + 0.5);
    double real = 0, imaginary = 0, phase = p->phase[lane];
    cycle_wave(&p->waves, n);
    for (uint64_t i = 0; i < n; ++i) {
        const double price = p->price[(t - i) & 63][lane];
        real += p->waves.sine[n][i] * price;
        imaginary += p->waves.cosine[n][i] * price;
    }
    if (fabs(imaginary) > 0) phase = atan(real / imaginary) * CYCLE_DEGREES;
    else if (real < 0) phase -= 90;
    else if (real > 0) phase += 90;
    /* The weighted mean of four prices lags by one bar. */
    phase = phase + 90 + 360 / period;
    if (imaginary < 0) phase += 180;
    return phase > 315 ? phase - 360 : phase;
}

/* False while the filters fill. */
VEC_INLINE int cycle_next(cycle_phase *p, const vec *in, uint64_t t)
{
    if (!hilbert_next(&p->h, in, t, HILBERT_LATE)) return 0;
    p->price[t & 63] = p->h.price;
    p->before = p->phase;
    for (int lane = 0; lane < TD_LANES; ++lane) p->phase[lane] = cycle_lane_phase(p, t, lane);
    return 1;
}

INDICATOR_RUN(ht_dcphase)
{
    cycle_phase *const p = state;
    for (uint64_t t = first; t < end; ++t) {
        const int ready = cycle_next(p, in[0], t);
        out[0][t] = ready && t >= HILBERT_LATE_BARS ? p->phase : vec_nan();
    }
}

VEC_INLINE void cycle_sines(cycle_phase *p)
{
    const vec radians = vec_set(1.0 / CYCLE_DEGREES), eighth = vec_set(45);
    p->sine = VEC_MAP(sin, p->phase * radians);
    p->lead = VEC_MAP(sin, (p->phase + eighth) * radians);
}

INDICATOR_RUN(ht_sine)
{
    cycle_phase *const p = state;
    for (uint64_t t = first; t < end; ++t) {
        const int ready = cycle_next(p, in[0], t) && t >= HILBERT_LATE_BARS;
        if (ready) cycle_sines(p);
        out[0][t] = ready ? p->sine : vec_nan();
        out[1][t] = ready ? p->lead : vec_nan();
    }
}

/* ---- Trend ----------------------------------------------------------------------------------- */

/* The mean of the last prices, over one cycle, smoothed over four bars. trend: the three means
 * before, newest first. */
VEC_INLINE vec cycle_trend(vec *trend, vec smooth_period, const vec *in, uint64_t t)
{
    vec mean = vec_set(0);
    for (int lane = 0; lane < TD_LANES; ++lane) {
        const uint64_t n = (uint64_t)(smooth_period[lane] + 0.5);
        double sum = 0;
        for (uint64_t i = 0; i < n; ++i) sum += in[t - i][lane];
        mean[lane] = n ? sum / (double)n : sum;
    }
    const vec sum =
        vec_set(4) * mean + vec_set(3) * trend[0] + vec_set(2) * trend[1] + trend[2];
    trend[2] = trend[1];
    trend[1] = trend[0];
    trend[0] = mean;
    return sum / vec_set(10);
}

INDICATOR_RUN(ht_trendline)
{
    cycle_trendline *const s = state;
    for (uint64_t t = first; t < end; ++t) {
        vec line = vec_nan();
        if (hilbert_next(&s->h, in[0], t, HILBERT_LATE))
            line = cycle_trend(s->trend, s->h.smooth_period, in[0], t);
        out[0][t] = t >= HILBERT_LATE_BARS ? line : vec_nan();
    }
}

/* 1 where there is a trend, 0 where there is a cycle. */
VEC_INLINE vec cycle_mode(cycle_phase *p, const vec *in, uint64_t t)
{
    const vec zero = vec_set(0), one = vec_set(1);
    const vec sine = p->sine, lead = p->lead, period = p->h.smooth_period;
    cycle_sines(p);
    const vec line = cycle_trend(p->trend, period, in, t);
    const vec_mask crossed =
        (vec_more(p->sine, p->lead) & vec_at_least(lead, sine)) |
        (vec_more(p->lead, p->sine) & vec_at_least(sine, lead));
    p->days = vec_select(crossed, zero, p->days) + one;
    const vec turn = p->phase - p->before;
    const vec pace = vec_set(360), slowest = vec_set(0.67) * pace / period;
    const vec_mask steady = vec_differ(period, zero) & vec_more(turn, slowest) &
                            vec_less(turn, vec_set(1.5) * pace / period);
    const vec_mask cycling = crossed | steady | vec_less(p->days, vec_set(0.5) * period);
    const vec_mask away = vec_differ(line, zero) &
                          vec_at_least(vec_abs((p->h.price - line) / line), vec_set(0.015));
    return vec_select(cycling & ~away, zero, one);
}

INDICATOR_RUN(ht_trendmode)
{
    cycle_phase *const p = state;
    for (uint64_t t = first; t < end; ++t) {
        vec mode = vec_set(0);
        if (cycle_next(p, in[0], t)) mode = cycle_mode(p, in[0], t);
        out[0][t] = t >= HILBERT_LATE_BARS ? mode : vec_set(0);
    }
}

#endif
