/* family_overlap.h - moving averages and bands: the steps. Tables and formulas: overlap.c. */
#ifndef TANDEM_MODULES_MARKET_FAMILY_OVERLAP_H
#define TANDEM_MODULES_MARKET_FAMILY_OVERLAP_H
#include "lone.h"
#include "overlap_state.h"

/* ---- Averages, from x to y ------------------------------------------------------------------- */

static void sma_steps(uint64_t n, void *state, const vec *x, vec *y, uint64_t first, uint64_t end)
{
    const vec inverse = vec_set(1.0 / (double)n);
    window_sum w = window_sum_open(state, n);
    for (uint64_t t = first; t < end; ++t) y[t] = window_mean_next(&w, x[t], inverse);
    window_sum_close(&w, state);
    vec_blank(y, first, end, n - 1);
}

static void wma_steps(uint64_t n, void *state, const vec *x, vec *y, uint64_t first, uint64_t end)
{
    const vec inverse = vec_set(2.0 / ((double)n * ((double)n + 1)));
    window_pair w = window_pair_open(state, n);
    for (uint64_t t = first; t < end; ++t) {
        vec places;
        window_places_next(&w, x[t], &places);
        y[t] = vec_of(w.anchor) + places * inverse;
    }
    window_pair_close(&w, state);
    vec_blank(y, first, end, n - 1);
}

static void trima_steps(uint64_t n, void *state, const vec *x, vec *y, uint64_t first, uint64_t end)
{
    const uint64_t a = trima_inner(n), b = trima_outer(n);
    const vec inverse_a = vec_set(1.0 / (double)a), inverse_b = vec_set(1.0 / (double)b);
    void *const behind = (vec *)state + window_sum_bytes(a) / sizeof(vec);
    window_sum inner = window_sum_open(state, a), outer = window_sum_open(behind, b);
    for (uint64_t t = first; t < end; ++t) {
        const vec mean = window_mean_next(&inner, x[t], inverse_a);
        if (t + 1 >= a) y[t] = window_mean_next(&outer, mean, inverse_b);
    }
    window_sum_close(&inner, state);
    window_sum_close(&outer, behind);
    vec_blank(y, first, end, n - 1);
}

static void ema_steps(uint64_t n, void *state, const vec *x, vec *y, uint64_t first, uint64_t end)
{
    const vec k = vec_set(2.0 / ((double)n + 1));
    vec mean = *(vec *)state;
    for (uint64_t t = first; t < end; ++t) y[t] = average_ema_by(&mean, x[t], t, n, k);
    *(vec *)state = mean;
    vec_blank(y, first, end, n - 1);
}

/* What average.h knows, value by value. */
#define OVERLAP_STEPS(name, bars)                                                          \
    static void name##_steps(uint64_t n, void *state, const vec *x, vec *y, uint64_t first, \
                             uint64_t end)                                                 \
    {                                                                                      \
        for (uint64_t t = first; t < end; ++t) y[t] = average_##name(state, x[t], t, n);   \
        vec_blank(y, first, end, bars);                                                    \
    }
OVERLAP_STEPS(dema, 2 * (n - 1))
OVERLAP_STEPS(tema, 3 * (n - 1))
OVERLAP_STEPS(kama, n)

/* Six exponential averages, one of the other. */
static void t3_steps(uint64_t n, double factor, void *state, const vec *x, vec *y, uint64_t first,
                     uint64_t end)
{
    const double square = factor * factor;
    const vec c1 = vec_set(-square * factor), c2 = vec_set(3 * (square + square * factor));
    const vec c3 = vec_set(-6 * square - 3 * (factor + square * factor));
    const vec c4 = vec_set(1 + 3 * factor + square * factor + 3 * square);
    vec *const mean = state;
    for (uint64_t t = first; t < end; ++t) {
        average_stages(mean, 6, x[t], t, n);
        y[t] = c1 * mean[5] + c2 * mean[4] + c3 * mean[3] + c4 * mean[2];
    }
    vec_blank(y, first, end, 6 * (n - 1));
}

