/* outcome.c - see outcome.h. */
#include "market/outcome.h"

#include "core/number.h"
#include "core/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EULER_MASCHERONI 0.57721566490153286
#define STOP_EVERY       256 /* points between two looks at whether to stop */

/* Measures of which less is better; of all others more is: drawdowns and losses are told as
 * fractions below 0. */
static const char *const less_is_better[] = {"volatility", "max_drawdown_bars", "turnover", "costs",
                                             "kurtosis",   "down_capture",      NULL};

static bool named_in(const char *const *list, const char *name)
{
    for (; *list; ++list)
        if (strcmp(*list, name) == 0) return true;
    return false;
}

/* ---- Which variables are measures ----------------------------------------------------------- */

/* Symbols come last in a measure's dimensions; a portfolio has none. */
static bool read_dims(outcome *o)
{
    td_var var;
    for (uint32_t i = 0; td_table_var(o->table, i, &var); ++i) {
        if (var.rank > TD_AXES_MAX + 1) continue;
        td_dim last;
        o->axis_count = 0;
        o->point_count = 1;
        o->symbol_count = 1;
        o->symbol = NULL;
        for (uint32_t d = 0; d < var.rank; ++d) {
            if (!td_table_dim(o->table, var.dim[d], &last)) return false;
            if (d + 1 == var.rank && strcmp(last.name, "symbol") == 0) {
                o->symbol_count = last.count;
                o->symbol = last.text;
            } else if (o->axis_count == TD_AXES_MAX) {
                return false;
            } else {
                o->axis[o->axis_count++] = last;
                o->point_count *= last.count;
            }
        }
        return true;
    }
    return false;
}

static bool is_measure(const outcome *o, const td_var *var)
{
    td_dim dim;
    const uint32_t rank = o->axis_count + (o->symbol ? 1 : 0);
    if (var->rank != rank || var->count != o->point_count * o->symbol_count) return false;
    for (uint32_t d = 0; d < o->axis_count; ++d)
        if (!td_table_dim(o->table, var->dim[d], &dim) || strcmp(dim.name, o->axis[d].name) != 0)
            return false;
    return true;
}

static void read_measures(outcome *o)
{
    td_var var;
    for (uint32_t i = 0; td_table_var(o->table, i, &var); ++i) {
        if (!is_measure(o, &var) || o->measure_count == OUTCOME_MEASURES_MAX) continue;
        o->measure[o->measure_count++] =
            (outcome_measure){var, named_in(less_is_better, var.name), NULL};
    }
}

static td_status choose(outcome *o, const char *by, td_error *err)
{
    char names[512] = "";
    size_t at = 0;
    const int found = outcome_find(o, by ? by : "sharpe");
    if (found >= 0) o->by = (uint32_t)found;
    if (found >= 0 || !by) return TD_OK;
    for (uint32_t i = 0; i < o->measure_count && at < sizeof names; ++i) {
        const int bytes =
            snprintf(names + at, sizeof names - at, "%s%s", i ? ", " : "", o->measure[i].var.name);
        at += bytes > 0 ? (size_t)bytes : 0;
    }
    return td_fail(err, TD_E_BAD_ARGUMENT,
                   "points cannot be ranked by \"%.60s\": it is not among "
                   "the measures %s",
                   by, names);
}

/* ---- Values --------------------------------------------------------------------------------- */

double outcome_value(const outcome *o, uint32_t measure, uint64_t point, uint64_t symbol)
{
    const td_var *var = &o->measure[measure].var;
    const uint64_t at = point * o->symbol_count + symbol;
    switch (var->dtype) {
    case TD_F32: return (double)((const float *)var->data)[at];
    case TD_F64: return ((const double *)var->data)[at];
    case TD_I32: {
        const int32_t value = ((const int32_t *)var->data)[at];
        return value == INT32_MIN ? NAN : (double)value;
    }
    case TD_I64: {
        const int64_t value = ((const int64_t *)var->data)[at];
        return value == INT64_MIN ? NAN : (double)value;
    }
    case TD_U8: return (double)((const uint8_t *)var->data)[at];
    }
    return NAN;
}

int outcome_find(const outcome *o, const char *measure)
{
    for (uint32_t i = 0; i < o->measure_count; ++i)
        if (strcmp(o->measure[i].var.name, measure) == 0) return (int)i;
    return -1;
}

void outcome_index(const outcome *o, uint64_t point, uint64_t index[TD_AXES_MAX])
{
    for (uint32_t a = o->axis_count; a-- > 0;) {
        index[a] = point % o->axis[a].count;
        point /= o->axis[a].count;
    }
}

uint64_t outcome_point(const outcome *o, const uint64_t index[TD_AXES_MAX])
{
    uint64_t point = 0;
    for (uint32_t a = 0; a < o->axis_count; ++a)
        point = point * o->axis[a].count + index[a];
    return point;
}

