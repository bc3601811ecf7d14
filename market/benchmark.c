/* benchmark.c - a level to compare with on a panel's bars, and what holding gives. See
 * panel_pick.h. */
#include "market/panel_pick.h"

#include "core/text.h"
#include "io/csv.h"
#include "market/dates.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const double *closes(const td_panel *panel, uint64_t symbol, bool adjusted)
{
    const double *price = panel->price[TD_CLOSE];
    if (adjusted && panel->price[TD_ADJUSTED]) price = panel->price[TD_ADJUSTED];
    return price ? price + symbol * panel->bar_count : NULL;
}

/* ---- Levels --------------------------------------------------------------------------------- */

static td_status equal_levels(const td_panel *panel, bool adjusted, double *out, td_error *err)
{
    double *last = malloc((size_t)(panel->symbol_count + 1) * sizeof *last);
    if (!last) return td_fail(err, TD_E_NO_MEMORY, "no memory for the benchmark");
    for (uint64_t s = 0; s < panel->symbol_count; ++s)
        last[s] = NAN;
    double level = 1.0;
    bool started = false;
    for (uint64_t t = 0; t < panel->bar_count; ++t) {
        double sum = 0.0;
        uint64_t count = 0;
        for (uint64_t s = 0; s < panel->symbol_count; ++s) {
            const double now = closes(panel, s, adjusted)[t];
            if (isnan(now)) continue;
            if (last[s] > 0) {
                sum += now / last[s] - 1.0;
                count += 1;
            }
            last[s] = now;
            started = true;
        }
        if (count) level *= 1.0 + sum / (double)count;
        out[t] = started ? level : NAN;
    }
    free(last);
    return TD_OK;
}

static void symbol_levels(const td_panel *whole, uint64_t symbol, const panel_pick *pick,
                          bool adjusted, double *out)
{
    const double *close = closes(whole, symbol, adjusted);
    double last = NAN;
    for (uint64_t t = 0; t < pick->first_bar + pick->panel.bar_count; ++t) {
        if (!isnan(close[t])) last = close[t];
        if (t >= pick->first_bar) out[t - pick->first_bar] = last;
    }
}

static bool find_symbol(const td_panel *panel, const char *name, uint64_t *out)
{
    for (uint64_t s = 0; s < panel->symbol_count; ++s) {
        if (strcmp(panel->symbol[s], name) != 0) continue;
        *out = s;
        return true;
    }
    return false;
}

typedef struct point {
    int64_t time;
    double level;
} point;

static int compare_points(const void *a, const void *b)
{
    const point *x = a, *y = b;
    return (x->time > y->time) - (x->time < y->time);
}

static td_status find_columns(const csv *file, const char *path, uint32_t *when, uint32_t *level,
                              td_error *err)
{
    static const char *const whens[] = {"date", "time", "datetime", NULL};
    static const char *const levels[] = {"close", "level", "value", "price", "index", NULL};
    bool has_when = false, has_level = false;
    for (int i = 0; whens[i] && !has_when; ++i)
        has_when = csv_find(file, whens[i], when);
    for (int i = 0; levels[i] && !has_level; ++i)
        has_level = csv_find(file, levels[i], level);
    if (has_when && !has_level && csv_column_count(file) == 2) {
        *level = 1 - *when;
        has_level = true;
    }
    if (has_when && has_level) return TD_OK;
    return td_fail(err, TD_E_CORRUPT, "%s: has no column %s", path,
                   has_when ? "close (or level, value, price, index)" : "date (or time)");
}

static td_status read_points(const char *path, point **out, uint64_t *count, td_error *err)
{
    csv *file = NULL;
    uint32_t when = 0, level = 0;
    point *list = NULL;
    td_status status = csv_open(path, 0, &file, err);
    if (!status) status = find_columns(file, path, &when, &level, err);
    if (status) goto out;
    list = calloc((size_t)csv_row_count(file) + 1, sizeof *list);
    if (!list) status = td_fail(err, TD_E_NO_MEMORY, "%s: no memory for it", path);
    for (uint64_t r = 0; !status && r < csv_row_count(file); ++r) {
        const csv_text text = csv_field(file, r, when);
        point one = {0, NAN};
        if (!date_parse(text.data, text.bytes, &one.time, NULL)) {
            char quote[TEXT_QUOTE_MAX];
            text_quote(text.data, text.bytes, quote);
            status = td_fail(err, TD_E_CORRUPT,
                             "%s:%llu: %s is %s, must be a date as in "
                             "2024-06-01",
                             path, (unsigned long long)csv_line(file, r),
                             csv_column_name(file, when), quote);
        }
        if (!status) status = csv_number(file, r, level, &one.level, err);
        if (!status && !isnan(one.level)) list[(*count)++] = one;
    }
    if (!status) qsort(list, (size_t)*count, sizeof *list, compare_points);
out:
    csv_close(file);
    if (status) free(list);
    else *out = list;
    return status;
}

