/* family_math.h - functions and operators of series: the steps. Tables: math.c. */
#ifndef TANDEM_MODULES_MARKET_FAMILY_MATH_H
#define TANDEM_MODULES_MARKET_FAMILY_MATH_H
#include "math_state.h"

/* ---- Operators and functions, bar by bar ----------------------------------------------------- */

#define MATH_RUN(name, expression)                                                         \
    INDICATOR_RUN(name)                                                                    \
    {                                                                                      \
        for (uint64_t t = first; t < end; ++t) {                                           \
            const vec x = in[0][t];                                                        \
            out[0][t] = expression;                                                        \
        }                                                                                  \
    }

MATH_RUN(add, x + in[1][t])
MATH_RUN(sub, x - in[1][t])
MATH_RUN(mult, x * in[1][t])
MATH_RUN(div, x / in[1][t])
MATH_RUN(acos, VEC_MAP(acos, x))
MATH_RUN(asin, VEC_MAP(asin, x))
MATH_RUN(atan, VEC_MAP(atan, x))
MATH_RUN(ceil, VEC_MAP(ceil, x))
MATH_RUN(cos, VEC_MAP(cos, x))
MATH_RUN(cosh, VEC_MAP(cosh, x))
MATH_RUN(exp, VEC_MAP(exp, x))
MATH_RUN(floor, VEC_MAP(floor, x))
MATH_RUN(ln, VEC_MAP(log, x))
MATH_RUN(log10, VEC_MAP(log10, x))
MATH_RUN(sin, VEC_MAP(sin, x))
MATH_RUN(sinh, VEC_MAP(sinh, x))
MATH_RUN(sqrt, vec_sqrt(x))
MATH_RUN(tan, VEC_MAP(tan, x))
MATH_RUN(tanh, VEC_MAP(tanh, x))

/* ---- Over a window --------------------------------------------------------------------------- */

INDICATOR_RUN(sum)
{
    const uint64_t n = (uint64_t)param[0];
    const vec count = vec_set(param[0]);
    window_sum w = window_sum_open(state, n);
    for (uint64_t t = first; t < end; ++t) {
        const vec sum = window_sum_next(&w, in[0][t]);
        out[0][t] = vec_of(w.anchor) * count + sum;
    }
    window_sum_close(&w, state);
    vec_blank(out[0], first, end, n - 1);
}

#define MATH_EXTREME(name, next)                                                           \
    INDICATOR_RUN(name)                                                                    \
    {                                                                                      \
        const uint64_t n = (uint64_t)param[0];                                             \
        window_extreme w = window_extreme_open(state, n);                                  \
        for (uint64_t t = first; t < end; ++t) out[0][t] = next(&w, in[0][t]);             \
        window_extreme_close(&w, state);                                                   \
        vec_blank(out[0], first, end, n - 1);                                              \
    }
MATH_EXTREME(max, window_max_next)
MATH_EXTREME(min, window_min_next)

INDICATOR_RUN(minmax)
{
    const uint64_t n = (uint64_t)param[0];
    void *const behind = (vec *)state + window_extreme_bytes(n) / sizeof(vec);
    window_extreme low = window_extreme_open(state, n), high = window_extreme_open(behind, n);
    for (uint64_t t = first; t < end; ++t) {
        const vec x = in[0][t];
        out[0][t] = window_min_next(&low, x);
        out[1][t] = window_max_next(&high, x);
    }
    window_extreme_close(&low, state);
    window_extreme_close(&high, behind);
    for (int j = 0; j < 2; ++j) vec_blank(out[j], first, end, n - 1);
}

/* The bars of the largest (sign 1) or smallest (sign -1) value. */
VEC_INLINE void bar_steps(uint64_t n, void *state, double sign, const vec *x, vec *y,
                          uint64_t first, uint64_t end)
{
    extreme_bar w = extreme_bar_open(state, n);
    for (uint64_t t = first; t < end; ++t) {
        extreme_bar_next(&w, x[t] * vec_set(sign), t);
        y[t] = t + 1 < n ? vec_set(0) : w.told_bar;
    }
    extreme_bar_close(&w, state);
}

INDICATOR_RUN(maxindex) { bar_steps((uint64_t)param[0], state, 1, in[0], out[0], first, end); }
INDICATOR_RUN(minindex) { bar_steps((uint64_t)param[0], state, -1, in[0], out[0], first, end); }
INDICATOR_RUN(minmaxindex)
{
    const uint64_t n = (uint64_t)param[0];
    void *const behind = (vec *)state + extreme_bar_bytes(n) / sizeof(vec);
    bar_steps(n, state, -1, in[0], out[0], first, end);
    bar_steps(n, behind, 1, in[0], out[1], first, end);
}

#endif