/* The phase's turn sets how much of the price is taken in, from slow to fast. */
VEC_INLINE void mama_next(mama_state *s, const vec *x, uint64_t t, vec fast, vec slow)
{
    const vec one = vec_set(1), half = vec_set(0.5);
    if (!hilbert_next(&s->h, x, t, HILBERT_EARLY)) return;
    const vec i = s->h.in_phase;
    const vec degrees = VEC_MAP(atan, s->h.quadrature / i) * vec_set(45.0 / atan(1.0));
    const vec phase = vec_select(i != vec_set(0), degrees, vec_set(0));
    const vec turn = vec_max(s->phase - phase, one);
    const vec k = vec_select(turn > one, vec_max(fast / turn, slow), fast);
    s->phase = phase;
    s->mama = k * x[t] + (one - k) * s->mama;
    s->fama = half * k * s->mama + (one - half * k) * s->fama;
}

static void mama_steps(const double *limit, mama_state *s, const vec *x, vec *mama, vec *fama,
                       uint64_t first, uint64_t end)
{
    for (uint64_t t = first; t < end; ++t) {
        mama_next(s, x, t, vec_set(limit[0]), vec_set(limit[1]));
        const vec_mask known = vec_set(0) == vec_set(t < HILBERT_EARLY_BARS);
        mama[t] = vec_select(known, s->mama, vec_nan());
        if (fama) fama[t] = vec_select(known, s->fama, vec_nan());
    }
}

/* Any of them, by its number. One bar is the value itself. */
static void ma_steps(average_type type, uint64_t n, void *state, const vec *x, vec *y,
                     uint64_t first, uint64_t end)
{
    static const double limit[] = {0.5, 0.05};
    if (n <= 1) {
        for (uint64_t t = first; t < end; ++t) y[t] = x[t];
        return;
    }
    switch (type) {
    case AVERAGE_SMA: sma_steps(n, state, x, y, first, end); return;
    case AVERAGE_EMA: ema_steps(n, state, x, y, first, end); return;
    case AVERAGE_WMA: wma_steps(n, state, x, y, first, end); return;
    case AVERAGE_DEMA: dema_steps(n, state, x, y, first, end); return;
    case AVERAGE_TEMA: tema_steps(n, state, x, y, first, end); return;
    case AVERAGE_TRIMA: trima_steps(n, state, x, y, first, end); return;
    case AVERAGE_KAMA: kama_steps(n, state, x, y, first, end); return;
    case AVERAGE_MAMA: mama_steps(limit, state, x, y, NULL, first, end); return;
    case AVERAGE_T3: t3_steps(n, 0.7, state, x, y, first, end); return;
    }
}

INDICATOR_RUN(sma) { sma_steps((uint64_t)param[0], state, in[0], out[0], first, end); }

/* Two vectors of pieces. slot: zeroed, so that the block before the first one is there; what it
 * gives is not of use, and of the last bar, which is, it is 0. */
static bool sma_lone_pair(uint64_t n, lone *slot, const double *const *in, double *const *out,
                          uint64_t count, const uint64_t *drop)
{
    const double inverse = 1.0 / (double)n;
    const lone zero = {0};
    lone_sum a = {zero, zero, slot}, b = {zero, zero, slot + 1};
    lone bad = zero;
    uint64_t k = n;
    for (uint64_t t = 0; t < count; t += LONE_LANES) {
        lone x[LONE_LANES], y[LONE_LANES];
        lone_load(in, t, count, x);
        lone_load(in + LONE_LANES, t, count, y);
        VEC_UNROLL
        for (int i = 0; i < LONE_LANES; ++i) {
            const lone p = x[i], q = y[i];
            bad += (p - p) + (q - q);
            if (k == n) {
                lone_sum_turn(&a, &b, n, p, q);
                k = 0;
            }
            x[i] = lone_mean_next(&a, k, p, inverse);
            y[i] = lone_mean_next(&b, k, q, inverse);
            k += 1;
        }
        lone_store(x, t, count, n, drop, out);
        lone_store(y, t, count, n, drop + LONE_LANES, out + LONE_LANES);
    }
    return !LONE_ANY_NAN(bad);
}

