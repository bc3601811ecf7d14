/* family_rolling.h - ranks, quantiles and what two series share, over the last bars: the steps.
 * Tables and formulas: rolling.c. */
#ifndef TANDEM_MODULES_MARKET_FAMILY_ROLLING_H
#define TANDEM_MODULES_MARKET_FAMILY_ROLLING_H
#include <string.h>

#include "rolling_state.h"

/* ---- Order ----------------------------------------------------------------------------------- */

INDICATOR_RUN(rolling_rank)
{
    const uint64_t n = (uint64_t)param[0];
    const int kind = (int)param[1];
    const double less = kind == RANK_PANDAS ? 0 : kind == RANK_EXCEL ? 1 : 0.5;
    const vec of = vec_set(kind == RANK_EXCEL ? param[0] - 1 : param[0]);
    for (uint64_t t = vec_blank(out[0], first, end, n - 1); t < end; ++t) {
        const vec value = in[0][t];
        vec_mask below = {0}, same = {0};
        for (uint64_t k = 0; k < n; ++k) {      /* a comparison that holds is -1 */
            below -= in[0][t - k] < value;
            same -= in[0][t - k] == value;
        }
        const vec rank = __builtin_convertvector(below, vec) +
                         (__builtin_convertvector(same, vec) + vec_set(1)) / vec_set(2);
        out[0][t] = (rank - vec_set(less)) / of;
    }
}

/* The first of the count sorted values that is not below value. */
static inline uint64_t rolling_place(const double *sorted, uint64_t count, double value)
{
    uint64_t low = 0, high = count;
    while (low < high) {
        const uint64_t middle = low + (high - low) / 2;
        if (sorted[middle] < value) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* Takes old out of count sorted values and puts value in. */
static inline void rolling_replace(double *sorted, uint64_t count, double old, double value)
{
    uint64_t from = rolling_place(sorted, count, old), to = rolling_place(sorted, count, value);
    if (from == count) from = count - 1;
    if (to > from) {
        to -= 1;
        memmove(sorted + from, sorted + from + 1, (to - from) * sizeof(double));
    } else {
        memmove(sorted + to + 1, sorted + to, (from - to) * sizeof(double));
    }
    sorted[to] = value;
}

static inline void rolling_insert(double *sorted, uint64_t count, double value)
{
    const uint64_t to = rolling_place(sorted, count, value);
    memmove(sorted + to + 1, sorted + to, (count - to) * sizeof(double));
    sorted[to] = value;
}

static inline double rolling_between(const double *sorted, uint64_t n, double q, int kind)
{
    const double place = q * (double)(n - 1);
    const uint64_t low = (uint64_t)place, high = low + 1 < n ? low + 1 : low;
    const double part = place - (double)low;
    if (part == 0 || kind == QUANTILE_LOWER) return sorted[low];
    if (kind == QUANTILE_HIGHER) return sorted[high];
    if (kind == QUANTILE_MIDPOINT) return (sorted[low] + sorted[high]) / 2;
    return sorted[low] + (sorted[high] - sorted[low]) * part;
}

/* Each lane keeps its window sorted. Adding 0 makes one number of 0 and -0. */
INDICATOR_RUN(rolling_quantile)
{
    const uint64_t n = (uint64_t)param[0];
    const int kind = (int)param[2];
    for (int lane = 0; lane < TD_LANES; ++lane) {
        double *const sorted = (double *)state + (uint64_t)lane * n;
        for (uint64_t t = first; t < end; ++t) {
            const double value = in[0][t][lane] + 0.0;
            if (t < n) rolling_insert(sorted, t, value);
            else rolling_replace(sorted, n, in[0][t - n][lane] + 0.0, value);
            out[0][t][lane] = t + 1 < n ? NAN : rolling_between(sorted, n, param[1], kind);
        }
    }
}

/* ---- Means and deviations -------------------------------------------------------------------- */

INDICATOR_RUN(rolling_zscore)
{
    const uint64_t n = (uint64_t)param[0];
    const vec inverse = vec_set(1 / param[0]), freed = vec_set(1 / (param[0] - param[1]));
    window_pair w = window_pair_open(state, n);
    for (uint64_t t = first; t < end; ++t) {
        vec squares;
        const vec value = in[0][t], sum = window_squares_next(&w, value, &squares);
        const vec variance = vec_max((squares - sum * (sum * inverse)) * freed, vec_set(0));
        out[0][t] = ((value - vec_of(w.anchor)) - sum * inverse) / vec_sqrt(variance);
    }
    window_pair_close(&w, state);
    vec_blank(out[0], first, end, n - 1);
}

/* The values themselves, or their simple returns. */
VEC_INLINE vec rolling_value(const vec *x, uint64_t t, int of)
{
    return of == ROLLING_RETURNS ? x[t] / x[t - 1] - vec_set(1) : x[t];
}

/* NaN for an infinity: a return after a price of 0 says nothing. */
VEC_INLINE vec rolling_finite(vec a) { return vec_select(a - a == vec_set(0), a, vec_nan()); }

INDICATOR_RUN(rolling_correlation)
{
    const uint64_t n = (uint64_t)param[0];
    const int of = (int)param[1];
    const uint64_t skipped = of == ROLLING_RETURNS ? 1 : 0;
    const vec inverse = vec_set(1 / param[0]);
    window_joint w = window_joint_open(state, n);
    for (uint64_t t = first > skipped ? first : skipped; t < end; ++t) {
        const joint_sums s =
            window_joint_next(&w, rolling_value(in[0], t, of), rolling_value(in[1], t, of));
        const vec xx = s.xx - s.x * (s.x * inverse), yy = s.yy - s.y * (s.y * inverse);
        const vec ratio =
            rolling_finite((s.xy - s.x * (s.y * inverse)) / (vec_sqrt(xx) * vec_sqrt(yy)));
        out[0][t] = vec_max(vec_set(-1), vec_min(vec_set(1), ratio));     /* NaN stays */
    }
    window_joint_close(&w, state);
    vec_blank(out[0], first, end, n - 1 + skipped);
}

INDICATOR_RUN(rolling_beta)
{
    const uint64_t n = (uint64_t)param[0];
    const int of = (int)param[1];
    const uint64_t skipped = of == ROLLING_RETURNS ? 1 : 0;
    const vec inverse = vec_set(1 / param[0]);
    window_joint w = window_joint_open(state, n);
    for (uint64_t t = first > skipped ? first : skipped; t < end; ++t) {
        const joint_sums s =
            window_joint_next(&w, rolling_value(in[0], t, of), rolling_value(in[1], t, of));
        const vec yy = s.yy - s.y * (s.y * inverse);
        out[0][t] = rolling_finite((s.xy - s.x * (s.y * inverse)) / yy);
    }
    window_joint_close(&w, state);
    vec_blank(out[0], first, end, n - 1 + skipped);
}

#endif