const char *outcome_coordinate(const outcome *o, uint32_t axis, uint64_t index,
                               char out[OUTCOME_LABEL_MAX])
{
    const td_dim *dim = &o->axis[axis];
    char number[NUMBER_TEXT_MAX];
    if (dim->text) {
        snprintf(out, OUTCOME_LABEL_MAX, "%s", dim->text[index]);
        return out;
    }
    number_text(dim->number ? dim->number[index] : (double)index, number);
    snprintf(out, OUTCOME_LABEL_MAX, "%s", number);
    return out;
}

const char *outcome_label(const outcome *o, uint64_t point, char out[OUTCOME_LABEL_MAX])
{
    uint64_t index[TD_AXES_MAX];
    char value[OUTCOME_LABEL_MAX];
    size_t at = 0;
    out[0] = 0;
    outcome_index(o, point, index);
    for (uint32_t a = 0; a < o->axis_count && at + 1 < OUTCOME_LABEL_MAX; ++a) {
        const int bytes = snprintf(out + at, OUTCOME_LABEL_MAX - at, "%s%s=%s", a ? ", " : "",
                                   o->axis[a].name, outcome_coordinate(o, a, index[a], value));
        at += bytes > 0 ? (size_t)bytes : 0;
    }
    return out;
}

/* ---- Medians and ranks ---------------------------------------------------------------------- */

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double outcome_quantile(double *sorted, uint64_t count, double share)
{
    if (count == 0) return NAN;
    const double at = share * (double)(count - 1);
    const uint64_t low = (uint64_t)at;
    if (low + 1 >= count) return sorted[count - 1];
    /* Infinities (a profit factor without a loss) are not averaged with numbers. */
    if (sorted[low] == sorted[low + 1] || at == (double)low) return sorted[low];
    return sorted[low] + (at - (double)low) * (sorted[low + 1] - sorted[low]);
}

uint64_t outcome_sorted(const outcome *o, uint32_t measure, uint64_t point, double *out)
{
    uint64_t count = 0;
    for (uint64_t s = 0; s < o->symbol_count; ++s) {
        const double value = outcome_value(o, measure, point, s);
        if (!isnan(value)) out[count++] = value;
    }
    qsort(out, (size_t)count, sizeof *out, compare_doubles);
    return count;
}

/* Moves the element that belongs at k to k, no larger ones before it (Hoare's FIND, 1961). */
static double select_one(double *value, uint64_t count, uint64_t k)
{
    int64_t lo = 0, hi = (int64_t)count - 1;
    const int64_t wanted = (int64_t)k;
    while (lo < hi) {
        const double pivot = value[wanted];
        int64_t i = lo, j = hi;
        while (i <= j) {
            while (value[i] < pivot)
                i += 1;
            while (pivot < value[j])
                j -= 1;
            if (i > j) break;
            const double swap = value[i];
            value[i++] = value[j];
            value[j--] = swap;
        }
        if (j < wanted) lo = i;
        if (wanted < i) hi = j;
    }
    return value[k];
}

static double median_of(double *value, uint64_t count)
{
    if (count == 0) return NAN;
    const double upper = select_one(value, count, count / 2);
    if (count % 2) return upper;
    double lower = value[0];
    for (uint64_t i = 1; i < count / 2; ++i)
        lower = fmax(lower, value[i]);
    return lower == upper ? upper : 0.5 * (lower + upper);
}

static td_status make_medians(outcome *o, bool (*stop)(void *context), void *context, td_error *err)
{
    size_t bytes = 0, row = 0;
    td_status status = td_bytes(o->point_count, sizeof(double), &bytes, err);
    if (!status) status = td_bytes(o->symbol_count, sizeof(double), &row, err);
    if (status) return status;
    double *value = malloc(row);
    for (uint32_t m = 0; m < o->measure_count && value; ++m) {
        o->measure[m].median = malloc(bytes);
        if (!o->measure[m].median) break;
        for (uint64_t p = 0; p < o->point_count && !status; ++p) {
            uint64_t count = 0;
            for (uint64_t s = 0; s < o->symbol_count; ++s) {
                value[count] = outcome_value(o, m, p, s);
                count += !isnan(value[count]);
            }
            o->measure[m].median[p] = median_of(value, count);
            if (p % STOP_EVERY == 0 && stop && stop(context))
                status = td_fail(err, TD_E_CANCELLED, "stopped while the results were ranked");
        }
        if (status) break;
    }
    const bool full = value && o->measure_count && o->measure[o->measure_count - 1].median;
    free(value);
    if (!status && !full) status = td_fail(err, TD_E_NO_MEMORY, "no memory to rank the results");
    return status;
}

typedef struct ranked {
    double key; /* less comes first */
    uint64_t point;
} ranked;

