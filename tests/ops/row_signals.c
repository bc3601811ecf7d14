/* row_signals.c - market_signals against a plain evaluation, step after step over all bars. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rows.h"

#define ROOTS  4
#define STEPS  64 /* room of one root */
#define SLOTS  6
#define DEPTH  5 /* of an expression */
#define SERIES 9

typedef struct signals_case {
    int32_t symbols, bars, points, step_count;
    int32_t code[ROOTS * STEPS * 4];
    int32_t roots[ROOTS * 2];
    int32_t memory;  /* crossings of the root so far */
    double *series;  /* [series][symbol / 8][bar][symbol % 8] */
    int32_t *slots;  /* [point][SLOTS + ROOTS] */
    double *numbers; /* [point][1 + SLOTS] */
    uint32_t *wanted, *got;
    double *stack; /* [depth][bar] of the reference */
    unsigned char *truths;
} signals_case;

/* ---- A random strategy ------------------------------------------------------------------------
 */

static void add_step(signals_case *s, int32_t op, int32_t slot, int32_t lag, int32_t memory)
{
    int32_t *const step = s->code + 4 * s->step_count++;
    step[0] = op;
    step[1] = slot;
    step[2] = lag;
    step[3] = memory;
}

/* Even slots are series, odd ones numbers. */
static void add_number(ops_case *c, signals_case *s, int depth)
{
    const uint64_t kind = depth == 0 ? ops_random_below(c, 3) : ops_random_below(c, 6);
    if (kind < 2) {
        const int32_t lag = ops_random_below(c, 4) ? 0 : (int32_t)ops_random_below(c, 40);
        add_step(s, 1, 2 * (int32_t)ops_random_below(c, SLOTS / 2), lag, 0);
    } else if (kind == 2) {
        add_step(s, 0, 2 * (int32_t)ops_random_below(c, SLOTS / 2) + 1, 0, 0);
    } else if (kind == 3) {
        add_number(c, s, depth - 1);
        add_step(s, 2 + (int32_t)ops_random_below(c, 2), 0, 0, 0);
    } else {
        add_number(c, s, depth - 1);
        add_number(c, s, 0);
        add_step(s, 4 + (int32_t)ops_random_below(c, 6), 0, 0, 0);
    }
}

static void add_truth(ops_case *c, signals_case *s, int depth)
{
    const uint64_t kind = depth == 0 ? ops_random_below(c, 6) : ops_random_below(c, 10);
    if (kind == 0) {
        add_step(s, 35 + (int32_t)ops_random_below(c, 2), 0, 0, 0);
    } else if (kind < 6) {
        const bool crosses = kind > 3 && s->memory < 32;
        add_number(c, s, 2);
        add_number(c, s, 1);
        if (crosses) add_step(s, 24 + (int32_t)ops_random_below(c, 2), 0, 0, s->memory++);
        else add_step(s, 16 + (int32_t)ops_random_below(c, 6), 0, 0, 0);
    } else if (kind == 6) {
        add_truth(c, s, depth - 1);
        add_step(s, 34, 0, 0, 0);
    } else {
        add_truth(c, s, depth - 1);
        add_truth(c, s, 0);
        add_step(s, 32 + (int32_t)ops_random_below(c, 2), 0, 0, 0);
    }
}

static void add_roots(ops_case *c, signals_case *s)
{
    for (int r = 0; r < ROOTS; ++r) {
        s->memory = 0;
        s->roots[2 * r] = s->step_count;
        if (ops_random_below(c, 5)) add_truth(c, s, DEPTH);
        s->roots[2 * r + 1] = s->step_count - s->roots[2 * r];
    }
}

/* Few different values, so that bars are equal and cross; some are not there. */
static void fill(ops_case *c, signals_case *s)
{
    const int64_t values = (int64_t)SERIES * s->bars * s->symbols;
    for (int64_t i = 0; i < values; ++i)
        s->series[i] = ops_random_below(c, 30) ? (double)ops_random_below(c, 7) - 2.5 : (double)NAN;
    for (int32_t p = 0; p < s->points; ++p) {
        int32_t *const slots = s->slots + p * (SLOTS + ROOTS);
        double *const numbers = s->numbers + p * (SLOTS + 1);
        numbers[0] = (double)NAN;
        for (int i = 0; i < SLOTS; ++i) {
            slots[i] = (int32_t)ops_random_below(c, SERIES);
            numbers[i + 1] = (double)ops_random_below(c, 5) - 1.5;
        }
        for (int r = 0; r < ROOTS; ++r)
            slots[SLOTS + r] = (int32_t)ops_random_below(c, 9) * (int32_t)ops_random_below(c, 9);
    }
}

