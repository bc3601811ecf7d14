/* audit.c - see audit.h: the walk over all symbols, and the sums. */
#include "modules/market/audit_scan.h"

#include <math.h>
#include <string.h>

td_status audit_check_panel(const td_panel *panel, const audit_options *options, td_error *err)
{
    if (!panel || !options || !panel->price[TD_CLOSE] || (panel->bar_count && !panel->time))
        return td_fail(err, TD_E_BAD_ARGUMENT, "audit: a panel with times and closes is needed");
    if (panel->bar_count >= SIZE_MAX / sizeof(double) - 1)
        return td_fail(err, TD_E_NO_MEMORY, "audit: %llu bars are too many",
                       (unsigned long long)panel->bar_count);
    return audit_check(options, err);
}

static bool tell(const audit_scan *scan, const audit_hooks *hooks, uint64_t symbol, uint64_t bar,
                 audit_kind kind)
{
    audit_finding finding;
    if (!hooks || !hooks->finding) return true;
    audit_scan_finding(scan, symbol, bar, kind, &finding);
    return hooks->finding(hooks->context, &finding);
}

static bool tell_kind(const audit_scan *scan, const audit_hooks *hooks, uint64_t symbol,
                      audit_kind kind, audit_report *report)
{
    uint64_t rows = 0;
    for (uint64_t t = 0; t < scan->bar_count; ++t) {
        if (!(scan->found[t] >> kind & 1)) continue;
        rows += 1;
        if (!tell(scan, hooks, symbol, t, kind)) return false;
    }
    report->found[kind].rows += rows;
    report->found[kind].symbols += rows > 0;
    return true;
}

static bool tell_short(const audit_scan *scan, const audit_hooks *hooks, uint64_t symbol,
                       audit_report *report)
{
    if (!scan->is_short) return true;
    report->found[AUDIT_SHORT].rows += scan->short_rows;
    report->found[AUDIT_SHORT].symbols += 1;
    return scan->bar_count == 0 ||
           tell(scan, hooks, symbol, scan->own_count ? scan->own[0] : 0, AUDIT_SHORT);
}

static void note_moves(const audit_scan *scan, audit_report *report)
{
    for (uint64_t i = 0; i < scan->own_count; ++i) {
        const uint64_t t = scan->own[i];
        const double close = scan->price[TD_CLOSE][t];
        if (!(close > 0.0) || isinf(close) || isnan(scan->before[t])) continue;
        const double change = close / scan->before[t] - 1.0;
        if (change < report->move_min) report->move_min = change;
        if (change > report->move_max) report->move_max = change;
    }
}

static bool add_symbol(const audit_scan *scan, const audit_hooks *hooks, uint64_t symbol,
                       audit_report *report)
{
    uint16_t any = 0;
    report->rows += scan->own_count;
    report->empty_symbols += scan->own_count == 0;
    note_moves(scan, report);
    for (uint64_t t = 0; t < scan->bar_count; ++t)
        any |= scan->found[t];
    for (unsigned kind = 0; kind < AUDIT_SHORT; ++kind)
        if ((any >> kind & 1) && !tell_kind(scan, hooks, symbol, (audit_kind)kind, report))
            return false;
    if (!tell_short(scan, hooks, symbol, report)) return false;
    return !hooks || !hooks->step || hooks->step(hooks->context, symbol + 1);
}

td_status audit_run(const td_panel *panel, const audit_options *options, const audit_hooks *hooks,
                    audit_report *report, td_error *err)
{
    audit_days days = {NULL, 0, 0, 0};
    audit_scan scan;
    audit_report made;
    memset(&scan, 0, sizeof scan);
    memset(&made, 0, sizeof made);
    td_status status = audit_check_panel(panel, options, err);
    if (status) return status;
    status = audit_days_make(panel, options, &days, err);
    if (status) goto out;
    status = audit_scan_create(panel, options, &days, &scan, err);
    if (status) goto out;
    made.symbols = panel->symbol_count;
    made.bars = panel->bar_count;
    made.trading_days = days.trading_count;
    made.absent_days = days.absent;
    made.absent_first = days.absent_first;
    for (uint64_t s = 0; s < panel->symbol_count && !status; ++s) {
        audit_scan_symbol(&scan, s);
        if (!add_symbol(&scan, hooks, s, &made))
            status = td_fail(err, TD_E_CANCELLED, "the audit was stopped");
    }
    if (!status) *report = made;
out:
    audit_scan_free(&scan);
    audit_days_free(&days);
    return status;
}
