/* program_eval.h - evaluates a program at one point of its grid, a bar at a time, as plainly as
 * program.h says what it means. Indicators are not the library's: sma, max, min and bbands are
 * written out here, so that the compiler is tested alone. */
#ifndef TANDEM_TESTS_PROGRAM_EVAL_H
#define TANDEM_TESTS_PROGRAM_EVAL_H
#include "modules/market/program.h"

#include "../check.h"

#ifndef EVAL_BARS
#define EVAL_BARS 60
#endif

typedef struct eval {
    const program *program;
    double price[TD_PRICES][EVAL_BARS];
    double (*series)[EVAL_BARS];
} eval;

/* A window of what may be NaN: NaN when it is not there as a whole. what: 's' sum, 'm' most,
 * 'l' least, 'v' sum of squares about the mean. */
static inline double eval_window(const double *x, int64_t t, int64_t n, char what)
{
    double sum = 0, most = -INFINITY, least = INFINITY, squares = 0;
    if (t - n + 1 < 0) return NAN;
    for (int64_t i = t - n + 1; i <= t; ++i) {
        if (isnan(x[i])) return NAN;
        sum += x[i];
        most = x[i] > most ? x[i] : most;
        least = x[i] < least ? x[i] : least;
    }
    for (int64_t i = t - n + 1; i <= t; ++i)
        squares += (x[i] - sum / (double)n) * (x[i] - sum / (double)n);
    return what == 's' ? sum : what == 'm' ? most : what == 'l' ? least : squares;
}

static inline double eval_call(const program_call *call, uint32_t output, const double *x,
                               int64_t t)
{
    const char *const name = call->indicator->op->name;
    const int64_t n = (int64_t)call->param[0];
    const double mean = eval_window(x, t, n, 's') / (double)n;
    if (strcmp(name, "market.sma") == 0) return mean;
    if (strcmp(name, "market.max") == 0) return eval_window(x, t, n, 'm');
    if (strcmp(name, "market.min") == 0) return eval_window(x, t, n, 'l');
    if (strcmp(name, "market.bbands") != 0) CHECK_FAIL("no formula for %s", name);
    const double deviation = sqrt(eval_window(x, t, n, 'v') / (double)n);
    return output == 0   ? mean + call->param[1] * deviation
           : output == 1 ? mean
                         : mean - call->param[2] * deviation;
}

/* Stacks and memory of one root over all bars. point: NULL in the code of a series. */
typedef struct eval_machine {
    double number[PROGRAM_DEPTH_MAX + 1];
    bool truth[PROGRAM_DEPTH_MAX + 1];
    int numbers, truths;
    int below[PROGRAM_MEMORY_MAX];    /* 1: below when they last differed, -1: above, 0: unknown */
} eval_machine;

static inline bool eval_cross(int *state, double a, double b, bool up)
{
    const bool nan = isnan(a) || isnan(b);
    const int now = nan ? 0 : up ? (a < b) - (a > b) : (a > b) - (a < b);
    const bool crossed = now == -1 && *state == 1;
    if (nan) *state = 0;
    else if (now != 0) *state = now;
    return crossed;
}

static inline void eval_truth_step(eval_machine *m, const program_step *step)
{
    if (step->op == STEP_TRUE || step->op == STEP_FALSE) {
        m->truth[m->truths++] = step->op == STEP_TRUE;
    } else if (step->op == STEP_NOT) {
        m->truth[m->truths - 1] = !m->truth[m->truths - 1];
    } else if (step->op == STEP_AND || step->op == STEP_OR) {
        const bool b = m->truth[--m->truths], a = m->truth[m->truths - 1];
        m->truth[m->truths - 1] = step->op == STEP_AND ? a && b : a || b;
    } else {
        const double b = m->number[--m->numbers], a = m->number[--m->numbers];
        const uint32_t op = step->op;
        m->truth[m->truths++] =
            op == STEP_LESS            ? a < b
            : op == STEP_LESS_EQUAL    ? a <= b
            : op == STEP_GREATER       ? a > b
            : op == STEP_GREATER_EQUAL ? a >= b
            : op == STEP_EQUAL         ? a == b
            : op == STEP_NOT_EQUAL     ? a < b || a > b
                               : eval_cross(&m->below[step->memory], a, b, op == STEP_CROSS_ABOVE);
    }
}