static int compare_ranked(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->key != y->key) return (x->key > y->key) - (x->key < y->key);
    return (x->point > y->point) - (x->point < y->point);
}

static uint64_t symbols_with_value(const outcome *o, uint64_t point)
{
    uint64_t count = 0;
    for (uint64_t s = 0; s < o->symbol_count; ++s)
        count += !isnan(outcome_value(o, o->by, point, s));
    return count;
}

/* How many symbols a point needs to be ranked: half of them, or one where no point has half. */
static uint64_t symbols_needed(const outcome *o)
{
    const uint64_t half = (o->symbol_count + 1) / 2;
    for (uint64_t p = 0; p < o->point_count; ++p)
        if (symbols_with_value(o, p) >= half) return half;
    return 1;
}

static td_status make_ranks(outcome *o, td_error *err)
{
    const outcome_measure *by = &o->measure[o->by];
    const uint64_t needed = symbols_needed(o);
    ranked *list = calloc((size_t)o->point_count + 1, sizeof *list);
    o->rank = calloc((size_t)o->point_count + 1, sizeof *o->rank);
    if (!list || !o->rank) {
        free(list);
        return td_fail(err, TD_E_NO_MEMORY, "no memory to rank %llu points",
                       (unsigned long long)o->point_count);
    }
    uint64_t last = o->point_count;
    for (uint64_t p = 0; p < o->point_count; ++p) {
        const double value = by->median[p];
        if (isnan(value)) o->rank[--last] = p;
        else if (symbols_with_value(o, p) < needed) o->thin += 1;
        else list[o->ranked++] = (ranked){by->less_is_better ? value : -value, p};
    }
    qsort(list, (size_t)o->ranked, sizeof *list, compare_ranked);
    for (uint64_t i = 0; i < o->ranked; ++i)
        o->rank[i] = list[i].point;
    uint64_t next = o->ranked;
    for (uint64_t p = 0; p < o->point_count && next < o->ranked + o->thin; ++p)
        if (!isnan(by->median[p]) && symbols_with_value(o, p) < needed) o->rank[next++] = p;
    free(list);
    return TD_OK;
}

td_status outcome_open(const td_table *table, const char *by, bool (*stop)(void *context),
                       void *context, outcome **out, td_error *err)
{
    outcome *o = calloc(1, sizeof *o);
    if (!o) return td_fail(err, TD_E_NO_MEMORY, "no memory for the outcome");
    o->table = table;
    td_status status = TD_OK;
    if (read_dims(o)) read_measures(o);
    if (o->measure_count == 0)
        status = td_fail(err, TD_E_BAD_ARGUMENT, "the result holds no measures");
    if (!status) status = choose(o, by, err);
    if (!status) status = make_medians(o, stop, context, err);
    if (!status) status = make_ranks(o, err);
    if (status) outcome_close(o);
    else *out = o;
    return status;
}

void outcome_close(outcome *o)
{
    if (!o) return;
    for (uint32_t m = 0; m < o->measure_count; ++m)
        free(o->measure[m].median);
    free(o->rank);
    free(o);
}

/* ---- How much is luck ----------------------------------------------------------------------- */

/* The z with normal(z) = p: bisection on erfc, which the C library gives to the last digits. */
static double normal_quantile(double p)
{
    double lo = -40.0, hi = 40.0;
    for (int i = 0; i < 100; ++i) {
        const double middle = 0.5 * (lo + hi);
        if (0.5 * erfc(-middle / sqrt(2.0)) < p) lo = middle;
        else hi = middle;
    }
    return 0.5 * (lo + hi);
}

double outcome_expected_max(uint64_t count, double deviation)
{
    if (count < 2 || isnan(deviation)) return 0.0;
    const double n = (double)count;
    return deviation * ((1.0 - EULER_MASCHERONI) * normal_quantile(1.0 - 1.0 / n) +
                        EULER_MASCHERONI * normal_quantile(1.0 - 1.0 / (n * exp(1.0))));
}

double outcome_sharpe_error(double sharpe, double bars, double year)
{
    return bars > 0 ? sqrt((year + 0.5 * sharpe * sharpe) / bars) : NAN;
}

double outcome_deflated(double sharpe, double expected, double error)
{
    return 0.5 * erfc((expected - sharpe) / (error * sqrt(2.0)));
}

double outcome_spread(const outcome *o, uint32_t measure)
{
    const double *median = o->measure[measure].median;
    double mean = 0.0, squares = 0.0;
    uint64_t count = 0;
    for (uint64_t i = 0; i < o->ranked; ++i) {
        const double value = median[o->rank[i]];
        if (!isfinite(value)) continue;
        count += 1;
        const double away = value - mean;
        mean += away / (double)count;
        squares += away * (value - mean);
    }
    return count < 2 ? NAN : sqrt(squares / (double)(count - 1));
}