static td_status file_levels(const char *path, const td_panel *panel, double *out, td_error *err)
{
    point *list = NULL;
    uint64_t count = 0, at = 0, found = 0;
    const td_status status = read_points(path, &list, &count, err);
    if (status) return status;
    double last = NAN;
    for (uint64_t t = 0; t < panel->bar_count; ++t) {
        for (; at < count && list[at].time <= panel->time[t]; ++at)
            last = list[at].level;
        out[t] = last;
        found += !isnan(last);
    }
    free(list);
    if (found) return TD_OK;
    return td_fail(err, TD_E_CORRUPT, "%s: none of its dates is at or before a bar of the panel",
                   path);
}

td_status benchmark_make(const td_panel *whole, const panel_pick *pick, const char *what,
                         bool adjusted, double *out, td_error *err)
{
    struct stat info;
    uint64_t symbol = 0;
    const char *nearest = NULL;
    uint32_t best = UINT32_MAX;
    if (!whole->price[TD_CLOSE])
        return td_fail(err, TD_E_BAD_ARGUMENT, "benchmark: the panel has no close");
    if (find_symbol(whole, what, &symbol)) {
        symbol_levels(whole, symbol, pick, adjusted, out);
        return TD_OK;
    }
    if (strcmp(what, "equal") == 0) return equal_levels(&pick->panel, adjusted, out, err);
    if (stat(what, &info) == 0) return file_levels(what, &pick->panel, out, err);
    for (uint64_t s = 0; s < whole->symbol_count; ++s)
        if (text_nearer(what, whole->symbol[s], &best)) nearest = whole->symbol[s];
    return td_fail(err, TD_E_NOT_FOUND,
                   "benchmark is \"%.60s\": there is no such symbol, nor a "
                   "file of that name%s%.60s%s",
                   what,
                   nearest ? ", did you mean \""
                           : "; or say "
                             "equal",
                   nearest ? nearest : "", nearest ? "\"?" : "");
}

/* ---- Holding -------------------------------------------------------------------------------- */

panel_hold level_hold_of(const double *level, uint64_t count, const panel_hold_rules *rules)
{
    panel_hold hold = {NAN, NAN, NAN};
    double first = NAN, last = NAN, peak = NAN, fall = 0.0, mean = 0.0, squares = 0.0;
    uint64_t returns = 0;
    for (uint64_t t = 0; t < count; ++t) {
        const double now = level[t];
        if (isnan(now) || now <= 0) continue;
        if (isnan(first)) {
            first = last = peak = now;
            continue;
        }
        const double gain = rules->log_returns ? log(now / last) : now / last - 1.0;
        const double away = gain - mean;
        returns += 1;
        mean += away / (double)returns;
        squares += away * (gain - mean);
        last = now;
        peak = fmax(peak, now);
        fall = fmin(fall, now / peak - 1.0);
    }
    if (returns == 0) return hold;
    hold.total_return = last / first - 1.0;
    hold.max_drawdown = fall;
    if (returns > (uint64_t)rules->ddof && squares > 0)
        hold.sharpe = (mean - rules->risk_free / rules->year) /
                      sqrt(squares / (double)(returns - (uint64_t)rules->ddof)) * sqrt(rules->year);
    return hold;
}

panel_hold panel_hold_of(const td_panel *panel, uint64_t symbol, bool adjusted,
                         const panel_hold_rules *rules)
{
    const double *close = closes(panel, symbol, adjusted);
    if (!close) return (panel_hold){NAN, NAN, NAN};
    return level_hold_of(close, panel->bar_count, rules);
}

static int compare_numbers(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorts value. */
static double median_of(double *value, uint64_t count)
{
    uint64_t kept = 0;
    for (uint64_t i = 0; i < count; ++i)
        if (!isnan(value[i])) value[kept++] = value[i];
    if (kept == 0) return NAN;
    qsort(value, (size_t)kept, sizeof *value, compare_numbers);
    return 0.5 * (value[(kept - 1) / 2] + value[kept / 2]);
}

td_status panel_hold_medians(const td_panel *panel, bool adjusted, const panel_hold_rules *rules,
                             panel_hold *out, td_error *err)
{
    const uint64_t count = panel->symbol_count;
    double *value = malloc((size_t)(3 * count + 1) * sizeof *value);
    if (!value)
        return td_fail(err, TD_E_NO_MEMORY, "no memory for %llu symbols",
                       (unsigned long long)count);
    for (uint64_t s = 0; s < count; ++s) {
        const panel_hold one = panel_hold_of(panel, s, adjusted, rules);
        value[s] = one.total_return;
        value[count + s] = one.sharpe;
        value[2 * count + s] = one.max_drawdown;
    }
    *out = (panel_hold){median_of(value, count), median_of(value + count, count),
                        median_of(value + 2 * count, count)};
    free(value);
    return TD_OK;
}