static inline void eval_number_step(eval_machine *m, const program_step *step)
{
    const uint32_t op = step->op;
    if (op == STEP_NEGATE || op == STEP_ABS) {
        double *const top = &m->number[m->numbers - 1];
        *top = op == STEP_ABS ? fabs(*top) : -*top;
        return;
    }
    const double b = m->number[--m->numbers], a = m->number[m->numbers - 1];
    m->number[m->numbers - 1] = op == STEP_ADD        ? a + b
                                : op == STEP_SUBTRACT ? a - b
                                : op == STEP_MULTIPLY ? a * b
                                : op == STEP_DIVIDE   ? a / b
                                : isnan(a) || isnan(b) ? NAN
                                : op == STEP_MIN      ? (a < b ? a : b)
                                                      : (a > b ? a : b);
}

/* entry: what a slot is at the point, an index into its table; NULL for a series' code. */
static inline void eval_step(const eval *e, eval_machine *m, const program_step *step,
                             const uint64_t *entry, int64_t t)
{
    const program *const p = e->program;
    if (step->op == STEP_NUMBER) {
        m->number[m->numbers++] =
            entry ? p->number_table[entry[step->slot]] : p->constant[step->slot];
    } else if (step->op == STEP_SERIES) {
        const uint32_t series = entry ? p->series_table[entry[step->slot]] : step->slot;
        CHECK(series < p->series_count);
        m->number[m->numbers++] = t < (int64_t)step->lag ? NAN : e->series[series][t - step->lag];
    } else if (step->op >= STEP_LESS) {
        eval_truth_step(m, step);
    } else {
        eval_number_step(m, step);
    }
    CHECK(m->numbers >= 0 && m->numbers <= PROGRAM_DEPTH_MAX);
    CHECK(m->truths >= 0 && m->truths <= PROGRAM_DEPTH_MAX);
}

/* All series, in their order: each reads only those before it. */
static inline void eval_begin(eval *e, const program *p)
{
    e->program = p;
    e->series = calloc(p->series_count + 1, sizeof(e->series[0]));
    for (uint32_t s = 0; s < p->series_count; ++s) {
        const program_series *const it = &p->series[s];
        eval_machine m = {{0}, {0}, 0, 0, {0}};
        for (int64_t t = 0; t < EVAL_BARS; ++t) {
            if (it->kind == SERIES_PRICE) {
                e->series[s][t] = e->price[it->price][t];
            } else if (it->kind == SERIES_CALL) {
                const program_call *const call = &p->call[it->call];
                CHECK(call->input[0] < s);
                e->series[s][t] = eval_call(call, it->output, e->series[call->input[0]], t);
            } else {
                for (uint32_t i = 0; i < it->code.count; ++i) {
                    const program_step *const step = &p->step[it->code.first + i];
                    CHECK(step->op != STEP_SERIES || step->slot < s);
                    eval_step(e, &m, step, NULL, t);
                }
                e->series[s][t] = m.number[--m.numbers];
                CHECK(m.numbers == 0 && m.truths == 0);
            }
        }
    }
}

static inline void eval_end(eval *e)
{
    free(e->series);
    e->series = NULL;
}

/* One root at one point, all bars: 1 and 0 of truths, or numbers. */
static inline void eval_root(const eval *e, uint32_t strategy, program_root root,
                             const uint64_t *index, uint32_t axis_count, double out[EVAL_BARS])
{
    const program *const p = e->program;
    const program_strategy *const it = &p->strategy[strategy];
    const program_code code = it->root[root];
    uint64_t entry[PROGRAM_SLOTS_MAX] = {0};
    eval_machine m = {{0}, {0}, 0, 0, {0}};
    CHECK(it->slot_count <= PROGRAM_SLOTS_MAX && code.count <= PROGRAM_STEPS_MAX);
    for (uint32_t s = 0; s < it->slot_count; ++s) {
        const program_slot *const slot = &p->slot[it->slot_first + s];
        entry[s] = program_entry(slot, index, axis_count);
        CHECK(entry[s] < (slot->is_series ? p->series_table_count : p->number_table_count));
    }
    for (int64_t t = 0; t < EVAL_BARS; ++t) {
        for (uint32_t i = 0; i < code.count; ++i) {
            const program_step *const step = &p->step[code.first + i];
            CHECK(step->op > STEP_SERIES || step->slot < it->slot_count);
            eval_step(e, &m, step, entry, t);
        }
        CHECK(m.numbers + m.truths == 1);
        out[t] = m.truths ? m.truth[0] : m.number[0];
        m.numbers = m.truths = 0;
    }
}

#endif