/* ---- The reference: all bars of a step at once --------------------------------------------------
 */

static double plain_number(int32_t op, double a, double b)
{
    switch (op) {
    case 4: return a + b;
    case 5: return a - b;
    case 6: return a * b;
    case 7: return a / b;
    case 8: return isnan(a) || isnan(b) ? (double)NAN : a < b ? a : b;
    default: return isnan(a) || isnan(b) ? (double)NAN : a > b ? a : b;
    }
}

static bool plain_truth(int32_t op, double a, double b)
{
    if (isnan(a) || isnan(b)) return false;
    switch (op) {
    case 16: return a < b;
    case 17: return a <= b;
    case 18: return a > b;
    case 19: return a >= b;
    case 20: return a == b;
    default: return a != b;
    }
}

/* Did a come from below b to above it at this bar? Looks back to the last bar that tells. */
static bool plain_cross(const double *a, const double *b, int32_t bar)
{
    if (!(a[bar] > b[bar])) return false;
    for (int32_t t = bar; t-- > 0;) {
        if (isnan(a[t]) || isnan(b[t]) || a[t] > b[t]) return false;
        if (a[t] < b[t]) return true;
    }
    return false;
}

static double value_at(const signals_case *s, int32_t series, int32_t bar, int32_t symbol)
{
    const int64_t block = (int64_t)series * (s->symbols / 8) + symbol / 8;
    return s->series[(block * s->bars + bar) * 8 + symbol % 8];
}

/* One step over all bars; *numbers and *truths are the heights of the stacks. */
static void plain_step(const signals_case *s, const int32_t *step, int32_t point, int32_t symbol,
                       int *numbers, int *truths)
{
    const int32_t *const slots = s->slots + point * (SLOTS + ROOTS);
    const int32_t op = step[0], bars = s->bars;
    double *const a = s->stack + (int64_t)(*numbers - (op >= 4 ? 2 : op >= 2 ? 1 : 0)) * bars;
    double *const b = a + bars;
    unsigned char *const p = s->truths + (int64_t)(*truths - (op >= 34 ? 1 : 2)) * bars;
    for (int32_t t = 0; t < bars; ++t) {
        if (op == 0) a[t] = s->numbers[point * (SLOTS + 1) + 1 + step[1]];
        if (op == 1)
            a[t] = t < step[2] ? (double)NAN : value_at(s, slots[step[1]], t - step[2], symbol);
        if (op == 2) a[t] = -a[t];
        if (op == 3) a[t] = fabs(a[t]);
        if (op >= 4 && op < 16) a[t] = plain_number(op, a[t], b[t]);
        if (op >= 16 && op < 24) p[2 * bars + t] = plain_truth(op, a[t], b[t]);
        if (op == 24) p[2 * bars + t] = plain_cross(a, b, t);
        if (op == 25) p[2 * bars + t] = plain_cross(b, a, t);
        if (op == 32) p[t] = p[t] && p[bars + t];
        if (op == 33) p[t] = p[t] || p[bars + t];
        if (op == 34) p[t] = !p[t];
        if (op >= 35) p[bars + t] = op == 35;
    }
    *numbers += op < 2 ? 1 : op < 4 ? 0 : op < 16 ? -1 : op < 32 ? -2 : 0;
    *truths += op >= 16 && op < 32 ? 1 : op == 32 || op == 33 ? -1 : op >= 35 ? 1 : 0;
}

static void reference(signals_case *s)
{
    const int32_t words = (s->bars + 31) / 32;
    for (int32_t row = 0; row < s->points * ROOTS; ++row)
        for (int32_t symbol = 0; symbol < s->symbols; ++symbol) {
            const int32_t point = row / ROOTS, root = row % ROOTS;
            const int32_t warm = s->slots[point * (SLOTS + ROOTS) + SLOTS + root];
            int numbers = 0, truths = 0;
            for (int32_t i = 0; i < s->roots[2 * root + 1]; ++i)
                plain_step(s, s->code + 4 * (s->roots[2 * root] + i), point, symbol, &numbers,
                           &truths);
            for (int32_t t = 0; t < s->bars; ++t)
                if (truths == 1 && t >= warm && s->truths[t])
                    s->wanted[((int64_t)row * words + t / 32) * s->symbols + symbol] |= 1u
                                                                                        << t % 32;
        }
}