/* Pieces of one long series, from memory to memory. */
INDICATOR_LONE(sma)
{
    const uint64_t n = (uint64_t)param[0];
    bool good = true;
    for (int l = 0; l < TD_LANES && good; l += LONE_PAIR) {
        memset(state, 0, 2 * (size_t)n * sizeof(lone));
        good = sma_lone_pair(n, state, in + l, out + l, count, drop + l);
    }
    return good;
}

INDICATOR_RUN(wma) { wma_steps((uint64_t)param[0], state, in[0], out[0], first, end); }
INDICATOR_RUN(dema) { dema_steps((uint64_t)param[0], state, in[0], out[0], first, end); }
INDICATOR_RUN(tema) { tema_steps((uint64_t)param[0], state, in[0], out[0], first, end); }
INDICATOR_RUN(trima) { trima_steps((uint64_t)param[0], state, in[0], out[0], first, end); }
INDICATOR_RUN(kama) { kama_steps((uint64_t)param[0], state, in[0], out[0], first, end); }
INDICATOR_RUN(t3) { t3_steps((uint64_t)param[0], param[1], state, in[0], out[0], first, end); }
INDICATOR_RUN(mama) { mama_steps(param, state, in[0], out[0], out[1], first, end); }
INDICATOR_RUN(ma)
{
    ma_steps((average_type)(int)param[1], (uint64_t)param[0], state, in[0], out[0], first, end);
}

INDICATOR_RUN(ema)
{
    const vec k = vec_set(2.0 / (param[0] + 1));
    vec *const mean = state;
    if (param[1] == 0) {
        ema_steps((uint64_t)param[0], state, in[0], out[0], first, end);
        return;
    }
    if (first == 0 && end > 0) *mean = in[0][0];
    for (uint64_t t = first; t < end; ++t) {
        *mean = (in[0][t] - *mean) * k + *mean;
        out[0][t] = *mean;
    }
}

/* ---- An average whose length changes --------------------------------------------------------- */

/* The last n values of one lane with weights: equal, rising, or rising and falling. */
VEC_INLINE double mavp_direct(average_type type, const vec *x, uint64_t t, int lane, uint64_t n)
{
    double sum = 0, weights = 0;
    for (uint64_t k = 0; k < n; ++k) {
        const uint64_t from_end = k < n - 1 - k ? k + 1 : n - k;
        const double w = type == AVERAGE_SMA ? 1 : (double)(type == AVERAGE_WMA ? n - k : from_end);
        sum += w * x[t - k][lane];
        weights += w;
    }
    return sum / weights;
}

INDICATOR_RUN(mavp)
{
    const uint64_t least = (uint64_t)param[0], most = (uint64_t)param[1];
    const average_type type = (average_type)(int)param[2];
    const uint64_t begin = average_bars(type, most);
    const size_t each = average_bytes(type, most) / sizeof(vec);
    for (uint64_t t = first; t < end; ++t) {
        const vec bounded = vec_min(vec_max(in[1][t], vec_set(param[0])), vec_set(param[1]));
        vec result = vec_nan();
        for (int l = 0; mavp_is_direct(type) && t >= begin && l < TD_LANES; ++l)
            result[l] = mavp_direct(type, in[0], t, l, (uint64_t)bounded[l]);
        for (uint64_t n = least; !mavp_is_direct(type) && n <= most; ++n) {
            const uint64_t start = begin - average_bars(type, n);
            vec *const own = (vec *)state + (n - least) * each;
            if (t < start) continue;
            const vec value = average_next(type, n, own, in[0][t], t - start);
            const vec_mask mine = (bounded >= vec_set((double)n)) &
                                  (bounded < vec_set((double)n + 1));
            if (t >= begin) result = vec_select(mine, value, result);
        }
        out[0][t] = result;
    }
}

