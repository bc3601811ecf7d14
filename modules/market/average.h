/* average.h - moving averages of a series that other steps make, value by value: for oscillators
 * that are differences of averages, or averages of something else.
 *
 * Differences of averages cancel, so here every sum is taken in the order in which TA-Lib takes it:
 * the differences then are the same too, and so is what rounding adds up to in its running sums
 * (of wma and trima about 1e-10 of the price in a thousand bars). sma, wma .. of the overlap family
 * keep no running sum.
 *
 *     value = average_next(type, n, state, x, age);      age: values taken before, from 0
 *
 * The value is of use from age average_bars(type, n) on. type: of indicator_matypes. One bar of any
 * type is the value itself. KAMA has Kaufman's 2 and 30 bars, MAMA Ehlers' limits 0.5 and 0.05 and
 * no period, T3 Tillson's volume factor 0.7. */
#ifndef TANDEM_MODULES_MARKET_AVERAGE_H
#define TANDEM_MODULES_MARKET_AVERAGE_H
#include "hilbert.h"

typedef enum average_type {
    AVERAGE_SMA = 0, AVERAGE_EMA = 1, AVERAGE_WMA = 2, AVERAGE_DEMA = 3, AVERAGE_TEMA = 4,
    AVERAGE_TRIMA = 5, AVERAGE_KAMA = 6, AVERAGE_MAMA = 7, AVERAGE_T3 = 8
} average_type;

/* Values that it takes before the first of use. */
static inline uint64_t average_bars(average_type type, uint64_t n)
{
    if (n <= 1) return 0;
    switch (type) {
    case AVERAGE_SMA:
    case AVERAGE_EMA:
    case AVERAGE_WMA:
    case AVERAGE_TRIMA: return n - 1;
    case AVERAGE_DEMA: return 2 * (n - 1);
    case AVERAGE_TEMA: return 3 * (n - 1);
    case AVERAGE_KAMA: return n;
    case AVERAGE_MAMA: return HILBERT_EARLY_BARS;
    case AVERAGE_T3: return 6 * (n - 1);
    }
    return 0;
}

/* Behind some sums lie the last n + 1 values of those that need them. */
#define AVERAGE_SUMS 8

typedef struct average_mesa {
    hilbert      h;
    hilbert_line past;
    vec          phase, mean;
} average_mesa;

/* Bytes of state, a multiple of 64. */
static inline size_t average_bytes(average_type type, uint64_t n)
{
    if (type == AVERAGE_MAMA) return sizeof(average_mesa);
    return (AVERAGE_SUMS + (size_t)n + 1) * sizeof(vec);
}

/* An average as parameters name it. */
typedef struct average_choice {
    average_type type;
    uint64_t     n, bars;
} average_choice;

static inline average_choice average_choose(double type, double n)
{
    average_choice c = {(average_type)type, (uint64_t)n, 0};
    c.bars = average_bars(c.type, c.n);
    return c;
}

static inline size_t average_choice_bytes(const average_choice *c)
{
    return average_bytes(c->type, c->n);
}

/* The faster of two and the slower. */
typedef struct average_pair {
    average_choice fast, slow;
} average_pair;

static inline average_pair average_pair_of(average_choice a, average_choice b)
{
    const average_pair pair = {a, b}, turned = {b, a};
    return a.n > b.n ? turned : pair;
}

/* ---- Exponential averages ------------------------------------------------------------------ */

/* The mean of the first n values, then moves on by k of the distance. */
VEC_INLINE vec average_ema_by(vec *mean, vec value, uint64_t age, uint64_t n, vec k)
{
    if (age >= n) *mean = (value - *mean) * k + *mean;
    else *mean += value;
    if (age == n - 1) *mean /= vec_set((double)n);
    return *mean;
}

VEC_INLINE vec average_ema(vec *mean, vec value, uint64_t age, uint64_t n)
{
    return average_ema_by(mean, value, age, n, vec_set(2.0 / ((double)n + 1)));
}

