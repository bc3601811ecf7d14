/* family_statistic.h - deviations, regressions and what two series share: the steps. Tables:
 * statistic.c. */
#ifndef TANDEM_MODULES_MARKET_FAMILY_STATISTIC_H
#define TANDEM_MODULES_MARKET_FAMILY_STATISTIC_H
#include "statistic_state.h"

#define STATISTIC_ZERO 1e-14    /* TA-Lib takes what is smaller for 0 */

/* ---- Deviations ------------------------------------------------------------------------------ */

/* ddof is taken from the count. */
VEC_INLINE vec variance_next(window_pair *w, vec value, vec inverse, vec freed)
{
    vec squares;
    const vec sum = window_squares_next(w, value, &squares);
    return vec_max((squares - sum * (sum * inverse)) * freed, vec_set(0));
}

INDICATOR_RUN(var)
{
    const uint64_t n = (uint64_t)param[0];
    const vec inverse = vec_set(1.0 / param[0]), freed = vec_set(1.0 / (param[0] - param[2]));
    window_pair w = window_pair_open(state, n);
    for (uint64_t t = first; t < end; ++t)
        out[0][t] = variance_next(&w, in[0][t], inverse, freed);
    window_pair_close(&w, state);
    vec_blank(out[0], first, end, n - 1);
}

INDICATOR_RUN(stddev)
{
    const uint64_t n = (uint64_t)param[0];
    const vec inverse = vec_set(1.0 / param[0]), freed = vec_set(1.0 / (param[0] - param[2]));
    const vec times = vec_set(param[1]);
    window_pair w = window_pair_open(state, n);
    for (uint64_t t = first; t < end; ++t) {
        const vec variance = variance_next(&w, in[0][t], inverse, freed);
        const vec deviation = vec_sqrt(variance) * times;
        out[0][t] = vec_select(variance < vec_set(STATISTIC_ZERO), vec_set(0), deviation);
    }
    window_pair_close(&w, state);
    vec_blank(out[0], first, end, n - 1);
}

/* ---- Regression on the bar's number ---------------------------------------------------------- */

typedef struct line { vec slope, begin, end; } line;    /* begin, end: at the first and last bar */

VEC_INLINE line line_next(window_pair *w, vec value, double n)
{
    vec places;
    const vec sum = window_places_next(w, value, &places);
    const vec middle = vec_set((n + 1) / 2), half = vec_set((n - 1) / 2);
    const vec slope = (places - sum * middle) * vec_set(12 / (n * (n * n - 1)));
    const vec mean = vec_of(w->anchor) + sum * vec_set(1 / n);
    return (line){slope, mean - slope * half, mean + slope * half};
}

#define LINE_RUN(name, expression)                                                         \
    INDICATOR_RUN(name)                                                                    \
    {                                                                                      \
        const uint64_t n = (uint64_t)param[0];                                             \
        window_pair w = window_pair_open(state, n);                                        \
        for (uint64_t t = first; t < end; ++t) {                                           \
            const line fit = line_next(&w, in[0][t], param[0]);                            \
            out[0][t] = expression;                                                        \
        }                                                                                  \
        window_pair_close(&w, state);                                                      \
        vec_blank(out[0], first, end, n - 1);                                              \
    }
LINE_RUN(linearreg, fit.end)
LINE_RUN(linearreg_slope, fit.slope)
LINE_RUN(linearreg_intercept, fit.begin)
LINE_RUN(linearreg_angle, VEC_MAP(atan, fit.slope) * vec_set(45.0 / atan(1.0)))
LINE_RUN(tsf, fit.end + fit.slope)

/* ---- Two series ------------------------------------------------------------------------------ */

INDICATOR_RUN(correl)
{
    const uint64_t n = (uint64_t)param[0];
    const vec inverse = vec_set(1.0 / param[0]);
    window_joint w = window_joint_open(state, n);
    for (uint64_t t = first; t < end; ++t) {
        const joint_sums s = window_joint_next(&w, in[0][t], in[1][t]);
        const vec square = (s.xx - s.x * (s.x * inverse)) * (s.yy - s.y * (s.y * inverse));
        const vec ratio = (s.xy - s.x * (s.y * inverse)) / vec_sqrt(square);
        out[0][t] = vec_select(square < vec_set(STATISTIC_ZERO), vec_set(0), ratio);
    }
    window_joint_close(&w, state);
    vec_blank(out[0], first, end, n - 1);
}

/* now / before - 1; 0 after a price that is as good as 0. */
VEC_INLINE vec change_of(vec now, vec before)
{
    const vec change = (now - before) / before;
    return vec_select(vec_abs(before) < vec_set(STATISTIC_ZERO), vec_set(0), change);
}

INDICATOR_RUN(beta)
{
    const uint64_t n = (uint64_t)param[0];
    const vec count = vec_set(param[0]);
    window_joint w = window_joint_open(state, n);
    for (uint64_t t = vec_blank(out[0], first, end, 1); t < end; ++t) {
        const vec x = change_of(in[0][t], in[0][t - 1]), y = change_of(in[1][t], in[1][t - 1]);
        const joint_sums s = window_joint_next(&w, x, y);
        const vec below = count * s.xx - s.x * s.x, above = count * s.xy - s.x * s.y;
        const vec_mask none = vec_abs(below) < vec_set(STATISTIC_ZERO);
        out[0][t] = vec_select(none, vec_set(0), above / below);
    }
    window_joint_close(&w, state);
    vec_blank(out[0], first, end, n);
}

#endif