/* ---- Bands ----------------------------------------------------------------------------------- */

INDICATOR_RUN(bbands)
{
    const uint64_t n = (uint64_t)param[0];
    const average_type type = (average_type)(int)param[3];
    const vec inverse = vec_set(1.0 / param[0]), freed = vec_set(1.0 / (param[0] - param[4]));
    const vec up = vec_set(param[1]), down = vec_set(param[2]), zero = vec_set(0);
    window_pair w = window_pair_open(state, n);
    void *const average = (vec *)state + window_pair_bytes(n) / sizeof(vec);
    if (type != AVERAGE_SMA) ma_steps(type, n, average, in[0], out[1], first, end);
    for (uint64_t t = first; t < end; ++t) {
        vec squares;
        const vec sum = window_squares_next(&w, in[0][t], &squares);
        const vec mean = sum * inverse;
        const vec variance = (squares - sum * mean) * freed;
        const vec_mask none = vec_less(variance, vec_set(1e-14));
        const vec deviation = vec_select(none, zero, vec_sqrt(variance));
        const vec middle = type == AVERAGE_SMA ? vec_of(w.anchor) + mean : out[1][t];
        out[0][t] = middle + up * deviation;
        out[1][t] = middle;
        out[2][t] = middle - down * deviation;
    }
    window_pair_close(&w, state);
    const uint64_t bars = type == AVERAGE_SMA ? n - 1 : average_bars(type, n);
    for (int j = 0; j < 3; ++j) vec_blank(out[j], first, end, bars < n - 1 ? n - 1 : bars);
}

INDICATOR_RUN(accbands)
{
    const uint64_t n = (uint64_t)param[0];
    const size_t each = window_sum_bytes(n) / sizeof(vec);
    const vec inverse = vec_set(1.0 / param[0]), four = vec_set(4);
    vec *const memory = state;
    window_sum upper = window_sum_open(memory, n), middle = window_sum_open(memory + each, n);
    window_sum lower = window_sum_open(memory + 2 * each, n);
    for (uint64_t t = first; t < end; ++t) {
        const vec high = in[0][t], low = in[1][t], sum = high + low;
        const vec ratio = four * (high - low) / sum;
        const vec_mask none = vec_abs(sum) < vec_set(1e-14);
        const vec above = vec_select(none, high, high * (vec_set(1) + ratio));
        const vec below = vec_select(none, low, low * (vec_set(1) - ratio));
        out[0][t] = window_mean_next(&upper, above, inverse);
        out[1][t] = window_mean_next(&middle, in[2][t], inverse);
        out[2][t] = window_mean_next(&lower, below, inverse);
    }
    window_sum_close(&upper, memory);
    window_sum_close(&middle, memory + each);
    window_sum_close(&lower, memory + 2 * each);
    for (int j = 0; j < 3; ++j) vec_blank(out[j], first, end, n - 1);
}

/* The middle between the largest of a and the smallest of b. */
VEC_INLINE void middle_steps(uint64_t n, vec *memory, const vec *a, const vec *b, vec *y,
                             uint64_t first, uint64_t end)
{
    const size_t each = window_extreme_bytes(n) / sizeof(vec);
    window_extreme high = window_extreme_open(memory, n);
    window_extreme low = window_extreme_open(memory + each, n);
    for (uint64_t t = first; t < end; ++t) {
        const vec most = window_max_next(&high, a[t]), least = window_min_next(&low, b[t]);
        y[t] = (most + least) * vec_set(0.5);
    }
    window_extreme_close(&high, memory);
    window_extreme_close(&low, memory + each);
    vec_blank(y, first, end, n - 1);
}

INDICATOR_RUN(midpoint)
{
    middle_steps((uint64_t)param[0], state, in[0], in[0], out[0], first, end);
}