/* Stages that each take the one before, from its first value of use on. */
VEC_INLINE void average_stages(vec *mean, int count, vec value, uint64_t age, uint64_t n)
{
    for (int i = 0; i < count && age >= (uint64_t)i * (n - 1); ++i)
        value = average_ema(&mean[i], value, age - (uint64_t)i * (n - 1), n);
}

VEC_INLINE vec average_dema(vec *mean, vec value, uint64_t age, uint64_t n)
{
    average_stages(mean, 2, value, age, n);
    return vec_set(2) * mean[0] - mean[1];
}

VEC_INLINE vec average_tema(vec *mean, vec value, uint64_t age, uint64_t n)
{
    average_stages(mean, 3, value, age, n);
    return mean[2] + (vec_set(3) * mean[0] - vec_set(3) * mean[1]);
}

/* Tillson, Stocks & Commodities 16:1 (1998): three times 1.7 ema - 0.7 ema(ema), multiplied out. */
VEC_INLINE vec average_t3(vec *mean, vec value, uint64_t age, uint64_t n)
{
    const double factor = 0.7, square = factor * factor;
    const double c1 = -(square * factor), c2 = 3 * (square - c1);
    const double c3 = -6 * square - 3 * (factor - c1), c4 = 1 + 3 * factor - c1 + 3 * square;
    const double k = 2.0 / ((double)n + 1);
    for (int i = 0; i < 6 && age >= (uint64_t)i * (n - 1); ++i) {
        const uint64_t own = age - (uint64_t)i * (n - 1);
        if (own >= n) mean[i] = vec_set(k) * value + vec_set(1 - k) * mean[i];
        else mean[i] += value;
        if (own == n - 1) mean[i] /= vec_set((double)n);
        value = mean[i];
    }
    return vec_set(c1) * mean[5] + vec_set(c2) * mean[4] + vec_set(c3) * mean[3] +
           vec_set(c4) * mean[2];
}

/* ---- Averages over a window ---------------------------------------------------------------- */

VEC_INLINE vec average_sma(vec *sum, vec value, uint64_t age, uint64_t n)
{
    vec *const past = sum + AVERAGE_SUMS;
    past[age % n] = value;
    *sum += value;
    if (age < n - 1) return *sum;
    const vec mean = *sum / vec_set((double)n);
    *sum -= past[(age + 1) % n];
    return mean;
}

/* sum[0]: plain, sum[1]: with the weights 1 .. n. */
VEC_INLINE vec average_wma(vec *sum, vec value, uint64_t age, uint64_t n)
{
    vec *const past = sum + AVERAGE_SUMS;
    sum[0] += value;
    if (age < n - 1) sum[1] += value * vec_set((double)(age + 1));
    else {
        if (age >= n) sum[0] -= past[age % n];
        sum[1] += value * vec_set((double)n);
    }
    past[age % n] = value;
    if (age < n - 1) return sum[1];
    const vec mean = sum[1] / vec_set((double)n * ((double)n + 1) / 2);
    sum[1] -= sum[0];
    return mean;
}

/* The first n values at once, from the middle outwards. sum: falling, rising, weighted. */
VEC_INLINE void average_trima_begin(vec *sum, const vec *past, uint64_t n)
{
    const uint64_t middle = (n - 1) / 2;
    for (uint64_t k = middle + 1; k-- > 0;) {
        sum[0] += past[k];
        sum[2] += sum[0];
    }
    for (uint64_t k = middle + 1; k < n; ++k) {
        sum[1] += past[k];
        sum[2] += sum[1];
    }
}