/* ---- A case ------------------------------------------------------------------------------ */

static td_status signals_host(signals_case *s, int64_t words, td_error *err)
{
    const uint64_t bars = (uint64_t)s->bars, points = (uint64_t)s->points;
    td_status status = ops_host(SERIES * bars * (uint64_t)s->symbols, 8, (void **)&s->series, err);
    if (!status) status = ops_host(points * (SLOTS + ROOTS), 4, (void **)&s->slots, err);
    if (!status) status = ops_host(points * (SLOTS + 1), 8, (void **)&s->numbers, err);
    if (!status) status = ops_host((uint64_t)words, 4, (void **)&s->wanted, err);
    if (!status) status = ops_host((uint64_t)words, 4, (void **)&s->got, err);
    if (!status) status = ops_host(STEPS * bars, 8, (void **)&s->stack, err);
    if (!status) status = ops_host(STEPS * bars, 1, (void **)&s->truths, err);
    if (!status) memset(s->wanted, 0, (size_t)words * 4);
    return status;
}

static td_status signals_launch(ops_case *c, signals_case *s, int64_t words, uint32_t groups,
                                td_error *err)
{
    const uint64_t bars = (uint64_t)s->bars, points = (uint64_t)s->points;
    ops_buffer *buffer[6] = {NULL};
    td_status status =
        ops_memory(c, s->series, SERIES * bars * (uint64_t)s->symbols * 8, &buffer[0], err);
    if (!status) status = ops_memory(c, s->code, sizeof s->code, &buffer[1], err);
    if (!status) status = ops_memory(c, s->roots, sizeof s->roots, &buffer[2], err);
    if (!status) status = ops_memory(c, s->slots, points * (SLOTS + ROOTS) * 4, &buffer[3], err);
    if (!status) status = ops_memory(c, s->numbers, points * (SLOTS + 1) * 8, &buffer[4], err);
    if (!status) status = ops_memory(c, NULL, (size_t)words * 4, &buffer[5], err);
    if (!status)
        status = ops_launch(c, err, groups, "market_signals", buffer[0], buffer[1], buffer[2],
                            buffer[3], buffer[4], buffer[5], (int)s->points, (int)s->symbols,
                            (int)s->bars, (int)SLOTS);
    return status ? status : ops_get(c, s->got, buffer[5], err);
}

static td_status signals_case_run(ops_case *c, td_error *err)
{
    signals_case s = {0};
    char text[96];
    const uint32_t groups = 1 + (uint32_t)ops_random_below(c, ops_pick(c, 3, 40, 400));
    s.symbols = 8 * (1 + (int32_t)ops_random_below(c, ops_pick(c, 3, 25, 250)));
    s.bars = 1 + (int32_t)ops_random_below(c, ops_pick(c, 70, 400, 1250));
    s.points = 1 + (int32_t)ops_random_below(c, ops_pick(c, 3, 8, 64));
    const int64_t words = (int64_t)s.points * ROOTS * ((s.bars + 31) / 32) * s.symbols;
    add_roots(c, &s);
    td_status status = signals_host(&s, words, err);
    if (status) goto out;
    fill(c, &s);
    reference(&s);
    status = signals_launch(c, &s, words, groups, err);
    if (status) goto out;
    snprintf(text, sizeof text, "%d points, %d symbols, %d bars, %d steps, %" PRIu32 " groups",
             s.points, s.symbols, s.bars, s.step_count, groups);
    ops_equal(c, text, TD_I32, s.wanted, s.got, (uint64_t)words);
out:
    free(s.series);
    free(s.slots);
    free(s.numbers);
    free(s.wanted);
    free(s.got);
    free(s.stack);
    free(s.truths);
    return status;
}

td_status row_market_signals(ops_case *c, td_error *err)
{
    td_status status = TD_OK;
    const uint64_t cases = ops_pick(c, 4, 12, 12);
    for (uint64_t i = 0; i < cases && !status; ++i) {
        status = signals_case_run(c, err);
        ops_case_end(c);
    }
    return status;
}