INDICATOR_RUN(midprice)
{
    middle_steps((uint64_t)param[0], state, in[0], in[1], out[0], first, end);
}

/* ---- Stop and reverse ------------------------------------------------------------------------ */

/* Steps and offsets of the two sides. */
typedef struct sar_rule {
    vec begin_up, step_up, most_up, begin_down, step_down, most_down, offset;
} sar_rule;

/* At bar 1: the side on which the first two bars moved further, down only if it is more than up. */
VEC_INLINE void sar_begin(sar_state *s, const sar_rule *rule, const vec *const *in, vec start)
{
    const vec zero = vec_set(0);
    const vec up = in[0][1] - in[0][0], down = in[1][0] - in[1][1];
    const vec_mask falls = (down > zero) & (down > up);
    s->rising = (start > zero) | ((start == zero) & ~falls);
    s->extreme = vec_select(s->rising, in[0][1], in[1][1]);
    s->sar = vec_select(s->rising, in[1][0], in[0][0]);
    s->sar = vec_select(start != zero, vec_abs(start), s->sar);
    s->step = vec_select(s->rising, rule->begin_up, rule->begin_down);
    s->high = in[0][1];
    s->low = in[1][1];
}

/* Gives the stop of the bar and sets that of the next. */
VEC_INLINE vec sar_next(sar_state *s, const sar_rule *rule, vec high, vec low)
{
    const vec top = vec_max(s->high, high), bottom = vec_min(s->low, low);
    const vec_mask was = s->rising;
    const vec_mask turned = (was & (low <= s->sar)) | (~was & (high >= s->sar));
    const vec from = vec_select(was, vec_max(s->extreme, top), vec_min(s->extreme, bottom));
    const vec shifted = vec_select(was, from + from * rule->offset, from - from * rule->offset);
    const vec shown = vec_select(turned, shifted, s->sar);
    s->rising = was ^ turned;
    const vec further = vec_select(was, vec_max(high, s->extreme), vec_min(low, s->extreme));
    const vec_mask moved = further != s->extreme;
    const vec faster = vec_min(s->step + vec_select(was, rule->step_up, rule->step_down),
                               vec_select(was, rule->most_up, rule->most_down));
    const vec again = vec_select(s->rising, rule->begin_up, rule->begin_down);
    s->step = vec_select(turned, again, vec_select(moved, faster, s->step));
    s->extreme = vec_select(turned, vec_select(s->rising, high, low), further);
    const vec next = shown + s->step * (s->extreme - shown);
    s->sar = vec_select(s->rising, vec_min(next, bottom), vec_max(next, top));
    s->high = high;
    s->low = low;
    return shown;
}

INDICATOR_RUN(sar)
{
    const vec most = vec_set(param[1]), step = vec_min(vec_set(param[0]), most);
    const sar_rule rule = {step, step, most, step, step, most, vec_set(0)};
    sar_state *const s = state;
    for (uint64_t t = vec_blank(out[0], first, end, 1); t < end; ++t) {
        if (t == 1) sar_begin(s, &rule, in, vec_set(0));
        out[0][t] = sar_next(s, &rule, in[0][t], in[1][t]);
    }
}

INDICATOR_RUN(sarext)
{
    const vec up = vec_set(param[4]), down = vec_set(param[7]);
    const sar_rule rule = {vec_min(vec_set(param[2]), up),   vec_min(vec_set(param[3]), up), up,
                           vec_min(vec_set(param[5]), down), vec_min(vec_set(param[6]), down), down,
                           vec_set(param[1])};
    sar_state *const s = state;
    for (uint64_t t = vec_blank(out[0], first, end, 1); t < end; ++t) {
        if (t == 1) sar_begin(s, &rule, in, vec_set(param[0]));
        const vec shown = sar_next(s, &rule, in[0][t], in[1][t]);
        out[0][t] = vec_select(s->rising, shown, -shown);
    }
}

#endif