/* Weights that rise to the middle of the window and fall again. */
VEC_INLINE vec average_trima(vec *sum, vec value, uint64_t age, uint64_t n)
{
    vec *const past = sum + AVERAGE_SUMS;
    const double half = (double)(n / 2);
    const vec factor = vec_set(1 / (n % 2 ? (half + 1) * (half + 1) : half * (half + 1)));
    const uint64_t places = n + 1;
    past[age % places] = value;
    if (age < n - 1) return value;
    if (age == n - 1) average_trima_begin(sum, past, n);
    else {
        const vec oldest = past[(age - n) % places];
        const vec middle = past[(age - n + (n - 1) / 2 + 1) % places];
        sum[2] -= sum[0];
        sum[0] -= oldest;
        sum[0] += middle;
        if (n % 2) sum[2] += sum[1];
        sum[1] -= middle;
        if (n % 2 == 0) sum[2] += sum[1];
        sum[1] += value;
        sum[2] += value;
    }
    return sum[2] * factor;
}

/* ---- Adaptive averages --------------------------------------------------------------------- */

/* Kaufman, Trading Systems and Methods (3rd ed. 1998), p. 436. sum[0]: of the n changes' sizes,
 * sum[1]: the average. Rising as straight as can be is told apart from falling: TA-Lib compares
 * with the change, not with its size. */
VEC_INLINE vec average_kama(vec *sum, vec value, uint64_t age, uint64_t n)
{
    vec *const past = sum + AVERAGE_SUMS;
    const vec slow = vec_set(2.0 / 31), span = vec_set(2.0 / 3 - 2.0 / 31);
    const uint64_t places = n + 1;
    const vec before = age ? past[(age - 1) % places] : value;
    if (age > n) sum[0] -= vec_abs(sum[2] - past[(age - n) % places]);
    sum[0] += vec_abs(value - before);
    past[age % places] = value;
    if (age < n) {
        sum[1] = value;
        return value;
    }
    sum[2] = past[(age - n) % places];
    const vec change = value - sum[2];
    const vec_mask still = vec_less(vec_abs(sum[0]), vec_set(1e-14));
    const vec_mask straight = vec_at_least(change, sum[0]) | still;
    vec k = vec_select(straight, vec_set(1), vec_abs(change / sum[0])) * span + slow;
    k *= k;
    sum[1] += (value - sum[1]) * k;
    return sum[1];
}

/* Ehlers, MESA and Trading Market Cycles (2nd ed. 2002), chapter 12. */
VEC_INLINE vec average_mama(average_mesa *m, vec value, uint64_t age)
{
    const vec zero = vec_set(0), one = vec_set(1), fast = vec_set(0.5), slow = vec_set(0.05);
    const vec old = m->past.at[(age - 4) & 7];
    m->past.at[age & 7] = value;
    if (!hilbert_next_value(&m->h, value, old, age, HILBERT_EARLY)) return value;
    const vec i = m->h.in_phase;
    const vec degrees = VEC_MAP(atan, m->h.quadrature / i) * vec_set(45.0 / atan(1.0));
    const vec phase = vec_select(vec_differ(i, zero), degrees, zero);
    const vec turn = vec_max(m->phase - phase, one);
    m->phase = phase;
    const vec k = vec_select(vec_more(turn, one), vec_max(fast / turn, slow), fast);
    m->mean = k * value + (one - k) * m->mean;
    return m->mean;
}

VEC_INLINE vec average_next(average_type type, uint64_t n, void *state, vec value, uint64_t age)
{
    if (n <= 1) return value;
    switch (type) {
    case AVERAGE_SMA: return average_sma(state, value, age, n);
    case AVERAGE_EMA: return average_ema(state, value, age, n);
    case AVERAGE_WMA: return average_wma(state, value, age, n);
    case AVERAGE_DEMA: return average_dema(state, value, age, n);
    case AVERAGE_TEMA: return average_tema(state, value, age, n);
    case AVERAGE_TRIMA: return average_trima(state, value, age, n);
    case AVERAGE_KAMA: return average_kama(state, value, age, n);
    case AVERAGE_MAMA: return average_mama(state, value, age);
    case AVERAGE_T3: return average_t3(state, value, age, n);
    }
    return value;
}

VEC_INLINE vec average_choice_next(const average_choice *c, void *state, vec value, uint64_t age)
{
    return average_next(c->type, c->n, state, value, age);
}

#endif
