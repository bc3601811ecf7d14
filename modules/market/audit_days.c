/* audit_days.c - which bars of a panel are trading days. */
#include "modules/market/audit_scan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool has_bar(const td_panel *panel, uint64_t symbol, uint64_t bar)
{
    for (unsigned p = 0; p < TD_PRICES; ++p)
        if (panel->price[p] && !isnan(panel->price[p][symbol * panel->bar_count + bar]))
            return true;
    return false;
}

/* Adds 1 to has at each own bar, and to listed from the first own bar to the last: there as a
 * difference, to be summed over time at the end. */
static void count_symbol(const td_panel *panel, uint64_t symbol, uint64_t *has, int64_t *listed)
{
    uint64_t first = 0, last = 0;
    bool any = false;
    for (uint64_t t = 0; t < panel->bar_count; ++t) {
        if (!has_bar(panel, symbol, t)) continue;
        if (!any) first = t;
        any = true;
        last = t;
        has[t] += 1;
    }
    if (!any) return;
    listed[first] += 1;
    listed[last + 1] -= 1;
}

static td_status days_derive(const td_panel *panel, double share, audit_days *days, td_error *err)
{
    const uint64_t bars = panel->bar_count;
    uint64_t *has = calloc(bars + 1, sizeof *has);
    int64_t *listed = calloc(bars + 1, sizeof *listed), sum = 0;
    td_status status = TD_OK;
    if (!has || !listed) {
        status = td_fail(err, TD_E_NO_MEMORY, "no memory for a calendar of %llu bars",
                         (unsigned long long)bars);
        goto out;
    }
    for (uint64_t s = 0; s < panel->symbol_count; ++s)
        count_symbol(panel, s, has, listed);
    for (uint64_t t = 0; t < bars; ++t) {
        sum += listed[t];
        days->trading[t] = has[t] > 0 && (double)has[t] >= share * (double)sum;
        days->trading_count += days->trading[t];
    }
out:
    free(listed);
    free(has);
    return status;
}

/* Both lists rise. */
static void days_given(const td_panel *panel, const audit_options *options, audit_days *days)
{
    const uint64_t bars = panel->bar_count;
    uint64_t t = 0;
    for (uint64_t i = 0; i < options->calendar_count; ++i) {
        const int64_t day = options->calendar[i];
        while (t < bars && panel->time[t] < day)
            t += 1;
        if (t == bars) return;
        if (panel->time[t] == day) {
            days->trading[t] = 1;
            days->trading_count += 1;
        } else if (day > panel->time[0]) {
            if (!days->absent) days->absent_first = day;
            days->absent += 1;
        }
    }
}

td_status audit_days_make(const td_panel *panel, const audit_options *options, audit_days *days,
                          td_error *err)
{
    memset(days, 0, sizeof *days);
    days->trading = calloc(panel->bar_count + 1, 1);
    if (!days->trading)
        return td_fail(err, TD_E_NO_MEMORY, "no memory for a calendar of %llu bars",
                       (unsigned long long)panel->bar_count);
    if (!options->calendar) return days_derive(panel, options->calendar_share, days, err);
    if (panel->bar_count) days_given(panel, options, days);
    return TD_OK;
}

void audit_days_free(audit_days *days)
{
    free(days->trading);
    days->trading = NULL;
}
